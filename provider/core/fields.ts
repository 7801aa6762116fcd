import { z } from "zod";

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
  readonly example?: string;
}

export const fields = z.registry<FieldMeta>();

/** Registers a field's facts. Outermost: `field(z.string().optional(), …)`, never `field(…).optional()`. */
export const field = <T extends z.ZodType>(schema: T, meta: FieldMeta): T => {
  if (fields.has(schema)) throw new Error(`schema shared by two fields: ${meta.description}`);
  fields.add(schema, meta);
  return schema;
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

/** Gives an object type its own name in the SDKs. */
export const names = z.registry<{ readonly name: string }>();
export const named = <T extends z.ZodType>(name: string, schema: T): T => {
  names.add(schema, { name });
  return schema;
};

const kindOf = (schema: z.core.$ZodType): Kind => {
  const def = (schema as z.ZodType).def as { readonly type: string } & Record<string, unknown>; // zod's own union of defs is internal
  switch (def.type) {
    case "string":
      return { is: "string" };
    case "enum":
      return { is: "string", oneOf: Object.values(def.entries as Record<string, string>) };
    case "literal":
      return { is: "string", oneOf: (def.values as unknown[]).map(String) };
    case "number":
      return { is: (schema as z.ZodNumber).format?.includes("int") ? "integer" : "number" };
    case "boolean":
      return { is: "boolean" };
    case "array":
      return { is: "list", of: kindOf(def.element as z.ZodType) };
    case "record":
      return { is: "map", of: kindOf(def.valueType as z.ZodType) };
    case "object": {
      const name = names.get(schema as z.ZodType)?.name;
      return { is: "object", ...(name ? { name } : {}), fields: fieldsOf(schema as z.ZodObject) };
    }
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
    case "nonoptional":
      return kindOf(def.innerType as z.ZodType);
    case "pipe":
      return kindOf(def.in as z.ZodType);
    case "any":
    case "unknown":
      return { is: "any" };
    default:
      throw new Error(`no kind for zod type ${def.type}`);
  }
};

const wrapper = (schema: z.core.$ZodType): { optional: boolean; default?: unknown } => {
  const def = (schema as z.ZodType).def as { readonly type: string } & Record<string, unknown>;
  if (def.type === "optional" || def.type === "nullable") return { ...wrapper(def.innerType as z.ZodType), optional: true };
  if (def.type === "default" || def.type === "prefault") return { optional: true, default: def.defaultValue };
  return { optional: false };
};

/** The only reader of zod: every key must have been made with `field()`. */
export const fieldsOf = (object: z.ZodObject): readonly Field[] =>
  Object.entries(object.shape).map(([name, schema]) => {
    const meta = fields.get(schema as z.ZodType);
    if (!meta) throw new Error(`field ${name} was not made with field()`);
    return { name, kind: kindOf(schema), ...wrapper(schema), ...meta };
  });

/** camelCase → snake_case; the one bridge to Terraform, reversible by `camel`. */
export const snake = (name: string): string => name.replace(/[A-Z0-9]+/g, (run) => (/^[0-9]/.test(run) ? run : `_${run.toLowerCase()}`));
export const camel = (name: string): string => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
