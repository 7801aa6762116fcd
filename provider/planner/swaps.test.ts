import fc from "fast-check";
import { act, freshMemory, type Someone, seatsOf, situationOf, someone, type World } from "./model.fixture.ts";
import { plan } from "./plan.ts";
import { remember } from "./remember.ts";
import type { Owned, Plan, PlanStep } from "./situation.ts";

const runs = { numRuns: Number(process.env.RUNS ?? 300) };

/** Everybody of `held` has a seat of ours; each license has just as many seats as holders, and `free` has one more. */
function company(held: readonly number[], wanted: readonly number[], free: number | null): World {
  const tiers = Math.max(...held, ...wanted, free ?? 0) + 1;
  const license = (tier: number): string => `vendor/sku${tier}`;
  const count = (tier: number): number => held.filter((one) => one === tier).length;
  const world: World = {
    now: "2026-11-24T12:00:00.000Z",
    people: held.map((_tier, n) => someone(n, { name: `p${(n * 7) % 100}`, claims: [n % 2], tier: wanted[n] ?? 0 })),
    rules: [0, 1].map((n) => ({ name: `rule${n}`, allotment: null, reserve: 0 })),
    tiers: Array.from({ length: tiers }, (_, tier) => ({
      license: license(tier),
      purchased: count(tier) + (tier === free ? 1 : 0),
      buysOnAssign: false,
      release: "immediate",
      cycleEndsAt: null,
      usage: "none",
      commitments: [],
    })),
    seats: new Map(),
    policy: {
      allotment: null,
      onExhaustion: "wait",
      ownership: "own",
      enforce: "full",
      gracePeriod: { unclaimed: 0, suspended: 0, deleted: 0 },
      reclaim: null,
      executionLimit: { removals: 100_000, percent: null },
      acknowledge: null,
      allowDeactivation: false,
      onDestroy: "retain",
    },
    memory: freshMemory,
    people0: 1000,
    fault: null,
  };
  const owned = new Map<string, Owned>();
  for (const [n, tier] of held.entries()) {
    const id = `u${n}`;
    const since = `2026-10-${10 + (n % 15)}T00:00:00.000Z`;
    seatsOf(world, license(tier)).set(id, { since, inheritedFrom: null, endsAt: null, exempt: false });
    owned.set(id, { license: license(tier), holder: id, account: id, since, how: "assigned", rule: `rule${n % 2}` });
  }
  world.memory = { ...freshMemory, owned };
  return world;
}

const sits = (world: World, { id, tier }: Someone): boolean =>
  seatsOf(world, world.tiers[Number(tier)]?.license ?? "").has(id);

/** A vendor may work off the moves of one turn side by side, all new seats before any old one goes. */
function neverExceeds(world: World, { steps }: Plan): void {
  const seats = world.tiers.map(({ license }) => seatsOf(world, license).size);
  const add = (tier: number, by: number): void => {
    seats[tier] = (seats[tier] ?? 0) + by;
  };
  const bought = (): void =>
    world.tiers.forEach(({ purchased }, tier) => {
      if ((seats[tier] ?? 0) > (purchased ?? 0))
        throw new Error(`${seats[tier]} of ${purchased} seats of tier ${tier}`);
    });
  const turns = new Map<number, PlanStep[]>();
  for (const step of steps.filter(({ kind }) => kind === "move"))
    turns.set(step.turn ?? 0, [...(turns.get(step.turn ?? 0) ?? []), step]);
  expect([...turns.keys()]).toEqual([...turns.keys()].sort((a, b) => a - b)); // the steps' order is that of the turns
  for (const turn of turns.values()) {
    for (const { tier } of turn) add(tier, 1);
    bought();
    for (const { from } of turn) add(from ?? 0, -1);
  }
  for (const { kind, tier } of steps) if (kind === "assign") add(tier, 1);
  bought();
}

