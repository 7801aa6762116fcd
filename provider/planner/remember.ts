import type { Outcome } from "../core/connector.ts";
import type { PersonId } from "../core/person.ts";
import { claimedPerRule } from "./position.ts";
import { lastActiveIn } from "./reclaim.ts";
import { type Refusal, refusalsKept, refusalsOf } from "./refusals.ts";
import type { Memory, Owned, Plan, PlanStep, RecentRemovals, Situation, Tried } from "./situation.ts";
import { countsAsRemoval, staysInTier, vendorKinds } from "./steps.ts";
import { day, hour, iso, ms } from "./time.ts";

/** What came of one vendor step. A step without an outcome was not tried. */
export interface StepOutcome {
  readonly step: Pick<PlanStep, "kind" | "person" | "tier" | "from">;
  readonly result: Outcome["result"];
  readonly until?: string;
  /** When writing ended; absent: when the situation was read. A run may take hours, and lists trail behind its writes. */
  readonly at?: string;
  /** Nothing was asked of the vendor. */
  readonly untried?: boolean;
  /** The vendor's own no to this step. */
  readonly refusal?: Refusal;
}

/** How long an accepted release may take to show in the vendor's list before it is asked for again. */
const settling = hour;

type Draftable = {
  -readonly [K in keyof Memory]: Memory[K] extends ReadonlyMap<infer K, infer V>
    ? Map<K, V>
    : Memory[K] extends Readonly<Record<string, infer V>>
      ? Record<string, V>
      : Memory[K];
};

/**
 * The memory after an apply: what really happened, and nothing else. Where nothing happened it is the very same
 * object, so that an engine sees no change.
 */
export function remember(situation: Situation, plan: Plan, outcomes: readonly StepOutcome[]): Memory {
  if (plan.refusal) return situation.memory;
  const told = new Map(outcomes.map((outcome) => [idOf(outcome.step), outcome]));
  const happened = plan.steps.filter(
    (step) => !vendorKinds.has(step.kind) || (told.get(idOf(step))?.result ?? "failed") !== "failed",
  );
  const tries = triesOf(situation, plan, told);
  const refusals = refusalsOf(situation, plan, (step) => told.get(idOf(step)));
  if (happened.length === 0 && tries.length === 0 && refusals === null) return situation.memory;
  const { memory } = situation;
  const next: Draftable = {
    ...memory,
    owned: new Map(memory.owned),
    waiting: { ...memory.waiting },
    leaving: { ...memory.leaving },
    candidates: { ...memory.candidates },
    cooldown: { ...memory.cooldown },
  };
  for (const step of happened) record(next, step, { situation, outcome: told.get(idOf(step)) ?? null });
  for (const { person, rule } of refusals?.waits ?? [])
    next.waiting[person] ??= { since: next.owned.get(person)?.since ?? situation.now, rule: rule ?? "" };
  for (const [person, rule] of Object.entries(plan.attribution)) {
    const owned = next.owned.get(person);
    if (owned) next.owned.set(person, { ...owned, rule });
  }
  prune(next, situation);
  next.tried = { ...stillFaulty(situation), ...Object.fromEntries(tries) };
  if (Object.keys(next.tried).length === 0) delete next.tried;
  delete next.refused;
  delete next.soldOut;
  Object.assign(next, refusalsKept(situation, happened, refusals));
  const lately = Object.entries(next.switched ?? {}).filter(([, { at }]) => ms(at) + settling > ms(situation.now));
  if (lately.length > 0) next.switched = Object.fromEntries(lately);
  else delete next.switched;
  next.removals = removals(situation, happened);
  next.ruleCounts = claimedPerRule(situation);
  next.directory = situation.directory.people;
  return next;
}

/** What the next list may not show yet. */
function switchedPlans(next: Draftable, { person, tier }: PlanStep, { situation, outcome }: Told): void {
  const { settles, servicePlans } = situation.tiers[tier] ?? {};
  const at = outcome?.at ?? situation.now;
  if (settles && servicePlans) next.switched = { ...next.switched, [person]: { at, on: servicePlans.on } };
}

