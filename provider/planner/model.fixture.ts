/**
 * For tests only: a directory and its vendors as plain data, a vendor that does what it is told (and checks its own
 * limits), and what may happen in a company on one day. No part of it knows how the planner decides.
 */
import type { SeatProblem } from "../core/connector.ts";
import type { Status } from "../core/person.ts";
import type { StepOutcome } from "./remember.ts";
import type { Plan, PlanStep } from "./situation.ts";
import {
  type HeldSeat,
  type Member,
  type Memory,
  nothing,
  type Policy,
  type Situation,
  type Tier,
} from "./situation.ts";
import { day, iso, ms } from "./time.ts";

export interface Someone {
  id: string;
  name: string;
  status: Status;
  claims: number[];
  undecided: number[];
  tier: number | "undecided" | null;
  exempt: boolean;
  scope: "in" | "out" | "undecided";
  /** Tiers where they have an account. */
  accounts: boolean[];
  lastActive: string | null;
  /** By tier: what the vendor is known to want of them and they have not. */
  lacks?: boolean[];
  /** The vendor refuses them, and nobody knows before it is asked. */
  refuses?: boolean;
}
export interface VendorSeat {
  since: string | null;
  inheritedFrom: string | null;
  endsAt: string | null;
  exempt: boolean;
  /** Shown as faulty; `stubborn`: whatever is tried. */
  problem?: SeatProblem & { readonly stubborn?: boolean };
  /** Service plans that are on. */
  servicePlans?: readonly string[];
}
export interface World {
  now: string;
  people: Someone[];
  rules: { name: string; allotment: number | null; reserve: number }[];
  tiers: (Omit<Tier, "consumed" | "usage"> & {
    usage: "fresh" | "stale" | "none";
    /** What was really sold, where `purchased` is not told. */
    stock?: number;
  })[];
  /** Per license, by holder. Who a holder is: `<person id>`, else a stranger. */
  seats: Map<string, Map<string, VendorSeat>>;
  policy: Policy;
  memory: Memory;
  /** Counts of the directory that a read may get wrong. */
  people0: number | null;
  fault: string | null;
  /** Seats that vendors sold with an assignment so far. */
  sold?: number;
}

const names = "ada bob cy dee eve fay gus hal ida jo kim lou mia ned ora pat quin ray sue tom".split(" ");
export const someone = (n: number, more: Partial<Someone> = {}): Someone => ({
  id: `u${n}`,
  name: names[n % names.length] ?? "ada",
  status: "active",
  claims: [],
  undecided: [],
  tier: 0,
  exempt: false,
  scope: "in",
  accounts: [true, true, true, true],
  lastActive: null,
  ...more,
});

export const seatsOf = (world: World, license: string): Map<string, VendorSeat> => {
  const seats = world.seats.get(license) ?? new Map<string, VendorSeat>();
  world.seats.set(license, seats);
  return seats;
};

export const working = (seats: ReadonlyMap<string, VendorSeat>): number =>
  [...seats.values()].filter(({ problem }) => !problem).length;
const stateOf = ({ problem }: VendorSeat): Pick<HeldSeat, "state" | "problem"> =>
  problem ? { state: "error", problem } : { state: "active" };

const usageOf = (kind: "fresh" | "stale" | "none", now: string): Tier["usage"] =>
  kind === "none"
    ? null
    : {
        signal: "sign-in",
        coverageFrom: iso(ms(now) - 400 * day),
        asOf: kind === "fresh" ? now : iso(ms(now) - 20 * day),
      };

export const lacking = { code: "no-usage-location", text: "no usageLocation. Set it." };

export function situationOf(world: World): Situation {
  const held = (id: string): HeldSeat[] =>
    world.tiers.flatMap(({ license }, tier) => {
      const seat = seatsOf(world, license).get(id);
      return seat
        ? [
            {
              tier,
              holder: id,
              account: id,
              since: seat.since,
              inheritedFrom: seat.inheritedFrom,
              endsAt: seat.endsAt,
              ...stateOf(seat),
              ...(seat.servicePlans ? { servicePlans: seat.servicePlans } : {}),
            },
          ]
        : [];
    });
  const known = new Set(world.people.map(({ id }) => id));
  const member = (one: Someone): Member => ({
    ...one,
    accounts: world.tiers.map((_tier, i) =>
      one.accounts[i] && one.status !== "deleted"
        ? { id: one.id, name: one.name, ...(one.lacks?.[i] ? { lacks: lacking } : {}) }
        : null,
    ),
    undecided: one.undecided.map((rule) => ({ rule, missing: "user.title" })),
    held: held(one.id),
  });
  return {
    now: world.now,
    pool: "pool",
    policy: world.policy,
    tiers: world.tiers.map((tier) => ({
      ...tier,
      consumed: working(seatsOf(world, tier.license)),
      usage: usageOf(tier.usage, world.now),
    })),
    rules: world.rules,
    people: new Map(world.people.map((one) => [one.id, member(one)])),
    strangers: world.tiers.flatMap(({ license }, tier) =>
      [...seatsOf(world, license)]
        .filter(([holder]) => !known.has(holder))
        .map(([holder, seat]) => ({
          tier,
          holder,
          account: holder,
          ...seat,
          ...stateOf(seat),
          name: holder,
          scope: "in" as const,
        })),
    ),
    memory: world.memory,
    directory: {
      people: world.people0 ?? world.people.filter(({ status }) => status !== "deleted").length,
      fault: world.fault,
    },
  };
}

