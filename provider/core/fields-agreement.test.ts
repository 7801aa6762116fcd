import fc from "fast-check";
import { z } from "zod";
import { type Field, field, fieldsOf, type Kind, named } from "./fields.ts";

/**
 * zod has a reader of its own, `z.toJSONSchema`. On random schemas the two must agree on types, names, nesting,
 * presence and defaults; what the other cannot say (names of objects, facts) is left out.
 */
interface Json {
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[];
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly additionalProperties?: Json | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Json[];
  readonly default?: unknown;
}

/** What both readers can say of a type. */
type Told = {
  readonly is: string;
  readonly of?: Told;
  readonly oneOf?: readonly unknown[];
  readonly fields?: readonly object[];
};

const ofKind = (kind: Kind): Told => {
  switch (kind.is) {
    case "list":
    case "map":
      return { is: kind.is, of: ofKind(kind.of) };
    case "object":
      return { is: "object", fields: kind.fields.map(ofField) };
    case "string":
      return kind.oneOf ? { is: "string", oneOf: kind.oneOf } : { is: "string" };
    default:
      return { is: kind.is };
  }
};
const ofField = ({ name, kind, optional, ...rest }: Field): object => ({
  name,
  kind: ofKind(kind),
  optional,
  ...("default" in rest ? { default: rest.default } : {}),
});

const nullable = ({ type, anyOf = [] }: Json): boolean =>
  (Array.isArray(type) && type.includes("null")) || anyOf.some(({ type: t }) => t === "null");
const withoutNull = (json: Json): Json => {
  if (!nullable(json)) return json;
  const choice = json.anyOf?.find(({ type }) => type !== "null") ?? json;
  const type = Array.isArray(choice.type) ? choice.type.find((t) => t !== "null") : choice.type;
  return { ...choice, type, ...(choice.enum ? { enum: choice.enum.filter((v) => v !== null) } : {}) };
};
const ofJson = (given: Json): Told => {
  const json = withoutNull(given);
  if (json.type === "array") return { is: "list", of: ofJson(json.items ?? {}) };
  if (json.type === "object" && json.properties) return { is: "object", fields: ofProperties(json) };
  if (json.type === "object") return { is: "map", of: ofJson(json.additionalProperties as Json) };
  if (json.enum) return { is: "string", oneOf: json.enum };
  return { is: String(json.type ?? "any") };
};
const defaultOf = (json: Json): object => {
  if ("default" in json) return { default: json.default };
  const inner = json.anyOf?.find((choice) => "default" in choice);
  return inner ? { default: inner.default } : {};
};
const ofProperties = ({ properties = {}, required = [] }: Json): readonly object[] =>
  Object.entries(properties).map(([name, json]) => ({
    name,
    kind: ofJson(json),
    optional: nullable(json) || !required.includes(name),
    ...defaultOf(json),
  }));

const plain = fc.constantFrom<() => z.ZodType>(
  () => z.string(),
  () => z.string().min(1).max(9),
  () => z.boolean(),
  () => z.number(),
  () => z.int(),
  () => z.int().min(0),
  () => z.any(),
  () => z.enum(["wait", "fail"]),
);
const name = fc.constantFrom("allotment", "onExhaustion", "rules", "planB", "saml2Token");
const wraps: readonly ((schema: z.ZodType, value: unknown) => z.ZodType)[] = [
  (schema) => schema,
  (schema) => schema.optional(),
  (schema) => schema.nullable(),
  (schema) => schema.nullish(),
  (schema) => schema.readonly(),
  (schema) => z.nonoptional(schema.optional()),
  (schema) => schema.optional().readonly(),
  (schema, value) => schema.prefault(value).readonly(),
  (schema, value) => schema.default(value),
  (schema, value) => schema.default(value).optional(),
];
/** A value of the schema, for its default: what is required and nothing else. */
const sampleOf = (kind: Kind): unknown => {
  if (kind.is === "object")
    return Object.fromEntries(kind.fields.filter((f) => !f.optional).map((f) => [f.name, sampleOf(f.kind)]));
  const simple = { string: "a", integer: 1, number: 0.5, boolean: false, any: 1, list: [], map: {} };
  return kind.is === "string" && kind.oneOf ? kind.oneOf[0] : simple[kind.is];
};
const kindOf = (schema: z.ZodType): Kind =>
  fieldsOf(z.object({ only: field(schema, { description: "Only." }) }))[0]?.kind ?? { is: "any" };

const { schema } = fc.letrec<{ schema: z.ZodType; object: z.ZodObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    plain.map((make) => make()),
    tie("schema").map((of) => z.array(of)),
    tie("schema").map((of) => z.record(z.string(), of)),
    tie("object"),
  ),
  object: fc
    .dictionary(name, fc.tuple(tie("schema"), fc.nat(wraps.length - 1)), {
      minKeys: 1,
      maxKeys: 4,
      noNullPrototype: true,
    })
    .map((shape) => {
      const fields = Object.entries(shape).map(([key, [of, wrap]]) => {
        const wrapped = wraps[wrap]?.(of, sampleOf(kindOf(of))) ?? of;
        return [key, field(wrapped, { description: key })];
      });
      return named("Some", z.object(Object.fromEntries(fields)));
    }),
}));

test("two readers of zod agree", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(schema, (inner) => {
      const object = z.object({ only: field(inner, { description: "Only." }) });
      const ours = fieldsOf(object).map(ofField);
      for (const is of JSON.stringify(ours).matchAll(/"is":"(\w+)"|"(default)"/g)) {
        const what = is[1] ?? is[2] ?? "";
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
      expect(ours).toEqual(ofProperties(z.toJSONSchema(object, { io: "input" }) as Json));
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(
    Math.min(...["string", "integer", "list", "map", "object", "default"].map((what) => seen.get(what) ?? 0)),
  ).toBeGreaterThan(50);
});
