import { Problem } from "../../core/problem.ts";
import { hasUnknown, type Value, type Values } from "../../core/value.ts";
import type { Applied } from "../../engine/verbs.ts";
import { type Decoded, decode, encode } from "./codec.ts";
import { diagnostic, errors } from "./diagnostics.ts";
import type { ApplyRequest, ApplyResponse } from "./messages.ts";
import { type PrivateState, readPrivate, writePrivate } from "./private-state.ts";
import { bytesOf, inputsOf, listen, milliseconds, nameOf, previousOf, type ResourceCall } from "./resource-call.ts";

interface Asked {
  readonly call: ResourceCall;
  readonly prior: Decoded;
  readonly kept: PrivateState;
}

/** A known planned value must be what the apply gives, or core calls it a bug and taints: a racing counter waits for the next refresh. */
const settled = (planned: Value | undefined, applied: Value | undefined): Value | undefined => {
  if (planned !== undefined && !hasUnknown(planned)) return planned;
  return applied === undefined || hasUnknown(applied) ? null : applied;
};

const stateOf = ({ call }: Asked, planned: Values, applied: Applied): Values => {
  const now: Values = { ...applied.outputs, id: applied.id };
  return Object.fromEntries(
    call.schema.fields.map(({ name }) => [name, name in planned ? settled(planned[name], now[name]) : undefined]),
  );
};

/** The user's own limit for this act. */
const within = (call: ResourceCall, values: Values, act: "create" | "update" | "delete"): AbortSignal => {
  const { timeouts } = values;
  const text =
    typeof timeouts === "object" && timeouts !== null && act in timeouts ? timeouts[act as never] : undefined;
  const limit = milliseconds(text);
  if (limit === null) return call.signal;
  const late = new Problem("cancelled", `not done within the ${String(text)} that timeouts.${act} allows`, {
    hint: "Run the same command again: it does the rest.",
  });
  const timeout = new AbortController();
  setTimeout(() => timeout.abort(late), limit).unref();
  return AbortSignal.any([call.signal, timeout.signal]);
};

const destroy = async ({ call, kept }: Asked, prior: Values): Promise<ApplyResponse> => {
  const gone: ApplyResponse = { newState: { msgpack: encode(null, call.schema) } };
  if (kept.release === undefined) return gone; // the old half of a replace or a taint: the new one has its seats
  const { at, warnings } = listen(call, { name: nameOf(prior), signal: within(call, prior, "delete") });
  const previous = previousOf(call, prior, kept);
  await call.instance.write(() => call.instance.session.remove(at, previous, kept.release));
  return { ...gone, diagnostics: warnings({ plans: false }) };
};

/** More than this many and Terraform's frames around each would hide what they say. */
const FEW = 3;
const NAMED = 20;
const together = (failures: readonly Problem[], name: string): readonly Problem[] => {
  const [first] = failures;
  if (!first || failures.length <= FEW) return failures;
  const lines = failures.slice(0, NAMED).map(({ message }) => `- ${message}`);
  const more = failures.length > NAMED ? [`… and ${failures.length - NAMED} more: see the attribute failed`] : [];
  const hint = [...lines, ...more, first.hint ?? ""].join("\n");
  return [new Problem(first.code, `${name}: ${failures.length} seats could not be changed`, { hint })];
};

/**
 * A create that failed half-way is told as a warning: an error would taint it, and the next apply would take everybody's seat. `failed`
 * says who; a postcondition on it makes the run end with 1.
 */
const change = async (
  asked: Asked,
  { values: planned, cty }: Decoded & { readonly values: Values },
): Promise<ApplyResponse> => {
  const { call, prior, kept } = asked;
  const isNew = prior.values === null;
  const signal = within(call, planned, isNew ? "create" : "update");
  const { at, warnings } = listen(call, { name: nameOf(planned), signal });
  const { session, redactor } = call.instance;
  const previous = prior.values === null ? null : previousOf(call, prior.values, kept);
  const applied = await call.instance.write(() => session.apply(at, inputsOf(call, planned), previous));
  const told = { redactor, schema: call.schema };
  const failures = together(applied.failures, at.name).map((p) => diagnostic(p, isNew ? "WARNING" : "ERROR", told));
  return {
    newState: { msgpack: encode(stateOf(asked, planned, applied), call.schema, cty) },
    private: writePrivate({ record: applied.record }),
    diagnostics: [...warnings({ plans: false }), ...failures],
  };
};

/** Whatever goes wrong, the answer has the state and the record as they were: an answer without private data wipes it. */
export const applyResourceChange = async (call: ResourceCall, request: ApplyRequest): Promise<ApplyResponse> => {
  const before = (): ApplyResponse => ({ newState: request.priorState, private: request.plannedPrivate });
  try {
    const prior = decode(bytesOf(request.priorState), call.schema);
    const planned = decode(bytesOf(request.plannedState), call.schema);
    const asked = { call, prior, kept: readPrivate(request.plannedPrivate) };
    if (planned.values !== null) return await change(asked, { ...planned, values: planned.values });
    return prior.values === null ? before() : await destroy(asked, prior.values);
  } catch (error) {
    const told = { redactor: call.instance.redactor, schema: call.schema };
    return { ...before(), diagnostics: errors(error, told) };
  }
};
