/** For tests only: worlds and what happens in them, drawn by fast-check. */
import fc from "fast-check";
import { freshMemory, pass, type Someone, seatsOf, someone, type World, working } from "./model.fixture.ts";
import type { Policy } from "./situation.ts";
import { day, hour, iso, ms } from "./time.ts";
import { atTheVendor } from "./vendor-happenings.fixture.ts";

const start = "2026-11-24T12:00:00.000Z";

const oftenNull = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.oneof(arb, fc.constant(null));
const mostly = <T>(usual: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(usual) },
    ...rare.map((value) => ({ weight: 1, arbitrary: fc.constant(value) })),
  );
const time = fc.constantFrom(0, 0, hour, 2 * day, 7 * day);

export const policies: fc.Arbitrary<Policy> = fc.record({
  allotment: oftenNull(fc.integer({ min: 0, max: 9 })),
  onExhaustion: mostly<Policy["onExhaustion"]>("wait", "nextTier", "nextTier", "fail"),
  ownership: fc.constantFrom("own", "own", "adopt", "exclusive"),
  enforce: mostly<Policy["enforce"]>("full", "assign", "none"),
  gracePeriod: fc.record({ unclaimed: time, suspended: time, deleted: time }),
  reclaim: fc.option(
    fc.record({
      inactiveFor: fc.constantFrom(10 * day, 30 * day),
      newSeatGrace: fc.constantFrom(0, 15 * day, 40 * day),
      notice: fc.constantFrom(0, 3 * day),
      cooldown: fc.constantFrom(0, 5 * day, 30 * day),
      action: fc.constantFrom("release", "downgrade"),
    }),
    { nil: null, freq: 3 },
  ),
  executionLimit: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ removals: 1000, percent: null }) },
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant({ removals: 2, percent: null }) },
    { weight: 1, arbitrary: fc.constant({ removals: null, percent: 20 }) },
  ),
  acknowledge: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant({ removals: 8, until: iso(ms(start) + 10 * day) }) },
  ),
  allowDeactivation: fc.boolean(),
  onDestroy: fc.constantFrom("retain", "release"),
});

const rules = fc.array(fc.record({ allotment: oftenNull(fc.integer({ min: 0, max: 4 })), reserve: mostly(0, 1, 2) }), {
  minLength: 1,
  maxLength: 4,
});
const tiers = fc.array(
  fc.record({
    purchased: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null)),
    buysOnAssign: mostly(false, true),
    release: mostly<World["tiers"][number]["release"]>(
      "immediate",
      "endOfCycle",
      "queued",
      "deactivatesUser",
      "downgrades",
    ),
    usage: mostly<World["tiers"][number]["usage"]>("fresh", "stale", "none"),
    stock: mostly<number | undefined>(undefined, 0, 2, 4),
    plans: mostly<readonly string[] | null>(null, ["chat", "mail"], ["mail"], []),
  }),
  { minLength: 1, maxLength: 3 },
);

const people = fc.array(
  fc.record({
    claims: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    undecided: mostly<number[]>([], [0], [1]),
    status: mostly<Someone["status"]>("active", "staged", "suspended", "deleted"),
    tier: mostly<Someone["tier"]>(0, 1, 1, 2, null, "undecided"),
    exempt: mostly(false, true),
    scope: mostly<Someone["scope"]>("in", "in", "out", "undecided"),
    account: mostly(true, false),
    lacks: mostly(false, false, true),
    lastActive: oftenNull(fc.integer({ min: 0, max: 60 })),
    /** A seat by hand before the pool existed: tier, and whether it is inherited. */
    seat: oftenNull(
      fc.record({
        tier: fc.integer({ min: 0, max: 2 }),
        inherited: mostly(false, true),
        age: fc.integer({ min: 0, max: 90 }),
      }),
    ),
  }),
  { minLength: 2, maxLength: 14 },
);

export const worlds: fc.Arbitrary<World> = fc
  .record({ policy: policies, rules, tiers, people, strangers: fc.integer({ min: 0, max: 2 }) })
  .map((drawn) => {
    const world: World = {
      now: start,
      people: drawn.people.map((one, n) => {
        const { claims, undecided, status, tier, exempt, scope } = one;
        const within = claims.filter((rule) => rule < drawn.rules.length).sort((a, b) => a - b);
        return someone(n, {
          claims: within,
          undecided: undecided.filter((rule) => rule < drawn.rules.length && !within.includes(rule)),
          status,
          tier: typeof tier === "number" ? Math.min(tier, drawn.tiers.length - 1) : tier,
          exempt,
          scope,
          accounts: drawn.tiers.map((_t, i) => one.account || i > 0),
          lacks: drawn.tiers.map((_t, i) => one.lacks && i < 2),
          lastActive: one.lastActive === null ? null : iso(ms(start) - one.lastActive * day),
        });
      }),
      rules: drawn.rules.map((rule, i) => ({ name: `rule${i}`, ...rule })),
      tiers: drawn.tiers.map(({ plans, stock, ...tier }, i) => ({
        ...tier,
        ...(stock === undefined ? {} : { stock }),
        ...(plans ? { servicePlans: { on: plans, names: {} } } : {}),
        license: `vendor/sku${i}`,
        cycleEndsAt: tier.release === "endOfCycle" ? iso(ms(start) + 6 * day) : null,
        commitments: [
          {
            quantity: 3,
            type: "annual" as const,
            startsOn: null,
            endsOn: "2026-12-31",
            price: { amount: `${19 - i}.00`, currency: "USD", per: "month" as const },
          },
          {
            quantity: 9,
            type: "flexible" as const,
            startsOn: null,
            endsOn: null,
            price: { amount: "228.00", currency: "USD", per: "year" as const },
          },
        ],
      })),
      seats: new Map(),
      policy: drawn.policy,
      memory: freshMemory,
      people0: null,
      fault: null,
    };
    drawn.people.forEach(({ seat }, n) => {
      const license = world.tiers[seat?.tier ?? -1]?.license;
      if (seat && license)
        seatsOf(world, license).set(`u${n}`, {
          since: iso(ms(start) - seat.age * day),
          inheritedFrom: seat.inherited ? "team" : null,
          endsAt: null,
          exempt: false,
        });
    });
    for (let n = 0; n < drawn.strangers; n++)
      seatsOf(world, world.tiers[0]?.license ?? "").set(`x${n}`, {
        since: null,
        inheritedFrom: null,
        endsAt: null,
        exempt: n === 1,
      });
    return world;
  });

