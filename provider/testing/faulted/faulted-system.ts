import type { SimulatorClock } from "../../connectors/simulator/clock.ts";
import type { Fault } from "../../connectors/simulator/faults.ts";
import type { Simulator } from "../../connectors/simulator/server.ts";
import type { ConnectorKind } from "../../core/connector.ts";

/** What a connector's `faults.fixture.ts` exports as `faulted`: a tiny world that a run of faults can look into. */
export interface FaultedSystem {
  start(using: Using): Promise<FaultedStand>;
}
export interface Using {
  readonly clock: SimulatorClock;
  readonly seed: number;
  /** Everybody who may hold a seat; known to the system from the start, and nobody holds one. */
  readonly logins: readonly string[];
}
export interface FaultedStand {
  readonly simulator: Simulator;
  readonly kind: ConnectorKind;
  /** The connection's fields, secrets included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** As a License names them; of two, people move between them. */
  readonly skus: readonly [string] | readonly [string, string];
  /** What a person's account is called at this system. */
  account(login: string): string;
  /**
   * The truth, behind lag and paging: who holds a seat of this SKU, as `Seat.holder`, each as often as the system has
   * one for them (an invitation is one). What was given back and ends with its cycle is not in it.
   */
  holders(sku: string): readonly string[];
  /** Who gave a seat back that is consumed until its cycle ends. Absent: nobody ever. */
  ending?(sku: string): readonly string[];
  /** By hand, at once and for everybody to see. `holder` is the vendor's id. */
  holder(login: string): string;
  give(sku: string, login: string): void;
  /** Without a trace; nothing where there is none. */
  take(sku: string, login: string): void;
  /** How long lists trail behind writes. Absent: this system has no lag, but a cache in front of it may. */
  setLag?(ms: number): void;
  /** A request for a page that is not the first, by path and query. */
  readonly laterPage: RegExp;
  /** How many times as often later pages fail, where there are few of them. Default: 2. */
  readonly moreOfPages?: number;
  /** How this vendor says "slow down" with a 403. Default: a 403 with `Retry-After`. */
  readonly limit403?: Fault;
  /** A page that was lost: `empty` where its link goes on all the same. Default: both in turn. */
  readonly lostPage?: "empty" | "truncated";
  /** This system has no rate limits of its own. */
  readonly unlimited?: true;
  /** Which of the vendor's rate buckets a request counts in, where there are several. */
  bucketOf?(method: string, path: string): string;
  /** Where a request may hold several: refuses one of them (429, 503) or loses its answer (504). False: this one holds none. */
  within?(status: 429 | 503 | 504, path: string): boolean;
  /** What asks for so many a page, and how many come: tiny worlds have pages too. */
  readonly pages?: { readonly parameter: string; readonly size: number };
}
