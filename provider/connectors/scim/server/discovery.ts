import type { Dialect } from "./dialect.ts";
import type { Json } from "./evaluate.ts";
import { describe, type Model, type Schema } from "./schema.ts";

const core = "urn:ietf:params:scim:schemas:core:2.0";

export const serviceProviderConfig = (d: Dialect, location: string): Json => ({
  schemas: [`${core}:ServiceProviderConfig`],
  meta: { resourceType: "ServiceProviderConfig", location },
  patch: { supported: d.patch },
  bulk: {
    supported: d.bulk !== null,
    maxOperations: d.bulk?.maxOperations ?? 0,
    maxPayloadSize: d.bulk?.maxPayloadSize ?? 0,
  },
  filter: { supported: d.filter, maxResults: d.maxPage },
  changePassword: { supported: false },
  sort: { supported: d.sort },
  etag: { supported: d.etag },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "Bearer token",
      description: "A token in the Authorization header",
      specUri: "https://www.rfc-editor.org/rfc/rfc6750",
    },
  ],
  // RFC 9865 section 4; a service that pages by index only may leave it out, and most do.
  ...(d.paging.cursor
    ? {
        pagination: {
          cursor: true,
          index: d.paging.index,
          defaultPaginationMethod: d.paging.index ? "index" : "cursor",
          defaultPageSize: d.maxPage,
          maxPageSize: d.maxPage,
          cursorTimeout: d.cursorTimeoutSeconds,
        },
      }
    : {}),
});

export const resourceType = (model: Model, base: string): Json => ({
  schemas: [`${core}:ResourceType`],
  id: model.name,
  meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${model.name}` },
  name: model.name,
  description: model.description,
  endpoint: model.endpoint,
  schema: model.schema.id,
  ...(model.extensions.length > 0
    ? { schemaExtensions: model.extensions.map((e) => ({ schema: e.id, required: false })) }
    : {}),
});

export const schemaDocument = (schema: Schema, base: string): Json => ({
  schemas: [`${core}:Schema`],
  id: schema.id,
  meta: { resourceType: "Schema", location: `${base}/Schemas/${schema.id}` },
  name: schema.name,
  description: schema.description,
  attributes: schema.attributes.map(describe),
});
