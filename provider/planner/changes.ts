import type { Plan, PlanStep, StepKind } from "./situation.ts";
import { loses, staysInTier } from "./steps.ts";
import { byText } from "./time.ts";

type Named = Readonly<Record<string, string>>;
/** For an engine's state: who, and in one sentence what, by which rule and at what price. */
export interface Changes extends Readonly<Record<StepKind, Named>> {
  /** How many more there are of a kind than its map names. */
  readonly more: Readonly<Record<string, number>>;
  readonly monthlyCostDelta: string | null;
}

const kinds: readonly StepKind[] = ["assign", "unassign", "move", "adopt", "wait", "leave", "candidate", "forget"];

/** Removals always in full: whoever approves must see everybody who loses. The rest up to `bound` of a kind, then counted. */
export function changes(plan: Plan, bound = 50): Changes {
  const more: Record<string, number> = {};
  const maps = kinds.map((kind) => {
    const all = plan.steps.filter((step) => step.kind === kind);
    const kept = kind === "unassign" || kind === "leave" ? all : bounded(all, bound);
    if (kept.length < all.length) more[kind] = all.length - kept.length;
    return [kind, named(kept, all)] as const;
  });
  const byKind = Object.fromEntries(maps) as Record<StepKind, Named>; // every kind is in `kinds`
  return { ...byKind, more, monthlyCostDelta: plan.steps.length === 0 ? null : plan.money.monthlyCostDelta };
}

/** The first ones of the plan's order, and every move that is a loss. */
function bounded(steps: readonly PlanStep[], bound: number): PlanStep[] {
  let left = bound - steps.filter(loses).length;
  return steps.filter((step) => loses(step) || left-- > 0);
}

/** Two people of one name are told apart by their id, whether both are shown or not. */
function named(kept: readonly PlanStep[], all: readonly PlanStep[]): Named {
  const times = new Map<string, number>();
  for (const { name } of all) times.set(name, (times.get(name) ?? 0) + 1);
  const entries = kept.map((step): [string, string] => {
    const twin = (times.get(step.name) ?? 0) > 1;
    return [twin ? `${step.name} [${twinId(step, all)}]` : step.name, step.sentence];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => byText(a, b)));
}

/** A person may lose two seats at once (an exclusive pool): then the tier tells them apart. */
const twinId = (step: PlanStep, all: readonly PlanStep[]): string =>
  all.some((other) => other !== step && other.person === step.person)
    ? `${step.person}, tier ${step.tier}`
    : step.person;

const titles: readonly (readonly [title: string, pick: (step: PlanStep) => boolean])[] = [
  ["Losing a seat", (step) => step.kind === "unassign"],
  ["Beginning to leave", (step) => step.kind === "leave"],
  ["Moving", (step) => step.kind === "move" && !staysInTier(step)],
  ["Switching service plans", staysInTier],
  ["Gaining a seat", (step) => step.kind === "assign"],
  ["Adopted", (step) => step.kind === "adopt"],
  ["Waiting", (step) => step.kind === "wait"],
  ["Candidates", (step) => step.kind === "candidate"],
  ["Remembered no longer", (step) => step.kind === "forget"],
];

/** The plan for a human, removals first, because engines hide or misdraw it. Empty: nothing to do. */
export function messages(plan: Plan, bound = 50): string {
  const lines: string[] = [];
  if (plan.refusal) lines.push(`REFUSED: ${plan.refusal.message}`, `  ${plan.refusal.hint}`);
  for (const [title, pick] of titles) {
    const steps = plan.steps.filter(pick);
    if (steps.length === 0) continue;
    const kept = steps.some(loses) && !steps.some((step) => step.kind === "move") ? steps : bounded(steps, bound);
    lines.push(`${title} (${steps.length}):`, ...kept.map((step) => `  ${sign[step.kind]} ${step.sentence}`));
    if (kept.length < steps.length) lines.push(`  … and ${steps.length - kept.length} more`);
  }
  if (plan.withheld.length > 0) lines.push(...heldBack(plan, bound));
  if (lines.length === 0) return "";
  for (const [license, seats] of Object.entries(plan.buys))
    lines.push(`Buys ${seats} ${seats === 1 ? "seat" : "seats"} of ${license}: this vendor sells with the assignment.`);
  return [...lines, summary(plan)].join("\n");
}

const sign: Readonly<Record<StepKind, string>> = {
  unassign: "-",
  leave: "-",
  move: "~",
  assign: "+",
  adopt: "=",
  wait: "?",
  candidate: "!",
  forget: ".",
};

function heldBack({ withheld }: Plan, bound: number): string[] {
  const shown = withheld.slice(0, bound).map(({ step, why }) => `  ${step.sentence} (${why})`);
  const rest = withheld.length - shown.length;
  return [`Withheld (${withheld.length}):`, ...shown, ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

/** `38 of 40 seats used after this, 2 left; cost +19.00 to 741.00 USD per month`. */
export function summary({ counts, money }: Plan): string {
  const cap = counts.allotment ?? counts.purchased;
  const seats =
    cap === null ? `${counts.usedAfter} seats used after this` : `${counts.usedAfter} of ${cap} seats used after this`;
  const left = counts.availableAfter === null ? "" : `, ${counts.availableAfter} left`;
  const over = counts.shortfall > 0 ? `, shortfall ${counts.shortfall}` : "";
  const delta = money.monthlyCostDelta;
  const cost =
    delta === null
      ? ""
      : `; cost ${delta.startsWith("-") ? "" : "+"}${delta} to ${money.monthlyCostAfter} ${money.currency} per month`;
  return `${seats}${left}${over}${cost}`;
}
