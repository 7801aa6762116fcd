import { Problem } from "../core/problem.ts";
import { decodeRecord } from "../resources/pool-record.ts";
import { person, world } from "../testing/memory-world.ts";
import { harness, holders, owned, pool } from "./runs.fixture.ts";

describe("a pool through the engine", () => {
  const three = () => world([person("ada"), person("bob"), person("cy", { department: "sales" })]);
  let h: ReturnType<typeof harness>;
  afterEach(() => h.close());

  test.each([0, 1, 2, 3, 4])(
    "the vendor fails at write %i: state says what happened and the next run does the rest",
    async (k) => {
      const of = world(["a", "b", "c", "d", "e"].map((id) => person(id)));
      h = harness(of);
      of.onWrite = (n) => {
        if (n === k) {
          of.onWrite = () => {};
          throw new Problem("throttled", "the vendor answered 429");
        }
      };
      const failed = await h.up(pool());
      expect(failed?.failures.map((f) => f.message)).toEqual([expect.stringContaining("429")]);
      expect(failed?.outputs.failed).toMatchObject({ total: 1 });
      expect(owned(failed?.record ?? null)).toEqual(holders(of));
      const before = of.writes.length;
      const done = await h.up(pool());
      expect(of.writes.length - before).toBe(1);
      expect(holders(of)).toEqual(["a", "b", "c", "d", "e"]);
      expect(done?.outputs.failed).toMatchObject({ total: 0 });
      expect(owned(done?.record ?? null)).toEqual(["a", "b", "c", "d", "e"]);
    },
  );

  test.each([0, 1, 2, 3, 4])("killed at write %i of a create: the next run knows its own seats", async (k) => {
    const of = world(["a", "b", "c", "d", "e"].map((id) => person(id)));
    h = harness(of);
    of.onWrite = (n) => {
      if (n === k) throw new Error("killed");
    };
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const checked = await session.check(h.at("crm"), pool(), null);
    await session.apply(h.at("crm"), checked.inputs, null); // its answer never reaches the engine: the process is gone
    of.onWrite = () => {};
    const done = await h.up(pool());
    expect(holders(of)).toEqual(["a", "b", "c", "d", "e"]);
    expect(of.writes.length).toBe(5);
    expect(owned(done?.record ?? null)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("killed in an update: removals that happened count, the rest is done, nobody is doubled", async () => {
    const of = world(["a", "b", "c", "d"].map((id) => person(id)));
    h = harness(of);
    await h.up(pool());
    for (const id of ["a", "b"]) of.people.set(id, person(id, { department: "sales" }));
    of.people.set("e", person("e"));
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const before = h.previous("crm");
    if (!before) throw new Error("no state");
    const read = await session.read(h.at("crm"), before);
    if (!read) throw new Error("gone");
    of.onWrite = (n) => {
      if (n === 5) throw new Error("killed");
    };
    const checked = await session.check(h.at("crm"), pool(), read);
    await session.apply(h.at("crm"), checked.inputs, read);
    of.onWrite = () => {};
    const done = await h.up(pool());
    expect(holders(of)).toEqual(["c", "d", "e"]);
    expect(owned(done?.record ?? null)).toEqual(["c", "d", "e"]);
    expect(decodeRecord(done?.record ?? "").memory.removals.reduce((sum, r) => sum + r.count, 0)).toBe(2);
  });

  test("the cancelled stop between two writes, and say what is done", async () => {
    const of = world(["a", "b", "c", "d"].map((id) => person(id)));
    h = harness(of);
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    of.onWrite = (n) => {
      if (n === 1) session.cancel();
    };
    const checked = await session.check(h.at("crm"), pool(), null);
    const done = h.keep("crm", await session.apply(h.at("crm"), checked.inputs, null));
    expect(holders(of)).toEqual(["a", "b"]);
    expect(owned(done.record)).toEqual(["a", "b"]);
    expect(done.failures.map(({ message }) => message)).toEqual(["2 steps are left of 4: cancelled before this write"]);
    of.onWrite = () => {};
    await h.up(pool());
    expect(of.writes.length).toBe(4);
  });

  test("a record from a newer version or a damaged one is an error, and nothing is written", async () => {
    const of = three();
    h = harness(of);
    await h.up(pool());
    const before = h.previous("crm");
    if (!before) throw new Error("no state");
    for (const record of ["seatwise3:abc", "seatwise2:!!!!", "seatwise1:!!!!"]) {
      const session = h.open(h.nextRun(), 3);
      await expect(session.read(h.at("crm"), { ...before, record })).rejects.toThrow(/version 3|damaged/);
    }
    expect(of.writes.length).toBe(2);
  });
});
