import type { Ast } from "../../core/ast.ts";
import type { AttributeField } from "./config.ts";
import { attributeFields } from "./config.ts";

/** A condition that Keycloak can answer with a short list: everybody whom a rule could match satisfies one of its anchors. */
export type Anchor =
  | { readonly by: "attribute"; readonly name: string; readonly value: string }
  | { readonly by: "group"; readonly label: string };

type Names = Readonly<Record<AttributeField, string>>;

/** `q=` splits at colons and blanks and knows no escape inside a key; a value may be quoted. */
const plain = (name: string, value: string): boolean => /^[\w.-]+$/.test(name) && value !== "" && !/["\\]/.test(value);

const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
const isAttributes = (ast: Ast): boolean => ast.kind === "field" && ast.name === "attributes" && isUser(ast.of);

/** The attribute that a subexpression reads, or null. */
const attributeOf = (ast: Ast, names: Names): string | null => {
  if (ast.kind === "field" && isAttributes(ast.of)) return ast.name;
  if (ast.kind === "field" && isUser(ast.of)) {
    const field = attributeFields.find((name) => name === ast.name);
    return field === "startsOn" || field === "endsOn" || field === undefined ? null : names[field];
  }
  if (ast.kind !== "index" || !isAttributes(ast.of) || ast.key.kind !== "literal") return null;
  return typeof ast.key.value === "string" ? ast.key.value : null;
};

const text = (ast: Ast): string | null => (ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null);

const equals = (of: Ast, to: Ast, names: Names): readonly Anchor[] | null => {
  const name = attributeOf(of, names);
  const value = text(to);
  return name !== null && value !== null && plain(name, value) ? [{ by: "attribute", name, value }] : null;
};

const among = (item: Ast, list: Ast, names: Names): readonly Anchor[] | null => {
  const label = text(item);
  if (label !== null) {
    if (list.kind === "field" && list.name === "groups" && isUser(list.of)) return [{ by: "group", label }];
    return equals(list, item, names); // an attribute with several values: `q` matches any of them
  }
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

/** A group's members are read anyway, an attribute's people cost a question. */
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

/** Keycloak's own notation; values match without regard to case, so it may give more people than the rule. */
export const question = (anchor: Extract<Anchor, { by: "attribute" }>): string =>
  /^[\w.-]+$/.test(anchor.value) ? `${anchor.name}:${anchor.value}` : `${anchor.name}:"${anchor.value}"`;
