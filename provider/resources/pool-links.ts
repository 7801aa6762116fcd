import type { Account, Seat } from "../core/connector.ts";
import type { Person, PersonId } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import type { Connection, Ctx, DirectoryView } from "../core/resource.ts";
import type { HeldSeat, MemberAccount, Stranger } from "../planner/index.ts";
import { holderOf, type PoolRecord } from "./pool-record.ts";
import type { PoolRules } from "./pool-rules.ts";
import type { ReadTier } from "./pool-tiers.ts";

/** Account names of everybody, per directory and connection: `null` where two people share one. */
const links = new WeakMap<DirectoryView, Map<string, ReadonlyMap<string, PersonId | null>>>();
const byAccount = (view: DirectoryView, connection: Connection): ReadonlyMap<string, PersonId | null> => {
  const of = links.get(view) ?? new Map<string, ReadonlyMap<string, PersonId | null>>();
  links.set(view, of);
  const found = of.get(connection.name);
  if (found) return found;
  const made = new Map<string, PersonId | null>();
  for (const person of view.people) {
    const name = connection.accountOf(person)?.toLowerCase();
    if (name !== undefined) made.set(name, made.has(name) ? null : person.id);
  }
  of.set(connection.name, made);
  return made;
};

/** Seats and people at the same system share their ids. */
export const sameSystem = (tier: ReadTier): boolean => tier.writer.isDirectory;

export interface LinkParts {
  readonly tiers: readonly ReadTier[];
  readonly view: DirectoryView;
  readonly record: PoolRecord;
  readonly rules: PoolRules;
  readonly ctx: Pick<Ctx, "people">;
}

interface Linked {
  readonly held: Map<PersonId, readonly HeldSeat[]>;
  readonly strangers: readonly Stranger[];
  /** How many people have at least one of these seats by the pinned id of its holder. */
  readonly pinned: number;
}

const heldSeat = (tier: number, seat: Seat): HeldSeat => {
  const held: HeldSeat = {
    tier,
    holder: seat.holder,
    account: seat.account ?? seat.holder,
    since: seat.since,
    inheritedFrom: seat.inheritedFrom ?? null,
    endsAt: seat.endsAt ?? null,
    state: seat.state,
  };
  const { servicePlans, problem } = seat;
  if (!servicePlans && !problem) return held; // most of them, and there may be 100,000
  const plans = servicePlans ? { servicePlans: [...servicePlans].sort() } : {};
  return { ...held, ...plans, ...(problem ? { problem } : {}) };
};

/** Whose an account is, by the vendor's id of it; null where two people would have it. */
type Owners = ReadonlyMap<string, PersonId | null>;

/**
 * Whose the seats are that nobody is pinned to: everybody's account is looked up as it would be for an assign, since the
 * name in the vendor's list need not be the one that people are found by (a user name there, an e-mail here).
 */
export const ownersOf = async ({ tiers, view, record }: LinkParts, ctx: Ctx): Promise<readonly Owners[]> => {
  const pinned = holderOf(record);
  return Promise.all(
    tiers.map(async (tier): Promise<Owners> => {
      const { connector } = tier.writer;
      const ours = pinned.get(tier.license);
      if (sameSystem(tier) || !connector.accounts || tier.seats.every((s) => ours?.has(s.holder))) return new Map();
      const people = byAccount(view, tier.writer);
      const found = await connector.accounts([...people.keys()].sort(), ctx.signal);
      const owners = new Map<string, PersonId | null>();
      for (const [name, account] of found) {
        const person = people.get(name.toLowerCase()) ?? null;
        owners.set(account.id, owners.has(account.id) && owners.get(account.id) !== person ? null : person);
      }
      return owners;
    }),
  );
};

