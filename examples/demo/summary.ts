import { type Kind, kinds, type LicenseRun, type Run, type Teller, total } from "./run.ts";
import { listed } from "./screen.ts";
import type { StepOutcome } from "./stage.ts";

export interface SummaryStep {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly requests: number;
  readonly changes: number;
  readonly assigned: number;
  readonly unassigned: number;
  readonly moved: number;
  readonly waiting: number;
  readonly costDelta: string;
}
export interface Summary {
  readonly engine: Teller["engine"];
  readonly real: boolean;
  readonly story: "main-job" | "company";
  readonly people: number;
  readonly seats: number;
  readonly allotment: number;
  readonly licenses: readonly {
    readonly vendor: string;
    readonly sku: string;
    readonly purchased: number;
    readonly consumed: number;
    readonly monthlyCost: string;
  }[];
  readonly steps: readonly SummaryStep[];
}

/** Decimal strings of two places, added without floats. */
export const added = (amounts: readonly string[]): string => {
  const cents = amounts.reduce((all, amount) => all + BigInt(amount.replace(".", "")), 0n);
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

const count = (run: Run, of: readonly Kind[]): number =>
  run.pools.reduce((all, pool) => all + of.reduce((part, kind) => part + total(pool, kind), 0), 0);

/** Who waits once the plan is carried out: as read or left; a first preview knows it from its steps alone. */
export const waiting = ({ pools }: Run): number =>
  pools.reduce((all, pool) => {
    const { total: known } = listed(pool, "waiting");
    return all + (pool.op === "create" && typeof pool.outputs.waiting !== "object" ? total(pool, "wait") : known);
  }, 0);

const requests = ({ asked }: Run): number =>
  Object.values(asked).reduce((sum, { reads, writes }) => sum + reads + writes, 0);

export const summarized = (name: string, outcome: StepOutcome): SummaryStep => {
  const { about, runs, findings } = outcome;
  return {
    name,
    ok: findings.length > 0 && findings.every(({ holds }) => holds),
    seconds: Math.round(runs.reduce((all, run) => all + run.seconds, 0) * 10) / 10,
    requests: runs.reduce((all, run) => all + requests(run), 0),
    changes: outcome.unassigned ?? count(about, kinds),
    assigned: count(about, ["assign"]),
    unassigned: outcome.unassigned ?? count(about, ["unassign"]),
    moved: count(about, ["move"]),
    waiting: outcome.waiting ?? waiting(about),
    costDelta: outcome.costDelta ?? added(about.pools.map(({ costDelta }) => costDelta ?? "0.00")),
  };
};

/** What stands behind the program's connections. */
const vendorOf: Readonly<Record<string, string>> = { crm: "scim", people: "keycloak" };

export const licensesOf = (licenses: readonly LicenseRun[]): Summary["licenses"] =>
  licenses.map(({ outputs: { connection, sku, purchased, consumed, monthlyCost } }) => ({
    vendor: vendorOf[String(connection)] ?? String(connection),
    sku: String(sku),
    purchased: Number(purchased),
    consumed: Number(consumed),
    monthlyCost: String(monthlyCost),
  }));

/** As they were read last before the end: of every license, its counters. */
export const licensesRead = (outcomes: readonly StepOutcome[]): Run["licenses"] =>
  outcomes
    .filter(({ about }) => about.verb !== "destroy")
    .flatMap(({ runs }) => runs)
    .findLast(
      ({ licenses }) => licenses.length > 0 && licenses.every(({ outputs }) => typeof outputs.consumed === "number"),
    )?.licenses ?? [];
