import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { asProblem, Problem } from "../core/problem.ts";
import type { Approval, NamedSeat } from "../core/resource.ts";
import { hasUnknown, type Values } from "../core/value.ts";
import { inputsHash } from "./inputs-hash.ts";

export interface HandOver {
  readonly key: string;
  readonly pid: number;
  readonly inputs: string;
  readonly unknown: boolean;
  readonly steps: readonly unknown[];
  readonly planned: Readonly<Record<string, Values>> | null;
  /** Nothing existed before. */
  readonly fresh?: boolean;
  /** Of an instance read in this run, for the one that replaces it. */
  readonly record?: string | null;
  /** The engine process whose command showed it. */
  readonly engine?: string;
  /** Of one that the engine itself carries: the walk that planned it. */
  readonly walk?: string;
  /** In a file of approvals: seats that this plan takes and that another pool of the same plan owns or claims. */
  readonly spared?: readonly NamedSeat[];
}

/** Approved plans of another machine, by resource key; from `seatwise check --approve`. */
export type Approvals = ReadonlyMap<string, HandOver>;

/** Reads the file named by SEATWISE_APPROVED. A file that cannot be used is an error, never ignored. */
export const readApprovals = (path: string | undefined): Approvals => {
  if (path === undefined || path === "") return new Map();
  const bad = (why: string): Problem =>
    new Problem("invalid", `the approval file ${path} cannot be used: ${why}`, {
      hint: "SEATWISE_APPROVED must name a file written by `seatwise check --approve`.",
    });
  try {
    const parsed = JSON.parse(readFileSync(path, "utf8")) as { v?: unknown; pools?: Record<string, HandOver> };
    if (parsed.v !== 1 || typeof parsed.pools !== "object") throw bad("it is not an approval file of version 1");
    return new Map(Object.entries(parsed.pools));
  } catch (error) {
    throw error instanceof Problem ? error : bad(asProblem(error).message);
  }
};

/** Where inputs were unknown when the plan was shown, nobody approved anything. */
export const asApproval = (of: HandOver): Approval =>
  of.unknown || of.planned === null ? { is: "unseen" } : { is: "approved", steps: of.steps, planned: of.planned };

/**
 * The plans that the last preview on this machine showed, for `seatwise check --approve`: to be applied elsewhere with
 * SEATWISE_APPROVED. Problem not-found where no preview has left any.
 */
export const lastPlans = (home: string): { readonly v: 1; readonly pools: Readonly<Record<string, HandOver>> } => {
  const runs = join(home, "runs");
  const files = newestRun(runs)
    .filter((name) => /\/plan-[0-9a-f]+\.json$/.test(name))
    .map((name) => ({ ...(JSON.parse(readFileSync(name, "utf8")) as HandOver), ...sparedBeside(name) }));
  if (files.length === 0)
    throw new Problem("not-found", `no preview has left a plan in ${runs}`, {
      hint: "Run the preview on this machine first, with the same SEATWISE_HOME.",
    });
  return { v: 1, pools: Object.fromEntries(files.map((plan) => [plan.key, plan])) };
};

/** What was found once all pools of the preview were planned stands in a file of its own. */
const sparedBeside = (plan: string): Pick<HandOver, "spared"> => {
  const path = join(dirname(plan), basename(plan).replace("plan-", "spared-"));
  return existsSync(path) ? { spared: JSON.parse(readFileSync(path, "utf8")) as readonly NamedSeat[] } : {};
};

const newestRun = (runs: string): readonly string[] => {
  try {
    const folders = readdirSync(runs).map((name) => join(runs, name));
    const newest = folders.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
    return newest === undefined ? [] : readdirSync(newest).map((name) => join(newest, name));
  } catch {
    return [];
  }
};

/** A plan that was approved for other inputs must not be applied to these. */
export const refuseOtherApproval = (approvals: Approvals, key: string, inputs: Values): void => {
  const carried = approvals.get(key);
  if (!carried || carried.unknown || hasUnknown(inputs) || carried.inputs === inputsHash(inputs)) return;
  throw new Problem("refused", "the approval file was made for other inputs of this resource", {
    hint: "Preview again, approve that plan, and apply with the new file.",
  });
};
