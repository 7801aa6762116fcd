import type { BeforeWrite, Outcome } from "../core/connector.ts";
import { asProblem, Problem } from "../core/problem.ts";
import type { Connection, Ctx } from "../core/resource.ts";
import {
  approvedSteps,
  type HeldSeat,
  type Member,
  plan as makePlan,
  type Plan,
  type PlanStep,
  type Situation,
  type StepOutcome,
  staysInTier,
  vendorSteps,
} from "../planner/index.ts";
import type { PoolView } from "./pool-situation.ts";
import { namesOf } from "./pool-tiers.ts";
import { keyOf, type Subject, subjectOf, type Write, writesOf } from "./pool-writes.ts";

/** What happened to one step of the plan. */
export interface Acted {
  readonly step: PlanStep;
  readonly outcome: StepOutcome;
  readonly problem: Problem | null;
  /** A write was about to be made: whatever the answer, the vendor may have done it. */
  readonly begun: boolean;
}

/** In the vendor's own batches; a connector that gives up fails what is left, never silently. */
const write = async function* (
  connection: Connection,
  writes: readonly Write[],
  before: BeforeWrite,
  signal: AbortSignal,
): AsyncGenerator<{ write: Write; outcome: Outcome }> {
  const open = new Map(writes.map((w) => [keyOf(w.seatStep), w]));
  const { connector } = connection;
  let cause: Problem | null = null;
  try {
    if (!connector.apply)
      throw new Problem("unsupported", `seats of connection "${connection.name}" can be read but not changed`);
    for await (const outcome of connector.apply(
      writes.map((w) => w.seatStep),
      before,
      signal,
    )) {
      const found = open.get(keyOf(outcome.step));
      if (!found) continue;
      open.delete(keyOf(outcome.step));
      yield { write: found, outcome };
    }
  } catch (error) {
    cause = asProblem(error);
  }
  const problem = cause ?? new Problem("bug", `connection "${connection.name}" gave no answer for this person`);
  for (const left of open.values()) {
    const outcome: Outcome = { step: left.seatStep, result: "failed", problem };
    gaveUp.add(outcome);
    yield { write: left, outcome };
  }
};
/** Outcomes that the vendor did not give of the person: the connector stopped. */
const gaveUp = new WeakSet<Outcome>();
const longest = 400;
/** What a second try may mend is tried again by the next run, as every failed step is. */
const worthRemembering = ({ code, lasting }: Problem): boolean => lasting || code === "no-seats";
const refusalOf = ({ code, message, hint }: Problem): NonNullable<StepOutcome["refusal"]> => ({
  code,
  text: [message.replace(/\.?$/, "."), hint].filter(Boolean).join(" ").slice(0, longest),
});

const outcomeOf = (step: PlanStep, outcomes: readonly Outcome[], begun: ReadonlySet<string>): Acted => {
  const failed = outcomes.find((o) => o.result === "failed");
  const pending = outcomes.find((o) => o.result === "pending");
  const result = (failed ?? pending ?? outcomes.find((o) => o.result !== "already") ?? outcomes[0])?.result ?? "failed";
  return {
    step,
    problem: failed?.problem ?? null,
    begun: outcomes.some((o) => begun.has(keyOf(o.step))),
    outcome: {
      step,
      result,
      ...(pending?.until ? { until: pending.until } : {}),
      ...(failed?.problem?.code === "cancelled" ? { untried: true } : {}),
      ...(failed?.problem && worthRemembering(failed.problem) && !gaveUp.has(failed)
        ? { refusal: refusalOf(failed.problem) }
        : {}),
    },
  };
};

/** As the vendor says it is now; what came of it the next list shows. */
const mended = ({ problem: _problem, ...seat }: HeldSeat): HeldSeat => ({ ...seat, state: "active" });

