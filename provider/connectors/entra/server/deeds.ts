import { setMember } from "./groups.ts";
import { assign, change, refusalOf } from "./licensing.ts";
import { type EntraPerson, personOf, skuIdOf, upn } from "./seed.ts";
import { iso, type Server, type Tenant, type UserState } from "./state.ts";

/** What people and administrators do in Entra by hand. All of it at once, but for what Entra itself does later. */
export interface Hands {
  userId(login: string): string;
  groupId(name: string): string;
  hire(person: EntraPerson): string;
  change(login: string, properties: Readonly<Record<string, unknown>>): void;
  /** Into the bin; `forGood`: out of it too. */
  remove(login: string, forGood?: boolean): void;
  signIn(login: string, at: number, succeeded?: boolean): void;
  join(group: string, login: string): void;
  leave(group: string, login: string): void;
  give(sku: string, login: string): void;
  take(sku: string, login: string): void;
  /** Seats are bought or given up. */
  buy(sku: string, enabled: number): void;
}

export const createHands = (server: Server): Hands => {
  const { world, clock, random, domain } = server;
  const now = (): string => iso(clock.now());
  const user = (login: string): UserState => {
    const name = upn(login, domain).toLowerCase();
    const found = [...world.read().users.values()].find(
      ({ id, properties }) => id === login || String(properties.userPrincipalName).toLowerCase() === name,
    );
    if (!found) throw new Error(`nobody in Entra is called ${login}`);
    return found;
  };
  const groupId = (name: string): string => {
    const found = [...world.read().groups.values()].find(({ id, displayName }) => id === name || displayName === name);
    if (!found) throw new Error(`no group in Entra is called ${name}`);
    return found.id;
  };
  const with_ = (login: string, then: (tenant: Tenant, one: UserState) => void): void => {
    const { id } = user(login);
    world.write((tenant) => {
      const one = tenant.users.get(id);
      if (one) then(tenant, one);
    });
  };
  const license = (
    login: string,
    wish: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): void => {
    const add = wish.add.map((sku) => ({ skuId: skuIdOf(sku), disabledPlans: [] }));
    const remove = wish.remove.map(skuIdOf);
    const refused = refusalOf(world.read(), user(login), { add, remove });
    if (refused !== null) throw new Error(`Entra refuses: ${refused}`);
    const at = now();
    with_(login, (tenant, one) => assign(tenant, one, { add, remove, at }));
  };
  const touched = (tenant: Tenant, one: UserState, how: () => void): void => change(tenant, one, how);
  return {
    userId: (login) => user(login).id,
    groupId,
    hire(person) {
      const id = random.uuid();
      const at = clock.now();
      const groups = (person.groups ?? []).map(groupId);
      world.write((tenant) => {
        const nr = Math.max(0, ...[...tenant.users.values()].map((u) => u.nr)) + 1;
        const made = personOf(person, { id, nr, domain, now: at });
        tenant.users.set(id, made);
        touched(tenant, made, () => undefined);
      });
      for (const group of groups) setMember(server, { group, users: [id], join: true });
      return id;
    },
    change: (login, properties) =>
      with_(login, (tenant, one) =>
        touched(tenant, one, () => {
          one.properties = { ...one.properties, ...properties };
        }),
      ),
    remove: (login, forGood = false) =>
      with_(login, (tenant, one) => {
        touched(tenant, one, () => {
          one.direct.clear();
          one.inherited = [];
        });
        tenant.users.delete(one.id);
        for (const group of tenant.groups.values()) group.members.delete(one.id);
        if (!forGood) tenant.deleted.set(one.id, one);
        tenant.removed.push({ id: one.id, at: tenant.changes, forGood });
      }),
    signIn: (login, at, succeeded = true) =>
      with_(login, (_tenant, one) => {
        one.attempted = iso(at);
        if (succeeded) one.succeeded = iso(at);
      }),
    join: (group, login) => setMember(server, { group: groupId(group), users: [user(login).id], join: true }),
    leave: (group, login) => setMember(server, { group: groupId(group), users: [user(login).id], join: false }),
    give: (sku, login) => license(login, { add: [sku], remove: [] }),
    take: (sku, login) => {
      const id = skuIdOf(sku);
      const { direct, inherited } = user(login);
      // Nothing to take is nothing to do.
      if (direct.has(id) || inherited.some((one) => one.skuId === id)) license(login, { add: [], remove: [sku] });
    },
    buy: (sku, enabled) => {
      const id = skuIdOf(sku);
      world.write((tenant) => {
        const found = tenant.skus.get(id);
        if (found) found.enabled = enabled;
      });
    },
  };
};
