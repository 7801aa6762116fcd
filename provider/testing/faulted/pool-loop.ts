import type { Outcome, SeatStep } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { Connection, Ctx, JournalEntry, Previous } from "../../core/resource.ts";
import type { Values } from "../../core/value.ts";
import type { Transport } from "../../core/wire.ts";
import { seatPool } from "../../resources/seat-pool.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { FaultedStand } from "./faulted-system.ts";

export interface Loop {
  readonly stand: FaultedStand;
  readonly transport: Transport;
  readonly clock: VirtualClock;
  readonly people: () => readonly Person[];
  readonly inputs: Values;
  /** Each outcome at the moment at which the connector tells it. */
  readonly told: (outcome: Outcome) => void;
}
export type Round = "quiet" | "acted" | "failed";

/** One pool of one connection, through the real planner and lifecycle, with its journal and state in memory. */
export const createPoolLoop = ({ stand, transport, clock, people, inputs, told }: Loop) => {
  const entries: JournalEntry[] = [];
  let previous: Previous | null = null;
  let latest = "";
  const parsed = seatPool.inputs.parse(inputs) as never; // as the engine hands inputs to a lifecycle

  const connect = (): Connection => {
    const opened = stand.kind.open(stand.kind.config.parse(stand.config), {
      connection: "vendor",
      clock,
      log: () => {},
      transport,
    });
    const { apply } = opened;
    const watched = async function* (...args: Parameters<NonNullable<typeof apply>>): AsyncGenerator<Outcome> {
      if (!apply) return;
      for await (const outcome of apply(...args)) {
        told(outcome);
        yield outcome;
      }
    };
    return {
      name: "vendor",
      kind: stand.kind,
      connector: { ...opened, apply: watched },
      isDirectory: false,
      settings: {},
      // As whoever runs it says with `settle` of a system that lags.
      settleMs: Math.max(stand.kind.capabilities.settleMs, 60_000),
      accountOf: ({ id }) => stand.account(id),
    };
  };

  /** A walk of its own: connector, lists and time. */
  const walk = (): Ctx => {
    const connection = connect();
    const everybody = people();
    const signal = new AbortController().signal;
    const byId = new Map(everybody.map((p) => [p.id, p]));
    const written = new Map<string, number>();
    return {
      now: clock.now(),
      time: clock.now,
      signal,
      writing: signal,
      key: "pool",
      name: "pool",
      approval: { is: "plan" },
      refuseBlind: false,
      people: "account",
      enforce: "full",
      offline: false,
      connection: async () => connection,
      directory: async () => ({ people: everybody, byId, total: everybody.length, fault: null }),
      person: async (id) => byId.get(id) ?? null,
      groups: async () => [],
      directoryConnection: async () => ({ ...connection, name: "people", isDirectory: true }),
      log: () => {},
      progress: () => () => {},
      rivals: () => new Map(),
      declare: () => {},
      replaced: false,
      inherited: null,
      named: null,
      journal: {
        unconfirmed: (_ids, confirmed) => entries.filter(({ apply }) => confirmed === null || apply > confirmed),
        confirm: (_ids, confirmed) =>
          void entries.splice(0, entries.length, ...entries.filter((e) => e.apply > confirmed)),
        begin: (_id, apply, subject) => {
          latest = apply;
          return async (steps: readonly SeatStep[]) => {
            const at = new Date(clock.now()).toISOString();
            entries.push(...steps.map((step) => ({ ...subject(step), step, apply: latest, at })));
          };
        },
      },
      alone: (_licenses, work) => work(),
      writes: (licenses) => licenses.reduce((sum, l) => sum + (written.get(l) ?? 0), 0),
      wrote: (licenses) => {
        for (const l of licenses) written.set(l, (written.get(l) ?? 0) + 1);
      },
    };
  };

  /** Plan and, where it has steps, apply: one run of a user. What a run throws, its user sees and runs again. */
  return async (): Promise<{ readonly is: Round; readonly problem?: unknown; readonly failures: number }> => {
    const ctx = walk();
    const { lifecycle } = seatPool;
    try {
      if (previous !== null) {
        const found = await lifecycle.read(previous, ctx);
        if (found) previous = { ...previous, outputs: found.outputs, record: found.record };
      }
      const planned = await lifecycle.plan({ inputs: parsed, unknown: false }, previous, ctx);
      if (planned.refusal) throw planned.refusal;
      if (!planned.outstanding && previous !== null) return { is: "quiet", failures: 0 };
      const done = await lifecycle.apply({ inputs: parsed }, planned, previous, ctx);
      previous = {
        id: done.id,
        inputs,
        outputs: { ...done.outputs, ...planned.planned } as Values,
        record: done.record,
      };
      return { is: "acted", failures: done.failures.length };
    } catch (problem) {
      return { is: "failed", problem, failures: 0 };
    }
  };
};
