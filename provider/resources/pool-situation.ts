import type { Account, Seat } from "../core/connector.ts";
import type { Person, PersonId } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import type { Connection, Ctx, DirectoryView, Message } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import type { HeldSeat, Member, Situation, Stranger } from "../planner/index.ts";
import { dueAt, indexPeople, matchAll, type PeopleIndex } from "../rules/index.ts";
import { merged } from "./pool-journal.ts";
import { policyOf } from "./pool-policy.ts";
import type { PoolRecord } from "./pool-record.ts";
import { finder, type PoolRules, peopleNeeded, personName, poolRules } from "./pool-rules.ts";
import { openTiers, type ReadTier, readTier, retiredTiers } from "./pool-tiers.ts";
import { lastActivity } from "./pool-usage.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";

/** A pool as it stands: what the planner needs, and what apply needs to act. */
export interface PoolView {
  readonly situation: Situation;
  readonly tiers: readonly ReadTier[];
  readonly rules: PoolRules;
  /** When a rule that reads `now` next changes for somebody, in milliseconds; null: never. */
  readonly dueAt: number | null;
  /** The record with the writes that a killed run left behind. */
  readonly record: PoolRecord;
  readonly messages: readonly Message[];
}

const indexes = new WeakMap<DirectoryView, PeopleIndex>();
const indexOf = (view: DirectoryView): PeopleIndex => {
  const found = indexes.get(view) ?? indexPeople(view.people);
  indexes.set(view, found);
  return found;
};

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
const sameSystem = (tier: ReadTier): boolean => tier.writer.isDirectory;

const holderOf = (record: PoolRecord): ReadonlyMap<string, PersonId> =>
  new Map(Object.entries(record.memory.owned).map(([person, owned]) => [`${owned.license}\n${owned.holder}`, person]));

