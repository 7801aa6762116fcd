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
import { attributeFields } from "./config.ts";

/** A condition that Keycloak can answer with a short list: everybody whom a rule could match satisfies one of its anchors. */
export type Anchor =
  | { readonly by: "attribute"; readonly name: string; readonly value: string }
  | { readonly by: "group"; readonly label: string };

type Names = Readonly<Record<AttributeField, string>>;

/** `q=` splits at colons and blanks and knows no escape inside a key; a value may be quoted. */
const plain = (name: string, value: string): boolean => /^[\w.-]+$/.test(name) && value !== "" && !/["\\]/.test(value);

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

const questions = (names: Names): Questions<Anchor> => {
  const equals: Questions<Anchor>["equals"] = (of, to) => {
    const name = attributeOf(of, names);
    const value = textOf(to);
    return name !== null && value !== null && plain(name, value) ? [{ by: "attribute", name, value }] : null;
  };
  return {
    equals,
    among(item, list) {
      const label = textOf(item);
      if (label !== null && isGroups(list)) return [{ by: "group", label }];
      if (label !== null) return equals(list, item); // an attribute with several values: `q` matches any of them
      return list.kind === "list" ? union(list.items.map((one) => equals(item, one))) : null;
    },
    // A group's members are read anyway, an attribute's people cost a question.
    cost: ({ by }) => (by === "group" ? 0.1 : 1),
  };
};

/** For all rules together; null: anybody could match one. */
export const anchorsOf = (rules: readonly Ast[], names: Names): readonly Anchor[] | null =>
  anchorsIn(rules, questions(names));

/** Keycloak's own notation; values match without regard to case, so it may give more people than the rule. */
export const question = (anchor: Extract<Anchor, { by: "attribute" }>): string =>
  /^[\w.-]+$/.test(anchor.value) ? `${anchor.name}:${anchor.value}` : `${anchor.name}:"${anchor.value}"`;
