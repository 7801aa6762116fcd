import type { Asked } from "../../simulator/router.ts";
import type { Realm, SimUser } from "./realm.ts";
import { type Refusal, refuse } from "./refusals.ts";

/** The roles of `realm-management`, and what the composite ones hold. */
const composites: Readonly<Record<string, readonly string[]>> = {
  "view-users": ["query-groups", "query-users"],
  "view-clients": ["query-clients"],
  "view-organizations": ["query-organizations"],
};
export const managementRoles = [
  "create-client",
  "impersonation",
  "manage-authorization",
  "manage-clients",
  "manage-events",
  "manage-identity-providers",
  "manage-organizations",
  "manage-realm",
  "manage-users",
  "query-clients",
  "query-groups",
  "query-organizations",
  "query-realms",
  "query-users",
  "view-authorization",
  "view-clients",
  "view-events",
  "view-identity-providers",
  "view-organizations",
  "view-realm",
  "view-users",
  "realm-admin",
] as const;
export type ManagementRole = (typeof managementRoles)[number];

/** Whom a request speaks for. */
export interface Caller {
  readonly realm: string;
  /** Administrator of all realms. */
  readonly master: boolean;
  has(...roles: readonly ManagementRole[]): boolean;
  /** Names of the roles of `realm-management`, with those that come with others. */
  readonly roles: ReadonlySet<string>;
}

const held = (realm: Realm, user: SimUser): ReadonlySet<string> => {
  const client = realm.client("realm-management");
  const names = new Set<string>();
  const add = (name: string): void => {
    names.add(name);
    for (const inner of composites[name] ?? []) names.add(inner);
  };
  for (const id of user.roles) {
    const role = realm.roles.get(id);
    if (!role || role.client !== client?.id) continue;
    if (role.name === "realm-admin") for (const name of managementRoles) add(name);
    else add(role.name);
  }
  return names;
};

/** Roles are looked up at each request: a role taken away works at once. */
export const callerOf = (as: string, realms: ReadonlyMap<string, Realm>): Caller => {
  const [realmName = "", userId = ""] = as.split(" ");
  const realm = realms.get(realmName);
  const user = realm?.users.get(userId);
  const master = realmName === "master" && user?.username === "admin";
  const names = realm && user ? held(realm, user) : new Set<string>();
  return { realm: realmName, master, roles: names, has: (...roles) => master || roles.some((role) => names.has(role)) };
};

export const need = (caller: Caller, ...roles: readonly ManagementRole[]): Refusal | null =>
  roles.length === 0 || caller.has(...roles) ? null : refuse.forbidden();

/** Who may see users, and groups with them. */
export const viewUsers = ["view-users", "manage-users"] as const;
export const queryUsers = ["view-users", "manage-users", "query-users"] as const;
export const queryGroups = ["view-users", "manage-users", "query-groups"] as const;
export const viewRealm = ["view-realm", "manage-realm"] as const;
export const viewClients = ["view-clients", "manage-clients"] as const;
export const queryClients = ["view-clients", "manage-clients", "query-clients"] as const;
export const viewEvents = ["view-events", "manage-events"] as const;

/** What every handler of the admin API gets: a realm that exists and a caller who may speak to it. */
export interface Inside extends Asked {
  readonly realm: Realm;
  readonly caller: Caller;
}
