import fc from "fast-check";
import { z } from "zod";
import { createVirtualClock, type VirtualClock } from "../../testing/virtual-clock.ts";
import { get } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { retryAfter } from "./retry.ts";
import { createShared } from "./shared.ts";
import type { Raw } from "./transport.ts";
import { type Arrival, answer, createWireTo, openOn } from "./wire.fixture.ts";

const api = { thing: get("/things/{id}", z.object({})) };
const signal = new AbortController().signal;
const callAll = (http: Http, n: number): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(Array.from({ length: n }, (_, id) => http.call(api.thing, { id }, { signal })));

/** Requests sent after a refusal had come in, and before the time that it named. */
const early = (arrivals: readonly Arrival[]): string[] => {
  const refused = arrivals.flatMap(({ until, cameAs, raw }) => {
    const wait = raw?.status === 429 ? retryAfter(raw.headers, until) : null;
    return wait === null ? [] : [{ cameAs, notBefore: until + wait }];
  });
  return arrivals.flatMap((a) => {
    const broken = refused.find((r) => a.sentAs > r.cameAs && a.at < r.notBefore);
    return broken ? [`sent at ${a.at}, not before ${broken.notBefore}`] : [];
  });
};

const inSeconds = (ms: number): string => String(Math.ceil(ms / 1000));
const asDate = (clock: VirtualClock, ms: number): string =>
  new Date(Math.ceil((clock.now() + ms) / 1000) * 1000).toUTCString();

