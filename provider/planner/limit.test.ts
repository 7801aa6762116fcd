import fc from "fast-check";
import { checkLimit, removalsOf } from "./invariants.fixture.ts";
import { act, freshMemory, seatsOf, situationOf, someone, type World } from "./model.fixture.ts";
import { plan } from "./plan.ts";
import { planRelease } from "./release.ts";
import { remember } from "./remember.ts";
import type { Plan, Policy } from "./situation.ts";
import { day, hour, iso, ms } from "./time.ts";

const now = "2026-11-24T12:00:00.000Z";
const policy: Policy = {
  allotment: null,
  onExhaustion: "wait",
  ownership: "own",
  enforce: "full",
  gracePeriod: { unclaimed: 0, suspended: 0, deleted: 0 },
  reclaim: null,
  executionLimit: null,
  acknowledge: null,
  allowDeactivation: false,
  onDestroy: "release",
};

/** A pool in which everybody has a seat that is ours, by one of `rules` rules in turn. */
function company(people: number, of: { policy?: Partial<Policy>; rules?: number } = {}): World {
  const rules = Array.from({ length: of.rules ?? 1 }, (_, i) => ({ name: `rule${i}`, allotment: null, reserve: 0 }));
  const world: World = {
    now,
    people: Array.from({ length: people }, (_, n) => someone(n, { name: `p${n}`, claims: [n % rules.length] })),
    rules,
    tiers: [
      {
        license: "vendor/sku",
        purchased: 1000,
        buysOnAssign: false,
        release: "immediate",
        cycleEndsAt: null,
        usage: "none",
        commitments: [],
      },
    ],
    seats: new Map(),
    policy: { ...policy, executionLimit: { removals: 9999, percent: null }, ...of.policy },
    memory: freshMemory,
    people0: 1000,
    fault: null,
  };
  const made = plan(situationOf(world));
  world.memory = remember(situationOf(world), made, act(world, made));
  world.policy = { ...policy, ...of.policy };
  return world;
}
const leave = (world: World, count: number, from = 0): World => {
  for (const one of world.people.slice(from, from + count)) one.claims = [];
  return world;
};
const nobody = { seats: new Set<string>(), claims: new Map<string, ReadonlySet<string>>() };

describe("the default, exactly", () => {
  test.each([
    // people, leavers, refused
    [5, 5, false],
    [6, 6, true], // more than 5, and all of it
    [10, 6, true],
    [59, 6, true], // 10.2 %
    [60, 6, false], // 10 %
    [500, 50, false],
    [500, 51, true], // 10.2 %
    [900, 50, false],
    [900, 51, true], // more than 50, whatever the share
  ])("%d seats, %d of them go", (people, leavers, refused) => {
    const made = plan(situationOf(leave(company(people, { rules: 20 }), leavers)));
    expect(removalsOf(made, company(people, { rules: 20 }))).toBe(leavers);
    expect(made.refusal !== null).toBe(refused);
  });

  test.each([
    [59, 6, true],
    [60, 6, false],
  ])(
    "a first plan that takes over the pool's %d seats, %d of them of suspended people",
    (people, suspended, refused) => {
      const world = company(people, { rules: 20 });
      world.memory = freshMemory;
      world.policy = { ...world.policy, ownership: "adopt" };
      for (const one of world.people.slice(0, suspended)) Object.assign(one, { status: "suspended", claims: [] });
      const made = plan(situationOf(world));
      expect(made.steps.filter(({ kind }) => kind === "adopt")).toHaveLength(people - suspended);
      expect(removalsOf(made, world)).toBe(suspended);
      expect(made.refusal !== null).toBe(refused);
    },
  );

  test("the refusal has the numbers, and says what to set", () => {
    const { refusal } = plan(situationOf(leave(company(10, { rules: 10 }), 6)));
    expect(refusal?.message).toBe(
      "pool pool: 6 removals from 10 seats are above the execution limit: more than 5, and 60 % of the pool where 10 % are allowed.",
    );
    expect(refusal?.hint).toContain("acknowledge = { removals: 6, until:");
  });
});

