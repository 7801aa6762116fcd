import { plan } from "./plan.ts";
import { remember, type StepOutcome } from "./remember.ts";
import { rowNow, situationOfRow } from "./row-world.fixture.ts";
import type { Row } from "./rows.ts";
import type { Memory, Situation } from "./situation.ts";
import { day, hour, iso, ms } from "./time.ts";

const situation = (of: Partial<Row>): Situation =>
  situationOfRow({ name: "", line: "holds a seat, still claimed", rules: "release:", steps: "", ...of });
/** What is remembered when every vendor step ends like this. */
const after = (before: Situation, outcome: Pick<StepOutcome, "result" | "until"> = { result: "done" }): Memory => {
  const made = plan(before);
  return remember(
    before,
    made,
    made.steps.map((step) => ({ step, ...outcome })),
  );
};
const grace = { gracePeriod: { unclaimed: 7 * day, suspended: 0, deleted: 0 } };
const reclaim = {
  reclaim: { inactiveFor: 60 * day, newSeatGrace: 0, notice: 0, cooldown: 30 * day, action: "release" as const },
};

const owners = ({ owned }: Memory) => Object.fromEntries(owned);

test("no step, no change: the very same object", () => {
  const before = situation({ rules: "release: ada", ours: "ada" });
  expect(after(before)).toBe(before.memory);
});
test("a refused plan changes nothing", () => {
  const before = situation({ rules: "release: ada", directory: { before: 10, now: 1 } });
  expect(after(before)).toBe(before.memory);
});
test.each(["done", "already", "accepted"] as const)("assigned: %s", (result) => {
  expect(after(situation({ rules: "release: ada" }), { result }).owned.get("ada")).toEqual({
    license: "vendor/sku0",
    holder: "ada",
    account: "ada",
    since: rowNow,
    how: "assigned",
    rule: "release",
  });
});
test("failed, or never tried: not ours", () => {
  const before = situation({ rules: "release: ada" });
  expect(after(before, { result: "failed" })).toBe(before.memory);
  expect(remember(before, plan(before), [])).toBe(before.memory);
});
test("one fails, the other is done: what is remembered is what happened", () => {
  const before = situation({ rules: "release: ada", ours: "bob" });
  const made = plan(before);
  const memory = remember(
    before,
    made,
    made.steps.map((step) => ({ step, result: step.kind === "assign" ? "failed" : "done" })),
  );
  expect(memory.owned).toEqual(new Map());
  expect(memory.removals).toEqual([{ at: rowNow, count: 1 }]);
});
test("adopted", () =>
  expect(
    after(situation({ rules: "release: ada", others: "ada", policy: { ownership: "adopt" } })).owned.get("ada"),
  ).toMatchObject({ how: "adopted", rule: "release" }));
test("who waits, since when", () =>
  expect(after(situation({ rules: "release: ada", policy: { allotment: 0 } })).waiting).toEqual({
    ada: { since: rowNow, rule: "release" },
  }));