/** What may happen: every event changes the world in place, and may find nothing to change. */
export interface Event {
  readonly is: string;
  readonly who: number;
  readonly n: number;
}
const happenings: Readonly<Record<string, (world: World, one: Someone, n: number) => void>> = {
  hire: (world, _one, n) =>
    void world.people.push(
      someone(world.people.length, { claims: [n % world.rules.length], accounts: world.tiers.map(() => true) }),
    ),
  claim: (world, one, n) => {
    one.claims = [...new Set([...one.claims, n % world.rules.length])].sort((a, b) => a - b);
  },
  unclaim: (_world, one) => {
    one.claims = [];
  },
  move: (world, one, n) => {
    one.claims = [n % world.rules.length];
  },
  doubt: (world, one, n) => {
    one.undecided =
      one.undecided.length > 0 || one.claims.includes(n % world.rules.length) ? [] : [n % world.rules.length];
  },
  suspend: (_world, one) => {
    one.status = "suspended";
  },
  delete: (_world, one) => {
    one.status = "deleted";
  },
  return: (_world, one) => {
    one.status = "active";
  },
  promote: (world, one, n) => {
    one.tier = n % 5 === 4 ? "undecided" : n % 7 === 6 ? null : n % world.tiers.filter((tier) => !tier.retired).length;
  },
  exempt: (_world, one) => {
    one.exempt = !one.exempt;
  },
  scope: (_world, one, n) => {
    one.scope = n % 3 === 0 ? "out" : n % 5 === 0 ? "undecided" : "in";
  },
  account: (_world, one, n) => {
    one.accounts = one.accounts.map((has, i) => (i === n % 3 ? !has : has));
  },
  signIn: (world, one) => {
    one.lastActive = world.now;
  },
  wake: (world) => {
    for (const one of world.people) one.lastActive = world.now;
  },
  silence: (_world, one) => {
    one.lastActive = null;
  },
  give: (world, one, n) => {
    const tier = world.tiers[n % world.tiers.length];
    if (!tier) return;
    const seats = seatsOf(world, tier.license);
    if (!seats.has(one.id) && (tier.purchased === null || working(seats) < tier.purchased))
      seats.set(one.id, { since: world.now, inheritedFrom: n % 4 === 0 ? "team" : null, endsAt: null, exempt: false });
  },
  inherit: (world, one) => {
    for (const seats of world.seats.values()) {
      const seat = seats.get(one.id);
      if (seat) seats.set(one.id, { ...seat, inheritedFrom: seat.inheritedFrom === null ? "team" : null });
    }
  },
  take: (world, one) => {
    for (const seats of world.seats.values()) if (seats.delete(one.id)) return;
  },
  stranger: (world, _one, n) =>
    void seatsOf(world, world.tiers[0]?.license ?? "").set(`x${n}`, {
      since: world.now,
      inheritedFrom: null,
      endsAt: null,
      exempt: false,
    }),
  allot: (world, _one, n) => {
    world.policy = { ...world.policy, allotment: n % 10 === 9 ? null : n % 10 };
  },
  ruleAllot: (world, _one, n) => {
    world.rules = world.rules.map((rule, i) =>
      i === n % world.rules.length ? { ...rule, allotment: n % 6 === 5 ? null : n % 6, reserve: n % 3 } : rule,
    );
  },
  buy: (world, _one, n) => {
    const tier = world.tiers[n % world.tiers.length];
    if (tier) Object.assign(tier, { purchased: n % 12 });
  },
  newLicense: (world, _one, n) => {
    if (n % 3 !== 0 || world.tiers.some((tier) => tier.retired)) return;
    const [first, ...rest] = world.tiers;
    if (first) world.tiers = [{ ...first, license: "vendor/new" }, ...rest, { ...first, retired: true }];
  },
  ...atTheVendor,
  deaf: (world, _one, n) => {
    if (n % 3 === 0)
      world.tiers = world.tiers.map((tier) => ({ ...tier, usage: tier.usage === "fresh" ? "stale" : "fresh" }));
  },
  stopReclaim: (world, _one, n) => {
    if (n % 3 === 0) world.policy = { ...world.policy, reclaim: null };
  },
  hours: (world, _one, n) => pass(world, n * hour),
  days: (world, _one, n) => pass(world, n * day),
};
export const happens = (world: World, { is, who, n }: Event): void => {
  const one = world.people[who % world.people.length];
  if (one) happenings[is]?.(world, one, n);
};
export const events: fc.Arbitrary<Event> = fc.record({
  is: fc.constantFrom(...Object.keys(happenings), "days", "days", "hours", "wake", "claim", "claim"),
  who: fc.nat({ max: 20 }),
  n: fc.nat({ max: 40 }),
});
export const eventNames = Object.keys(happenings);

/** Days of a company's life: a plan follows each. */
export const histories: fc.Arbitrary<readonly (readonly Event[])[]> = fc.array(fc.array(events, { maxLength: 4 }), {
  minLength: 1,
  maxLength: 8,
});

export const policyChanges = policies;