describe("Retry-After", () => {
  it("is never undercut, whatever the schedule of refusals", async () => {
    const windows = fc.array(fc.record({ from: fc.nat(60_000), length: fc.nat(20_000) }), {
      minLength: 1,
      maxLength: 6,
    });
    const row = fc.record({
      windows,
      calls: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(),
      date: fc.boolean(),
      latency: fc.nat(400),
    });
    await fc.assert(
      fc.asyncProperty(row, async ({ windows, calls, seed, date, latency }) => {
        const clock = createVirtualClock(seed);
        const start = clock.now();
        const reply = (): Raw => {
          const now = clock.now() - start;
          const shut = windows.find((w) => now >= w.from && now < w.from + w.length);
          if (!shut) return answer(200);
          const left = shut.from + shut.length - now;
          return answer(429, {}, { "retry-after": date ? asDate(clock, left) : inSeconds(left) });
        };
        const { transport, arrivals } = createWireTo(clock, reply, () => 1 + Math.floor(clock.random() * latency));
        const shared = createShared();
        const two = [openOn(clock, transport, { shared }), openOn(clock, transport, { shared })];
        const done = (await Promise.all(two.map((http) => callAll(http, calls)))).flat();
        expect(early(arrivals)).toEqual([]);
        expect(arrivals.length).toBeGreaterThanOrEqual(2 * calls);
        expect(done.every((d) => d.status === "fulfilled")).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("believes the server's own date, not our clock", () => {
    const headers = { "retry-after": "Tue, 24 Nov 2026 10:00:30 GMT", date: "Tue, 24 Nov 2026 10:00:00 GMT" };
    expect(retryAfter(headers, Date.parse("Tue, 24 Nov 2026 12:00:00 GMT"))).toBe(30_000);
  });

  it("longer than a run may wait is told at once", async () => {
    const clock = createVirtualClock();
    const { transport, arrivals } = createWireTo(clock, () => answer(429, {}, { "retry-after": "3600" }));
    const [first] = await callAll(openOn(clock, transport), 1);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "throttled" } });
    expect(arrivals.length).toBe(1);
    expect(clock.slept()).toBeLessThan(1000);
  });
});

describe("amplification", () => {
  it.each([undefined, "1"])("stays under 1.25 with one refusal in ten (Retry-After %s)", async (after) => {
    const clock = createVirtualClock(5);
    const headers: Record<string, string> = after ? { "retry-after": after } : {};
    const reply = () => (clock.random() < 0.1 ? answer(429, {}, headers) : answer(200));
    const { transport, arrivals } = createWireTo(clock, reply);
    const done = await callAll(openOn(clock, transport), 2000);
    expect(done.filter((d) => d.status === "rejected")).toEqual([]);
    const refused = arrivals.filter((a) => a.raw?.status === 429).length;
    expect(refused / arrivals.length).toBeGreaterThan(0.07);
    expect(arrivals.length / 2000).toBeLessThanOrEqual(1.25);
    expect(early(arrivals)).toEqual([]);
  });
});

/** A vendor with an exact fixed window, which says what is left of it. */
const createVendor = (clock: VirtualClock, limit: number, perMs: number, style: "epoch" | "seconds") => {
  let window = -1;
  let used = 0;
  let refusals = 0;
  const reply = (): Raw => {
    const now = clock.now();
    if (Math.floor(now / perMs) !== window) {
      window = Math.floor(now / perMs);
      used = 0;
    }
    const resetMs = (window + 1) * perMs;
    const reset = style === "epoch" ? String(Math.ceil(resetMs / 1000)) : String(Math.ceil((resetMs - now) / 1000));
    const told = { "x-ratelimit-limit": String(limit), "x-ratelimit-reset": reset };
    if (used >= limit) {
      refusals += 1;
      return answer(429, {}, { ...told, "x-ratelimit-remaining": "0" });
    }
    used += 1;
    return answer(200, {}, { ...told, "x-ratelimit-remaining": String(limit - used) });
  };
  return { reply, refusals: () => refusals };
};

describe("budgets", () => {
  it.each(["epoch", "seconds"] as const)(
    "read from headers (reset as %s), keep us from ever being refused",
    async (style) => {
      const clock = createVirtualClock(3);
      const vendor = createVendor(clock, 50, 60_000, style);
      const { transport, arrivals } = createWireTo(clock, vendor.reply);
      const done = await callAll(openOn(clock, transport), 300);
      expect(done.every((d) => d.status === "fulfilled")).toBe(true);
      expect([vendor.refusals(), arrivals.length]).toEqual([0, 300]);
    },
  );

  it("are shared by all connections of the process to one tenant", async () => {
    const clock = createVirtualClock(4);
    const vendor = createVendor(clock, 50, 60_000, "seconds");
    const { transport } = createWireTo(clock, vendor.reply);
    const shared = createShared();
    const four = [1, 2, 3, 4].map(() => openOn(clock, transport, { shared }));
    await Promise.all(four.map((http) => callAll(http, 60)));
    expect(vendor.refusals()).toBe(0);
  });

  it("of another tenant are not ours", async () => {
    const clock = createVirtualClock(4);
    const { transport } = createWireTo(clock, () =>
      answer(200, {}, { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "100" }),
    );
    const shared = createShared();
    await callAll(openOn(clock, transport, { shared, tenant: "a" }), 1);
    const began = clock.now();
    await callAll(openOn(clock, transport, { shared, tenant: "b" }), 1);
    expect(clock.now() - began).toBeLessThan(100);
  });

  it("that a vendor documents are kept from the first call on", async () => {
    const clock = createVirtualClock(6);
    const { transport, arrivals } = createWireTo(clock, () => answer(200));
    await callAll(openOn(clock, transport, { budgets: { default: { limit: 1, perMs: 1000 } } }), 30);
    const times = arrivals.map((a) => a.at).sort((a, b) => a - b);
    const gaps = times.slice(1).map((t, i) => t - (times[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });

  it.each([
    [1, 1000],
    [5, 10_000],
    [60, 60_000],
    [100, 60_000],
  ])(
    "that a vendor documents and never tells (%d in %d ms) are never overdrawn, whenever its windows begin",
    async (limit, perMs) => {
      const clock = createVirtualClock(limit);
      const { transport, arrivals } = createWireTo(clock, () => answer(200));
      const shared = createShared();
      const three = [1, 2, 3].map(() => openOn(clock, transport, { shared, budgets: { default: { limit, perMs } } }));
      await Promise.all(three.map((http) => callAll(http, limit * 2)));
      const times = arrivals.map((a) => a.at).sort((a, b) => a - b);
      expect(times.length).toBe(limit * 6);
      const inWindow = times.map((from, i) => times.slice(i).filter((t) => t < from + perMs).length);
      expect(Math.max(...inWindow)).toBeLessThanOrEqual(limit);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(perMs * 8);
    },
  );

  it("no more than the allowed number of calls are under way at once", async () => {
    const clock = createVirtualClock(6);
    let under = 0;
    let most = 0;
    const { transport } = createWireTo(clock, () => answer(200));
    const counting: typeof transport = async (sent) => {
      under += 1;
      most = Math.max(most, under);
      return transport(sent).finally(() => {
        under -= 1;
      });
    };
    await callAll(openOn(clock, counting, { concurrency: 3 }), 40);
    expect(most).toBe(3);
  });
});