/** Plan, act, plan: the second one is empty. */
function settles(world: World): Plan {
  const situation = situationOf(world);
  const made = plan(situation);
  neverExceeds(world, made);
  const outcomes = act(world, made); // the vendor refuses what it has no seat for
  expect(outcomes.filter(({ result }) => result !== "done")).toEqual([]);
  world.memory = remember(situation, made, outcomes);
  expect(plan(situationOf(world)).steps).toEqual([]);
  return made;
}

/** Licenses that exchanges connect with this one. */
function around(free: number, held: readonly number[], wanted: readonly number[]): Set<number> {
  const near = new Set([free]);
  for (let before = 0; near.size > before; ) {
    before = near.size;
    held.forEach((from, n) => {
      const to = wanted[n] ?? from;
      if (near.has(from) || near.has(to)) near.add(from).add(to);
    });
  }
  return near;
}

const someTiers = fc.integer({ min: 2, max: 4 });
/** As many want each license as hold it: everybody could sit right. */
const exchanges = someTiers.chain((tiers) =>
  fc.array(fc.nat({ max: tiers - 1 }), { minLength: 2, maxLength: 24 }).chain((held) =>
    fc.record({
      held: fc.constant(held),
      wanted: fc.shuffledSubarray(held, { minLength: held.length }),
      free: fc.nat({ max: tiers - 1 }),
    }),
  ),
);

test("one free seat unwinds everything that is swapped around it in one plan; what it cannot reach is blocked, and said", () => {
  let unwound = 0;
  let rest = 0;
  fc.assert(
    fc.property(exchanges, fc.boolean(), ({ held, wanted, free }, crowded) => {
      const world = company(held, wanted, free);
      // people without a seat who want the same ones do not use up the seat that the rings need, whatever their rule
      if (crowded)
        for (const tier of [free, ...new Set(held)]) world.people.push(someone(90 + tier, { claims: [0], tier }));
      const near = around(free, held, wanted);
      const made = settles(world);
      const blocked = new Set(made.blocked.map(({ person }) => person));
      for (const [n, one] of world.people.slice(0, held.length).entries()) {
        const right = sits(world, one);
        expect(right).toBe(near.has(held[n] ?? 0) || held[n] === wanted[n]);
        expect(blocked.has(one.id)).toBe(!right);
        if (held[n] !== wanted[n]) right ? unwound++ : rest++;
      }
    }),
    runs,
  );
  expect(unwound).toBeGreaterThan(runs.numRuns);
  expect(rest).toBeGreaterThan(runs.numRuns / 10);
});

test("whoever wants whatever: never above what was bought, and no seat stays free that somebody should have", () => {
  let moves = 0;
  fc.assert(
    fc.property(exchanges, fc.array(fc.nat({ max: 3 }), { minLength: 24, maxLength: 24 }), ({ held, free }, wishes) => {
      const wanted = held.map((_tier, n) => wishes[n] ?? 0);
      const world = company(held, wanted, free);
      moves += settles(world).steps.length;
      for (const one of world.people) {
        const tier = world.tiers[Number(one.tier)];
        const full = seatsOf(world, tier?.license ?? "").size === tier?.purchased;
        expect(sits(world, one) || full).toBe(true);
      }
    }),
    runs,
  );
  expect(moves).toBeGreaterThan(runs.numRuns);
});

test("without any free seat nobody moves, and everybody who would change places is told what would let them", () => {
  const world = company([0, 1, 1], [1, 0, 1], null);
  const made = settles(world);
  expect(made.steps).toEqual([]);
  expect(made.blocked.map(({ code }) => code)).toEqual(["no-seat-to-move", "no-seat-to-move"]);
  expect(made.blocked[0]?.sentence).toBe(
    "p0 stays on vendor/sku0: no seat of vendor/sku1 is free. A free seat of either license would let them change places with others: free or buy one",
  );
});

test("a thousand swaps over one free seat are planned at once", () => {
  const half = Array.from({ length: 1000 });
  const held = [...half.map(() => 0), ...half.map(() => 1)];
  const world = company(
    held,
    held.map((tier) => 1 - tier),
    0,
  );
  const made = settles(world);
  expect(made.steps).toHaveLength(2000);
});
