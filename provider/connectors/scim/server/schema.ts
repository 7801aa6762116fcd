import type { AttributePath } from "../filter.ts";

/** The schemas of RFC 7643 section 8.7.1 (with errata), as data: what `/Schemas` says is what the server enforces. */
export interface Attribute {
  readonly name: string;
  readonly type: "string" | "boolean" | "integer" | "complex" | "reference" | "dateTime" | "binary";
  readonly multi: boolean;
  readonly required: boolean;
  readonly exact: boolean;
  readonly mutability: "readWrite" | "readOnly" | "writeOnly" | "immutable";
  readonly returned: "default" | "always" | "never" | "request";
  readonly uniqueness: "none" | "server";
  readonly canonical: readonly string[];
  readonly refers: readonly string[];
  readonly subs: readonly Attribute[];
}
type Facts = Partial<Omit<Attribute, "name">>;

const plain: Omit<Attribute, "name"> = {
  type: "string",
  multi: false,
  required: false,
  exact: false,
  mutability: "readWrite",
  returned: "default",
  uniqueness: "none",
  canonical: [],
  refers: [],
  subs: [],
};
const a = (name: string, facts: Facts = {}): Attribute => ({ ...plain, ...facts, name });
const strings = (...names: readonly string[]): Attribute[] => names.map((name) => a(name));
const complex = (name: string, subs: readonly Attribute[], facts: Facts = {}): Attribute =>
  a(name, { type: "complex", subs, ...facts });
const reference = (name: string, refers: readonly string[], facts: Facts = {}): Attribute =>
  a(name, { type: "reference", exact: true, refers, ...facts });
const plural = (name: string, canonical: readonly string[] = [], value: Facts = {}): Attribute =>
  complex(name, [a("value", value), a("display"), a("type", { canonical }), a("primary", { type: "boolean" })], {
    multi: true,
  });
const readOnly = { mutability: "readOnly" } as const;
const fixed = { mutability: "immutable" } as const;

export const urns = {
  user: "urn:ietf:params:scim:schemas:core:2.0:User",
  group: "urn:ietf:params:scim:schemas:core:2.0:Group",
  enterprise: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  /** Ours, served on request only: what a license costs nobody else to say. */
  seats: "urn:seatwise:scim:schemas:extension:2.0:SeatPool",
  error: "urn:ietf:params:scim:api:messages:2.0:Error",
  list: "urn:ietf:params:scim:api:messages:2.0:ListResponse",
  patch: "urn:ietf:params:scim:api:messages:2.0:PatchOp",
  search: "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
  bulk: "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
  bulkAnswer: "urn:ietf:params:scim:api:messages:2.0:BulkResponse",
} as const;

/** Every resource has these; they are in no schema. */
const common: readonly Attribute[] = [
  reference("schemas", ["uri"], { multi: true, returned: "always", required: true }),
  a("id", { exact: true, returned: "always", ...readOnly }),
  a("externalId", { exact: true }),
  complex(
    "meta",
    [
      a("resourceType", { exact: true, ...readOnly }),
      a("created", { type: "dateTime", ...readOnly }),
      a("lastModified", { type: "dateTime", ...readOnly }),
      reference("location", ["uri"], readOnly),
      a("version", { exact: true, ...readOnly }),
    ],
    readOnly,
  ),
];

const userAttributes: readonly Attribute[] = [
  a("userName", { required: true, uniqueness: "server" }),
  complex("name", strings("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")),
  ...strings("displayName", "nickName"),
  reference("profileUrl", ["external"]),
  ...strings("title", "userType", "preferredLanguage", "locale", "timezone"),
  a("active", { type: "boolean" }),
  a("password", { exact: true, mutability: "writeOnly", returned: "never" }),
  plural("emails", ["work", "home", "other"]),
  plural("phoneNumbers", ["work", "home", "mobile", "fax", "pager", "other"]),
  plural("ims", ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
  plural("photos", ["photo", "thumbnail"], { type: "reference", exact: true, refers: ["external"] }),
  complex(
    "addresses",
    [
      ...strings("formatted", "streetAddress", "locality", "region", "postalCode", "country"),
      a("type", { canonical: ["work", "home", "other"] }),
      a("primary", { type: "boolean" }),
    ],
    { multi: true },
  ),
  complex(
    "groups",
    [
      a("value", { exact: true, ...readOnly }),
      reference("$ref", ["Group"], readOnly),
      a("display", readOnly),
      a("type", { canonical: ["direct", "indirect"], ...readOnly }),
    ],
    { multi: true, ...readOnly },
  ),
  plural("entitlements"),
  plural("roles"),
  plural("x509Certificates", [], { type: "binary", exact: true }),
];
const groupAttributes: readonly Attribute[] = [
  a("displayName", { required: true }),
  complex(
    "members",
    [
      a("value", { exact: true, ...fixed }),
      reference("$ref", ["User", "Group"], fixed),
      a("type", { canonical: ["User", "Group"], ...fixed }),
      a("display"),
    ],
    { multi: true },
  ),
];
const enterpriseAttributes: readonly Attribute[] = [
  ...strings("employeeNumber", "costCenter", "organization", "division", "department"),
  complex("manager", [a("value", { exact: true }), reference("$ref", ["User"]), a("displayName", readOnly)]),
];
const seatAttributes: readonly Attribute[] = [
  a("purchased", { type: "integer", ...readOnly }),
  complex("releases", [a("value", { exact: true, ...readOnly }), a("endsAt", { type: "dateTime", ...readOnly })], {
    multi: true,
    ...readOnly,
  }),
];

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}
export interface Model {
  readonly name: "User" | "Group";
  readonly endpoint: "/Users" | "/Groups";
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
}

