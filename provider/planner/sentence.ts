import { releasesLater } from "./money.ts";
import { askedAgain, soldOut } from "./refusals.ts";
import type { PlanStep, Situation, StepMoney, Tier } from "./situation.ts";
import { type Draft, type Reason, staysInTier, vendorKinds } from "./steps.ts";
import { duration, ms, when } from "./time.ts";

/**
 * What happens to one person, why, and at what price. It must read the same a minute later (an engine plans twice and
 * compares), so a new grace period is said as its length, and only what memory knows as a date.
 */
export function sentenceOf(step: Draft, money: StepMoney | null, situation: Situation): string {
  const { tiers } = situation;
  const parts = [because[step.reason](step, situation), buys(step), ends(step, tiers), price(step, money)];
  return `${step.name} ${act(step, tiers)}: ${parts.filter(Boolean).join(", ")}`;
}

const of = (tiers: readonly Tier[], tier: number): string => (tiers.length > 1 ? ` of ${titleOf(tiers[tier])}` : "");

const titleOf = (tier: Tier | undefined): string => tier?.title ?? tier?.license ?? "?";

function act(step: Draft, tiers: readonly Tier[]): string {
  const seat = `seat${of(tiers, step.tier)}`;
  switch (step.kind) {
    case "assign":
      if (step.reason === "retried") return `is assigned the ${seat} anew`;
      return step.reason === "restored" ? `gets the ${seat} back` : `gains a ${seat}`;
    case "unassign":
      return step.reason === "second-seat" ? `loses a second ${seat}` : `loses the ${seat}`;
    case "move":
      if (staysInTier(step)) return `keeps the ${seat}`;
      return `moves from ${titleOf(tiers[step.from ?? 0])} to ${titleOf(tiers[step.tier])}`;
    case "adopt":
      return `is adopted with the ${seat} held before`;
    case "wait":
      return `waits for a ${seat}`;
    case "leave":
      return `begins to leave the ${seat}`;
    case "candidate":
      return `becomes a candidate to lose the ${seat}`;
    case "forget":
      return forgotten[step.reason] ?? "is forgotten";
  }
}

const forgotten: Partial<Record<Reason, string>> = {
  returned: "leaves no longer",
  "active-again": "is no candidate any more",
  "reclaim-off": "is no candidate any more",
  "not-claimed": "waits no longer",
  seated: "waits no longer",
  "seat-gone": "has no seat of this pool any more",
  "seat-ended": "has no seat of this pool any more",
  "left-alone": "leaves no longer",
};

const by = ({ rule, sources }: Draft, { rules }: Situation): string => {
  if (sources.length < 2) return `rule ${rule ?? "?"}`;
  const names = sources.map((i) => rules[i]?.name ?? "?");
  return `rule ${rule ?? "?"} (${ordinal(names.indexOf(rule ?? "") + 1)} of ${names.length}: ${names.join(", ")})`;
};
const ordinal = (n: number): string => {
  const last = n % 100 > 10 && n % 100 < 14 ? 0 : n % 10;
  return `${n}${["th", "st", "nd", "rd"][last] ?? "th"}`;
};
const was = (step: Draft): string => (step.rule === null ? "" : ` (was ${step.rule})`);

const inactive = (step: Draft, { policy }: Situation): string =>
  `no activity for ${duration(policy.reclaim?.inactiveFor ?? 0)}${step.since === null || step.kind === "move" ? "" : ` (last ${when(step.since)})`}`;

const ending = (until: string, { now }: Situation): string =>
  ms(until) > ms(now) ? `it would have ended on ${when(until)}` : `it has ended on ${when(until)}`;

