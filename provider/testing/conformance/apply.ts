import type { Account, SeatStep } from "../../core/connector.ts";
import { type Applied, applyTo, holdersNow, holdersOf, idOf, isSeatWrite, ok, writesPassed } from "./ask.ts";
import { type Bench, type Test, writes } from "./subject.ts";

const person = (a: { readonly id: string; readonly name: string }) => ({ holder: a.id, account: a.name });
const assign = (sku: string, accounts: readonly Account[]): SeatStep[] =>
  accounts.map((a) => ({ act: "assign", sku, ...person(a) }));
const unassign = (sku: string, holders: readonly string[]): SeatStep[] =>
  holders.map((holder) => ({ act: "unassign", sku, holder, account: holder }));
const skuOf = (bench: Bench): Promise<string> => idOf(bench.open(), bench.subject.vendor.sku, bench.signal);
const emptyOf = (bench: Bench): Promise<string> => idOf(bench.open(), bench.subject.vendor.empty, bench.signal);
const run = (bench: Bench, steps: readonly SeatStep[]): Promise<Applied> =>
  applyTo(bench.open(), steps, { signal: bench.signal });
const ids = (accounts: readonly Account[]): string[] => accounts.map((a) => a.id);
const sorted = (of: readonly string[]): string[] => [...of].sort();

/** A connector may remember lists only until it writes. */
const reader = async (bench: Bench, steps: readonly SeatStep[], sku: string): Promise<void> => {
  const connector = bench.open();
  await holdersOf(connector, sku, bench.signal);
  await applyTo(connector, steps, { signal: bench.signal });
  expect(await holdersOf(connector, sku, bench.signal)).toEqual(await holdersNow(bench, sku));
};

const allTold = (steps: readonly SeatStep[], { outcomes, error }: Applied): void => {
  expect(error).toBeNull();
  // One outcome per step, in the order of the steps: the same apply tells the same story twice.
  expect(outcomes.map((o) => o.step)).toEqual(steps);
  expect(outcomes.filter((o) => !ok(o)).map((o) => o.problem?.message)).toEqual([]);
};

