import type { Ast } from "../core/ast.ts";
import { compilePattern } from "./pattern.ts";
import { fault } from "./place.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import type { Of } from "./tree.ts";
import { BOOL, INT, SPAN, TEXT, TIME, type Type, typeName } from "./vocabulary.ts";

type Call = Of<"call">;

/** The type of a function's result, after its receiver and arguments have been checked. */
export function typeOfCall(ast: Call, typeOf: (ast: Ast) => Type): Type {
  if (ast.name === "timestamp" || ast.name === "duration") return constant(ast, typeOf);
  if (ast.name === "size") return size(ast, typeOf);
  if (ast.name === "has" || ast.name === "exists" || ast.name === "all") throw misplaced(ast);
  return onText(ast, typeOf);
}

function misplaced(ast: Call): Error {
  if (ast.name === "has") return fault(ast.at, "has() is not called on something", "Write has(user.department).");
  return fault(ast.at, `${ast.name}() is called on a list`, `Write user.groups.${ast.name}(g, condition).`);
}

/** The argument's value must stand in the rule: a time computed from text could not be checked before it runs. */
function constant(ast: Call, typeOf: (ast: Ast) => Type): Type {
  const [arg] = ast.args;
  const example = ast.name === "timestamp" ? 'timestamp("2027-01-31T00:00:00Z")' : 'duration("36h")';
  if (ast.on !== null || ast.args.length !== 1 || arg?.kind !== "literal" || typeof arg.value !== "string")
    throw fault(arg?.at ?? ast.at, `${ast.name}() takes one fixed text`, `Write ${example}.`);
  typeOf(arg);
  const value = ast.name === "timestamp" ? parseTimestamp(arg.value) : parseDuration(arg.value);
  if (typeof value === "string") throw fault(arg.at, value, `Write ${example}.`);
  return ast.name === "timestamp" ? TIME : SPAN;
}

function size(ast: Call, typeOf: (ast: Ast) => Type): Type {
  const of = ast.on ?? ast.args[0];
  if (!of || ast.args.length !== (ast.on === null ? 1 : 0))
    throw fault(ast.at, "size() takes one list or text", "Write size(user.groups) > 3.");
  const type = typeOf(of);
  if (["text", "status", "attribute", "attributes", "list"].includes(type.kind)) return INT;
  throw fault(of.at, `${typeName(type)} has no size`);
}

const shapes: ReadonlyMap<string, { readonly args: number; readonly type: Type; readonly example: string }> = new Map([
  ["startsWith", { args: 1, type: BOOL, example: 'user.title.startsWith("Senior")' }],
  ["endsWith", { args: 1, type: BOOL, example: 'user.email.endsWith("@acme.test")' }],
  ["contains", { args: 1, type: BOOL, example: 'user.title.contains("Engineer")' }],
  ["matches", { args: 1, type: BOOL, example: 'user.title.matches("^(Senior|Staff) ")' }],
  ["lowerAscii", { args: 0, type: TEXT, example: 'user.email.lowerAscii() == "ada@acme.test"' }],
]);

function onText(ast: Call, typeOf: (ast: Ast) => Type): Type {
  const shape = shapes.get(ast.name);
  if (!shape) throw fault(ast.at, `unknown function ${ast.name}()`);
  const hint = `Write ${shape.example}.`;
  if (ast.on === null) throw fault(ast.at, `${ast.name}() is called on a text`, hint);
  text(ast.on, { typeOf, what: `${ast.name}() works on text`, hint });
  if (ast.args.length !== shape.args)
    throw fault(ast.at, `${ast.name}() takes ${shape.args === 0 ? "nothing" : "one text"}`, hint);
  for (const arg of ast.args) text(arg, { typeOf, what: `${ast.name}() takes text`, hint });
  if (ast.name === "matches") pattern(ast);
  return shape.type;
}

function text(
  ast: Ast,
  say: { readonly typeOf: (ast: Ast) => Type; readonly what: string; readonly hint: string },
): void {
  const type = say.typeOf(ast);
  if (type.kind === "text" || type.kind === "status" || type.kind === "attribute") return;
  const onList =
    type.kind === "list" ? 'Write "name" in user.groups, or user.groups.exists(g, g.startsWith("team-")).' : say.hint;
  throw fault(ast.at, `${say.what}, and this is ${typeName(type)}`, onList);
}

function pattern(ast: Call): void {
  const [arg] = ast.args;
  if (arg?.kind !== "literal" || typeof arg.value !== "string")
    throw fault(
      arg?.at ?? ast.at,
      "the pattern of matches() is a fixed text",
      'Write user.title.matches("^(Senior|Staff) ").',
    );
  const compiled = compilePattern(arg.value);
  if (typeof compiled === "string")
    throw fault(
      arg.at,
      compiled,
      "Patterns are RE2: no look-around, no back-references. Prefer startsWith and in: they are faster.",
    );
}
