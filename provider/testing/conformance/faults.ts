import { applyTo, duty, holdersNow, holdersOf, idOf, ok, problemOf, seatsOf, textOf, writesPassed } from "./ask.ts";
import { type Bench, breaks, ofDirectory, type Test, writes } from "./subject.ts";

const skuOf = (bench: Bench): Promise<string> => idOf(bench.open(), bench.subject.vendor.sku, bench.signal);
const everybody = { match: null, groups: null, also: [] };

/** Reads the seats while the plan's faults happen; the SKU was looked up before. */
const during = (bench: Bench, sku: string): Promise<string[]> => holdersOf(bench.open(), sku, bench.signal);
const allHolders = (bench: Bench): string[] => [...bench.subject.vendor.holders].sort();

const assignOne = async (bench: Bench, sku: string) => {
  const free = bench.subject.vendor.free[0];
  const step = { act: "assign" as const, sku, holder: free?.id ?? "", account: free?.name ?? "" };
  return { step, ...(await applyTo(bench.open(), [step], { signal: bench.signal })) };
};

const limited = (as: "seconds" | "date"): Test =>
  breaks(`a 429 with Retry-After in ${as} is waited for`, async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    const slept = bench.clock.slept();
    bench.proxy.faults.on(
      { path: bench.subject.paths.seats, nth: 1 },
      { kind: "limit", status: 429, retryAfter: 7, as },
    );
    expect(await during(bench, sku)).toEqual(allHolders(bench));
    expect(bench.clock.slept() - slept).toBeGreaterThanOrEqual(7000);
    const refused = bench.proxy.passed.findIndex((p) => p.status === 429);
    const [no, next] = [bench.proxy.passed[refused], bench.proxy.passed[refused + 1]];
    expect((next?.at ?? 0) - (no?.at ?? 0)).toBeGreaterThanOrEqual(7000);
  });

const pageIs = { empty: "empty", truncated: "cut in half", loop: "a repetition" } as const;
const listIs = { seats: "seats", people: "people" } as const;

const exactly = (path: string): RegExp => new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);

const readList = async (bench: Bench, list: keyof typeof listIs, sku: string): Promise<string[]> =>
  list === "seats"
    ? holdersOf(bench.open(), sku, bench.signal)
    : (await duty(bench.open(), "people")(everybody, bench.signal)).people.map((p) => p.id).sort();

/**
 * An error, or the whole list (where paging goes on from what really came, or reads again): never a shorter list. Each
 * page but the first is damaged in turn: a first page that is empty is how a system says "nobody".
 */
const brokenPage = (page: keyof typeof pageIs, list: keyof typeof listIs): Test =>
  breaks(`a list of ${listIs[list]} with a page that is ${pageIs[page]} is an error or whole`, async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    const whole = await readList(bench, list, sku);
    const ofList = bench.subject.paths[list];
    const asked = bench.proxy.passed.map((p) => p.path).filter((p) => ofList.test(p));
    expect(asked.length).toBeGreaterThan(2);
    const second = [...new Set(asked)][1] ?? "";
    const once = asked.slice(1, 6).map((_path, i) => ({ path: ofList, nth: i + 2 }));
    // The last: however often it is asked for. It is not met where each walk has cursors of its own.
    for (const where of [...once, { path: exactly(second) }]) {
      bench.proxy.reset();
      bench.proxy.faults.on(where, { kind: "page", page });
      const met = bench.proxy.faults.met();
      const result = await readList(bench, list, sku).catch((error: unknown) => error);
      if ("nth" in where) expect(bench.proxy.faults.met()).toBeGreaterThan(met);
      if (Array.isArray(result)) {
        expect(result).toEqual(whole);
        continue;
      }
      const problem = await problemOf(Promise.reject(result));
      expect(problem.code).toMatch(/refused|bug/);
      expect(textOf(problem)).toContain("bench");
    }
  });

