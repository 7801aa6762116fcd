import type { Ast } from "./ast.ts";

/** What of a rule a directory can answer itself, each answer as anchors: short lists of people. Null: no such list. */
export interface Questions<A> {
  equals(of: Ast, to: Ast): readonly A[] | null;
  among(item: Ast, list: Ast): readonly A[] | null;
  /** Of two conditions that must both hold, the cheaper one is asked. */
  cost(anchor: A): number;
}

export const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
export const isAttributes = (ast: Ast): boolean => ast.kind === "field" && ast.name === "attributes" && isUser(ast.of);
export const isGroups = (ast: Ast): boolean => ast.kind === "field" && ast.name === "groups" && isUser(ast.of);
export const textOf = (ast: Ast): string | null =>
  ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null;

/** Null as soon as one of them is: anybody could be meant. */
export const union = <A>(parts: readonly (readonly A[] | null)[]): readonly A[] | null => {
  const all: A[] = [];
  for (const part of parts) {
    if (part === null) return null;
    all.push(...part);
  }
  return all;
};

const cheaper = <A>(a: readonly A[] | null, b: readonly A[] | null, { cost }: Questions<A>): readonly A[] | null => {
  if (a === null || b === null) return a ?? b;
  const sum = (anchors: readonly A[]): number => anchors.reduce((all, anchor) => all + cost(anchor), 0);
  return sum(b) < sum(a) ? b : a;
};

/** Anchors without which the rule cannot be true; null: anybody could match it. */
const anchorsIn = <A>(rule: Ast, questions: Questions<A>): readonly A[] | null => {
  switch (rule.kind) {
    case "literal":
      return rule.value === false ? [] : null;
    case "and":
      return cheaper(anchorsIn(rule.left, questions), anchorsIn(rule.right, questions), questions);
    case "or":
      return union([anchorsIn(rule.left, questions), anchorsIn(rule.right, questions)]);
    case "==":
      return questions.equals(rule.left, rule.right) ?? questions.equals(rule.right, rule.left);
    case "in":
      return questions.among(rule.left, rule.right);
    default:
      return null;
  }
};

/** Everybody whom one of the rules could match satisfies one of these, each once; null: everybody has to be read. */
export const anchorsOf = <A>(rules: readonly Ast[], questions: Questions<A>): readonly A[] | null => {
  const all = union(rules.map((rule) => anchorsIn(rule, questions)));
  return all === null ? null : [...new Map(all.map((anchor) => [JSON.stringify(anchor), anchor])).values()];
};
