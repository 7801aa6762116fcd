import type { KeyObject } from "node:crypto";
import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Random } from "../../simulator/random.ts";
import type { World } from "../../simulator/world.ts";
import type { Limits } from "./limits.ts";

export const statuses = [
  "ACTIVE",
  "DEPROVISIONED",
  "LOCKED_OUT",
  "PASSWORD_EXPIRED",
  "PROVISIONED",
  "RECOVERY",
  "STAGED",
  "SUSPENDED",
] as const;
export type UserStatus = (typeof statuses)[number];
export type Profile = Record<string, string | number | boolean | null | readonly (string | number)[]>;

export interface OrgUser {
  readonly id: string;
  status: UserStatus;
  readonly created: number;
  activated: number | null;
  statusChanged: number | null;
  lastLogin: number | null;
  lastUpdated: number;
  profile: Profile;
}
export type GroupKind = "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
export interface OrgGroup {
  readonly id: string;
  name: string;
  readonly description: string;
  readonly type: GroupKind;
  /** APP_GROUP: the application that it is imported from. */
  readonly source: string | null;
  readonly created: number;
  /** `Everyone` has no set of its own. */
  readonly members: Set<string>;
}
export interface AppUser {
  status: string;
  syncState: string;
  readonly created: number;
  readonly profile: Profile;
}
export interface OrgApp {
  readonly id: string;
  /** The kind of application, `figma`. */
  readonly name: string;
  label: string;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly created: number;
  /** Assigned one by one. */
  readonly users: Map<string, AppUser>;
  /** Through groups: whoever is in one is assigned. */
  readonly groups: Set<string>;
  /** How their assignment went, where it is not as usual. */
  readonly troubles: Map<string, { readonly status: string; readonly syncState: string }>;
}
export interface Rule {
  readonly id: string;
  readonly name: string;
  status: "ACTIVE" | "INACTIVE";
  readonly expression: string;
  readonly groupIds: readonly string[];
  readonly exclude: string[];
}
export interface Org {
  readonly users: Map<string, OrgUser>;
  readonly groups: Map<string, OrgGroup>;
  readonly apps: Map<string, OrgApp>;
  readonly rules: Map<string, Rule>;
}
export interface Event {
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  readonly targets: readonly { readonly id: string; readonly type: string }[];
  readonly outcome: "SUCCESS" | "FAILURE";
}
export interface Client {
  readonly id: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
  readonly scopes: readonly string[];
  /** As Okta sets it for new service applications; then a bearer token is refused. */
  readonly dpop: boolean;
}
export interface Server {
  readonly world: World<Org>;
  /** Ascending by time. */
  readonly events: Event[];
  readonly clients: ReadonlyMap<string, Client>;
  readonly limits: Limits;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly url: () => string;
  /** How long group rules take. */
  readonly rulesMs: number;
}

/** Ids as Okta's look, ascending as they are made: lists are in the order of ids. */
export const createIds = (random: Random) => {
  let made = 0;
  return (prefix: string): string => {
    made += 1;
    return `${prefix}sim${made.toString(36).padStart(7, "0")}${random.word(7)}`;
  };
};

export const isMember = (group: OrgGroup, user: OrgUser): boolean =>
  group.name === "Everyone" && group.type === "BUILT_IN" ? user.status !== "DEPROVISIONED" : group.members.has(user.id);

/** By id, login, or the login's part before the @ where it is one person's. */
export const userBy = (org: Org, key: string): OrgUser | null => {
  const known = org.users.get(key);
  if (known) return known;
  const wanted = key.toLowerCase();
  const short: OrgUser[] = [];
  for (const user of org.users.values()) {
    const login = String(user.profile.login ?? "").toLowerCase();
    if (login === wanted) return user;
    if (login.startsWith(`${wanted}@`)) short.push(user);
  }
  return short.length === 1 ? (short[0] ?? null) : null;
};
