/** For tests only: what happens to seats at a vendor, whoever does it. Each event changes the world in place. */
import { type Someone, seatsOf, type World } from "./model.fixture.ts";

function switchPlans(world: World, n: number, whose: (holder: string) => boolean): void {
  const seats = seatsOf(world, world.tiers[n % world.tiers.length]?.license ?? "");
  for (const [holder, seat] of seats)
    if (whose(holder)) seats.set(holder, { ...seat, servicePlans: [...(seat.servicePlans ?? []), `new${n}`] });
}

export const atTheVendor: Readonly<Record<string, (world: World, one: Someone, n: number) => void>> = {
  /** The vendor adds a plan, and gives it to everybody; or somebody switches one by hand. */
  newPlan: (world, _one, n) => switchPlans(world, n, () => true),
  switchPlan: (world, one, n) => switchPlans(world, n, (holder) => holder === one.id),
  allowPlans: (world, _one, n) => {
    const tier = world.tiers[n % world.tiers.length];
    if (tier && !tier.retired)
      Object.assign(tier, { servicePlans: { on: ["mail", "video"].slice(0, n % 3), names: {} } });
  },
  /** A seat stops to work, for want of seats or of something that no second try mends; or somebody repairs it. */
  fail: (world, one, n) => {
    const code = n % 2 === 0 ? "CountViolation" : "Other";
    const problem = { code, text: "no seat was free", retryable: n % 5 > 0, stubborn: n % 3 === 0 };
    for (const seats of world.seats.values()) {
      const seat = seats.get(one.id);
      if (seat) seats.set(one.id, { ...seat, problem });
    }
  },
  refuse: (_world, one, n) => {
    one.refuses = n % 3 > 0;
  },
  /** Somebody sets what was missing, or takes it away. */
  lack: (world, one, n) => {
    one.lacks = world.tiers.map((_tier, i) => (i === n % 3 ? !one.lacks?.[i] : (one.lacks?.[i] ?? false)));
  },
  stock: (world, _one, n) => {
    const tier = world.tiers[n % world.tiers.length];
    if (tier) Object.assign(tier, { stock: n % 8, ...(n % 2 === 0 ? { purchased: null } : {}) });
  },
  mend: (world) => {
    for (const seats of world.seats.values())
      for (const [holder, { problem: _mended, ...seat }] of seats) seats.set(holder, seat);
  },
};
