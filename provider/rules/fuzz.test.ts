import fc from "fast-check";
import type { Ast } from "../core/ast.ts";
import { Problem } from "../core/problem.ts";
import { compileAccount, compileRule } from "./index.ts";
import { parse } from "./parse.ts";
import { cpuMilliseconds } from "./people.fixture.ts";
import { print } from "./print.ts";
import { deepProgram, person, program, withinLimits } from "./programs.fixture.ts";
import { fastMilliseconds, milliseconds } from "./time.ts";

const seed = Number(process.env.SEED ?? 20261124);
const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed, numRuns });
const anyRule = withinLimits(fc.oneof(program, deepProgram));

const bare = (ast: Ast): string => JSON.stringify(ast, (key, value: unknown) => (key === "at" ? undefined : value));
test("printed rules are read back as the same tree", () => {
  fc.assert(
    fc.property(anyRule, (one) => {
      const text = print(one.ast);
      fc.pre(text.length < 4000);
      expect(bare(parse(text))).toBe(bare(one.ast));
    }),
    runs(1500),
  );
});

test("a text of any characters survives being written into a rule", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const source = print({ at: { line: 1, column: 1 }, kind: "literal", value: text });
      fc.pre(new TextEncoder().encode(source).length <= 4096);
      expect(parse(source)).toMatchObject({ kind: "literal", value: text });
    }),
    runs(1000),
  );
});

/** Whatever is written: a rule or a Problem with its place, soon. */
function survives(source: string): void {
  const start = cpuMilliseconds();
  for (const compile of [compileRule, compileAccount]) {
    try {
      compile(source);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      expect(error.code).toBe("invalid");
      expect(error.message).toMatch(/^\d+:\d+: ./s);
    }
  }
  // The goal is 50 ms; compiling our own code for the first time counts too.
  expect(cpuMilliseconds() - start).toBeLessThan(2000);
}

const pieces = [
  "user",
  ".",
  "groups",
  "department",
  "attributes",
  '"',
  "'",
  '"""',
  "\\",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "&&",
  "||",
  "!",
  "-",
  "==",
  "=",
  "<",
  "in",
  " ",
  "\n",
  "\u0000",
  "é",
  "👍",
  "\ud800",
  "r'",
  'b"',
  "0x",
  "1e9",
  "9".repeat(30),
  "?",
  ":",
  ",",
  "//",
  "exists",
  "all",
  "has",
  "size",
  "timestamp",
  "duration",
  "matches",
  "now",
  "true",
  "null",
  "and",
  "__proto__",
  "constructor",
];
test("fuzz: any text is a rule or a Problem with its place", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), survives), runs(1500));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join("")),
      survives,
    ),
    runs(3000),
  );
  fc.assert(
    fc.property(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 200_000 }), (piece, times) =>
      survives(piece.repeat(Math.min(times, Math.ceil(8192 / piece.length)))),
    ),
    runs(300),
  );
  fc.assert(
    fc.property(program, fc.nat(), fc.constantFrom(...pieces), (source, at, piece) =>
      survives(source.slice(0, at % (source.length + 1)) + piece + source.slice(at % (source.length + 1))),
    ),
    runs(800),
  );
}, 120_000);

test("fuzz: patterns compile and match in bounded time, or are refused", () => {
  const bits = [
    "a",
    "b",
    ".",
    "*",
    "+",
    "?",
    "{2}",
    "{1,900}",
    "(",
    ")",
    "|",
    "[",
    "]",
    "^",
    "$",
    "\\\\b",
    "\\\\pL",
    "(?i)",
    "(?:",
    "[^a]",
    "x{30}",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 40 }), (parts) => {
      const start = cpuMilliseconds();
      try {
        const found = compileRule(`("${"ab".repeat(200)}!").matches("${parts.join("")}")`);
        const [who] = fc.sample(person, { seed, numRuns: 1 });
        if (who) expect(found.decide(who, 0).is).toMatch(/^(yes|no)$/);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
      expect(cpuMilliseconds() - start).toBeLessThan(2000);
    }),
    runs(1500),
  );
}, 120_000);

test("the fast reading of times is the exact one", () => {
  const exact = (text: string): void => expect(fastMilliseconds(text)).toBe(milliseconds(text));
  fc.assert(
    fc.property(
      fc.date({ min: new Date(-62_000_000_000_000), max: new Date(253_000_000_000_000), noInvalidDate: true }),
      (date) => {
        expect(milliseconds(date.toISOString())).toBe(date.getTime());
        exact(date.toISOString());
        exact(date.toISOString().replace(/\.\d+Z/, "Z"));
      },
    ),
    runs(2000),
  );
  fc.assert(
    fc.property(
      fc.constant("2026-01-31T08:30:15Z"),
      fc.nat(19),
      fc.constantFrom(..."0123456789-:TZ+ x"),
      (text, at, char) => exact(text.slice(0, at) + char + text.slice(at + 1)),
    ),
    runs(2000),
  );
});
