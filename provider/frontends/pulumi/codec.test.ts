import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { Secret, UNKNOWN, type Value, type Values } from "../../core/value.ts";
import { decode, encode, SIGNATURE } from "./codec.ts";
import { structPb } from "./proto.ts";

const overTheWire = (values: Values): Values =>
  decode(structPb.Struct.deserializeBinary(encode(values).serializeBinary()));
const fromEngine = (values: Record<string, structPbValue>): Values => decode(structPb.Struct.fromJavaScript(values));
type structPbValue = Parameters<typeof structPb.Struct.fromJavaScript>[0][string];

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true }).map((n) => n + 0 || 0), // -0 is 0 in JSON, and nobody counts seats with it
  fc.string({ unit: "grapheme" }),
  fc.constant(UNKNOWN),
);
const { value } = fc.letrec<{ value: Value; object: Values }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
    tie("value")
      .filter((inner) => !(inner instanceof Secret))
      .map((inner) => new Secret(inner)),
  ),
  object: fc.dictionary(
    fc.string({ unit: "grapheme" }).filter((key) => key !== "__proto__"),
    tie("value"),
    { maxKeys: 4, noNullPrototype: true },
  ),
}));
const values = fc
  .dictionary(fc.string(), value, { noNullPrototype: true })
  .filter((v) => !Object.hasOwn(v, "__proto__"));

test("what is encoded is decoded as it was, through the wire's bytes", () => {
  let secrets = 0;
  let unknowns = 0;
  const count = (v: Value | undefined): void => {
    if (v === UNKNOWN) unknowns += 1;
    else if (v instanceof Secret) {
      secrets += 1;
      count(v.value);
    } else if (typeof v === "object" && v !== null) for (const inner of Object.values(v)) count(inner as Value);
  };
  fc.assert(
    fc.property(values, (given) => {
      count(given);
      expect(overTheWire(given)).toEqual(given);
    }),
    { numRuns: 1000 },
  );
  expect(secrets).toBeGreaterThan(100); // else this would have proved little
  expect(unknowns).toBeGreaterThan(100);
});

const signed = (signature: string, rest: Record<string, structPbValue> = {}) => ({ [SIGNATURE]: signature, ...rest });
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

test.each([
  ["an output that is known", signed(OUTPUT, { value: "a" }), "a"],
  ["an output that is not", signed(OUTPUT), UNKNOWN],
  ["a secret output", signed(OUTPUT, { value: 5, secret: true }), new Secret(5)],
  ["a secret output that is not known", signed(OUTPUT, { secret: true }), new Secret(UNKNOWN)],
  ["a resource", signed(REFERENCE, { urn: "urn:x", id: "github/copilot" }), "github/copilot"],
  ["a resource that is not made yet", signed(REFERENCE, { urn: "urn:x", id: "" }), UNKNOWN],
  ["a component", signed(REFERENCE, { urn: "urn:x" }), "urn:x"],
  ["an unknown number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421", UNKNOWN],
  ["an unknown object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", UNKNOWN],
])("decodes %s", (_name, given, expected) => {
  expect(fromEngine({ at: given })).toEqual({ at: expected });
});

test.each([
  ["an asset", "c44067f5952c0a294b673a41bacd8c17", "assets and archives are not accepted"],
  ["an archive", "0def7320c3a5731c473e5ecbe6d01bc7", "assets and archives are not accepted"],
  ["what a newer engine may send", "00000000000000000000000000000000", "does not know"],
])("refuses %s", (_name, signature, message) => {
  expect(() => fromEngine({ at: signed(signature, { text: "x" }) })).toThrow(Problem);
  expect(() => fromEngine({ at: signed(signature, { text: "x" }) })).toThrow(message);
});

test("absent members stay absent, a null stays null, a secret in a secret is one secret", () => {
  expect(overTheWire({ gone: undefined, none: null })).toEqual({ none: null });
  expect(overTheWire({ twice: new Secret(new Secret("x")) })).toEqual({ twice: new Secret("x") });
  expect(decode(undefined)).toEqual({});
});
