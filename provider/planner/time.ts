export const second = 1_000;
export const hour = 3_600_000;
export const day = 24 * hour;

export const ms = (time: string): number => Date.parse(time);
export const iso = (time: number): string => new Date(time).toISOString();

/** For a sentence: the date where it is midnight, else to the minute. Never "days left", which would change by itself. */
export const when = (time: string): string => {
  const text = iso(ms(time));
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
};

/** `7d`, `36h`, `90m`, `5s`: the largest unit that says it exactly. */
export const duration = (length: number): string => {
  const units = [
    [day, "d"],
    [hour, "h"],
    [60 * second, "m"],
  ] as const;
  for (const [size, unit] of units) if (length >= size && length % size === 0) return `${length / size}${unit}`;
  return `${length / second}s`;
};

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
