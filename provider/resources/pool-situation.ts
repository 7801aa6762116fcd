import type { Person, PersonId } from "../core/person.ts";
import type { Connection, Ctx, DirectoryView, Message } from "../core/resource.ts";
import { canonical, type Values } from "../core/value.ts";
import { type HeldSeat, type Member, type Situation, seatKey } from "../planner/index.ts";
import { isLost } from "./owned-people.ts";
import { claimsOf, dueByTime, tierOf } from "./pool-claims.ts";
import { merged, presumed, unfinished } from "./pool-journal.ts";
import { accountsOf, link, ownersOf, sameSystem, settling } from "./pool-links.ts";
import { policyOf } from "./pool-policy.ts";
import { holderOf, type PoolRecord, showPeople } from "./pool-record.ts";
import { type PoolRules, peopleNeeded, personName, poolRules } from "./pool-rules.ts";
import { namesOf, type OpenTier, openTiers, type ReadTier, readTier, retiredTiers, seatsAt } from "./pool-tiers.ts";
import { lastActivity } from "./pool-usage.ts";
import { underPresentNames } from "./renamed-license.ts";
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

interface Remembered {
  /** Owned or waiting, and claimed no more. */
  readonly unclaimed: readonly PersonId[];
  /** Those whom the answer does not hold: read singly, so that only a proof counts as "gone". */
  readonly missing: readonly Person[];
}
/** `owning`: whether there may be an owner among them whom no rule claims. */
const remembered = async (
  { record, view, ctx }: Parts,
  { claimed, owning }: { readonly claimed: (id: PersonId) => boolean; readonly owning: boolean },
): Promise<Remembered> => {
  const { owned, waiting, leaving, candidates, cooldown } = record.memory;
  const unclaimed: PersonId[] = [];
  const missing = new Set<PersonId>();
  const parts = [waiting, leaving, candidates, cooldown].map((part) => [part, Object.keys(part)] as const);
  for (const [part, ids] of [...(owning ? [[owned, owned.keys()] as const] : []), ...parts])
    for (const id of ids) {
      if (claimed(id)) continue; // claims are of people whom the answer holds
      if (part === owned || part === waiting) unclaimed.push(id);
      if (!view.byId.has(id) && !id.startsWith("stranger:")) missing.add(id); // a stranger's seat: no person could be linked to it
    }
  const ids = [...missing];
  const lost = (id: PersonId): Person => gone(id, owned.get(id)?.account ?? id);
  if (ids.length > 200 || view.fault) return { unclaimed, missing: ids.map(lost) }; // a whole department: the limits refuse it, no need to ask for each
  const people: Person[] = [];
  for (const id of ids) people.push((isLost(id) ? null : await ctx.person(id)) ?? lost(id));
  return { unclaimed, missing: people };
};

interface Seen {
  readonly of: string;
  readonly record: PoolRecord;
  readonly writes: number;
  readonly view: PoolView;
}
/** The last view of each pool. A connection lives as long as one walk, in which each list is read once: so may the view be. */
const views = new WeakMap<Connection, Map<string, Seen>>();

/** Where the view of these inputs is kept; a write to one of its licenses makes it stale. Null: it has no license. */
const placeOf = (wanted: readonly OpenTier[], inputs: PoolInputs, { ctx, before }: ViewOf) => {
  const walk = wanted[0]?.writer;
  if (!walk) return null;
  const kept = views.get(walk) ?? new Map<string, Seen>();
  views.set(walk, kept);
  const of = canonical({ inputs, before, unseen: ctx.approval.is === "unseen", spared: sparedBy(ctx) });
  const writes = (licenses: readonly string[]): number => ctx.writes(licenses);
  const licensesOf = (view: PoolView) => namesOf(view.tiers);
  return {
    find(record: PoolRecord): PoolView | null {
      const seen = kept.get(ctx.key);
      const same = seen?.of === of && seen.record === record && seen.writes === writes(licensesOf(seen.view));
      return same ? seen.view : null;
    },
    keep(record: PoolRecord, view: PoolView): void {
      kept.set(ctx.key, { of, record, writes: writes(licensesOf(view)), view });
    },
  };
};

