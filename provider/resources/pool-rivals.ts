import type { Ctx, TakenSeat } from "../core/resource.ts";
import type { Plan } from "../planner/index.ts";
import type { PoolView } from "./pool-situation.ts";
import { namesOf, seatsAt } from "./pool-tiers.ts";

/** Others of this run must see whom this pool holds and claims: overlapping claims are an error, and a destroy spares them. */
export const declare = (view: PoolView, ctx: Ctx): void => {
  view.tiers.forEach((tier, t) => {
    const whom = () => {
      const claimed = new Map<string, string>();
      for (const p of view.situation.people.values()) {
        const account = p.claims.length > 0 && p.scope === "in" ? (p.accounts[t] ?? null) : null;
        if (account) claimed.set(account.id, ctx.people === "count" ? "" : p.name);
      }
      const owned = [...view.record.memory.owned.values()].filter((o) => o.license === tier.license);
      return { holders: owned.map((o) => o.holder), claimed };
    };
    for (const name of namesOf([tier])) ctx.declare(name, whom);
  });
};

/** What this plan takes from people, for the other pools. Under `people: count` nobody has a name. */
export const takenBy = ({ steps }: Plan, { tiers }: PoolView, { people }: Ctx): readonly TakenSeat[] =>
  steps.flatMap(({ kind, tier, holder, name, reason }) => {
    const of = tiers[tier];
    const called = people === "count" ? "" : name;
    return kind === "unassign" && of ? [{ license: seatsAt(of), holder: holder ?? "", name: called, reason }] : [];
  });
