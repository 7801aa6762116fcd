import type { Position } from "../core/ast.ts";
import type { Problem } from "../core/problem.ts";
import { fault } from "./place.ts";

/** CEL that the rule language leaves out, with what to write instead. Left out: what changes by itself or costs without bound. */
const operators: Readonly<Record<string, string>> = {
  "*": "Only + and - exist, and only on times and durations.",
  "/": "Only + and - exist, and only on times and durations.",
  "%": "Only + and - exist, and only on times and durations.",
  map: 'Maps cannot be written here; compare fields one by one: user.department == "Engineering".',
  ".?": "Write has(user.attributes.team) && user.attributes.team == ….",
  "[?]": 'Write "team" in user.attributes && user.attributes["team"] == ….',
};

const calls: Readonly<Record<string, string>> = {
  map: "Write user.groups.exists(g, condition).",
  filter: "Write user.groups.exists(g, condition).",
  exists_one: "Write user.groups.exists(g, condition).",
  exists_all: "Write user.groups.all(g, condition).",
  any: "Write user.groups.exists(g, condition).",
  every: "Write user.groups.all(g, condition).",
  includes: 'Write "name" in user.groups, or user.title.contains("part").',
  hasGroup: 'Write "name" in user.groups.',
  isMemberOf: 'Write "name" in user.groups.',
  memberOf: 'Write "name" in user.groups.',
  upperAscii: 'Compare in lower case: user.email.lowerAscii() == "ada@acme.test".',
  toLowerCase: "Write lowerAscii().",
  lower: "Write lowerAscii().",
  toLower: "Write lowerAscii().",
  toUpperCase: "Write lowerAscii() and compare in lower case.",
  trim: 'Write matches("^\\\\s*text\\\\s*$").',
  length: "Write size(…).",
  len: "Write size(…).",
  substring: "Write startsWith, endsWith, contains or matches.",
  indexOf: "Write contains.",
  lastIndexOf: "Write contains.",
  charAt: "Write startsWith or matches.",
  replace: "Write matches.",
  split: "Write contains or matches.",
  join: "Write exists or all.",
  string: "Numbers and times cannot become text; compare them as they are.",
  int: "Text cannot become a number; compare it as text.",
  double: "Text cannot become a number; compare it as text.",
  uint: "Text cannot become a number; compare it as text.",
  bool: 'Compare the text: user.attributes.flag == "true".',
  bytes: "Compare the text itself.",
  type: "Every field's type is known; see docs/rule-language.md.",
  dyn: "Leave dyn() away.",
  now: "now is a variable: write it without ().",
  date: 'Write timestamp("2027-01-31T00:00:00Z").',
  bind: "Write the expression out.",
};

export function refusedOperator(op: string, at: Position): Problem {
  const what = op === "map" ? "{…} is not part of the rule language" : `${op} is not part of the rule language`;
  return fault(at, what, operators[op]);
}

export function refusedCall(call: {
  readonly name: string;
  readonly at: Position;
  readonly meant: string | null;
}): Problem {
  const { name, at, meant } = call;
  const hint = Object.hasOwn(calls, name)
    ? calls[name]
    : /^get[A-Z]/.test(name)
      ? 'Compare whole times: now >= timestamp("2027-01-01T00:00:00Z").'
      : undefined;
  if (hint !== undefined) return fault(at, `${name}() is not part of the rule language`, hint);
  const functions =
    "Functions: has, size, startsWith, endsWith, contains, matches, lowerAscii, exists, all, timestamp, duration.";
  return fault(
    at,
    `unknown function ${name.slice(0, 64)}()${meant === null ? "" : `; did you mean ${meant}()?`}`,
    functions,
  );
}