interface Linked {
  readonly held: ReadonlyMap<PersonId, readonly HeldSeat[]>;
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
const link = ({ tiers, view, record, rules }: Parts, exempt: (...names: (string | null)[]) => boolean): Linked => {
  const unscoped = rules.scope === null;
  const pinned = holderOf(record);
  const held = new Map<PersonId, HeldSeat[]>();
  const strangers: Stranger[] = [];
  tiers.forEach((tier, t) => {
    for (const seat of tier.seats) {
      const owner =
        pinned.get(`${tier.license}\n${seat.holder}`) ??
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
      else held.set(owner, [...(held.get(owner) ?? []), as]);
    }
  });
  return { held, strangers };
};

/** Seats that were assigned moments ago and that the vendor may not list yet. */
const settling = (
  tiers: readonly ReadTier[],
  record: PoolRecord,
  held: ReadonlyMap<PersonId, readonly HeldSeat[]>,
  now: number,
): Map<PersonId, HeldSeat> =>
  new Map(
    Object.entries(record.memory.owned).flatMap(([person, owned]): [PersonId, HeldSeat][] => {
      const tier = tiers.findIndex((t) => t.license === owned.license);
      const settle = tiers[tier]?.writer.kind.capabilities.settleMs ?? 0;
      if (tier < 0 || (held.get(person)?.length ?? 0) > 0 || Date.parse(owned.since) + settle <= now) return [];
      return [
        [
          person,
          {
            tier,
            holder: owned.holder,
            account: owned.account,
            since: owned.since,
            inheritedFrom: null,
            endsAt: null,
            state: "active",
          },
        ],
      ];
    }),
  );

const gone = (id: PersonId, name: string): Person => ({
  id,
  login: name,
  email: null,
  status: "deleted",
  firstName: null,
  lastName: null,
  department: null,
  title: null,
  manager: null,
  type: null,
  createdAt: null,
  startsOn: null,
  endsOn: null,
  groups: [],
  attributes: {},
});

/** Remembered people whom the answer does not hold: read singly, so that only a proof counts as "gone". */
const remembered = async (record: PoolRecord, view: DirectoryView, ctx: Ctx): Promise<readonly Person[]> => {
  const { owned, waiting, leaving, candidates, cooldown } = record.memory;
  const ids = [...new Set([owned, waiting, leaving, candidates, cooldown].flatMap((part) => Object.keys(part)))].filter(
    (id) => !view.byId.has(id),
  );
  if (ids.length > 200 || view.fault) return ids.map((id) => gone(id, owned[id]?.account ?? id)); // a whole department: the limits refuse it, no need to ask for each
  const people: Person[] = [];
  for (const id of ids) people.push((await ctx.person(id)) ?? gone(id, owned[id]?.account ?? id));
  return people;
};

interface Claims {
  readonly yes: ReadonlyMap<PersonId, number[]>;
  readonly undecided: ReadonlyMap<PersonId, { rule: number; missing: string }[]>;
  readonly messages: readonly Message[];
}

const push = <T>(map: Map<PersonId, T[]>, id: PersonId, item: T): void => {
  const list = map.get(id);
  if (list) list.push(item);
  else map.set(id, [item]);
};

const claimsOf = (rules: PoolRules, view: DirectoryView, ctx: Ctx): Claims => {
  const yes = new Map<PersonId, number[]>();
  const undecided = new Map<PersonId, { rule: number; missing: string }[]>();
  const messages: Message[] = [];
  const asked = rules.claims.map((claim, i) => ({ claim, i })).filter(({ claim }) => claim.open && claim.rule !== null);
  const answers = matchAll(
    asked.flatMap(({ claim }) => claim.rule ?? []),
    indexOf(view),
    ctx.now,
  );
  asked.forEach(({ claim, i }, n) => {
    for (const at of answers[n]?.yes ?? []) push(yes, view.people[at]?.id ?? "", i);
    for (const at of answers[n]?.undecided ?? []) {
      const person = view.people[at];
      const answer = person && claim.rule ? claim.rule.decide(person, ctx.now) : null;
      if (person && answer?.is === "undecided") push(undecided, person.id, { rule: i, missing: answer.missing });
    }
  });
  const granted = rules.claims.some((c) => c.grants.length > 0) ? finder(view.people) : () => null;
  rules.claims.forEach((claim, i) => {
    for (const grant of claim.open ? claim.grants : []) {
      const person = granted(grant.user);
      if (!person)
        messages.push({
          level: "warning",
          text: `rule "${claim.name}" grants a seat to "${grant.user}", whom the directory does not know`,
        });
      else if (!yes.get(person.id)?.includes(i)) push(yes, person.id, i);
    }
  });
  for (const list of yes.values()) list.sort((a, b) => a - b);
  return { yes, undecided, messages };
};

/** Whom these claims speak for, by directory id. */
export const claimedPeople = (
  rules: PoolRules,
  view: DirectoryView,
  ctx: Ctx,
): ReadonlyMap<PersonId, readonly number[]> => claimsOf(rules, view, ctx).yes;

const tierOf = (rules: PoolRules, person: Person, now: number): Member["tier"] => {
  for (const [i, rule] of rules.tiers.entries()) {
    const answer = rule === null ? "yes" : rule.decide(person, now).is;
    if (answer === "yes") return i;
    if (answer === "undecided") return "undecided";
  }
  return null;
};

/** Accounts of claimed people, one look-up per vendor: pinned ids and seats already held need none. */
const accountsOf = async (
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

/** Reads everything and puts it together. "unknown" while a connection's configuration is. Writes nothing. */
export const viewPool = async (
  inputs: PoolInputs,
  before: PoolRecord,
  of: {
    readonly ctx: Ctx /** Inputs of the last run: licenses that the pool had then. */;
    readonly before: Values | null;
  },
): Promise<PoolView | "unknown"> => {
  const { ctx } = of;
  const rules = poolRules(inputs, ctx.now);
  const wanted = await openTiers(inputs, ctx);
  if (wanted === "unknown") return "unknown";
  const open = [...wanted, ...(await retiredTiers(of.before, wanted, before, ctx))];
  const tiers = await Promise.all(open.map((tier) => readTier(tier, ctx)));
  const record = merged(before, tiers, ctx);
  const pinned = holderOf(record);
  const linked = tiers.every((t) => sameSystem(t) || t.seats.every((s) => pinned.has(`${t.license}\n${s.holder}`)));
  const also = [
    ...Object.keys(record.memory.owned),
    ...Object.keys(record.memory.waiting),
    ...tiers.flatMap((t) => (sameSystem(t) ? t.seats.map((s) => s.holder) : [])),
  ];
  const view = await ctx.directory(peopleNeeded(rules, also, linked));
  if (view === "unknown") return "unknown";
  return assemble({ inputs, rules, tiers, record, view, ctx });
};

interface Parts {
  readonly inputs: PoolInputs;
  readonly rules: PoolRules;
  readonly tiers: readonly ReadTier[];
  readonly record: PoolRecord;
  readonly view: DirectoryView;
  readonly ctx: Ctx;
}

const exemptNames = (inputs: PoolInputs): ((...names: (string | null)[]) => boolean) => {
  const accounts = new Set((inputs.exempt?.accounts ?? []).map((a) => a.toLowerCase()));
  return (...names) => names.some((n) => n !== null && accounts.has(n.toLowerCase()));
};

const assemble = async (parts: Parts): Promise<PoolView> => {
  const { inputs, rules, tiers, record, view, ctx } = parts;
  const exempt = exemptNames(inputs);
  const { held: listed, strangers } = link(parts, exempt);
  const held = new Map(listed);
  for (const [person, seat] of settling(tiers, record, listed, ctx.now)) held.set(person, [seat]);
  const claims = claimsOf(rules, view, ctx);
  const extra = await remembered(record, view, ctx);
  const ids = new Set([
    ...claims.yes.keys(),
    ...claims.undecided.keys(),
    ...held.keys(),
    ...extra.map((p) => p.id),
    ...Object.keys(record.memory.owned),
    ...Object.keys(record.memory.waiting),
  ]);
  const known = new Map(extra.map((p) => [p.id, p]));
  const people = [...ids].flatMap((id) => view.byId.get(id) ?? known.get(id) ?? []);
  const accounts = await accountsOf(
    people.filter((p) => claims.yes.has(p.id)),
    tiers,
    held,
    ctx,
  );
  const active = await lastActivity(
    inputs,
    tiers,
    people.filter((p) => held.has(p.id)),
    ctx,
  );
  const member = (person: Person): Member => {
    const mine = accounts(person);
    return {
      id: person.id,
      name: personName(person, ctx.people),
      status: person.status,
      accounts: mine,
      claims: person.status === "deleted" ? [] : (claims.yes.get(person.id) ?? []),
      undecided: claims.undecided.get(person.id) ?? [],
      tier: tierOf(rules, person, ctx.now),
      held: held.get(person.id) ?? [],
      exempt:
        exempt(
          person.login,
          person.email,
          ...mine.flatMap((a) => (a ? [a.id, a.name] : [])),
          ...(held.get(person.id) ?? []).flatMap((h) => [h.account, h.holder]),
        ) ||
        rules.exempt?.decide(person, ctx.now).is === "yes" ||
        rules.exempt?.decide(person, ctx.now).is === "undecided",
      scope:
        rules.scope === null
          ? "in"
          : ({ yes: "in", no: "out", undecided: "undecided" } as const)[rules.scope.decide(person, ctx.now).is],
      lastActive: active.at.get(person.id) ?? null,
    };
  };
  const situation: Situation = {
    now: new Date(ctx.now).toISOString(),
    pool: inputs.name,
    policy: policyOf(inputs, tiers, ctx),
    tiers: tiers.map((t) => ({ ...t.situation, usage: active.usage })),
    rules: inputs.rules.map((r) => ({ name: r.claim.name, allotment: r.allotment ?? null, reserve: r.reserve })),
    people: new Map(people.map((p) => [p.id, member(p)])),
    strangers,
    memory: record.memory,
    directory: { people: view.total, fault: view.fault },
    ...(ctx.approval.is === "unseen" ? { assignOnly: true } : {}),
  };
  return { situation, tiers, rules, record, messages: claims.messages, dueAt: dueByTime(parts) };
};

/** Rules that read `now` change without any event: asked for everybody, but only of such rules. */
const dueByTime = ({ rules, view, ctx }: Parts): number | null => {
  let due: number | null = null;
  for (const rule of [...rules.claims.map((c) => (c.open ? c.rule : null)), rules.scope, rules.exempt, ...rules.tiers])
    if (rule?.readsNow)
      for (const person of view.people) {
        const at = dueAt(rule, person, ctx.now);
        if (at !== null && (due === null || at < due)) due = at;
      }
  return due;
};
