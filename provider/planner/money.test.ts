import { Problem } from "../core/problem.ts";
import { licenseCost } from "./license-position.ts";
import { amountOf, costOf, decimal, ledger, pricesOf, running } from "./money.ts";
import type { Commitment, Tier } from "./situation.ts";

const now = "2026-11-24T12:00:00.000Z";
const lot = (
  quantity: number,
  type: Commitment["type"],
  amount: string,
  more: Partial<Commitment> = {},
): Commitment => ({
  quantity,
  type,
  startsOn: null,
  endsOn: null,
  price: { amount, currency: "USD", per: "month" },
  ...more,
});
const tier = (commitments: readonly Commitment[], more: Partial<Tier> = {}): Tier => ({
  license: "vendor/sku",
  purchased: null,
  consumed: 0,
  buysOnAssign: false,
  release: "immediate",
  cycleEndsAt: null,
  commitments,
  usage: null,
  ...more,
});

test.each([
  ["19", "month", "19.00"],
  ["19.99", "month", "19.99"],
  ["228.00", "year", "19.00"],
  ["100", "year", "8.33"],
  ["0.1", "month", "0.10"],
  ["0.005", "month", "0.01"],
  ["99999999999999.99", "month", "99999999999999.99"], // a float has lost the cent by here
] as const)("%s per %s is %s per month", (amount, per, monthly) => {
  expect(decimal(amountOf({ amount, currency: "USD", per }))).toBe(monthly);
});

test.each(["", "-1", "1,50", "1.", ".5", "1e3", "NaN", "1.2345678"])("%p is no price", (amount) => {
  expect(() => amountOf({ amount, currency: "USD", per: "month" })).toThrow(Problem);
});

test("three times a third of a yearly price is a quarter of it: nothing is rounded before the end", () => {
  const third = amountOf({ amount: "100", currency: "USD", per: "year" });
  expect(decimal(third * 3n)).toBe("25.00");
  expect(decimal(third * 12n)).toBe("100.00");
});

describe("a lot runs on both of its dates", () => {
  const dated = lot(1, "annual", "1", { startsOn: "2026-01-01", endsOn: "2026-12-31" });
  test.each([
    ["2025-12-31T23:59:59.999Z", false],
    ["2026-01-01T00:00:00.000Z", true],
    ["2026-12-31T23:59:59.999Z", true],
    ["2027-01-01T00:00:00.000Z", false],
  ])("%s", (at, runs) => expect(running(dated, at)).toBe(runs));
});

describe("cost", () => {
  const cost = (lots: readonly Commitment[], consumed: number): string => {
    const [rates] = pricesOf([tier(lots)], now).tiers;
    return rates ? decimal(costOf(rates, consumed)) : "";
  };
  test("annual: quantity × price, used or not", () =>
    expect([0, 10, 12].map((n) => cost([lot(10, "annual", "19")], n))).toEqual(["190.00", "190.00", "190.00"]));
  test("flexible: consumed × price", () =>
    expect([0, 3].map((n) => cost([lot(10, "flexible", "19")], n))).toEqual(["0.00", "57.00"]));
  test("flexible on top of annual", () =>
    expect(cost([lot(10, "annual", "19"), lot(5, "flexible", "21")], 12)).toBe("232.00"));
  test("an agreement that changes is a second lot", () =>
    expect(
      cost(
        [lot(10, "annual", "19", { endsOn: "2026-10-31" }), lot(12, "annual", "17", { startsOn: "2026-11-01" })],
        12,
      ),
    ).toBe("204.00"));
  test("one currency", () => {
    const euro = tier([lot(1, "annual", "1", { price: { amount: "1", currency: "EUR", per: "month" } })], {
      license: "vendor/other",
    });
    expect(() => pricesOf([tier([lot(1, "annual", "1")]), euro], now)).toThrow(
      "priced in USD and in EUR (vendor/other)",
    );
  });
  test("a license by itself", () => {
    expect(licenseCost([lot(10, "annual", "19")], 3, now)).toEqual({ monthlyCost: "190.00", currency: "USD" });
    expect(licenseCost([], 3, now)).toEqual({ monthlyCost: null, currency: null });
  });
});

describe("what each step changes", () => {
  const lots = [lot(2, "annual", "19", { endsOn: "2026-12-31" }), lot(9, "flexible", "21")];
  const book = (consumed: number, more: Partial<Tier> = {}) => {
    const of = tier(lots, more);
    return ledger(pricesOf([of], now), [of], [consumed]);
  };
  test("the third seat is the first that costs", () => {
    const steps = book(0);
    expect([steps.gain(0), steps.gain(0), steps.gain(0)].map((money) => money?.monthly)).toEqual([
      "0.00",
      "0.00",
      "21.00",
    ]);
    expect(steps.total()).toEqual({
      currency: "USD",
      monthlyCost: "38.00",
      monthlyCostAfter: "59.00",
      monthlyCostDelta: "21.00",
    });
  });
  test("a committed seat saves at renewal, and not before", () => {
    const steps = book(2);
    expect(steps.lose(0)).toEqual({ monthly: "-19.00", currency: "USD", real: "renewal", on: "2026-12-31" });
    expect(steps.total().monthlyCostDelta).toBe("0.00");
  });
  test("a flexible seat saves now, or when the vendor's cycle ends", () => {
    expect(book(3).lose(0)).toEqual({ monthly: "-21.00", currency: "USD", real: "now", on: null });
    expect(book(3, { release: "endOfCycle", cycleEndsAt: "2026-12-01T00:00:00Z" }).lose(0)).toEqual({
      monthly: "-21.00",
      currency: "USD",
      real: "cycle-end",
      on: "2026-12-01T00:00:00Z",
    });
  });
  test("a commitment without an end saves nothing, ever", () => {
    const of = tier([lot(2, "annual", "19")]);
    expect(ledger(pricesOf([of], now), [of], [2]).lose(0)?.real).toBe("never");
  });
  test("one goes, one comes: together nothing", () => {
    const steps = book(5);
    steps.lose(0);
    steps.gain(0);
    expect(steps.total().monthlyCostDelta).toBe("0.00");
  });
  test("a move is the difference", () => {
    const tiers = [tier([lot(9, "flexible", "30")]), tier([lot(9, "flexible", "10")])];
    const steps = ledger(pricesOf(tiers, now), tiers, [1, 0]);
    expect(steps.move(0, 1)).toEqual({ monthly: "-20.00", currency: "USD", real: "now", on: null });
    expect(steps.total().monthlyCostDelta).toBe("-20.00");
  });
  test("above every lot nobody knows the price", () => {
    const of = tier([lot(2, "annual", "19")]);
    expect(ledger(pricesOf([of], now), [of], [2]).gain(0)).toBe(null);
  });
});