test("removals of the day before are counted beside the seats that are left, and the number to acknowledge is explained", () => {
  const world = company(20, { rules: 20 });
  const small = situationOf(leave(world, 5));
  const made = plan(small);
  world.memory = remember(small, made, act(world, made));
  const { refusal } = plan(situationOf(leave(world, 14, 5)));
  expect(refusal?.message).toBe(
    "pool pool: 19 removals in 24 hours (14 in this plan, of the 15 seats held now, and 5 before it) are above the execution limit: more than 5, and more than 10 % of 15 seats.",
  );
  expect(refusal?.hint).toContain("Look at this plan before anything else");
  expect(refusal?.hint).toContain("acknowledge = { removals: 19, until:");
  expect(refusal?.hint).toContain("(14 of this plan and 5 of the last 24 hours)");
});

test("where the directory's count fell by much, the hint asks for a look at the read, and offers no number above this plan's", () => {
  const world = company(20, { rules: 20 });
  const small = situationOf(leave(world, 5));
  const made = plan(small);
  world.memory = remember(small, made, act(world, made));
  leave(world, 14, 5);
  world.people0 = 899; // of 1000 at the last apply
  const hint = plan(situationOf(world)).refusal?.hint ?? "";
  expect(hint).toContain("Look at this plan before anything else");
  expect(hint).toContain("has 899 people and had 1000 at the last apply: was it read in full?");
  expect(hint).toContain(
    "it is the 14 removals of this plan that acknowledge must allow; the 5 of the last 24 hours count as well.",
  );
  expect(hint).not.toContain("acknowledge =");
  expect(hint).not.toContain("19");
  world.people0 = 900;
  expect(plan(situationOf(world)).refusal?.hint).toContain("acknowledge = { removals: 19");
});

test("setting what the hint says lets it through, until then", () => {
  const world = leave(company(10, { rules: 10 }), 6);
  world.policy = { ...world.policy, acknowledge: { removals: 6, until: iso(ms(now) + hour) } };
  expect(plan(situationOf(world)).refusal).toBe(null);
  world.now = iso(ms(now) + hour);
  expect(plan(situationOf(world)).refusal?.code).toBe("limit");
});

