import { Problem, Problems } from "../core/problem.ts";
import {
  type Ctx,
  type Done,
  defineResource,
  type Found,
  type Lifecycle,
  type Planned,
  type Previous,
} from "../core/resource.ts";
import { isRecord, same, type Value, type Values } from "../core/value.ts";
import { type Approved, approvedSteps, plan as makePlan, type Plan, remember } from "../planner/index.ts";
import { poolExamples } from "./examples.ts";
import { act, folded } from "./pool-apply.ts";
import { checkPool } from "./pool-check.ts";
import { failedOf, failuresOf, stillFailed, stillOpen, unsureOf } from "./pool-failures.ts";
import { say, unknownPlan } from "./pool-messages.ts";
import { changesValue, nobodyFailed, poolState, unknownState } from "./pool-outputs.ts";
import { applyId, decodeRecord, encodeRecord, holderOf, newRecord, type PoolRecord } from "./pool-record.ts";
import { planPoolRemoval, removePool } from "./pool-removal.ts";
import { declare, takenBy } from "./pool-rivals.ts";
import { cycleProblems } from "./pool-rules.ts";
import { type PoolView, viewPool } from "./pool-situation.ts";
import { tierProblems } from "./pool-tier-problems.ts";
import { licensesOwned, namesOf } from "./pool-tiers.ts";
import { takesLong } from "./pool-writes.ts";
import { keptFrom } from "./refresh.ts";
import { type PoolInputs, poolInputs, poolOutputs } from "./seat-pool-fields.ts";

interface Carry {
  readonly view: PoolView;
  readonly plan: Plan;
  readonly writes: number;
}

/** The record to go on with: this state's, else one that an instance being replaced leaves in this run. */
export const recordFor = (previous: Previous | null, ctx: Pick<Ctx, "inherited">): PoolRecord => {
  if (previous?.record) return decodeRecord(previous.record);
  if (previous === null && ctx.inherited !== null) {
    const old = decodeRecord(ctx.inherited);
    return { ...old, generation: old.generation + 1 };
  }
  return newRecord();
};

/** The plan of a situation with nothing approved: read and plan of one run ask for the same. */
const plans = new WeakMap<PoolView, Plan>();
const freePlan = (view: PoolView): Plan => {
  const made = plans.get(view) ?? makePlan(view.situation);
  plans.set(view, made);
  return made;
};

const licensesOf = (view: PoolView): readonly string[] => namesOf(view.tiers);

const refusalOf = (plan: Plan, how: Ctx["people"]): Problem | null => {
  if (!plan.refusal) return null;
  const { code, unnamed, hint } = plan.refusal;
  const message = how === "count" ? (unnamed ?? plan.refusal.message) : plan.refusal.message;
  const path = code === "no-seats" ? ["allotment"] : code === "directory" ? ["rules"] : ["executionLimit"];
  return new Problem(code === "no-seats" ? "no-seats" : "refused", message, { path, hint });
};

const earliest = (...times: (string | null)[]): string | null => times.filter((t) => t !== null).sort()[0] ?? null;

/** When a rule's window, a grant or a rule that reads `now` changes by time alone. */
const dueAt = (view: PoolView, plan: Plan, now: number): string | null => {
  const windows = view.rules.claims.flatMap((c) => c.dueAt ?? []);
  const window = windows.length > 0 ? new Date(Math.min(...windows)).toISOString() : null;
  return earliest(
    plan.nextDueAt,
    window,
    view.dueAt === null || view.dueAt <= now ? null : new Date(view.dueAt).toISOString(),
  );
};

/** Until when the vendors' lists show all that was assigned, in milliseconds; null: they never trail. */
const listedUntil = ({ tiers }: PoolView, { now }: Ctx): number | null => {
  const settle = Math.max(0, ...tiers.map(({ writer }) => writer.settleMs));
  return settle > 0 ? now - settle : null;
};

const stateOf = (view: PoolView, plan: Plan, failed: Value, ctx: Ctx): Values =>
  poolState(plan, failed, { how: ctx.people, dueAt: dueAt(view, plan, ctx.now) });

const whatIsApproved = (ctx: Ctx): { approved?: readonly Approved[] } =>
  ctx.approval.is === "approved" ? { approved: ctx.approval.steps as readonly Approved[] } : {};

