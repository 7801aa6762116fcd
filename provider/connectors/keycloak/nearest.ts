/** Edits between two names, letters' case apart. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Up to three names that could have been meant, nearest first. */
export const nearest = (name: string, known: readonly string[]): readonly string[] => {
  const wanted = name.toLowerCase();
  return known
    .map((one) => {
      const lower = one.toLowerCase();
      const within = lower.includes(wanted) || wanted.includes(lower);
      return { one, far: within ? Math.min(2, distance(wanted, lower)) : distance(wanted, lower) };
    })
    .filter(({ far }) => far <= Math.max(2, name.length / 3))
    .sort((a, b) => a.far - b.far || (a.one < b.one ? -1 : 1))
    .slice(0, 3)
    .map(({ one }) => one);
};

/** A hint that names them. */
export const didYouMean = (name: string, known: readonly string[], prefix = ""): string | undefined => {
  const near = nearest(name, known);
  return near.length > 0 ? `Did you mean ${near.map((one) => `"${prefix}${one}"`).join(" or ")}?` : undefined;
};
