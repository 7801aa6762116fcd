import { z } from "zod";
import { same } from "./value.ts";

/** What schema, SDK and documentation say of a field. Said once, here. */
export interface FieldMeta {
  readonly description: string;
  /** A change replaces the resource. */
  readonly immutable?: boolean;
  readonly secret?: boolean;
  /** An output that the plan already knows and that keeps its planned value (`changes`, `digest`). */
  readonly planned?: boolean;
  /** Derived from inputs alone, so known in the first preview (`ref`, `claim`). */
  readonly derived?: boolean;
  /** Hidden in Pulumi's output (named with `__`), kept in state. */
  readonly hidden?: boolean;
  /** Of a connector: says which system is meant; other fields say how to work with it. */
  readonly identifies?: boolean;
  readonly example?: string;
}

/**
 * Facts by schema. Not a zod registry: those hand a schema's facts down to what is derived from it, so that
 * `field(base.min(1), …)` would silently be secret or immutable because `base` is.
 */
export const fields = new WeakMap<z.ZodType, FieldMeta>();

/**
 * Makes a field: the schema with facts of its own. Outermost: `field(z.string().optional(), …)`, never `field(…).optional()`.
 * A copy, so that one schema (`date`, `duration`) may serve many fields.
 */
export const field = <T extends z.ZodType>(schema: T, meta: FieldMeta): T => {
  const own = schema.clone() as T; // zod types clone() as the same class, not as this
  fields.set(own, meta);
  return own;
};

export type Kind =
  | { readonly is: "string"; readonly oneOf?: readonly string[] }
  | { readonly is: "integer" | "number" | "boolean" | "any" }
  | { readonly is: "list" | "map"; readonly of: Kind }
  | { readonly is: "object"; readonly name?: string; readonly fields: readonly Field[] };

/** One field, read from zod: what both protocols' schemas, the SDKs and the documentation are made from. */
export interface Field extends FieldMeta {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
  readonly default?: unknown;
}

/** A name of an object type; handed down to what is derived from it by a check, and that is right: it is the same shape. */
export const names = z.registry<{ readonly name: string }>();

/** Gives an object type its own name in the SDKs. Innermost: `named("Claim", z.object(…)).optional()`. */
export const named = <T extends z.ZodObject>(name: string, schema: T): T => {
  names.add(schema, { name });
  return schema;
};

/** zod keeps its union of definitions internal: this is the one place that opens it. */
type Def = { readonly type: string } & Readonly<Record<string, unknown>>;
const defOf = (schema: z.core.$ZodType): Def => schema._zod.def as unknown as Def;
const inner = (def: Def, key: string): z.core.$ZodType => def[key] as z.core.$ZodType;

/** `preprocess` is a pipe that starts with a function: what it takes is told by the schema behind it. */
const entrance = (def: Def): z.core.$ZodType => inner(def, defOf(inner(def, "in")).type === "transform" ? "out" : "in");

const literalKind = (values: readonly unknown[]): Kind => {
  if (values.every((v) => typeof v === "string")) return { is: "string", oneOf: values };
  if (values.every((v) => typeof v === "boolean")) return { is: "boolean" };
  if (values.every(Number.isSafeInteger)) return { is: "integer" };
  throw new Error("an enumeration must be all strings, all booleans or all integers");
};

const objectKind = (schema: z.ZodObject, open: readonly z.core.$ZodType[]): Kind => {
  if (open.includes(schema)) throw new Error("a type that contains itself has no Terraform type");
  const name = names.get(schema)?.name;
  return { is: "object", ...(name ? { name } : {}), fields: read(schema, [...open, schema]) };
};

const mapKind = (def: Def, open: readonly z.core.$ZodType[]): Kind => {
  if (defOf(inner(def, "keyType")).type !== "string")
    throw new Error("a map's keys are free strings: use z.object for known ones");
  return { is: "map", of: kindOf(inner(def, "valueType"), open) };
};

const kindOf = (schema: z.core.$ZodType, open: readonly z.core.$ZodType[]): Kind => {
  const def = defOf(schema);
  switch (def.type) {
    case "string":
      return { is: "string" };
    case "enum":
      return literalKind(Object.values(def.entries as Record<string, unknown>));
    case "literal":
      return literalKind(def.values as readonly unknown[]);
    case "number":
      return { is: (schema as z.ZodNumber).format?.includes("int") ? "integer" : "number" };
    case "boolean":
      return { is: "boolean" };
    case "array":
      return { is: "list", of: kindOf(inner(def, "element"), open) };
    case "record":
      return mapKind(def, open);
    case "object":
      return objectKind(schema as z.ZodObject, open);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
    case "nonoptional":
      return kindOf(inner(def, "innerType"), open);
    case "lazy":
      return kindOf((def.getter as () => z.core.$ZodType)(), open);
    case "pipe":
      return kindOf(entrance(def), open);
    case "any":
    case "unknown":
      return { is: "any" };
    default: // catch would hide a wrong value; date, bigint, tuple and union have no counterpart in both protocols
      throw new Error(`no kind for zod type ${def.type}`);
  }
};

/** Schemas, SDKs and Check all apply the default: it must be one constant that JSON can carry. */
const constant = (def: Def): unknown => {
  const value = def.defaultValue;
  if (!z.json().safeParse(value).success) throw new Error("the default is not JSON");
  if (!same(def.defaultValue, value)) throw new Error("the default is not a constant");
  return value;
};

type Presence = { readonly optional: boolean; readonly default?: unknown };
const presence = (schema: z.core.$ZodType): Presence => {
  const def = defOf(schema);
  switch (def.type) {
    case "optional":
    case "nullable":
      return { ...presence(inner(def, "innerType")), optional: true };
    case "default":
    case "prefault":
      return { optional: true, default: constant(def) };
    case "nonoptional":
      return { optional: false };
    case "readonly":
      return presence(inner(def, "innerType"));
    case "lazy":
      return presence((def.getter as () => z.core.$ZodType)());
    case "pipe":
      return presence(entrance(def));
    default:
      return { optional: false };
  }
};

/** Two capitals in a row (`baseURL`) would not come back from Terraform's `base_url`. */
const fieldName = /^(?:__)?[a-z](?:[a-z0-9]|[A-Z](?![A-Z]))*$/;

const read = (object: z.ZodObject, open: readonly z.core.$ZodType[]): readonly Field[] =>
  Object.entries(object.shape).map(([name, schema]) => {
    const meta = fields.get(schema);
    try {
      if (!fieldName.test(name)) throw new Error("the name is not camelCase with single capitals");
      if (!meta) throw new Error("was not made with field(), or field() is not outermost");
      return { name, kind: kindOf(schema, open), ...presence(schema), ...meta };
    } catch (error) {
      const at = error instanceof FieldError ? `${name}.${error.at}` : name;
      throw new FieldError(
        at,
        error instanceof FieldError ? error.why : error instanceof Error ? error.message : String(error),
      );
    }
  });

class FieldError extends Error {
  readonly at: string;
  readonly why: string;
  constructor(at: string, why: string) {
    super(`field ${at}: ${why}`);
    this.at = at;
    this.why = why;
  }
}

/** The only reader of zod: every key must have been made with `field()`. Throws with the path of the wrong field. */
export const fieldsOf = (object: z.ZodObject): readonly Field[] => read(object, [object]);

/** camelCase → snake_case; the one bridge to Terraform, reversible by `camel` for every name that `fieldsOf` accepts. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camel = (name: string): string =>
  name.replace(/(?<=[a-z0-9])_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
