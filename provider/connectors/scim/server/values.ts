import { isJson, type Json } from "./evaluate.ts";
import { refuse, type ScimType } from "./refusal.ts";
import { type Attribute, coreOf, extensionOf, type Model, named, type Schema, sameUrn } from "./schema.ts";

/** How strictly bodies are read. */
export interface Reading {
  /** What becomes of attributes that no schema has. */
  readonly unknown: "refuse" | "ignore";
  /** The scimType of an unknown attribute: a body's is a syntax error, a PATCH value's an invalid value. */
  readonly blame: ScimType;
}

const one = (attribute: Attribute, value: unknown, how: Reading): unknown => {
  const fail = (what: string): never => refuse("invalidValue", `${attribute.name}: ${what} was expected`);
  switch (attribute.type) {
    case "boolean":
      if (typeof value === "string" && /^(true|false)$/i.test(value)) return /^true$/i.test(value);
      return typeof value === "boolean" ? value : fail("true or false");
    case "integer":
      return Number.isInteger(value) ? value : fail("a whole number");
    case "dateTime":
      return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : fail("a time");
    case "complex":
      return isJson(value) ? object(attribute.subs, value, how) : fail("an object");
    default:
      return typeof value === "string" ? value : fail("a string");
  }
};

/** An object's known members under their canonical names. Null and empty mean unassigned (RFC 7643 section 2.5). */
export const object = (attributes: readonly Attribute[], body: Json, how: Reading): Json | undefined => {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    const attribute = named(attributes, key);
    if (!attribute) {
      if (how.unknown === "refuse") refuse(how.blame, `'${key}' is in no schema`);
      continue;
    }
    if (attribute.mutability === "readOnly") continue;
    const read = readValue(attribute, value, how);
    if (read !== undefined) out[attribute.name] = read;
  }
  return Object.keys(out).length > 0 ? out : undefined;
};

export const readValue = (attribute: Attribute, value: unknown, how: Reading): unknown => {
  if (value === null || value === undefined) return undefined;
  if (!attribute.multi) return one(attribute, value, how);
  if (!Array.isArray(value)) return refuse("invalidValue", `${attribute.name}: a list was expected`);
  const items = value.map((item: unknown) => one(attribute, item, how)).filter((item) => item !== undefined);
  return items.length > 0 ? items : undefined;
};

const checkSchemas = (model: Model, listed: unknown): void => {
  if (listed === undefined || listed === null) return;
  if (!Array.isArray(listed)) {
    refuse("invalidValue", "schemas: a list was expected");
    return;
  }
  const known = [model.schema.id, ...model.extensions.map((e) => e.id)];
  if (!listed.some((s) => typeof s === "string" && sameUrn(s, model.schema.id)))
    refuse("invalidSyntax", `schemas must contain '${model.schema.id}'`);
  const stranger = listed.find((s) => typeof s !== "string" || !known.some((k) => sameUrn(k, s)));
  if (stranger !== undefined) refuse("invalidSyntax", `the schema '${String(stranger)}' is not served here`);
};

export const checkPrimary = (items: unknown): void => {
  if (Array.isArray(items) && items.filter((i) => isJson(i) && i.primary === true).length > 1)
    refuse("invalidValue", "only one value can be primary");
};

const member = (model: Model, key: string, value: unknown, how: Reading): readonly [string, unknown] | null => {
  const extension: Schema | undefined = extensionOf(model, key);
  if (extension) {
    if (value === null) return null;
    if (!isJson(value)) return refuse("invalidValue", `${extension.id}: an object was expected`);
    return [extension.id, object(extension.attributes, value, how)];
  }
  const attribute = coreOf(model, key);
  if (!attribute) return how.unknown === "refuse" ? refuse(how.blame, `'${key}' is in no schema`) : null;
  if (attribute.mutability === "readOnly") return null;
  const read = readValue(attribute, value, how);
  checkPrimary(read);
  // A password is checked and then forgotten: nothing here may ever print one.
  return attribute.mutability === "writeOnly" ? null : [attribute.name, read];
};

/** The body of a POST or PUT as a resource without `id` and `meta`. */
export const readBody = (model: Model, body: unknown, how: Reading): Json => {
  if (!isJson(body)) return refuse("invalidSyntax", "a JSON object was expected");
  const schemas = Object.entries(body).find(([key]) => key.toLowerCase() === "schemas");
  checkSchemas(model, schemas?.[1]);
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    if (key.toLowerCase() === "schemas") continue;
    const read = member(model, key, value, how);
    if (read && read[1] !== undefined) out[read[0]] = read[1];
  }
  for (const attribute of model.schema.attributes)
    if (attribute.required && (out[attribute.name] === undefined || out[attribute.name] === ""))
      refuse("invalidValue", `'${attribute.name}' is required`);
  return out;
};
