import type { Fault } from "../../connectors/simulator/faults.ts";
import { createRandom } from "../../connectors/simulator/random.ts";
import type { SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { applyTo, holdersNow, holdersOf, idOf, ok } from "./ask.ts";
import { type Bench, type Test, writes } from "./subject.ts";

const weather: readonly Fault[] = [
  { kind: "limit", status: 429, retryAfter: 1 },
  { kind: "limit", status: 503, retryAfter: 2, as: "date" },
  { kind: "status", status: 503 },
  { kind: "status", status: 502 },
  { kind: "status", status: 500 },
  { kind: "reset", commit: "before" },
  { kind: "reset", commit: "after" },
  { kind: "reset", commit: "after" },
];
const rounds = 4;

/** Every step changes something now, so that none is true by chance. */
const stepsOf = async (bench: Bench, sku: string, seed: number): Promise<SeatStep[]> => {
  const random = createRandom(seed);
  const { free, holders } = bench.subject.vendor;
  const held = await holdersNow(bench, sku);
  const known = [...free, ...holders.map((id) => ({ id, name: id }))];
  const gain = random.shuffle(known.filter((a) => !held.includes(a.id))).slice(0, 5);
  const lose = random.shuffle(known.filter((a) => held.includes(a.id))).slice(0, 5);
  const step = (act: "assign" | "unassign") => (a: { readonly id: string; readonly name: string }) =>
    ({ act, sku, holder: a.id, account: a.name }) as const;
  return random.shuffle([...gain.map(step("assign")), ...lose.map(step("unassign"))]);
};
const isTrue = (held: ReadonlySet<string>, step: SeatStep): boolean =>
  held.has(step.holder) === (step.act === "assign");

const round = async (bench: Bench, sku: string, seed: number): Promise<number> => {
  const steps = await stepsOf(bench, sku, seed);
  bench.proxy.reset();
  for (const fault of weather) bench.proxy.faults.on({ probability: 0.05 }, fault);
  const { outcomes, error } = await applyTo(bench.open(), steps, { signal: bench.signal });
  bench.proxy.faults.clear();
  // A breaker that the storm opened closes again.
  bench.clock.advance(60_000);
  // A storm may end a run early; it never loses an outcome, and never invents one.
  if (error === null) expect(outcomes.map((o) => o.step)).toEqual(steps);
  else expect(error).toBeInstanceOf(Problem);
  const held = new Set(await holdersNow(bench, sku));
  const lied = outcomes.filter((o) => ok(o) && !isTrue(held, o.step)).map((o) => `${o.step.act} ${o.step.account}`);
  expect(lied).toEqual([]);
  // The next run, in fair weather, finishes what is left.
  const again = await applyTo(bench.open(), steps, { signal: bench.signal });
  expect(again.outcomes.filter((o) => !ok(o)).map((o) => o.problem?.message)).toEqual([]);
  const after = await holdersOf(bench.open(), sku, bench.signal);
  expect(new Set(after).size).toBe(after.length);
  expect(steps.filter((s) => !isTrue(new Set(after), s))).toEqual([]);
  return outcomes.filter((o) => !ok(o)).length;
};

export const storm: readonly Test[] = [
  writes("in a storm of faults what is told as done is done, and the next run finishes the rest", async (bench) => {
    const sku = await idOf(bench.open(), bench.subject.vendor.sku, bench.signal);
    const met = bench.proxy.faults.met();
    for (let seed = 1; seed <= rounds; seed += 1) await round(bench, sku, seed);
    expect(bench.proxy.faults.met() - met).toBeGreaterThan(rounds);
  }),
];
