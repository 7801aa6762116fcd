import type { Ast } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { condition } from "./compile.ts";
import { print } from "./print.ts";
import { fastMilliseconds, isSpan, isTime, parseDuration, parseTimestamp } from "./time.ts";
import { attributeName, type Binary, type Of, userField } from "./tree.ts";
import { lowerAscii, Missing, type Run, sizeOf, type Value } from "./value.ts";
import { isTextField, isTimeField, type TextField, type TimeField, type Type } from "./vocabulary.ts";

export type Types = ReadonlyMap<Ast, Type>;

/** One function per field: reading `person[name]` with a changing name is several times slower. */
const textOf: Readonly<Record<TextField | "status", (person: Person) => string | null>> = {
  id: (person) => person.id,
  login: (person) => person.login,
  email: (person) => person.email,
  status: (person) => person.status,
  firstName: (person) => person.firstName,
  lastName: (person) => person.lastName,
  department: (person) => person.department,
  title: (person) => person.title,
  manager: (person) => person.manager,
  type: (person) => person.type,
};
const timeOf: Readonly<Record<TimeField, (person: Person) => string | null>> = {
  createdAt: (person) => person.createdAt,
  startsOn: (person) => person.startsOn,
  endsOn: (person) => person.endsOn,
};

/** Whether the directory has a value for a field of `user`. */
export function presence(name: string): (person: Person) => boolean {
  if (name === "groups") return (person) => person.groups !== null;
  const get = isTextField(name) || name === "status" ? textOf[name] : isTimeField(name) ? timeOf[name] : null;
  return get ? (person) => get(person) !== null : () => true;
}

export const textGetter = (ast: Ast): ((person: Person) => string | null) | null => {
  const name = userField(ast);
  return name !== null && (isTextField(name) || name === "status") ? textOf[name] : null;
};

export const noValue = (ast: Ast): Missing => new Missing(`${print(ast)} has no value`);
const severalValues = (ast: Ast): Missing => new Missing(`${print(ast)} has several values, and the rule needs one`);
const oneValue = (ast: Ast): Missing => new Missing(`${print(ast)} has one value, and the rule needs a list`);
export const unread = new Missing("user.groups was not read");
/** The type check excludes it; a wrong one must not become an answer. */
const impossible = (ast: Ast): Missing => new Missing(`${print(ast)} has a value of another kind`);

/** Any expression, whatever its type. */
export function value(ast: Ast, types: Types): Run<Value> {
  switch (types.get(ast)?.kind) {
    case "bool":
      return condition(ast, types);
    case "int":
    case "time":
    case "span":
      return number(ast, types);
    case "list":
      return items(ast, types);
    case "attribute":
      return attribute(ast, types);
    default:
      return text(ast, types);
  }
}

/** `c ? a : b` for every type: only the branch that is taken runs. */
export function either<T extends Value>(
  ast: Of<"if">,
  types: Types,
  branch: (ast: Ast, types: Types) => Run<T>,
): Run<T> {
  const test = condition(ast.test, types);
  const yes = branch(ast.yes, types);
  const no = branch(ast.no, types);
  return (person, now, item) => {
    const found = test(person, now, item);
    return found === true ? yes(person, now, item) : found === false ? no(person, now, item) : found;
  };
}

/** An attribute as it is: a text, or a list of texts. */
function attribute(ast: Ast, types: Types): Run<Value> {
  if (ast.kind === "if") return either(ast, types, value);
  const name = attributeName(ast);
  if (name === null) return (_person, _now, item) => item;
  const missing = noValue(ast);
  return (person) => (Object.hasOwn(person.attributes, name) ? (person.attributes[name] ?? missing) : missing);
}

export function text(ast: Ast, types: Types): Run<string> {
  if (types.get(ast)?.kind === "attribute") return single(ast, types);
  const get = textGetter(ast);
  if (get) {
    const missing = noValue(ast);
    return (person) => get(person) ?? missing;
  }
  if (ast.kind === "literal") {
    const fixed = String(ast.value);
    return () => fixed;
  }
  if (ast.kind === "if") return either(ast, types, text);
  if (ast.kind === "call" && ast.on) {
    const of = text(ast.on, types);
    return (person, now, item) => {
      const found = of(person, now, item);
      return typeof found === "string" ? lowerAscii(found) : found;
    };
  }
  const missing = impossible(ast);
  return (_person, _now, item) => (typeof item === "string" ? item : missing);
}