/** Whatever came of them: a try in vain is not made again at once. */
const triesOf = (situation: Situation, plan: Plan, told: ReadonlyMap<string, StepOutcome>): [PersonId, Tried][] =>
  plan.steps.flatMap((step): [PersonId, Tried][] => {
    const outcome = told.get(idOf(step));
    if (step.kind !== "assign" || !outcome || outcome.untried) return [];
    const held = situation.people.get(step.person)?.held ?? [];
    const seat = held.find(({ tier, state }) => tier === step.tier && state === "error");
    if (!seat) return [];
    return [[step.person, { at: situation.now, code: seat.problem?.code ?? "", free: plan.free[step.tier] ?? null }]];
  });

/** Earlier tries of whom the vendor still shows with an error; of others there is nothing to remember. */
const stillFaulty = ({ memory, people }: Situation): Record<PersonId, Tried> =>
  Object.fromEntries(
    Object.entries(memory.tried ?? {}).filter(([person]) =>
      people.get(person)?.held.some(({ state }) => state === "error"),
    ),
  );

const idOf = ({ kind, person, tier, from }: StepOutcome["step"]): string => `${kind} ${person} ${tier} ${from ?? ""}`;

interface Told {
  readonly situation: Situation;
  readonly outcome: StepOutcome | null;
}

function record(next: Draftable, step: PlanStep, told: Told) {
  const { situation } = told;
  const { person } = step;
  if (staysInTier(step)) return switchedPlans(next, step, told); // whose seat it is, and since when, is as before
  if (step.kind === "leave" || step.kind === "unassign" || step.kind === "candidate") dropStale(next, step, situation);
  const license = situation.tiers[step.tier]?.license ?? "";
  switch (step.kind) {
    case "assign":
    case "move":
    case "adopt":
      if (step.kind === "move" && step.reason === "inactive") cool(next, step, situation);
      else if (step.kind === "assign" ? !stillDown(next, step, situation) : step.reason === "active-again")
        delete next.cooldown[person];
      settle(next, person);
      next.owned.set(person, owning(step, license, told.outcome?.at ?? situation.now));
      return;
    case "unassign":
      return unassigned(next, step, told);
    case "wait":
      settle(next, person); // somebody whose seat was taken by hand stays ours: they go first when one is free
      next.waiting[person] = { since: next.owned.get(person)?.since ?? situation.now, rule: step.rule ?? "" };
      return;
    case "leave": {
      const cause = step.reason === "suspended" || step.reason === "deleted" ? step.reason : "unclaimed";
      const adopted = !next.owned.has(person) && situation.people.has(person);
      settle(next, person);
      if (adopted) next.owned.set(person, owning({ ...step, kind: "adopt" }, license, situation.now));
      next.leaving[person] = { since: situation.now, cause };
      return;
    }
    case "candidate":
      settle(next, person);
      if (!next.owned.has(person)) next.owned.set(person, owning({ ...step, kind: "adopt" }, license, situation.now));
      next.candidates[person] = {
        since: situation.now,
        lastActive: lastActiveOf(situation, step) ?? situation.now,
      };
      return;
    case "forget":
      settle(next, person);
      if (step.reason === "seat-gone" || step.reason === "seat-ended" || step.reason === "other-pool")
        next.owned.delete(person);
      return;
  }
}

const lastActiveOf = ({ people }: Situation, { person, tier }: PlanStep): string | null => {
  const member = people.get(person);
  return member ? lastActiveIn(member, tier) : null;
};

/** A seat that somebody took by hand is not the one that this step is about. */
function dropStale(next: Draftable, { kind, person, tier }: PlanStep, { people, tiers }: Situation): void {
  const owned = next.owned.get(person);
  const held = people.get(person)?.held ?? [];
  const there = held.some((seat) => tiers[seat.tier]?.license === owned?.license && seat.holder === owned?.holder);
  const other = kind !== "unassign" && owned?.license !== tiers[tier]?.license;
  if (owned && (!there || other)) next.owned.delete(person);
}

