/** A part of an OpenAPI document: any JSON may stand in it. */
export type Json = Readonly<Record<string, unknown>>;
export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const json = (value: unknown): Json => (isJson(value) ? value : {});

/**
 * `strict`: a field that nobody described is a violation, though OpenAPI would let it pass: a simulator must invent none,
 * and a connector must send none. `loose`: inside `allOf`, where each part knows only its own fields.
 */
export type Mode = "strict" | "loose";
export const place = (mode: Mode, name: string): string => `${mode}.${name}`;
const prefix = "#/components/schemas/";

const branches = (schema: Json, mode: Mode): Json => {
  const inner = mode === "strict" && !isJson(schema.properties) && schema.allOf === undefined ? "strict" : "loose";
  const all = (list: unknown, as: Mode): Json[] => (Array.isArray(list) ? list.map((s) => convert(json(s), as)) : []);
  const alternatives = [...all(schema.oneOf, inner), ...all(schema.anyOf, inner)];
  return {
    ...(schema.allOf === undefined ? {} : { allOf: all(schema.allOf, "loose") }),
    // `oneOf` too: what fits two of the alternatives (a public and a private user) is right by either.
    ...(alternatives.length > 0 ? { anyOf: alternatives } : {}),
  };
};

const closed = (schema: Json, mode: Mode): Json => {
  const describes = isJson(schema.properties) || schema.allOf !== undefined;
  return mode === "strict" && describes && schema.additionalProperties === undefined
    ? { unevaluatedProperties: false }
    : {};
};

/** OpenAPI 3.0 says of null what JSON Schema says by type. */
const orNull = (schema: Json): Json => {
  if (typeof schema.type !== "string") return { anyOf: [{ type: "null" }, schema] };
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...schema, ...values, type: [schema.type, "null"] };
};

const kept = [
  ...["type", "enum", "format", "pattern", "required", "minimum", "maximum", "multipleOf", "minLength", "maxLength"],
  ...["minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
];
/** A schema of OpenAPI 3.0 as one of JSON Schema 2019-09. */
export const convert = (schema: Json, mode: Mode): Json => {
  const { $ref } = schema;
  if (typeof $ref === "string") {
    if (!$ref.startsWith(prefix)) throw new Error(`a schema refers to ${$ref}, which is no schema`);
    return { $ref: `api#/$defs/${place(mode, $ref.slice(prefix.length))}` };
  }
  const { items, properties, additionalProperties: more } = schema;
  const converted: Json = {
    ...Object.fromEntries(kept.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]])),
    ...(isJson(items) ? { items: convert(items, "strict") } : {}),
    ...(isJson(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, convert(json(v), "strict")])) }
      : {}),
    ...(more === undefined ? {} : { additionalProperties: isJson(more) ? convert(more, "strict") : more }),
    ...branches(schema, mode),
    ...closed(schema, mode),
  };
  return schema.nullable === true ? orNull(converted) : converted;
};
