import { assign, effective, process } from "./licensing.ts";
import { exclusive, knownSku, needs } from "./skus.ts";
import { emptyTenant, type GroupState, iso, type SkuState, type Tenant, type UserState } from "./state.ts";

export interface EntraPerson {
  /** `ada` or `ada@acme.test`: the user principal name, with the tenant's domain where it has none. */
  readonly login: string;
  /** Graph's own properties; `usageLocation` is DE where nothing else is said. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly manager?: string | null;
  readonly groups?: readonly string[];
  /** Direct licenses, by part number or id. */
  readonly licenses?: readonly string[];
  /** When those were given, RFC 3339. Default: now. */
  readonly licensedAt?: string;
  /** When they last signed in successfully, milliseconds since the epoch. */
  readonly signedIn?: number;
  /** The last attempt, where it failed. */
  readonly attempted?: number;
}
export interface EntraGroup {
  readonly name: string;
  readonly parent?: string;
  readonly licenses?: readonly string[];
  readonly dynamic?: boolean;
  readonly synchronised?: boolean;
}
export interface EntraSku {
  readonly sku: string;
  readonly enabled: number;
  readonly warning?: number;
  readonly suspended?: number;
  readonly prohibitedIn?: readonly string[];
}
export interface Seed {
  readonly people: readonly EntraPerson[];
  readonly groups: readonly EntraGroup[];
  readonly skus: readonly EntraSku[];
}

export const skuState = ({ sku, enabled, warning = 0, suspended = 0, prohibitedIn = [] }: EntraSku): SkuState => {
  const known = knownSku(sku);
  if (!known) throw new Error(`the Entra simulator does not know SKU ${sku}`);
  const { skuId, skuPartNumber, plans } = known;
  return { skuId, skuPartNumber, plans, appliesTo: "User", enabled, warning, suspended, prohibitedIn };
};
export const skuIdOf = (word: string): string => {
  const known = knownSku(word);
  if (!known) throw new Error(`the Entra simulator does not know SKU ${word}`);
  return known.skuId;
};

export const upn = (login: string, domain: string): string => (login.includes("@") ? login : `${login}@${domain}`);
/** A new person as Graph has them. */
export const personOf = (
  person: EntraPerson,
  how: { readonly id: string; readonly nr: number; readonly domain: string; readonly now: number },
): UserState => {
  const name = upn(person.login, how.domain);
  return {
    id: how.id,
    nr: how.nr,
    properties: {
      userPrincipalName: name,
      mail: name,
      displayName: name,
      accountEnabled: true,
      userType: "Member",
      usageLocation: "DE",
      createdDateTime: iso(how.now),
      ...person.properties,
    },
    manager: null,
    direct: new Map(),
    inherited: [],
    attempted:
      person.attempted === undefined
        ? person.signedIn === undefined
          ? null
          : iso(person.signedIn)
        : iso(person.attempted),
    succeeded: person.signedIn === undefined ? null : iso(person.signedIn),
    changed: 0,
  };
};

const groupOf = (group: EntraGroup, id: string, nr: number): GroupState => ({
  id,
  nr,
  displayName: group.name,
  groupTypes: group.dynamic ? ["DynamicMembership"] : [],
  onPremisesSyncEnabled: group.synchronised ? true : null,
  licenses: (group.licenses ?? []).map((sku) => ({ skuId: skuIdOf(sku), disabledPlans: [] })),
  members: new Set(),
  groups: new Set(),
});

/** The tenant as it stands when it starts: group licensing has run. */
export const tenantOf = (
  seed: Seed,
  how: { readonly uuid: () => string; readonly domain: string; readonly now: number },
): Tenant => {
  const tenant: Tenant = { ...emptyTenant(), exclusive, needs };
  for (const sku of seed.skus) tenant.skus.set(skuIdOf(sku.sku), skuState(sku));
  const groups = new Map<string, GroupState>();
  for (const group of seed.groups) {
    const made = groupOf(group, how.uuid(), groups.size + 1);
    tenant.groups.set(made.id, made);
    if (!groups.has(group.name)) groups.set(group.name, made);
  }
  for (const { name, parent } of seed.groups) {
    const child = groups.get(name);
    if (parent !== undefined && child) groups.get(parent)?.groups.add(child.id);
  }
  const users = new Map<string, UserState>();
  for (const person of seed.people) {
    const made = personOf(person, { id: how.uuid(), nr: tenant.users.size + 1, domain: how.domain, now: how.now });
    tenant.users.set(made.id, made);
    users.set(upn(person.login, how.domain), made);
  }
  const at = iso(how.now);
  for (const person of seed.people) {
    const user = users.get(upn(person.login, how.domain));
    if (!user) continue;
    user.manager = person.manager ? (users.get(upn(person.manager, how.domain))?.id ?? null) : null;
    for (const name of person.groups ?? []) {
      const group = groups.get(name) ?? [...tenant.groups.values()].find(({ id }) => id === name);
      if (!group) throw new Error(`the seed has no group ${name}`);
      group.members.add(user.id);
    }
    const add = (person.licenses ?? []).map((sku) => ({ skuId: skuIdOf(sku), disabledPlans: [] }));
    if (add.length > 0) assign(tenant, user, { add, remove: [], at: person.licensedAt ?? at });
  }
  for (const user of tenant.users.values())
    if ([...tenant.groups.values()].some((g) => g.licenses.length > 0 && g.members.has(user.id)))
      process(tenant, user, at);
  tenant.changes = 0;
  for (const user of tenant.users.values()) user.changed = 0;
  return tenant;
};

/** Licenses in words, for deeds and tests. */
export const holdersOf = (tenant: Tenant, sku: string): readonly string[] => {
  const id = skuIdOf(sku);
  return [...tenant.users.values()].filter((user) => effective(user).has(id)).map((user) => user.id);
};
