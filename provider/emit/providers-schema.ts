import type { Sendable } from "../frontends/terraform/proto.ts";
import { schemaResponse } from "../frontends/terraform/schema-message.ts";
import type { PackageSchema } from "../frontends/terraform/schema-model.ts";
import type * as tf from "../gen/tfplugin6.ts";

/** A JSON object; what is false, empty or absent is left out, as Terraform does. */
type Json = Readonly<Record<string, unknown>>;

const present = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => Boolean(value)));

const typeOf = (bytes: Uint8Array | null | undefined): unknown =>
  bytes === null || bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString("utf8"));

const described = (of: { readonly description?: string | null | undefined }): Json =>
  present({ description: of.description, description_kind: of.description && "markdown" });

const attributes = (all: readonly Sendable<tf.SchemaAttribute>[] | null | undefined): Json =>
  Object.fromEntries((all ?? []).map((one) => [one.name ?? "", attribute(one)]));

const attribute = (one: Sendable<tf.SchemaAttribute>): Json => ({
  ...(one.nestedType
    ? {
        nested_type: {
          attributes: attributes(one.nestedType.attributes),
          nesting_mode: one.nestedType.nesting?.toLowerCase(),
        },
      }
    : { type: typeOf(one.type) }),
  ...described(one),
  ...present({
    required: one.required,
    optional: one.optional,
    computed: one.computed,
    sensitive: one.sensitive,
    write_only: one.writeOnly,
  }),
});

const block = (one: Sendable<tf.SchemaBlock> | null | undefined): Json => ({
  ...(one?.attributes?.length ? { attributes: attributes(one.attributes) } : {}),
  ...(one?.blockTypes?.length
    ? {
        block_types: Object.fromEntries(
          one.blockTypes.map(({ typeName, nesting, block: inner }) => [
            typeName,
            { nesting_mode: nesting?.toLowerCase(), block: block(inner) },
          ]),
        ),
      }
    : {}),
  ...described(one ?? {}),
});

const schema = (one: Sendable<tf.Schema> | null | undefined): Json => ({
  version: one?.version ?? 0,
  block: block(one?.block),
});

const parameter = (one: Sendable<tf.FunctionParameter>): Json => ({
  name: one.name,
  ...present({ description: one.description, is_nullable: one.allowNullValue }),
  type: typeOf(one.type),
});

const fn = (one: Sendable<tf.Function>): Json => ({
  ...present({ description: one.description, summary: one.summary }),
  return_type: typeOf(one.return?.type),
  ...(one.parameters?.length ? { parameters: one.parameters.map(parameter) } : {}),
});

const each = <T>(
  all: Readonly<Record<string, T | null | undefined>> | null | undefined,
  of: (one: T) => Json,
): Record<string, Json> =>
  Object.fromEntries(Object.entries(all ?? {}).flatMap(([name, one]) => (one ? [[name, of(one)]] : [])));

/**
 * What `terraform providers schema -json` prints of this provider: the generators of CDK bindings read that, and
 * generating must not need a terraform. A test compares it with what the real one prints.
 */
export const providersSchema = (source: string, from: PackageSchema): Json => {
  const all = schemaResponse(from);
  return {
    format_version: "1.0",
    provider_schemas: {
      [source]: {
        provider: schema(all.provider),
        resource_schemas: each(all.resourceSchemas, schema),
        data_source_schemas: each(all.dataSourceSchemas, schema),
        functions: each(all.functions, fn),
      },
    },
  };
};
