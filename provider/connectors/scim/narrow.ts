import type { Ast } from "../../core/ast.ts";
import { quoted } from "./filter.ts";

/** A condition without which a rule cannot be true: one that the service can answer, or membership, which is read anyway. */
export type Anchor =
  | { readonly by: "filter"; readonly filter: string }
  | { readonly by: "group"; readonly name: string };

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const fields: Readonly<Record<string, string>> = {
  login: "userName",
  email: "emails.value",
  firstName: "name.givenName",
  lastName: "name.familyName",
  department: `${enterprise}:department`,
  title: "title",
  type: "userType",
};

const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
const pathOf = (ast: Ast): string | null =>
  ast.kind === "field" && isUser(ast.of) ? (fields[ast.name] ?? null) : null;
const text = (ast: Ast): string | null => (ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null);

const condition = (of: Ast, op: "eq" | "sw" | "ew" | "co", to: Ast): readonly Anchor[] | null => {
  const [path, value] = [pathOf(of), text(to)];
  return path !== null && value !== null && value !== ""
    ? [{ by: "filter", filter: `${path} ${op} ${quoted(value)}` }]
    : null;
};

const union = (parts: readonly (readonly Anchor[] | null)[]): readonly Anchor[] | null => {
  const all: Anchor[] = [];
  for (const part of parts) {
    if (part === null) return null;
    all.push(...part);
  }
  return all;
};

const among = (item: Ast, list: Ast): readonly Anchor[] | null => {
  const name = text(item);
  if (name !== null && list.kind === "field" && list.name === "groups" && isUser(list.of))
    return [{ by: "group", name }];
  return list.kind === "list" ? union(list.items.map((one) => condition(item, "eq", one))) : null;
};

const calls: Readonly<Record<string, "sw" | "ew" | "co">> = { startsWith: "sw", endsWith: "ew", contains: "co" };

/**
 * SCIM compares without case, so the service may give more people than the rule means, and the rule decides. A negation
 * would give fewer: it is never handed over.
 */
export const anchors = (rule: Ast): readonly Anchor[] | null => {
  switch (rule.kind) {
    case "literal":
      return rule.value === false ? [] : null;
    case "and": {
      const [a, b] = [anchors(rule.left), anchors(rule.right)];
      if (a === null || b === null) return a ?? b;
      return b.length < a.length ? b : a;
    }
    case "or":
      return union([anchors(rule.left), anchors(rule.right)]);
    case "==":
      return condition(rule.left, "eq", rule.right) ?? condition(rule.right, "eq", rule.left);
    case "in":
      return among(rule.left, rule.right);
    case "call": {
      const [op, argument] = [calls[rule.name], rule.args[0]];
      return op && rule.on && argument ? condition(rule.on, op, argument) : null;
    }
    default:
      return null;
  }
};

export const anchorsOf = (rules: readonly Ast[]): readonly Anchor[] | null => {
  const all = union(rules.map(anchors));
  return all === null ? null : [...new Map(all.map((a) => [JSON.stringify(a), a])).values()];
};
