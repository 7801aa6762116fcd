import type { SimulatorClock } from "../../connectors/simulator/clock.ts";
import type { Simulator } from "../../connectors/simulator/server.ts";
import type { Account, ConnectorKind } from "../../core/connector.ts";
import type { Sent } from "../../core/wire.ts";

/** What a connector's `measured.fixture.ts` exports as `measured`: a company of the size that requests are counted for. */
export interface MeasuredSystem {
  start(using: {
    readonly clock: SimulatorClock;
    readonly seed: number;
    readonly people: number;
  }): Promise<MeasuredStand>;
}
export interface MeasuredStand {
  /** With the vendor's own limits, exact. */
  readonly simulator: Simulator;
  readonly kind: ConnectorKind;
  readonly config: Readonly<Record<string, unknown>>;
  /** Everybody; nobody holds a seat. */
  readonly accounts: readonly Account[];
  readonly ways: readonly Way[];
}
/** One way to a vendor's seats. */
export interface Way {
  /** In the row's name: `entra`, `entra-group`. */
  readonly name: string;
  readonly sku: string;
  /** The least that the vendor's API takes for so many seats, and how long its limits let it last. */
  least(seats: number): { readonly assign: Least; readonly refresh: Least };
  /** What a request counts for: the writes inside a batch. Default: 1. */
  counts?(sent: Sent): number;
  /** How many hold a seat now, in truth. */
  held(): number;
}
export interface Least {
  readonly requests: number;
  readonly ms: number;
}
