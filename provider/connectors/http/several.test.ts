import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { get, put } from "./endpoint.ts";
import { createShared } from "./shared.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

const api = {
  read: get("/read", z.object({})),
  write: put("/write", z.object({}), { also: ["writes"] }),
};
const signal = new AbortController().signal;
const open = (answers: () => ReturnType<typeof answer>, more: object = {}) => {
  const clock = createVirtualClock();
  const { transport, arrivals } = createWireTo(clock, answers, () => 0);
  const budgets = { writes: { limit: 2, perMs: 600_000, burst: 1 } };
  const http = openOn(clock, transport, { shared: createShared(), budgets, ...more });
  const begin = clock.now();
  return { clock, http, at: () => arrivals.map((a) => a.at - begin) };
};

describe("a call that counts in several buckets", () => {
  it("waits for each of them, and reads do not stand behind writes", async () => {
    const { http, at } = open(() => answer(200), { writeWaitMs: 3_600_000 });
    const writes = [1, 2].map(() => http.call(api.write, {}, { signal }));
    await http.call(api.read, {}, { signal });
    expect(Math.max(...at())).toBe(0);
    await Promise.all(writes);
    expect(at()).toEqual([0, 0, 300_000]);
  });
  it("waits no longer than a write may", async () => {
    const { http } = open(() => answer(200), { writeWaitMs: 299_000 });
    await http.call(api.write, {}, { signal });
    await expect(http.call(api.write, {}, { signal })).rejects.toMatchObject({ code: "throttled" });
  });
  it("pauses all of them when it is limited", async () => {
    const answers = [answer(429, undefined, { "retry-after": "7" })];
    const { http, at } = open(() => answers.shift() ?? answer(200), { budgets: {} });
    await Promise.all([http.call(api.write, {}, { signal }), http.call(api.read, {}, { signal }).catch(() => null)]);
    await http.call(api.write, {}, { signal });
    expect(at().slice(-1)[0]).toBeGreaterThanOrEqual(7000);
  });
});

it("a limit that names no time is waited for as long as the vendor's documentation asks, and longer each time", async () => {
  const answers = [answer(429), answer(429)];
  const { http, at } = open(() => answers.shift() ?? answer(200), { backoff: { limitMs: 60_000 } });
  await http.call(api.read, {}, { signal });
  const [, second = 0, third = 0] = at();
  expect(second).toBeGreaterThanOrEqual(60_000);
  expect(third - second).toBeGreaterThanOrEqual(120_000);
});
