import fc from "fast-check";
import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { createBudget } from "./budget.ts";
import { get } from "./endpoint.ts";
import { createShared } from "./shared.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

const api = { cheap: get("/cheap", z.object({})), dear: get("/dear", z.object({}), { cost: 5 }) };
const signal = new AbortController().signal;

describe("calls that count for more than one", () => {
  const open = (limit: number, burst: number) => {
    const clock = createVirtualClock();
    const { transport, arrivals } = createWireTo(
      clock,
      () => answer(200),
      () => 0,
    );
    const budgets = { default: { limit, perMs: 1000, burst } };
    return { clock, arrivals, http: openOn(clock, transport, { shared: createShared(), budgets }) };
  };

  it("take what the endpoint says, or the call", async () => {
    const { clock, http } = open(10, 10);
    const begin = clock.now();
    await http.call(api.dear, {}, { signal });
    await http.call(api.dear, {}, { signal });
    expect(clock.now() - begin).toBe(0);
    await http.call(api.cheap, {}, { signal });
    expect(clock.now() - begin).toBe(100);
    await http.call(api.cheap, {}, { signal, cost: 10 });
    expect(clock.now() - begin).toBe(1100);
  });
  it("never spend more than the burst and what flowed in, in any window", () => {
    const costs = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 20, max: 60 }), (each, burst) => {
        const budget = createBudget({ limit: 100, perMs: 1000, burst });
        const spent: { at: number; cost: number }[] = [];
        let now = 0;
        for (const cost of each) {
          for (let ms = budget.take(now, cost); ms > 0; ms = budget.take(now, cost)) now += ms;
          spent.push({ at: now, cost });
        }
        for (const { at } of spent) {
          const window = spent.filter((s) => s.at >= at && s.at < at + 1000).reduce((sum, s) => sum + s.cost, 0);
          expect(window).toBeLessThanOrEqual(burst + 100);
        }
      }),
    );
  });
  it("that cost more than a full bucket wait for a full one, not for ever", async () => {
    const { clock, http } = open(10, 10);
    const begin = clock.now();
    await http.call(api.cheap, {}, { signal, cost: 25 });
    await http.call(api.cheap, {}, { signal, cost: 1 });
    expect(clock.now() - begin).toBe(1600);
  });
});

it("a bucket that an answer's inside asks to pause is paused for everybody", async () => {
  const clock = createVirtualClock();
  const { transport, arrivals } = createWireTo(
    clock,
    () => answer(200),
    () => 0,
  );
  const shared = createShared();
  const [one, two] = [openOn(clock, transport, { shared }), openOn(clock, transport, { shared })];
  const begin = clock.now();
  one.pause("default", 7000);
  await two.call(api.cheap, {}, { signal });
  expect(arrivals.map(({ at }) => at - begin)).toEqual([7000]);
});
