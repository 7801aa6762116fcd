import type { Ast } from "../core/ast.ts";
import { statuses } from "../core/person.ts";
import { typeOfCall } from "./check-calls.ts";
import { type Scope, short, typeOfName, typeOfSelection } from "./check-names.ts";
import { fault } from "./place.ts";
import { attributeName, type Binary, type Of, operands } from "./tree.ts";
import {
  ATTRIBUTE,
  BOOL,
  INT,
  isStatus,
  list,
  meantBy,
  NOTHING,
  SPAN,
  TEXT,
  TIME,
  type Type,
  typeName,
} from "./vocabulary.ts";

/** The type of an expression, or a Problem that says where it goes wrong and what to write. */
export function typeOf(ast: Ast, scope: Scope): Type {
  const type = find(ast, scope);
  scope.types.set(ast, type);
  return type;
}

function find(ast: Ast, scope: Scope): Type {
  switch (ast.kind) {
    case "literal":
      return typeof ast.value === "string" ? TEXT : typeof ast.value === "number" ? INT : BOOL;
    case "name":
      return typeOfName(ast, scope);
    case "field":
    case "index":
    case "has":
      return typeOfSelection(ast, typeOf(ast.of, scope), scope);
    case "list":
      return listOf(ast, scope);
    case "not":
      return condition(ast.of, scope);
    case "negate":
      if (typeOf(ast.of, scope).kind === "int") return INT;
      throw fault(ast.at, "only a number can be negated", "Write ! for not.");
    case "and":
    case "or":
      for (const operand of operands(ast, ast.kind)) condition(operand, scope);
      return BOOL;
    case "==":
    case "!=":
    case "in":
      return equality(ast, scope);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return order(ast, scope);
    case "+":
    case "-":
      return sum(ast, scope);
    case "if":
      return either(ast, scope);
    case "call":
      return typeOfCall(ast, (arg) => typeOf(arg, scope));
    case "all":
    case "exists":
      return comprehension(ast, scope);
  }
}

function condition(ast: Ast, scope: Scope): Type {
  const type = typeOf(ast, scope);
  if (type.kind === "bool") return BOOL;
  const hint =
    type.kind === "attribute"
      ? 'Compare it: user.attributes.team == "sre".'
      : type.kind === "text" || type.kind === "status"
        ? 'Compare it: user.department == "Engineering".'
        : undefined;
  throw fault(ast.at, `a condition must be true or false, and this is ${typeName(type)}`, hint);
}

const plain = (type: Type): Type => (type.kind === "status" ? TEXT : type);

/** The one type that both can be, or null. */
function unify(a: Type, b: Type): Type | null {
  if (a.kind === "list" && b.kind === "list") {
    if (a.of.kind === "nothing") return b;
    const of = b.of.kind === "nothing" ? a.of : unify(a.of, b.of);
    return of && list(of);
  }
  const [x, y] = [plain(a), plain(b)];
  if (x.kind === "person" || x.kind === "attributes") return null;
  if (x.kind === y.kind) return x;
  return (x.kind === "attribute" && y.kind === "text") || (x.kind === "text" && y.kind === "attribute")
    ? ATTRIBUTE
    : null;
}

function listOf(ast: Of<"list">, scope: Scope): Type {
  let of: Type = NOTHING;
  for (const item of ast.items) {
    const type = plain(typeOf(item, scope));
    if (type.kind === "list" || type.kind === "person" || type.kind === "attributes")
      throw fault(item.at, `${typeName(type)} cannot stand in a list`);
    if (of.kind !== "nothing" && of.kind !== type.kind)
      throw fault(item.at, `all items of a list must be of one kind: ${typeName(of)} first, ${typeName(type)} here`);
    of = type;
  }
  return list(of);
}

function equality(ast: Binary, scope: Scope): Type {
  const left = typeOf(ast.left, scope);
  const right = typeOf(ast.right, scope);
  if (ast.kind === "in") return membership(ast, left, right);
  statusLiteral(ast.left, right);
  statusLiteral(ast.right, left);
  const loose = (a: Type, b: Type): boolean =>
    a.kind === "attribute" &&
    b.kind === "list" &&
    (b.of.kind === "text" || b.of.kind === "nothing" || b.of.kind === "attribute");
  if (unify(left, right) || loose(left, right) || loose(right, left)) return BOOL;
  throw fault(ast.at, `${typeName(left)} cannot equal ${typeName(right)}`, mixHint(left, right));
}

