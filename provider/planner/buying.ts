import { releasesLater } from "./money.ts";
import type { Tier } from "./situation.ts";
import { type Draft, staysInTier } from "./steps.ts";

/**
 * Follows the plan's steps in their order and says of each whether it buys a seat: where the vendor sells on assign, and
 * what was purchased is in use. A seat that was released and is consumed until its cycle ends is nobody else's.
 */
export const buying = (tiers: readonly Tier[], consumed: readonly number[]): ((step: Draft) => boolean) => {
  const seats = [...consumed];
  const gives = (index: number | null, step: Draft): void => {
    const tier = tiers[index ?? -1];
    if (index !== null && tier && !step.faulty && !releasesLater(tier)) seats[index] = (seats[index] ?? 0) - 1;
  };
  const takes = (index: number): boolean => {
    const tier = tiers[index];
    const used = seats[index] ?? 0;
    seats[index] = used + 1;
    return tier?.buysOnAssign === true && (tier.purchased === null || used >= tier.purchased);
  };
  return (step) => {
    if (staysInTier(step)) return false;
    if (step.kind === "unassign") gives(step.tier, step);
    const gains = (step.kind === "assign" && !step.back) || (step.kind === "move" && !step.there);
    const buys = gains && takes(step.tier);
    if (step.kind === "move") gives(step.from, step); // the new seat comes before the old one goes
    return buys;
  };
};
