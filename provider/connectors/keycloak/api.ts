import { z } from "zod";
import { checked, del, get, post, put } from "../http/endpoint.ts";

/** A user's representation; the brief one lacks `attributes`. Neither ever carries groups or roles. */
export const User = z.object({
  id: z.string().min(1),
  username: z.string(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  enabled: z.boolean().nullish(),
  createdTimestamp: z.number().nullish(),
  attributes: z.record(z.string(), z.array(z.string())).nullish(),
});
export type User = z.infer<typeof User>;

const textOrNone = (value: unknown): boolean => value === undefined || value === null || typeof value === "string";
/** What `User` says of one without attributes. */
const isBrief = (item: unknown): boolean => {
  if (typeof item !== "object" || item === null) return false;
  const { id, username, email, firstName, lastName, enabled, createdTimestamp, attributes } = item as Partial<User>; // any JSON may come
  return (
    typeof id === "string" &&
    id !== "" &&
    typeof username === "string" &&
    textOrNone(email) &&
    textOrNone(firstName) &&
    textOrNone(lastName) &&
    (enabled === undefined || enabled === null || typeof enabled === "boolean") &&
    (createdTimestamp === undefined || createdTimestamp === null || Number.isFinite(createdTimestamp)) &&
    (attributes === undefined || attributes === null)
  );
};
/** A page of a list may be long: a pool's seats are 100,000 members. */
export const areBrief = (body: unknown): body is User[] => Array.isArray(body) && body.every(isBrief);

/** A group with those of its subgroups that the question matched. */
export const GroupNode = z.object({
  id: z.string().min(1),
  name: z.string(),
  path: z.string(),
  get subGroups() {
    return z.array(GroupNode).nullish();
  },
});
export type GroupNode = z.infer<typeof GroupNode>;

const FlatGroup = z.object({ id: z.string().min(1), name: z.string(), path: z.string() });
export type FlatGroup = z.infer<typeof FlatGroup>;

export const Role = z.object({ id: z.string().min(1), name: z.string() });
export type Role = z.infer<typeof Role>;
const Client = z.object({ id: z.string().min(1), clientId: z.string() });

export const SignIn = z.object({ time: z.number(), type: z.string(), userId: z.string().nullish() });
export type SignIn = z.infer<typeof SignIn>;
const EventsConfig = z.object({
  eventsEnabled: z.boolean(),
  /** Seconds; absent or 0: kept for ever. */
  eventsExpiration: z.number().nullish(),
  enabledEventTypes: z.array(z.string()).nullish(),
});

/** How a refusal names what is missing. All are roles of the client `realm-management`. */
const role = (...names: readonly string[]): { scope: string } => ({
  scope: `the realm-management role${names.length > 1 ? "s" : ""} ${names.join(" and ")}`,
});
const seeUsers = role("view-users");
const changeUsers = role("manage-users");
const seeRoles = role("view-realm");
const seeRoleUsers = role("view-realm", "view-users");
const seeClients = role("view-clients");
const seeClientUsers = role("view-clients", "view-users");
const seeEvents = role("view-events");

/** Below `/admin/realms/{realm}`. A missing role is 403, but see `client.ts` for the lists that are empty instead. */
export const api = {
  users: get("/users?briefRepresentation={brief}&first={first}&max={max}", z.array(User), seeUsers),
  usersWhere: get("/users?q={q}&first={first}&max={max}", z.array(User), seeUsers),
  userCountWhere: get("/users/count?q={q}", z.int(), seeUsers),
  userNamed: get("/users?username={username}&exact=true&briefRepresentation=true", z.array(User), seeUsers),
  userWithEmail: get("/users?email={email}&exact=true&briefRepresentation=true", z.array(User), seeUsers),
  userCount: get("/users/count", z.int(), seeUsers),
  user: get("/users/{id}", User, seeUsers),
  userGroups: get("/users/{id}/groups?briefRepresentation=true", z.array(FlatGroup), seeUsers),

  // `*` matches every name, and then the answer holds whole branches: the one way to read the tree in one request.
  groupTree: get("/groups?search=*&subGroupsCount=false", z.array(GroupNode), seeUsers),
  groupCount: get("/groups/count", z.object({ count: z.int() }), seeUsers),
  members: checked(
    get("/groups/{group}/members?briefRepresentation={brief}&first={first}&max={max}", z.array(User), seeUsers),
    areBrief,
  ),

  realmRoles: get("/roles?first={first}&max={max}", z.array(Role), seeRoles),
  realmRole: get("/roles/{role}", Role, seeRoles),
  realmRoleUsers: get(
    "/roles/{role}/users?briefRepresentation=true&first={first}&max={max}",
    z.array(User),
    seeRoleUsers,
  ),
  realmRoleGroups: get("/roles/{role}/groups?first={first}&max={max}", z.array(FlatGroup), seeRoleUsers),
  clients: get("/clients?first={first}&max={max}", z.array(Client), seeClients),
  clientNamed: get("/clients?clientId={clientId}", z.array(Client), seeClients),
  clientRoles: get("/clients/{client}/roles?first={first}&max={max}", z.array(Role), seeClients),
  clientRole: get("/clients/{client}/roles/{role}", Role, seeClients),
  clientRoleUsers: get(
    "/clients/{client}/roles/{role}/users?briefRepresentation=true&first={first}&max={max}",
    z.array(User),
    seeClientUsers,
  ),
  clientRoleGroups: get(
    "/clients/{client}/roles/{role}/groups?first={first}&max={max}",
    z.array(FlatGroup),
    seeClientUsers,
  ),

  join: put("/users/{id}/groups/{group}", null, changeUsers),
  leave: del("/users/{id}/groups/{group}", null, changeUsers),
  // The same mapping twice is 204 both times, so a lost answer may simply be asked again.
  grantRealm: post("/users/{id}/role-mappings/realm", null, { ...changeUsers, idempotent: true }),
  revokeRealm: del("/users/{id}/role-mappings/realm", null, changeUsers),
  grantClient: post("/users/{id}/role-mappings/clients/{client}", null, { ...changeUsers, idempotent: true }),
  revokeClient: del("/users/{id}/role-mappings/clients/{client}", null, changeUsers),

  events: get(
    "/events?type={type}&user={user}&dateFrom={dateFrom}&direction={direction}&first={first}&max={max}",
    z.array(SignIn),
    seeEvents,
  ),
  eventsConfig: get("/events/config", EventsConfig, seeEvents),
};
