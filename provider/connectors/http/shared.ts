import { type Breaker, createBreaker } from "./breaker.ts";
import type { Budget } from "./budget.ts";
import { createGate, type Gate } from "./gate.ts";
import { type Memo, memo } from "./memo.ts";
import { createTransport, type Wire, type WireConfig } from "./transport.ts";

/** What all connections of this process to one tenant share, whichever resource asked: its limits are ours together. */
export interface Tenant {
  readonly gate: Gate;
  readonly breaker: Breaker;
  readonly budgets: Map<string, Budget>;
  /** Who may wait for a bucket, one at a time. */
  readonly turns: Map<string, Gate>;
  /** By client; see `memo` for what a cancelled caller does to the others. */
  readonly tokens: Memo;
  /** The last token of each client that is no longer good. */
  readonly refused: Map<string, string>;
  /** Sockets outlive a walk: the next connector to this tenant finds them open. */
  readonly wires: Map<string, Wire>;
}
export interface Shared {
  tenant(key: string, concurrency: number): Tenant;
}

const createTenant = (concurrency: number): Tenant => ({
  gate: createGate(concurrency),
  breaker: createBreaker(),
  budgets: new Map(),
  turns: new Map(),
  tokens: memo(),
  refused: new Map(),
  wires: new Map(),
});

export const createShared = (): Shared => {
  const tenants = new Map<string, Tenant>();
  return {
    tenant: (key, concurrency) => remembered(tenants, key, () => createTenant(concurrency)),
  };
};

export const processShared: Shared = createShared();

const remembered = <T>(map: Map<string, T>, key: string, make: () => T): T => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
};

export const budgetOf = (tenant: Tenant, bucket: string, make: () => Budget): Budget =>
  remembered(tenant.budgets, bucket, make);
export const turnOf = (tenant: Tenant, bucket: string): Gate => remembered(tenant.turns, bucket, () => createGate(1));
export const wireOf = (tenant: Tenant, config: WireConfig): Wire =>
  remembered(tenant.wires, JSON.stringify(config), () => createTransport(config));
