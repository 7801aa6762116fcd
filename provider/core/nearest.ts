const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_v, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Up to `most` names close enough to be what was meant, nearest first; case does not count. */
export const nearest = (wanted: string, names: Iterable<string>, most = 3): readonly string[] => {
  const target = wanted.toLowerCase().slice(0, 200);
  return [...names]
    .map((name) => ({
      name,
      far:
        name.toLowerCase().includes(target) && target.length > 2
          ? 1
          : distance(target, name.toLowerCase().slice(0, 200)),
    }))
    .filter(({ name, far }) => far <= Math.max(2, Math.floor(Math.max(name.length, wanted.length) / 3)))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
};

/** `Did you mean "x" or "y"?`, or nothing. `prefix` stands before each name. */
export const didYouMean = (wanted: string, names: Iterable<string>, prefix = ""): string | undefined => {
  const close = nearest(wanted, names);
  return close.length > 0 ? `Did you mean ${close.map((n) => `"${prefix}${n}"`).join(" or ")}?` : undefined;
};
