import { Problem } from "../core/problem.ts";
import type { Ctx, Message, Planned } from "../core/resource.ts";
import { UNKNOWN } from "../core/value.ts";
import { messages as messagesOf, type Plan } from "../planner/index.ts";
import { stuck } from "./pool-blocked.ts";
import { unknownState } from "./pool-outputs.ts";
import type { PoolView } from "./pool-situation.ts";

const blind = (ctx: Ctx, seats: number): Problem =>
  new Problem(
    "refused",
    `pool ${ctx.name} has ${seats} ${seats === 1 ? "seat" : "seats"}, and who claims one is not known before other resources are applied`,
    {
      path: ["rules"],
      hint: "Apply those first: terraform apply -target=RESOURCE for the rule, license or system that the pool's claims come from. Then plan again.",
    },
  );

/** Connections, or what is claimed, are not known yet: nobody can be named. */
export const unknownPlan = (ctx: Ctx, seats: number): Planned => ({
  outputs: unknownState(),
  planned: { changes: UNKNOWN, digest: UNKNOWN },
  outstanding: true,
  approved: [],
  refusal: ctx.refuseBlind && !ctx.offline && seats > 0 ? blind(ctx, seats) : null,
  messages: [
    {
      level: "warning",
      text: ctx.offline
        ? "offline: who gains or loses a seat is not known"
        : "who gains or loses a seat is not known before other resources exist; at apply this pool only assigns, and removals show in the next preview",
    },
  ],
});

/** Lines about single people are indented: where nobody is to be named, only the others stay. */
const unnamed = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("  "))
    .join("\n");

/** Said, not refused: a purchase that shrinks must not stop leavers from losing their seats. */
const overAllotted = ({ situation: { policy, tiers, pool } }: PoolView): readonly Message[] => {
  const current = tiers.filter((t) => !t.retired);
  const bought = current.reduce<number | null>(
    (sum, t) => (sum === null || t.purchased === null ? null : sum + t.purchased),
    0,
  );
  if (policy.allotment === null || bought === null || policy.allotment <= bought) return [];
  // A vendor that sells a seat with each assignment sells these too: the plan names them as it buys them.
  if (current.some((t) => t.buysOnAssign)) return [];
  const text = `pool ${pool}: the allotment of ${policy.allotment} is above the ${bought} seats that were purchased; no more than these are assigned. Lower the allotment, or buy ${policy.allotment - bought} more and say so in the License's commitments.`;
  return [{ level: "warning", text }];
};

/** A pool without a past: renamed without an alias, its state lost, or seats given by hand before it came. */
const notOurs = ({ situation: { people, memory, policy, pool }, record }: PoolView): readonly Message[] => {
  if (record.apply !== null || policy.ownership !== "own") return [];
  const held = [...people.values()].filter(
    (p) => p.claims.length > 0 && p.held.length > 0 && !memory.owned.has(p.id),
  ).length;
  if (held === 0) return [];
  const who = held === 1 ? "1 claimed person holds a seat" : `${held} claimed people hold seats`;
  const text = `pool ${pool}: ${who} that this pool did not assign: counted, and never taken away by it. Renamed the pool? An alias (Pulumi) or a moved block (Terraform) keeps its seats its own. To take such seats over, set ownership: adopt.`;
  return [{ level: "warning", text }];
};

/** `first`: nothing was there before. A plan that has nothing to do need not say again what is so since then. */
export const say = (
  view: PoolView,
  plan: Plan,
  { how, first }: { readonly how: Ctx["people"]; readonly first: boolean },
): readonly Message[] => {
  const named = (text: string): string => (how === "count" ? unnamed(text) : text);
  const text = named(messagesOf(plan));
  return [
    ...(how === "count" ? [] : view.messages),
    ...overAllotted(view),
    ...(first || plan.steps.length > 0 ? notOurs(view) : []),
    ...stuck(plan, view.situation.pool).map((one) => ({ ...one, text: named(one.text) })),
    ...(text === "" ? [] : [{ level: "info" as const, text }]),
  ];
};
