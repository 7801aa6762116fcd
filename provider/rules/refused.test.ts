import { Problem } from "../core/problem.ts";
import { compileRule } from "./index.ts";
import { ada, cpuMilliseconds } from "./people.fixture.ts";

function refusal(source: string): Problem {
  try {
    compileRule(source);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`accepted: ${source}`);
}

/** What somebody writes, what we say, and what we tell them to write instead. */
const rows: readonly { rule: string; says: string; hint?: string }[] = [
  // names
  { rule: 'user.depratment == "x"', says: "1:6: unknown field user.depratment; did you mean user.department?" },
  { rule: 'user.first_name == "x"', says: "1:6: unknown field user.first_name; did you mean user.firstName?" },
  { rule: 'user.costCenter == "x"', says: "1:6: unknown field user.costCenter", hint: "user.attributes.costCenter" },
  { rule: 'user.mail == "x"', says: "1:6: unknown field user.mail; did you mean user.email?" },
  { rule: 'department == "x"', says: "1:1: unknown name department; did you mean user.department?" },
  { rule: "user.department == Engineering", says: "1:20: unknown name Engineering", hint: "Put text in quotes" },
  { rule: "usage.lastSeen < now", says: "1:1: usage is not known to rules", hint: "reclaim" },
  { rule: "has(user.depratment)", says: "1:1: unknown field user.depratment; did you mean user.department?" },
  { rule: 'user.groups.exist(g, g == "a")', says: "1:13: unknown function exist(); did you mean exists()?" },
  {
    rule: 'user.status == "actve"',
    says: '1:16: unknown status "actve"; did you mean "active"?',
    hint: "active, staged, suspended, deleted",
  },
  { rule: '"enabled" != user.status', says: '1:1: unknown status "enabled"' },
  { rule: 'user.status in ["active", "stagd"]', says: '1:27: unknown status "stagd"; did you mean "staged"?' },
  // types
  {
    rule: 'user.groups.contains("vpn")',
    says: "1:6: contains() works on text, and this is a list of texts",
    hint: 'Write "name" in user.groups',
  },
  {
    rule: 'user.groups == "vpn"',
    says: "1:1: a list of texts cannot equal text",
    hint: 'Write "value" in user.groups.',
  },
  {
    rule: '"Eng" in user.department',
    says: "1:15: in needs a list on its right, and this is text",
    hint: 'user.title.contains("part")',
  },
  { rule: 'user.endsOn < "2027-01-31"', says: "1:1: a time cannot be compared by < with text", hint: "timestamp(" },
  {
    rule: 'now - user.createdAt > "24h"',
    says: "1:1: a duration cannot be compared by > with text",
    hint: 'duration("168h")',
  },
  {
    rule: "user.attributes.level > 3",
    says: "1:1: an attribute (text, or a list where it has several values) cannot be compared by > with a number",
    hint: 'compare with "5", not 5',
  },
  { rule: "user.department", says: "1:6: a rule must be true or false, and this is text", hint: "Compare it" },
  { rule: "user.department && true", says: "1:6: a condition must be true or false, and this is text" },
  {
    rule: "user.attributes.team && true",
    says: "1:17: a condition must be true or false, and this is an attribute",
    hint: 'user.attributes.team == "sre"',
  },
  { rule: "user == user", says: "1:1: a whole person cannot equal a whole person" },
  { rule: "user.groups.exists(g, g)", says: "1:23: a condition must be true or false, and this is text" },
  { rule: "user.title.exists(c, true)", says: "1:6: exists() works on lists, and this is text" },
  {
    rule: 'user.attributes.exists(a, a == "team")',
    says: "1:6: exists() works on lists, and this is the map of all attributes",
    hint: '"team" in user.attributes',
  },
  { rule: 'user.department + "x" == "y"', says: "1:1: + works on times and durations, not on text and text" },
  { rule: "now + now > now", says: "1:1: + works on times and durations, not on a time and a time" },
  {
    rule: 'duration("1h") + now > now',
    says: "1:1: a duration cannot come before the time that it is added to",
    hint: 'now + duration("24h")',
  },
  { rule: 'true ? 1 : "x"', says: "1:1: both branches of ?: must be of one kind: a number and text" },
  { rule: 'user.title in ["a", 1]', says: "1:21: all items of a list must be of one kind: text first, a number here" },
  { rule: "-user.createdAt < now", says: "1:1: only a number can be negated" },
  // what CEL has and the rule language leaves out
  { rule: "user.attributes.team == null", says: "1:25: null is not a value here", hint: "has(" },
  { rule: "size(user.groups) > 2.5", says: "1:21: only whole numbers can be written here" },
  { rule: "size(user.groups) > 2u", says: "1:21: unsigned numbers are not part of the rule language" },
  { rule: 'b"x" == b"x"', says: "1:1: bytes are not part of the rule language" },
  { rule: "size(user.groups) * 2 > 4", says: "1:1: * is not part of the rule language" },
  { rule: '{"a": 1} == {"a": 1}', says: "1:1: {…} is not part of the rule language" },
  {
    rule: 'user.groups[0] == "a"',
    says: "1:13: […] reads attributes only, not a list of texts",
    hint: "Lists have no fixed order",
  },
  { rule: 'user["department"] == "a"', says: "1:6: […] reads attributes only", hint: "Write user.department." },
  { rule: 'user.attributes[user.title] == "a"', says: "1:22: an attribute's name is a fixed text" },
  { rule: "user.groups.map(g, g).size() > 1", says: "1:13: map() is not part of the rule language", hint: "exists" },
  {
    rule: 'user.title.upperAscii() == "A"',
    says: "1:12: upperAscii() is not part of the rule language",
    hint: "lowerAscii",
  },
  { rule: "now.getHours() > 8", says: "1:5: getHours() is not part of the rule language", hint: "Compare whole times" },
  { rule: "user.groups.exists(g, user.groups.exists(h, g == h))", says: "1:35: exists() cannot stand inside another" },
  { rule: 'user.groups.exists(user, user == "a")', says: "1:20: user already has a meaning" },
  { rule: "timestamp(user.attributes.until) < now", says: "1:27: timestamp() takes one fixed text" },
  { rule: "user.title.matches(user.department)", says: "1:25: the pattern of matches() is a fixed text" },
  { rule: "has(user)", says: "1:1: has() takes one field" },
  {
    rule: 'has(user.attributes["team"])',
    says: "1:1: has() takes one field",
    hint: '"cost-center" in user.attributes',
  },
  { rule: 'matches(user.title, "a")', says: "1:1: matches() is called on a text" },
  {
    rule: 'user.attributes.cost-center == "1"',
    says: "1:22: an attribute whose name has a dash needs brackets",
    hint: 'user.attributes["cost-center"]',
  },
  {
    rule: 'user.attributes.okta.team == "1"',
    says: "1:22: an attribute (text, or a list where it has several values) has no field team",
    hint: 'user.attributes["okta.team"]',
  },
  { rule: 'user.attributes.in == "1"', says: "1:17: expected a name here, not in" },
  // times and patterns
  { rule: 'now > timestamp("2026-02-30T00:00:00Z")', says: "1:17: this is not a time" },
  { rule: 'now > timestamp("2026-01-01")', says: "1:17: a time needs its hour and its zone" },
  { rule: 'now > timestamp("2026-01-01T00:00:00.1234567Z")', says: "1:17: times are kept to the millisecond" },
  {
    rule: 'now - user.createdAt > duration("7d")',
    says: '1:33: days, weeks and years are not units here: write duration("168h")',
  },
  { rule: 'now - user.createdAt > duration("soon")', says: "1:33: this is not a duration" },
  {
    rule: 'now - user.createdAt > duration("9999999999999h")',
    says: "1:33: this duration is longer than 10,000 years",
  },
  { rule: 'user.title.matches("(")', says: "1:20: the pattern is wrong: missing closing )" },
  { rule: 'user.title.matches("(?=a)a")', says: "1:20: the pattern looks around" },
  { rule: 'user.title.matches("(a)\\\\1")', says: "1:20: the pattern is wrong: invalid escape sequence" },
  { rule: 'user.title.matches("(a{900}){900}")', says: "1:20: the pattern is wrong: invalid repeat count" },
  { rule: 'user.title.matches("[a-z]{999}")', says: "1:20: the pattern is too large" },
  // writing
  { rule: "", says: "1:1: the expression is empty" },
  { rule: " \n // nothing\n", says: "3:1: the expression ends too early" },
  { rule: 'user.department = "x"', says: "1:17: = does not compare", hint: "Write ==." },
  { rule: 'user.department === "x"', says: "1:17: unexpected ===", hint: "Write ==." },
  { rule: 'user.department == "x" and true', says: "1:24: and is not an operator here", hint: "Write &&." },
  { rule: 'not user.department == "x"', says: "1:1: not is not an operator here", hint: "Write !." },
  { rule: 'user.department == "x" & true', says: "1:24: unexpected &", hint: "Write &&." },
  { rule: 'user.groups.exists(g => g == "x")', says: "1:22: unexpected =>", hint: "a comma, no arrow" },
  { rule: "user.department == “x”", says: "1:20: unexpected “ (U+201C)", hint: "straight quotes" },
  { rule: 'user.department == "x', says: "1:20: this text is never closed" },
  { rule: 'user.department == "x"\n  && ("a" in user.groups', says: "2:6: this ( is never closed" },
  { rule: 'user.department == "x")', says: "1:23: this ) closes nothing" },
  { rule: '("a" in user.groups]', says: "1:20: expected ) to close the ( at 1:1" },
  { rule: "user.department ==", says: "1:19: the expression ends too early" },
  { rule: 'user.department == "x" user.title', says: "1:24: " },
  { rule: 'user.department == "\\q"', says: "1:21: Invalid escape sequence" },
  { rule: "user.department\u00a0== 'x'", says: "1:16: unexpected character U+00A0", hint: "plain spaces" },
  { rule: "true\u0000", says: "1:5: unexpected character U+0000" },
  { rule: "true; false", says: "1:5: unexpected ; (U+003B)" },
  { rule: 'true &&\n  true &&\n  user.titel == "x"', says: "3:8: unknown field user.titel; did you mean user.title?" },
  // the host language stays out of reach
  { rule: "user.constructor == user", says: "1:6: unknown field user.constructor" },
  { rule: "user.__proto__ == user", says: "1:6: unknown field user.__proto__" },
  { rule: "user.hasOwnProperty('id')", says: "1:6: unknown function hasOwnProperty()" },
  { rule: "constructor == 1", says: "1:1: unknown name constructor" },
  { rule: "eval('1') == 1", says: "1:1: unknown function eval()" },
];

