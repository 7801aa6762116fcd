import type { Ast } from "../../core/ast.ts";
import type { Person } from "../../core/person.ts";

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
export const text = (value: string): Ast => ({ at, kind: "literal", value });
export const of = (name: string): Ast => ({ at, kind: "field", of: user, name });
export const attribute = (name: string): Ast => ({ at, kind: "index", of: of("attributes"), key: text(name) });
export const equal = (left: Ast, right: Ast): Ast => ({ at, kind: "==", left, right });
export const inGroup = (name: string): Ast => ({ at, kind: "in", left: text(name), right: of("groups") });
export const among = (left: Ast, ...items: string[]): Ast => ({
  at,
  kind: "in",
  left,
  right: { at, kind: "list", items: items.map(text) },
});
export const has = (value: string, name: string): Ast => ({
  at,
  kind: "in",
  left: text(value),
  right: attribute(name),
});
export const and = (left: Ast, right: Ast): Ast => ({ at, kind: "and", left, right });
export const or = (left: Ast, right: Ast): Ast => ({ at, kind: "or", left, right });
export const not = (inner: Ast): Ast => ({ at, kind: "not", of: inner });
export const called = (name: string, on: Ast, value: string): Ast => ({
  at,
  kind: "call",
  name,
  on,
  args: [text(value)],
});

const reading = (ast: Ast, person: Person): unknown => {
  if (ast.kind === "literal") return ast.value;
  if (ast.kind === "list") return ast.items.map((item) => reading(item, person));
  if (ast.kind === "index" && ast.key.kind === "literal") return person.attributes[String(ast.key.value)];
  if (ast.kind === "field") return person[ast.name as keyof Person];
  throw new Error(`this fixture makes no ${ast.kind} values`);
};
/** As the rule language decides, for what this fixture makes: what is missing matches nothing. */
export const matches = (ast: Ast, person: Person): boolean => {
  switch (ast.kind) {
    case "and":
      return matches(ast.left, person) && matches(ast.right, person);
    case "or":
      return matches(ast.left, person) || matches(ast.right, person);
    case "not":
      return !matches(ast.of, person);
    case "==":
      return reading(ast.left, person) === reading(ast.right, person);
    case "in": {
      const list = reading(ast.right, person);
      return Array.isArray(list) && list.includes(reading(ast.left, person));
    }
    case "call": {
      const on = ast.on ? reading(ast.on, person) : undefined;
      const value = String(ast.args[0] ? reading(ast.args[0], person) : "");
      if (typeof on !== "string") return false;
      return ast.name === "startsWith"
        ? on.startsWith(value)
        : ast.name === "contains"
          ? on.includes(value)
          : on.endsWith(value);
    }
    default:
      throw new Error(`this fixture makes no ${ast.kind} rules`);
  }
};
