import { Problem } from "../../core/problem.ts";
import { isRecord, type Value } from "../../core/value.ts";
import type { AttributeKind, ObjectSchema } from "./schema-model.ts";

/**
 * What a value on the wire holds beyond its Value: the bytes of a refined unknown, the digits of a number that a
 * double cannot carry, the type of a dynamic value. Only where there is such a thing: a plain value has an empty one.
 */
export interface Cty {
  /** The bytes to send where the value at this place is still `value`. */
  readonly exact?: { readonly value: Value; readonly bytes: Uint8Array };
  /** By field name (camelCase), map key or list index. */
  readonly inside?: ReadonlyMap<string | number, Cty>;
}

/** A type of Terraform's, made for reading and writing: from our schema, or from the type that a dynamic value brings. */
export type Shape =
  | { readonly is: "string" | "number" | "integer" | "boolean" | "dynamic" }
  | { readonly is: "map"; readonly of: Shape }
  | ListShape
  | ObjectShape;
export type ListShape =
  | { readonly is: "list" | "set"; readonly of: Shape }
  | { readonly is: "tuple"; readonly items: readonly Shape[] };
export interface ObjectShape {
  readonly is: "object";
  readonly members: readonly Member[];
  readonly byWire: ReadonlyMap<string, Member>;
  readonly byName: ReadonlyMap<string, Member>;
  /** Of our schema: a null member is an absent one. In a dynamic value it is a member that is null. */
  readonly ours: boolean;
}
export interface Member {
  readonly name: string;
  readonly wire: string;
  readonly shape: Shape;
  readonly secret: boolean;
}

const objectShape = (members: readonly Member[], ours: boolean): ObjectShape => ({
  is: "object",
  members,
  byWire: new Map(members.map((member) => [member.wire, member])),
  byName: new Map(members.map((member) => [member.name, member])),
  ours,
});

const leaf = <T extends "string" | "number" | "integer" | "boolean" | "dynamic">(is: T) => ({ is });
const leaves = {
  string: leaf("string"),
  number: leaf("number"),
  integer: leaf("integer"),
  boolean: leaf("boolean"),
  any: leaf("dynamic"),
} as const;
const dynamic: Shape = leaves.any;

const makeShape = (kind: AttributeKind): Shape => {
  switch (kind.is) {
    case "list":
    case "map":
      return { is: kind.is, of: makeShape(kind.of) };
    case "object":
      return shapeOf(kind);
    default:
      return leaves[kind.is];
  }
};

const shapes = new WeakMap<ObjectSchema, ObjectShape>();
/** One schema's shape is made once. */
export const shapeOf = (schema: ObjectSchema): ObjectShape => {
  const made =
    shapes.get(schema) ??
    objectShape(
      schema.fields.map(({ name, terraform, kind, secret }) => ({
        name,
        wire: terraform,
        shape: makeShape(kind),
        secret: secret ?? false,
      })),
      true,
    );
  shapes.set(schema, made);
  return made;
};
export const shapeOfKind = (kind: AttributeKind): Shape => makeShape(kind);

/** Terraform's JSON for a type: `["list","string"]`. */
export type TypeJson =
  | string
  | readonly [string, TypeJson | readonly TypeJson[] | { readonly [name: string]: TypeJson }];

export const typeJson = (shape: Shape): TypeJson => {
  switch (shape.is) {
    case "boolean":
      return "bool";
    case "integer":
      return "number";
    case "list":
    case "set":
    case "map":
      return [shape.is, typeJson(shape.of)];
    case "tuple":
      return ["tuple", shape.items.map(typeJson)];
    case "object": {
      const sorted = shape.members.toSorted((a, b) => (a.wire < b.wire ? -1 : 1));
      return ["object", Object.fromEntries(sorted.map((member) => [member.wire, typeJson(member.shape)]))];
    }
    default:
      return shape.is;
  }
};

/** Deeper than any value that a program means; what is sent must not overflow the stack. */
export const DEEPEST = 100;

const wrongType = (): never => {
  throw new Problem("invalid", "Terraform sent a value of a type that this provider does not know");
};
const named: Readonly<Record<string, Shape>> = {
  string: leaves.string,
  number: leaves.number,
  bool: leaves.boolean,
  dynamic,
};

/** The shape of a type that came with a dynamic value. */
export const shapeFromType = (type: unknown, depth = 0): Shape => {
  if (depth > DEEPEST) throw new Problem("invalid", `Terraform sent a type of more than ${DEEPEST} levels`);
  if (typeof type === "string") return (Object.hasOwn(named, type) ? named[type] : undefined) ?? wrongType();
  if (!Array.isArray(type)) return wrongType();
  const [is, of] = type as readonly unknown[]; // isArray widens to any[]
  if (is === "list" || is === "set" || is === "map") return { is, of: shapeFromType(of, depth + 1) };
  if (is === "tuple" && Array.isArray(of)) return { is, items: of.map((item) => shapeFromType(item, depth + 1)) };
  if (is !== "object" || !isRecord(of)) return wrongType();
  const members = Object.entries(of).map(([name, member]) => ({
    name,
    wire: name,
    shape: shapeFromType(member, depth + 1),
    secret: false,
  }));
  return objectShape(members, false);
};

/** The type of a value that nobody has given one: what Terraform itself gives a literal. */
export const inferredShape = (value: Value | undefined): Shape => {
  if (typeof value === "string") return leaves.string;
  if (typeof value === "number") return leaves.number;
  if (typeof value === "boolean") return leaves.boolean;
  if (Array.isArray(value)) return { is: "tuple", items: value.map((item: Value) => inferredShape(item)) };
  if (!isRecord(value)) return dynamic;
  const given = Object.entries(value).filter(([, member]) => member !== undefined);
  return objectShape(
    given.map(([name, member]) => ({ name, wire: name, shape: inferredShape(member), secret: false })),
    false,
  );
};
