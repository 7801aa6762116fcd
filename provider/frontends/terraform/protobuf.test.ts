import fc from "fast-check";
import protobuf from "protobufjs";
import descriptor from "../../gen/tfplugin6.json";
import { readMessage } from "./protobuf-read.ts";
import { type Field, Protocol, type Shape } from "./protobuf-shape.ts";
import { writeMessage } from "./protobuf-write.ts";

// protobufjs is the judge: it reads what we write, and we what it writes, for every message of the protocol.
const protocol = new Protocol(descriptor);
const judge = protobuf.Root.fromJSON(JSON.parse(JSON.stringify(descriptor)));
const options = { longs: Number, enums: String, defaults: true, arrays: true, objects: true } as const;

const messagesBelow = (place: protobuf.NamespaceBase): string[] =>
  place.nestedArray.flatMap((item) => [
    ...(item instanceof protobuf.Type ? [item.fullName.slice(1)] : []),
    ...(item instanceof protobuf.Namespace ? messagesBelow(item) : []),
  ]);
const names = messagesBelow(judge);

const wholeNumber = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32));
const scalars: Readonly<Record<Exclude<Field["kind"], "enum" | "message">, fc.Arbitrary<unknown>>> = {
  string: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  bool: fc.boolean(),
  int32: fc.integer(),
  uint32: fc.nat({ max: 0xffffffff }),
  int64: wholeNumber,
};
const oneOf = (field: Field, depth: number): fc.Arbitrary<unknown> => {
  if (field.kind === "message") return messageOf(field.shape(), depth + 1);
  return field.kind === "enum" ? fc.constantFrom(...Object.keys(field.values)) : scalars[field.kind];
};
const fieldOf = (field: Field, depth: number): fc.Arbitrary<unknown> => {
  const value = oneOf(field, depth);
  if (field.form === "list") return fc.array(value, { maxLength: 3 });
  return field.form === "map" ? fc.dictionary(fc.string(), value, { maxKeys: 3, noNullPrototype: true }) : value;
};
/** Any of a message's fields; below a certain depth none, since attributes may nest without end. */
const messageOf = ({ fields }: Shape, depth = 0): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(depth > 4 ? [] : fields.map((field) => [field.name, fieldOf(field, depth)])), {
    requiredKeys: [],
  });

/** As the wire gives it: of two ways to write a map's prototype none matters. */
const plain = (message: unknown): unknown =>
  JSON.parse(JSON.stringify(message, (_key, value) => (value?.type === "Buffer" ? `bytes ${value.data}` : value)));

test("the protocol was read", () => {
  expect(names.length).toBeGreaterThan(100);
  expect(names).toEqual(expect.arrayContaining(["tfplugin6.Schema.Block", "plugin.ConnInfo"]));
});

test.each(names)("%s: both codecs understand each other", (name) => {
  const shape = protocol.shape(name);
  const type = judge.lookupType(name);
  fc.assert(
    fc.property(messageOf(shape), (message) => {
      const ours = writeMessage(shape, message);
      const theirs = Buffer.from(type.encode(type.fromObject(message)).finish());
      const expected = plain(type.toObject(type.decode(theirs), options));
      expect(plain(type.toObject(type.decode(ours), options))).toEqual(expected);
      expect(plain(readMessage(shape, theirs))).toEqual(expected);
      expect(plain(readMessage(shape, ours))).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test("golden bytes", () => {
  const step = { attributeName: "rules" };
  const bytes = writeMessage(protocol.shape("tfplugin6.Diagnostic"), {
    severity: "WARNING",
    summary: "ada",
    detail: "",
    attribute: { steps: [step, { elementKeyInt: 0 }, { elementKeyInt: -1 }] },
  });
  expect(bytes.toString("hex")).toBe(
    ["0802", "1203616461", "221a", "0a070a0572756c6573", "0a021800", "0a0b18ffffffffffffffffff01"].join(""),
  );
});

test("what is newer than our protocol file is passed over", () => {
  const empty = protocol.shape("tfplugin6.StopProvider.Request");
  const newer = Buffer.from("98060198060198069601a1060102030405060708a206026162ad0601020304", "hex");
  expect(readMessage(empty, newer)).toEqual({});
  const path = readMessage(protocol.shape("tfplugin6.Diagnostic"), Buffer.from("0809", "hex"));
  expect(path).toMatchObject({ severity: "9" });
});

test("a key called __proto__ is a key", () => {
  const state = protocol.shape("tfplugin6.RawState");
  const read = readMessage(state, writeMessage(state, { flatmap: JSON.parse('{"__proto__":"x"}') }));
  expect(Object.entries(read.flatmap ?? {})).toEqual([["__proto__", "x"]]);
});

test.each<[string, string, unknown, RegExp]>([
  ["a number as text", "Diagnostic", { summary: 7 }, /Diagnostic\.summary wants a text, not number/],
  ["text as bytes", "DynamicValue", { msgpack: "hunter2" }, /DynamicValue\.msgpack wants bytes, not string$/],
  ["no severity of that name", "Diagnostic", { severity: "FATAL" }, /wants one of INVALID, ERROR, WARNING/],
  ["half a number", "Schema", { version: 0.5 }, /Schema\.version wants a whole number/],
  ["no list", "AttributePath", { steps: {} }, /AttributePath\.steps wants a list/],
  [
    "deep inside",
    "AttributePath",
    { steps: [{}, { elementKeyInt: "1" }] },
    /\.steps\[1\]\.elementKeyInt wants a whole/,
  ],
  ["in a map", "RawState", { flatmap: { a: 1 } }, /\.flatmap\["a"\] wants a text/],
])("what does not fit is an error with its place and without its value: %s", (_name, type, message, words) => {
  expect(() => writeMessage(protocol.shape(`tfplugin6.${type}`), message)).toThrow(words);
});

test("garbage is an error or a message, in no time, and never another kind of failure", () => {
  const shapes = names.map((name) => protocol.shape(name));
  fc.assert(
    fc.property(fc.constantFrom(...shapes), fc.uint8Array({ maxLength: 200 }), (shape, bytes) => {
      try {
        readMessage(shape, Buffer.from(bytes));
      } catch (error) {
        expect(String(error)).toMatch(/^Error: not a message of the protocol: /);
      }
    }),
    { numRuns: 20_000 },
  );
});

test("a message that nests without end is refused, not followed", () => {
  const block = protocol.shape("tfplugin6.Schema.Attribute");
  let bytes: Buffer = Buffer.alloc(0);
  for (let depth = 0; depth < 500; depth++) {
    const inner = writeMessage(protocol.shape("tfplugin6.RawState"), { json: bytes }); // 0a, length, body
    const list = Buffer.concat([Buffer.from([0x52]), inner.subarray(1)]); // nested_type, which holds attributes (1)
    bytes = depth % 2 ? list : inner;
  }
  expect(() => readMessage(block, bytes)).toThrow(/nested too deeply/);
});

test("megabytes share the frame's memory", () => {
  const shape = protocol.shape("tfplugin6.DynamicValue");
  const frame = writeMessage(shape, { msgpack: Buffer.alloc(8 * 1024 * 1024, 7) });
  const { msgpack } = readMessage(shape, frame);
  if (!Buffer.isBuffer(msgpack)) throw new Error("no bytes");
  expect(msgpack.length).toBe(8 * 1024 * 1024);
  expect(msgpack.buffer).toBe(frame.buffer);
});