export const apply: readonly Test[] = [
  writes("assign gives seats, and reading back shows exactly them", async (bench) => {
    const sku = await skuOf(bench);
    const some = bench.subject.vendor.free.slice(0, 4);
    const steps = assign(sku, some);
    allTold(steps, await run(bench, steps));
    expect(await holdersNow(bench, sku)).toEqual(sorted([...bench.subject.vendor.holders, ...ids(some)]));
  }),
  writes("unassign takes seats, and only those", async (bench) => {
    const sku = await skuOf(bench);
    const [first, second, ...rest] = bench.subject.vendor.holders;
    const steps = unassign(sku, [first ?? "", second ?? ""]);
    allTold(steps, await run(bench, steps));
    expect(await holdersNow(bench, sku)).toEqual(sorted(rest));
  }),
  writes("move takes one seat and gives the other", async (bench) => {
    const [from, to] = [await skuOf(bench), await emptyOf(bench)];
    const holder = bench.subject.vendor.holders[0] ?? "";
    const steps: SeatStep[] = [{ act: "move", sku: from, to, holder, account: holder }];
    allTold(steps, await run(bench, steps));
    expect(await holdersNow(bench, from)).not.toContain(holder);
    expect(await holdersNow(bench, to)).toEqual([holder]);
  }),
  writes("a move whose second half fails leaves the person with a seat", async (bench) => {
    const [from, to] = [await skuOf(bench), await emptyOf(bench)];
    const holder = bench.subject.vendor.holders[0] ?? "";
    bench.proxy.faults.on({ path: bench.subject.paths.write, nth: 2 }, { kind: "status", status: 500 });
    const { outcomes, error } = await run(bench, [{ act: "move", sku: from, to, holder, account: holder }]);
    bench.proxy.faults.clear();
    expect(error).toBeNull();
    expect([...(await holdersNow(bench, from)), ...(await holdersNow(bench, to))]).toContain(holder);
    const moved = (await holdersNow(bench, to)).includes(holder) && !(await holdersNow(bench, from)).includes(holder);
    expect(outcomes.map(ok)).toEqual([moved]);
  }),
  writes("assigning who holds a seat already is success and changes nothing", async (bench) => {
    const sku = await skuOf(bench);
    const holder = bench.subject.vendor.holders[1] ?? "";
    const { outcomes } = await run(bench, [{ act: "assign", sku, holder, account: holder }]);
    expect(outcomes.map((o) => o.result)).toEqual([expect.stringMatching(/^(already|done)$/)]);
    expect(await holdersNow(bench, sku)).toEqual(sorted(bench.subject.vendor.holders));
  }),
  writes("unassigning who holds no seat is success and changes nothing", async (bench) => {
    const sku = await skuOf(bench);
    const { outcomes } = await run(bench, unassign(sku, [bench.subject.vendor.free[0]?.id ?? ""]));
    expect(outcomes.map((o) => o.result)).toEqual([expect.stringMatching(/^(already|done)$/)]);
    expect(await holdersNow(bench, sku)).toEqual(sorted(bench.subject.vendor.holders));
  }),
  writes("the same steps twice: the second time succeeds and changes nothing", async (bench) => {
    const sku = await skuOf(bench);
    const some = bench.subject.vendor.free.slice(0, 3);
    const steps = [...assign(sku, some), ...unassign(sku, bench.subject.vendor.holders.slice(0, 2))];
    allTold(steps, await run(bench, steps));
    const once = await holdersNow(bench, sku);
    allTold(steps, await run(bench, steps));
    expect(await holdersNow(bench, sku)).toEqual(once);
    expect(new Set(once).size).toBe(once.length);
  }),
  writes("somebody without an account fails alone", async (bench) => {
    const sku = await skuOf(bench);
    const { free, nobody } = bench.subject.vendor;
    const steps = [
      ...assign(sku, free.slice(0, 2)),
      { act: "assign" as const, sku, ...person(nobody) },
      ...assign(sku, free.slice(2, 4)),
    ];
    const { outcomes, error } = await run(bench, steps);
    expect(error).toBeNull();
    expect(outcomes.map((o) => o.step)).toEqual(steps);
    expect(outcomes.map(ok)).toEqual([true, true, false, true, true]);
    expect(outcomes[2]?.problem?.code).toMatch(/not-found|invalid/);
    expect(await holdersNow(bench, sku)).toEqual(expect.arrayContaining(ids(free.slice(0, 4))));
  }),
  writes("steps of several SKUs and kinds are done together", async (bench) => {
    const [sku, other] = [await skuOf(bench), await emptyOf(bench)];
    const { free, holders } = bench.subject.vendor;
    const steps = [
      ...unassign(sku, holders.slice(0, 1)),
      ...assign(other, free.slice(0, 2)),
      ...assign(sku, free.slice(2, 3)),
    ];
    allTold(steps, await run(bench, steps));
    expect(await holdersNow(bench, other)).toEqual(sorted(ids(free.slice(0, 2))));
    expect(await holdersNow(bench, sku)).toEqual(sorted([...holders.slice(1), free[2]?.id ?? ""]));
  }),
  writes("a seat of an unknown SKU cannot be given", async (bench) => {
    const { outcomes, error } = await run(
      bench,
      assign(bench.subject.vendor.misspelt, bench.subject.vendor.free.slice(0, 1)),
    );
    expect(error !== null || outcomes.every((o) => !ok(o))).toBe(true);
    expect(writesPassed(bench).every((p) => p.status >= 400)).toBe(true);
  }),
  writes("before each write it is asked, with exactly the steps of that write", async (bench) => {
    const [sku, other] = [await skuOf(bench), await emptyOf(bench)];
    const { free, holders } = bench.subject.vendor;
    const steps: SeatStep[] = [
      ...assign(sku, free.slice(0, 5)),
      ...unassign(sku, holders.slice(0, 2)),
      { act: "move", sku, to: other, holder: holders[2] ?? "", account: "" },
    ];
    const open: string[][] = [];
    const unasked: string[] = [];
    bench.proxy.reset();
    bench.proxy.onArrival = (method, path) => {
      if (isSeatWrite(bench, method, path) && writesPassed(bench).length >= open.length)
        unasked.push(`${method} ${path}`);
    };
    const before = async (asked: readonly SeatStep[]): Promise<void> => {
      open.push(asked.map((s) => s.holder));
    };
    const { outcomes } = await applyTo(bench.open(), steps, { signal: bench.signal, before });
    bench.proxy.onArrival = null;
    expect(outcomes.map(ok)).toEqual(steps.map(() => true));
    expect(unasked).toEqual([]);
    const sent = writesPassed(bench);
    expect(open.length).toBe(sent.length);
    // Each write names the people it was asked for, in its address or its body.
    const unmatched = [...open];
    for (const { path, body } of sent) {
      const shown = `${decodeURIComponent(path)} ${body}`;
      const index = unmatched.findIndex((holders) =>
        holders.every((h) => [h, bench.subject.vendor.written?.(h) ?? h].some((n) => shown.includes(n))),
      );
      expect(index).toBeGreaterThanOrEqual(0);
      unmatched.splice(index, 1);
    }
    const max = bench.kind.capabilities.batch?.max ?? 1;
    expect(Math.max(...open.map((o) => o.length))).toBeLessThanOrEqual(max);
  }),
  writes("the order of writes is the same every time", async (bench) => {
    const sku = await skuOf(bench);
    const steps = assign(sku, bench.subject.vendor.free.slice(0, 6));
    const first = await run(bench, steps);
    await run(bench, unassign(sku, ids(bench.subject.vendor.free.slice(0, 6))));
    const second = await run(bench, steps);
    const order = ({ before }: Applied): string[][] => before.map((asked) => asked.map((s) => s.holder));
    expect(order(second)).toEqual(order(first));
    expect(order(first).flat()).toEqual(steps.map((s) => s.holder));
  }),
  writes(
    "when asking before a write throws, nothing more is written and what was done has been told",
    async (bench) => {
      const [sku, other] = [await skuOf(bench), await emptyOf(bench)];
      const { free, holders } = bench.subject.vendor;
      // Two SKUs and both directions, so that even a vendor with batches needs several writes.
      const steps = [
        ...assign(other, free.slice(0, 3)),
        ...assign(sku, free.slice(3, 6)),
        ...unassign(sku, holders.slice(0, 2)),
      ];
      const stop = new Error("parent is gone");
      let calls = 0;
      let writesAtThrow = -1;
      bench.proxy.reset();
      const before = async (): Promise<void> => {
        calls += 1;
        if (calls < 2) return;
        if (writesAtThrow < 0) writesAtThrow = calls - 1;
        throw stop;
      };
      const { outcomes, error } = await applyTo(bench.open(), steps, { signal: bench.signal, before });
      expect(error).toBe(stop);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(writesPassed(bench).length).toBe(writesAtThrow);
      const told = outcomes.filter(ok).map((o) => `${o.step.act} ${o.step.sku} ${o.step.holder}`);
      const [inSku, inOther] = [await holdersNow(bench, sku), await holdersNow(bench, other)];
      const really = steps.filter((s) => (s.sku === sku ? inSku : inOther).includes(s.holder) === (s.act === "assign"));
      expect(told).toEqual(really.map((s) => `${s.act} ${s.sku} ${s.holder}`));
    },
  ),
  writes("cancelling stops further writes, and what was done has been told", async (bench) => {
    const [sku, other] = [await skuOf(bench), await emptyOf(bench)];
    const { free } = bench.subject.vendor;
    const steps = [...assign(other, free.slice(0, 4)), ...assign(sku, free.slice(4, 8))];
    const stop = new AbortController();
    let asked = 0;
    const before = async (): Promise<void> => {
      asked += 1;
      if (asked === 2) stop.abort();
    };
    const { outcomes, error } = await applyTo(bench.open(), steps, { signal: stop.signal, before });
    expect(error !== null || outcomes.length < steps.length || outcomes.some((o) => !ok(o))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sent = writesPassed(bench).length;
    expect(sent).toBeLessThan(asked + 1);
    const [inSku, inOther] = [await holdersNow(bench, sku), await holdersNow(bench, other)];
    const really = steps.filter((s) => (s.sku === sku ? inSku : inOther).includes(s.holder)).map((s) => s.holder);
    const told = outcomes.filter(ok).map((o) => o.step.holder);
    // A write under way when it was cancelled may have been done without an answer: never the other way round.
    expect(really).toEqual(expect.arrayContaining(told));
    expect(really.length - told.length).toBeLessThanOrEqual(bench.kind.capabilities.batch?.max ?? 1);
  }),
  writes("after a write the same connector reads the new list", async (bench) => {
    const sku = await skuOf(bench);
    await reader(bench, assign(sku, bench.subject.vendor.free.slice(0, 1)), sku);
  }),
];
