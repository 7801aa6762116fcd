import {
  anchorsOf as anchorsIn,
  isAttributes,
  isGroups,
  isUser,
  type Questions,
  textOf,
  union,
} from "../../core/anchors.ts";
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

/** Google's name of what a subexpression reads, or null. A field that is filled from a custom attribute is not Google's. */
const termOf = (ast: Ast, names: Names): string | null => {
  if (ast.kind === "field" && isAttributes(ast.of)) return searchable[`attributes["${ast.name}"]`] ?? null;
  if (ast.kind === "field" && isUser(ast.of))
    return Object.hasOwn(names, ast.name) ? null : (searchable[`user.${ast.name}`] ?? null);
  if (ast.kind !== "index" || !isAttributes(ast.of) || ast.key.kind !== "literal") return null;
  return searchable[`attributes["${String(ast.key.value)}"]`] ?? null;
};
const questions = (names: Names): Questions<Anchor> => {
  const equals: Questions<Anchor>["equals"] = (of, to) => {
    const value = textOf(to);
    const term = termOf(of, names);
    // A backslash has no documented escape.
    if (term === null || value === null || value === "" || value.includes("\\")) return null;
    return [{ by: "search", query: `${term}='${value.replaceAll("'", "\\'")}'` }];
  };
  return {
    equals,
    among(item, list) {
      const label = textOf(item);
      if (label !== null && isGroups(list)) return [{ by: "group", label }];
      return list.kind === "list" ? union(list.items.map((one) => equals(item, one))) : null;
    },
    // A group's members are read anyway, a search is a question more.
    cost: ({ by }) => (by === "group" ? 0.1 : 1),
  };
};

/** For all rules together; null: anybody could match one. */
export const anchorsOf = (rules: readonly Ast[], names: Names): readonly Anchor[] | null =>
  anchorsIn(rules, questions(names));
