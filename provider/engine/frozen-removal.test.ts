import { person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

test.each(["none", "assign"])(
  "a destroy that enforce: %s freezes says that the seats are retained, and why",
  async (enforce) => {
    const of = world([person("ada"), person("bob")]);
    h = harness(of);
    await h.up(pool({ onDestroy: "release" }));
    await h.up(pool({ onDestroy: "release", enforce }));
    const made = h.previous("crm");
    if (!made) throw new Error("no state");
    const run = h.nextRun();
    const told = await h.open(run, run + 1).planRemoval(h.at("crm"), made);
    expect(told.seats).toEqual([]);
    expect(told.messages.map(({ text }) => text)).toEqual([
      `if this run deletes the pool crm, its 2 seats are retained (enforce: ${enforce})`,
    ]);
    await h.open(run, run + 2).remove(h.at("crm"), made, told);
    expect(holders(of)).toEqual(["ada", "bob"]);
  },
);

test("a rule that ends before it begins is an input error", async () => {
  h = harness(world([person("ada")]));
  const run = h.nextRun();
  const rule = { ...h.at("eng"), type: "AssignmentRule" };
  const window = (startsAt: string, expiresAt: string) =>
    h.open(run, run + 1).check(rule, { when: 'user.department == "eng"', startsAt, expiresAt }, null);
  const wrong = await window("2027-01-01T00:00:00+02:00", "2026-12-31T22:00:00Z");
  expect(wrong.problems.map(({ message, path }) => [message, path])).toEqual([
    ["the rule ends (2026-12-31T22:00:00Z) before it begins (2027-01-01T00:00:00+02:00)", ["expiresAt"]],
  ]);
  expect((await window("2027-01-01T00:00:00+02:00", "2026-12-31T22:00:01Z")).problems).toEqual([]);
});
