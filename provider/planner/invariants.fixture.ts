/** For tests only: what must hold for every plan, said without knowing how the planner decides. */
import { checkHindered } from "./hindered-invariants.fixture.ts";
import { act, type Someone, seatsOf, situationOf, type World } from "./model.fixture.ts";
import { plan } from "./plan.ts";
import { remember, type StepOutcome } from "./remember.ts";
import type { Plan, PlanStep, Situation } from "./situation.ts";
import { day, ms } from "./time.ts";

const live = (world: World) => world.tiers.filter((tier) => !tier.retired);
const claimsOf = ({ status, claims }: Someone): readonly number[] =>
  status === "suspended" || status === "deleted" ? [] : claims;

/** Licenses of this pool of which they hold a seat; of one it had before only a seat that is ours. */
const seatsIn = (world: World, id: string): string[] =>
  world.tiers
    .filter(({ license, retired }) => !retired || world.memory.owned.get(id)?.license === license)
    .map(({ license }) => license)
    .filter((license) => seatsOf(world, license).has(id));

/** Seats that count against the allotment: the ones we remember as ours, and those of people who are claimed. */
const counting = (world: World): Someone[] => {
  const ours = (id: string): boolean => {
    const owned = world.memory.owned.get(id);
    return (
      owned !== undefined &&
      world.tiers.some(({ license }) => license === owned.license) &&
      seatsOf(world, owned.license).has(owned.holder)
    );
  };
  const held = (id: string): boolean => live(world).some(({ license }) => seatsOf(world, license).has(id));
  return world.people.filter(
    (one) => ours(one.id) || (held(one.id) && claimsOf(one).length > 0 && one.scope !== "out"),
  );
};

/** Every set of rules: who is claimed by these rules only cannot be more than their allotments together. */
const ruleSets = (world: World): { rules: number[]; cap: number }[] =>
  Array.from({ length: 2 ** world.rules.length - 1 }, (_, bits) =>
    world.rules.map((_r, i) => i).filter((i) => (bits + 1) & (1 << i)),
  )
    .map((rules) => ({
      rules,
      cap: rules.reduce((sum, i) => sum + (world.rules[i]?.allotment ?? Number.POSITIVE_INFINITY), 0),
    }))
    .filter(({ cap }) => Number.isFinite(cap));
const within = (people: readonly Someone[], rules: readonly number[]): number =>
  people.filter((one) => claimsOf(one).length > 0 && claimsOf(one).every((rule) => rules.includes(rule))).length;

const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

/** The allotments of pool and rules, and one seat per person; the vendor itself refuses more than its license. */
export function checkSeats(before: World, after: World): void {
  const was = counting(before);
  const is = counting(after);
  const gained = is.filter(({ id }) => seatsIn(before, id).length === 0); // taking over a seat that was there is no gain
  const cap = before.policy.allotment;
  if (cap !== null && gained.length > 0)
    expectThat(is.length <= cap, `pool: ${is.length} seats, allotment ${cap}, before ${was.length}`);
  const over = (people: readonly Someone[]): number =>
    ruleSets(before).reduce((most, { rules, cap: seats }) => Math.max(most, within(people, rules) - seats), 0);
  const kept = is.filter((one) => !gained.includes(one));
  expectThat(
    over(is) <= over(kept),
    `rules: ${over(is)} seats over their allotments, ${over(kept)} without the new ones`,
  );
  for (const { id } of after.people) {
    const count = (world: World): number =>
      seatsIn(world, id).filter((license) => seatsOf(world, license).get(id)?.endsAt === null).length;
    expectThat(count(after) <= Math.max(1, count(before)), `${id} has ${count(after)} seats`);
  }
}

/** Nobody who is claimed goes without the seat they had, unless for proven inactivity. */
export function checkIncumbents(before: World, after: World, plan: Plan): void {
  for (const one of before.people) {
    if (claimsOf(one).length === 0 || one.tier === null || seatsIn(before, one.id).length === 0) continue;
    const reclaimed = plan.steps.some((step) => step.person === one.id && step.reason === "inactive");
    expectThat(
      reclaimed ||
        seatsIn(after, one.id).some((license) => seatsOf(after, license).get(one.id)?.endsAt === null) ||
        seatsIn(before, one.id).every((license) => seatsOf(before, license).get(one.id)?.endsAt !== null),
      `incumbent ${one.id} lost their seat`,
    );
  }
}

