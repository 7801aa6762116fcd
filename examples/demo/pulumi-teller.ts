import { diagnostics, type EngineEvent } from "../../provider/testing/real/engine-event.ts";
import { openProject } from "./pulumi-project.ts";
import {
  byName,
  measured,
  type PoolRun,
  type Program,
  planLine,
  plannedIn,
  type Run,
  record,
  type Said,
  type Surroundings,
  type Teller,
  type Verb,
} from "./run.ts";

type Values = Readonly<Record<string, unknown>>;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
const isOf = (urn: string, type: string): boolean => urn.includes(`::seatwise:index:${type}::`);

interface Seen {
  readonly urn: string;
  op: string;
  readonly before: Values;
  changes: Values;
  outputs: Values;
}

/** The last word on each resource: what a refresh read, then the step and, in an update, what it left. */
const resources = (events: readonly EngineEvent[], verb: Verb): readonly Seen[] => {
  const all = new Map<string, Seen>();
  for (const { resourcePreEvent: before, resOutputsEvent: after } of events) {
    const { urn = "", op = "", new: next, old } = (after ?? before)?.metadata ?? {};
    if (!urn.includes("::seatwise:index:")) continue;
    const seen = all.get(urn) ?? {
      urn,
      op: "",
      before: record(old?.outputs),
      changes: {},
      outputs: record(old?.outputs),
    };
    all.set(urn, seen);
    // What `pulumi refresh` has read is told as the update or "same" of the state that it is.
    if (op === "refresh" || verb === "refresh") {
      if (after && next) seen.outputs = next.outputs;
      continue;
    }
    seen.op = op;
    if (next && (op === "create" || op === "update")) seen.changes = record(next.inputs.changes);
    if (next && after && !after.planning) seen.outputs = next.outputs;
  }
  return [...all.values()];
};

/** An update for another reason keeps the plan that was applied last: then the provider announces none. */
const poolRun = ({ urn, op, changes, outputs, before }: Seen, said: readonly Said[]): PoolRun => {
  const name = nameOf(urn);
  return { name, op, ...plannedIn(planLine(said, name) === null ? {} : changes), outputs, before };
};

const commands: Readonly<Record<Verb, readonly ["preview" | "up" | "refresh" | "destroy", ...string[]]>> = {
  plan: ["preview"],
  compare: ["preview", "--expect-no-changes"],
  apply: ["up"],
  refresh: ["refresh", "--preview-only", "--expect-no-changes"],
  "plan-destroy": ["destroy", "--preview-only"],
  destroy: ["destroy"],
};

export const pulumiTeller = async (folder: string, program: Program, around: Surroundings): Promise<Teller> => {
  const cli = await openProject(folder, program);
  const run = async (verb: Verb): Promise<Run> => {
    const [command, ...args] = commands[verb];
    const { done, seconds, asked } = await measured(around, () =>
      cli[command]({ args: [...args, "--suppress-outputs"], signal: around.signal }),
    );
    const seen = resources(done.events, verb);
    const said = diagnostics(done.events).map(({ urn = "", severity, message }) => ({
      from: nameOf(urn),
      severity,
      message: message.trim(),
    }));
    const of = (type: string): readonly Seen[] => seen.filter(({ urn }) => isOf(urn, type));
    return {
      verb,
      command: ["pulumi", command, ...args].join(" "),
      code: done.code,
      seconds,
      asked,
      pools: byName(of("SeatPool").map((one) => poolRun(one, said))),
      licenses: byName(of("License").map(({ urn, outputs, before }) => ({ name: nameOf(urn), outputs, before }))),
      said,
      drifted: null,
      printed: done.stderr || done.stdout,
    };
  };
  return {
    engine: "pulumi",
    words: { plan: "preview", apply: "up", settings: "the stack's configuration" },
    differs: 7,
    run,
    set: (key, value) => cli.init({ [key]: typeof value === "string" ? value : JSON.stringify(value) }),
  };
};
