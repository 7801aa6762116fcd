import type { Clock } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Approval, Ctx, Fn, NamedSeat, Resource } from "../core/resource.ts";
import type { Approvals } from "./approval.ts";
import type { Settings } from "./config.ts";
import type { HandOvers } from "./hand-over.ts";
import { entry, type Journal } from "./journal.ts";
import { progressOf } from "./progress.ts";
import type { RecordFolder } from "./record-folder.ts";
import type { Parent, RunFolder } from "./run-folder.ts";
import type { RunState } from "./run-state.ts";
import type { At } from "./verbs.ts";
import type { Walk } from "./walk.ts";

export interface SessionDeps {
  readonly settings: Settings;
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly walk: Walk;
  readonly run: RunFolder;
  readonly journal: Journal;
  readonly approvals: Approvals;
  readonly handOvers: HandOvers;
  readonly records: RecordFolder;
  /** Where the program stands, in front of each resource's key in the journal; empty where keys are unique already. */
  readonly place: string;
  /** Unknown claims of a pool with seats are refused: that engine plans again at apply and shows nobody what. */
  readonly refuseBlind: boolean;
  readonly parent: Parent;
  readonly clock: Clock;
  readonly pid: number;
}

/** How long a write under way may take to end once the run is cancelled; the next one is not begun. */
const LINGER_MS = 5_000;
const later = (signal: AbortSignal): AbortSignal => {
  const stop = new AbortController();
  signal.addEventListener("abort", () => void setTimeout(() => stop.abort(signal.reason), LINGER_MS).unref(), {
    once: true,
  });
  return stop.signal;
};

/** The record that a new resource of this key takes over: of the instance that was read under it, unless that one lives on under another. */
export const inheritedBy = (
  { run }: Pick<SessionDeps, "run">,
  { known, left }: RunState,
  key: string,
): string | null => {
  const read = known.get(key)?.previous.record ?? run.read<{ record: string | null }>("read", key)?.record ?? null;
  return (run.read("renamed", key) === null ? read : null) ?? left.get(key) ?? null;
};

/** What a lifecycle may use, for one call: everything that is IO goes through here. */
export const createCtx = (
  { settings, walk, run, journal, clock, parent, place, refuseBlind }: SessionDeps,
  state: RunState,
  now: number,
) => {
  const { created } = state;
  const mayWrite = (signal: AbortSignal): void => {
    if (signal.aborted && signal.reason instanceof Problem) throw signal.reason; // says why: a time limit
    if (signal.aborted)
      throw new Problem("cancelled", "cancelled before this write", {
        hint: "Run the same command again: it does the rest.",
      });
    if (!parent.alive())
      throw new Problem("cancelled", "the engine process is gone: nothing more is written", {
        hint: "Run the same command again: it does the rest.",
      });
  };

  return (at: At, approval: Approval, signal: AbortSignal): Ctx => ({
    now,
    time: clock.now,
    signal,
    writing: later(signal),
    key: place + at.key,
    name: at.name,
    approval,
    refuseBlind,
    people: settings.people,
    enforce: settings.enforce,
    offline: settings.offline,
    connection: async (name, path) => walk.connection(name, path),
    directory: (need) => walk.directory(need, signal),
    person: (id) => walk.person(id, signal),
    groups: () => walk.groups(signal),
    directoryConnection: async () => walk.theDirectory(),
    log: at.log,
    progress: progressOf(clock, at.log),
    rivals: state.rivals(at.key),
    declare: state.declare(at.key),
    replaced: created.has(at.key) || run.read<{ pid: number }>("created", at.key) !== null,
    inherited: inheritedBy({ run }, state, at.key),
    named: run.read<{ seats: readonly NamedSeat[] }>("release", at.key)?.seats ?? null,
    journal: {
      unconfirmed: (ids, confirmed) => ids.flatMap((id) => journal.unconfirmed(id, confirmed)),
      confirm: (ids, confirmed) => {
        for (const id of ids) journal.confirm(id, confirmed);
      },
      begin: (id, apply, subject) => {
        const append = journal.begin(id, apply);
        return async (steps) => {
          mayWrite(signal);
          append(steps.map((step) => entry(subject(step), step, apply, new Date(clock.now()).toISOString())));
        };
      },
    },
    alone: state.alone,
    writes: state.writes,
    wrote: state.wrote,
  });
};
