/** One figure against its limit. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
  readonly unit: string;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export const atMost = (name: string, value: number, limit: number, unit: string): Row => ({
  name,
  value: rounded(value),
  limit,
  ok: value <= limit, // false for NaN, too
  unit,
});
export const atLeast = (name: string, value: number, limit: number, unit: string): Row => ({
  name,
  value: rounded(value),
  limit,
  ok: value >= limit,
  unit,
});

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);
