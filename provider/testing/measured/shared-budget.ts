import { createBucket } from "../../connectors/simulator/buckets.ts";
import type { SimulatorClock } from "../../connectors/simulator/clock.ts";
import type { Connector, SeatStep } from "../../core/connector.ts";
import type { Transport } from "../../core/wire.ts";
import { asSimulatorClock } from "../faulted/faulted-runs.ts";
import type { FaultedStand, FaultedSystem } from "../faulted/faulted-system.ts";
import { createVirtualClock } from "../virtual-clock.ts";

/** Resources of one program that an engine applies side by side, each with a connection of its own. */
const resources = 8;

export interface Shared {
  readonly name: string;
  readonly requests: number;
  /** 429, 403 and 503, although nobody else calls. */
  readonly selfInflicted: number;
  readonly failed: number;
  /** Time that was waited for limits: 0 would prove nothing. */
  readonly ms: number;
}

/** For systems without limits of their own: 100 in 10 s, told by the headers that many have. */
const limited = (transport: Transport, clock: SimulatorClock): Transport => {
  const bucket = createBucket({ limit: 100, perMs: 10_000 }, clock);
  return async (sent) => {
    const refused = bucket.take();
    const seconds = String(Math.ceil((bucket.resetAt() - clock.now()) / 1000));
    const told = {
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": String(bucket.remaining()),
      "x-ratelimit-reset": seconds,
    };
    if (refused) return { status: 429, headers: { ...told, "retry-after": seconds }, body: "" };
    const raw = await transport(sent);
    return { ...raw, headers: { ...raw.headers, ...told } };
  };
};

const allOf = async (connector: Connector, steps: readonly SeatStep[], signal: AbortSignal): Promise<number> => {
  let failed = 0;
  for await (const { result } of connector.apply?.(steps, async () => {}, signal) ?? [])
    if (result === "failed") failed += 1;
  return failed;
};

/** One resource: reads its license, assigns its people, and takes all back; again and again. */
const resource = async (connector: Connector, stand: FaultedStand, logins: readonly string[]): Promise<number> => {
  const signal = new AbortController().signal;
  let failed = 0;
  for (const sku of stand.skus) {
    for await (const _seat of connector.seats?.({ sku }, signal) ?? []);
    for (const act of ["assign", "unassign"] as const) {
      const step = (login: string): SeatStep => ({
        act,
        sku,
        holder: stand.holder(login),
        account: stand.account(login),
      });
      failed += await allOf(connector, logins.map(step), signal);
    }
  }
  return failed;
};

/** Eight resources of one process before the vendor's exact limits, for as long as it takes to fill several windows. */
export const sharedBudget = async (system: FaultedSystem, people: number): Promise<Shared> => {
  const clock = createVirtualClock(1);
  const simulated = asSimulatorClock(clock);
  const logins = Array.from({ length: people }, (_x, i) => `person${i}`);
  const stand = await system.start({ clock: simulated, seed: 1, logins });
  const told = { requests: 0, selfInflicted: 0 };
  const vendor = stand.simulator.transport;
  const wire = stand.unlimited ? limited(vendor, simulated) : vendor;
  const transport: Transport = async (sent) => {
    told.requests += 1;
    const raw = await wire(sent);
    if ([429, 403, 503].includes(raw.status)) told.selfInflicted += 1;
    return raw;
  };
  const open = (): Connector =>
    stand.kind.open(stand.kind.config.parse(stand.config), { connection: "vendor", clock, log: () => {}, transport });
  try {
    const began = clock.now();
    const parts = Array.from({ length: resources }, (_x, n) => logins.filter((_login, i) => i % resources === n));
    const failed = await Promise.all(parts.map((part) => resource(open(), stand, part)));
    const ms = clock.now() - began;
    if (stand.simulator.bugs[0]) throw stand.simulator.bugs[0];
    return { name: stand.kind.name, ...told, failed: failed.reduce((sum, n) => sum + n, 0), ms };
  } finally {
    await stand.simulator.stop();
  }
};
