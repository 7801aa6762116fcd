import { z } from "zod";

/** One field of all owned seats, in the order of their people: one value for all, a few that many share, or one each. */
export const Column = z.union([
  z.object({ all: z.string().nullable() }),
  z.object({ some: z.array(z.string().nullable()), at: z.array(z.int()) }),
  z.object({ each: z.array(z.string().nullable()) }),
]);
export type Column = z.infer<typeof Column>;

export const columnOf = (values: readonly (string | null)[]): Column => {
  const some = [...new Set(values)];
  if (some.length <= 1) return { all: some[0] ?? null };
  if (some.length > values.length / 4) return { each: [...values] };
  const at = new Map(some.map((value, i) => [value, i]));
  return { some, at: values.map((value) => at.get(value) ?? 0) };
};

export const reader = (column: Column, rows: number): ((i: number) => string | null) => {
  if ("all" in column) return () => column.all;
  if (("each" in column ? column.each : column.at).length !== rows) throw new Error("a column is cut short");
  if ("each" in column) return (i) => column.each[i] ?? null;
  return (i) => column.some[column.at[i] ?? 0] ?? null;
};

export const mapped = (column: Column, by: (value: string | null) => string | null): Column => {
  if ("all" in column) return { all: by(column.all) };
  return "each" in column ? { each: column.each.map(by) } : { some: column.some.map(by), at: column.at };
};