test("who leaves, why; counted as a removal then", () => {
  const memory = after(situation({ ours: "bob", policy: grace }));
  expect(memory.leaving).toEqual({ bob: { since: rowNow, cause: "unclaimed" } });
  expect(memory.owned.get("bob")).toBeDefined();
  expect(memory.removals).toEqual([{ at: rowNow, count: 1 }]);
});
test("gone after grace: not counted again", () => {
  const memory = after(situation({ ours: "bob", leaving: "bob:7d", policy: grace }));
  expect([memory.owned, memory.leaving, memory.removals]).toEqual([new Map(), {}, []]);
});
test("returned: leaves no longer, keeps the seat", () => {
  const memory = after(situation({ rules: "release: bob", ours: "bob", leaving: "bob:3d", policy: grace }));
  expect(memory.leaving).toEqual({});
  expect(memory.owned.get("bob")?.since).toBe(iso(ms(rowNow) - 10 * day));
});
test("reclaimed: not again before the cooldown ends", () => {
  const memory = after(situation({ rules: "release: ada", ours: "ada:200d", active: "ada:90d", policy: reclaim }));
  expect(memory.cooldown).toEqual({
    ada: { since: rowNow, until: iso(ms(rowNow) + 30 * day), license: "vendor/sku0" },
  });
});
test("no cooldown at all: until they sign in, or the next plan would give the seat back", () => {
  const before = situation({
    rules: "release: ada",
    ours: "ada:200d",
    active: "ada:90d",
    policy: { reclaim: { ...reclaim.reclaim, cooldown: 0 } },
  });
  const memory = after(before);
  const ada = before.people.get("ada");
  expect(ada).toBeDefined();
  if (ada) expect(plan({ ...before, memory, people: new Map([["ada", { ...ada, held: [] }]]) }).steps).toEqual([]);
});
test("pending: ours until its date, and not released a second time", () => {
  const before = situation({ ours: "bob", release: "queued" });
  const memory = after(before, { result: "pending", until: "2026-11-30T00:00:00Z" });
  expect(memory.owned.get("bob")?.releaseUntil).toBe("2026-11-30T00:00:00Z");
  const again = { ...before, memory };
  expect(plan(again).steps).toEqual([]);
  expect(plan(again).nextDueAt).toBe("2026-11-30T00:00:00.000Z");
  expect(plan({ ...again, now: "2026-11-30T00:00:00.000Z" }).steps.map(({ kind }) => kind)).toEqual(["unassign"]); // the vendor has forgotten
});
test("accepted: asked for again after an hour, if the list still shows the seat", () => {
  const before = situation({ ours: "bob" });
  const again = { ...before, memory: after(before, { result: "accepted" }) };
  expect(plan(again).steps).toEqual([]);
  expect(plan({ ...again, now: iso(ms(rowNow) + hour) }).steps.map(({ kind }) => kind)).toEqual(["unassign"]);
});
test("removals of the last 24 hours, and no older ones", () => {
  const memory = after(situation({ ours: "bob", removals: "2:3h 3:25h" }));
  expect(memory.removals.map(({ count }) => count)).toEqual([2, 1]);
});
test("how many people each rule and the directory had", () => {
  const memory = after(situation({ rules: "release: ada bob | trial: ada", status: "bob:suspended" }));
  expect(memory.ruleCounts).toEqual({ release: 1, trial: 1 });
  expect(memory.directory).toBe(1000);
});
test("the situation that it came from is as it was", () => {
  const before = situation({ rules: "release: ada", ours: "bob", waiting: "ada:2d" });
  const text = JSON.stringify(before.memory);
  after(before);
  expect(JSON.stringify(before.memory)).toBe(text);
});

const faulty = (more: Partial<Row> = {}): Situation =>
  situation({ rules: "release: ada", ours: "ada", faulty: "ada:CountViolation", purchased: "2", ...more });
const try_ = { at: rowNow, code: "CountViolation", free: 2 };

test.each(["done", "accepted", "failed"] as const)(
  "a faulty seat assigned anew, %s: the try is remembered, with the seats that were free",
  (result) => {
    expect(after(faulty(), { result }).tried).toEqual({ ada: try_ });
  },
);
test("a try: with those that the same plan frees", () => {
  const before = faulty({ purchased: "1", ours: "ada bob" });
  expect(after(before).tried).toEqual({ ada: { ...try_, free: 1 } });
});
test("a try never begun: no try", () => {
  const before = faulty();
  const made = plan(before);
  const untried = made.steps.map((step) => ({ step, result: "failed" as const, untried: true }));
  expect(remember(before, made, untried)).toBe(before.memory);
  expect(remember(before, made, [])).toBe(before.memory);
});
test("a try: whose seat it is stays, when it failed", () => {
  const before = faulty();
  expect(owners(after(before, { result: "failed" }))).toMatchObject(owners(before.memory));
});
test("a try: mended: forgotten with the next step, and until then without effect", () => {
  const before = situation({ rules: "release: ada bob", ours: "ada", tried: "ada:1h+1" });
  expect(after(before).tried).toBeUndefined();
});

test("service plans that were switched: nothing about the seat changes", () => {
  const before = situation({ rules: "release: ada", ours: "ada", plans: "mail", on: "ada:mail+video" });
  expect(owners(after(before))).toMatchObject(owners(before.memory));
  expect(after(before).removals).toEqual([]);
});
