import type { PersonId } from "../core/person.ts";
import type { Approved, HeldSeat, PlanStep, Situation, StepKind, Tier } from "./situation.ts";
import { byText } from "./time.ts";

/** Why a step is taken: a closed list, for machines. The step's sentence says it to people. */
export const reasons = [
  "claimed", // assign: a rule claims them
  "promoted", // assign: they waited
  "restored", // assign: their seat was taken away by hand, or was about to end
  "retried", // assign: the vendor shows the seat as faulty, and a second try can help now
  "held-before", // adopt: claimed, and held a seat before this pool did
  "pool-full", // wait
  "rule-full", // wait
  "reserved", // wait: the free seats are kept for other rules
  "license-full", // wait
  "sold-out", // wait: the vendor does not tell what was purchased, and had no seat left when it was last asked
  "unclaimed", // leave, unassign: no rule claims them any more
  "no-tier", // leave, unassign: claimed, but no tier's condition holds
  "suspended", // leave, unassign: in the directory
  "deleted", // leave, unassign: in the directory
  "external", // leave, unassign: an exclusive pool tolerates nobody else's seats
  "second-seat", // unassign: an exclusive pool tolerates no second seat of one person
  "inactive", // candidate, unassign, move down
  "destroyed", // unassign: the pool is destroyed and releases
  "tier", // move: another tier's condition holds now
  "better-tier", // move: the license they really want has a seat again
  "active-again", // move back up; forget: no candidate any more
  "service-plans", // move to the same tier: the seat stays, other plans of it are on than may be
  "license-changed", // move: the pool has another license now
  "returned", // forget: claimed again while leaving
  "reclaim-off", // forget: the pool reclaims no longer, or not from them
  "not-claimed", // forget: no longer waits
  "seated", // forget: got a seat by hand while waiting
  "seat-gone", // forget: seat taken away by hand, and nobody claims it
  "seat-ended", // forget: the vendor has ended a released seat
  "other-pool", // forget: another pool of the same plan owns or claims the seat
  "left-alone", // forget: exempt now, so they no longer leave
] as const;
export type Reason = (typeof reasons)[number];

/** How a seat is named across pools. */
export const seatKey = (license: string, holder: string): string => `${license} ${holder}`;

/** A step before its money and its sentence. */
export interface Draft {
  readonly kind: StepKind;
  readonly person: PersonId;
  readonly name: string;
  readonly tier: number;
  readonly from: number | null;
  readonly holder: string | null;
  readonly account: string | null;
  readonly lost?: { readonly holder: string; readonly account: string };
  readonly reason: Reason;
  readonly rule: string | null;
  /** The rule's place in the order; people without one come last. */
  readonly rank: number;
  /** A move that needs a seat which another move frees comes in a later turn; 0: it needs none. */
  readonly turn: number;
  /** Every rule that claims them, in order, by its place. */
  readonly sources: readonly number[];
  /** Since when they wait, were last active, had the seat: what the sentence needs. */
  readonly since: string | null;
  /** When the leaving or the notice ends, for somebody who was told before. */
  readonly due: string | null;
  /** Grace or notice of somebody who is told now, in milliseconds. */
  readonly grace: number;
  /** assign: they have the seat until it ends; it was paid all along. */
  readonly back?: true;
  /** The seat that is lost is faulty: nobody consumes it, and nobody saves by it. */
  readonly faulty?: boolean;
  /** retried: the vendor's word for what was wrong. */
  readonly problem?: string;
  /** move: they hold the seat already that they move to. */
  readonly there?: boolean;
  /** No purchased seat is free: the vendor sells one with the assignment. */
  readonly buys?: boolean;
  /** Service plans that are switched, by id. */
  readonly plans?: SwitchedPlans;
}
export interface SwitchedPlans {
  readonly off: readonly string[];
  readonly on: readonly string[];
}
/** What must be switched for a seat to be as the allow-list says; null: nothing, or nobody says what is on. */
export function switched(
  seat: Pick<HeldSeat, "servicePlans">,
  tier: Pick<Tier, "servicePlans" | "retired"> | undefined,
): SwitchedPlans | null {
  if (!tier?.servicePlans || tier.retired || !seat.servicePlans) return null;
  const [is, may] = [new Set(seat.servicePlans), new Set(tier.servicePlans.on)];
  const [off, on] = [[...is].filter((id) => !may.has(id)).sort(), [...may].filter((id) => !is.has(id)).sort()];
  return off.length + on.length === 0 ? null : { off, on };
}

const kindOrder: Readonly<Record<StepKind, number>> = {
  unassign: 0,
  move: 1,
  assign: 2,
  adopt: 3,
  wait: 4,
  leave: 5,
  candidate: 6,
  forget: 7,
};

export const inOrder = (a: Draft, b: Draft): number =>
  kindOrder[a.kind] - kindOrder[b.kind] ||
  a.turn - b.turn ||
  a.rank - b.rank ||
  byText(a.name, b.name) ||
  byText(a.person, b.person);

export const vendorKinds: ReadonlySet<StepKind> = new Set(["assign", "unassign", "move"]);
export const vendorSteps = ({ steps }: { readonly steps: readonly PlanStep[] }): readonly PlanStep[] =>
  steps.filter(({ kind }) => vendorKinds.has(kind));

/** Somebody who had a seat ends up without one, or with a lesser one, or with one of another license. */
export const loses = (step: Pick<PlanStep, "kind" | "reason" | "tier" | "from">): boolean =>
  step.kind === "unassign" ||
  step.kind === "leave" ||
  (step.kind === "move" && (step.reason === "license-changed" || step.tier > (step.from ?? step.tier)));

/** Under the execution limit each removal counts once: when the leaving begins, or at once where there is no grace. */
export const countsAsRemoval = (
  step: Pick<PlanStep, "kind" | "reason" | "tier" | "from" | "person">,
  { memory }: Situation,
): boolean => loses(step) && memory.leaving[step.person] === undefined;

/** The seat stays where it is: only service plans of it change. */
export const staysInTier = (step: Pick<PlanStep, "kind" | "tier" | "from">): boolean =>
  step.kind === "move" && step.tier === step.from;

export const keyOf = (step: Approved): string =>
  `${step.kind} ${step.person} ${step.tier} ${step.from ?? ""}${step.back ? " back" : ""}`;

/** The id under which a seat without a person is remembered and approved. */
export const strangerId = (license: string, holder: string): PersonId => `stranger:${license}:${holder}`;

/** A plan as somebody approves it. */
export const approvedSteps = (steps: readonly PlanStep[]): readonly Approved[] =>
  steps.map(({ kind, person, tier, from, reason, back }) => ({
    kind,
    person,
    tier,
    from,
    ...(kind === "wait" ? { reason } : {}),
    ...(back ? { back } : {}),
  }));
