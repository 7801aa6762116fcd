import { z } from "zod";
import { get, patch, post } from "../http/endpoint.ts";

/** A page of a list. `@odata.count` comes with the first page only, and only where it is asked for. */
const page = <T extends z.ZodType>(item: T) =>
  z.object({
    value: z.array(item),
    "@odata.nextLink": z.string().optional(),
    "@odata.count": z.int().nonnegative().optional(),
  });
export interface Page<T> {
  readonly value: readonly T[];
  readonly "@odata.nextLink"?: string | undefined;
  readonly "@odata.count"?: number | undefined;
}

/** Any selected property: what is asked for differs by configuration. */
export const User = z.looseObject({
  id: z.string().min(1),
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  givenName: z.string().nullish(),
  surname: z.string().nullish(),
  department: z.string().nullish(),
  jobTitle: z.string().nullish(),
  employeeType: z.string().nullish(),
  createdDateTime: z.string().nullish(),
  employeeHireDate: z.string().nullish(),
  manager: z.looseObject({ userPrincipalName: z.string().nullish() }).nullish(),
});
export type User = z.infer<typeof User>;

/** In a delta, a person who was removed is an id with a reason. */
const Changed = z.looseObject({ id: z.string().min(1), "@removed": z.looseObject({}).optional() });
export type Changed = z.infer<typeof Changed>;
const Delta = z.object({
  value: z.array(Changed),
  "@odata.nextLink": z.string().optional(),
  "@odata.deltaLink": z.string().optional(),
});

const guid = z.string().min(1).toLowerCase();
export const LicenseState = z.object({
  skuId: guid,
  assignedByGroup: z.string().nullish(),
  disabledPlans: z.array(guid).nullish(),
  state: z.string().nullish(),
  error: z.string().nullish(),
  lastUpdatedDateTime: z.string().nullish(),
});
export type LicenseState = z.infer<typeof LicenseState>;
export const Holder = z.object({
  id: z.string().min(1),
  userPrincipalName: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: guid, disabledPlans: z.array(guid).nullish() })),
  licenseAssignmentStates: z.array(LicenseState),
});
export type Holder = z.infer<typeof Holder>;
/** A member of whom the app may see no more than that there is one: Graph then leaves everything else out. */
const Member = z.union([Holder, z.object({ id: z.string().min(1) })]);
export type Member = z.infer<typeof Member>;

const SubscribedSku = z.object({
  skuId: guid,
  skuPartNumber: z.string().min(1),
  capabilityStatus: z.string().nullish(),
  appliesTo: z.string().nullish(),
  consumedUnits: z.int(),
  prepaidUnits: z.object({ enabled: z.int(), suspended: z.int().nullish(), warning: z.int().nullish() }),
  servicePlans: z.array(
    z.object({ servicePlanId: guid, servicePlanName: z.string().nullish(), appliesTo: z.string().nullish() }),
  ),
});
export type SubscribedSku = z.infer<typeof SubscribedSku>;

export const Group = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: guid })).nullish(),
});
export type Group = z.infer<typeof Group>;

const SignIns = z.object({
  id: z.string().min(1),
  signInActivity: z.looseObject({ lastSuccessfulSignInDateTime: z.string().nullish() }).nullish(),
});
export type SignIns = z.infer<typeof SignIns>;

const Responses = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

/** Resource units are Graph's own (throttling-limits): GET users 2, members 3, transitiveMembers 5, `$select` one less. */
const people = { scope: "User.Read.All" };
const members = { scope: "GroupMember.Read.All", cost: 2 };
const all = { scope: "GroupMember.Read.All", cost: 4 };
/** One bucket for writes: `cost` is the number of requests in the batch. */
const writing = { bucket: "writes" };

export const groupFields = "id,displayName,groupTypes,onPremisesSyncEnabled,assignedLicenses";
export const holderFields = "id,userPrincipalName,accountEnabled,assignedLicenses,licenseAssignmentStates";

/** Below `/v1.0`. */
export const api = {
  users: get("/users?$select={select}&$filter={filter}&$expand={expand}&$top={top}&$count={count}", page(User), people),
  userCount: get("/users/$count", z.coerce.number().int().nonnegative(), people),
  user: get("/users/{id}?$select={select}&$expand={expand}", User, people),
  deleted: get("/directory/deletedItems/microsoft.graph.user/{id}?$select={select}", User, people),
  changes: get("/users/delta?$deltatoken={token}&$select={select}", Delta, people),
  holders: get(`/users?$select=${holderFields}&$filter={filter}&$top={top}&$count=true`, page(Holder), people),
  signIns: get("/users?$select=id,signInActivity&$filter={filter}&$top={top}", page(SignIns), {
    scope: "AuditLog.Read.All",
  }),

  groups: get(`/groups?$select=${groupFields}&$filter={filter}&$top={top}&$count={count}`, page(Group), {
    scope: "GroupMember.Read.All",
  }),
  group: get(`/groups/{id}?$select=${groupFields}`, Group, { scope: "GroupMember.Read.All" }),
  /** The people in a group and in the groups below it. */
  everyoneIn: get(
    "/groups/{id}/transitiveMembers/microsoft.graph.user?$select={select}&$top={top}&$count=true",
    page(User),
    all,
  ),
  groupsIn: get(
    "/groups/{id}/members/microsoft.graph.group?$select=id,displayName&$top=1&$count=true",
    page(Group),
    members,
  ),
  groupsAbove: get(
    "/groups/{id}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$top={top}&$count=true",
    page(Group),
    {
      scope: "GroupMember.Read.All",
    },
  ),
  groupsOf: get(
    "/users/{id}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$top={top}&$count=true",
    page(Group),
    {
      scope: "GroupMember.Read.All",
    },
  ),
  groupSeats: get(
    `/groups/{id}/members/microsoft.graph.user?$select=${holderFields}&$top={top}&$count=true`,
    page(Member),
    { ...members, scope: "GroupMember.Read.All" },
  ),

  skus: get(
    "/subscribedSkus?$select=skuId,skuPartNumber,capabilityStatus,appliesTo,consumedUnits,prepaidUnits,servicePlans",
    page(SubscribedSku),
    { scope: "LicenseAssignment.Read.All", cost: 2 },
  ),

  licenses: post("/$batch", Responses, { ...writing, scope: "LicenseAssignment.ReadWrite.All" }),
  memberships: post("/$batch", Responses, { ...writing, scope: "GroupMember.ReadWrite.All" }),
  reprocess: post("/$batch", Responses, { ...writing, scope: "User.ReadWrite.All" }),
  /** The same door, for questions: they change nothing and may be asked twice. When the door is shut, it is for them too. */
  questions: post("/$batch", Responses, { ...people, ...writing, write: false, idempotent: true }),
  join: patch("/groups/{id}", null, { ...writing, scope: "GroupMember.ReadWrite.All" }),
};
