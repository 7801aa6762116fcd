import { fieldsOf } from "../core/fields.ts";
import { asProblem, Problem } from "../core/problem.ts";
import type { Done, Message, Planned, Previous, Resource } from "../core/resource.ts";
import { hasUnknown, isUnknown, reveal, same, type Values } from "../core/value.ts";
import { type HandOver, refuseOtherApproval } from "./approval.ts";
import { createCtx, inheritedBy, type SessionDeps } from "./ctx.ts";
import { callFunction, complete, deeperProblems, own, plain, plannedFields, resourceOf } from "./definitions.ts";
import { diff, news } from "./diff.ts";
import type { Handed } from "./hand-over.ts";
import { problemsOf } from "./inputs.ts";
import { fingerprint, inputsHash } from "./inputs-hash.ts";
import { createRemovals } from "./removals.ts";
import { createRunState, type Made } from "./run-state.ts";
import { createSparing } from "./sparing.ts";
import type { Applied, At, Change, Checked, Diffed, Session } from "./verbs.ts";

export const openSession = (deps: SessionDeps): Session => {
  const { settings, run, clock } = deps;
  const now = clock.now();
  const stop = new AbortController();
  const state = createRunState();
  const { made, known, created } = state;

  const resource = (type: string): Resource => resourceOf(deps.resources, type);

  const ctxOf = createCtx(deps, state, now);

  const removals = createRemovals({
    session: deps,
    state,
    resource,
    ctx: (at) => ctxOf(at, { is: "plan" }, AbortSignal.any([at.signal, stop.signal])),
  });

  const sparing = createSparing(state, deps.handOvers);

  /** One plan per resource and inputs in this process: check, diff, preview and apply see the same. */
  const planOf = async (at: At, inputs: Values, previous: Previous | null): Promise<Made> => {
    const r = resource(at.type);
    const of = fingerprint({ inputs, record: previous?.record ?? null, id: previous?.id ?? null });
    const found = made.get(at.key);
    if (found?.of === of) return found;
    const unknown = hasUnknown(inputs);
    const { approval, record } = handed(r, at, inputs, previous);
    const left = record ?? at.inherits ?? null;
    if (left !== null) state.left.set(at.key, left);
    const ctx = ctxOf(at, approval, AbortSignal.any([at.signal, stop.signal]));
    const parsed = unknown ? (inputs as never) : (r.inputs.parse(reveal(inputs)) as never);
    const planned = await r.lifecycle.plan({ inputs: parsed, unknown }, previous && plain(previous), ctx);
    const result = { of, approval, planned };
    made.set(at.key, result);
    return result;
  };

  const handed = (r: Resource, at: At, inputs: Values, previous: Previous | null): Handed =>
    plannedFields(r).length === 0
      ? { approval: { is: "plan" }, record: null }
      : deps.handOvers.find({
          key: at.key,
          inputs: inputsHash(inputs),
          fresh: previous === null,
          carried: at.carried ?? null,
        });

  /** What the plan shows: as approved where somebody approved it. */
  const shown = (m: Made): Planned["planned"] =>
    m.approval.is === "approved" ? m.approval.planned : m.planned.planned;

  const check = async (at: At, raw: Values, previous: Previous | null): Promise<Checked> => {
    const r = resource(at.type);
    const inputs = complete(r, at, raw);
    const problems = problemsOf(r.inputs, inputs);
    if (problems.length > 0) return { inputs, problems, approved: false };
    const deeper = deeperProblems(r, inputs, now);
    if (deeper.length > 0) return { inputs, problems: deeper, approved: false };
    noteChecked(at);
    if (previous?.record != null) noteRenamed(at, previous.record);
    refuseOtherApproval(deps.approvals, at.key, inputs);
    if (plannedFields(r).length === 0) return { inputs, problems: [], approved: false };
    const plan = await planOf(at, inputs, previous);
    state.refuseOverlap(at.key);
    removals.spare();
    if (plan.approval.is === "plan") sparing.takes(at.key, plan.planned.takes ?? []);
    for (const message of sparing.spare()) at.log(message);
    if (plan.planned.refusal) return { inputs, problems: [plan.planned.refusal], approved: false };
    if (plan.approval.is === "plan") deps.handOvers.leave(handOver(at.key, inputs, { previous, plan: plan.planned }));
    for (const message of plan.planned.messages) at.log(message);
    return { inputs: { ...inputs, ...shown(plan) }, problems: [], approved: plan.approval.is === "approved" };
  };

  const handOver = (
    key: string,
    inputs: Values,
    { previous, plan }: { readonly previous: Previous | null; readonly plan: Planned },
  ): HandOver => ({
    key,
    pid: deps.pid,
    inputs: inputsHash(inputs),
    unknown: hasUnknown(inputs),
    steps: plan.approved,
    planned: Object.values(plan.planned).some(isUnknown) ? null : (plan.planned as HandOver["planned"]), // as just asked
    fresh: previous === null,
    record: previous === null ? inheritedBy(deps, state, key) : null,
  });

  /** Read is always a part of a plan's walk: nobody can have approved anything yet. */
  const carry: Session["carry"] = async (at, raw, previous) => {
    const r = resource(at.type);
    const inputs = complete(r, at, raw);
    if (plannedFields(r).length === 0 || settings.offline || hasUnknown(inputs)) return null;
    const ctx = ctxOf(at, { is: "plan" }, AbortSignal.any([at.signal, stop.signal]));
    const want = { inputs: r.inputs.parse(reveal(inputs)) as never, unknown: false };
    // What the state has is not what the program declares: its name and claims may be others' by now.
    const planned = await r.lifecycle.plan(want, plain(previous), { ...ctx, declare: () => {} }).catch((error) => {
      // What the state names is gone or renamed: the plan of what the program names says what is wrong.
      if (asProblem(error).code === "not-found") return null;
      throw error;
    });
    if (!planned?.outstanding || planned.refusal) return null;
    const { walk } = deps.handOvers;
    return JSON.stringify({ ...handOver(at.key, inputs, { previous, plan: planned }), ...(walk ? { walk } : {}) });
  };

  /** What was read under another key is this one's now: a new resource of the old name has no part in it. */
  const noteRenamed = (at: At, record: string): void => {
    for (const [key, { previous }] of known)
      if (key !== at.key && previous.record === record) run.write("renamed", key, { pid: deps.pid });
  };

  const noteChecked = (at: At): void => {
    const found = known.get(at.key);
    if (found) found.checked = true;
    state.checked.add(at.key);
    run.write("checked", at.key, { pid: deps.pid });
  };

  const changesOf = (r: Resource, inputs: Values, previous: Previous, plan: Made | null): Change[] => {
    const before = previous.inputs ? complete(r, { name: String(previous.inputs.name ?? "") }, previous.inputs) : {};
    const old = previous.inputs ?? previous.outputs;
    const planned = plan
      ? Object.entries(shown(plan)).flatMap(([name, value]) => news(name, old[name] ?? previous.outputs[name], value))
      : [];
    return [...diff(fieldsOf(r.inputs), before, own(r, inputs)), ...planned];
  };

  const diffOf = async (at: At, raw: Values, previous: Previous): Promise<Diffed> => {
    // Not noted as checked: Pulumi's refresh asks for a diff too, also of what the run is about to delete.
    const r = resource(at.type);
    const inputs = complete(r, at, raw);
    const plan = plannedFields(r).length > 0 ? await planOf(at, inputs, previous) : null;
    const changes = changesOf(r, inputs, previous, plan);
    const steps = plan?.planned.outstanding ?? false;
    const failed = plan !== null && plan.planned.refusal !== null;
    return { changes, differs: changes.length > 0 || steps || failed };
  };

  const derived = (r: Resource, inputs: Values, name: string): Values => r.derive?.(inputs, name) ?? {};

  const preview: Session["preview"] = async (at, raw, previous) => {
    const r = resource(at.type);
    const inputs = complete(r, at, raw);
    const plan = await planOf(at, inputs, previous);
    const id = previous?.id ?? (hasUnknown(inputs) ? at.name : r.lifecycle.id(r.inputs.parse(reveal(inputs)) as never));
    return {
      id,
      outputs: { ...inputs, ...plan.planned.outputs, ...shown(plan), ...derived(r, inputs, at.name) },
      record: previous?.record ?? null,
    };
  };

  const apply: Session["apply"] = async (at, raw, previous) => {
    const r = resource(at.type);
    const inputs = complete(r, at, raw);
    if (hasUnknown(inputs)) throw new Problem("invalid", `${at.type} "${at.name}" still has unknown inputs at apply`);
    if (settings.offline)
      throw new Problem("refused", "the provider is offline: it previews without secrets and applies nothing", {
        path: ["offline"],
        hint: "Remove offline from the provider configuration to apply.",
      });
    const plan = await planOf(at, inputs, previous);
    if (plan.planned.refusal) throw plan.planned.refusal;
    const ctx = ctxOf(at, plan.approval, AbortSignal.any([at.signal, stop.signal]));
    if (previous?.record != null && plan.planned.outstanding) deps.records.keep(ctx.key, previous.record);
    const done = await r.lifecycle.apply(
      { inputs: r.inputs.parse(reveal(inputs)) as never },
      plan.planned,
      previous && plain(previous),
      ctx,
    );
    finished(at, previous === null);
    for (const message of done.messages) at.log(message);
    return applied(r, at, inputs, { ...done, outputs: { ...done.outputs, ...shown(plan) } });
  };

  const finished = (at: At, isNew: boolean): void => {
    made.delete(at.key);
    sparing.takes(at.key, []); // done: what it has taken is nobody's to spare
    deps.handOvers.used(at.key);
    if (!isNew) return;
    created.add(at.key);
    run.write("created", at.key, { pid: deps.pid });
  };

  const applied = (r: Resource, at: At, inputs: Values, done: Done): Applied => ({
    id: done.id,
    inputs: { ...inputs, ...Object.fromEntries(plannedFields(r).map((f) => [f.name, done.outputs[f.name]])) },
    outputs: { ...inputs, ...done.outputs, ...derived(r, inputs, at.name) },
    record: done.record,
    failures: done.failures,
  });

  const read: Session["read"] = async (at, previous) => {
    const r = resource(at.type);
    const ctx = ctxOf(at, { is: "plan" }, AbortSignal.any([at.signal, stop.signal]));
    const inputs = previous.inputs ? complete(r, at, previous.inputs) : null;
    const found = await r.lifecycle.read(plain({ ...previous, inputs }), ctx);
    if (!found) return null;
    const kept = inputs && same(inputs, found.inputs) ? inputs : found.inputs; // what was secret in there stays so
    const result = applied(r, at, complete(r, at, kept), { ...found, failures: [], messages: [] });
    if (previous.record !== null) deps.records.drop(ctx.key);
    // Read begins a new walk: what an earlier command of this engine process created is not the new half of a replace any more.
    if (!created.has(at.key)) run.drop("created", at.key);
    const seen: Previous = { id: found.id, inputs: result.inputs, outputs: result.outputs, record: result.record };
    known.set(at.key, { at, previous: seen, checked: false, removed: false });
    if (result.record !== null) run.write("read", at.key, { pid: deps.pid, record: result.record });
    return result;
  };

  const recover: Session["recover"] = (at, previous) =>
    previous.record === null && previous.inputs !== null
      ? { ...previous, record: deps.records.read(deps.place + at.key) }
      : previous;

  const invoke: Session["invoke"] = async (name, args, at) =>
    callFunction(deps.functions, { name, args }, () =>
      ctxOf({ ...at, type: name, key: name, name }, { is: "plan" }, AbortSignal.any([at.signal, stop.signal])),
    );

  const farewell: Session["farewell"] = async () => {
    const lost = [...known.values()].filter((k) => !k.checked && !k.removed && run.read("checked", k.at.key) === null);
    const told = await Promise.all(
      lost.map(async ({ at, previous }) => {
        const plan = resource(at.type).lifecycle.planRemoval;
        if (!plan) return [];
        const ctx = ctxOf(at, { is: "plan" }, AbortSignal.timeout(20_000));
        const planned = await plan(plain(previous), ctx).catch(
          (error: unknown): Pick<Planned, "messages" | "approved"> & { readonly unread: string } => {
            const unread = `whom a removal would release could not be read: ${asProblem(error).message}`;
            return { approved: [], messages: [{ level: "warning", text: unread }], unread };
          },
        );
        const unread = "unread" in planned ? { unread: planned.unread } : {};
        run.write("release", at.key, { pid: deps.pid, seats: planned.approved, ...unread });
        return planned.messages.map((message: Message) => ({ key: at.key, message }));
      }),
    );
    return told.flat();
  };

  const cancel = (): void => stop.abort();
  const { plan: planRemoval, remove } = removals;
  return { check, diff: diffOf, preview, apply, read, recover, carry, planRemoval, remove, invoke, farewell, cancel };
};