interface ViewOf {
  readonly ctx: Ctx;
  /** Inputs of the last run: licenses that the pool had then. */
  readonly before: Values | null;
}

/** Reads everything and puts it together. "unknown" while a connection's configuration is. Writes nothing. */
export const viewPool = async (inputs: PoolInputs, kept: PoolRecord, of: ViewOf): Promise<PoolView | "unknown"> => {
  const rules = poolRules(inputs, of.ctx.now);
  const wanted = await openTiers(inputs, of.ctx);
  if (wanted === "unknown") return "unknown";
  const place = placeOf(wanted, inputs, of);
  const seen = place?.find(kept);
  if (seen) return seen;
  const all = [...wanted, ...(await retiredTiers(of.before, wanted, kept, of.ctx))];
  const { record: before, ctx, ...open } = underPresentNames({ tiers: all, record: kept, ctx: of.ctx });
  const tiers = await Promise.all(open.tiers.map((tier) => readTier(tier, ctx)));
  const pinned = holderOf(before);
  const linked = tiers.every((t) => sameSystem(t) || t.seats.every((s) => pinned.get(t.license)?.has(s.holder)));
  const holders = () => tiers.flatMap((t) => (sameSystem(t) ? t.seats.map((s) => s.holder) : []));
  const { owned, ...others } = before.memory;
  const begun = () => [...unfinished(before, ctx), ...before.unsure].map(({ person }) => person);
  const show = (everybody: () => Iterable<PersonId>) =>
    showPeople(before, function* () {
      for (const { seats } of tiers) for (const { holder } of seats) yield holder;
      for (const part of [others.waiting, others.leaving, others.candidates, others.cooldown]) yield* Object.keys(part);
      yield* begun();
      yield* everybody();
    });
  show(() => none);
  const also = () => [
    ...[...owned.keys()].filter((id) => !isLost(id)),
    ...begun(),
    ...Object.keys(others.waiting),
    ...holders(),
  ];
  const view = await ctx.directory(peopleNeeded(rules, also, linked));
  if (view === "unknown") return "unknown";
  show(() => view.byId.keys());
  const record = merged(before, tiers, ctx); // copies who is owned, so people must be known by now
  const made = await assemble({ inputs, rules, tiers, record, view, ctx });
  place?.keep(kept, made);
  return made;
};

interface Parts {
  readonly inputs: PoolInputs;
  readonly rules: PoolRules;
  readonly tiers: readonly ReadTier[];
  readonly record: PoolRecord;
  readonly view: DirectoryView;
  readonly ctx: Ctx;
}

const none: readonly never[] = [];
const ownedIn = (record: PoolRecord): number => {
  let sum = 0;
  for (const { size } of holderOf(record).values()) sum += size;
  return sum;
};

const sparedBy = ({ approval }: Ctx) => (approval.is === "approved" ? (approval.spared ?? none) : none);

/** By each license's own name: two of them may be written through one group. */
const sparedIn = (tiers: readonly ReadTier[], ctx: Ctx): Pick<Situation, "spared"> => {
  const seats = sparedBy(ctx);
  if (seats.length === 0) return {};
  const keys = tiers.flatMap((tier) =>
    seats.filter(({ license }) => license === seatsAt(tier)).map(({ holder }) => seatKey(tier.license, holder)),
  );
  return { spared: new Set(keys) };
};

const exemptNames = (inputs: PoolInputs): ((...names: (string | null)[]) => boolean) => {
  const accounts = new Set((inputs.exempt?.accounts ?? []).map((a) => a.toLowerCase()));
  return (...names) => names.some((n) => n !== null && accounts.has(n.toLowerCase()));
};