/** Only what is ours is taken, and nothing that is exempt, inherited, out of scope or undecided is touched. */
export function checkTouched(world: World, plan: Plan): void {
  const { ownership } = world.policy;
  for (const step of plan.steps) {
    const one = world.people.find(({ id }) => id === step.person);
    if (!one) {
      expectThat(ownership === "exclusive" || step.kind === "forget", `stranger touched: ${step.sentence}`);
      continue;
    }
    if (step.kind === "forget" || step.kind === "wait") continue;
    expectThat(one.scope === "in", `outside the scope: ${step.sentence}`);
    const decided =
      one.status === "suspended" || one.status === "deleted" || one.claims.length > 0 || one.undecided.length === 0;
    expectThat(decided, `undecided: ${step.sentence}`);
    if (one.claims.length > 0 && claimsOf(one).length > 0)
      expectThat(one.tier !== "undecided", `tier undecided: ${step.sentence}`);
    if (step.kind === "assign") continue;
    expectThat(!one.exempt, `exempt: ${step.sentence}`);
    const license = world.tiers[step.from ?? step.tier]?.license ?? "";
    const seat = seatsOf(world, license).get(one.id);
    if (step.kind !== "candidate")
      expectThat(seat !== undefined && seat.inheritedFrom === null, `no seat, or inherited: ${step.sentence}`);
    if (ownership === "own")
      expectThat(world.memory.owned.get(one.id)?.license === license, `not ours: ${step.sentence}`);
  }
}

/** Whoever is claimed for sure and has a seat of ours that stays has the plans on that the pool allows, and no other; nobody else's are touched. */
export function checkServicePlans(before: World, after: World, plan: Plan, refused: ReadonlySet<string>): void {
  if (before.policy.enforce === "full")
    for (const one of after.people) {
      if (refused.has(one.id)) continue; // the move that would have mended it: the next plan does
      const owned = after.memory.owned.get(one.id);
      const tier = after.tiers.find(({ license, retired }) => license === owned?.license && !retired);
      const seat = owned && seatsOf(after, owned.license).get(owned.holder);
      const settled = claimsOf(one).length > 0 && typeof one.tier === "number" && one.scope === "in" && !one.exempt;
      if (!tier?.servicePlans || !seat?.servicePlans || !settled) continue;
      if (one.lacks?.[after.tiers.indexOf(tier)]) continue; // the vendor would refuse the switch
      if (seat.problem || seat.endsAt !== null || seat.inheritedFrom !== null || owned?.releaseUntil !== undefined)
        continue;
      const [is, may] = [[...seat.servicePlans].sort().join(), tier.servicePlans.on.join()];
      expectThat(is === may, `${one.id} has the service plans ${is}, allowed are ${may}`);
    }
  for (const step of plan.steps) {
    if (step.kind !== "move" || step.tier !== step.from) continue;
    expectThat(step.money === null, `service plans cost nothing: ${step.sentence}`);
    expectThat(before.tiers[step.tier]?.servicePlans !== undefined, `nobody asked for that: ${step.sentence}`);
  }
}

/** Somebody of the same claims, tier and accounts, and refused nowhere, who has waited longer is not overtaken. */
export function checkFair(world: World, plan: Plan): void {
  const waiting = plan.waiting.map(({ person, since }) => ({
    one: world.people.find(({ id }) => id === person),
    since: since ?? world.now,
  }));
  for (const step of plan.steps) {
    if (step.kind !== "assign" || step.reason === "restored" || step.reason === "retried") continue;
    const winner = world.people.find(({ id }) => id === step.person);
    const since = world.memory.waiting[step.person]?.since ?? world.now;
    for (const { one, since: waits } of waiting) {
      if (!one || !winner) continue;
      const alike =
        JSON.stringify([one.claims, one.tier, one.accounts, one.lacks]) ===
        JSON.stringify([winner.claims, winner.tier, winner.accounts, winner.lacks]);
      const { cooldown, refused } = world.memory;
      const free = (id: string): boolean => cooldown[id] === undefined && refused?.[id] === undefined;
      if (alike && free(one.id) && free(winner.id))
        expectThat(since < waits || (since === waits && winner.name <= one.name), `${step.person} overtakes ${one.id}`);
    }
  }
}

const losing = (step: PlanStep, world: World): boolean =>
  (step.kind === "unassign" ||
    step.kind === "leave" ||
    (step.kind === "move" && step.tier > (step.from ?? 0)) ||
    (step.kind === "move" && world.tiers[step.from ?? 0]?.retired === true)) &&
  world.memory.leaving[step.person] === undefined;
export const removalsOf = (plan: Plan, world: World): number => plan.steps.filter((step) => losing(step, world)).length;

/** `past`: every removal that was really begun, with its time. */
export function checkLimit(world: World, plan: Plan, past: readonly { at: number; count: number }[]): void {
  const now = removalsOf(plan, world);
  if (now === 0) return;
  const total = now + past.filter(({ at }) => at + day > ms(world.now)).reduce((sum, { count }) => sum + count, 0);
  const { acknowledge, executionLimit } = world.policy;
  if (acknowledge && ms(acknowledge.until) > ms(world.now) && total <= acknowledge.removals) return;
  const pool = new Set([
    ...world.memory.owned.keys(),
    ...plan.steps.filter((step) => losing(step, world) || step.kind === "adopt").map(({ person }) => person),
  ]).size;
  const most =
    executionLimit === null
      ? Math.min(50, Math.max(5, pool * 0.1))
      : (executionLimit.removals ?? Math.max(5, (pool * (executionLimit.percent ?? 100)) / 100));
  expectThat(total <= most, `${total} removals in 24 hours, ${most} allowed`);
}

