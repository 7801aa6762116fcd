import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { decode, decodeJson, decodeValue, encode } from "./codec.ts";
import { packageSchema } from "./package-schema.ts";
import { everyKind, valuesOf } from "./schema-arbitrary.fixture.ts";
import type { ObjectSchema } from "./schema-model.ts";

const { resources } = packageSchema;

/** What can be read, or a Problem that does not blame us: never another error. */
const outcome = (read: () => unknown): "read" | "refused" => {
  try {
    read();
    return "read";
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: "invalid" });
    return "refused";
  }
};

/** A byte of a valid value changed, cut, doubled or put in: most of what a broken sender could send. */
const mutation = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("set", "cut", "insert", "drop", "repeat"),
  byte: fc.oneof(fc.constantFrom(0xc0, 0xc1, 0xc4, 0xc6, 0xc9, 0xcf, 0xd4, 0xdb, 0xdd, 0xdf), fc.nat(255)),
});
const mutated = (bytes: Buffer, changes: readonly { at: number; how: string; byte: number }[]): Buffer =>
  changes.reduce((now, { at, how, byte }) => {
    const i = now.length === 0 ? 0 : at % now.length;
    const [before, from, after] = [now.subarray(0, i), now.subarray(i), now.subarray(i + 1)];
    if (how === "set") return Buffer.concat([before, Buffer.of(byte), after]);
    if (how === "cut") return before;
    if (how === "insert") return Buffer.concat([before, Buffer.of(byte), from]);
    return how === "drop" ? Buffer.concat([before, after]) : Buffer.concat([before, from, from]);
  }, bytes);

const schemas: (readonly [string, ObjectSchema])[] = [
  ["every kind there is", everyKind],
  ...resources.map((of) => [of.terraform, of] as const),
];

test.each(schemas)("%s: mutated bytes are read or refused", (_name, schema) => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(valuesOf(schema), fc.array(mutation, { minLength: 1, maxLength: 3 }), (values, changes) => {
      seen[outcome(() => decode(mutated(encode(values, schema), changes), schema))] += 1;
    }),
    { numRuns: 500 },
  );
  expect(seen.refused).toBeGreaterThan(100);
});

test("what is read of mutated bytes can be sent back", () => {
  let sent = 0;
  fc.assert(
    fc.property(valuesOf(everyKind), mutation, (values, change) => {
      const bytes = mutated(encode(values, everyKind), [change]);
      if (outcome(() => decode(bytes, everyKind)) === "refused") return;
      const { values: read, cty } = decode(bytes, everyKind);
      // A whole number is only asked of the engine: Terraform's number may be a fraction.
      const again = decode(encode(read, everyKind, cty), everyKind);
      expect(again.values).toEqual(read);
      sent += 1;
    }),
    { numRuns: 500, examples: [] },
  );
  expect(sent).toBeGreaterThan(10);
});

test("any bytes are read or refused, as a value and as state", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      outcome(() => decode(bytes, everyKind));
      outcome(() => decodeJson(bytes, everyKind));
      outcome(() => decodeValue(bytes, { is: "any" }));
    }),
    { numRuns: 2000 },
  );
});

test("any JSON is read or refused as state", () => {
  const json = fc.oneof(
    fc.json(),
    fc.record({ anything: fc.record({ type: fc.jsonValue(), value: fc.jsonValue() }) }).map((v) => JSON.stringify(v)),
    fc
      .tuple(fc.constantFrom(...everyKind.fields.map(({ terraform }) => terraform)), fc.json())
      .map(([name, value]) => `{${JSON.stringify(name)}:${value}}`),
  );
  fc.assert(
    fc.property(json, (text) => {
      outcome(() => decodeJson(Buffer.from(text), everyKind));
    }),
    { numRuns: 1000 },
  );
});

const any = { is: "any" } as const;
const words = { is: "list", of: { is: "string" } } as const;
const typed = (type: string, value: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(Buffer.byteLength(type));
  return Buffer.concat([Buffer.of(0x92, 0xc6), size, Buffer.from(type), value]);
};
const nestedType = (depth: number): string => `${'["list",'.repeat(depth)}"string"${"]".repeat(depth)}`;
const dynamicInDynamic = (depth: number): Buffer =>
  depth === 0 ? typed('"string"', Buffer.of(0xa0)) : typed('"dynamic"', dynamicInDynamic(depth - 1));

test.each<[string, () => unknown]>([
  ["a list that claims four thousand million elements", () => decodeValue(Buffer.from("ddffffffffc0", "hex"), words)],
  ["a list a little too long", () => decodeValue(Buffer.from("93c0c0", "hex"), words)],
  [
    "a map that claims four thousand million entries",
    () => decodeValue(Buffer.from("dfffffffffa0c0", "hex"), { is: "map", of: { is: "string" } }),
  ],
  ["a text that claims four gigabytes", () => decodeValue(Buffer.from("dbffffffff61", "hex"), { is: "string" })],
  ["a type that claims four gigabytes", () => decodeValue(Buffer.from("92c6ffffffff61", "hex"), any)],
  [
    "an extension that claims four gigabytes",
    () => decodeValue(Buffer.from("c9ffffffff0c61", "hex"), { is: "string" }),
  ],
  ["lists in lists without an end", () => decodeValue(typed(nestedType(99), Buffer.alloc(1_000_000, 0x91)), any)],
  ["a type of a hundred thousand levels", () => decodeValue(typed(nestedType(100_000), Buffer.of(0xc0)), any)],
  ["dynamic values in dynamic values", () => decodeValue(dynamicInDynamic(2_000), any)],
  ["a type that is no type", () => decodeValue(typed('["list"]', Buffer.of(0x90)), any)],
  ["a type with a name of Object's", () => decodeValue(typed('"constructor"', Buffer.of(0xc0)), any)],
  ["a tuple of another length", () => decodeValue(typed('["tuple",["string"]]', Buffer.of(0x90)), any)],
  ["the code that MessagePack never uses", () => decodeValue(Buffer.of(0xc1), { is: "boolean" })],
  ["nothing", () => decodeValue(Buffer.of(), { is: "string" })],
  ["two values", () => decodeValue(Buffer.of(0xc3, 0xc3), { is: "boolean" })],
  ["an attribute that the schema does not have", () => decode(Buffer.from("81a178c0", "hex"), everyKind)],
  ["a text that is no number", () => decodeValue(Buffer.from("a3307831", "hex"), { is: "number" })],
  [
    "state of a hundred thousand levels",
    () => decodeJson(Buffer.from(`{"anything":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), everyKind),
  ],
  [
    "dynamic state in dynamic state",
    () =>
      decodeJson(
        Buffer.from(`{"anything":${'{"type":"dynamic","value":'.repeat(2_000)}null${"}".repeat(2_000)}}`),
        everyKind,
      ),
  ],
])("refuses %s", (_name, read) => {
  expect(outcome(read)).toBe("refused");
});
