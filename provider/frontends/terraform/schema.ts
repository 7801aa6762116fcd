import { configuration } from "../../core/configuration.ts";
import type { ConnectorKind } from "../../core/connector.ts";
import { camel, type Field, fieldsOf, type Kind, snake } from "../../core/fields.ts";
import type { Fn, Resource } from "../../core/resource.ts";
import {
  type Attribute,
  type AttributeKind,
  type DataSourceSchema,
  type FunctionSchema,
  type ObjectKind,
  type PackageSchema,
  type Presence,
  type ResourceSchema,
  type Role,
  timeoutNames,
} from "./schema-model.ts";

/** Who documents the package needs no other file of this front end. */
export type { Attribute, AttributeKind, DataSourceSchema, FunctionSchema, PackageSchema, ResourceSchema };

export interface PackageSource {
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly connectors: readonly ConnectorKind[];
}

const PREFIX = "seatwise_";

/** Terraform's own arguments of a block, by what the block describes: a schema with one of these is refused, or never asked. */
const reserved: Readonly<Record<Place["is"], readonly string[]>> = {
  provider: ["alias", "version", "count", "depends_on", "for_each", "source", "lifecycle", "locals"],
  resource: ["count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "connection", "locals"],
  data: ["count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "locals"],
  function: [],
};
/** In JSON syntax, which CDK writes, a resource's `connection` is taken for a provisioner's; CDK's data sources have one of their own. */
export const renamed: Readonly<Record<string, string>> = { connection: "connection_name" };

interface Place {
  readonly is: "provider" | "resource" | "data" | "function";
  readonly name: string;
}

/** Terraform's name of an attribute that stands in a block of its own. */
export const rootName = (name: string, place: Place): string => {
  const own = place.is === "resource" || place.is === "data" ? renamed[name] : undefined;
  const terraform = own ?? snake(name);
  if (own === undefined && camel(terraform) !== name)
    throw new Error(`${place.name}.${name} does not come back from Terraform's ${terraform}`);
  if (reserved[place.is].includes(terraform))
    throw new Error(
      `${place.name}.${name}: Terraform keeps the name ${terraform} for itself; give it one in "renamed"`,
    );
  return terraform;
};

/** `list(list(object))` has no nested attributes in Terraform: its objects would have to be written with every member. */
const elementKind = (kind: Kind, role: Role): AttributeKind => {
  if (kind.is === "list" || kind.is === "map") {
    if (holdsObject(kind)) throw new Error("a list or map of lists or maps of objects has no nested attributes");
  }
  return attributeKind(kind, role);
};
const holdsObject = (kind: Kind): boolean =>
  kind.is === "object" || ((kind.is === "list" || kind.is === "map") && holdsObject(kind.of));

const attributeKind = (kind: Kind, role: Role): AttributeKind => {
  switch (kind.is) {
    case "list":
    case "map":
      return { is: kind.is, of: elementKind(kind.of, role) };
    case "object":
      return objectKind(kind, role);
    default:
      return kind;
  }
};

const objectKind = (kind: Kind & { readonly is: "object" }, role: Role): ObjectKind => ({
  is: "object",
  ...(kind.name ? { name: kind.name } : {}),
  fields: shown(kind.fields).map((field) => attribute(field, role, snake(field.name))),
});

const presenceOf = (field: Field, role: Role): Presence => {
  if (role !== "input") return "computed";
  if (field.default !== undefined) return "optional-computed";
  return field.optional ? "optional" : "required";
};

const attribute = (field: Field, role: Role, terraform: string): Attribute => {
  try {
    return {
      name: field.name,
      terraform,
      kind: attributeKind(field.kind, role),
      presence: presenceOf(field, role),
      role,
      description: field.description,
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.secret ? { secret: true } : {}),
      ...(field.immutable ? { immutable: true } : {}),
      ...(field.planned ? { planned: true } : {}),
      ...(field.derived ? { derived: true } : {}),
      ...(field.example === undefined ? {} : { example: field.example }),
    };
  } catch (error) {
    throw new Error(`${field.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Hidden ones live in private state. */
const shown = (fields: readonly Field[]): readonly Field[] => fields.filter((field) => !field.hidden);

const roots = (fields: readonly Field[], role: Role, place: Place): readonly Attribute[] =>
  shown(fields).map((field) => attribute(field, role, rootName(field.name, place)));

const idAttribute: Attribute = {
  name: "id",
  terraform: "id",
  kind: { is: "string" },
  presence: "computed",
  role: "id",
  description: "The resource's id in the state.",
};
const timeoutsAttribute: Attribute = {
  name: "timeouts",
  terraform: "timeouts",
  kind: {
    is: "object",
    fields: timeoutNames.map((name) => ({
      name,
      terraform: name,
      kind: { is: "string" },
      presence: "optional",
      role: "timeouts",
      description: `How long ${name} may take, such as \`10m\`.`,
      example: "10m",
    })),
  },
  presence: "optional",
  role: "timeouts",
  description: "How long the operations may take before they stop between two writes.",
};