test("small bites over a day are one bite", () => {
  const world = company(40, { rules: 40 });
  const eaten: number[] = [];
  for (let bite = 0; bite < 13; bite++) {
    leave(world, 2, bite * 2);
    const situation = situationOf(world);
    const made = plan(situation);
    if (!made.refusal) world.memory = remember(situation, made, act(world, made));
    eaten.push(made.refusal ? 0 : made.steps.length);
    world.now = iso(ms(world.now) + 2 * hour);
  }
  // 2 and 2 are 4; the sixth is above 5 and 10 % of 36, until the first bites are a day old
  expect(eaten.slice(0, 12)).toEqual([2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(eaten[12]).toBe(0); // by now 22 people want to leave at once
});

test("half of a rule, in small bites within a day, is half of a rule", () => {
  const world = company(600, { rules: 50 }); // 12 people each
  const ours = world.people.filter(({ claims }) => claims[0] === 7);
  const go = (n: number): Plan => {
    for (const one of ours.splice(0, n)) one.claims = [];
    const situation = situationOf(world);
    const made = plan(situation);
    if (!made.refusal) world.memory = remember(situation, made, act(world, made));
    world.now = iso(ms(world.now) + hour);
    return made;
  };
  expect(go(4).refusal).toBe(null);
  const { refusal } = go(3);
  expect(refusal?.code).toBe("rule-half");
  expect(refusal?.message).toContain("rule rule7 loses 7 of its 12 people");
});

test("a renamed rule is no loss, though somebody else leaves", () => {
  const world = company(600, { rules: 50 });
  world.rules = world.rules.map((rule, i) => (i === 7 ? { ...rule, name: "renamed" } : rule));
  leave(world, 1);
  expect(plan(situationOf(world)).refusal).toBe(null);
});

describe("destroy", () => {
  test("is under the same limit", () => {
    expect(planRelease(situationOf(company(5)), nobody).refusal).toBe(null);
    const made = planRelease(situationOf(company(6)), nobody);
    expect(made.steps).toHaveLength(6);
    expect(made.refusal?.code).toBe("limit");
    const meant = company(6, { policy: { acknowledge: { removals: 6, until: iso(ms(now) + day) } } });
    expect(planRelease(situationOf(meant), nobody).refusal).toBe(null);
  });
  test("whose rules go with it: no rule loses its people by a slip", () => {
    const allowed = situationOf(company(40, { policy: { executionLimit: { removals: 40, percent: null } } }));
    const made = planRelease({ ...allowed, rules: [] }, nobody);
    expect(made.steps).toHaveLength(40);
    expect(made.refusal).toBe(null);
  });
  test("and under what was removed today", () => {
    const world = leave(company(60), 6);
    const situation = situationOf(world);
    const made = plan(situation);
    world.memory = remember(situation, made, act(world, made));
    expect(planRelease(situationOf(world), nobody).refusal?.message).toContain(
      "pool pool: 60 removals in 24 hours (54 in this plan, of the 54 seats held now, and 6 before it) are above the execution limit: more than 50.",
    );
  });
  test("retain releases nobody", () =>
    expect(planRelease(situationOf(company(3, { policy: { onDestroy: "retain" } })), nobody).steps).toEqual([]));
  test("never what is exempt, inherited, out of scope, not ours, or another living pool's", () => {
    const world = company(6);
    const [exempt, outside, inherited, , claimed] = world.people;
    if (!exempt || !outside || !inherited || !claimed) throw new Error("six people");
    exempt.exempt = true;
    outside.scope = "out";
    const seats = seatsOf(world, "vendor/sku");
    seats.set(inherited.id, { since: null, inheritedFrom: "team", endsAt: null, exempt: false });
    seats.set("x1", { since: null, inheritedFrom: null, endsAt: null, exempt: false });
    world.people.push(someone(50, { name: "ext" }));
    seats.set("u50", { since: null, inheritedFrom: null, endsAt: null, exempt: false });
    const made = planRelease(situationOf(world), {
      seats: new Set(["vendor/sku u3"]),
      claims: new Map([["vendor/sku", new Set([claimed.id])]]),
    });
    expect(made.steps.map(({ person }) => person)).toEqual(["u5"]);
    expect(made.blocked.map(({ name, code }) => `${name} ${code}`)).toEqual([
      "p0 exempt",
      "p1 out-of-scope",
      "p2 inherited",
      "p3 living-pool",
      "p4 living-pool",
    ]);
  });
  test("frozen: nobody", () =>
    expect(planRelease(situationOf(company(3, { policy: { enforce: "assign" } })), nobody).steps).toEqual([]));
});

test("however people leave, come back and time passes, no day has more removals than the limit", () => {
  let refused = 0;
  let removed = 0;
  const hours = fc.record({
    leave: fc.array(fc.nat({ max: 39 }), { maxLength: 6 }),
    back: fc.array(fc.nat({ max: 39 }), { maxLength: 2 }),
    hours: fc.integer({ min: 0, max: 30 }),
    destroy: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(hours, { minLength: 3, maxLength: 12 }), fc.constantFrom(0, 2 * day), (days, unclaimed) => {
      const world = company(40, { rules: 5, policy: { gracePeriod: { unclaimed, suspended: 0, deleted: 0 } } });
      const past: { at: number; count: number }[] = [];
      for (const today of days) {
        for (const n of today.leave) (world.people[n] as { claims: number[] }).claims = []; // 40 people
        for (const n of today.back) (world.people[n] as { claims: number[] }).claims = [n % 5];
        const situation = situationOf(world);
        const made = today.destroy ? planRelease(situation, nobody) : plan(situation);
        if (made.refusal) refused += 1;
        else {
          checkLimit(world, made, past);
          removed += removalsOf(made, world);
          past.push({ at: ms(world.now), count: removalsOf(made, world) });
          world.memory = remember(situation, made, act(world, made));
        }
        world.now = iso(ms(world.now) + today.hours * hour);
      }
    }),
    { numRuns: 300 },
  );
  expect(refused).toBeGreaterThan(100);
  expect(removed).toBeGreaterThan(100);
});

test("a rule that is named like a member of every object loses half its people no more easily", () => {
  const world = { ...company(40, { rules: 2 }), memory: freshMemory, seats: new Map() };
  const [first, second] = world.rules;
  if (!first || !second) throw new Error("two rules were asked for");
  world.rules = [{ ...first, name: "constructor" }, second];
  for (const [n, one] of world.people.entries()) one.claims = [n === 0 ? 1 : 0];
  const run = () => {
    const situation = situationOf(world);
    const made = plan(situation);
    world.memory = remember(situation, made, act(world, made));
    return made.refusal?.code;
  };
  expect(run()).toBeUndefined();
  for (const one of world.people.slice(0, 1)) one.claims = []; // the other rule loses somebody
  expect(run()).toBeUndefined();
  for (const one of world.people.slice(1, 31)) one.claims = [];
  expect(run()).toBe("rule-half");
});
