import type { Ast } from "../core/ast.ts";

/** The nodes of one kind. */
export type Of<K extends Ast["kind"]> = Ast & { readonly kind: K };

/** The nodes with two sides. */
export type Binary = Extract<Ast, { left: Ast }>;

/** The operands of a chain `a && b && c`, whatever its length: chains are long, so no caller may recurse along one. */
export function operands(ast: Ast, kind: "and" | "or"): readonly Ast[] {
  const found: Ast[] = [];
  let rest = ast;
  while ((rest.kind === "and" || rest.kind === "or") && rest.kind === kind) {
    found.push(rest.right);
    rest = rest.left;
  }
  found.push(rest);
  return found.reverse();
}

/** What stands directly inside a node; a chain counts as one node. */
export function children(ast: Ast): readonly Ast[] {
  switch (ast.kind) {
    case "literal":
    case "name":
      return [];
    case "list":
      return ast.items;
    case "field":
    case "has":
    case "not":
    case "negate":
      return [ast.of];
    case "index":
      return [ast.of, ast.key];
    case "and":
    case "or":
      return operands(ast, ast.kind);
    case "if":
      return [ast.test, ast.yes, ast.no];
    case "call":
      return ast.on === null ? ast.args : [ast.on, ...ast.args];
    case "all":
    case "exists":
      return [ast.list, ast.body];
    default:
      return [ast.left, ast.right];
  }
}

export const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";

/** The field of `user.x`, or null for anything else. */
export const userField = (ast: Ast): string | null => (ast.kind === "field" && isUser(ast.of) ? ast.name : null);

/** The attribute's name of `user.attributes.x` or `user.attributes["x"]`, or null. */
export function attributeName(ast: Ast): string | null {
  if ((ast.kind !== "field" && ast.kind !== "index") || userField(ast.of) !== "attributes") return null;
  if (ast.kind === "field") return ast.name;
  return ast.key.kind === "literal" && typeof ast.key.value === "string" ? ast.key.value : null;
}

/** A text that stands in the rule, or null. */
export const constantText = (ast: Ast): string | null =>
  ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null;

/** The items of a list that holds fixed texts only, or null. */
export function constantTexts(ast: Ast): readonly string[] | null {
  if (ast.kind !== "list") return null;
  const texts = ast.items.map(constantText).filter((text) => text !== null);
  return texts.length === ast.items.length ? texts : null;
}