/** Whose seats these are: by the pinned id first (a rename changes nothing), then by id or account. */
export const link = (
  { tiers, view, record, rules, ctx }: LinkParts,
  owners: readonly Owners[],
  exempt: (...names: (string | null)[]) => boolean,
): Linked => {
  const unscoped = rules.scope === null;
  const pinned = holderOf(record);
  const held = new Map<PersonId, HeldSeat[]>();
  const strangers: Stranger[] = [];
  let found = 0;
  tiers.forEach((tier, t) => {
    const ours = pinned.get(tier.license);
    for (const seat of tier.seats) {
      const pin = ours?.get(seat.holder);
      const owner =
        pin ??
        (sameSystem(tier) ? (view.byId.has(seat.holder) ? seat.holder : undefined) : undefined) ??
        owners[t]?.get(seat.holder) ??
        null;
      const as = heldSeat(t, seat);
      if (owner === null)
        strangers.push({
          ...as,
          name: ctx.people === "account" ? as.account : as.holder,
          exempt: exempt(as.account, as.holder),
          ...(unscoped ? { scope: "in" as const } : {}),
        });
      else {
        const others = held.get(owner);
        if (others) others.push(as);
        else {
          held.set(owner, [as]);
          if (pin !== undefined) found += 1;
        }
      }
    }
  });
  return { held, strangers, pinned: found };
};

/** Seats that were assigned moments ago and that the vendor may not list yet. */
export const settling = (
  tiers: readonly ReadTier[],
  record: PoolRecord,
  held: ReadonlyMap<PersonId, readonly HeldSeat[]>,
  now: number,
): Map<PersonId, HeldSeat> => {
  const found = new Map<PersonId, HeldSeat>();
  if (!tiers.some((t) => t.writer.settleMs > 0)) return found; // most vendors list at once what they wrote
  for (const [person, { license, holder, account, since }] of record.memory.owned) {
    const tier = tiers.findIndex((t) => t.license === license);
    if (held.get(person)?.some((seat) => seat.tier === tier && seat.holder === holder)) continue;
    const settle = tiers[tier]?.writer.settleMs ?? 0;
    if (tier < 0 || settle === 0 || Date.parse(since) + settle <= now) continue;
    found.set(person, { tier, holder, account, since, inheritedFrom: null, endsAt: null, state: "active" });
  }
  return found;
};

/** Accounts of claimed people, one look-up per vendor: pinned ids and seats already held need none. */
export const accountsOf = async (
  people: readonly Person[],
  tiers: readonly ReadTier[],
  held: ReadonlyMap<PersonId, readonly HeldSeat[]>,
  ctx: Ctx,
) => {
  const of = await Promise.all(
    tiers.map(async (tier, t) => {
      if (sameSystem(tier))
        return (p: Person): Account | null => ({
          id: p.id,
          name: p.login ?? p.email ?? p.id,
          active: p.status === "active",
        });
      const seat = (p: Person): HeldSeat | undefined => held.get(p.id)?.find((h) => h.tier === t);
      const names = new Map(people.filter((p) => !seat(p)).map((p) => [p.id, tier.writer.accountOf(p)]));
      const wanted = [...new Set([...names.values()].filter((n) => n !== null))].sort();
      const { connector } = tier.writer;
      if (wanted.length > 0 && !connector.accounts)
        throw new Problem("unsupported", `connection "${tier.writer.name}" cannot look up accounts`);
      const found =
        wanted.length > 0 && connector.accounts
          ? await connector.accounts(wanted, ctx.signal)
          : new Map<string, Account>();
      const taken = new Map<string, number>();
      for (const [, seats] of held) for (const h of seats) if (h.tier === t) taken.set(h.holder, 1);
      for (const { holder } of tier.seats) taken.set(holder, 1); // also of whom nobody could be told: an assign would take that seat over
      for (const name of names.values()) {
        const id = name === null ? undefined : found.get(name)?.id;
        if (id !== undefined) taken.set(id, (taken.get(id) ?? 0) + 1);
      }
      return (p: Person): Account | null => {
        const has = seat(p);
        if (has) return { id: has.holder, name: has.account, active: true };
        const name = names.get(p.id);
        const account = name === null || name === undefined ? null : (found.get(name) ?? null);
        // Two people with one account: nobody can say whose seat it would be.
        return account && taken.get(account.id) === 1 ? account : null;
      };
    }),
  );
  const lacks = tiers.map(({ writer, seatSku }) => writer.connector.lacks?.bind(writer.connector, seatSku));
  const known = lacks.some((one) => one !== undefined);
  return (p: Person): readonly (MemberAccount | null)[] =>
    of.map((find, t) => {
      const account = find(p);
      const lacking = known && account ? (lacks[t]?.(account.id) ?? null) : null;
      return account && lacking ? { ...account, lacks: lacking } : account;
    });
};
