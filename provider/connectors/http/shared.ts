import type { Token } from "./auth.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { type Budget, createBudget } from "./budget.ts";
import { createGate, type Gate } from "./gate.ts";

/** What all connections of this process to one tenant share, whichever resource asked: its limits are ours together. */
export interface Tenant {
  readonly gate: Gate;
  readonly breaker: Breaker;
  readonly budgets: Map<string, Budget>;
  readonly tokens: Map<string, Promise<Token>>;
}
export interface Shared {
  tenant(key: string, concurrency: number): Tenant;
}

export const createShared = (): Shared => {
  const tenants = new Map<string, Tenant>();
  return {
    tenant(key, concurrency) {
      const known = tenants.get(key);
      if (known) return known;
      const fresh: Tenant = {
        gate: createGate(concurrency),
        breaker: createBreaker(),
        budgets: new Map(),
        tokens: new Map(),
      };
      tenants.set(key, fresh);
      return fresh;
    },
  };
};

export const processShared: Shared = createShared();

export const budgetOf = (tenant: Tenant, bucket: string, make: () => Budget = createBudget): Budget => {
  const known = tenant.budgets.get(bucket);
  if (known) return known;
  const fresh = make();
  tenant.budgets.set(bucket, fresh);
  return fresh;
};
