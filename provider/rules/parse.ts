import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import type { Ast, Position } from "../core/ast.ts";
import { fault, position } from "./place.ts";
import { refusedCall, refusedOperator } from "./refused.ts";
import { maxDepth, scan } from "./scan.ts";
import { functionNames, meantBy, textFields, timeFields } from "./vocabulary.ts";

const time = "google.protobuf.Timestamp";
/** Most nodes in a rule. */
export const maxNodes = 2000;

/** The library's view of the language; it parses and checks, and in tests it is what our own evaluation is compared with. */
export const environment = new Environment({
  limits: { maxAstNodes: maxNodes, maxDepth: 2 * maxDepth, maxListElements: maxNodes, maxCallArguments: 8 },
})
  .registerType("User", {
    fields: {
      ...Object.fromEntries(textFields.map((name) => [name, "string"])),
      ...Object.fromEntries(timeFields.map((name) => [name, time])),
      status: "string",
      groups: "list<string>",
      attributes: "map<string, dyn>",
    },
  })
  .registerVariable("user", "User")
  .registerVariable("now", time);

/** Text to tree: what the library can read, less what the rule language leaves out. */
export function parse(source: string): Ast {
  scan(source);
  return new Converter(source).ast(read(source), 1);
}

function read(source: string): ASTNode {
  try {
    return environment.parse(source).ast;
  } catch (error) {
    throw libraryFault(source, error);
  }
}

/** What the library's type check has against the text, or null. The last word after our own check, which says it better. */
export function libraryCheck(source: string): { readonly type: string } | Error {
  const { valid, type, error } = environment.check(source);
  return valid && type !== undefined ? { type } : libraryFault(source, error);
}

const said: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected token: EOF$|got EOF$/, "the expression ends too early"],
  [/^Exceeded maxAstNodes/, `more than ${maxNodes} parts`],
  [/^Exceeded maxDepth/, `nested deeper than ${maxDepth} levels`],
  [/^Exceeded maxCallArguments/, "too many arguments"],
  [/^Reserved identifier: (\w+)$/, "$1 is a reserved word"],
  [/^Unexpected token: (\w+)$/, "a value was expected here, not $1"],
  [/^Expected (\w+), got (\w+)$/, "expected $1 here, not $2"],
];

/** A library error in our words. Its `range` counts UTF-16 units from 0. */
function libraryFault(source: string, error: unknown): Error {
  const known = error instanceof Error && "summary" in error && typeof error.summary === "string";
  const summary = known ? String(error.summary) : error instanceof Error ? error.message : String(error);
  const range = known && "range" in error && typeof error.range === "object" ? error.range : null;
  const start = range && "start" in range && typeof range.start === "number" ? range.start : 0;
  const [pattern, words] = said.find(([one]) => one.test(summary)) ?? [/^[\s\S]*$/, "$&"];
  return fault(
    position(source, Math.min(start, source.length)),
    summary.replace(pattern, words).replace(/\b[A-Z]{2,}\b/g, (name) => tokens[name] ?? name),
  );
}

const tokens: Readonly<Record<string, string>> = {
  EOF: "the end",
  IN: "in",
  NUMBER: "a number",
  STRING: "text",
  BOOLEAN: "true or false",
  NULL: "null",
  IDENTIFIER: "a name",
  LPAREN: "(",
  RPAREN: ")",
  LBRACKET: "[",
  RBRACKET: "]",
  LBRACE: "{",
  RBRACE: "}",
  DOT: ".",
  COMMA: "a comma",
  COLON: ":",
  QUESTION: "?",
};

const same = ["==", "!=", "<", "<=", ">", ">=", "in", "+", "-"] as const;
const isSame = (op: string): op is (typeof same)[number] => same.some((one) => one === op);

/** The library's tree to ours, through the allow-list. */
class Converter {
  readonly source: string;
  nodes = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Where a node's own word stands: the field of a selection, the function of a call, else its beginning. */
  at(node: ASTNode): Position {
    if (node.op === "rcall") return position(this.source, this.source.indexOf(node.args[0], node.args[1].end));
    return position(this.source, node.op === "." ? node.pos : node.start);
  }

