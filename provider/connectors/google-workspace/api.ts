import { z } from "zod";
import { del, get, patch, post } from "../http/endpoint.ts";

const auth = "https://www.googleapis.com/auth";
/** The scopes that calls need, in Google's own words. A token is asked for one of them at a time: see client.ts. */
export const scopes = {
  users: `${auth}/admin.directory.user.readonly`,
  groups: `${auth}/admin.directory.group.readonly`,
  members: `${auth}/admin.directory.group.member`,
  licensing: `${auth}/apps.licensing`,
  reports: `${auth}/admin.reports.usage.readonly`,
} as const;
export type ScopeName = keyof typeof scopes;
/** What is often delegated instead, and more than is needed: to change people, and groups themselves. */
export const wideScopes = [`${auth}/admin.directory.user`, `${auth}/admin.directory.group`] as const;

const Organization = z.object({
  primary: z.boolean().nullish(),
  department: z.string().nullish(),
  title: z.string().nullish(),
  costCenter: z.string().nullish(),
  /** The Admin console shows this as "Type of employee". */
  description: z.string().nullish(),
});
export type Organization = z.infer<typeof Organization>;

export const User = z.object({
  id: z.string().min(1),
  primaryEmail: z.string().min(1),
  customerId: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  name: z.object({ givenName: z.string().nullish(), familyName: z.string().nullish() }).nullish(),
  orgUnitPath: z.string().nullish(),
  organizations: z.array(Organization).nullish(),
  relations: z.array(z.object({ type: z.string().nullish(), value: z.string().nullish() })).nullish(),
  externalIds: z.array(z.object({ type: z.string().nullish(), value: z.string().nullish() })).nullish(),
  customSchemas: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
  creationTime: z.string().nullish(),
  lastLoginTime: z.string().nullish(),
});
export type User = z.infer<typeof User>;

/** Partial response: what is not read is not sent (a full user is some 2 KB, this is a third). */
const userFields =
  "id,primaryEmail,customerId,aliases,suspended,archived,name,orgUnitPath,organizations,relations,externalIds,customSchemas,creationTime,lastLoginTime";

export const Group = z.object({
  id: z.string().min(1),
  email: z.string().min(1),
  name: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
});
export type Group = z.infer<typeof Group>;

/** `type`: USER, GROUP, CUSTOMER (everybody in the organisation), EXTERNAL. */
export const Member = z.object({
  id: z.string().nullish(),
  email: z.string().nullish(),
  type: z.string().nullish(),
  status: z.string().nullish(),
});
export type Member = z.infer<typeof Member>;

export const Assignment = z.object({
  /** The person's primary e-mail address at this moment: no stable name. */
  userId: z.string().min(1),
  productId: z.string(),
  skuId: z.string(),
});
export type Assignment = z.infer<typeof Assignment>;

const page = { nextPageToken: z.string().nullish() };
/** `kind` is asked for, because a list that is empty has no other field: an answer of something else is not a list. */
const listOf = <K extends string>(kind: K) => ({ kind: z.literal(kind), ...page });

const Report = z.object({
  date: z.string(),
  parameters: z.array(z.object({ name: z.string(), intValue: z.string().nullish() })).nullish(),
});

const UserReport = z.object({
  entity: z.object({ profileId: z.string().min(1) }),
  parameters: z.array(z.object({ name: z.string(), datetimeValue: z.string().nullish() })).nullish(),
});
export type UserReport = z.infer<typeof UserReport>;

const at = {
  users: { scope: scopes.users, bucket: "directory" },
  groups: { scope: scopes.groups, bucket: "directory" },
  members: { scope: scopes.members, bucket: "directory" },
  licensing: { scope: scopes.licensing, bucket: "licensing" },
  reports: { scope: scopes.reports, bucket: "reports" },
} as const;

const directory = "/admin/directory/v1";
const product = "/apps/licensing/v1/product/{product}/sku/{sku}";

/** Directory, License Manager and Reports, as far as they are used. */
export const api = {
  users: get(
    `${directory}/users?customer={customer}&projection=full&maxResults={size}&orderBy=email&query={query}&fields=kind,nextPageToken,users(${userFields})&pageToken={cursor}`,
    z.object({ ...listOf("admin#directory#users"), users: z.array(User).nullish() }),
    at.users,
  ),
  deleted: get(
    `${directory}/users?customer={customer}&showDeleted=true&maxResults={size}&fields=kind,nextPageToken,users(id,primaryEmail)&pageToken={cursor}`,
    z.object({
      ...listOf("admin#directory#users"),
      users: z.array(User.pick({ id: true, primaryEmail: true })).nullish(),
    }),
    at.users,
  ),
  user: get(`${directory}/users/{key}?projection=full&fields=${userFields}`, User, at.users),

  groups: get(
    `${directory}/groups?customer={customer}&maxResults={size}&pageToken={cursor}`,
    z.object({ ...listOf("admin#directory#groups"), groups: z.array(Group).nullish() }),
    at.groups,
  ),
  group: get(`${directory}/groups/{key}`, Group, at.groups),
  groupMembers: get(
    `${directory}/groups/{group}/members?includeDerivedMembership={derived}&maxResults={size}&pageToken={cursor}`,
    z.object({ ...listOf("admin#directory#members"), members: z.array(Member).nullish() }),
    at.groups,
  ),
  // A second insert is refused (409), so whoever lost the answer looks first.
  join: post(`${directory}/groups/{group}/members`, Member, { ...at.members, idempotent: false }),
  leave: del(`${directory}/groups/{group}/members/{member}`, null, at.members),
  /** For the rights check: only the answer's status is read. */
  membersAsWriter: get(`${directory}/groups/{group}/members?maxResults=1`, z.unknown(), at.members),

  assignments: get(
    `${product}/users?customerId={customer}&maxResults={size}&pageToken={cursor}`,
    z.object({ ...listOf("licensing#licenseAssignmentList"), items: z.array(Assignment).nullish() }),
    at.licensing,
  ),
  assignment: get(`${product}/user/{user}`, Assignment, at.licensing),
  assign: post(`${product}/user`, Assignment, { ...at.licensing, idempotent: false }),
  unassign: del(`${product}/user/{user}`, null, at.licensing),
  /** From the SKU in the path to the one in the body; of the same product. */
  move: patch(`${product}/user/{user}`, Assignment, { ...at.licensing, idempotent: false }),

  usage: get(
    "/admin/reports/v1/usage/dates/{date}?parameters={parameters}&customerId={customer}",
    z.object({ usageReports: z.array(Report).nullish() }),
    at.reports,
  ),
  userUsage: get(
    "/admin/reports/v1/usage/users/all/dates/{date}?parameters={parameters}&customerId={customer}&maxResults={size}&pageToken={cursor}",
    z.object({
      ...page,
      usageReports: z.array(UserReport).nullish(),
      warnings: z.array(z.unknown()).nullish(),
    }),
    at.reports,
  ),
};
