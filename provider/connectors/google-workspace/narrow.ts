import type { Ast } from "../../core/ast.ts";
import type { AttributeField } from "./config.ts";

/** A condition that Google can answer with a short list: everybody whom a rule could match satisfies one of its anchors. */
export type Anchor =
  | { readonly by: "search"; readonly query: string }
  | { readonly by: "group"; readonly label: string };

/** Person fields and attributes that Google can search for, and its own names for them. */
const searchable: Readonly<Record<string, string>> = {
  "user.department": "orgDepartment",
  "user.title": "orgTitle",
  "user.email": "email",
  "user.login": "email",
  "user.firstName": "givenName",
  "user.lastName": "familyName",
  'attributes["orgUnitPath"]': "orgUnitPath",
  'attributes["costCenter"]': "orgCostCenter",
};
type Names = Readonly<Partial<Record<AttributeField, string>>>;

const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
const isAttributes = (ast: Ast): boolean => ast.kind === "field" && ast.name === "attributes" && isUser(ast.of);

/** Google's name of what a subexpression reads, or null. A field that is filled from a custom attribute is not Google's. */
const termOf = (ast: Ast, names: Names): string | null => {
  if (ast.kind === "field" && isAttributes(ast.of)) return searchable[`attributes["${ast.name}"]`] ?? null;
  if (ast.kind === "field" && isUser(ast.of))
    return Object.hasOwn(names, ast.name) ? null : (searchable[`user.${ast.name}`] ?? null);
  if (ast.kind !== "index" || !isAttributes(ast.of) || ast.key.kind !== "literal") return null;
  return searchable[`attributes["${String(ast.key.value)}"]`] ?? null;
};
const text = (ast: Ast): string | null => (ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null);

const equals = (of: Ast, to: Ast, names: Names): readonly Anchor[] | null => {
  const value = text(to);
  if (value === null) return null;
  if (of.kind === "field" && of.name === "status" && isUser(of.of) && value === "active") return null; // nearly everybody: no short list
  const term = termOf(of, names);
  // A backslash has no documented escape.
  if (term === null || value === "" || value.includes("\\")) return null;
  return [{ by: "search", query: `${term}='${value.replaceAll("'", "\\'")}'` }];
};

const among = (item: Ast, list: Ast, names: Names): readonly Anchor[] | null => {
  const label = text(item);
  if (label !== null && list.kind === "field" && list.name === "groups" && isUser(list.of))
    return [{ by: "group", label }];
  if (list.kind !== "list") return null;
  return union(list.items.map((one) => equals(item, one, names)));
};

const union = (parts: readonly (readonly Anchor[] | null)[]): readonly Anchor[] | null => {
  const all: Anchor[] = [];
  for (const part of parts) {
    if (part === null) return null;
    all.push(...part);
  }
  return all;
};
/** A group's members are read anyway, a search is a question more. */
const cost = (anchors: readonly Anchor[]): number =>
  anchors.reduce((sum, anchor) => sum + (anchor.by === "group" ? 0.1 : 1), 0);
const cheaper = (a: readonly Anchor[] | null, b: readonly Anchor[] | null): readonly Anchor[] | null => {
  if (a === null || b === null) return a ?? b;
  return cost(b) < cost(a) ? b : a;
};

/** Anchors without which the rule cannot be true; null: anybody could match it. */
export const anchors = (rule: Ast, names: Names): readonly Anchor[] | null => {
  switch (rule.kind) {
    case "literal":
      return rule.value === false ? [] : null;
    case "and":
      return cheaper(anchors(rule.left, names), anchors(rule.right, names));
    case "or":
      return union([anchors(rule.left, names), anchors(rule.right, names)]);
    case "==":
      return equals(rule.left, rule.right, names) ?? equals(rule.right, rule.left, names);
    case "in":
      return among(rule.left, rule.right, names);
    default:
      return null;
  }
};

/** For all rules together, each anchor once. */
export const anchorsOf = (rules: readonly Ast[], names: Names): readonly Anchor[] | null => {
  const all = union(rules.map((rule) => anchors(rule, names)));
  if (all === null) return null;
  return [...new Map(all.map((anchor) => [JSON.stringify(anchor), anchor])).values()];
};
