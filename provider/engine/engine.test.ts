import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../core/value.ts";
import { give, person, take, world } from "../testing/memory-world.ts";
import { lastPlans } from "./approval.ts";
import { changesOf, harness, holders, owned, pool } from "./runs.fixture.ts";

describe("a pool through the engine", () => {
  const three = () => world([person("ada"), person("bob"), person("cy", { department: "sales" })]);
  let h: ReturnType<typeof harness>;
  afterEach(() => h.close());

  test("preview names who gains, up makes it true, the second preview is empty", async () => {
    const of = three();
    h = harness(of);
    const first = await h.preview(pool());
    expect(changesOf(first.checked.inputs)).toEqual({ assign: ["ada", "bob"] });
    expect(of.writes).toEqual([]);
    const done = await h.up(pool());
    expect(holders(of)).toEqual(["ada", "bob"]);
    expect(done?.outputs).toMatchObject({ consumed: 2, owned: 2, monthlyCost: "38.00", waiting: { total: 0 } });
    const again = await h.preview(pool());
    expect(again.differs).toBe(false);
    expect(changesOf(again.checked.inputs)).toEqual({ assign: ["ada", "bob"] });
  });

  test("seats given and taken by hand are found; the repair touches only these", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool());
    of.writes.length = 0;
    take(of, "crm", "ada");
    give(of, "crm", "cy");
    const drift = await h.preview(pool());
    expect(drift.differs).toBe(true);
    expect(changesOf(drift.checked.inputs)).toEqual({ assign: ["ada"] });
    const done = await h.up(pool());
    expect(of.writes).toEqual(["assign ada crm"]);
    expect(done?.outputs.external).toMatchObject({ total: 1, people: [{ person: "cy" }] });
  });

  test("between preview and update: the hired get nothing now, the unjustified step is dropped, the next preview says so", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool(), () => {
      of.people.set("dan", person("dan"));
      of.people.set("bob", person("bob", { department: "sales" }));
    });
    expect(holders(of)).toEqual(["ada"]);
    expect(changesOf(h.previous("crm")?.inputs ?? {})).toEqual({ assign: ["ada", "bob"] });
    const next = await h.preview(pool());
    expect(changesOf(next.checked.inputs)).toEqual({ assign: ["dan"] });
  });

  test("unknown claims: changes are unknown, and at apply only assigns are done", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool());
    of.people.set("bob", person("bob", { department: "sales" }));
    of.people.set("dan", person("dan"));
    const run = h.nextRun();
    const unknown = pool({ rules: [{ claim: UNKNOWN }] });
    const shown = await h.open(run, run + 1).check(h.at("crm"), unknown, h.previous("crm"));
    expect(shown.inputs.changes).toBe(UNKNOWN);
    const session = h.open(run, run + 2);
    const checked = await session.check(h.at("crm"), pool(), h.previous("crm"));
    h.keep("crm", await session.apply(h.at("crm"), checked.inputs, h.previous("crm")));
    expect(holders(of)).toEqual(["ada", "bob", "dan"]);
    const next = await h.preview(pool());
    expect(changesOf(next.checked.inputs)).toEqual({ unassign: ["bob"] });
  });

  test("a replacement inherits the record, and the old instance releases nothing", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool({ onDestroy: "release" }));
    const old = h.previous("crm");
    if (!old) throw new Error("no state");
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    await session.read(h.at("crm"), old);
    const checked = await session.check(h.at("crm"), pool({ onDestroy: "release" }), null);
    const made = await session.apply(h.at("crm"), checked.inputs, null);
    await session.remove(h.at("crm"), old);
    expect(holders(of)).toEqual(["ada", "bob"]);
    expect(owned(made.record)).toEqual(["ada", "bob"]);
  });

  test("a rename without alias: the new pool's claims keep their seats when the old one is deleted", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool({ onDestroy: "release" }));
    const old = h.previous("crm");
    if (!old) throw new Error("no state");
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    await session.read(h.at("crm"), old);
    const checked = await session.check(h.at("crm2"), pool(), null);
    await session.apply(h.at("crm2"), checked.inputs, null);
    await session.remove(h.at("crm"), old);
    expect(holders(of)).toEqual(["ada", "bob"]);
  });

  test("farewell names whom a deleted pool would release, and the delete releases only these", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool({ onDestroy: "release" }));
    const old = h.previous("crm");
    if (!old) throw new Error("no state");
    const run = h.nextRun();
    const first = h.open(run, run + 1);
    await first.read(h.at("crm"), old);
    first.cancel();
    const told = await first.farewell();
    expect(told.map((t) => t.message.text).join("\n")).toMatch(/ada[\s\S]*bob/);
    const second = h.open(run, run + 2);
    await second.read(h.at("crm"), old);
    await second.remove(h.at("crm"), old);
    expect(holders(of)).toEqual([]);
    second.cancel();
    expect(await second.farewell()).toEqual([]);
  });

  test("half of a big department vanishes: refused with the numbers, and nothing is written", async () => {
    const of = world(Array.from({ length: 30 }, (_x, i) => person(`p${String(i).padStart(2, "0")}`)));
    h = harness(of);
    await h.up(pool({ allotment: 40 }));
    const writes = of.writes.length;
    for (let i = 0; i < 12; i++) of.people.delete(`p${String(i).padStart(2, "0")}`);
    await expect(h.preview(pool({ allotment: 40 }))).rejects.toThrow(/12/);
    expect(of.writes.length).toBe(writes);
  });

  test("who waits is remembered once, and promoted when a seat frees", async () => {
    const of = world(["a", "b", "c", "d"].map((id) => person(id)));
    h = harness(of);
    const first = await h.up(pool({ allotment: 2 }));
    expect(first?.outputs.waiting).toMatchObject({ total: 2 });
    expect((await h.preview(pool({ allotment: 2 }))).differs).toBe(false);
    of.people.set("a", person("a", { department: "sales" }));
    const shown = await h.preview(pool({ allotment: 2 }));
    expect(changesOf(shown.checked.inputs)).toEqual({ assign: ["c"], unassign: ["a"] });
    await h.up(pool({ allotment: 2 }));
    expect(holders(of)).toEqual(["b", "c"]);
    expect((await h.preview(pool({ allotment: 2 }))).differs).toBe(false);
  });

  test("a plan approved on another machine: exactly these steps, and only for the same inputs", async () => {
    const of = three();
    h = harness(of);
    const shown = await h.preview(pool());
    const file = join(h.home, "approved.json");
    writeFileSync(file, JSON.stringify(lastPlans(h.home)));
    of.people.set("dan", person("dan"));
    const elsewhere = h.open(shown.run + 5000, 7, { SEATWISE_APPROVED: file });
    const checked = await elsewhere.check(h.at("crm"), pool(), null);
    expect(changesOf(checked.inputs)).toEqual({ assign: ["ada", "bob"] });
    h.keep("crm", await elsewhere.apply(h.at("crm"), checked.inputs, null));
    expect(holders(of)).toEqual(["ada", "bob"]);
    await expect(elsewhere.check(h.at("crm"), pool({ allotment: 3 }), null)).rejects.toThrow(/other inputs/);
    expect(() => h.open(9, 9, { SEATWISE_APPROVED: join(h.home, "no-such-file") })).toThrow(/cannot be used/);
  });

  test("two pools of one program whose claims overlap are an error that names people", async () => {
    const of = three();
    h = harness(of);
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    await session.check(h.at("crm"), pool(), null);
    await expect(session.check(h.at("other"), pool({ name: "other" }), null)).rejects.toThrow(/ada, bob/);
  });

  test("a changed license moves people; a retired one is given back", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool());
    const lite = pool({ license: { connection: "people", sku: "crm-lite" }, executionLimit: { removals: 10 } });
    const shown = await h.preview(lite);
    expect(changesOf(shown.checked.inputs)).toEqual({ move: ["ada", "bob"] });
    await h.up(lite);
    expect([holders(of), [...(of.seats.get("crm-lite")?.keys() ?? [])].sort()]).toEqual([[], ["ada", "bob"]]);
    expect((await h.preview(lite)).differs).toBe(false);
  });

  test("enforce none plans and never writes; enforce assign never removes", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool({ enforce: "none" }));
    expect(of.writes).toEqual([]);
    await h.up(pool({ enforce: "assign" }));
    of.people.set("ada", person("ada", { department: "sales" }));
    await h.up(pool({ enforce: "assign" }));
    expect(holders(of)).toEqual(["ada", "bob"]);
    await h.up(pool());
    expect(holders(of)).toEqual(["bob"]);
  });

  test("an empty directory is refused, whoever acknowledges", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool());
    of.people.clear();
    const acknowledge = { removals: 50, until: "2099-01-01T00:00:00Z" };
    await expect(h.preview(pool({ acknowledge }))).rejects.toThrow(/director/);
  });

  test("an allotment above the purchase is said, and only what was purchased is assigned", async () => {
    const of = world(["a", "b", "c", "d"].map((id) => person(id)));
    h = harness(of);
    of.purchased = 3;
    await h.up(pool({ allotment: 10 }));
    expect(h.messages.map((m) => m.text).join("\n")).toMatch(/allotment of 10 is above the 3 seats/);
    expect(holders(of)).toEqual(["a", "b", "c"]);
  });

  test("a pool without a past says whose seats it will never take", async () => {
    const of = three();
    h = harness(of);
    give(of, "crm", "ada");
    await h.up(pool());
    expect(h.messages.map((m) => m.text).join("\n")).toMatch(
      /1 claimed person holds a seat that this pool did not assign/,
    );
    h.messages.length = 0;
    await h.preview(pool());
    expect(h.messages.map((m) => m.text).join("\n")).not.toMatch(/did not assign/);
  });

  test("people: count names nobody anywhere", async () => {
    const of = world([person("id-1", { login: "ada", email: null }), person("id-2", { login: "bob", email: null })]);
    h = harness(of, "count");
    const done = await h.up(pool());
    expect(JSON.stringify([done?.inputs, done?.outputs, h.messages])).not.toMatch(/ada|bob|id-1|id-2/);
    expect(done?.outputs.changes).toMatchObject({ more: { assign: 2 } });
  });
});