test.each(rows)("$rule: $says", ({ rule, says, hint }) => {
  const problem = refusal(rule);
  expect(problem.code).toBe("invalid");
  expect(problem.message).toContain(says);
  if (hint !== undefined) expect(problem.hint).toContain(hint);
});

const deep = (open: string, inner: string, close: string, levels: number): string =>
  open.repeat(levels) + inner + close.repeat(levels);
const long = (item: string, join: string, bytes: number): string =>
  Array.from({ length: Math.floor(bytes / (item.length + join.length)) }, () => item).join(join);

const limits: readonly { name: string; rule: string; says: string }[] = [
  { name: "100,000 brackets", rule: deep("(", "true", ")", 100_000), says: "longer than 4096 bytes" },
  { name: "2,000 brackets", rule: deep("(", "true", ")", 2000), says: "1:33: nested deeper than 32 levels" },
  { name: "2,000 lists", rule: deep("[", "1", "]", 2000), says: "1:33: nested deeper than 32 levels" },
  { name: "33 brackets", rule: deep("(", "true", ")", 33), says: "1:33: nested deeper than 32 levels" },
  { name: "100,000 nots", rule: `${"!".repeat(100_000)}true`, says: "longer than 4096 bytes" },
  { name: "4,000 nots", rule: `${"!".repeat(4000)}true`, says: "1:33: more than 32 signs in a row" },
  { name: "4,000 minus signs with spaces", rule: `${"- ".repeat(2000)}1 < 0`, says: "more than 32 signs in a row" },
  {
    name: "nots between brackets",
    rule: `${"!(".repeat(40)}true${")".repeat(40)}`,
    says: "nested deeper than 32 levels",
  },
  { name: "a megabyte of text", rule: `user.title == "${"x".repeat(1_000_000)}"`, says: "longer than 4096 bytes" },
  { name: "4,096 characters of 3 bytes", rule: `user.title == "${"€".repeat(2000)}"`, says: "longer than 4096 bytes" },
  { name: "more than 2,000 parts", rule: `size([${long("1", ",", 4080)}]) > 1`, says: "more than 2000 parts" },
  { name: "a ladder of ?:", rule: `${"true ? true : ".repeat(100)}false`, says: "nested deeper than 32 levels" },
  { name: "a ladder of fields", rule: `user${".a".repeat(2000)} == "x"`, says: "nested deeper than 32 levels" },
  { name: "a ladder of ==", rule: long("true", " == ", 4000), says: "nested deeper than 32 levels" },
  {
    name: "a dear comprehension",
    rule: `user.groups.exists(g, ${long('g.startsWith("a")', " || ", 4000)})`,
    says: "steps for each person",
  },
];
test.each(limits)("$name is refused at once", ({ rule, says }) => {
  const start = cpuMilliseconds();
  expect(refusal(rule).message).toContain(says);
  expect(cpuMilliseconds() - start).toBeLessThan(1000);
});

test("4 KB of alternatives are one level, and run", () => {
  const rule = compileRule(long('user.title=="a"', "||", 4096));
  expect(rule.source.length).toBeGreaterThan(4000);
  expect(rule.reads).toEqual(["title"]);
  const just = compileRule(`size([${long("1", ",", 3980)}]) > 1`);
  expect(just.reads).toEqual([]);
});

test("brackets and signs inside text do not count", () => {
  expect(compileRule(`user.title == "${"(".repeat(100)}${"!".repeat(100)}"`).reads).toEqual(["title"]);
  expect(compileRule(`user.title == '''${"[\n".repeat(100)}''' // ((( "`).reads).toEqual(["title"]);
});

test("a pattern that hangs JavaScript answers at once", () => {
  const rule = compileRule('user.title.matches("^(a+)+$")');
  const start = cpuMilliseconds();
  const title = `${"a".repeat(5000)}!`;
  expect(rule.decide({ ...ada, title }, 0).is).toBe("no");
  expect(cpuMilliseconds() - start).toBeLessThan(1000);
});
