import fc from "fast-check";
import { worlds } from "./arbitrary.fixture.ts";
import { act, pass, seatsOf, situationOf, type World } from "./model.fixture.ts";
import { plan } from "./plan.ts";
import { remember } from "./remember.ts";
import { situationOfRow, worldOf } from "./row-world.fixture.ts";
import type { Row } from "./rows.ts";
import type { Plan, Situation } from "./situation.ts";
import { approvedSteps } from "./steps.ts";
import { day, ms } from "./time.ts";

const runs = { numRuns: Number(process.env.RUNS ?? 400) };
const does = (world: World, situation: Situation, made: Plan): void => {
  world.memory = remember(situation, made, act(world, made));
};
const lives = (world: World): Plan => {
  const situation = situationOf(world);
  const made = plan(situation);
  if (!made.refusal) does(world, situation, made);
  return made;
};

/** bob had a seat that ends with its cycle, and is claimed again: he gets it back, at no price. */
const row: Row = {
  name: "claimed again",
  line: "release ends later (billing cycle, queue)",
  rules: "release: bob",
  ending: "bob",
  release: "endOfCycle",
  purchased: "1",
  buysOnAssign: true,
  policy: { allotment: 1 },
  price: "flexible 10 19.00",
  steps: "+bob",
};

test("approved to get a seat back that has ended meanwhile: nothing is bought; the next plan says that it buys, and at what price", () => {
  const world = worldOf({ ...row, ending: "", ours: "bob" });
  const [bob] = world.people;
  if (!bob) throw new Error("bob is missing");
  bob.claims = [];
  lives(world); // released
  bob.claims = [0];
  const shown = plan(situationOf(world));
  expect(shown.steps.map(({ sentence }) => sentence)).toEqual([
    "bob gets the seat back: it would have ended on 2026-12-15, rule release",
  ]);
  expect(shown.buys).toEqual({});
  Object.assign(world.tiers[0] ?? {}, { purchased: 0 }); // as many as there are, where the vendor sells on assign
  pass(world, 30 * day);
  expect(seatsOf(world, "vendor/sku0").size).toBe(0);
  const situation = { ...situationOf(world), approved: approvedSteps(shown.steps) };
  const made = plan(situation);
  expect(made.steps).toEqual([]);
  expect(made.withheld.map(({ step, why }) => `${step.name}: ${why}`)).toEqual([
    "bob: changed since: the seat that they were to get back has ended, and another would be bought; the next plan says so",
  ]);
  does(world, situation, made);
  expect(world.sold ?? 0).toBe(0);
  const next = plan(situationOf(world));
  expect(next.steps.map(({ sentence }) => sentence)).toEqual([
    "bob gains a seat: rule release, the vendor sells a seat for it, 19.00 USD per month from now",
  ]);
  expect(next.buys).toEqual({ "vendor/sku0": 1 });
  expect(next.money.monthlyCostDelta).toBe("19.00");
});

test("a vendor that still lists a seat whose date has passed may sell another: the plan says so, and no approval of before covers it", () => {
  const before = situationOfRow(row);
  const approved = approvedSteps(plan(before).steps);
  const later = { ...before, now: "2026-12-15T06:00:00.000Z" };
  const made = plan(later);
  expect(made.steps.map(({ sentence }) => sentence)).toEqual([
    "bob gets the seat back: it has ended on 2026-12-15, rule release, the vendor sells a seat for it, 19.00 USD per month from now",
  ]);
  expect(plan({ ...later, approved }).steps).toEqual([]);
  expect(plan({ ...later, approved: approvedSteps(made.steps) }).steps).toEqual(made.steps);
});

const slow = worlds.map(
  (world): World => ({
    ...world,
    tiers: world.tiers.map((tier) => ({ ...tier, release: "endOfCycle", cycleEndsAt: "2026-11-30T12:00:00.000Z" })),
    policy: {
      ...world.policy,
      executionLimit: { removals: 1000, percent: null },
      enforce: "full",
      gracePeriod: { unclaimed: 0, suspended: 0, deleted: 0 },
    },
  }),
);