/** Whoever has a seat now neither waits nor leaves nor is a candidate. */
function settle(next: Draftable, person: PersonId): void {
  delete next.waiting[person];
  delete next.leaving[person];
  delete next.candidates[person];
}

const owning = (step: PlanStep, license: string, now: string): Owned => ({
  license,
  holder: step.holder ?? "",
  account: step.account ?? "",
  since: now,
  how: step.kind === "adopt" ? "adopted" : "assigned",
  ...(step.rule === null ? {} : { rule: step.rule }),
});

function unassigned(next: Draftable, step: PlanStep, { situation, outcome }: Told): void {
  const { person } = step;
  const owned = next.owned.get(person);
  const tier = situation.tiers[step.tier];
  if (step.reason === "second-seat" || (owned && owned.license !== tier?.license)) return; // not the seat that is remembered
  if (step.reason === "inactive") cool(next, step, situation);
  settle(next, person);
  const later = outcome?.result === "pending" || outcome?.result === "accepted";
  if (!later) return void next.owned.delete(person);
  const until =
    outcome.until ?? (outcome.result === "pending" ? tier?.cycleEndsAt : null) ?? iso(ms(situation.now) + settling);
  const release =
    owned ??
    (situation.people.has(person) ? owning({ ...step, kind: "adopt" }, tier?.license ?? "", situation.now) : null);
  if (release) next.owned.set(person, { ...release, releaseUntil: until });
}

/** Gets back the lesser seat that they were moved down to: that ends no cooldown. */
const stillDown = (next: Draftable, step: PlanStep, { tiers }: Situation): boolean => {
  const taken = tiers.findIndex(({ license }) => license === next.cooldown[step.person]?.license);
  return step.reason === "restored" && taken >= 0 && step.tier > taken;
};

/** No cooldown at all would give the seat back at the next plan: then only a sign-in does. */
const never = "9999-12-31T00:00:00.000Z";

function cool(next: Draftable, step: PlanStep, { now, policy, tiers }: Situation): void {
  const cooldown = policy.reclaim?.cooldown ?? 0;
  const until = cooldown > 0 ? iso(ms(now) + cooldown) : never;
  next.cooldown[step.person] = { since: now, until, license: tiers[step.from ?? step.tier]?.license ?? "" };
}

/** What can have no effect any more goes along with the next step. */
function prune(next: Draftable, { now, tiers, strangers }: Situation): void {
  const outside = new Set(strangers.map((seat) => `stranger:${tiers[seat.tier]?.license ?? ""}:${seat.holder}`));
  for (const person of Object.keys(next.leaving))
    if (!next.owned.has(person) && !outside.has(person)) delete next.leaving[person];
  for (const person of Object.keys(next.candidates)) if (!next.owned.has(person)) delete next.candidates[person];
  for (const [person, { until, license }] of Object.entries(next.cooldown)) {
    const owned = next.owned.get(person);
    const place = (name: string): number => tiers.findIndex((tier) => tier.license === name);
    const down = owned !== undefined && place(owned.license) > place(license);
    if (ms(until) <= ms(now) && !down) delete next.cooldown[person];
  }
}

function removals(situation: Situation, happened: readonly PlanStep[]): readonly RecentRemovals[] {
  const { memory, now } = situation;
  const kept = memory.removals.filter(({ at }) => ms(at) + day > ms(now));
  const count = happened.filter((step) => countsAsRemoval(step, situation)).length;
  const claimed = claimedPerRule(situation);
  const lost = Object.fromEntries(
    Object.entries(memory.ruleCounts)
      .map(([rule, before]) => [rule, before - (claimed[rule] ?? 0)] as const)
      .filter(([, gone]) => gone > 0),
  );
  const any = Object.keys(lost).length > 0;
  if (count === 0 && !any) return kept;
  return [...kept, { at: now, count, ...(any ? { lost } : {}) }];
}
