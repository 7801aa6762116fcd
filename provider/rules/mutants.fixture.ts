import type { Ast } from "../core/ast.ts";

/** A tree with every node passed through `change`, leaves first. The same object where nothing changed. */
function rewrite(ast: Ast, change: (ast: Ast) => Ast): Ast {
  const inner = Object.fromEntries(
    Object.entries(ast).map(([key, part]: [string, unknown]) => {
      if (key === "at") return [key, part];
      if (Array.isArray(part)) return [key, part.map((one: unknown) => (isAst(one) ? rewrite(one, change) : one))];
      return [key, isAst(part) ? rewrite(part, change) : part];
    }),
  );
  const same = JSON.stringify(inner) === JSON.stringify(ast);
  // `inner` has the keys of `ast`, each with a part of the same kind.
  return change(same ? ast : (inner as Ast));
}

const isAst = (part: unknown): part is Ast => typeof part === "object" && part !== null && "kind" in part;

const swap =
  (from: string, to: string): ((ast: Ast) => Ast) =>
  (ast) =>
    rewrite(ast, (one) => (one.kind === from ? ({ ...one, kind: to } as Ast) : one));
const call =
  (name: string, change: (one: Ast & { kind: "call" }) => Ast): ((ast: Ast) => Ast) =>
  (ast) =>
    rewrite(ast, (one) => (one.kind === "call" && one.name === name ? change(one) : one));
const rename = (from: string, to: string): ((ast: Ast) => Ast) => call(from, (one) => ({ ...one, name: to }));
const fixed = (name: string, value: string): ((ast: Ast) => Ast) =>
  call(name, (one) =>
    one.args[0]?.kind === "literal" && one.args[0].value !== value
      ? { ...one, args: [{ ...one.args[0], value }] }
      : one,
  );
const not = (of: Ast): Ast => ({ at: of.at, kind: "not", of });

/** Wrong compilers, one for each operator and function: a comparison that lets one through does not test that operator. */
export const mutants: readonly { readonly name: string; change(ast: Ast): Ast }[] = [
  { name: "&& for ||", change: swap("and", "or") },
  { name: "|| for &&", change: swap("or", "and") },
  { name: "== for !=", change: swap("==", "!=") },
  { name: "!= for ==", change: swap("!=", "==") },
  { name: "< for <=", change: swap("<", "<=") },
  { name: "<= for <", change: swap("<=", "<") },
  { name: "> for >=", change: swap(">", ">=") },
  { name: ">= for >", change: swap(">=", ">") },
  {
    name: "+ for -",
    change: (ast) =>
      rewrite(ast, (one) => (one.kind === "+" && one.right.kind === "call" ? { ...one, kind: "-" } : one)),
  },
  {
    name: "- for +",
    change: (ast) =>
      rewrite(ast, (one) =>
        one.kind === "-" && one.right.kind === "call" && one.right.name === "duration" ? { ...one, kind: "+" } : one,
      ),
  },
  { name: "in for not in", change: (ast) => rewrite(ast, (one) => (one.kind === "in" ? not(one) : one)) },
  { name: "! for nothing", change: (ast) => rewrite(ast, (one) => (one.kind === "not" ? one.of : one)) },
  {
    name: "a negative for a positive number",
    change: (ast) => rewrite(ast, (one) => (one.kind === "negate" ? one.of : one)),
  },
  {
    name: "the other branch of ?:",
    change: (ast) => rewrite(ast, (one) => (one.kind === "if" ? { ...one, yes: one.no, no: one.yes } : one)),
  },
  { name: "has() for its opposite", change: (ast) => rewrite(ast, (one) => (one.kind === "has" ? not(one) : one)) },
  { name: "exists for all", change: swap("exists", "all") },
  { name: "all for exists", change: swap("all", "exists") },
  { name: "startsWith for endsWith", change: rename("startsWith", "endsWith") },
  { name: "endsWith for startsWith", change: rename("endsWith", "startsWith") },
  { name: "contains for startsWith", change: rename("contains", "startsWith") },
  { name: "matches for contains", change: rename("matches", "contains") },
  { name: "lowerAscii() for nothing", change: call("lowerAscii", (one) => one.on ?? one) },
  { name: "size() for 1", change: call("size", (one) => ({ at: one.at, kind: "literal", value: 1 })) },
  { name: "timestamp() for another time", change: fixed("timestamp", "2026-06-01T00:00:00Z") },
  { name: "duration() for another one", change: fixed("duration", "2h") },
  {
    name: "one field for another",
    change: (ast) =>
      rewrite(ast, (one) => (one.kind === "field" && one.name === "department" ? { ...one, name: "title" } : one)),
  },
  {
    name: "one attribute for another",
    change: (ast) =>
      rewrite(ast, (one) =>
        one.kind === "index" ? { ...one, key: { at: one.at, kind: "literal", value: "other" } } : one,
      ),
  },
  {
    name: "a list without its first item",
    change: (ast) =>
      rewrite(ast, (one) =>
        one.kind === "list" && one.items.length > 1 ? { ...one, items: one.items.slice(1) } : one,
      ),
  },
  {
    name: "now for createdAt",
    change: (ast) =>
      rewrite(ast, (one) =>
        one.kind === "name" && one.name === "now"
          ? { at: one.at, kind: "field", of: { at: one.at, kind: "name", name: "user" }, name: "createdAt" }
          : one,
      ),
  },
];
