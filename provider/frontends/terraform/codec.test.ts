import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { Secret, UNKNOWN, type Value } from "../../core/value.ts";
import { decode, encode } from "./codec.ts";
import { packageSchema } from "./package-schema.ts";
import { everyKind, valuesOf } from "./schema-arbitrary.fixture.ts";
import type { ObjectSchema } from "./schema-model.ts";

const { provider, resources, dataSources, functions } = packageSchema;
const schemas: (readonly [string, ObjectSchema])[] = [
  ["the provider", provider],
  ...resources.map((of) => [of.terraform, of] as const),
  ...dataSources.map((of) => [`data ${of.terraform}`, of] as const),
  ...functions.map((of) => [`function ${of.terraform}`, of.result] as const),
  ["every kind there is", everyKind],
];

test("there are schemas to be tried", () => {
  expect(schemas.length).toBeGreaterThan(8);
});

test.each(schemas)("%s: what is encoded is decoded as it was", (_name, schema) => {
  const seen = { unknown: 0, secret: 0, values: 0 };
  const count = (value: Value | undefined): void => {
    seen.values += 1;
    if (value === UNKNOWN) seen.unknown += 1;
    else if (value instanceof Secret) seen.secret += 1;
    else if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) count(inner as Value);
  };
  fc.assert(
    fc.property(valuesOf(schema), (values) => {
      count(values);
      const bytes = encode(values, schema);
      const back = decode(bytes, schema);
      expect(back.values).toEqual(values);
      // And with what they hold beyond their values, the same bytes.
      expect(encode(back.values, schema, back.cty).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(seen.unknown).toBeGreaterThan(40); // else this would have proved little
  if (JSON.stringify(schema).includes('"secret":true')) expect(seen.secret).toBeGreaterThan(20);
});

test("a null object is null; members that are null are left out", () => {
  expect(decode(encode(null, everyKind), everyKind)).toEqual({ values: null, cty: {} });
  expect(decode(encode({ text: null, flag: undefined }, everyKind), everyKind)).toEqual({ values: {}, cty: {} });
  expect(() => decode(Uint8Array.of(0xd4, 0, 0), everyKind)).toThrow("wholly unknown");
});

test.each([0, 15, 16, 31, 32, 255, 256, 65_535, 65_536])(
  "a length of %i, of a text, a list, a map and a type",
  (size) => {
    const keys = Array.from({ length: size }, (_v, i) => `k${i}`);
    const values = {
      text: "x".repeat(size),
      words: keys,
      counts: Object.fromEntries(keys.map((key, i) => [key, i])),
      anything: { ["y".repeat(size)]: true },
    };
    expect(decode(encode(values, everyKind), everyKind).values).toEqual(values);
  },
);

test("a length is told in as few bytes as MessagePack allows", () => {
  const sizes = [31, 32, 255, 256, 65_535, 65_536];
  const heads = sizes.map((size) => encode({ text: "x".repeat(size) }, oneText).length - size);
  expect(heads.map((head) => head - (heads[0] ?? 0))).toEqual([0, 1, 1, 2, 2, 4]);
});
const oneText: ObjectSchema = { fields: everyKind.fields.slice(0, 1) };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const one = (kind: ObjectSchema["fields"][number]["kind"]): ObjectSchema => ({
  fields: [{ name: "atAll", terraform: "at_all", kind, presence: "optional", role: "input", description: "" }],
});
/** {"at_all": …} */
const head = "81a661745f616c6c";

test.each<[string, ObjectSchema["fields"][number]["kind"], Value, string]>([
  ["a text", { is: "string" }, "ada", "a3616461"],
  ["a long text", { is: "string" }, "x".repeat(32), `d920${"78".repeat(32)}`],
  ["a number is its decimal digits", { is: "number" }, 60, "a23630"],
  ["a fraction too", { is: "number" }, -0.5, "a42d302e35"],
  ["a boolean", { is: "boolean" }, true, "c3"],
  ["an unknown", { is: "string" }, UNKNOWN, "d40000"],
  ["a null", { is: "string" }, null, "c0"],
  ["a list", { is: "list", of: { is: "string" } }, ["a", null, UNKNOWN], "93a161c0d40000"],
  ["a map", { is: "map", of: { is: "integer" } }, { k: 1 }, "81a16ba131"],
  ["a dynamic text", { is: "any" }, "a", "92c40822737472696e6722a161"],
  [
    "a dynamic object",
    { is: "any" },
    { a: [1] },
    `92c425${hex(Buffer.from('["object",{"a":["tuple",["number"]]}]'))}81a16191a131`,
  ],
])("golden bytes: %s", (_name, kind, value, bytes) => {
  expect(hex(encode({ atAll: value }, one(kind)))).toBe(head + bytes);
});

test.each<[string, ObjectSchema["fields"][number]["kind"], Value, string]>([
  ["a text for a number", { is: "number" }, "5", "atAll: a number is required, not a string"],
  ["a number for a text", { is: "string" }, 5, "atAll: a string is required, not a number"],
  ["a fraction for a whole number", { is: "integer" }, 0.5, "atAll: a whole number is required"],
  ["no number at all", { is: "number" }, Number.NaN, "atAll: a finite number is required"],
  ["a list for a map", { is: "map", of: { is: "string" } }, ["a"], "atAll: a map is required, not a list"],
  ["a map for a list", { is: "list", of: { is: "string" } }, { a: "b" }, "atAll: a list is required, not an object"],
  [
    "a wrong element",
    { is: "map", of: { is: "string" } },
    { "ada lovelace": 1 },
    'atAll["ada lovelace"]: a string is required',
  ],
  ["a wrong element of a list", { is: "list", of: { is: "boolean" } }, [true, "no"], "atAll[1]: a boolean is required"],
  [
    "a secret where there is none",
    { is: "string" },
    new Secret("s3cret"),
    "atAll: a secret value where the schema has none",
  ],
  [
    "a member too many",
    { is: "object", fields: one({ is: "string" }).fields },
    { other: 1 },
    'atAll: the schema has no "other"',
  ],
])("refuses %s, and says where", (_name, kind, value, message) => {
  const attempt = () => encode({ atAll: value }, one(kind));
  expect(attempt).toThrow(Problem);
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(expect.objectContaining({ code: "bug", path: expect.arrayContaining(["atAll"]) }));
  expect(attempt).not.toThrow("s3cret");
});