const schema = (id: string, name: string, description: string, attributes: readonly Attribute[]): Schema => ({
  id,
  name,
  description,
  attributes,
});
export const userModel: Model = {
  name: "User",
  endpoint: "/Users",
  description: "User Account",
  schema: schema(urns.user, "User", "User Account", userAttributes),
  extensions: [schema(urns.enterprise, "EnterpriseUser", "Enterprise User", enterpriseAttributes)],
};
export const groupModel: Model = {
  name: "Group",
  endpoint: "/Groups",
  description: "Group",
  schema: schema(urns.group, "Group", "Group", groupAttributes),
  extensions: [],
};
export const groupModelWithSeats: Model = {
  ...groupModel,
  extensions: [
    schema(urns.seats, "SeatPool", "What was bought for this group, and what is released later", seatAttributes),
  ],
};

const lookup = new WeakMap<readonly Attribute[], Map<string, Attribute>>();
/** Names are case-insensitive (RFC 7643 section 2.1). */
export const named = (among: readonly Attribute[], name: string): Attribute | undefined => {
  let index = lookup.get(among);
  if (!index) {
    index = new Map(among.map((attribute) => [attribute.name.toLowerCase(), attribute]));
    lookup.set(among, index);
  }
  return index.get(name.toLowerCase());
};
export const coreOf = (model: Model, name: string): Attribute | undefined =>
  named(model.schema.attributes, name) ?? named(common, name);
export const sameUrn = (x: string, y: string): boolean => x.toLowerCase() === y.toLowerCase();
export const extensionOf = (model: Model, urn: string): Schema | undefined =>
  model.extensions.find((e) => sameUrn(e.id, urn));

/** Where a path leads in a model. */
export interface Target {
  /** URN of the extension that holds the attribute; null: the resource itself. */
  readonly extension: string | null;
  /** Null: the whole extension. */
  readonly attribute: Attribute | null;
  readonly sub: Attribute | null;
}
export const resolve = (model: Model, path: AttributePath): Target | null => {
  // "urn:…:2.0:User" alone reads as the attribute User of urn:…:2.0
  if (path.urn && !path.sub) {
    const whole = extensionOf(model, `${path.urn}:${path.name}`);
    if (whole) return { extension: whole.id, attribute: null, sub: null };
  }
  const extension = path.urn && !sameUrn(path.urn, model.schema.id) ? extensionOf(model, path.urn) : null;
  if (extension === undefined) return null;
  const attribute = extension ? named(extension.attributes, path.name) : coreOf(model, path.name);
  if (!attribute) return null;
  const sub = path.sub === null ? null : named(attribute.subs, path.sub);
  return sub === undefined ? null : { extension: extension?.id ?? null, attribute, sub };
};

/** As `/Schemas` prints it. */
export const describe = (attribute: Attribute): Record<string, unknown> => ({
  name: attribute.name,
  type: attribute.type,
  multiValued: attribute.multi,
  description: attribute.name,
  required: attribute.required,
  ...(attribute.canonical.length > 0 ? { canonicalValues: attribute.canonical } : {}),
  caseExact: attribute.exact,
  mutability: attribute.mutability,
  returned: attribute.returned,
  uniqueness: attribute.uniqueness,
  ...(attribute.refers.length > 0 ? { referenceTypes: attribute.refers } : {}),
  ...(attribute.subs.length > 0 ? { subAttributes: attribute.subs.map(describe) } : {}),
});
