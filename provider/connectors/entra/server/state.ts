import { createBucket } from "../../simulator/buckets.ts";
import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Random } from "../../simulator/random.ts";
import type { World } from "../../simulator/world.ts";

export interface Inherited {
  readonly skuId: string;
  readonly groupId: string;
  readonly state: "Active" | "Error";
  readonly error: string;
  readonly disabledPlans: readonly string[];
  readonly at: string;
}
export interface UserState {
  readonly id: string;
  /** In which order users were made: lists are in it. */
  readonly nr: number;
  /** Graph's own properties, but for licensing, sign-ins and manager. */
  properties: Record<string, unknown>;
  manager: string | null;
  direct: Map<string, { readonly disabledPlans: readonly string[]; readonly at: string }>;
  inherited: Inherited[];
  /** Of the last attempt, and of the last that succeeded. */
  attempted: string | null;
  succeeded: string | null;
  /** When a delta last has to tell of this person. */
  changed: number;
}
export interface GroupState {
  readonly id: string;
  readonly nr: number;
  displayName: string;
  groupTypes: readonly string[];
  onPremisesSyncEnabled: boolean | null;
  licenses: readonly { readonly skuId: string; readonly disabledPlans: readonly string[] }[];
  members: Set<string>;
  groups: Set<string>;
}
export interface PlanState {
  readonly servicePlanId: string;
  readonly servicePlanName: string;
  readonly appliesTo: "User" | "Company";
}
export interface SkuState {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly appliesTo: "User" | "Company";
  enabled: number;
  warning: number;
  suspended: number;
  readonly plans: readonly PlanState[];
  /** Countries in which one of its services is not offered. */
  readonly prohibitedIn: readonly string[];
}
export interface Tenant {
  users: Map<string, UserState>;
  /** In the bin for 30 days. */
  deleted: Map<string, UserState>;
  groups: Map<string, GroupState>;
  skus: Map<string, SkuState>;
  consumed: Map<string, number>;
  /** Counts changes of people, for deltas. */
  changes: number;
  removed: { readonly id: string; readonly at: number; readonly forGood: boolean }[];
  /** Pairs of service plans of which a person can have one. */
  exclusive: readonly (readonly [string, string])[];
  /** A plan, and one that it needs. */
  needs: readonly (readonly [string, string])[];
}
export interface App {
  readonly clientId: string;
  readonly secret?: string;
  /** PEM, as uploaded. */
  readonly certificate?: string;
  readonly roles: readonly string[];
}
export interface Server {
  readonly world: World<Tenant>;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly tenantId: string;
  readonly domain: string;
  readonly apps: App[];
  readonly tokens: Map<string, { readonly app: App; readonly until: number }>;
  readonly buckets: {
    readonly units: ReturnType<typeof createBucket>;
    readonly writes: ReturnType<typeof createBucket>;
  };
  /** Entra ID P1: sign-ins are told. */
  premium: boolean;
  /** How long group licensing takes after a membership changed. */
  processingMs: number;
  /** Delta tokens of an earlier era are no longer known. */
  deltaEra: number;
}

export const emptyTenant = (): Tenant => ({
  users: new Map(),
  deleted: new Map(),
  groups: new Map(),
  skus: new Map(),
  consumed: new Map(),
  changes: 0,
  removed: [],
  exclusive: [],
  needs: [],
});

/** By the tenant's size, as throttling-limits says; writes are the same for all. */
export const bucketsFor = (people: number, clock: SimulatorClock): Server["buckets"] => ({
  units: createBucket({ limit: people < 50 ? 3500 : people <= 500 ? 5000 : 8000, perMs: 10_000 }, clock),
  writes: createBucket({ limit: 3000, perMs: 150_000, kind: "sliding" }, clock),
});

export const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