const because: Readonly<Record<Reason, (step: Draft, situation: Situation) => string>> = {
  claimed: by,
  promoted: (step, situation) => `${by(step, situation)}, waiting since ${when(step.since ?? "")}`,
  restored: (step, situation) =>
    `${step.since === null ? "taken away by hand" : ending(step.since, situation)}, ${by(step, situation)}`,
  retried: (step, situation) =>
    `${by(step, situation)}, tried again after ${step.problem ?? "an error"}: seats are free now`,
  "held-before": by,
  "pool-full": (step, situation) => `${by(step, situation)}, the pool's allotment is used up`,
  "rule-full": (step, situation) => `${by(step, situation)}, the rule's allotment is used up`,
  reserved: (step, situation) => `${by(step, situation)}, the free seats are reserved for other rules`,
  "license-full": (step, situation) => `${by(step, situation)}, the license has no free seat`,
  "sold-out": (step, situation) => {
    const none = soldOut(situation, situation.tiers[step.tier]);
    const again = none
      ? `the vendor refused on ${when(none.at)} for want of seats (${none.consumed} in use), and is asked again on ${when(askedAgain(none))} or when one comes free`
      : "the vendor had no seat left";
    return `${by(step, situation)}, ${again}: buy more, declare what was bought (commitments of the License), or lower the allotment`;
  },
  unclaimed: (step) => `no rule claims them any more${was(step)}`,
  "no-tier": (step) => `no tier's condition holds for them any more${was(step)}`,
  suspended: (step) => `suspended in the directory${was(step)}`,
  deleted: (step) => `deleted from the directory${was(step)}`,
  external: () => "this pool is exclusive, and no rule claims them",
  "second-seat": () => "this pool is exclusive, and they have another seat",
  inactive,
  destroyed: (step) => `the pool is destroyed with onDestroy = release${was(step)}`,
  tier: (step, situation) => `${by(step, situation)}, another tier's condition holds`,
  "better-tier": (step, situation) => `${by(step, situation)}, the preferred license has a free seat again`,
  "active-again": () => "active again",
  "service-plans": ({ plans, tier }, { tiers }) => {
    const said = (ids: readonly string[] = [], what: string): string =>
      ids.length === 0 ? "" : `${ids.map((id) => tiers[tier]?.servicePlans?.names[id] ?? id).join(", ")} ${what}`;
    return `service plans ${[said(plans?.off, "off"), said(plans?.on, "on")].filter(Boolean).join("; ")}, as the pool allows`;
  },
  "license-changed": (step, situation) => `${by(step, situation)}, the pool's license has changed`,
  returned: by,
  "reclaim-off": () => "this pool does not reclaim from them",
  "not-claimed": () => "no rule can seat them now",
  seated: () => "got a seat by hand",
  "seat-gone": (step) => `taken away by hand${step.sources.length === 0 ? ", and no rule claims them" : ""}`,
  "seat-ended": () => "the vendor has ended the released seat",
  "other-pool": () => "another pool owns or claims the seat, which stays",
  "left-alone": () => "nothing may be taken from them now",
};

const buys = (step: Draft): string => (step.buys ? "the vendor sells a seat for it" : "");

function ends(step: Draft, tiers: readonly Tier[]): string {
  if (step.kind === "leave") return `loses it after ${duration(step.grace)}`;
  if (step.kind === "candidate") return `loses it after ${duration(step.grace)} unless active again`;
  const tier = tiers[step.from ?? step.tier];
  const later =
    (step.kind === "unassign" || (step.kind === "move" && !staysInTier(step))) &&
    tier !== undefined &&
    releasesLater(tier);
  if (!later) return step.kind === "unassign" && step.due !== null ? `grace over since ${when(step.due)}` : "";
  return tier.cycleEndsAt === null
    ? `consumed until ${tier.release === "queued" ? "the vendor ends it" : "the end of the billing cycle"}`
    : `consumed until ${when(tier.cycleEndsAt)}`;
}

function price(step: Pick<PlanStep, "kind">, money: StepMoney | null): string {
  if (!money || !(vendorKinds.has(step.kind) || step.kind === "leave")) return "";
  const saves = money.monthly.startsWith("-");
  const sum = `${saves ? "saves " : ""}${money.monthly.replace("-", "")} ${money.currency} per month`;
  if (money.monthly === "0.00") return step.kind === "assign" ? "covered by the commitment" : "at no extra cost";
  if (money.real === "never") return `saves nothing: the commitment has no end`;
  if (money.real === "renewal") return `${sum} from renewal${money.on === null ? "" : ` after ${when(money.on)}`}`;
  if (money.real === "cycle-end")
    return `${sum} from the cycle's end${money.on === null ? "" : ` on ${when(money.on)}`}`;
  return `${sum} from ${step.kind === "leave" ? "then" : "now"}`;
}
