import fc from "fast-check";
import { UNKNOWN, type Value } from "../../core/value.ts";
import { decode, encode } from "./codec.ts";
import { digitsOf } from "./msgpack.ts";
import { everyKind } from "./schema-arbitrary.fixture.ts";

/** An object of `everyKind` with one member as Terraform sent it, the others null. */
const sent = (wire: string, member: string): Buffer => {
  const others = everyKind.fields.filter(({ terraform }) => terraform !== wire);
  const text = (name: string) => Buffer.concat([Buffer.of(0xa0 | name.length), Buffer.from(name)]);
  return Buffer.concat([
    Buffer.of(0x80 | everyKind.fields.length),
    ...others.flatMap(({ terraform }) => [text(terraform), Buffer.of(0xc0)]),
    text(wire),
    Buffer.from(member, "hex"),
  ]);
};
const echoed = (bytes: Buffer, wire: string): string => {
  const { values, cty } = decode(bytes, everyKind);
  const back = encode(values, everyKind, cty);
  return back.toString("hex").split(Buffer.from(wire).toString("hex"))[1]?.slice(0, 200) ?? "";
};

/** What `pre-${x.id}` sends: not null, begins with "pre-". */
const refined = `c7090c8201c202a4${Buffer.from("pre-").toString("hex")}`;

test("a refined unknown is unknown, and goes back as the bytes that came", () => {
  const { values, cty } = decode(sent("text", refined), everyKind);
  expect(values).toEqual({ text: UNKNOWN });
  expect(encode(values, everyKind, cty).toString("hex")).toContain(refined);
  expect(encode(values, everyKind).toString("hex")).not.toContain(refined);
  expect(encode({ text: "known" }, everyKind, cty).toString("hex")).not.toContain(refined);
});

test("inside a list, a map and an object too, as long as it stays at its place", () => {
  for (const [wire, bytes] of [
    ["words", `92a161${refined}`],
    ["counts", `82a161a131a162${refined}`],
    ["inner_one", `83a9646565705f74657874${refined}ab646565705f736563726574c0a8646565705f616e79c0`],
  ] as const)
    expect(echoed(sent(wire, bytes), wire)).toContain(refined);
  const { cty } = decode(sent("words", `92a161${refined}`), everyKind);
  expect(encode({ words: [UNKNOWN, "a"] }, everyKind, cty).toString("hex")).not.toContain(refined);
});

test.each([
  ["fixext 1 of another type", "d40500"],
  ["fixext 2", "d5050000"],
  ["fixext 4", "d60000000000"],
  ["fixext 8", "d7ff0000000000000000"],
  ["fixext 16", `d80c${"00".repeat(16)}`],
  ["ext 8 without a payload", "c7000c"],
  ["ext 16", "c800010c80"],
  ["ext 32", "c9000000010c80"],
])("every extension is an unknown: %s", (_name, bytes) => {
  expect(decode(sent("any_number", bytes), everyKind).values).toEqual({ anyNumber: UNKNOWN });
  expect(echoed(sent("any_number", bytes), "any_number")).toContain(bytes);
});

const asText = (digits: string): string => {
  const bytes = Buffer.from(digits);
  return bytes.length < 32
    ? Buffer.concat([Buffer.of(0xa0 | bytes.length), bytes]).toString("hex")
    : `d9${bytes.length.toString(16).padStart(2, "0")}${bytes.toString("hex")}`;
};
const bytesOf = (size: number, fill: (view: DataView) => void): string => {
  const view = new DataView(new ArrayBuffer(size));
  fill(view);
  return Buffer.from(view.buffer).toString("hex");
};

test.each<[string, string, number, string]>([
  ["positive fixint", "7f", 127, "127"],
  ["negative fixint", "e0", -32, "-32"],
  ["uint 8", "ccff", 255, "255"],
  ["uint 16", "cdffff", 65_535, "65535"],
  ["uint 32", "ceffffffff", 4_294_967_295, "4294967295"],
  ["uint 64", "cfffffffffffffffff", 2 ** 64, "18446744073709551615"],
  ["uint 64 beyond a double", "cf0020000000000001", 2 ** 53, "9007199254740993"],
  ["int 8", "d080", -128, "-128"],
  ["int 16", "d18000", -32_768, "-32768"],
  ["int 32", "d280000000", -2_147_483_648, "-2147483648"],
  ["int 64", "d38000000000000000", -(2 ** 63), "-9223372036854775808"],
  ["float 32", `ca${bytesOf(4, (v) => v.setFloat32(0, 0.5))}`, 0.5, "0.5"],
  ["float 64", `cb${bytesOf(8, (v) => v.setFloat64(0, -1.25))}`, -1.25, "-1.25"],
  ["float 64 that is whole", `cb${bytesOf(8, (v) => v.setFloat64(0, 1e22))}`, 1e22, "10000000000000000000000"],
  [
    "float 64 that is only nearly 0.1",
    `cb${bytesOf(8, (v) => v.setFloat64(0, 0.1))}`,
    0.1,
    "0.1000000000000000055511151231257827021181583404541015625",
  ],
  ["text", asText("0.1"), 0.1, "0.1"],
  ["text of forty digits", asText("1".repeat(40)), 1.1111111111111112e39, "1".repeat(40)],
])("a number keeps every digit: %s", (_name, bytes, value, digits) => {
  expect(decode(sent("any_number", bytes), everyKind).values).toEqual({ anyNumber: value });
  expect(echoed(sent("any_number", bytes), "any_number").startsWith(asText(digits))).toBe(true);
});

test("a number that has changed is sent as it is now", () => {
  const { cty } = decode(sent("any_number", "cf0020000000000001"), everyKind);
  expect(encode({ anyNumber: 5 }, everyKind, cty).toString("hex")).toContain(asText("5"));
});

test("a double's digits are exact: as a fraction they are the same double, and have no rounding", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const digits = digitsOf(double);
      expect(digits).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      expect(Number(digits)).toBe(double + 0);
      const [whole = "", decimals = ""] = digits.split(".");
      // A dyadic fraction with n decimals is a whole number of 2^-n.
      if (decimals)
        expect((BigInt(whole + decimals) << BigInt(decimals.length)) % 10n ** BigInt(decimals.length)).toBe(0n);
    }),
  );
  expect(digitsOf(5e-324)).toHaveLength(1076);
});

const typed = (type: string, value: string): string =>
  `92c4${Buffer.byteLength(type).toString(16).padStart(2, "0")}${Buffer.from(type).toString("hex")}${value}`;

test.each<[string, string, Value]>([
  ["a set of texts", typed('["set","string"]', "92a161a162"), ["a", "b"]],
  ["a list, not a tuple", typed('["list","number"]', "9201ccff"), [1, 255]],
  ["a map, not an object", typed('["map","bool"]', "81a161c3"), { a: true }],
  ["an object with an optional member", typed('["object",{"a":"string"},["a"]]', "81a161c0"), { a: null }],
  ["a refined unknown inside", typed('["tuple",["string"]]', `91${refined}`), [UNKNOWN]],
  ["dynamic in dynamic", typed('["tuple",["dynamic"]]', `91${typed('"bool"', "c2")}`), [false]],
  ["an unknown of a type", typed('"string"', refined), UNKNOWN],
  ["a null of a type", typed('"string"', "c0"), null],
])("a dynamic value keeps its type: %s", (_name, bytes, value) => {
  const expected = value === null ? {} : { anything: value };
  expect(decode(sent("anything", bytes), everyKind).values).toEqual(expected);
  if (value !== null) expect(echoed(sent("anything", bytes), "anything")).toContain(bytes);
});