/** The situation once these writes have happened. Memory is left alone: `remember` does that. */
export const folded = (situation: Situation, acted: readonly Acted[]): Situation => {
  const people = new Map(situation.people);
  const consumed = situation.tiers.map((t) => t.consumed);
  const strangers = new Set<string>();
  const add = (tier: number, by: number): void => {
    consumed[tier] = (consumed[tier] ?? 0) + by;
  };
  for (const { step, outcome } of acted) {
    if (outcome.result === "failed") continue;
    const person = people.get(step.person);
    const lostTier = step.kind === "move" ? step.from : step.kind === "unassign" ? step.tier : null;
    const lostHolder = step.kind === "move" ? (step.lost?.holder ?? step.holder) : step.holder;
    const until = outcome.result === "pending" ? outcome.until : undefined;
    if (!person && step.kind === "unassign") strangers.add(`${step.tier} ${step.holder}`);
    let held: readonly HeldSeat[] = person?.held ?? [];
    const on = situation.tiers[step.tier]?.servicePlans?.on;
    const plans = on ? { servicePlans: on } : {};
    if (staysInTier(step)) {
      const switched = held.map((h) => (h.tier === step.tier && h.holder === step.holder ? { ...h, ...plans } : h));
      if (person) people.set(person.id, { ...person, held: switched });
      continue;
    }
    if (lostTier !== null) {
      const gone = (h: HeldSeat): boolean => h.tier === lostTier && h.holder === lostHolder;
      const lost = held.find(gone);
      if (until === undefined) add(lostTier, (lost ? lost.state !== "error" : !person) ? -1 : 0);
      held =
        until === undefined ? held.filter((h) => !gone(h)) : held.map((h) => (gone(h) ? { ...h, endsAt: until } : h));
    }
    const there = (h: HeldSeat): boolean => h.tier === step.tier && h.holder === step.holder;
    if (step.kind !== "unassign" && held.some((h) => there(h) && h.state === "error")) {
      held = held.map((h) => (there(h) ? mended(h) : h));
      add(step.tier, 1);
    } else if (step.kind !== "unassign" && !held.some(there)) {
      held = [
        ...held,
        {
          tier: step.tier,
          holder: step.holder ?? "",
          account: step.account ?? step.name,
          since: situation.now,
          inheritedFrom: null,
          endsAt: null,
          state: "active",
          ...plans,
        },
      ];
      add(step.tier, 1);
    }
    if (person) people.set(person.id, { ...person, held } satisfies Member);
  }
  return {
    ...situation,
    people,
    strangers: situation.strangers.filter((s) => !strangers.has(`${s.tier} ${s.holder}`)),
    tiers: situation.tiers.map((t, i) => ({ ...t, consumed: consumed[i] ?? t.consumed })),
  };
};

const approvedKey = (s: Pick<PlanStep, "kind" | "person" | "tier" | "from">): string =>
  `${s.kind} ${s.person} ${s.tier} ${s.from ?? ""}`;

export interface Acting {
  readonly view: PoolView;
  readonly plan: Plan;
  readonly apply: string;
  readonly ctx: Ctx;
  /** Under which id the next run looks for what this one was killed in. */
  readonly journal: string;
}

/** Turn by turn: the moves of one may be made side by side. `lost`: those that have no seat any more. */
const inTurns = (steps: readonly PlanStep[], { steps: latest }: Plan) => {
  const turnOf = new Map(latest.map((s) => [approvedKey(s), s.turn ?? 0]));
  const lost: PlanStep[] = [];
  const turns = new Map<number, PlanStep[]>();
  for (const step of steps) {
    const turn = turnOf.get(approvedKey(step));
    if (turn === undefined) lost.push(step);
    else
      turns
        .set(turn, turns.get(turn) ?? [])
        .get(turn)
        ?.push(step);
  }
  return { lost, turns: [...turns].sort(([a], [b]) => a - b).map(([, some]) => some) };
};

/**
 * Does the plan's vendor steps: removals, then moves turn by turn, then assigns. A vendor's batch may be worked off in any
 * order, so one ends before the next begins. Where a step failed, the seat it would have freed is still taken: the rest is
 * planned again among the approved steps, so that neither allotment nor license is ever exceeded.
 */
