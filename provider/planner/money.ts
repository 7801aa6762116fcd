import { Problem } from "../core/problem.ts";
import type { PlanMoney } from "./counts.ts";
import type { Commitment, StepMoney, Tier } from "./situation.ts";
import { day, ms } from "./time.ts";

/**
 * Money without floats: a whole number of units per month, one unit being a twelfth of a millionth, so that a yearly
 * price divides exactly.
 */
export type Amount = bigint;
const perMonth = 12n;
const hundredth = 10_000n * perMonth;

export function amountOf(price: NonNullable<Commitment["price"]>): Amount {
  const [, whole, fraction = ""] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(price.amount) ?? [];
  if (whole === undefined)
    throw new Problem("invalid", `"${price.amount}" is not a price`, {
      path: ["amount"],
      hint: 'Write a decimal such as "19.00", with at most six places.',
    });
  return BigInt(whole + fraction.padEnd(6, "0")) * (price.per === "month" ? perMonth : 1n);
}

/** `19.00`, `-0.83`: two places, half away from zero. */
export function decimal(amount: Amount): string {
  const size = ((amount < 0n ? -amount : amount) + hundredth / 2n) / hundredth;
  const sign = amount < 0n && size > 0n ? "-" : "";
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}

/** What one license costs at the planner's moment. Annual lots are paid whether used or not; flexible lots take what is consumed above them. */
export interface Rates {
  readonly priced: boolean;
  readonly committed: number;
  readonly base: Amount;
  /** Of the annual lot that ends first: what one seat less saves, and when. */
  readonly annual: { readonly price: Amount; readonly endsOn: string | null } | null;
  /** In order; what exceeds them all is charged at the last one's price. */
  readonly flexible: readonly { readonly quantity: number; readonly price: Amount }[];
}
export interface Prices {
  readonly currency: string | null;
  readonly tiers: readonly Rates[];
}

/** What pricing needs to know of a license. */
type Contract = Pick<Tier, "license" | "commitments">;

export function pricesOf(tiers: readonly Contract[], now: string): Prices {
  let currency: string | null = null;
  for (const [i, tier] of tiers.entries())
    for (const { price } of tier.commitments) {
      if (!price) continue;
      currency ??= price.currency;
      if (price.currency !== currency)
        throw new Problem(
          "invalid",
          `the pool's licenses are priced in ${currency} and in ${price.currency} (${tier.license})`,
          {
            path: ["tiers", i],
            hint: "A pool adds up money in one currency: state all its prices in one, or make one pool per currency.",
          },
        );
    }
  return { currency, tiers: tiers.map((tier) => ratesOf(tier, now)) };
}

/** Lots whose dates are running. Both dates belong to the lot. */
export const running = (lot: Commitment, now: string): boolean =>
  (lot.startsOn === null || lot.startsOn <= now.slice(0, 10)) &&
  (lot.endsOn === null || now.slice(0, 10) <= lot.endsOn);

function ratesOf(tier: Contract, now: string): Rates {
  const lots = tier.commitments.filter((lot) => running(lot, now));
  const price = (lot: Commitment): Amount => (lot.price ? amountOf(lot.price) : 0n);
  const annual = lots.filter((lot) => lot.type === "annual");
  const first = annual.reduce<Commitment | null>((a, b) => (a && (a.endsOn ?? "9") <= (b.endsOn ?? "9") ? a : b), null);
  return {
    priced: lots.some((lot) => lot.price !== null),
    committed: annual.reduce((sum, lot) => sum + lot.quantity, 0),
    base: annual.reduce((sum, lot) => sum + price(lot) * BigInt(lot.quantity), 0n),
    annual: first?.price ? { price: price(first), endsOn: first.endsOn } : null,
    flexible: lots
      .filter((lot) => lot.type === "flexible")
      .map((lot) => ({ quantity: lot.quantity, price: price(lot) })),
  };
}

export function costOf(rates: Rates, consumed: number): Amount {
  let left = Math.max(0, consumed - rates.committed);
  let cost = rates.base;
  for (const [i, lot] of rates.flexible.entries()) {
    const here = i === rates.flexible.length - 1 ? left : Math.min(left, lot.quantity);
    cost += lot.price * BigInt(here);
    left -= here;
  }
  return cost;
}

