import type { Connector, Outcome, SeatStep } from "../../core/connector.ts";
import type { Transport } from "../../core/wire.ts";
import { asSimulatorClock } from "../faulted/faulted-runs.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { fixtureOf } from "./fixtures.ts";
import type { Least, MeasuredStand, MeasuredSystem, Way } from "./measured-system.ts";

export interface Ours extends Least {
  readonly least: Least;
  /** HTTP calls, where a call may hold several requests. */
  readonly calls: number;
  /** Refused by a limit although nobody else called. */
  readonly refused: number;
  /** By method and path, for a reader. */
  readonly kinds: string;
}
export interface Measured {
  readonly name: string;
  readonly assign: Ours;
  /** In a walk that has read the directory: a plan always has. */
  readonly refresh: Ours;
  /** The same by a connection that is no directory and has read nothing; its token and look-ups are in it. */
  readonly alone: Ours;
}

const shape = (path: string): string =>
  path
    .split("?")[0]
    ?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, "…")
    .replace(/[^/]*@[^/]*/g, "…")
    .replace(/\/00[a-z][0-9A-Za-z]{17}/g, "/…") ?? "";

/** Counts what passes on the way to a simulator in this process. */
const createCount = (stand: MeasuredStand, way: Way) => {
  let sums = { requests: 0, calls: 0, refused: 0 };
  let kinds = new Map<string, number>();
  const transport: Transport = async (sent) => {
    sums.calls += 1;
    sums.requests += way.counts?.(sent) ?? 1;
    const kind = `${sent.method} ${shape(new URL(sent.url).pathname)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const raw = await stand.simulator.transport(sent);
    if ([429, 403, 503].includes(raw.status)) sums.refused += 1;
    return raw;
  };
  const taken = () => {
    const most = [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 6);
    const found = { ...sums, kinds: most.map(([kind, n]) => `${n} ${kind}`).join(", ") };
    sums = { requests: 0, calls: 0, refused: 0 };
    kinds = new Map();
    stand.simulator.resetLog();
    return found;
  };
  return { transport, taken };
};

const measuredWay = async (
  stand: MeasuredStand,
  way: Way,
  clock: ReturnType<typeof createVirtualClock>,
): Promise<Measured> => {
  const { transport, taken } = createCount(stand, way);
  const signal = new AbortController().signal;
  const open = () =>
    stand.kind.open(stand.kind.config.parse(stand.config), { connection: "vendor", clock, log: () => {}, transport });
  const timed = async (least: Least, work: () => Promise<void>): Promise<Ours> => {
    taken();
    const began = clock.now();
    await work();
    return { ...taken(), ms: clock.now() - began, least };
  };
  const least = way.least(stand.accounts.length);
  const first = open();
  // As an apply comes after a plan: what that has read is known.
  const { sku = way.sku } = (await first.sku?.(way.sku, signal)) ?? {};
  await read(first, sku, signal);
  await first.accounts?.(
    stand.accounts.map(({ name }) => name),
    signal,
  );
  const steps = stand.accounts.map(({ id, name }): SeatStep => ({ act: "assign", holder: id, account: name, sku }));
  const outcomes: Outcome[] = [];
  const assign = await timed(least.assign, async () => {
    for await (const one of first.apply?.(steps, async () => {}, signal) ?? []) outcomes.push(one);
  });
  const failed = outcomes.find(({ result }) => result === "failed");
  if (failed) throw new Error(`${way.name}: ${failed.step.account}: ${failed.problem?.message}`);
  clock.advance(3_600_000); // what was accepted is done, and no window of the writes is left
  if (outcomes.length !== steps.length || way.held() !== steps.length)
    throw new Error(`${way.name}: ${outcomes.length} outcomes, ${way.held()} of ${steps.length} hold a seat`);
  const refreshed = async (connector: Connector): Promise<void> => {
    const seats = await read(connector, sku, signal);
    if (seats !== steps.length) throw new Error(`${way.name}: ${seats} of ${steps.length} seats were listed`);
  };
  const alone = await timed(least.refresh, () => refreshed(open()));
  clock.advance(3_600_000);
  const walk = open();
  await walk.people?.({ match: null, groups: [], also: [] }, signal);
  const refresh = await timed(least.refresh, () => refreshed(walk));
  return { name: way.name, assign, refresh, alone };
};

/** What a plan asks of a license: its SKU, its counters, its seats. */
const read = async (connector: Connector, sku: string, signal: AbortSignal): Promise<number> => {
  await connector.sku?.(sku, signal);
  await connector.counters?.({ sku }, signal);
  let seats = 0;
  for await (const _seat of connector.seats?.({ sku }, signal) ?? []) seats += 1;
  return seats;
};

/** Every way to this connector's seats, each in a company of its own. */
export const leastRequests = async (folder: string, people: number): Promise<readonly Measured[]> => {
  const system = await fixtureOf<MeasuredSystem>(folder, "measured");
  const found: Measured[] = [];
  for (let n = 0; ; n++) {
    const clock = createVirtualClock(1);
    const stand = await system.start({ clock: asSimulatorClock(clock), seed: 1, people });
    try {
      const way = stand.ways[n];
      if (!way) return found;
      found.push(await measuredWay(stand, way, clock));
      if (stand.simulator.bugs[0]) throw stand.simulator.bugs[0];
    } finally {
      await stand.simulator.stop();
    }
  }
};
