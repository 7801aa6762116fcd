import type { Ast } from "../../core/ast.ts";
import { fifteen, quoted } from "./client.ts";
import { plainAttributes } from "./person.ts";

/** Everybody whom a rule could match fits one of the filters or is in one of the groups. No filter and no group: nobody. */
export interface Narrow {
  readonly filters: readonly Filter[];
  readonly groups: readonly string[];
}
interface Filter {
  readonly text: string;
  /** Comparisons in it: Graph takes at most 15 joined by "or". */
  readonly weight: number;
}

const fields: Readonly<Record<string, string>> = {
  login: "userPrincipalName",
  email: "mail",
  firstName: "givenName",
  lastName: "surname",
  department: "department",
  title: "jobTitle",
  type: "employeeType",
};
const plain = new Set<string>(plainAttributes);
const propertyOf = (attribute: string): string | null =>
  plain.has(attribute)
    ? attribute
    : /^extensionAttribute([1-9]|1[0-5])$/.test(attribute)
      ? `onPremisesExtensionAttributes/${attribute}`
      : null;

const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
const isAttributes = (ast: Ast): boolean => ast.kind === "field" && ast.name === "attributes" && isUser(ast.of);
const isField = (ast: Ast, name: string): boolean => ast.kind === "field" && ast.name === name && isUser(ast.of);
const literal = (ast: Ast): string | null =>
  ast.kind === "literal" && typeof ast.value === "string" && ast.value !== "" ? ast.value : null;

/** Graph's name of what a subexpression reads, or null. */
const property = (ast: Ast): string | null => {
  if (ast.kind === "field" && isUser(ast.of)) return fields[ast.name] ?? null;
  if (ast.kind === "field" && isAttributes(ast.of)) return propertyOf(ast.name);
  if (ast.kind === "index" && isAttributes(ast.of)) {
    const name = literal(ast.key);
    return name === null ? null : propertyOf(name);
  }
  return null;
};

const only = (text: string, weight = 1): Narrow => ({ filters: [{ text, weight }], groups: [] });
/** Graph compares without regard to case: it may give more people than the rule, never fewer. */
const equals = (of: Ast, to: Ast): Narrow | null => {
  const value = literal(to);
  if (value === null) return null;
  if (isField(of, "status"))
    return value === "active" || value === "suspended" ? only(`accountEnabled eq ${value === "active"}`) : null;
  const name = property(of);
  return name === null ? null : only(`${name} eq ${quoted(value)}`);
};
const among = (item: Ast, list: Ast): Narrow | null => {
  const label = literal(item);
  if (label !== null && isField(list, "groups")) return { filters: [], groups: [label] };
  const name = property(item);
  if (list.kind !== "list" || name === null) return null;
  const values = list.items.map(literal);
  if (values.includes(null) || values.length === 0 || values.length > fifteen) return null;
  return only(`${name} in (${values.map((v) => quoted(v ?? "")).join(",")})`, values.length);
};
const begins = (on: Ast | null, args: readonly Ast[]): Narrow | null => {
  const name = on === null ? null : property(on);
  const value = args[0] === undefined ? null : literal(args[0]);
  return name === null || value === null ? null : only(`startsWith(${name},${quoted(value)})`);
};

const union = (a: Narrow | null, b: Narrow | null): Narrow | null =>
  a === null || b === null
    ? null
    : { filters: [...a.filters, ...b.filters], groups: [...new Set([...a.groups, ...b.groups])] };
const weight = ({ filters, groups }: Narrow): number =>
  filters.reduce((sum, filter) => sum + filter.weight, 0) + groups.length;

/** One filter each: both at once. Otherwise the smaller question of the two: either alone is enough. */
const both = (a: Narrow | null, b: Narrow | null): Narrow | null => {
  if (a === null || b === null) return a ?? b;
  const [x, y] = [a.filters[0], b.filters[0]];
  if (x && y && a.filters.length + b.filters.length === 2 && a.groups.length + b.groups.length === 0)
    return only(`(${x.text}) and (${y.text})`, x.weight + y.weight);
  return weight(b) < weight(a) ? b : a;
};

/** Null: anybody could match it. */
export const narrow = (rule: Ast): Narrow | null => {
  switch (rule.kind) {
    case "literal":
      return rule.value === false ? { filters: [], groups: [] } : null;
    case "and":
      return both(narrow(rule.left), narrow(rule.right));
    case "or":
      return union(narrow(rule.left), narrow(rule.right));
    case "==":
      return equals(rule.left, rule.right) ?? equals(rule.right, rule.left);
    case "in":
      return among(rule.left, rule.right);
    case "call":
      return rule.name === "startsWith" ? begins(rule.on, rule.args) : null;
    default:
      return null;
  }
};

/** For all rules together; null: everybody has to be read. */
export const narrowAll = (rules: readonly Ast[]): Narrow | null => {
  const nobody: Narrow = { filters: [], groups: [] };
  const all = rules.map(narrow).reduce(union, nobody);
  if (all === null) return null;
  const filters = [...new Map(all.filters.map((filter) => [filter.text, filter])).values()];
  const one = { filters, groups: all.groups };
  return filters.reduce((sum, filter) => sum + filter.weight, 0) > fifteen ? null : one;
};
