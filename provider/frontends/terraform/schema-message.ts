import type * as tf from "../../gen/tfplugin6.ts";
import { argumentShape } from "./argument.ts";
import { type Shape, shapeOfKind, typeJson } from "./cty.ts";
import type { Sendable } from "./proto.ts";
import type {
  Attribute,
  AttributeKind,
  FunctionSchema,
  ObjectKind,
  ObjectSchema,
  PackageSchema,
} from "./schema-model.ts";

const descriptionKind = "MARKDOWN";

const quoted = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** All that a reader of the schema alone is told: editors and `terraform providers schema -json` show nothing else. */
const described = ({ description, kind, example, immutable, ...field }: Attribute): string =>
  [
    description,
    kind.is === "string" && kind.oneOf ? `One of ${kind.oneOf.map(quoted).join(", ")}.` : "",
    field.default === undefined || typeof field.default === "object" ? "" : `Default: ${quoted(field.default)}.`,
    example === undefined ? "" : `Example: \`${example}\`.`,
    immutable ? "A change replaces the resource." : "",
  ]
    .filter(Boolean)
    .join(" ");

const typeBytes = (shape: Shape): Buffer => Buffer.from(JSON.stringify(typeJson(shape)));

type Typed = Pick<Sendable<tf.SchemaAttribute>, "type" | "nestedType">;

const nested = (kind: ObjectKind, nesting: tf.SchemaObjectNestingMode): Typed => ({
  nestedType: { nesting, attributes: kind.fields.map(attributeMessage) },
});

/** Objects, and lists and maps of objects, are nested attributes: only these know what is required and what a default fills. */
const typed = (kind: AttributeKind): Typed => {
  if (kind.is === "object") return nested(kind, "SINGLE");
  if (kind.is === "list" && kind.of.is === "object") return nested(kind.of, "LIST");
  if (kind.is === "map" && kind.of.is === "object") return nested(kind.of, "MAP");
  return { type: typeBytes(shapeOfKind(kind)) };
};

const attributeMessage = (field: Attribute): Sendable<tf.SchemaAttribute> => ({
  name: field.terraform,
  ...typed(field.kind),
  description: described(field),
  descriptionKind,
  required: field.presence === "required",
  optional: field.presence === "optional" || field.presence === "optional-computed",
  computed: field.presence === "computed" || field.presence === "optional-computed",
  sensitive: field.secret ?? false,
});

/** `timeouts` is a block, as users know it from every other provider. */
const blockMessage = (field: Attribute): Sendable<tf.SchemaNestedBlock>[] =>
  field.kind.is === "object"
    ? [
        {
          typeName: field.terraform,
          nesting: "SINGLE",
          block: {
            attributes: field.kind.fields.map(attributeMessage),
            description: field.description,
            descriptionKind,
          },
        },
      ]
    : [];

const schemaMessage = ({ fields }: ObjectSchema, doc: string, version = 0): Sendable<tf.Schema> => ({
  version,
  block: {
    attributes: fields.filter(({ role }) => role !== "timeouts").map(attributeMessage),
    blockTypes: fields.filter(({ role }) => role === "timeouts").flatMap(blockMessage),
    description: doc,
    descriptionKind,
  },
});

/** A dynamic argument's type says nothing of its members. */
const membersOf = (kind: AttributeKind): string[] =>
  kind.is === "object" ? kind.fields.map((field) => `- \`${field.terraform}\`: ${described(field)}`) : [];

const functionMessage = ({ parameters, result, doc }: FunctionSchema): Sendable<tf.Function> => ({
  parameters: parameters.map((field) => ({
    name: field.terraform,
    type: typeBytes(argumentShape(field.kind)),
    allowNullValue: field.presence !== "required",
    description: [described(field), ...membersOf(field.kind)].join("\n"),
    descriptionKind,
  })),
  return: { type: typeBytes(shapeOfKind(result)) },
  summary: doc,
  description: doc,
  descriptionKind,
});

const keyed = <T extends { readonly terraform: string }, M>(
  all: readonly T[],
  message: (of: T) => M,
): Record<string, M> => Object.fromEntries(all.map((of) => [of.terraform, message(of)]));

/** What this provider can be asked for. Deletes are planned, since their warnings name people. */
const serverCapabilities: Sendable<tf.ServerCapabilities> = {
  planDestroy: true,
  getProviderSchemaOptional: true,
  moveResourceState: true,
};

/** The answer to GetProviderSchema. */
export const schemaResponse = (schema: PackageSchema): Sendable<tf.GetProviderSchemaResponse> => ({
  provider: schemaMessage(schema.provider, schema.provider.doc),
  resourceSchemas: keyed(schema.resources, (of) => schemaMessage(of, of.doc, of.stateVersion)),
  dataSourceSchemas: keyed(schema.dataSources, (of) => schemaMessage(of, of.doc)),
  functions: keyed(schema.functions, functionMessage),
  serverCapabilities,
});
