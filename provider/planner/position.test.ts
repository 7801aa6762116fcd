import type { Counts } from "./counts.ts";
import { plan } from "./plan.ts";
import { situationOfRow } from "./row-world.fixture.ts";
import type { Row } from "./rows.ts";
import { day } from "./time.ts";

const counts = (of: Partial<Row>): Counts =>
  plan(situationOfRow({ name: "", line: "holds a seat, still claimed", rules: "release:", steps: "", ...of })).counts;

test("bought, used, left: before the steps and after them", () => {
  const made = counts({
    rules: "release: ada bob | trial: cy",
    ours: "ada eve",
    others: "zoe",
    purchased: "10",
    policy: { allotment: 4 },
  });
  // eve leaves, bob and cy come; zoe is nobody's, so she counts against what was bought only
  expect(made).toMatchObject({
    allotment: 4,
    purchased: 10,
    consumed: 3,
    used: 2,
    usedAfter: 3,
    available: 2,
    availableAfter: 1,
    owned: 2,
    external: 1,
    shortfall: 0,
    surplus: 2,
  });
  expect(made.perRule).toEqual({
    release: { claimed: 2, seated: 2, waiting: 0, undecided: 0 },
    trial: { claimed: 1, seated: 1, waiting: 0, undecided: 0 },
  });
});
test("the license may be nearer its end than the allotment", () => {
  expect(counts({ rules: "release: ada bob", purchased: "1", policy: { allotment: 4 } })).toMatchObject({
    available: 1,
    availableAfter: 0,
  });
});
test("where the vendor sells on assign, the allotment is the end", () => {
  expect(counts({ rules: "release: ada", purchased: "0", buysOnAssign: true, policy: { allotment: 4 } })).toMatchObject(
    { available: 4, availableAfter: 3 },
  );
});
test("no allotment, and nobody knows what was bought: no end in sight", () => {
  expect(counts({ rules: "release: ada", purchased: "-", policy: { allotment: null } })).toMatchObject({
    available: null,
    availableAfter: null,
    surplus: 0,
    shortfall: 0,
  });
});
test("a move to another license takes a seat there", () => {
  expect(
    counts({ rules: "release: ada", ours: "ada@1", purchased: "3 retired", policy: { allotment: null } }),
  ).toMatchObject({ purchased: 3, available: 3, availableAfter: 2 });
});
test("more consumed than bought is a shortfall, too", () => {
  expect(counts({ rules: "release: ada bob", ours: "ada bob", purchased: "1" }).shortfall).toBe(1);
});
test("external seats of claimed people count against the allotment", () => {
  expect(counts({ rules: "release: ada", others: "ada zoe" })).toMatchObject({ used: 1, external: 2, owned: 0 });
});
test("active, inactive and unknown are kept apart", () => {
  const reclaim = { inactiveFor: 60 * day, newSeatGrace: 0, notice: 7 * day, cooldown: 0, action: "release" as const };
  const made = counts({
    rules: "release: ada bob cy dee",
    ours: "ada:200d bob:200d cy:200d dee:5d",
    active: "ada:3d bob:90d dee:90d",
    policy: { reclaim },
  });
  expect(made).toMatchObject({ active: 1, inactive: 1, unknown: 2 }); // cy was never seen; dee's seat is too new to tell
});
test("who is undecided is counted", () => {
  expect(counts({ rules: "release: ada", undecided: "bob:release cy:release" }).perRule.release?.undecided).toBe(2);
});