const secretsIn = (fields: readonly Attribute[]): number =>
  fields.reduce((count, { secret, kind }) => {
    const inner = kind.is === "list" || kind.is === "map" ? kind.of : kind;
    return count + (secret ? 1 : inner.is === "object" ? secretsIn(inner.fields) : 0);
  }, 0);

const unique = (fields: readonly Attribute[], owner: string): void => {
  const names = fields.map(({ terraform }) => terraform);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`${owner} has two attributes named ${twice}`);
};

/** Terraform 1.11.4 reports drift at random where a resource has two sensitive attributes: their order is a Go map's. */
const resourceSchema = (resource: Resource): ResourceSchema => {
  const place: Place = { is: "resource", name: resource.name };
  const fields = [
    ...roots(fieldsOf(resource.inputs), "input", place),
    ...roots(fieldsOf(resource.outputs), "output", place),
    idAttribute,
    timeoutsAttribute,
  ];
  unique(fields, resource.name);
  if (secretsIn(fields) > 1) throw new Error(`${resource.name} has more than one secret attribute`);
  return {
    type: resource.name,
    terraform: PREFIX + snake(resource.name.charAt(0).toLowerCase() + resource.name.slice(1)),
    doc: resource.doc,
    importId: resource.importId,
    stateVersion: 0,
    fields,
  };
};

const dataSourceSchema = (fn: Fn): DataSourceSchema => {
  const place: Place = { is: "data", name: fn.name };
  const fields = [...roots(fieldsOf(fn.inputs), "input", place), ...roots(fieldsOf(fn.outputs), "output", place)];
  unique(fields, fn.name);
  return { name: fn.name, terraform: PREFIX + snake(fn.name), doc: fn.doc, fields };
};

const functionSchema = (fn: Fn): FunctionSchema => ({
  name: fn.name,
  terraform: snake(fn.name),
  doc: fn.doc,
  parameters: roots(fieldsOf(fn.inputs), "input", { is: "function", name: fn.name }),
  result: {
    is: "object",
    fields: shown(fieldsOf(fn.outputs)).map((field) => attribute(field, "output", snake(field.name))),
  },
});

/** A provider's configuration is never computed: what has a default is just optional. */
const plainlyOptional = (fields: readonly Attribute[]): readonly Attribute[] =>
  fields.map((field) => ({
    ...field,
    presence: field.presence === "optional-computed" ? "optional" : field.presence,
    kind: optionalKind(field.kind),
  }));
const optionalKind = (kind: AttributeKind): AttributeKind => {
  if (kind.is === "object") return { ...kind, fields: plainlyOptional(kind.fields) };
  return kind.is === "list" || kind.is === "map" ? { ...kind, of: optionalKind(kind.of) } : kind;
};

const byName = <T extends { readonly terraform: string }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => (a.terraform < b.terraform ? -1 : 1));

/** Definitions speak of `SeatPool` and `onExhaustion`; who reads Terraform's schema knows `seatwise_seat_pool` and `on_exhaustion`. */
const translated = (schema: PackageSchema): PackageSchema => {
  const text = JSON.stringify(schema);
  const names = new Set([...text.matchAll(/"name":"([a-z][A-Za-z0-9]*)"/g)].map(([, name = ""]) => name));
  const types = new Map(schema.resources.map(({ type, terraform }) => [type, terraform]));
  const inWords = (words: string): string =>
    words
      .replaceAll(/`([a-z][A-Za-z0-9]*)`/g, (all, name: string) => (names.has(name) ? `\`${snake(name)}\`` : all))
      .replaceAll(/\b([Aa])n? ([A-Z][A-Za-z]+)\b/g, (all, article: string, type: string) => {
        const terraform = types.get(type);
        return terraform ? `${article} \`${terraform}\`` : all;
      });
  const prose = ["description", "doc", "importId"];
  return JSON.parse(text, (key, value: unknown) =>
    prose.includes(key) && typeof value === "string" ? inWords(value) : value,
  ) as PackageSchema; // the same, but for words
};

/** All that the front end knows of the package. Same definitions, same schema. */
export const terraformSchema = ({ version, resources, functions, connectors }: PackageSource): PackageSchema => {
  const place: Place = { is: "provider", name: "provider" };
  return translated({
    version,
    provider: {
      doc: "Which systems there are, how to reach them, and how people are named.",
      fields: plainlyOptional(roots(fieldsOf(configuration(connectors)), "input", place)),
    },
    resources: byName(resources.map(resourceSchema)),
    dataSources: byName(functions.filter((fn) => !fn.pure).map(dataSourceSchema)),
    functions: byName(functions.filter((fn) => fn.pure).map(functionSchema)),
  });
};