/** The vendor does the steps in the plan's order, and refuses what it has no seat for. */
export function act(world: World, plan: Plan, fails: (step: PlanStep) => boolean = () => false): StepOutcome[] {
  const outcomes: StepOutcome[] = [];
  for (const step of plan.steps) {
    if (step.kind !== "assign" && step.kind !== "unassign" && step.kind !== "move") continue;
    if (fails(step)) outcomes.push({ step, result: "failed" });
    else if (waitsForAnother(world, step, outcomes)) outcomes.push({ step, result: "failed", untried: true });
    else outcomes.push({ step, ...write(world, step) });
  }
  return outcomes;
}

/** The seat that it needs was to be freed by a move that the vendor has refused: the apply leaves it out, too. */
function waitsForAnother(world: World, step: PlanStep, before: readonly StepOutcome[]): boolean {
  const tier = world.tiers[step.tier];
  if (step.kind === "unassign" || !tier || !before.some(({ refusal: no }) => no)) return false;
  const seats = seatsOf(world, tier.license);
  return isFull(tier, seats) && !seats.has(step.holder ?? "");
}
const isFull = (tier: World["tiers"][number], seats: ReadonlyMap<string, VendorSeat>): boolean =>
  tier.purchased !== null && working(seats) >= tier.purchased && !tier.buysOnAssign;

/** What the vendor says only when it is asked. */
function refusal(world: World, { person, tier, from, holder }: PlanStep): StepOutcome["refusal"] | null {
  const one = world.people.find(({ id }) => id === person);
  const to = world.tiers[tier];
  const seats = seatsOf(world, to?.license ?? "");
  if (tier === from || seats.has(holder ?? "")) return null;
  if (one?.lacks?.[tier]) throw new Error(`${person} lacks something, as everybody knows`);
  if (one?.refuses) return { code: "conflict", text: "they have another license that excludes it." };
  const none = to?.purchased === null && working(seats) >= (to.stock ?? Number.POSITIVE_INFINITY);
  return none ? { code: "no-seats", text: "no seat is left." } : null;
}

function write(world: World, step: PlanStep): Pick<StepOutcome, "result" | "until" | "refusal"> {
  const no = step.kind === "unassign" ? null : refusal(world, step);
  if (no) return { result: "failed", refusal: no };
  if (step.kind !== "unassign" && !give(world, step)) return { result: "failed" };
  if (step.kind === "assign" || (step.kind === "move" && step.from === step.tier)) return { result: "done" };
  const tier = world.tiers[step.from ?? step.tier];
  if (!tier) throw new Error("no such tier");
  const seats = seatsOf(world, tier.license);
  const holder = step.lost?.holder ?? step.holder ?? "";
  const seat = seats.get(holder);
  if (!seat) throw new Error(`${step.sentence}: the vendor knows no such seat`);
  if (seat.inheritedFrom !== null) throw new Error(`${step.sentence}: inherited seats cannot be unassigned`);
  if (tier.release === "immediate" || tier.release === "downgrades" || tier.release === "deactivatesUser") {
    seats.delete(holder);
    return { result: "done" };
  }
  const until = tier.cycleEndsAt ?? iso(ms(world.now) + 5 * day);
  seats.set(holder, { ...seat, endsAt: until });
  return { result: "pending", until };
}

/** A seat that is faulty becomes a good one if there is room and nothing else is wrong. */
function give(world: World, step: PlanStep): boolean {
  const tier = world.tiers[step.tier];
  if (!tier || tier.retired) throw new Error(`${step.sentence}: not for sale`);
  const seats = seatsOf(world, tier.license);
  const holder = step.holder ?? "";
  const before = seats.get(holder);
  const servicePlans = tier.servicePlans ? { servicePlans: tier.servicePlans.on } : {};
  const full = isFull(tier, seats);
  if (before?.problem && (before.problem.stubborn || full)) {
    seats.set(holder, { ...before, endsAt: null });
    return before.endsAt !== null || before.problem.code !== "CountViolation"; // told at once, or not
  }
  const sells = tier.buysOnAssign && (tier.purchased === null || working(seats) >= tier.purchased);
  if (sells && (!before || before.problem)) world.sold = (world.sold ?? 0) + 1;
  if (before) {
    const { problem: _mended, ...good } = before;
    seats.set(holder, { ...good, endsAt: null, ...servicePlans });
  } else if (full) throw new Error(`${step.sentence}: ${tier.license} has only ${tier.purchased} seats`);
  else seats.set(holder, { since: world.now, inheritedFrom: null, endsAt: null, exempt: false, ...servicePlans });
  return true;
}

/** Time passes: releases that the vendor queued take effect. */
export function pass(world: World, time: number): void {
  world.now = iso(ms(world.now) + time);
  for (const seats of world.seats.values())
    for (const [holder, seat] of seats)
      if (seat.endsAt !== null && ms(seat.endsAt) <= ms(world.now)) seats.delete(holder);
  for (const tier of world.tiers)
    while (tier.cycleEndsAt !== null && ms(tier.cycleEndsAt) <= ms(world.now))
      Object.assign(tier, { cycleEndsAt: iso(ms(tier.cycleEndsAt) + 30 * day) });
}

export const freshMemory = nothing;
