import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import type { Ast } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { typeOf } from "./check.ts";
import { mutants } from "./mutants.fixture.ts";
import { environment } from "./parse.ts";
import { deepProgram, limited, person, program, testNow } from "./programs.fixture.ts";
import { CompiledRule, compiled } from "./rule.ts";
import { children } from "./tree.ts";
import type { Type } from "./vocabulary.ts";

/**
 * Our closures against the CEL library's own evaluator: one is fast and says what is missing, the other was written by somebody else.
 * Where the library itself leaves the CEL specification, see docs/decisions/cel-library-differences.md.
 */
const seed = Number(process.env.SEED ?? 20261124);
const sources = [
  ...new Set([
    ...fc.sample(program, { numRuns: 900, seed }),
    ...fc.sample(deepProgram, { numRuns: 1450, seed: seed + 1 }),
  ]),
];
const some = fc.sample(person, { numRuns: 500, seed: seed + 2 });
const people = [...some, ...some.slice(0, 5).map((one) => ({ ...one, title: "Ärztin" }))];

const typed = new Environment()
  .registerType("User", {
    fields: {
      ...Object.fromEntries(
        ["id", "login", "email", "firstName", "lastName", "department", "title", "manager", "type", "status"].map(
          (name) => [name, "string"],
        ),
      ),
      ...Object.fromEntries(["createdAt", "startsOn", "endsOn"].map((name) => [name, "google.protobuf.Timestamp"])),
      groups: "list<string>",
      attributes: "map<string, dyn>",
    },
  })
  .registerVariable("user", "User")
  .registerVariable("now", "google.protobuf.Timestamp");

/** The person as the library wants it: what is null is not there, and times are Dates. */
function context(of: Person): object {
  const user: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(of)) {
    if (value !== null) user[name] = /At$|On$/.test(name) ? new Date(String(value)) : value;
  }
  return { user, now: new Date(testNow) };
}
const contexts = people.map(context);

type Is = "yes" | "no" | "undecided";
function libraryAnswers(source: string): Is[] {
  const run = typed.parse(source);
  return contexts.map((one) => {
    try {
      const found: unknown = run(one);
      if (typeof found !== "boolean") throw new Error(`the library gave ${String(found)}`);
      return found ? "yes" : "no";
    } catch (error) {
      if (error instanceof Error && error.name === "EvaluationError") return "undecided";
      throw error;
    }
  });
}

/** The library lowers all of Unicode where CEL lowers A-Z. Only people who have such letters are left out, and only where the rule lowers. */
const excluded = (source: string, of: Person): boolean => source.includes("lowerAscii") && of.title === "Ärztin";

const answersOf = new Map<string, Is[]>();
const answers = (source: string): Is[] => {
  const known = answersOf.get(source) ?? libraryAnswers(source);
  answersOf.set(source, known);
  return known;
};

/** The first pair on which a rule and the library differ. */
function mismatch(rule: CompiledRule): string | null {
  const wanted = answers(rule.source);
  const at = people.findIndex((one, i) => !excluded(rule.source, one) && rule.decide(one, testNow).is !== wanted[i]);
  const one = people[at];
  return one
    ? `${rule.source}\nlibrary: ${wanted[at]}, ours: ${JSON.stringify(rule.decide(one, testNow))}\n${JSON.stringify(one)}`
    : null;
}

const namesIn = (ast: Ast): string[] => {
  const own =
    ast.kind === "call"
      ? `${ast.name}${ast.on === null ? "()" : "."}`
      : ast.kind === "literal"
        ? typeof ast.value
        : ast.kind;
  return [own, ...children(ast).flatMap(namesIn)];
};

let rules: CompiledRule[] = [];
beforeAll(() => {
  Error.stackTraceLimit = 0;
  rules = sources.flatMap((source) => limited(source) ?? []);
});

test("at least 2,000 programs and 500 people, every operator and function in at least 20 programs", () => {
  expect(rules.length).toBeGreaterThanOrEqual(2000);
  expect(people.length).toBeGreaterThanOrEqual(500);
  const seen = new Map<string, number>();
  for (const rule of rules) for (const name of new Set(namesIn(rule.ast))) seen.set(name, (seen.get(name) ?? 0) + 1);
  const operators = [
    "and",
    "or",
    "not",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "if",
    "+",
    "-",
    "negate",
    "list",
    "field",
    "index",
    "has",
    "name",
    "exists",
    "all",
    "string",
    "number",
    "boolean",
  ];
  const functions = [
    "size()",
    "size.",
    "startsWith.",
    "endsWith.",
    "contains.",
    "matches.",
    "lowerAscii.",
    "timestamp()",
    "duration()",
  ];
  for (const name of [...operators, ...functions]) expect([name, (seen.get(name) ?? 0) >= 20]).toEqual([name, true]);
});

test("our answers are the library's: 0 mismatches, and yes, no and undecided are each a tenth of all pairs", () => {
  const count = { yes: 0, no: 0, undecided: 0, excluded: 0 };
  for (const rule of rules) {
    expect(mismatch(rule)).toBeNull();
    answers(rule.source).forEach((is, i) => {
      const one = people[i];
      count[one && excluded(rule.source, one) ? "excluded" : is]++;
    });
  }
  const pairs = rules.length * people.length;
  process.stdout.write(`differential: ${rules.length} programs x ${people.length} people, ${JSON.stringify(count)}\n`);
  expect(count.yes + count.no + count.undecided).toBeGreaterThanOrEqual(1_000_000);
  for (const share of [count.yes, count.no, count.undecided]) expect(share / pairs).toBeGreaterThanOrEqual(0.1);
  expect(count.excluded / pairs).toBeLessThan(0.01);
}, 300_000);