function membership(ast: Binary, left: Type, right: Type): Type {
  if (right.kind === "attributes") {
    if (plain(left).kind === "text") return BOOL;
    throw fault(
      ast.left.at,
      `an attribute's name is text, and this is ${typeName(left)}`,
      'Write "team" in user.attributes.',
    );
  }
  if (right.kind === "attribute") {
    if (unify(left, ATTRIBUTE)) return BOOL;
    throw fault(ast.at, `${typeName(left)} cannot be in an attribute`, "Attributes hold text.");
  }
  if (right.kind !== "list")
    throw fault(
      ast.right.at,
      `in needs a list on its right, and this is ${typeName(right)}`,
      right.kind === "text" || right.kind === "status" ? 'Write user.title.contains("part").' : undefined,
    );
  for (const item of ast.right.kind === "list" ? ast.right.items : []) statusLiteral(item, left);
  if (right.of.kind === "nothing" || unify(left, right.of)) return BOOL;
  throw fault(ast.at, `${typeName(left)} cannot be in ${typeName(right)}`, mixHint(left, right.of));
}

/** A status is one of four words: a misspelt one would silently match nobody. */
function statusLiteral(ast: Ast, other: Type): void {
  if (other.kind !== "status" || ast.kind !== "literal" || typeof ast.value !== "string" || isStatus(ast.value)) return;
  const meant = meantBy(ast.value, statuses);
  throw fault(
    ast.at,
    `unknown status "${short(ast.value)}"${meant ? `; did you mean "${meant}"?` : ""}`,
    `user.status is one of ${statuses.join(", ")}.`,
  );
}

function mixHint(a: Type, b: Type): string | undefined {
  const kinds = [a.kind, b.kind];
  if (kinds.includes("time") && (kinds.includes("text") || kinds.includes("attribute")))
    return 'Write a time as timestamp("2027-01-31T00:00:00Z").';
  if (kinds.includes("span") && kinds.includes("text")) return 'Write a duration as duration("168h").';
  if (kinds.includes("list") && kinds.includes("text")) return 'Write "value" in user.groups.';
  if (kinds.includes("attribute")) return 'Attributes hold text: compare with "5", not 5.';
  return undefined;
}

function order(ast: Binary, scope: Scope): Type {
  const left = typeOf(ast.left, scope);
  const right = typeOf(ast.right, scope);
  const common = unify(left, right);
  if (common && ["text", "attribute", "int", "time", "span"].includes(common.kind)) return BOOL;
  throw fault(
    ast.at,
    `${typeName(left)} cannot be compared by ${ast.kind} with ${typeName(right)}`,
    mixHint(left, right),
  );
}

function sum(ast: Binary, scope: Scope): Type {
  const left = typeOf(ast.left, scope);
  if (ast.kind === "-" && attributeName(ast.left) !== null && ast.right.kind === "name" && ast.right.name !== "now")
    throw fault(
      ast.right.at,
      "an attribute whose name has a dash needs brackets",
      `Write ${dashed(ast.left, ast.right.name)}.`,
    );
  const right = typeOf(ast.right, scope);
  const pair = `${left.kind} ${ast.kind} ${right.kind}`;
  if (pair === "time - time" || pair === "span + span" || pair === "span - span") return SPAN;
  if (pair === "time + span" || pair === "time - span") return TIME;
  if (pair === "span + time")
    throw fault(ast.at, "a duration cannot come before the time that it is added to", 'Write now + duration("24h").');
  throw fault(
    ast.at,
    `${ast.kind} works on times and durations, not on ${typeName(left)} and ${typeName(right)}`,
    sumHint(left, right),
  );
}

const dashed = (left: Ast, rest: string): string => `user.attributes["${short(`${attributeName(left)}-${rest}`)}"]`;

const sumHint = (left: Type, right: Type): string => {
  const text = [left, right].some((type) => ["text", "status", "attribute"].includes(type.kind));
  return text
    ? "Compare the parts one by one: startsWith, endsWith, contains."
    : 'Write user.endsOn - now < duration("168h").';
};

function either(ast: Of<"if">, scope: Scope): Type {
  condition(ast.test, scope);
  const yes = typeOf(ast.yes, scope);
  const no = typeOf(ast.no, scope);
  const type = unify(yes, no);
  if (type) return type;
  throw fault(ast.at, `both branches of ?: must be of one kind: ${typeName(yes)} and ${typeName(no)}`);
}

function comprehension(ast: Of<"all" | "exists">, scope: Scope): Type {
  const range = typeOf(ast.list, scope);
  if (scope.variable)
    throw fault(ast.at, `${ast.kind}() cannot stand inside another`, "One level is allowed; use in for the inner one.");
  if (range.kind !== "list" && range.kind !== "attribute")
    throw fault(
      ast.list.at,
      `${ast.kind}() works on lists, and this is ${typeName(range)}`,
      range.kind === "attributes" ? 'Write "team" in user.attributes.' : "Write user.groups.exists(g, condition).",
    );
  // The items of an empty list are taken for text: a list filled from a variable may be empty.
  const item = range.kind === "list" && range.of.kind !== "nothing" ? range.of : TEXT;
  condition(ast.body, { types: scope.types, variable: { name: ast.variable, type: item } });
  return BOOL;
}