  /** `depth` counts nesting; a chain of `&&` is one level, however long. */
  ast(node: ASTNode, depth: number): Ast {
    const at = this.at(node);
    if (++this.nodes > maxNodes) throw fault(at, `more than ${maxNodes} parts`);
    if (depth > maxDepth)
      throw fault(at, `nested deeper than ${maxDepth} levels`, "Take the inner part apart with && and ||.");
    const down = (inner: ASTNode): Ast => this.ast(inner, depth + 1);
    switch (node.op) {
      case "value":
        return this.literal(node.args, at);
      case "id":
        return { at, kind: "name", name: node.args };
      case ".":
        return { at, kind: "field", of: down(node.args[0]), name: node.args[1] };
      case "[]":
        return { at, kind: "index", of: down(node.args[0]), key: down(node.args[1]) };
      case "list":
        return { at, kind: "list", items: node.args.map(down) };
      case "!_":
        return { at, kind: "not", of: down(node.args) };
      case "-_":
        return { at, kind: "negate", of: down(node.args) };
      case "&&":
      case "||":
        return this.chain(node, depth);
      case "?:":
        return { at, kind: "if", test: down(node.args[0]), yes: down(node.args[1]), no: down(node.args[2]) };
      case "call":
        return this.call(node, null, depth);
      case "rcall":
        return this.call(node, down(node.args[1]), depth);
      default:
        if (isSame(node.op))
          return { at, kind: node.op, left: down(node.args[0] as ASTNode), right: down(node.args[1] as ASTNode) };
        throw refusedOperator(node.op, at);
    }
  }

  /** Left-deep as the library has it, but built in a loop: a chain may be a thousand long. */
  chain(node: ASTNode & { op: "&&" | "||" }, depth: number): Ast {
    const rights: ASTNode[] = [];
    let rest: ASTNode = node;
    while (rest.op === node.op) {
      rights.push(rest.args[1] as ASTNode);
      rest = rest.args[0] as ASTNode;
    }
    const at = this.at(node);
    let left = this.ast(rest, depth + 1);
    for (const right of rights.reverse())
      left = { at, kind: node.op === "&&" ? "and" : "or", left, right: this.ast(right, depth + 1) };
    this.nodes += rights.length - 1;
    return left;
  }

  literal(value: unknown, at: Position): Ast {
    if (typeof value === "string" || typeof value === "boolean") return { at, kind: "literal", value };
    if (value === null)
      throw fault(at, "null is not a value here", "Write has(user.department) or !has(user.department).");
    if (typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER)
      return { at, kind: "literal", value: Number(value) };
    if (typeof value === "bigint") throw fault(at, "this number is too large");
    if (typeof value === "number") throw fault(at, "only whole numbers can be written here", "Write 3, not 3.5.");
    throw fault(
      at,
      value instanceof Uint8Array
        ? "bytes are not part of the rule language"
        : "unsigned numbers are not part of the rule language",
      value instanceof Uint8Array ? 'Write the text without its b: "text".' : "Write the number without its u.",
    );
  }

  call(node: ASTNode & { op: "call" | "rcall" }, on: Ast | null, depth: number): Ast {
    const at = this.at(node);
    const [name] = node.args;
    const inner = node.op === "call" ? node.args[1] : node.args[2];
    const down = (arg: ASTNode): Ast => this.ast(arg, depth + 1);
    if (!functionNames.some((known) => known === name))
      throw refusedCall({ name, at, meant: meantBy(name, functionNames) });
    if (name === "has" && on === null) return this.has(inner, at, depth);
    if ((name === "exists" || name === "all") && on !== null)
      return this.comprehension(name, { list: on, inner, at, depth });
    return { at, kind: "call", name, on, args: inner.map(down) };
  }

  has(args: readonly ASTNode[], at: Position, depth: number): Ast {
    const [arg] = args;
    const hint =
      'Write has(user.department) or has(user.attributes.team); "cost-center" in user.attributes for other names.';
    if (args.length !== 1 || arg?.op !== ".") throw fault(at, "has() takes one field", hint);
    return { at, kind: "has", of: this.ast(arg.args[0], depth + 1), name: arg.args[1] };
  }

  comprehension(
    kind: "exists" | "all",
    found: { list: Ast; inner: readonly ASTNode[]; at: Position; depth: number },
  ): Ast {
    const [variable, body] = found.inner;
    const hint = `Write user.groups.${kind}(g, g.startsWith("team-")).`;
    if (found.inner.length !== 2 || variable?.op !== "id" || !body)
      throw fault(found.at, `${kind}() takes a variable and a condition`, hint);
    if (variable.args === "user" || variable.args === "now")
      throw fault(this.at(variable), `${variable.args} already has a meaning`, hint);
    return { at: found.at, kind, list: found.list, variable: variable.args, body: this.ast(body, found.depth + 1) };
  }
}
