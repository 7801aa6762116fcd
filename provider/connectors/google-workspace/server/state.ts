import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Random } from "../../simulator/random.ts";
import type { TokenBook } from "../../simulator/tokens.ts";
import type { World } from "../../simulator/world.ts";

/** A user, as the Directory API shows one, but for what it adds itself. */
export interface SimUser {
  readonly id: string;
  readonly primaryEmail: string;
  readonly aliases?: readonly string[];
  readonly name: { readonly givenName: string; readonly familyName: string; readonly fullName: string };
  readonly suspended: boolean;
  readonly archived: boolean;
  readonly isAdmin: boolean;
  readonly orgUnitPath: string;
  readonly creationTime: string;
  /** 1970 where they never signed in. */
  readonly lastLoginTime: string;
  /** In mail; told by reports only. */
  readonly lastInteraction?: string;
  readonly organizations?: readonly Readonly<Record<string, string | boolean>>[];
  readonly relations?: readonly { readonly type: string; readonly value: string }[];
  readonly externalIds?: readonly { readonly type: string; readonly value: string }[];
  readonly customSchemas?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export interface SimGroup {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly description: string;
}
export interface SimMember {
  readonly id: string;
  readonly type: "USER" | "GROUP" | "CUSTOMER";
  readonly role: "OWNER" | "MANAGER" | "MEMBER";
}
export interface Organisation {
  readonly users: Map<string, SimUser>;
  /** Ids by address, aliases included; lower case. */
  readonly addresses: Map<string, string>;
  readonly deleted: Map<string, SimUser & { readonly deletionTime: string }>;
  readonly groups: Map<string, SimGroup>;
  /** Ids by address, lower case. */
  readonly groupAddresses: Map<string, string>;
  /** By group id, then by the member's id. */
  readonly members: Map<string, Map<string, SimMember>>;
  /** By `PRODUCT/SKU`: ids of those who have it. */
  readonly licenses: Map<string, Set<string>>;
}
export interface ServiceAccount {
  readonly email: string;
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
  /** Scopes that domain-wide delegation allows it. */
  readonly delegated: readonly string[];
}
export interface Server {
  readonly world: World<Organisation>;
  readonly tokens: TokenBook;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly customerId: string;
  readonly domain: string;
  readonly accounts: Map<string, ServiceAccount>;
  /** By SKU id; what is not here was not bought. */
  readonly purchased: Map<string, number>;
  /** By SKU id: units whose people get it automatically. */
  readonly automatic: Map<string, readonly string[]>;
  /** Admin roles that an administrator lacks. */
  readonly denied: Set<string>;
  /** The most licences a page has, and what comes of asking for more. */
  readonly licensePage: { readonly max: number; readonly above: "fewer" | "refused" };
}

export const empty = (): Organisation => ({
  users: new Map(),
  addresses: new Map(),
  deleted: new Map(),
  groups: new Map(),
  groupAddresses: new Map(),
  members: new Map(),
  licenses: new Map(),
});

const fold = (text: string): string => text.toLowerCase();
export const userByKey = (org: Organisation, key: string): SimUser | null =>
  org.users.get(key) ?? org.users.get(org.addresses.get(fold(key)) ?? "") ?? null;
export const removeUser = (org: Organisation, id: string): void => {
  const user = org.users.get(id);
  for (const address of user ? [user.primaryEmail, ...(user.aliases ?? [])] : []) org.addresses.delete(fold(address));
  org.users.delete(id);
};
/** New, or in the place of what had the id. */
export const putUser = (org: Organisation, user: SimUser): void => {
  removeUser(org, user.id);
  org.users.set(user.id, user);
  for (const address of [user.primaryEmail, ...(user.aliases ?? [])]) org.addresses.set(fold(address), user.id);
};
export const groupByKey = (org: Organisation, key: string): SimGroup | null =>
  org.groups.get(key) ?? org.groups.get(org.groupAddresses.get(fold(key)) ?? "") ?? null;
export const putGroup = (org: Organisation, group: SimGroup): void => {
  org.groups.set(group.id, group);
  org.groupAddresses.set(fold(group.email), group.id);
  org.members.set(group.id, new Map());
};
/** Direct members; with `derived` those of the groups inside it too, each once, and no groups. */
export const membersOf = (org: Organisation, group: string, derived: boolean): readonly SimMember[] => {
  const found = new Map<string, SimMember>();
  const seen = new Set<string>();
  const walk = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const member of org.members.get(id)?.values() ?? []) {
      if (!found.has(member.id)) found.set(member.id, member);
      if (derived && member.type === "GROUP") walk(member.id);
    }
  };
  walk(group);
  return [...found.values()];
};