const assemble = async (read: Parts): Promise<PoolView> => {
  const claims = claimsOf(read.rules, read.view, read.ctx);
  const memory = presumed(read.record, claims.has);
  const record = memory === read.record.memory ? read.record : { ...read.record, memory };
  const parts = { ...read, record };
  const { inputs, rules, tiers, view, ctx } = parts;
  const exempt = exemptNames(inputs);
  const exemptRule = (person: Person): boolean => (rules.exempt?.decide(person, ctx.now).is ?? "no") !== "no";
  const anyAccount = (inputs.exempt?.accounts ?? []).length > 0;
  const { held: listed, strangers, pinned } = link(parts, await ownersOf(parts, ctx), exempt);
  const unlisted = settling(tiers, record, listed, ctx.now);
  const held = unlisted.size === 0 ? listed : new Map(listed);
  for (const [person, seat] of unlisted) held.set(person, [...(held.get(person) ?? none), seat]);
  // Each look-up of an id costs 100,000 times a miss of the processor's caches. Where every owner was found by their seat
  // and every holder is claimed, which is the rule, nobody of them needs another.
  const seatsOf = claims.people.map((person) => held.get(person.id) ?? none);
  const holding = seatsOf.reduce((sum, seats) => (seats === none ? sum : sum + 1), 0);
  const others = holding < held.size;
  const owning = others || pinned < ownedIn(record);
  const extra = await remembered(parts, { claimed: claims.has, owning });
  const ids = new Set<PersonId>();
  const holders = others ? held.keys() : none;
  for (const some of [claims.undecided.keys(), holders, extra.missing.map((p) => p.id), extra.unclaimed])
    for (const id of some) if (!claims.has(id)) ids.add(id);
  const known = new Map(extra.missing.map((p) => [p.id, p]));
  const people = [...claims.people];
  for (const id of ids) {
    const person = view.byId.get(id) ?? known.get(id);
    if (person) people.push(person);
  }
  const accounts = await accountsOf(claims.people, tiers, held, ctx);
  const { cooldown } = record.memory;
  const holdersOf = (of: ReadonlySet<number>) =>
    people.filter((p) => cooldown[p.id] !== undefined || held.get(p.id)?.some(({ tier }) => of.has(tier)));
  const active = await lastActivity(inputs, tiers, holdersOf, ctx);
  const member = (person: Person, seats: readonly HeldSeat[], claimed: readonly number[]): Member => {
    const mine = accounts(person);
    return {
      id: person.id,
      name: personName(person, ctx.people),
      status: person.status,
      accounts: mine,
      claims: person.status === "deleted" ? none : claimed,
      undecided: claims.undecided.size === 0 ? none : (claims.undecided.get(person.id) ?? none),
      tier: tierOf(rules, person, ctx.now),
      held: seats,
      exempt:
        exemptRule(person) ||
        (anyAccount &&
          exempt(
            person.login,
            person.email,
            ...mine.flatMap((a) => (a ? [a.id, a.name] : [])),
            ...seats.flatMap((h) => [h.account, h.holder]),
          )),
      scope:
        rules.scope === null
          ? "in"
          : ({ yes: "in", no: "out", undecided: "undecided" } as const)[rules.scope.decide(person, ctx.now).is],
      lastActive: active.at.size === 0 ? null : (active.at.get(person.id) ?? null),
      ...(active.byTier ? { lastActiveIn: active.byTier.map((at) => at.get(person.id) ?? null) } : {}),
    };
  };
  const members = new Map<PersonId, Member>();
  for (const [i, person] of people.entries()) {
    const seats = seatsOf[i] ?? held.get(person.id) ?? none; // those who are claimed come first
    members.set(person.id, member(person, seats, claims.of[i] ?? none));
  }
  const situation: Situation = {
    now: new Date(ctx.now).toISOString(),
    pool: inputs.name,
    policy: policyOf(inputs, tiers, ctx),
    tiers: tiers.map((t, i) => ({ ...t.situation, usage: active.usage[i] ?? null })),
    rules: inputs.rules.map((r) => ({ name: r.claim.name, allotment: r.allotment ?? null, reserve: r.reserve })),
    people: members,
    strangers,
    memory: record.memory,
    // Who match say nothing of how many there are: then it is as many as were known last.
    directory: { people: view.total ?? record.memory.directory ?? Math.max(1, view.people.length), fault: view.fault },
    ...(ctx.approval.is === "unseen" ? { assignOnly: true } : {}),
    ...sparedIn(tiers, ctx),
  };
  return {
    situation,
    tiers,
    rules,
    record: read.record,
    messages: claims.messages,
    dueAt: dueByTime(rules, view, ctx),
  };
};
