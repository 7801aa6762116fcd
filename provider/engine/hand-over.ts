import type { Approval, NamedSeat } from "../core/resource.ts";
import { type Approvals, asApproval, type HandOver } from "./approval.ts";
import type { PlanFolder } from "./plan-folder.ts";
import type { RunFolder } from "./run-folder.ts";

/** The plan that an apply looks for. */
export interface Sought {
  readonly key: string;
  /** Hash of the inputs. */
  readonly inputs: string;
  /** Nothing existed before: a create, or the new half of a replace. */
  readonly fresh: boolean;
  /** What the engine itself carried from its plan to here (Terraform: private state), or null. */
  readonly carried: string | null;
}
/** `record`: of the instance that a replace or a taint is about to remove, for the new one to inherit. */
export interface Handed {
  readonly approval: Approval;
  readonly record: string | null;
}

/** How a plan that somebody saw reaches the apply that follows: which plan was it? The engines differ, so there are two. */
export interface HandOvers {
  find(of: Sought): Handed;
  /** Leaves a plan that is being shown. */
  leave(plan: HandOver): void;
  /** It was applied: never again. */
  used(key: string): void;
  /** The walk whose plans these are, for a removal that is planned in one and done in another; null: one does both. */
  readonly walk: string | null;
  /** Did that walk show a plan of this resource? Then the program declares it. */
  shown(key: string, walk: string): boolean;
  /** Seats that a planned removal, or a pool whose plan takes them, must keep: another pool of the program owns or claims them. */
  spare(key: string, seats: readonly NamedSeat[]): void;
  spared(key: string, walk: string | null): readonly NamedSeat[];
}

export interface HandOverDeps {
  readonly approvals: Approvals;
  readonly run: RunFolder;
  readonly pid: number;
}

const nobody: Handed = { approval: { is: "plan" }, record: null };
const approved = (plan: HandOver, spared: readonly NamedSeat[] = []): Handed => {
  const approval = asApproval(plan);
  const kept = approval.is === "approved" && spared.length > 0 ? { ...approval, spared } : approval;
  return { approval: kept, record: plan.record ?? null };
};

const elsewhere = ({ approvals }: HandOverDeps, { key, inputs }: Sought): Handed | null => {
  const plan = approvals.get(key);
  return plan && (plan.inputs === inputs || plan.unknown) ? approved(plan, plan.spared) : null;
};

/** Pulumi: preview and update are phases of one command, in two processes of ours that have the same parent. */
export const betweenPhases = (deps: HandOverDeps): HandOvers => {
  const spared = (key: string): readonly NamedSeat[] => deps.run.read<readonly NamedSeat[]>("spared", key) ?? [];
  return {
    find(of) {
      const given = elsewhere(deps, of);
      if (given) return given;
      const left = deps.run.read<HandOver>("plan", of.key);
      if (!left || left.pid === deps.pid) return nobody;
      return left.unknown || left.inputs === of.inputs ? approved(left, spared(of.key)) : nobody;
    },
    leave: (plan) => deps.run.write("plan", plan.key, plan),
    used: (key) => deps.run.drop("plan", key),
    // The update's own process has seen every pool of the program before it removes any.
    walk: null,
    shown: () => false,
    spare: (key, seats) => deps.run.write("spared", key, seats),
    spared,
  };
};

/**
 * Terraform: core always plans again in the apply walk, and a saved plan is applied by another command. A walk is told by who
 * validated: `plan` and a one-shot `apply` validate first, in a process of their own that is never configured; `apply PLANFILE`
 * does not. `pid` must differ between all processes, also of other machines.
 */
export const betweenPlans = (
  deps: HandOverDeps & { readonly plans: PlanFolder; readonly engine: string },
): HandOvers => {
  const { run, pid, plans, engine } = deps;
  // A destroy refreshes by a walk of its own, which plans all that will be destroyed as if it were to stay: the command does not tell.
  const walkOf = (plan: { readonly engine?: string; readonly pid: number }): string => `${plan.engine}#${plan.pid}`;
  const walk = walkOf({ engine, pid });
  const validated = (): boolean => run.all<{ pid: number }>("validated").some((mark) => mark.pid !== pid);
  /** Left by the plan walk of this very command, or of the command that saved the plan which this one applies. */
  const left = (of: Sought): HandOver | null => {
    const plan = plans.read(of);
    if (!plan || plan.pid === pid) return null;
    return plan.engine === engine || !validated() ? plan : null;
  };
  const carriedBy = (of: Sought): HandOver | null => {
    if (of.carried === null) return null;
    const plan = JSON.parse(of.carried) as HandOver; // our own text, from state or a plan file
    if (plan.pid === pid || plan.inputs !== of.inputs) return null;
    // Without a refresh the state still has what an older run's read left there: then a plan walk computes.
    return !validated() || plans.read(of)?.engine === engine ? plan : null;
  };
  return {
    find(of) {
      const plan = carriedBy(of);
      if (plan) return approved(plan, plan.walk ? plans.spared(of.key, plan.walk) : []);
      const given = elsewhere(deps, of);
      if (given) return given;
      const found = left(of);
      return found ? approved(found, plans.spared(of.key, walkOf(found))) : nobody;
    },
    leave(plan) {
      plans.write({ ...plan, engine });
      run.write("plan", plan.key, plan); // where `seatwise check --approve` looks
    },
    used: (key) => plans.drop(key),
    walk,
    shown: (key, of) => plans.all(key).some((plan) => walkOf(plan) === of),
    spare(key, seats) {
      plans.spare(key, walk, seats);
      run.write("spared", key, seats); // where `seatwise check --approve` looks
    },
    spared: (key, of) => (of === null ? [] : plans.spared(key, of)),
  };
};
