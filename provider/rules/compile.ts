import type { Ast } from "../core/ast.ts";
import {
  either,
  items,
  noValue,
  number,
  presence,
  type Types,
  text,
  textGetter,
  unread,
  value,
} from "./compile-values.ts";
import { compilePattern } from "./pattern.ts";
import { type Binary, constantText, constantTexts, isUser, type Of, operands, userField } from "./tree.ts";
import { compareText, equal, Missing, type Run, type Value } from "./value.ts";
import type { Type } from "./vocabulary.ts";

/** A true-or-false expression as a closure. No code is generated as text: rules also run where `eval` is forbidden. */
export function condition(ast: Ast, types: Types): Run<boolean> {
  switch (ast.kind) {
    case "and":
    case "or":
      return chain(
        ast.kind,
        operands(ast, ast.kind).map((operand) => condition(operand, types)),
      );
    case "not":
      return not(condition(ast.of, types));
    case "==":
      return equality(ast, types);
    case "!=":
      return not(equality(ast, types));
    case "in":
      return membership(ast, types);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return order(ast, types);
    case "has":
      return has(ast);
    case "if":
      return either(ast, types, condition);
    case "call":
      return textTest(ast, types);
    case "all":
    case "exists":
      return comprehension(ast, types);
    default:
      return simple(ast);
  }
}

function simple(ast: Ast): Run<boolean> {
  if (ast.kind === "literal") {
    const fixed = ast.value === true;
    return () => fixed;
  }
  // The variable of a comprehension over conditions.
  return (_person, _now, item) => item === true;
}

const not = (of: Run<boolean>): Run<boolean> => {
  return (person, now, item) => {
    const found = of(person, now, item);
    return found === true ? false : found === false ? true : found;
  };
};

/** `&&` and `||` as CEL has them: false wins over a missing value in `&&`, true in `||`, whichever side it stands on. */
function chain(kind: "and" | "or", runs: readonly Run<boolean>[]): Run<boolean> {
  const wins = kind === "or";
  const [first, second, third] = runs;
  if (first && second && runs.length === 2) return pair(wins, first, second);
  // Measured: the loop below costs twice as much as nested pairs for three operands.
  if (first && second && third && runs.length === 3) return pair(wins, first, pair(wins, second, third));
  return (person, now, item) => {
    let missing: Missing | null = null;
    for (const run of runs) {
      const found = run(person, now, item);
      if (found === wins) return wins;
      if (found instanceof Missing) missing ??= found;
    }
    return missing ?? !wins;
  };
}

function pair(wins: boolean, first: Run<boolean>, second: Run<boolean>): Run<boolean> {
  const loses = !wins;
  return (person, now, item) => {
    const a = first(person, now, item);
    if (a === wins) return a;
    const b = second(person, now, item);
    return a === loses || b === wins ? b : a;
  };
}

const isText = (type: Type | undefined): boolean => type?.kind === "text" || type?.kind === "status";
const isNumber = (type: Type | undefined): boolean =>
  type?.kind === "int" || type?.kind === "time" || type?.kind === "span";

function equality(ast: Binary, types: Types): Run<boolean> {
  const [left, right] = [types.get(ast.left), types.get(ast.right)];
  const fixed = constantText(ast.right);
  if (fixed !== null) return equalsText(ast.left, fixed, types);
  const first = constantText(ast.left);
  if (first !== null) return equalsText(ast.right, first, types);
  if (isText(left) && isText(right)) return both(text(ast.left, types), text(ast.right, types), (a, b) => a === b);
  if (isNumber(left) && isNumber(right))
    return both(number(ast.left, types), number(ast.right, types), (a, b) => a === b);
  return both(value(ast.left, types), value(ast.right, types), equal);
}

function equalsText(ast: Ast, wanted: string, types: Types): Run<boolean> {
  const get = textGetter(ast);
  if (get) {
    const missing = noValue(ast);
    return (person) => {
      const found = get(person);
      return found === null ? missing : found === wanted;
    };
  }
  const of = value(ast, types);
  return (person, now, item) => {
    const found = of(person, now, item);
    return found instanceof Missing ? found : found === wanted;
  };
}

function both<T extends Value>(left: Run<T>, right: Run<T>, test: (a: T, b: T) => boolean): Run<boolean> {
  return (person, now, item) => {
    const a = left(person, now, item);
    if (a instanceof Missing) return a;
    const b = right(person, now, item);
    return b instanceof Missing ? b : test(a, b);
  };
}

