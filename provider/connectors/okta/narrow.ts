import type { Ast } from "../../core/ast.ts";
import type { Names, ProfileField } from "./config.ts";

/** Who could match a rule: whoever `search` finds, and the members of these groups. */
export interface Net {
  /** Okta's search expressions, any of them. */
  readonly searches: readonly string[];
  readonly groups: readonly string[];
}

const isUser = (ast: Ast): boolean => ast.kind === "name" && ast.name === "user";
const isAttributes = (ast: Ast): boolean => ast.kind === "field" && ast.name === "attributes" && isUser(ast.of);
const plain = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** The profile attribute that a subexpression reads, or null. */
const attributeOf = (ast: Ast, names: Names): string | null => {
  if (ast.kind === "field" && isAttributes(ast.of)) return plain(ast.name) ? ast.name : null;
  if (ast.kind === "index" && isAttributes(ast.of) && ast.key.kind === "literal")
    return typeof ast.key.value === "string" && plain(ast.key.value) ? ast.key.value : null;
  if (ast.kind !== "field" || !isUser(ast.of)) return null;
  if (["login", "email", "firstName", "lastName"].includes(ast.name)) return ast.name;
  // A manager may stand in either of two attributes, and dates are compared in another form.
  const field = (["department", "title", "type"] as const).find(
    (name): name is ProfileField & typeof name => name === ast.name,
  );
  return field === undefined || !plain(names[field]) ? null : names[field];
};

const statuses: Readonly<Record<string, readonly string[]>> = {
  active: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"],
  suspended: ["SUSPENDED"],
};

const text = (ast: Ast): string | null => (ast.kind === "literal" && typeof ast.value === "string" ? ast.value : null);
/** A number or boolean attribute would have to be asked for without quotes; nobody knows its type here. */
const asText = (value: string): boolean =>
  value !== "" && !/^(-?\d+(\.\d+)?|true|false)$/.test(value) && !/\p{Cc}/u.test(value);
const quoted = (value: string): string => `"${value.replace(/[\\"]/g, (one) => `\\${one}`)}"`;
const condition = (name: string, operator: string, value: string): Net | null =>
  asText(value) ? { searches: [`profile.${name} ${operator} ${quoted(value)}`], groups: [] } : null;

const equals = (of: Ast, to: Ast, names: Names): Net | null => {
  const value = text(to);
  if (value === null) return null;
  if (of.kind === "field" && of.name === "status" && isUser(of.of)) {
    const words = statuses[value];
    return words ? { searches: [words.map((word) => `status eq "${word}"`).join(" or ")], groups: [] } : null;
  }
  const name = attributeOf(of, names);
  return name === null ? null : condition(name, "eq", value);
};

const union = (parts: readonly (Net | null)[]): Net | null => {
  const all: Net[] = [];
  for (const part of parts) {
    if (part === null) return null;
    all.push(part);
  }
  return { searches: all.flatMap((one) => one.searches), groups: all.flatMap((one) => one.groups) };
};

const among = (item: Ast, list: Ast, names: Names): Net | null => {
  const label = text(item);
  if (label !== null) {
    if (list.kind === "field" && list.name === "groups" && isUser(list.of)) return { searches: [], groups: [label] };
    return equals(list, item, names); // an attribute that is a list: Okta finds any of its values
  }
  return list.kind === "list" ? union(list.items.map((one) => equals(item, one, names))) : null;
};

/** `contains` only where Okta has `co`. */
const withCo = new Set(["firstName", "lastName", "email", "login"]);
const called = (ast: Extract<Ast, { kind: "call" }>, names: Names): Net | null => {
  const [first] = ast.args;
  const value = first ? text(first) : null;
  const name = ast.on ? attributeOf(ast.on, names) : null;
  if (value === null || name === null) return null;
  if (ast.name === "startsWith") return condition(name, "sw", value);
  return ast.name === "contains" && withCo.has(name) ? condition(name, "co", value) : null;
};

/** A net for both sides: Okta narrows further where each is one search. */
const both = (one: Net | null, other: Net | null): Net | null => {
  if (one === null || other === null) return one ?? other;
  const [a, b] = [one.searches[0], other.searches[0]];
  const single = (net: Net): boolean => net.groups.length === 0 && net.searches.length === 1;
  if (single(one) && single(other) && a && b) return { searches: [`(${a}) and (${b})`], groups: [] };
  // Members of a group are read anyway.
  return other.searches.length < one.searches.length ? other : one;
};

export const netOf = (rule: Ast, names: Names): Net | null => {
  switch (rule.kind) {
    case "literal":
      return rule.value === false ? { searches: [], groups: [] } : null;
    case "and":
      return both(netOf(rule.left, names), netOf(rule.right, names));
    case "or":
      return union([netOf(rule.left, names), netOf(rule.right, names)]);
    case "==":
      return equals(rule.left, rule.right, names) ?? equals(rule.right, rule.left, names);
    case "in":
      return among(rule.left, rule.right, names);
    case "call":
      return called(rule, names);
    default:
      return null;
  }
};

/** "An overly complex or long search query can result in an error". */
const longest = 2000;
export const searchOf = (searches: readonly string[]): string | null => {
  const whole = searches.map((one) => `(${one})`).join(" or ");
  return whole.length <= longest ? whole : null;
};
/** For all rules together, each condition once; null: everybody must be read. */
export const netOfAll = (rules: readonly Ast[], names: Names): Net | null => {
  const all = union(rules.map((rule) => netOf(rule, names)));
  const searches = [...new Set(all?.searches)];
  return all === null || searchOf(searches) === null ? null : { searches, groups: [...new Set(all.groups)] };
};