const previousPlanned = (previous: Previous | null, plan: Plan | null): Planned["planned"] => {
  const old = (name: string): Value | undefined => previous?.inputs?.[name] ?? previous?.outputs[name];
  const changes = old("changes");
  return { changes: isRecord(changes) ? changes : {}, digest: (old("digest") ?? plan?.digest ?? "") as never };
};

const plan = async (
  want: { inputs: PoolInputs; unknown: boolean },
  previous: Previous | null,
  ctx: Ctx,
): Promise<Planned> => {
  const record = recordFor(previous, ctx);
  const unknown = () => unknownPlan(ctx, record.memory.owned.size);
  if (want.unknown) return unknown();
  const view = await viewPool(want.inputs, record, { ctx, before: previous?.inputs ?? null });
  if (view === "unknown") return unknown();
  const inDirectory = view.tiers.filter((t) => t.writer.isDirectory);
  const cycles = cycleProblems(
    view.rules,
    inDirectory.flatMap((t) => t.writer.connector.writes?.(t.seatSku) ?? []),
  );
  const wrong = [...cycles, ...(await tierProblems(view.tiers, view.record, ctx))];
  if (wrong.length > 0) throw new Problems(wrong);
  declare(view, ctx);
  const writes = ctx.writes(licensesOf(view));
  const made =
    ctx.approval.is === "approved" ? makePlan({ ...view.situation, ...whatIsApproved(ctx) }) : freePlan(view);
  const steps = made.steps.length > 0;
  const carry: Carry = { view, plan: made, writes };
  return {
    // What stands is what a free plan sees: an approved one that has nothing left to do lists nobody who waits for want of approval.
    outputs: steps || previous === null ? unknownState() : stateOf(view, freePlan(view), nobodyFailed, ctx),
    planned: steps
      ? { changes: changesValue(made, ctx.people), digest: made.digest as never }
      : previousPlanned(previous, made),
    outstanding: steps,
    approved: approvedSteps(made.steps),
    refusal: refusalOf(made, ctx.people),
    takes: takenBy(made, view, ctx),
    messages: [...say(view, made, { how: ctx.people, first: previous === null }), ...takesLong(made, view.tiers)],
    carry,
  };
};

/** The record's id follows a renamed pool; but only once a state has it: a create that is killed twice has two ids. */
const journalOf = (previous: Previous | null, ctx: Pick<Ctx, "key">): string => {
  const record = previous?.record ? decodeRecord(previous.record) : null;
  return record?.apply ? record.id : ctx.key;
};

/** The approved steps that are still justified, and never another; then what is true now. */
const apply = async (
  want: { inputs: PoolInputs },
  planned: Planned,
  previous: Previous | null,
  ctx: Ctx,
): Promise<Done> => {
  const carried = planned.carry as Carry | undefined; // made by `plan` above, in this process
  if (!carried)
    throw new Problem("invalid", "people are still unknown at apply: a connection's configuration is not known", {
      hint: "Apply the resources that the connection depends on first.",
    });
  return ctx.alone(licensesOf(carried.view), async () => {
    const fresh = await freshen(want, carried, previous, ctx);
    if (fresh === "unknown") throw new Problem("bug", "a connection became unknown between plan and apply");
    return applyPlan(want, fresh, previous, ctx);
  });
};

/** Another pool of this process wrote seats of these licenses since: read and plan again, among the same steps. */
const freshen = async (
  want: { inputs: PoolInputs },
  carry: Carry,
  previous: Previous | null,
  ctx: Ctx,
): Promise<Carry | "unknown"> => {
  const writes = ctx.writes(licensesOf(carry.view));
  if (writes === carry.writes) return carry;
  const view = await viewPool(want.inputs, carry.view.record, { ctx, before: previous?.inputs ?? null });
  if (view === "unknown") return view;
  return { view, plan: makePlan({ ...view.situation, approved: approvedSteps(carry.plan.steps) }), writes };
};

/** The state says the same already: the outcome of the same apply, and licenses by the same names. */
const standsIn = (old: PoolRecord, now: PoolRecord): boolean =>
  old.apply === now.apply && same([...holderOf(old).keys()].sort(), [...holderOf(now).keys()].sort());

