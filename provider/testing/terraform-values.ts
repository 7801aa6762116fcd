import { isRecord, isUnknown, reveal, UNKNOWN, type Value, type Values } from "../core/value.ts";
import { Reader, Writer } from "../frontends/terraform/msgpack.ts";
import type * as tf from "../frontends/terraform/proto.ts";
import type { AttributeKind, ObjectSchema } from "../frontends/terraform/schema-model.ts";

/**
 * Values as Terraform's core has them: by the schema that the provider answered, with its own attribute names. Not the front end's
 * codec, so that a mistake there is found and not repeated.
 */
export type CoreType =
  | { readonly is: "string" | "number" | "bool" }
  | { readonly is: "list" | "map"; readonly of: CoreType }
  | CoreObject;
export interface CoreObject {
  readonly is: "object";
  readonly members: readonly CoreMember[];
}
export interface CoreMember {
  readonly name: string;
  readonly type: CoreType;
  /** The configuration may hold it. */
  readonly configurable: boolean;
  /** The provider may give it. */
  readonly computed: boolean;
}

const typeOfJson = (json: unknown): CoreType => {
  if (json === "string" || json === "number" || json === "bool") return { is: json };
  const [is, of] = json as [string, unknown];
  if (is === "list" || is === "map") return { is, of: typeOfJson(of) };
  throw new Error(`no resource of ours has an attribute of type ${JSON.stringify(json)}`);
};
const objectOf = (attributes: readonly tf.SchemaAttribute[]): CoreObject => ({
  is: "object",
  members: attributes.map((a) => ({
    name: a.name,
    type: a.nestedType ? nestedOf(a.nestedType) : typeOfJson(JSON.parse(a.type.toString("utf8"))),
    configurable: a.required || a.optional,
    computed: a.computed,
  })),
});
const nestedOf = ({ nesting, attributes }: tf.SchemaObject): CoreType => {
  if (nesting === "SINGLE") return objectOf(attributes);
  if (nesting === "LIST" || nesting === "MAP")
    return { is: nesting === "LIST" ? "list" : "map", of: objectOf(attributes) };
  throw new Error(`no resource of ours has nested attributes of nesting ${nesting}`);
};
/** Our only block is `timeouts`, of which there is one or none. */
export const typeOfBlock = ({ attributes, blockTypes }: tf.SchemaBlock): CoreObject => ({
  is: "object",
  members: [
    ...objectOf(attributes).members,
    ...blockTypes.map(({ typeName, block }) => ({
      name: typeName,
      type: objectOf(block?.attributes ?? []),
      configurable: true,
      computed: false,
    })),
  ],
});

/** What core says of an answer that does not have its schema's type. */
export class WrongType extends Error {}

const read = (reader: Reader, type: CoreType, at: string): Value => {
  if (reader.unknown()) return UNKNOWN;
  if (reader.isNil()) return null;
  switch (type.is) {
    case "string":
      return reader.string();
    case "number":
      return Number(reader.digits());
    case "bool":
      return reader.boolean();
    case "list": {
      const items = Array.from({ length: reader.list() }, (_, i) => read(reader, type.of, `${at}[${i}]`));
      reader.leave();
      return items;
    }
    case "map": {
      const entries = Array.from({ length: reader.map() }, (): [string, Value] => {
        const key = reader.string();
        return [key, read(reader, type.of, `${at}[${JSON.stringify(key)}]`)];
      });
      reader.leave();
      return Object.fromEntries(entries);
    }
    case "object":
      return readObject(reader, type, at);
  }
};
const readObject = (reader: Reader, { members }: CoreObject, at: string): Value => {
  const length = reader.map();
  if (length !== members.length)
    throw new WrongType(`${at}: an object with ${members.length} attributes is required (${length} given)`);
  const byName = new Map(members.map((member) => [member.name, member]));
  const entries = Array.from({ length }, (): [string, Value] => {
    const name = reader.string();
    const member = byName.get(name);
    if (!member) throw new WrongType(`${at}: unsupported attribute "${name}"`);
    byName.delete(name); // the same one twice leaves another out
    return [name, read(reader, member.type, `${at}.${name}`)];
  });
  reader.leave();
  return Object.fromEntries(entries);
};

export const readCore = (value: { readonly msgpack: Uint8Array } | null, type: CoreType): Value => {
  if (!value || value.msgpack.length === 0) return null;
  const reader = new Reader(value.msgpack);
  const found = read(reader, type, "");
  if (!reader.ended) throw new WrongType("there are bytes after the value");
  return found;
};

const write = (writer: Writer, value: Value | undefined, type: CoreType): void => {
  if (isUnknown(value)) writer.unknown();
  else if (value === null || value === undefined) writer.nil();
  else if (type.is === "object" && isRecord(value)) {
    writer.map(type.members.length);
    for (const member of type.members) {
      writer.string(member.name);
      write(writer, value[member.name], member.type);
    }
  } else if (type.is === "map" && isRecord(value)) {
    const entries = Object.entries(value);
    writer.map(entries.length);
    for (const [key, item] of entries) {
      writer.string(key);
      write(writer, item, type.of);
    }
  } else if (type.is === "list" && Array.isArray(value)) {
    writer.list(value.length);
    for (const item of value) write(writer, item, type.of);
  } else if (type.is === "bool") writer.boolean(value === true);
  else writer.string(String(value)); // core takes numbers as decimal text, and so does every provider
};

/** Members that are not there are null, as core decodes a configuration. */
export const writeCore = (value: Value, type: CoreType): { msgpack: Buffer } => {
  const writer = new Writer();
  write(writer, value, type);
  return { msgpack: Buffer.from(writer.result()) };
};

/** The engine's names as Terraform's. Keys of maps are the user's, and stay. */
export const toCore = (values: Values, { fields }: ObjectSchema): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const field = fields.find((f) => f.name === name);
      if (!field) throw new Error(`Terraform's schema has no "${name}"`);
      return [[field.terraform, renamed(value, field.kind, toCore)]];
    }),
  );
/** And back, without what is null. */
export const fromCore = (values: Values, { fields }: ObjectSchema): Values =>
  Object.fromEntries(
    fields.flatMap(({ name, terraform, kind }) => {
      const value = values[terraform];
      return value === null || value === undefined ? [] : [[name, renamed(value, kind, fromCore)]];
    }),
  );
const renamed = (value: Value, kind: AttributeKind, how: (of: Values, by: ObjectSchema) => Values): Value => {
  const plain = reveal(value) ?? null;
  if (kind.is === "object" && isRecord(plain)) return how(plain, kind);
  if (kind.is === "list" && Array.isArray(plain)) return plain.map((item: Value) => renamed(item, kind.of, how));
  if (kind.is === "map" && isRecord(plain))
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, renamed(item ?? null, kind.of, how)]));
  return plain;
};