function membership(ast: Binary, types: Types): Run<boolean> {
  const wanted = constantText(ast.left);
  if (types.get(ast.right)?.kind === "attributes") {
    const of = text(ast.left, types);
    return (person, now, item) => {
      const name = of(person, now, item);
      return typeof name === "string" ? Object.hasOwn(person.attributes, name) : name;
    };
  }
  const fixed = constantTexts(ast.right);
  if (fixed) return inFixed(ast.left, fixed, types);
  const list = items(ast.right, types);
  if (wanted !== null && userField(ast.right) === "groups") return inGroups(wanted);
  if (wanted !== null)
    return (person, now, item) => {
      const found = list(person, now, item);
      return found instanceof Missing ? found : found.includes(wanted);
    };
  return both(
    value(ast.left, types),
    list,
    (one, all) => typeof all === "object" && all.some((other) => equal(one, other)),
  );
}

const inGroups = (wanted: string): Run<boolean> => {
  return ({ groups }) => {
    if (groups === null) return unread;
    // Measured on the predicate of `rules/vs-closure`: 1.22 times a hand-written closure, against 1.39 with includes().
    for (let i = 0; i < groups.length; i++) if (groups[i] === wanted) return true;
    return false;
  };
};

function inFixed(ast: Ast, fixed: readonly string[], types: Types): Run<boolean> {
  const set: ReadonlySet<Value> = new Set(fixed);
  const of = value(ast, types);
  return (person, now, item) => {
    const found = of(person, now, item);
    return found instanceof Missing ? found : set.has(found);
  };
}

function order(ast: Binary, types: Types): Run<boolean> {
  const holds = comparison(ast.kind);
  if (isNumber(types.get(ast.left)))
    return both(number(ast.left, types), number(ast.right, types), (a, b) => holds(a - b));
  return both(text(ast.left, types), text(ast.right, types), (a, b) => holds(compareText(a, b)));
}

function comparison(kind: string): (difference: number) => boolean {
  switch (kind) {
    case "<":
      return (difference) => difference < 0;
    case "<=":
      return (difference) => difference <= 0;
    case ">":
      return (difference) => difference > 0;
    default:
      return (difference) => difference >= 0;
  }
}

function has(ast: Of<"has">): Run<boolean> {
  const { name } = ast;
  return isUser(ast.of) ? presence(name) : (person) => Object.hasOwn(person.attributes, name);
}

function textTest(ast: Of<"call">, types: Types): Run<boolean> {
  const [arg] = ast.args;
  const on = ast.on ?? ast;
  const fixed = arg ? constantText(arg) : null;
  if (ast.name === "startsWith" && fixed !== null) return startsWith(on, fixed, types);
  const of = text(on, types);
  if (fixed !== null) return tested(of, fixedTest(ast.name, fixed));
  return both(of, text(arg ?? ast, types), tests.get(ast.name) ?? (() => false));
}

const tests: ReadonlyMap<string, (text: string, part: string) => boolean> = new Map([
  ["startsWith", (text: string, part: string) => text.startsWith(part)],
  ["endsWith", (text: string, part: string) => text.endsWith(part)],
  ["contains", (text: string, part: string) => text.includes(part)],
]);

/** The commonest test of text, with its field read in place: one call for each person instead of three. */
function startsWith(on: Ast, part: string, types: Types): Run<boolean> {
  const get = textGetter(on);
  if (!get) return tested(text(on, types), (found) => found.startsWith(part));
  const missing = noValue(on);
  return (person) => {
    const found = get(person);
    return found === null ? missing : found.startsWith(part);
  };
}

function fixedTest(name: string, part: string): (text: string) => boolean {
  if (name === "endsWith") return (found) => found.endsWith(part);
  if (name === "contains") return (found) => found.includes(part);
  const pattern = compilePattern(part);
  return typeof pattern === "string" ? () => false : pattern;
}

function tested(of: Run<string>, test: (text: string) => boolean): Run<boolean> {
  return (person, now, item) => {
    const found = of(person, now, item);
    return typeof found === "string" ? test(found) : found;
  };
}

/** A missing value in one item does not hide an item that settles the answer. */
function comprehension(ast: Of<"all" | "exists">, types: Types): Run<boolean> {
  const settles = ast.kind === "exists";
  const list = items(ast.list, types);
  const body = condition(ast.body, types);
  return (person, now, item) => {
    const found = list(person, now, item);
    if (found instanceof Missing) return found;
    let missing: Missing | null = null;
    for (const one of found) {
      const answer = body(person, now, one);
      if (answer === settles) return settles;
      if (answer instanceof Missing) missing ??= answer;
    }
    return missing ?? !settles;
  };
}
