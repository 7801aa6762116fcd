import type { SeatStep } from "../../core/connector.ts";
import type { Problem } from "../../core/problem.ts";
import { type Client, chunks } from "./client.ts";
import type { Seats } from "./seats.ts";
import type { GroupTarget, License, Skus, Target } from "./sku.ts";

/** What Graph is asked to do for one person. */
export type Act =
  | { readonly is: "license"; readonly add: Added | null; readonly remove: License | null }
  | { readonly is: "join" | "leave" | "reprocess"; readonly group: GroupTarget };
export interface Added {
  readonly license: License;
  readonly disabledPlans: readonly string[];
}
/** A step and its acts: one, or two where a group is left or joined on the way. */
export interface Work {
  readonly index: number;
  readonly step: SeatStep;
  readonly acts: readonly Act[];
}
export type Planned = Work | { readonly index: number; readonly step: SeatStep; readonly problem: Problem };

/** The allow-list turned into Graph's list of what is off. A plan that Microsoft adds later is in the SKU and not in the list: off. */
const added = (client: Client, license: License, allowed: readonly string[] | undefined): Added => {
  if (allowed === undefined) return { license, disabledPlans: [] };
  const on = new Set(allowed.map((id) => id.toLowerCase()));
  const stranger = [...on].find((id) => !license.plans.some((plan) => plan.id === id));
  if (stranger !== undefined)
    throw client.problem(
      "invalid",
      `${license.name} has no service plan ${stranger}`,
      `It has: ${license.plans.map(({ name }) => name).join(", ")}.`,
    );
  return { license, disabledPlans: license.plans.map(({ id }) => id).filter((id) => !on.has(id)) };
};

const noPlans = (client: Client, { name }: GroupTarget): Problem =>
  client.problem(
    "unsupported",
    `service plans of seats that come through group "${name}" are the group's own`,
    "Switch plans off in the license of the group in Entra, and leave `servicePlans` out here.",
  );

const gain = (client: Client, step: SeatStep, target: Target, seats: Seats): Act => {
  if (target.is === "license") return { is: "license", add: added(client, target, step.servicePlans), remove: null };
  if (step.servicePlans !== undefined) throw noPlans(client, target);
  const member = seats.known(step.to ?? step.sku)?.get(step.holder);
  // Already in the group and in error: joining anew does nothing, Entra has to be asked to look again.
  return { is: member?.state === "error" ? "reprocess" : "join", group: target };
};
const lose = (target: Target): Act =>
  target.is === "license" ? { is: "license", add: null, remove: target } : { is: "leave", group: target };

/** What a step asks of Graph. A swap of two licenses is one request: nobody is without one in between. */
export const actsOf = async (
  { client, skus, seats }: { readonly client: Client; readonly skus: Skus; readonly seats: Seats },
  step: SeatStep,
  signal: AbortSignal,
): Promise<readonly Act[]> => {
  const find = async (sku: string): Promise<Target> => {
    const target = await skus.find(sku, signal);
    if (target.is === "group") await skus.checkNested(target, signal);
    return target;
  };
  const from = await find(step.sku);
  if (step.act === "unassign") return [lose(from)];
  if (step.act === "assign") return [gain(client, step, from, seats)];
  if (step.to === undefined) throw client.problem("bug", `move of ${step.account} names no SKU to move to`);
  const to = step.to === step.sku ? from : await find(step.to);
  if (from.is === "license" && to.is === "license") {
    const add = added(client, to, step.servicePlans);
    return [{ is: "license", add, remove: from.id === to.id ? null : from }];
  }
  if (from.is === "group" && to.is === "group" && from.group.id === to.group.id) throw noPlans(client, to);
  // The new seat first: whatever happens in between, nobody is without one.
  return [gain(client, step, to, seats), lose(from)];
};

const keyOf = (acts: readonly Act[]): string =>
  acts.map((act) => (act.is === "join" ? `join ${act.group.group.id}` : act.is)).join(" then ");

/**
 * Rounds of requests. Within a round nobody comes twice, since the requests of a batch run side by side; a request
 * takes neighbours of one kind, so that the order of the steps stays.
 */
export const rounds = (works: readonly Work[], size: number): readonly (readonly (readonly Work[])[])[] => {
  const seen = new Map<string, number>();
  const by: Work[][] = [];
  for (const work of works) {
    const round = seen.get(work.step.holder) ?? 0;
    seen.set(work.step.holder, round + 1);
    const list = by[round];
    if (list) list.push(work);
    else by[round] = [work];
  }
  return by.map((round) => {
    const runs: Work[][] = [];
    for (const work of round) {
      const last = runs.at(-1);
      if (last?.[0] && keyOf(last[0].acts) === keyOf(work.acts)) last.push(work);
      else runs.push([work]);
    }
    return runs.flatMap((run) => chunks(run, size));
  });
};
