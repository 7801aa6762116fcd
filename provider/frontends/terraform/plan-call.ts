import { Problem } from "../../core/problem.ts";
import type { Previous } from "../../core/resource.ts";
import { hasUnknown, isUnknown, same, UNKNOWN, type Values } from "../../core/value.ts";
import { attributePath } from "./attribute-path.ts";
import { type Decoded, decode, encode } from "./codec.ts";
import { diagnostic, errors } from "./diagnostics.ts";
import type { AttributePath, PlanRequest, PlanResponse } from "./messages.ts";
import { type PrivateState, readPrivate, writePrivate } from "./private-state.ts";
import {
  bytesOf,
  inputsOf,
  isPlanned,
  keyOf,
  type Listening,
  listen,
  nameOf,
  previousOf,
  type ResourceCall,
} from "./resource-call.ts";

interface Asked {
  readonly call: ResourceCall;
  readonly request: PlanRequest;
  readonly prior: Decoded;
  readonly kept: PrivateState;
}

/** Nothing is to be done: exactly what was there, in the bytes it came in. */
const unchanged = ({ request }: Asked): PlanResponse => ({
  plannedState: request.priorState,
  plannedPrivate: request.priorPrivate,
});

/** Whom a destroy would release; and its own mark, since a replace or a taint removes without any plan. */
const planDestroy = async (asked: Asked, prior: Values): Promise<PlanResponse> => {
  const { call, request, kept } = asked;
  const { at, warnings } = listen(call, { name: nameOf(prior) });
  const { session } = call.instance;
  const previous = session.recover(at, previousOf(call, prior, kept));
  const { messages, refusal, seats, walk } = await session.planRemoval(at, previous);
  for (const message of messages) at.log(message);
  const told = { redactor: call.instance.redactor, schema: call.schema };
  return {
    plannedState: request.proposedNewState,
    plannedPrivate: writePrivate({ record: previous.record, release: { seats, walk } }),
    diagnostics: [...warnings({ plans: true }), ...(refusal ? [diagnostic(refusal, "ERROR", told)] : [])],
  };
};

/** Where nothing changes the state's own bytes go back; a stale `failed` would fail a postcondition though all is well. */
const failedBefore = (previous: Previous): boolean => {
  const { failed } = previous.outputs;
  return typeof failed === "object" && failed !== null && "total" in failed && Number(failed.total) > 0;
};

const replacing = (paths: readonly (readonly (string | number)[])[], call: ResourceCall): AttributePath[] =>
  paths.flatMap((path) => attributePath(path.slice(0, 1), call.schema) ?? []);

/** The name is how an apply finds the plan that somebody saw. */
const nameKnown = (call: ResourceCall, inputs: Values): void => {
  if (!isPlanned(call.schema) || !isUnknown(inputs.name)) return;
  throw new Problem("invalid", "the name must be known when the plan is made", {
    path: ["name"],
    hint: "Write the name in the configuration, or take it from a variable.",
  });
};

const planChange = async (asked: Asked, config: Decoded & { readonly values: Values }): Promise<PlanResponse> => {
  const { call, prior, kept } = asked;
  const { session, redactor } = call.instance;
  const inputs = inputsOf(call, config.values);
  nameKnown(call, inputs);
  // The new half of a replace is planned right after the old one, with the private data of that plan; its name may be a new one.
  const inherits = prior.values === null ? readPrivate(asked.request.priorPrivate).record : null;
  const { at, warnings }: Listening = listen(call, {
    name: nameOf(config.values),
    carried: kept.plan ?? null,
    inherits,
  });
  const previous = prior.values === null ? null : session.recover(at, previousOf(call, prior.values, kept));
  if (isPlanned(call.schema) && inherits === null)
    call.instance.claimName(keyOf(call, at.name), at.name, previous && (previous.record ?? previous.id));
  const checked = await session.check(at, inputs, previous);
  const told = { redactor, schema: call.schema };
  if (checked.problems.length > 0)
    return { ...unchanged(asked), diagnostics: checked.problems.map((p) => diagnostic(p, "ERROR", told)) };
  const diff = previous && (await session.diff(at, checked.inputs, previous));
  const timeouts = config.values.timeouts;
  const quiet =
    previous !== null && !diff?.differs && !failedBefore(previous) && same(timeouts, prior.values?.timeouts);
  const diagnostics = warnings({ plans: !checked.approved });
  if (quiet) return { ...unchanged(asked), diagnostics };
  const shown = await session.preview(at, checked.inputs, previous);
  // An id is made from inputs: while some are unknown it may be another one at apply, and core would refuse that.
  const id = previous === null && hasUnknown(inputs) ? UNKNOWN : shown.id;
  const planned: Values = { ...shown.outputs, ...inputsOf(call, shown.outputs), id, timeouts };
  const replaced = diff?.changes.filter(({ replaces }) => replaces).map(({ path }) => path) ?? [];
  return {
    plannedState: { msgpack: encode(planned, call.schema, config.cty) },
    plannedPrivate: writePrivate({ record: shown.record }),
    requiresReplace: replacing(replaced, call),
    diagnostics,
  };
};

/**
 * Called twice for every change: in the plan's walk, and again in the apply's by another process, whose answer must agree in every
 * value that the first one knew. Where nothing is there before, no private data comes either, also for a replace.
 */
export const planResourceChange = async (call: ResourceCall, request: PlanRequest): Promise<PlanResponse> => {
  try {
    const prior = decode(bytesOf(request.priorState), call.schema);
    const config = decode(bytesOf(request.config), call.schema);
    const kept = prior.values === null ? readPrivate(Buffer.alloc(0)) : readPrivate(request.priorPrivate);
    const asked = { call, request, prior, kept };
    if (config.values !== null) return await planChange(asked, { ...config, values: config.values });
    return prior.values === null ? unchanged(asked) : await planDestroy(asked, prior.values);
  } catch (error) {
    const told = { redactor: call.instance.redactor, schema: call.schema };
    return { plannedState: request.priorState, plannedPrivate: request.priorPrivate, diagnostics: errors(error, told) };
  }
};