/** An attribute where one text is needed. */
function single(ast: Ast, types: Types): Run<string> {
  const of = attribute(ast, types);
  const several = severalValues(ast);
  return (person, now, item) => {
    const found = of(person, now, item);
    return typeof found === "string" || found instanceof Missing ? found : several;
  };
}

export function items(ast: Ast, types: Types): Run<readonly Value[]> {
  if (ast.kind === "list") return literalList(ast, types);
  if (ast.kind === "if") return either(ast, types, items);
  if (userField(ast) === "groups") return (person) => person.groups ?? unread;
  const of = attribute(ast, types);
  const one = oneValue(ast);
  return (person, now, item) => {
    const found = of(person, now, item);
    return typeof found === "object" ? found : one;
  };
}

function literalList(ast: Of<"list">, types: Types): Run<readonly Value[]> {
  if (ast.items.every((item) => item.kind === "literal")) {
    const fixed = ast.items.map((item) => (item.kind === "literal" ? (item.value ?? "") : ""));
    return () => fixed;
  }
  const runs = ast.items.map((item) => value(item, types));
  return (person, now, item) => {
    const found: Value[] = [];
    for (const run of runs) {
      const one = run(person, now, item);
      if (one instanceof Missing) return one;
      found.push(one);
    }
    return found;
  };
}

/** Numbers, times and durations. */
export function number(ast: Ast, types: Types): Run<number> {
  switch (ast.kind) {
    case "literal":
      return constant(Number(ast.value));
    case "negate": {
      const of = number(ast.of, types);
      return (person, now, item) => {
        const found = of(person, now, item);
        return typeof found === "number" ? -found : found;
      };
    }
    case "field":
      return time(ast);
    case "if":
      return either(ast, types, number);
    case "call":
      return call(ast, types);
    case "+":
    case "-":
      return sum(ast, types);
    default:
      // `now` cannot be a comprehension's variable, so this name is the clock.
      return ast.kind === "name" && ast.name === "now" ? (_person, now) => now : variable(ast);
  }
}

const constant = (fixed: number): Run<number> => {
  return () => fixed;
};

function variable(ast: Ast): Run<number> {
  const missing = impossible(ast);
  return (_person, _now, item) => (typeof item === "number" ? item : missing);
}

function time(ast: Of<"field">): Run<number> {
  const missing = noValue(ast);
  const wrong = new Missing(`${print(ast)} is not a time that the directory wrote well`);
  const get = isTimeField(ast.name) ? timeOf[ast.name] : () => null;
  return (person) => {
    const written = get(person);
    if (written === null) return missing;
    const ms = fastMilliseconds(written);
    return Number.isNaN(ms) ? wrong : ms;
  };
}

function call(ast: Of<"call">, types: Types): Run<number> {
  if (ast.name === "size") return size(ast.on ?? ast.args[0] ?? ast, types);
  const [arg] = ast.args;
  const written = arg?.kind === "literal" ? String(arg.value) : "";
  const ms = ast.name === "timestamp" ? parseTimestamp(written) : parseDuration(written);
  return constant(typeof ms === "number" ? ms : Number.NaN);
}

function size(of: Ast, types: Types): Run<number> {
  if (types.get(of)?.kind === "attributes") return (person) => Object.keys(person.attributes).length;
  const run = value(of, types);
  return (person, now, item) => {
    const found = run(person, now, item);
    if (found instanceof Missing) return found;
    return typeof found === "object" ? found.length : sizeOf(String(found));
  };
}

function sum(ast: Binary, types: Types): Run<number> {
  const left = number(ast.left, types);
  const right = number(ast.right, types);
  const sign = ast.kind === "+" ? 1 : -1;
  const fits = types.get(ast)?.kind === "time" ? isTime : isSpan;
  const outside = new Missing(`${print(ast)} is out of range`);
  return (person, now, item) => {
    const a = left(person, now, item);
    if (typeof a !== "number") return a;
    const b = right(person, now, item);
    if (typeof b !== "number") return b;
    const total = a + sign * b;
    return fits(total) ? total : outside;
  };
}