/** A step's money before it is written down. */
interface Effect {
  readonly amount: Amount;
  readonly real: StepMoney["real"];
  readonly on: string | null;
}

/**
 * Follows the plan's steps seat by seat, so that each step's money is what that step changes, and all steps together
 * are what the plan changes. A seat released at the end of a cycle counts as gone, with its date.
 */
export interface Ledger {
  gain(tier: number): StepMoney | null;
  lose(tier: number): StepMoney | null;
  move(from: number, to: number): StepMoney | null;
  /** What losing the seat will save, for somebody who only begins to leave. */
  foresee(tier: number, on: string): StepMoney | null;
  total(): PlanMoney;
}

export function ledger(prices: Prices, tiers: readonly Tier[], consumed: readonly number[]): Ledger {
  const { currency } = prices;
  const seats = [...consumed];
  let delta = 0n;
  const write = (effect: Effect | null): StepMoney | null =>
    effect && currency !== null
      ? { monthly: decimal(effect.amount), currency, real: effect.real, on: effect.on }
      : null;
  const book = (effect: Effect | null): Effect | null => {
    if (effect && immediate(effect)) delta += effect.amount;
    return effect;
  };
  const gain = (tier: number): Effect | null => {
    const before = seats[tier] ?? 0;
    seats[tier] = before + 1;
    return book(gaining(prices.tiers[tier], before));
  };
  const lose = (tier: number): Effect | null => {
    const before = seats[tier] ?? 0;
    seats[tier] = before - 1;
    return book(losing(prices.tiers[tier], tiers[tier], before));
  };
  return {
    gain: (tier) => write(gain(tier)),
    lose: (tier) => write(lose(tier)),
    move: (from, to) => write(both(gain(to), lose(from))),
    foresee: (tier, on) => {
      const effect = losing(prices.tiers[tier], tiers[tier], seats[tier] ?? 0);
      return write(effect && effect.real === "now" ? { ...effect, on } : effect);
    },
    total: () => {
      if (currency === null || !prices.tiers.some((rates) => rates.priced))
        return { currency, monthlyCost: null, monthlyCostAfter: null, monthlyCostDelta: null };
      const cost = prices.tiers.reduce((sum, rates, tier) => sum + costOf(rates, consumed[tier] ?? 0), 0n);
      return {
        currency,
        monthlyCost: decimal(cost),
        monthlyCostAfter: decimal(cost + delta),
        monthlyCostDelta: decimal(delta),
      };
    },
  };
}

/** A saving at renewal is not in the plan's difference: the contract runs on. */
const immediate = ({ real }: Effect): boolean => real === "now" || real === "cycle-end";

function gaining(rates: Rates | undefined, before: number): Effect | null {
  if (!rates?.priced) return null;
  if (before >= rates.committed && rates.flexible.length === 0) return null; // above every lot: nobody told us that price
  return { amount: costOf(rates, before + 1) - costOf(rates, before), real: "now", on: null };
}

function losing(rates: Rates | undefined, tier: Tier | undefined, before: number): Effect | null {
  if (!rates?.priced || !tier) return null;
  if (before > rates.committed) {
    if (rates.flexible.length === 0) return null;
    const amount = costOf(rates, before - 1) - costOf(rates, before);
    return releasesLater(tier)
      ? { amount, real: "cycle-end", on: tier.cycleEndsAt }
      : { amount, real: "now", on: null };
  }
  if (!rates.annual) return null;
  const { price, endsOn } = rates.annual;
  return { amount: -price, real: endsOn === null ? "never" : "renewal", on: endsOn };
}

/** A move's two halves: what is saved only at renewal does not lower what the new seat costs now. */
function both(gained: Effect | null, lost: Effect | null): Effect | null {
  if (!gained || !lost || !immediate(lost)) return gained ?? lost;
  return { amount: gained.amount + lost.amount, real: lost.real, on: lost.on };
}

export const releasesLater = (tier: Pick<Tier, "release">): boolean =>
  tier.release === "endOfCycle" || tier.release === "queued";

/** When lots begin or end, from now on. */
export const lotDates = (tiers: readonly Tier[]): number[] =>
  tiers.flatMap(({ commitments }) =>
    commitments.flatMap((lot) => [
      ...(lot.startsOn ? [ms(lot.startsOn)] : []),
      ...(lot.endsOn ? [ms(lot.endsOn) + day] : []),
    ]),
  );