test("whenever an approved plan is applied, it buys no more than it said", () => {
  let ended = 0;
  fc.assert(
    fc.property(slow, fc.infiniteStream(fc.boolean()), fc.constantFrom(0, 5, 6, 9), (first, leaves, days) => {
      const world = structuredClone(first);
      world.tiers = world.tiers.map(({ stock: _stock, ...tier }) => ({ ...tier, buysOnAssign: true })); // it sells as many as are asked for
      lives(world);
      const claims = world.people.map((one) => one.claims);
      for (const one of world.people) if (leaves.next().value) one.claims = [];
      lives(world);
      for (const [i, one] of world.people.entries()) one.claims = claims[i] ?? [];
      const shown = plan(situationOf(world));
      pass(world, days * day);
      const situation = { ...situationOf(world), approved: approvedSteps(shown.steps) };
      const made = plan(situation);
      const sold = world.sold ?? 0;
      if (!made.refusal) does(world, situation, made);
      const said = (of: Plan): number => Object.values(of.buys).reduce((sum, seats) => sum + seats, 0);
      expect(
        made.steps.filter(({ kind, money }) => kind === "assign" && money === null).every(({ back }) => back),
      ).toBe(true);
      for (const step of made.steps.filter(({ kind }) => kind === "assign"))
        expect(shown.steps.find(({ kind, person }) => kind === "assign" && person === step.person)?.back).toBe(
          step.back,
        );
      expect((world.sold ?? 0) - sold).toBe(said(made));
      if (days >= 6) ended += shown.steps.filter(({ back }) => back).length;
    }),
    runs,
  );
  expect(ended).toBeGreaterThan(20);
});

test("no newcomer is given the room of a seat that is ending before its date", () => {
  let ending = 0;
  let newcomers = 0;
  fc.assert(
    fc.property(slow, fc.infiniteStream(fc.boolean()), (first, draws) => {
      const world = structuredClone(first);
      lives(world);
      const holders = new Set(world.memory.owned.keys());
      const leavers = world.people.filter(({ id }) => holders.has(id) && draws.next().value === true);
      for (const one of leavers) one.claims = [];
      lives(world); // releases them: their seats end in a week
      const held = (id: string, ends: boolean): boolean =>
        world.tiers.some(({ license }) => {
          const seat = seatsOf(world, license).get(id);
          return seat !== undefined && (seat.endsAt !== null) === ends;
        });
      const cap = world.policy.allotment;
      for (let n = 0; n < 3; n++) {
        const before = structuredClone(world);
        const made = lives(world);
        const gains = made.steps.filter(
          ({ kind, person }) =>
            kind === "assign" && !before.tiers.some(({ license }) => seatsOf(before, license).has(person)),
        );
        const used = world.people.filter(({ id }) => world.memory.owned.has(id) && (held(id, true) || held(id, false)));
        ending += used.filter(({ id }) => held(id, true) && !held(id, false)).length;
        newcomers += gains.length;
        if (cap !== null && gains.length > 0 && used.length > cap) throw new Error(`${used.length} of ${cap} seats`);
        for (const { license, purchased, buysOnAssign } of world.tiers)
          if (purchased !== null && !buysOnAssign && gains.length > 0)
            expect(
              gains.some(({ tier }) => world.tiers[tier]?.license === license) &&
                seatsOf(world, license).size > purchased,
            ).toBe(false);
        for (const one of world.people)
          if (draws.next().value === true && one.claims.length === 0 && !leavers.includes(one)) one.claims = [0];
        pass(world, day);
        if (ms(world.now) >= ms("2026-11-30T00:00:00Z")) break;
      }
    }),
    runs,
  );
  expect(ending).toBeGreaterThan(100);
  expect(newcomers).toBeGreaterThan(20);
});
