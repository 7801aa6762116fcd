import { Problem } from "../core/problem.ts";
import type { Ctx } from "../core/resource.ts";
import type { Policy } from "../planner/index.ts";
import type { ReadTier } from "./pool-tiers.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";
import { milliseconds } from "./shared-fields.ts";

const strictness = ["full", "assign", "none"] as const;
/** The stricter of the pool's word and the provider's. */
export const stricter = (a: Policy["enforce"], b: Policy["enforce"]): Policy["enforce"] =>
  strictness.indexOf(a) > strictness.indexOf(b) ? a : b;

/** Without a cap a vendor that buys on assign would buy without end. */
const allotmentOf = (inputs: PoolInputs, tiers: readonly ReadTier[]): number | null => {
  if (inputs.allotment !== undefined) return inputs.allotment;
  const endless = tiers.find((t) => t.situation.purchased === null);
  if (!endless) return null;
  throw new Problem(
    "invalid",
    `the pool needs an allotment: how many seats of ${endless.situation.title ?? endless.license} were purchased is not known`,
    {
      path: ["allotment"],
      hint: "Set allotment, or commitments on the License.",
    },
  );
};

export const policyOf = (inputs: PoolInputs, tiers: readonly ReadTier[], ctx: Pick<Ctx, "enforce">): Policy => ({
  allotment: allotmentOf(inputs, tiers),
  onExhaustion: inputs.onExhaustion,
  ownership: inputs.ownership,
  enforce: stricter(inputs.enforce, ctx.enforce),
  gracePeriod: {
    unclaimed: milliseconds(inputs.gracePeriod.unclaimed),
    suspended: milliseconds(inputs.gracePeriod.suspended),
    deleted: milliseconds(inputs.gracePeriod.deleted),
  },
  reclaim: inputs.reclaim
    ? {
        inactiveFor: milliseconds(inputs.reclaim.inactiveFor),
        newSeatGrace: milliseconds(inputs.reclaim.newSeatGrace),
        notice: milliseconds(inputs.reclaim.notice),
        cooldown: milliseconds(inputs.reclaim.cooldown),
        action: inputs.reclaim.action,
      }
    : null,
  executionLimit: inputs.executionLimit
    ? { removals: inputs.executionLimit.removals ?? null, percent: inputs.executionLimit.percent ?? null }
    : null,
  acknowledge: inputs.acknowledge ?? null,
  allowDeactivation: inputs.allowDeactivation,
  onDestroy: inputs.onDestroy,
});
