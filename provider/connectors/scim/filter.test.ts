import fc from "fast-check";
import { type Filter, FilterError, operators, parseFilter, parsePath, printFilter, printPath } from "./filter.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

describe("filters", () => {
  it.each([
    ['userName eq "bjensen"', 'userName eq "bjensen"'],
    ['USERNAME EQ "x"', 'USERNAME eq "x"'],
    ["title pr and userType ne null", "title pr and userType ne null"],
    ["a eq 1 or b eq 2 and c eq 3", "a eq 1 or (b eq 2 and c eq 3)"],
    ["not (a pr)", "not (a pr)"],
    ["NOT(a pr)", "not (a pr)"],
    ["((a pr))", "a pr"],
    ['emails[type eq "work" and value co "@"]', 'emails[type eq "work" and value co "@"]'],
    ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
    [`${enterprise}:manager.value eq "26"`, `${enterprise}:manager.value eq "26"`],
    ['a eq "quote \\" and \\u00e9"', 'a eq "quote \\" and é"'],
    ["a eq -1.5e3", "a eq -1500"],
    ["never pr", "never pr"],
    ["notes pr or order pr", "notes pr or order pr"],
  ])("%s", (text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
  });
  it.each([
    ["", 1],
    ["userName", 9],
    ["userName eq", 12],
    ["userName xx 5", 10],
    ['userName eq "open', 13],
    ["userName eq 'x'", 13],
    ['a eq "x" "y"', 10],
    ["(a pr", 6],
    ["a pr)", 5],
    ["a pr and", 9],
    ["and", 1],
    ["emails[a pr", 12],
    ["emails[b[c pr]]", 9],
    ["name.givenName[a pr]", 16],
    ["a.b.c pr", 4],
    ["a eq 01", 6],
    [`${"(".repeat(40)}a pr${")".repeat(40)}`, 34],
  ])("%s is refused at column %i", (text, column) => {
    expect(() => parseFilter(text)).toThrow(FilterError);
    try {
      parseFilter(text);
    } catch (error) {
      expect((error as FilterError).column).toBe(column);
    }
  });
});

describe("paths", () => {
  it.each([
    "members",
    "name.familyName",
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    `${enterprise}:department`,
  ])("%s", (text) => {
    expect(printPath(parsePath(text))).toBe(text);
  });
  it.each(["", "a[", "a[]", 'a[b eq "c"', 'a[b eq "c"].', 'a[b eq "c"]d', "a b", "1a", "a..b", 'userName eq "x"'])(
    "%s is refused",
    (text) => {
      expect(() => parsePath(text)).toThrow(FilterError);
    },
  );
});

const word = fc.constantFrom("userName", "title", "emails", "never", "notes", "$ref", "x-y_z", "andrew");
const path = fc.record({
  urn: fc.option(fc.constantFrom(enterprise, "urn:a:b"), { nil: null }),
  name: word,
  sub: fc.option(word, { nil: null }),
});
const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => (Object.is(n, -0) ? 0 : n)),
);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constant("compare" as const), path, op: fc.constantFrom(...operators), value }),
  fc.record({ kind: fc.constant("present" as const), path }),
);
const terms = (of: fc.Arbitrary<Filter>): fc.Arbitrary<Filter[]> => fc.array(of, { minLength: 2, maxLength: 4 });
const nested = (depth: number): fc.Arbitrary<Filter> =>
  depth === 0
    ? leaf
    : fc.oneof(
        leaf,
        fc.record({ kind: fc.constantFrom("and" as const, "or" as const), terms: terms(nested(depth - 1)) }),
        fc.record({ kind: fc.constant("not" as const), of: nested(depth - 1) }),
      );
const filter = fc.oneof(
  nested(3),
  fc.record({ kind: fc.constant("select" as const), path: path.map((p) => ({ ...p, sub: null })), where: nested(2) }),
);

describe("fuzz", () => {
  it("what is printed is read as what it was", () => {
    fc.assert(
      fc.property(filter, (f) => expect(parseFilter(printFilter(f))).toEqual(f)),
      { numRuns: 2000, seed: 7 },
    );
  });
  it("any text is a filter or a FilterError with a column in it, and never anything else", () => {
    const fragment = fc.constantFrom(
      "userName",
      " ",
      "eq",
      '"',
      '"x"',
      "(",
      ")",
      "[",
      "]",
      "and",
      "or",
      "not",
      "pr",
      ".",
      "\\",
      "null",
      "1e5",
      "urn:a:b:",
      "\u0000",
      "💥",
      "-",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join("")),
    );
    for (const parse of [parseFilter, parsePath])
      fc.assert(
        fc.property(text, (source) => {
          try {
            parse(source);
          } catch (error) {
            if (!(error instanceof FilterError)) throw error;
            expect(error.column).toBeGreaterThanOrEqual(1);
            expect(error.column).toBeLessThanOrEqual(source.length + 1);
          }
        }),
        { numRuns: 5000, seed: 7 },
      );
  });
  it("long input takes no more than its length: no stack, no backtracking", () => {
    const chain = Array.from({ length: 20_000 }, (_v, i) => `id eq "${i}"`).join(" or ");
    expect(parseFilter(chain)).toMatchObject({ kind: "or" });
    for (const hostile of [
      "(".repeat(100_000),
      `"${"\\".repeat(100_000)}`,
      `urn:${"a:".repeat(50_000)}`,
      "not ".repeat(50_000),
      "a".repeat(100_000),
      `a eq ${"9".repeat(400)}e9999`,
    ])
      expect(() => parseFilter(hostile)).toThrow(FilterError);
  });
});