/** The vendor does the plan, the pool remembers it, and everything above holds. Says what the vendor refused. */
function oneDay(world: World, made: Plan): readonly StepOutcome[] {
  const before = structuredClone(world);
  const situation = situationOf(world);
  const outcomes = act(world, made);
  world.memory = remember(situation, made, outcomes);
  checkSeats(before, world);
  checkIncumbents(before, world, made);
  checkTouched(before, made);
  const refused = outcomes.filter(({ refusal }) => refusal);
  checkServicePlans(before, world, made, new Set(refused.map(({ step }) => step.person)));
  const buys = Object.values(made.buys).reduce((sum, seats) => sum + seats, 0);
  const sold = (world.sold ?? 0) - (before.sold ?? 0);
  const tried = made.steps.some(({ reason }) => reason === "retried"); // in vain, perhaps
  expectThat(tried || refused.length > 0 || buys === sold, `the plan buys ${buys} seats, and ${sold} were sold`);
  checkFair(before, made);
  checkHindered(before, made);
  return refused;
}

export const shuffled = (situation: Situation, turn: number): Situation => {
  const people = [...situation.people];
  const at = turn % Math.max(1, people.length);
  const order = [...people.slice(at), ...people.slice(0, at)].reverse();
  const flip = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).reverse());
  const { owned, waiting, leaving, candidates, cooldown } = situation.memory;
  return {
    ...situation,
    people: new Map(order),
    strangers: [...situation.strangers].reverse(),
    memory: {
      ...situation.memory,
      owned: new Map([...owned].reverse()),
      waiting: flip(waiting),
      leaving: flip(leaving),
      candidates: flip(candidates),
      cooldown: flip(cooldown),
    },
  };
};

const same = (a: unknown, b: unknown, what: string): void => {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  expectThat(left === right, `${what}:\n  ${left}\n  ${right}`);
};

/**
 * A seat that a second try did not mend leaves room for the next in line, who may need one, too, and so does a refusal; but
 * nobody is tried twice, nor asked again for what was refused.
 */
function retriesEnd(
  world: World,
  first: { readonly made: Plan; readonly refused: readonly StepOutcome[] },
): { again: Situation; second: Plan } {
  const tried = new Set<string>();
  let { made, refused } = first;
  for (;;) {
    const again = situationOf(world);
    const second = plan(again);
    const vain = made.steps.filter(({ reason }) => reason === "retried");
    for (const { person } of vain) {
      expectThat(!tried.has(person), `${person} is tried twice`);
      tried.add(person);
    }
    for (const { step } of refused) {
      const asked = `${step.person} ${world.tiers[step.tier]?.license}`;
      expectThat(!tried.has(asked), `${asked} is refused twice`);
      tried.add(asked);
    }
    const open = vain.length > 0 || refused.length > 0;
    if (!open || second.steps.length === 0 || second.refusal) return { again, second };
    refused = oneDay(world, second);
    made = second;
  }
}

/** One day: plans, checks, acts and remembers, and plans again at the same moment. */
export function livesOn(world: World, past: { at: number; count: number }[], note: (made: Plan) => void): void {
  const situation = situationOf(world);
  const made = plan(situation);
  note(made);
  same(plan(shuffled(situation, world.people.length)), made, "another order of people gives another plan");
  const kinds = new Set(made.steps.map(({ kind }) => kind));
  const { enforce } = world.policy;
  expectThat(enforce !== "none" || kinds.size === 0, "frozen, but has steps");
  for (const kind of ["unassign", "leave", "move", "candidate"] as const)
    expectThat(enforce !== "assign" || !kinds.has(kind), `only assigns, but has ${kind}`);
  if (made.refusal) expectThat(remember(situation, made, []) === world.memory, "a refused plan is remembered");
  if (made.refusal) return;
  checkLimit(world, made, past);
  const begun = structuredClone(world);
  const refused = oneDay(world, made);
  const vain = new Set(refused.map(({ step }) => step.person));
  const done = made.steps.filter(({ kind, person }) => kind !== "move" || !vain.has(person));
  past.push({ at: ms(world.now), count: removalsOf({ ...made, steps: done }, begun) });
  const { again, second } = retriesEnd(world, { made, refused });
  expectThat(
    second.refusal === null || second.refusal.code === "no-seats",
    `refused after it was applied: ${second.refusal?.message}`,
  );
  if (second.refusal && world.memory.soldOut) return; // nothing of it may be done, so nobody is left to do the rest
  same(
    second.steps.map(({ sentence, reason }) => `${reason}: ${sentence}`),
    [],
    "the plan is not empty after it was applied",
  );
  expectThat(remember(again, second, []) === world.memory, "memory changed without a step");
}
