import { z } from "zod";
import { get, patch, post } from "../http/endpoint.ts";

/** Some services write booleans as text. */
const flag = z.union([z.boolean(), z.string().transform((s) => s.toLowerCase() === "true")]);
const Meta = z.looseObject({ version: z.string().nullish(), created: z.string().nullish() });
const Email = z.looseObject({ value: z.string().nullish(), primary: flag.nullish() });

/** What we read by name; everything else comes along for rules and attribute SKUs. */
export const User = z.looseObject({
  id: z.string().min(1),
  userName: z.string().nullish(),
  externalId: z.string().nullish(),
  active: flag.nullish(),
  emails: z.array(Email).nullish(),
  name: z.looseObject({ givenName: z.string().nullish(), familyName: z.string().nullish() }).nullish(),
  meta: Meta.nullish(),
});
export type User = z.infer<typeof User>;

export const Member = z.looseObject({
  value: z.string().min(1),
  type: z.string().nullish(),
  display: z.string().nullish(),
  $ref: z.string().nullish(),
});
export type Member = z.infer<typeof Member>;
export const Group = z.looseObject({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  /** Absent: nobody, or not told. A list of groups often does not tell. */
  members: z.array(Member).nullish(),
});
export type Group = z.infer<typeof Group>;

/** RFC 9865 lets a service that pages by cursor leave the total out; an answer with neither total nor items is no list. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .object({
      totalResults: z.int().min(0).nullish(),
      startIndex: z.int().nullish(),
      itemsPerPage: z.int().nullish(),
      nextCursor: z.string().nullish(),
      Resources: z.array(item).nullish(),
    })
    .refine((list) => typeof list.totalResults === "number" || Array.isArray(list.Resources), "no list of resources");
export const Users = listOf(User);
export const Groups = listOf(Group);

const supported = z.object({ supported: flag });
/** RFC 7643 section 5, RFC 9865 section 4. Trusted for what it says; silent on the rest. */
export const ServiceProviderConfig = z.object({
  patch: supported.nullish(),
  bulk: supported.extend({ maxOperations: z.int().nullish(), maxPayloadSize: z.int().nullish() }).nullish(),
  filter: supported.extend({ maxResults: z.int().nullish() }).nullish(),
  etag: supported.nullish(),
  pagination: z.object({ cursor: flag.nullish(), index: flag.nullish(), maxPageSize: z.int().nullish() }).nullish(),
});

const BulkAnswer = z.object({
  Operations: z.array(
    z.looseObject({
      status: z.union([z.string(), z.number(), z.looseObject({ code: z.union([z.string(), z.number()]) })]),
      bulkId: z.string().nullish(),
      location: z.string().nullish(),
      response: z.unknown().optional(),
    }),
  ),
});
export type BulkResult = z.infer<typeof BulkAnswer>["Operations"][number];

export const scopes = {
  readUsers: "read access to /Users",
  writeUsers: "write access to /Users",
  readGroups: "read access to /Groups",
  writeGroups: "write access to /Groups",
} as const;
const page =
  "filter={filter}&attributes={attributes}&excludedAttributes={excluded}&startIndex={start}&count={count}&cursor={cursor}" as const;

export const api = {
  config: get("/ServiceProviderConfig", ServiceProviderConfig),
  users: get(`/Users?${page}`, Users, { scope: scopes.readUsers }),
  user: get("/Users/{id}?attributes={attributes}&excludedAttributes={excluded}", User, { scope: scopes.readUsers }),
  groups: get(`/Groups?${page}`, Groups, { scope: scopes.readGroups }),
  group: get("/Groups/{id}?attributes={attributes}", Group, { scope: scopes.readGroups }),
  // Neither is repeated blindly when its answer is lost: the list is read first.
  patchUser: patch("/Users/{id}", null, { scope: scopes.writeUsers }),
  patchGroup: patch("/Groups/{id}?attributes={attributes}", null, { scope: scopes.writeGroups }),
  bulk: post("/Bulk", BulkAnswer, { scope: scopes.writeUsers }),
};
export const patchMessage = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const bulkMessage = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
