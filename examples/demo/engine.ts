import type { EngineEvent } from "../../provider/testing/real/engine-event.ts";
import { diagnostics } from "../../provider/testing/real/engine-event.ts";
import type { Ended, PulumiCli } from "../../provider/testing/real/pulumi-cli.ts";
import type { Asked, Servers } from "./servers.ts";

type Values = Readonly<Record<string, unknown>>;

export type Kind = "assign" | "unassign" | "move" | "adopt" | "wait" | "leave" | "candidate" | "forget";
export const kinds: readonly Kind[] = ["unassign", "leave", "move", "assign", "adopt", "wait", "candidate", "forget"];

export interface PoolRun {
  readonly name: string;
  readonly op: string;
  /** What the plan does, a sentence by person. Empty where the engine found nothing to do. */
  readonly changes: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
  /** How many more there are than are named. */
  readonly more: Readonly<Partial<Record<Kind, number>>>;
  readonly costDelta: string | null;
  /** Counters and lists as the run ended: read from the vendor, or what an update left. */
  readonly outputs: Values;
  /** As the state had them before. */
  readonly before: Values;
}
export interface LicenseRun {
  readonly name: string;
  readonly outputs: Values;
  readonly before: Values;
}
/** What one command of the CLI did, from the engine's events and the servers' request logs. */
export interface Run {
  readonly command: string;
  readonly code: number | null;
  readonly seconds: number;
  readonly asked: { readonly people: Asked; readonly crm: Asked };
  readonly pools: readonly PoolRun[];
  readonly licenses: readonly LicenseRun[];
  /** By resource name: what the provider said, in the engine's order. */
  readonly said: readonly { readonly from: string; readonly severity: string; readonly message: string }[];
  readonly ended: Ended;
}

const record = (value: unknown): Values => (typeof value === "object" && value !== null ? (value as Values) : {});
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
const resources = (events: readonly EngineEvent[], command: Command): readonly Seen[] => {
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
    if (op === "refresh" || command === "refresh") {
      if (after && next) seen.outputs = next.outputs;
      continue;
    }
    seen.op = op;
    if (next && (op === "create" || op === "update")) seen.changes = record(next.inputs.changes);
    if (next && after && !after.planning) seen.outputs = next.outputs;
  }
  return [...all.values()];
};

const named = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(value)).map(([who, sentence]) => [who, String(sentence)]));

/** An update for another reason keeps the plan that was applied last: then the provider announces none. */
const poolRun = ({ urn, op, changes: held, outputs, before }: Seen, said: Run["said"]): PoolRun => {
  const name = nameOf(urn);
  const changes = planLine(said, name) === null ? {} : held;
  return {
    name,
    op,
    changes: Object.fromEntries(kinds.map((kind) => [kind, named(changes[kind])])) as PoolRun["changes"], // every kind
    more: Object.fromEntries(Object.entries(record(changes.more)).map(([kind, n]) => [kind, Number(n)])),
    costDelta: typeof changes.monthlyCostDelta === "string" ? changes.monthlyCostDelta : null,
    outputs,
    before,
  };
};

/** The provider's own last line on a pool's plan: `38 of 40 seats used after this, 2 left; cost …`. */
export const planLine = (said: Run["said"], pool: string): string | null => {
  const lines = said.filter(({ from }) => from === pool).flatMap(({ message }) => message.split("\n"));
  return lines.findLast((line) => /seats used after this/.test(line)) ?? null;
};

export const total = (pool: PoolRun, kind: Kind): number =>
  Object.keys(pool.changes[kind]).length + (pool.more[kind] ?? 0);

const byName = <T extends { readonly name: string }>(all: T[]): T[] => all.sort((a, b) => (a.name < b.name ? -1 : 1));

type Command = "preview" | "up" | "refresh" | "destroy";
export const runner = (cli: PulumiCli, servers: Servers, signal: AbortSignal) => {
  const minus = (a: Asked, b: Asked): Asked => ({ reads: a.reads - b.reads, writes: a.writes - b.writes });
  return async (command: Command, ...args: string[]): Promise<Run> => {
    signal.throwIfAborted();
    const [before, started] = [servers.asked(), performance.now()];
    const ended = await cli[command]({ args: [...args, "--suppress-outputs"], signal });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    signal.throwIfAborted();
    const after = servers.asked();
    const seen = resources(ended.events, command);
    const said = diagnostics(ended.events).map(({ urn = "", severity, message }) => ({
      from: nameOf(urn),
      severity,
      message: message.trim(),
    }));
    const of = (type: string): readonly Seen[] => seen.filter(({ urn }) => isOf(urn, type));
    return {
      command: ["pulumi", command, ...args].join(" "),
      code: ended.code,
      seconds,
      asked: { people: minus(after.people, before.people), crm: minus(after.crm, before.crm) },
      pools: byName(of("SeatPool").map((one) => poolRun(one, said))),
      licenses: byName(
        of("License").map(({ urn, outputs, before: was }) => ({ name: nameOf(urn), outputs, before: was })),
      ),
      said,
      ended,
    };
  };
};
export type Runner = ReturnType<typeof runner>;
