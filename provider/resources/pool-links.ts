import type { Account, Seat } from "../core/connector.ts";
import type { Person, PersonId } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import type { Connection, Ctx, DirectoryView } from "../core/resource.ts";
import type { HeldSeat, Stranger } from "../planner/index.ts";
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
}

interface Linked {
  readonly held: Map<PersonId, readonly HeldSeat[]>;
  readonly strangers: readonly Stranger[];
}

const heldSeat = (tier: number, seat: Seat): HeldSeat => ({
  tier,
  holder: seat.holder,
  account: seat.account ?? seat.holder,
  since: seat.since,
  inheritedFrom: seat.inheritedFrom ?? null,
  endsAt: seat.endsAt ?? null,
  state: seat.state,
});

/** Whose seats these are: by the pinned id first (a rename changes nothing), then by id or account. */
export const link = (
  { tiers, view, record, rules }: LinkParts,
  exempt: (...names: (string | null)[]) => boolean,
): Linked => {
  const unscoped = rules.scope === null;
  const pinned = holderOf(record);
  const held = new Map<PersonId, HeldSeat[]>();
  const strangers: Stranger[] = [];
  tiers.forEach((tier, t) => {
    const ours = pinned.get(tier.license);
    for (const seat of tier.seats) {
      const owner =
        ours?.get(seat.holder) ??
        (sameSystem(tier) ? (view.byId.has(seat.holder) ? seat.holder : undefined) : undefined) ??
        (seat.account === null || sameSystem(tier)
          ? undefined
          : byAccount(view, tier.writer).get(seat.account.toLowerCase())) ??
        null;
      const as = heldSeat(t, seat);
      if (owner === null)
        strangers.push({
          ...as,
          name: as.account,
          exempt: exempt(as.account, as.holder),
          ...(unscoped ? { scope: "in" as const } : {}),
        });
      else {
        const others = held.get(owner);
        if (others) others.push(as);
        else held.set(owner, [as]);
      }
    }
  });
  return { held, strangers };
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
  for (const [person, { license, holder, account, since }] of Object.entries(record.memory.owned)) {
    if (held.has(person)) continue;
    const tier = tiers.findIndex((t) => t.license === license);
    const settle = tiers[tier]?.writer.settleMs ?? 0;
    if (tier < 0 || Date.parse(since) + settle <= now) continue;
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
      return (p: Person): Account | null => {
        const has = seat(p);
        if (has) return { id: has.holder, name: has.account, active: true };
        const name = names.get(p.id);
        return name === null || name === undefined ? null : (found.get(name) ?? null);
      };
    }),
  );
  return (p: Person) => of.map((find) => find(p));
};