const applyPlan = async (
  want: { inputs: PoolInputs },
  { view, plan: made }: Carry,
  previous: Previous | null,
  ctx: Ctx,
): Promise<Done> => {
  const refusal = refusalOf(made, ctx.people);
  if (refusal) throw refusal;
  const id = applyId(Date.now(), view.record.apply);
  const wanted = made.steps.some((s) => s.kind === "assign" || s.kind === "unassign" || s.kind === "move");
  const acted = wanted ? await act({ view, plan: made, apply: id, ctx, journal: journalOf(previous, ctx) }) : [];
  // One time for all: a list that trails behind must be given its time from the last write on, and a state of 100,000
  // seats holds it once.
  const at = new Date(ctx.time()).toISOString();
  const next = remember(
    view.situation,
    made,
    acted.map(({ outcome }) => ({ ...outcome, at })),
  );
  // What was only presumed is not remembered.
  const memory = next === view.situation.memory ? view.record.memory : next;
  const unsure = [...unsureOf(acted, view, at), ...stillOpen(view.record.unsure, acted)];
  const { licenses, ...rest } = view.record;
  const record: PoolRecord = {
    ...rest,
    ...licensesOwned({ memory, unsure, ...(licenses ? { licenses } : {}) }, view.tiers),
    memory,
    apply: wanted ? id : view.record.apply,
    unsure,
  };
  const after = { ...folded(view.situation, acted), memory: next };
  const { approved: _approved, ...free } = after;
  const now = makePlan(free);
  const unchanged =
    previous?.record != null &&
    !wanted &&
    memory === view.record.memory &&
    standsIn(recordFor(previous, ctx), view.record);
  return {
    id: previous?.id ?? lifecycle.id(want.inputs),
    outputs: stateOf(view, now, failedOf(acted, ctx), ctx),
    record: unchanged ? previous.record : encodeRecord(record, listedUntil(view, ctx)),
    failures: failuresOf(acted, ctx.people),
    messages: [],
  };
};

const imported = async (previous: Previous, ctx: Ctx): Promise<Found> => {
  const slash = previous.id.indexOf("/");
  const [connection, sku] = [previous.id.slice(0, slash), previous.id.slice(slash + 1)];
  if (slash < 1 || sku === "")
    throw new Problem("invalid", `"${previous.id}" does not name a pool`, {
      hint: "Import a pool by connection/sku, for example crm/group:crm-users.",
    });
  const probe = poolInputs.parse({ name: ctx.name, license: { connection, sku }, allotment: 0 });
  const view = await viewPool(probe, newRecord(), { ctx, before: null });
  if (view === "unknown")
    throw new Problem("invalid", "the connection is not known yet: import needs its configuration");
  const inputs: PoolInputs = { ...probe, allotment: view.tiers[0]?.seats.length ?? 0 };
  const made = makePlan({ ...view.situation, policy: { ...view.situation.policy, allotment: inputs.allotment ?? 0 } });
  return {
    id: previous.id,
    inputs: inputs as unknown as Values,
    outputs: { ...stateOf(view, made, nobodyFailed, ctx), ...previousPlanned(null, made) },
    record: encodeRecord(view.record),
  };
};

const read = async (previous: Previous, ctx: Ctx): Promise<Found | null> => {
  if (previous.inputs === null) return imported(previous, ctx);
  const kept: Found = { id: previous.id, inputs: previous.inputs, outputs: previous.outputs, record: previous.record };
  if (ctx.offline) return kept;
  const before = recordFor(previous, ctx);
  if (previous.record !== null && before.apply !== null) ctx.journal.confirm([ctx.key, before.id], before.apply);
  const view = await viewPool(poolInputs.parse(previous.inputs), before, { ctx, before: previous.inputs }).catch(
    (error: unknown) => keptFrom(error, `pool ${ctx.name}`, ctx),
  );
  if (view === "unknown") return kept;
  const made = freePlan(view);
  const record =
    previous.record !== null && view.record === before
      ? previous.record
      : encodeRecord(view.record, listedUntil(view, ctx));
  return {
    ...kept,
    outputs: { ...stateOf(view, made, stillFailed(previous, made), ctx), ...previousPlanned(previous, made) },
    record,
  };
};

const lifecycle: Lifecycle<PoolInputs> = {
  id: (inputs) => inputs.name,
  check: checkPool,
  read,
  plan,
  apply,
  planRemoval: planPoolRemoval,
  remove: removePool,
};

export const seatPool = defineResource({
  name: "SeatPool",
  doc: "The seats of a license that are managed together: who should hold one, how many there may be, and what happens when there are too few. One pool is one resource and few requests, never one resource per person.",
  inputs: poolInputs,
  outputs: poolOutputs,
  importId: "connection/sku, for example `crm/group:crm-users`; all seats are external until adopted",
  examples: poolExamples,
  lifecycle,
});
