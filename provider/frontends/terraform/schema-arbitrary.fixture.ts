import fc from "fast-check";
import { Secret, UNKNOWN, type Value, type Values } from "../../core/value.ts";
import type { Attribute, AttributeKind, ObjectSchema } from "./schema-model.ts";

/** Every text that a program may hold: emoji, combining marks, right-to-left, control characters, but no half of a character. */
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ minLength: 250, maxLength: 300 }),
  fc.constantFrom("", "\u0000", "a\u0301", "\u05d0\u05d1", "\u{1f468}\u200d\u{1f680}"),
);
const key = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "0", "length", "toString"));

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 127, 128, -32, -33, 255, 65_536, 2 ** 53, -(2 ** 53), 2 ** 64, 1e21, 1e300),
);
const number = fc.oneof(
  integer,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  fc.constantFrom(0.1, 1e-7, 5e-324),
);

const entries = (value: fc.Arbitrary<Value>, maxLength: number): fc.Arbitrary<Values> =>
  fc
    .uniqueArray(fc.tuple(key, value), { maxLength, selector: ([name]) => name })
    .map((pairs) => Object.fromEntries(pairs));

/** What a dynamic value may be: as in our schemas, but a null member is a member. */
const anything = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, UNKNOWN, true),
    text,
    number,
    fc.array(tie("value"), { maxLength: 3 }),
    entries(tie("value"), 3),
  ),
})).value;

const ofKind = (kind: AttributeKind): fc.Arbitrary<Value> => {
  switch (kind.is) {
    case "string":
      return kind.oneOf ? fc.oneof(fc.constantFrom(...kind.oneOf), text) : text;
    case "integer":
      return integer;
    case "number":
      return number;
    case "boolean":
      return fc.boolean();
    case "any":
      return anything.filter((value) => value !== null && value !== UNKNOWN);
    case "list": // some longer than what a length of four bits tells
      return fc.oneof(
        fc.array(orSpecial(ofKind(kind.of)), { maxLength: 4 }),
        fc.array(orSpecial(ofKind(kind.of)), { minLength: 15, maxLength: kind.of.is === "object" ? 15 : 17 }),
      );
    case "map":
      return entries(orSpecial(ofKind(kind.of)), 5);
    case "object":
      return valuesOf(kind);
  }
};
/** In lists and maps a null is an element. */
const orSpecial = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom<Value>(UNKNOWN, null) });

const member = ({ kind, secret }: Attribute): fc.Arbitrary<Value | undefined> =>
  fc.oneof(
    { weight: 4, arbitrary: ofKind(kind).map((value) => (secret ? new Secret(value) : value)) },
    { weight: 1, arbitrary: fc.constant(UNKNOWN) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

/** Values that conform to a schema, as `decode` would give them: members that are null are left out. */
export const valuesOf = ({ fields }: ObjectSchema): fc.Arbitrary<Values> =>
  fc.tuple(...fields.map((field) => member(field))).map((members) =>
    Object.fromEntries(
      fields.flatMap(({ name }, i): [string, Value][] => {
        const value = members[i];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );

/** A schema that has every kind there is, since the package's own need not. */
export const everyKind: ObjectSchema = {
  fields: [
    field("text", { is: "string" }),
    field("wholeNumber", { is: "integer" }),
    field("anyNumber", { is: "number" }),
    field("flag", { is: "boolean" }),
    field("anything", { is: "any" }),
    field("words", { is: "list", of: { is: "string" } }),
    field("flags", { is: "list", of: { is: "boolean" } }),
    field("counts", { is: "map", of: { is: "number" } }),
    field("token", { is: "string" }, { secret: true }),
    field("tokens", { is: "map", of: { is: "string" } }, { secret: true }),
    field("matrix", { is: "list", of: { is: "list", of: { is: "number" } } }),
    field("innerOne", {
      is: "object",
      fields: [
        field("deepText", { is: "string" }),
        field("deepSecret", { is: "string" }, { secret: true }),
        field("deepAny", { is: "any" }),
      ],
    }),
    field("innerMany", { is: "list", of: { is: "object", fields: [field("deepNumber", { is: "number" })] } }),
    field("innerByName", { is: "map", of: { is: "object", fields: [field("deepFlag", { is: "boolean" })] } }),
  ],
};

function field(name: string, kind: AttributeKind, more: { readonly secret?: true } = {}): Attribute {
  const terraform = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { name, terraform, kind, presence: "optional", role: "input", description: name, ...more };
}
