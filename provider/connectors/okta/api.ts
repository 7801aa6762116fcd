import { z } from "zod";
import { del, get, post, put } from "../http/endpoint.ts";

/** Base and custom attributes; what an administrator may add is text, number, boolean or a list of them. */
const Profile = z.record(z.string(), z.unknown());
export const User = z.object({
  id: z.string().min(1),
  status: z.string(),
  created: z.string().nullish(),
  lastLogin: z.string().nullish(),
  profile: Profile,
});
export type User = z.infer<typeof User>;

export const Group = z.object({
  id: z.string().min(1),
  type: z.string(),
  profile: z.object({ name: z.string() }),
  source: z.object({ id: z.string() }).nullish(),
});
export type Group = z.infer<typeof Group>;

export const App = z.object({ id: z.string().min(1), label: z.string(), status: z.string() });
export type App = z.infer<typeof App>;

export const AppUser = z.object({
  id: z.string().min(1),
  scope: z.string().nullish(),
  status: z.string().nullish(),
  syncState: z.string().nullish(),
  created: z.string().nullish(),
  credentials: z.object({ userName: z.string().nullish() }).nullish(),
  _links: z.object({ group: z.object({ name: z.string().nullish() }).nullish() }).nullish(),
});
export type AppUser = z.infer<typeof AppUser>;

const Rule = z.object({
  id: z.string().min(1),
  name: z.string(),
  status: z.string(),
  actions: z.object({ assignUserToGroups: z.object({ groupIds: z.array(z.string()).nullish() }).nullish() }).nullish(),
});
export type Rule = z.infer<typeof Rule>;

export const LogEvent = z.object({
  uuid: z.string().nullish(),
  published: z.string(),
  eventType: z.string(),
  actor: z.object({ id: z.string().nullish() }).nullish(),
});
export type LogEvent = z.infer<typeof LogEvent>;

/** OAuth scopes; each operation asks with a token that has its own and no other. */
export const scopes = {
  users: "okta.users.read",
  groups: "okta.groups.read",
  groupsWrite: "okta.groups.manage",
  apps: "okta.apps.read",
  appsWrite: "okta.apps.manage",
  logs: "okta.logs.read",
} as const;
export type ScopeName = (typeof scopes)[keyof typeof scopes];

/** Okta counts by address: `/groups/{id}/users` is in the bucket of `/groups`, `/apps/{id}/users` in that of `/apps`. */
const users = { scope: scopes.users, bucket: "users" };
const groups = { scope: scopes.groups, bucket: "groups" };
const groupWrites = { scope: scopes.groupsWrite, bucket: "groups" };
const apps = { scope: scopes.apps, bucket: "apps" };
const appWrites = { scope: scopes.appsWrite, bucket: "apps" };

export const api = {
  users: get("/api/v1/users?limit={limit}", z.array(User), users),
  usersWhere: get("/api/v1/users?search={search}&limit={limit}", z.array(User), users),
  /** By id, login, or the login's part before the @. */
  user: get("/api/v1/users/{key}", User, { scope: scopes.users, bucket: "user" }),
  userGroups: get("/api/v1/users/{id}/groups", z.array(Group), { scope: scopes.users, bucket: "other" }),

  groups: get("/api/v1/groups?limit={limit}", z.array(Group), groups),
  /** By the beginning of the name; never in pages, 300 at most. */
  groupsNamed: get("/api/v1/groups?q={q}&limit={limit}", z.array(Group), groups),
  group: get("/api/v1/groups/{group}", Group, { scope: scopes.groups, bucket: "group" }),
  members: get("/api/v1/groups/{group}/users?limit={limit}", z.array(User), groups),
  rules: get("/api/v1/groups/rules?limit={limit}", z.array(Rule), groups),
  join: put("/api/v1/groups/{group}/users/{user}", null, groupWrites),
  leave: del("/api/v1/groups/{group}/users/{user}", null, groupWrites),

  apps: get("/api/v1/apps?q={q}&limit={limit}", z.array(App), apps),
  app: get("/api/v1/apps/{app}", App, { scope: scopes.apps, bucket: "app" }),
  appUsers: get("/api/v1/apps/{app}/users?limit={limit}", z.array(AppUser), apps),
  appUser: get("/api/v1/apps/{app}/users/{user}", AppUser, apps),
  // One person has an application once, however often they are assigned: a lost answer may simply be asked again.
  assign: post("/api/v1/apps/{app}/users", AppUser, { ...appWrites, idempotent: true }),
  unassign: del("/api/v1/apps/{app}/users/{user}", null, appWrites),

  logs: get(
    "/api/v1/logs?since={since}&until={until}&filter={filter}&sortOrder={sortOrder}&limit={limit}",
    z.array(LogEvent),
    { scope: scopes.logs, bucket: "logs" },
  ),
};
