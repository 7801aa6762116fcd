import { type AttributePath, type Filter, FilterError, type Operator, parseFilter, type Scalar } from "../filter.ts";
import { Refusal, refuse } from "./refusal.ts";
import { type Attribute, type Model, named, resolve, type Target } from "./schema.ts";

export type Json = Readonly<Record<string, unknown>>;
type Test = (of: Json) => boolean;
export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As comparisons see a string: NFC, and lower case unless the attribute is exact. */
export const folded = (value: string, exact: boolean): string =>
  exact ? value.normalize("NFC") : value.normalize("NFC").toLowerCase().normalize("NFC");

const present = (value: unknown): boolean => {
  if (value === null || value === undefined || value === "") return false;
  if (Array.isArray(value)) return value.some(present);
  return isJson(value) ? Object.values(value).some(present) : true;
};

const ordering: readonly Operator[] = ["gt", "ge", "lt", "le"];
const substring: readonly Operator[] = ["co", "sw", "ew"];

/** Refuses what the attribute's type cannot take, and gives the value as comparisons see it. */
const operand = (attribute: Attribute, op: Operator, value: Scalar): Scalar => {
  const fail = (): never =>
    refuse("invalidFilter", `value ${JSON.stringify(value)} is not valid for '${attribute.name}'`);
  const inapplicable = (): never =>
    refuse("invalidFilter", `operator '${op}' cannot be applied to '${attribute.name}'`);
  if (attribute.mutability === "writeOnly" && op !== "eq" && op !== "ne") inapplicable();
  const unordered = attribute.type === "boolean" || attribute.type === "binary";
  if (unordered && (ordering.includes(op) || substring.includes(op))) inapplicable();
  if (value === null) return null;
  if (substring.includes(op)) return typeof value === "string" ? folded(value, attribute.exact) : value;
  switch (attribute.type) {
    case "boolean":
      if (typeof value === "boolean") return value;
      return typeof value === "string" && /^(true|false)$/i.test(value) ? /^true$/i.test(value) : fail();
    case "integer":
      return typeof value === "number" ? value : fail();
    case "dateTime": {
      const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
      return Number.isNaN(time) ? fail() : time;
    }
    default:
      return typeof value === "string" ? folded(value, attribute.exact) : fail();
  }
};

const seen = (attribute: Attribute, value: unknown): Scalar => {
  if (typeof value === "string")
    return attribute.type === "dateTime" ? Date.parse(value) : folded(value, attribute.exact);
  return typeof value === "boolean" || typeof value === "number" ? value : null;
};

const compare = (op: Operator, left: Scalar, right: Scalar): boolean => {
  if (op === "eq") return left === right;
  if (op === "ne") return left !== right;
  if (left === null || right === null || typeof left !== typeof right) return false;
  if (typeof left === "string" && typeof right === "string") {
    if (op === "co") return left.includes(right);
    if (op === "sw") return left.startsWith(right);
    if (op === "ew") return left.endsWith(right);
  }
  if (op === "gt") return left > right;
  if (op === "ge") return left >= right;
  if (op === "lt") return left < right;
  return op === "le" && left <= right;
};

const reader = (t: Target): ((of: Json) => unknown) => {
  const { extension, attribute, sub } = t;
  const host = extension === null ? (of: Json) => of : (of: Json) => (isJson(of[extension]) ? of[extension] : {});
  if (!attribute) return host;
  const { name } = attribute;
  if (!sub) return (of) => host(of)[name];
  return (of) => {
    const value = host(of)[name];
    if (Array.isArray(value)) return value.map((item: unknown) => (isJson(item) ? item[sub.name] : undefined));
    return isJson(value) ? value[sub.name] : undefined;
  };
};

/** `emails eq "x"` compares `emails.value` (RFC 7644 section 3.4.2.2); other complex attributes have no one value. */
const compared = (t: Target): Target => {
  if (t.sub || !t.attribute?.multi || t.attribute.type !== "complex") return t;
  return { ...t, sub: named(t.attribute.subs, "value") ?? null };
};

