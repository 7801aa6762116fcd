import type { Field, Kind } from "../../core/fields.ts";
import { canonical } from "../../core/value.ts";
import { PACKAGE } from "./package-facts.ts";

export interface TypeSpec {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
}
export interface PropertySpec extends TypeSpec {
  readonly description: string;
  readonly default?: string | number | boolean;
  readonly const?: string;
  readonly secret?: true;
  readonly willReplaceOnChanges?: true;
}
export interface ObjectSpec {
  readonly type: "object";
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required: readonly string[];
}
export interface EnumSpec {
  readonly type: "string";
  readonly enum: readonly { readonly name: string; readonly value: string }[];
}

export const pascal = (name: string): string =>
  name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, c: string) => c.toUpperCase());
const token = (name: string): string => `${PACKAGE}:index:${name}`;
const primitive = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);
const byName = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> =>
  Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Object and enum types of a package, collected while the fields that use them are read. */
export class SchemaTypes {
  readonly #types = new Map<string, ObjectSpec | EnumSpec>();

  all(): Readonly<Record<string, ObjectSpec | EnumSpec>> {
    return byName(this.#types);
  }

  /** One name, one shape: generators would silently take the last. */
  #ref(name: string, spec: ObjectSpec | EnumSpec): TypeSpec {
    const known = this.#types.get(token(name));
    if (known && canonical(known) !== canonical(spec)) throw new Error(`two types of the package are named ${name}`);
    this.#types.set(token(name), spec);
    return { $ref: `#/types/${token(name)}` };
  }

  /** `owner` names types that have no name of their own, after the place where they are used. */
  #typeOf(kind: Kind, owner: string): TypeSpec {
    switch (kind.is) {
      case "string":
        return kind.oneOf && kind.oneOf.length > 1 ? this.#ref(owner, enumOf(kind.oneOf)) : { type: "string" };
      case "any":
        return { $ref: "pulumi.json#/Any" };
      case "list":
        return { type: "array", items: this.#typeOf(kind.of, owner) };
      case "map":
        return { type: "object", additionalProperties: this.#typeOf(kind.of, owner) };
      case "object":
        return this.#ref(kind.name ?? owner, this.object(kind.fields, kind.name ?? owner));
      default:
        return { type: kind.is };
    }
  }

  property(field: Field, owner: string): PropertySpec {
    const only = field.kind.is === "string" && field.kind.oneOf?.length === 1 ? field.kind.oneOf[0] : undefined;
    return {
      ...this.#typeOf(field.kind, `${owner}${pascal(field.name)}`),
      description: field.example ? `${field.description} Example: \`${field.example}\`` : field.description,
      ...(primitive(field.default) && { default: field.default }),
      ...(only !== undefined && { const: only }),
      ...(field.secret && { secret: true }),
      ...(field.immutable && { willReplaceOnChanges: true }),
    };
  }

  properties(fields: readonly Field[], owner: string): Record<string, PropertySpec> {
    return Object.fromEntries(fields.filter((f) => !f.hidden).map((f) => [f.name, this.property(f, owner)]));
  }

  object(fields: readonly Field[], owner: string): ObjectSpec {
    return { type: "object", properties: this.properties(fields, owner), required: required(fields) };
  }
}

const enumOf = (values: readonly string[]): EnumSpec => ({
  type: "string",
  enum: values.map((value) => ({ name: pascal(value), value })),
});

/** What a program must give. */
export const required = (fields: readonly Field[]): string[] =>
  fields.filter((f) => !f.optional && !f.hidden).map((f) => f.name);
/** What a resource surely has once it was checked: defaults are filled in. */
export const present = (fields: readonly Field[]): string[] =>
  fields.filter((f) => (!f.optional || f.default !== undefined) && !f.hidden).map((f) => f.name);