export const act = async ({ view, plan, apply, ctx, journal }: Acting): Promise<readonly Acted[]> => {
  const acted: Acted[] = [];
  const subjects = new Map<string, Subject>();
  const begun = new Set<string>();
  const write = ctx.journal.begin(
    journal,
    apply,
    (step) => subjects.get(keyOf(step)) ?? { person: step.holder, license: "" },
  );
  const before: BeforeWrite = async (steps) => {
    await write(steps);
    for (const step of steps) begun.add(keyOf(step));
  };
  const total = vendorSteps(plan).length;
  const progress = { told: ctx.progress(total), done: 0 };
  let latest = plan;
  const afresh = (): Plan => {
    const done = new Set(acted.map((a) => approvedKey(a.step)));
    const approved = approvedSteps(plan.steps.filter((s) => !done.has(approvedKey(s))));
    return makePlan({ ...folded(view.situation, acted), approved });
  };
  for (const kind of ["unassign", "move", "assign"] as const)
    for (let rest = plan.steps.filter((s) => s.kind === kind); rest.length > 0; ) {
      const { lost, turns } = inTurns(rest, latest);
      acted.push(...lost.map(notDone));
      rest = [];
      for (const [i, turn] of turns.entries()) {
        const outcomes = await doSteps(turn, { view, ctx, before, begun, subjects, progress });
        acted.push(...outcomes);
        if (kind === "assign" || !outcomes.some(({ outcome: { result } }) => isShort(result))) continue;
        latest = afresh();
        rest = turns.slice(i + 1).flat();
        break;
      }
    }
  // A failed write may have been done all the same: its answer was lost.
  if (acted.length > 0) ctx.wrote(namesOf(view.tiers));
  return acted;
};

/** The seat that the step would have freed is not free now. */
const isShort = (result: StepOutcome["result"]): boolean => result === "failed" || result === "pending";

const notDone = (step: PlanStep): Acted => ({
  step,
  problem: new Problem("no-seats", "no seat is free, because another step failed", {
    hint: "The next run does it once a seat is free.",
  }),
  begun: false,
  outcome: { step, result: "failed", untried: true },
});

interface Doing {
  readonly view: PoolView;
  readonly ctx: Ctx;
  readonly before: BeforeWrite;
  readonly begun: ReadonlySet<string>;
  readonly subjects: Map<string, Subject>;
  readonly progress: { readonly told: (done: number) => void; done: number };
}

const doSteps = async (
  steps: readonly PlanStep[],
  { view, ctx, before, begun, subjects, progress }: Doing,
): Promise<readonly Acted[]> => {
  const writes = steps.flatMap((step) => writesOf(step, view.tiers));
  for (const w of writes) subjects.set(keyOf(w.seatStep), subjectOf(w, view.tiers));
  const results = new Map<PlanStep, Outcome[]>(steps.map((s) => [s, []]));
  // Of a move between two systems the old seat is given back only once the new one is there.
  const second = (w: Write): boolean => w.step.kind === "move" && w.seatStep.act === "unassign";
  const run = async (part: readonly Write[]): Promise<void> => {
    for (const connection of new Set(part.map((w) => w.connection)))
      for await (const { write: w, outcome } of write(
        connection,
        part.filter((x) => x.connection === connection),
        before,
        ctx.writing,
      )) {
        results.get(w.step)?.push(outcome);
        if (outcome.result === "failed") continue;
        progress.done += 1;
        progress.told(progress.done);
      }
  };
  await run(writes.filter((w) => !second(w)));
  await run(writes.filter((w) => second(w) && results.get(w.step)?.every((o) => o.result !== "failed")));
  return steps.map((step) => outcomeOf(step, results.get(step) ?? [], begun));
};

/** Codes after which the vendor may still have done it: no answer came. */
export const maybeDone: ReadonlySet<string> = new Set(["unreachable", "cancelled", "bug", "throttled"]);