const comparison = (t: Target, op: Operator, value: Scalar): Test => {
  const target = compared(t);
  const leaf = target.sub ?? target.attribute;
  if (!leaf) return refuse("invalidFilter", "a whole extension has no value to compare");
  if (leaf.type === "complex") return () => op === "ne"; // it has no value, so it equals none
  const right = operand(leaf, op, value);
  const read = reader(target);
  return (of) => {
    const got = read(of);
    if (!Array.isArray(got)) return compare(op, seen(leaf, got), right);
    // the RFC is silent about `ne` on several values: no value may equal it, as the other server reads it
    const test = (item: unknown): boolean => compare(op, seen(leaf, item), right);
    return op === "ne" ? got.every(test) : got.some(test);
  };
};

type Find = (path: AttributePath) => Target;

/** `a eq 1 or a eq 2 or …` is one look into a set: clients ask for dozens of names at once, of many thousand people. */
const alternatives = (terms: readonly Filter[], find: Find): Test[] => {
  const sets = new Map<string, { test: Test; values: Set<Scalar> }>();
  const tests: Test[] = [];
  for (const term of terms) {
    if (term.kind !== "compare" || term.op !== "eq" || term.value === null) {
      tests.push(build(term, find));
      continue;
    }
    const target = compared(find(term.path));
    const leaf = target.sub ?? target.attribute;
    if (!leaf || leaf.type === "complex") {
      tests.push(build(term, find));
      continue;
    }
    const key = `${target.extension} ${target.attribute?.name} ${target.sub?.name}`;
    const value = operand(leaf, "eq", term.value);
    const known = sets.get(key);
    if (known) {
      known.values.add(value);
      continue;
    }
    const values = new Set([value]);
    const read = reader(target);
    const test: Test = (of) => {
      const got = read(of);
      return Array.isArray(got)
        ? got.some((item: unknown) => values.has(seen(leaf, item)))
        : values.has(seen(leaf, got));
    };
    sets.set(key, { test, values });
    tests.push(test);
  }
  return tests;
};

const build = (filter: Filter, find: Find): Test => {
  switch (filter.kind) {
    case "compare":
      return comparison(find(filter.path), filter.op, filter.value);
    case "present": {
      const read = reader(find(filter.path));
      return (of) => present(read(of));
    }
    case "not": {
      const inner = build(filter.of, find);
      return (of) => !inner(of);
    }
    case "and": {
      const tests = filter.terms.map((t) => build(t, find));
      return (of) => tests.every((test) => test(of));
    }
    case "or": {
      const tests = alternatives(filter.terms, find);
      return (of) => tests.some((test) => test(of));
    }
    case "select": {
      const target = find(filter.path);
      const items = entries(target, filter.where);
      const read = reader(target);
      return (of) => {
        const value = read(of);
        return Array.isArray(value) && value.some((item: unknown) => items(item));
      };
    }
  }
};

/** The test that a selection puts to each value of an attribute. */
export const entries = (target: Target, where: Filter): ((item: unknown) => boolean) => {
  const attribute = target.attribute;
  if (!attribute?.multi || target.sub)
    return refuse("invalidFilter", "only an attribute with several values can be selected from");
  const subs = attribute.subs.length > 0 ? attribute.subs : [{ ...attribute, name: "value", multi: false }];
  const scalar = attribute.subs.length === 0;
  const test = build(where, (path) => {
    const sub = path.urn || path.sub ? undefined : named(subs, path.name);
    return sub
      ? { extension: null, attribute: sub, sub: null }
      : refuse("invalidFilter", `no '${path.name}' in '${attribute.name}'`);
  });
  return (item) => test(scalar ? { value: item } : isJson(item) ? item : {});
};

/** A filter that is checked against the models; an attribute that none of them has makes it invalid. */
export const compileFilter = (source: string, models: readonly Model[]): ReadonlyMap<Model, Test> => {
  let filter: Filter;
  try {
    filter = parseFilter(source);
  } catch (error) {
    if (error instanceof FilterError) return refuse("invalidFilter", error.message);
    throw error;
  }
  const tests = new Map<Model, Test>();
  let unknown: Refusal | null = null;
  for (const model of models)
    try {
      tests.set(
        model,
        build(filter, (path) => resolve(model, path) ?? refuse("invalidFilter", `no attribute '${path.name}'`)),
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unknown = error;
      tests.set(model, () => false);
    }
  if (unknown && models.length === 1) throw unknown;
  return tests;
};