export const faults: readonly Test[] = [
  limited("seconds"),
  limited("date"),
  breaks("a 503 is asked again", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    bench.proxy.faults.on({ path: bench.subject.paths.seats, nth: 2 }, { kind: "status", status: 503 });
    expect(await during(bench, sku)).toEqual(allHolders(bench));
    expect(bench.proxy.passed.some((p) => p.status === 503)).toBe(true);
  }),
  breaks("a read whose connection breaks is asked again", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    bench.proxy.faults.on({ path: bench.subject.paths.seats, nth: 2 }, { kind: "reset", commit: "before" });
    expect(await during(bench, sku)).toEqual(allHolders(bench));
  }),
  breaks("a server that keeps failing ends in one error that names the connection, soon", async (bench) => {
    bench.proxy.reset();
    bench.proxy.faults.on({}, { kind: "reset", commit: "before" });
    const problem = await problemOf(bench.open().verify(bench.signal));
    expect(problem.code).toBe("unreachable");
    expect(textOf(problem)).toContain("bench");
    expect(bench.proxy.passed.length).toBeLessThanOrEqual(8);
  }),
  breaks("a token that expires in the middle of a walk is renewed", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    bench.proxy.faults.on({ path: bench.subject.paths.seats, nth: 2 }, { kind: "expire" });
    expect(await during(bench, sku)).toEqual(allHolders(bench));
    expect(bench.proxy.passed.some((p) => p.status === 401)).toBe(true);
  }),
  breaks("a 403 on a list is an error that names the scope, not an empty list", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    bench.proxy.faults.on({ path: bench.subject.paths.seats }, { kind: "status", status: 403 });
    const problem = await problemOf(seatsOf(bench.open(), sku, bench.signal));
    expect(problem.code).toBe("denied");
    expect(bench.kind.capabilities.scopes.some((s) => textOf(problem).includes(s.scope))).toBe(true);
  }),
  breaks("a 404 in the middle of a list is an error, not its end", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    bench.proxy.faults.on({ path: bench.subject.paths.seats, nth: 2, times: 9 }, { kind: "status", status: 404 });
    await problemOf(seatsOf(bench.open(), sku, bench.signal));
  }),
  breaks("an answer that is not what the vendor's table says is an error that shows none of it", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.reset();
    const body = { error: "x", token: "body-canary", items: "body-canary" };
    bench.proxy.faults.on({ path: bench.subject.paths.seats }, { kind: "status", status: 200, body });
    const problem = await problemOf(seatsOf(bench.open(), sku, bench.signal));
    expect(problem.code).toBe("bug");
    expect(textOf(problem)).not.toContain("body-canary");
  }),
  brokenPage("truncated", "seats"),
  brokenPage("empty", "seats"),
  brokenPage("loop", "seats"),
  ofDirectory(brokenPage("truncated", "people")),
  ofDirectory(brokenPage("empty", "people")),
  ofDirectory(brokenPage("loop", "people")),
  writes("a write whose answer is lost is not doubled, and is told as done", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.faults.on({ path: bench.subject.paths.write, nth: 1 }, { kind: "reset", commit: "after" });
    const { outcomes, step, error } = await assignOne(bench, sku);
    expect(error).toBeNull();
    expect(outcomes.map(ok)).toEqual([true]);
    expect(await holdersNow(bench, sku)).toEqual([...allHolders(bench), step.holder].sort());
  }),
  writes("a write that never arrived is done in the end, or told as failed", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.faults.on({ path: bench.subject.paths.write, nth: 1 }, { kind: "reset", commit: "before" });
    const { outcomes, step, error } = await assignOne(bench, sku);
    expect(error).toBeNull();
    expect(outcomes.map(ok)).toEqual([(await holdersNow(bench, sku)).includes(step.holder)]);
  }),
  writes("a write that is limited waits and is done once", async (bench) => {
    const sku = await skuOf(bench);
    const slept = bench.clock.slept();
    bench.proxy.faults.on({ path: bench.subject.paths.write, nth: 1 }, { kind: "limit", status: 429, retryAfter: 5 });
    const { outcomes } = await assignOne(bench, sku);
    expect(outcomes.map(ok)).toEqual([true]);
    expect(bench.clock.slept() - slept).toBeGreaterThanOrEqual(5000);
    expect(writesPassed(bench).filter((p) => p.status < 300).length).toBe(1);
  }),
  writes("a 403 on a write fails that person and names the scope", async (bench) => {
    const sku = await skuOf(bench);
    bench.proxy.faults.on({ path: bench.subject.paths.write }, { kind: "status", status: 403 });
    const { outcomes, error } = await assignOne(bench, sku);
    const problem = outcomes[0]?.problem ?? (await problemOf(Promise.reject(error)));
    expect(problem.code).toBe("denied");
    expect(bench.kind.capabilities.scopes.some((s) => textOf(problem).includes(s.scope))).toBe(true);
    bench.proxy.faults.clear();
    expect(await holdersNow(bench, sku)).toEqual(allHolders(bench));
  }),
  writes("a write that fails at the vendor fails alone", async (bench) => {
    const sku = await skuOf(bench);
    const free = bench.subject.vendor.free.slice(0, 3);
    bench.proxy.faults.on({ path: bench.subject.paths.write, nth: 1 }, { kind: "status", status: 500 });
    const steps = free.map((a) => ({ act: "assign" as const, sku, holder: a.id, account: a.name }));
    const { outcomes, error } = await applyTo(bench.open(), steps, { signal: bench.signal });
    bench.proxy.faults.clear();
    expect(error).toBeNull();
    expect(outcomes.length).toBe(3);
    const now = await holdersNow(bench, sku);
    expect(outcomes.map(ok)).toEqual(steps.map((s) => now.includes(s.holder)));
    // Whoever was not in that one request was served.
    if ((bench.kind.capabilities.batch?.max ?? 1) === 1) expect(outcomes.map(ok)).toEqual([false, true, true]);
  }),
];