test.each(mutants)("a compiler that takes $name is found out", ({ change }) => {
  const found = rules.some((rule) => {
    const ast = change(rule.ast);
    if (ast === rule.ast) return false;
    const types = new Map<Ast, Type>();
    typeOf(ast, { types, variable: null });
    return mismatch(new CompiledRule(rule.source, { ast, types })) !== null;
  });
  expect(found).toBe(true);
});

test("a compiler that takes a missing value for a no is found out", () => {
  class Forgetful extends CompiledRule {
    override decide(one: Person, now: number): ReturnType<CompiledRule["decide"]> {
      const answer = super.decide(one, now);
      return answer.is === "undecided" ? { is: "no" } : answer;
    }
  }
  expect(rules.some((rule) => mismatch(new Forgetful(rule.source, rule)) !== null)).toBe(true);
});

/** Programs with parts of any type in any place: most are wrong. */
const anything = fc.letrec<{ any: string }>((tie) => {
  const atoms = fc.constantFrom(
    "user",
    "user.department",
    "user.groups",
    "user.attributes",
    "user.attributes.team",
    "user.createdAt",
    "now",
    '"a"',
    "1",
    "true",
    "null",
    "[]",
    '["a"]',
    "1.5",
    "2u",
    'b"x"',
    'duration("1h")',
    'timestamp("2026-01-01T00:00:00Z")',
    "user.nothing",
    '(user.department == "a")',
    '("vpn" in user.groups)',
    '(user.attributes.team != "a")',
    "(user.createdAt < now)",
    "has(user.title)",
    "nobody",
  );
  const any = tie("any");
  const pair = fc
    .tuple(any, fc.constantFrom("&&", "||", "==", "!=", "<", ">=", "in", "+", "-", "*"), any)
    .map(([a, op, b]) => `(${a} ${op} ${b})`);
  const call = fc
    .tuple(any, fc.constantFrom("startsWith", "matches", "contains", "size", "lowerAscii", "exists", "all", "map"), any)
    .map(([on, name, arg]) =>
      name === "size" || name === "lowerAscii"
        ? `${on}.${name}()`
        : name === "exists" || name === "all" || name === "map"
          ? `${on}.${name}(x, ${arg})`
          : `${on}.${name}(${arg})`,
    );
  const more = fc.oneof(
    fc.tuple(any, any, any).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(any, any).map(([a, b]) => `[${a}, ${b}]`),
    any.map((a) => `!${a}`),
    any.map((a) => `size(${a})`),
    any.map((a) => `has(${a})`),
    fc.tuple(any, any).map(([a, b]) => `${a}[${b}]`),
  );
  return { any: fc.oneof({ maxDepth: 3, withCrossShrink: true }, atoms, pair, call, more) };
}).any;

/** Right programs with one word exchanged: nearly right ones, and other right ones. */
const token =
  /user\.\w+(?:\.\w+)?|"[^"]*"|[=!<>]=|[<>]|&&|\|\||\bin\b|\bnow\b|\b\d+\b|\b(?:exists|all|startsWith|contains)\b/g;
const tokens = [
  "user.title",
  "user.groups",
  "user.createdAt",
  "user.attributes.team",
  "user.status",
  '"a"',
  "3",
  "now",
  "==",
  "<",
  "in",
  "&&",
  "||",
  "true",
  "all",
  "endsWith",
];
const nearly = fc.tuple(program, fc.nat(50), fc.constantFrom(...tokens)).map(([source, which, other]) => {
  const found = [...source.matchAll(token)];
  const one = found[which % Math.max(1, found.length)];
  return one ? `${source.slice(0, one.index)}${other}${source.slice(one.index + one[0].length)}` : source;
});

test("what the library's checker rejects, we reject; what we take besides, it answers as we do", () => {
  const count = { rejectedByBoth: 0, strict: 0, taken: 0 };
  for (const source of new Set([
    ...fc.sample(anything, { numRuns: 2000, seed }),
    ...fc.sample(nearly, { numRuns: 600, seed: seed + 3 }),
  ])) {
    const library = typed.check(source);
    let rule: CompiledRule | null = null;
    try {
      rule = compiled(source);
    } catch (error) {
      expect(error).toHaveProperty("code", "invalid");
      expect(String(error)).toMatch(/Problem: \d+:\d+: ./);
    }
    if (!library.valid) expect([source, rule]).toEqual([source, null]);
    count[rule ? "taken" : library.valid ? "strict" : "rejectedByBoth"]++;
    if (rule) expect(mismatch(rule)).toBeNull();
  }
  process.stdout.write(`type checks: ${JSON.stringify(count)}\n`);
  expect(Math.min(count.rejectedByBoth, count.strict, count.taken)).toBeGreaterThan(50);
}, 120_000);

test("the library is asked in its own environment, which must be the one that rules are checked in", () => {
  expect(typed.getDefinitions()).toEqual(environment.getDefinitions());
});
