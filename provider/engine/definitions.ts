import { type Field, fieldsOf } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem, Problems } from "../core/problem.ts";
import type { Ctx, Fn, Previous, Resource } from "../core/resource.ts";
import { hasUnknown, reveal, UNKNOWN, type Values } from "../core/value.ts";
import { problemsOf, withDefaults } from "./inputs.ts";
import type { At } from "./verbs.ts";

const named = <T extends { readonly name: string }>(all: readonly T[], what: string, name: string): T => {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name);
  throw new Problem("not-found", `there is no ${what} "${name}"`, { hint: didYouMean(name, names) ?? "" });
};

export const resourceOf = (all: readonly Resource[], type: string): Resource => named(all, "resource", type);

/** Outputs that the plan knows and that keep their planned value. */
export const plannedFields = (r: Resource): readonly Field[] => fieldsOf(r.outputs).filter((f) => f.planned);

/** The inputs that a program gives: without what `check` added. */
export const own = (r: Resource, inputs: Values): Values => {
  const planned = plannedFields(r).map((f) => f.name);
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !planned.includes(name)));
};

/** With every default, the logical name among them. */
export const complete = (r: Resource, at: Pick<At, "name">, inputs: Values): Values =>
  withDefaults(fieldsOf(r.inputs), { ...("name" in r.inputs.shape ? { name: at.name } : {}), ...own(r, inputs) });

/** What is wrong beyond types, once everything is known. */
export const deeperProblems = (r: Resource, inputs: Values, now: number): readonly Problem[] =>
  hasUnknown(inputs) ? [] : (r.lifecycle.check?.(r.inputs.parse(reveal(inputs)) as never, { now }) ?? []);

/** Unknown arguments give unknown results. */
export const callFunction = async (
  all: readonly Fn[],
  { name, args }: { readonly name: string; readonly args: Values },
  ctx: () => Ctx,
): Promise<Values> => {
  const fn = named(all, "function", name);
  const inputs = withDefaults(fieldsOf(fn.inputs), args);
  if (hasUnknown(inputs)) return Object.fromEntries(fieldsOf(fn.outputs).map((f) => [f.name, UNKNOWN]));
  const problems = problemsOf(fn.inputs, inputs);
  if (problems.length > 0) throw new Problems(problems);
  return (await fn.call(fn.inputs.parse(reveal(inputs)), ctx())) as Values;
};

/** A resource computes with values; that some are secrets is for what is told and stored. */
export const plain = (previous: Previous): Previous => ({
  ...previous,
  inputs: previous.inputs && (reveal(previous.inputs) as Values), // a record stays one
  outputs: reveal(previous.outputs) as Values,
});
