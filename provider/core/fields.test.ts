import fc from "fast-check";
import { z } from "zod";
import { camel, type Field, field, fieldsOf, named, snake } from "./fields.ts";

const d = { description: "x" };
const one = (schema: z.ZodType): Omit<Field, "name" | "description"> => {
  const [only] = fieldsOf(z.object({ value: field(schema, d) }));
  if (!only) throw new Error("no field was read");
  const { name: _name, description: _description, ...rest } = only;
  return rest;
};
const required = (is: string) => ({ kind: { is }, optional: false });

describe("the kind of a field", () => {
  const claim = named("Claim", z.object({ rule: field(z.string(), { description: "Rule." }) }));
  const claimKind = {
    is: "object",
    name: "Claim",
    fields: [{ name: "rule", description: "Rule.", kind: { is: "string" }, optional: false }],
  };
  const rows: [string, z.ZodType, object][] = [
    ["string", z.string(), required("string")],
    ["string with a format", z.iso.date(), required("string")],
    ["string with checks", z.string().min(1).regex(/a/), required("string")],
    ["named object, shared", field(claim, d), { kind: claimKind, optional: false }],
    ["branded", z.string().brand("Ref"), required("string")],
    ["boolean", z.boolean(), required("boolean")],
    ["number", z.number().positive(), required("number")],
    ["32-bit float", z.float32(), required("number")],
    ["integer", z.int(), required("integer")],
    ["integer with bounds", z.int().min(0).max(5), required("integer")],
    ["number().int()", z.number().int().positive(), required("integer")],
    ["coerced integer", z.coerce.number().int(), required("integer")],
    ["any", z.any(), required("any")],
    ["unknown", z.unknown(), required("any")],
    ["enum", z.enum(["wait", "fail"]), { kind: { is: "string", oneOf: ["wait", "fail"] }, optional: false }],
    ["literal", z.literal("own"), { kind: { is: "string", oneOf: ["own"] }, optional: false }],
    ["boolean literal", z.literal(true), required("boolean")],
    ["integer literals", z.literal([1, 3]), required("integer")],
    ["list", z.array(z.int()), { kind: { is: "list", of: { is: "integer" } }, optional: false }],
    ["map", z.record(z.string(), z.boolean()), { kind: { is: "map", of: { is: "boolean" } }, optional: false }],
    ["named object", claim, { kind: claimKind, optional: false }],
    ["named object with a check", claim.refine(() => true), { kind: claimKind, optional: false }],
    [
      "list of optional named objects",
      z.array(claim).optional(),
      { kind: { is: "list", of: claimKind }, optional: true },
    ],
    [
      "map of lists",
      z.record(z.string(), z.array(z.string())),
      { kind: { is: "map", of: { is: "list", of: { is: "string" } } }, optional: false },
    ],
    ["transform", z.string().transform((s) => s.length), required("string")],
    ["codec", z.codec(z.string(), z.int(), { decode: Number, encode: String }), required("string")],
    ["preprocess", z.preprocess((v) => v, z.boolean()), required("boolean")],
    ["lazy", z.lazy(() => z.boolean()), required("boolean")],
  ];
  test.each(rows)("%s", (_name, schema, expected) => {
    expect(one(schema)).toEqual(expected);
  });

  test("an extended object does not keep its base's name: it is another shape", () => {
    expect(one(claim.extend({ more: field(z.string(), d) })).kind).not.toHaveProperty("name");
  });
});

describe("may a field be absent, and what is it then", () => {
  const rows: [string, z.ZodType, { optional: boolean; default?: unknown }][] = [
    ["plain", z.string(), { optional: false }],
    ["optional", z.string().optional(), { optional: true }],
    ["nullable", z.string().nullable(), { optional: true }],
    ["nullish", z.string().nullish(), { optional: true }],
    ["exactOptional", z.exactOptional(z.string()), { optional: true }],
    ["default", z.string().default("own"), { optional: true, default: "own" }],
    ["prefault", z.string().prefault("own"), { optional: true, default: "own" }],
    ["optional default", z.string().default("own").optional(), { optional: true, default: "own" }],
    ["readonly default", z.string().default("own").readonly(), { optional: true, default: "own" }],
    [
      "transformed default",
      z
        .string()
        .default("7d")
        .transform((s) => s.length),
      { optional: true, default: "7d" },
    ],
    [
      "transformed optional",
      z
        .string()
        .optional()
        .transform((s) => s ?? ""),
      { optional: true },
    ],
    ["preprocessed optional", z.preprocess((v) => v, z.string().optional()), { optional: true }],
    ["nonoptional", z.nonoptional(z.string().optional()), { optional: false }],
    ["false as default", z.boolean().default(false), { optional: true, default: false }],
    ["object as default", z.object({ a: field(z.int(), d) }).default({ a: 1 }), { optional: true, default: { a: 1 } }],
    ["empty list as default", z.array(z.string()).default([]), { optional: true, default: [] }],
  ];
  test.each(rows)("%s", (_name, schema, expected) => {
    const { kind: _kind, ...presence } = one(schema);
    expect(presence).toEqual(expected);
    // zod agrees: what we call optional may be left out (preprocess is asked for its inner answer only)
    expect(
      z.object({ value: schema }).safeParse({}).success ||
        z.object({ value: schema }).safeParse({ value: null }).success,
    ).toBe(expected.optional);
  });
});

