import { ledger, pricesOf } from "./money.ts";
import type { Commitment, Tier } from "./situation.ts";

/** What a license costs per month as it is consumed now: decimal string and currency, null without a price. */
export const licenseCost = (
  commitments: readonly Commitment[],
  consumed: number,
  now: string,
): { readonly monthlyCost: string | null; readonly currency: string | null } => {
  const tier: Tier = {
    license: "license",
    purchased: null,
    consumed,
    buysOnAssign: false,
    release: "immediate",
    cycleEndsAt: null,
    commitments,
    usage: null,
  };
  const { monthlyCost, currency } = ledger(pricesOf([tier], now), [tier], [consumed]).total();
  return { monthlyCost, currency };
};
