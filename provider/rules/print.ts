import type { Ast } from "../core/ast.ts";
import { operands } from "./tree.ts";

/** How tightly each kind binds, as in CEL's grammar; what is not listed needs no brackets. */
const levels: ReadonlyMap<string, number> = new Map([
  ["if", 0],
  ["or", 1],
  ["and", 2],
  ["==", 3],
  ["!=", 3],
  ["<", 3],
  ["<=", 3],
  [">", 3],
  [">=", 3],
  ["in", 3],
  ["+", 4],
  ["-", 4],
  ["not", 5],
  ["negate", 5],
]);
const tight = 6;
const level = (ast: Ast): number => levels.get(ast.kind) ?? tight;

/** A tree as text, in one style. `parse(print(ast))` is the same tree, positions apart. */
export function print(ast: Ast): string {
  switch (ast.kind) {
    case "literal":
      return typeof ast.value === "string" ? quoted(ast.value) : String(ast.value);
    case "list":
      return `[${ast.items.map(print).join(", ")}]`;
    case "name":
      return ast.name;
    case "field":
      return `${within(ast.of, tight)}.${ast.name}`;
    case "index":
      return `${within(ast.of, tight)}[${print(ast.key)}]`;
    case "has":
      return `has(${within(ast.of, tight)}.${ast.name})`;
    case "not":
      return `!${within(ast.of, 5)}`;
    case "negate":
      return `-${within(ast.of, tight)}`;
    case "and":
    case "or":
      return chain(ast, ast.kind);
    case "if":
      return `${within(ast.test, 1)} ? ${within(ast.yes, 1)} : ${within(ast.no, 0)}`;
    case "call":
      return `${ast.on === null ? "" : `${within(ast.on, tight)}.`}${ast.name}(${ast.args.map(print).join(", ")})`;
    case "all":
    case "exists":
      return `${within(ast.list, tight)}.${ast.kind}(${ast.variable}, ${print(ast.body)})`;
    default:
      return `${within(ast.left, level(ast))} ${ast.kind} ${within(ast.right, level(ast) + 1)}`;
  }
}

const chain = (ast: Ast, kind: "and" | "or"): string => {
  const [first, ...rest] = operands(ast, kind);
  const own = level(ast);
  const sign = kind === "and" ? " && " : " || ";
  return [first ? within(first, own) : "", ...rest.map((operand) => within(operand, own + 1))].join(sign);
};

const within = (ast: Ast, least: number): string => (level(ast) < least ? `(${print(ast)})` : print(ast));

/** A CEL string literal. */
export const quoted = (text: string): string =>
  `"${text.replace(/["\\\p{Cc}]/gu, (char) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  })}"`;