describe("what cannot be carried is refused with its path", () => {
  const plain = z.string();
  const rows: [string, z.ZodType, RegExp][] = [
    ["date", z.date(), /^field value: no kind for zod type date/],
    ["64-bit integer", z.int64(), /bigint/],
    ["tuple", z.tuple([z.string()]), /tuple/],
    ["union", z.union([z.string(), z.int()]), /union/],
    ["catch, which hides a wrong value", z.string().catch("x"), /catch/],
    ["mixed literal", z.literal(["a", 1]), /all strings/],
    ["map with known keys", z.record(z.enum(["a"]), z.string()), /use z\.object/],
    ["default that JSON cannot carry", z.any().default(new Map()), /not JSON/],
    ["default that is a function's", z.any().default(() => () => 1), /not JSON/],
    ["NaN as default", z.any().default(Number.NaN), /not JSON/],
    ["default that differs at each call", z.number().default(Math.random), /not a constant/],
    [
      "a nested key without an entry",
      z.object({ deep: z.array(z.object({ plain })) }),
      /^field value\.deep: was not made with field/,
    ],
    [
      "a nested list's key without an entry",
      z.array(z.object({ plain })),
      /^field value\.plain: was not made with field/,
    ],
  ];
  test.each(rows)("%s", (_name, schema, message) => {
    expect(() => one(schema)).toThrow(message);
  });

  test("a key without an entry", () => {
    expect(() => fieldsOf(z.object({ plain: z.string() }))).toThrow(/^field plain: was not made with field/);
  });
  test("a wrapper put around field() loses the entry", () => {
    expect(() => fieldsOf(z.object({ a: field(z.string(), d).optional() }))).toThrow(/not outermost/);
  });
  test("a check put behind field() loses the entry", () => {
    expect(() => fieldsOf(z.object({ a: field(z.string(), d).min(1) }))).toThrow(/not outermost/);
  });
  test("a type that contains itself", () => {
    const tree = z.object({
      get children() {
        return field(z.array(tree), d);
      },
    });
    expect(() => fieldsOf(tree)).toThrow(/contains itself/);
  });
  test.each(["baseURL", "base_url", "URL", "a-b", "1st", ""])("the name %j", (name) => {
    expect(() => fieldsOf(z.object({ [name]: field(z.string(), d) }))).toThrow(/camelCase/);
  });
});

test("facts are the field's own, not its base schema's", () => {
  const base = z.string();
  const [first, second] = fieldsOf(
    z.object({
      token: field(base, { description: "Token.", secret: true, immutable: true }),
      name: field(base.min(1), { description: "Name.", example: "ada" }),
    }),
  );
  expect(first).toMatchObject({ secret: true, immutable: true });
  expect(second).toEqual({
    name: "name",
    kind: { is: "string" },
    optional: false,
    description: "Name.",
    example: "ada",
  });
});

test("one schema may serve two fields, and a field may start another one", () => {
  const date = z.iso.date();
  const startsOn = field(date, { description: "First day.", immutable: true });
  const read = fieldsOf(
    z.object({
      startsOn,
      endsOn: field(date, { description: "Last day." }),
      again: field(startsOn, { description: "Again." }),
    }),
  );
  expect(read.map(({ description, immutable }) => [description, immutable])).toEqual([
    ["First day.", true],
    ["Last day.", undefined],
    ["Again.", undefined],
  ]);
});

describe("snake and camel", () => {
  const rows = [
    ["allotment", "allotment"],
    ["onExhaustion", "on_exhaustion"],
    ["saml2Token", "saml2_token"],
    ["planB", "plan_b"],
    ["__record", "__record"],
  ] as const;
  test.each(rows)("%s ↔ %s", (ours, theirs) => {
    expect([snake(ours), camel(theirs)]).toEqual([theirs, ours]);
  });

  const name = fc
    .stringMatching(/^(__)?[a-z]([a-z0-9]|[A-Z][a-z0-9]){0,12}[A-Z]?$/)
    .filter((text) => !/[A-Z]{2}/.test(text));
  test("every accepted name comes back, and two names never meet", () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(fieldsOf(z.object({ [a]: field(z.string(), d) }))).toHaveLength(1);
        expect(camel(snake(a))).toBe(a);
        expect(snake(a)).toMatch(/^_{0,2}[a-z][a-z0-9_]*$/);
        expect(snake(a) === snake(b)).toBe(a === b);
      }),
      { numRuns: 1000 },
    );
  });
});
