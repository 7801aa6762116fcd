import type { PersonId } from "../core/person.ts";
import type { Code } from "../core/problem.ts";
import type { Refused, SoldOut } from "./refused.ts";
import type { StepOutcome } from "./remember.ts";
import type { Memory, Plan, PlanStep, Situation, Tier } from "./situation.ts";
import { staysInTier } from "./steps.ts";
import { day, iso, ms } from "./time.ts";
import { faulty } from "./view.ts";

/** A vendor's no that lasts (`Problem.lasting`) or for want of seats, in its own words. */
export interface Refusal {
  readonly code: Code;
  readonly text: string;
}
export const askedAgain = ({ at }: { readonly at: string }): string => iso(ms(at) + day);
const lasts = (told: { readonly at: string }, now: string): boolean => ms(told.at) + day > ms(now);

/**
 * Where nobody says what was purchased, the vendor's refusal does: it had no more than were in use then. That holds for a
 * day, or until the allotment changes or the purchased quantity is known.
 */
export const soldOut = ({ memory, policy, now }: Situation, tier: Tier | undefined): SoldOut | null => {
  const told = tier && memory.soldOut?.[tier.license];
  const holds = told && tier.purchased === null && told.allotment === policy.allotment && lasts(told, now);
  return holds ? told : null;
};

const plansOf = ({ servicePlans }: Tier): Pick<Refused, "plans"> =>
  servicePlans ? { plans: servicePlans.on.join(" ") } : {};

/** Whether the vendor refused this account a seat of this license less than a day ago, with the plans that it would have now. */
export const refusedLately = (
  { memory, now }: Situation,
  asked: { readonly person: PersonId; readonly tier: Tier; readonly holder: string },
): Refused | null => {
  const { plans } = plansOf(asked.tier);
  const same = (told: Refused): boolean =>
    told.license === asked.tier.license && told.holder === asked.holder && told.plans === plans;
  return memory.refused?.[asked.person]?.find((told) => same(told) && lasts(told, now)) ?? null;
};

interface Answer {
  readonly step: PlanStep;
  readonly outcome: StepOutcome;
}
/** What a vendor refused in one apply: nothing of it need be asked again at once. */
export interface Refusals {
  readonly refused: readonly (readonly [PersonId, Refused])[];
  readonly soldOut: Readonly<Record<string, SoldOut>>;
  /** For them no seat was left: they wait from now on. */
  readonly waits: readonly PlanStep[];
}
type Told = (step: PlanStep) => StepOutcome | undefined;

/** null: nothing was refused. */
export function refusalsOf(situation: Situation, plan: Plan, told: Told): Refusals | null {
  const answers = plan.steps.flatMap((step): Answer[] => {
    const outcome = told(step);
    return outcome && !outcome.untried ? [{ step, outcome }] : [];
  });
  const all = situation.tiers.map((tier, i) => ofTier(situation, tier, { tier: i, answers }));
  const refused = all.flatMap((one) => one.refused);
  const none: Refusals["soldOut"] = Object.assign({}, ...all.map((one) => one.soldOut));
  if (refused.length + Object.keys(none).length === 0) return null;
  return { refused, soldOut: none, waits: all.flatMap(({ waits }) => waits) };
}

function ofTier(
  situation: Situation,
  tier: Tier,
  of: { readonly tier: number; readonly answers: readonly Answer[] },
): Refusals {
  const { now, policy, people } = situation;
  const { license } = tier;
  const asked = of.answers.filter(({ step }) => gains(step) && step.tier === of.tier);
  const personal = asked.filter(({ outcome: { refusal } }) => refusal && refusal.code !== "no-seats");
  const refused = personal.map(({ step, outcome }): [PersonId, Refused] => [
    step.person,
    { at: now, license, holder: step.holder ?? "", ...plansOf(tier), text: outcome.refusal?.text ?? "" },
  ]);
  const unsold = tier.purchased === null ? asked.filter(({ outcome }) => outcome.refusal?.code === "no-seats") : [];
  const consumed = unsold.length > 0 ? consumedAfter(situation, of.tier, of.answers) : 0;
  return {
    refused,
    soldOut: unsold.length > 0 ? { [license]: { at: now, consumed, allotment: policy.allotment } } : {},
    waits: unsold.flatMap(({ step }) => (people.get(step.person)?.held.length === 0 ? [step] : [])),
  };
}

const gains = (step: PlanStep): boolean => step.kind === "assign" || (step.kind === "move" && !staysInTier(step));

/** Seats of a license in use once these steps were done; too low rather than too high. */
function consumedAfter({ people, strangers, tiers }: Situation, tier: number, answers: readonly Answer[]): number {
  const holds = (person: PersonId): boolean =>
    people.get(person)?.held.some((seat) => seat.tier === tier && !faulty(seat)) ?? false;
  let seen = strangers.filter((seat) => seat.tier === tier && !faulty(seat)).length;
  for (const person of people.keys()) if (holds(person)) seen += 1;
  let consumed = Math.max(tiers[tier]?.consumed ?? 0, seen);
  for (const { step, outcome } of answers) {
    if (outcome.result === "failed" || outcome.result === "already" || staysInTier(step)) continue;
    if (gains(step) && step.tier === tier && !holds(step.person)) consumed += 1;
    const lost = step.kind === "unassign" ? step.tier : step.kind === "move" ? step.from : null;
    if (lost === tier && outcome.result !== "pending") consumed -= 1;
  }
  return Math.max(0, consumed);
}

/** What is remembered of refusals from now on: nothing that is over, nothing of people who got that seat. */
export function refusalsKept(
  { memory, now, tiers, people }: Situation,
  happened: readonly PlanStep[],
  found: Refusals | null,
): Pick<Memory, "refused" | "soldOut"> {
  const seated = new Set(happened.filter(gains).map(({ person, tier }) => `${person} ${tiers[tier]?.license}`));
  const refused: Record<PersonId, Refused[]> = {};
  const before = Object.entries(memory.refused ?? {}).flatMap(([person, all]) =>
    all.map((told) => [person, told] as const),
  );
  const asked = new Set(found?.refused.map(([person, { license }]) => `${person} ${license}`));
  for (const [person, told] of before) {
    const key = `${person} ${told.license}`;
    const claimed = (people.get(person)?.claims.length ?? 0) > 0;
    if (lasts(told, now) && claimed && !seated.has(key) && !asked.has(key))
      refused[person] = [...(refused[person] ?? []), told];
  }
  for (const [person, told] of found?.refused ?? []) refused[person] = [...(refused[person] ?? []), told];
  const unknown = new Set(tiers.flatMap(({ license, purchased }) => (purchased === null ? [license] : [])));
  const sold = Object.entries(memory.soldOut ?? {}).filter(
    ([license, told]) => lasts(told, now) && unknown.has(license),
  );
  const none = { ...Object.fromEntries(sold), ...found?.soldOut };
  return {
    ...(Object.keys(refused).length > 0 ? { refused } : {}),
    ...(Object.keys(none).length > 0 ? { soldOut: none } : {}),
  };
}
