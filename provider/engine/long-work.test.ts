import { Problem } from "../core/problem.ts";
import type { Message, Previous } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import { decodeRecord } from "../resources/pool-record.ts";
import { lasting } from "../resources/pool-writes.ts";
import { person, type World, world } from "../testing/memory-world.ts";
import { progressOf } from "./progress.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

/** A vendor that allows one request a second, as some do: what is said before, meanwhile, and when the time is over. */
const crowd = (size: number): World =>
  Object.assign(world(Array.from({ length: size }, (_, i) => person(`p${String(i).padStart(5, "0")}`))), {
    takesMs: (steps: readonly unknown[]) => steps.length * 1000,
  });
const many = (allotment: number): Values => pool({ allotment, license: { connection: "people", sku: "crm" } });

let h: ReturnType<typeof harness>;
afterEach(() => h.close());
const said = (): string => h.messages.map(({ text }) => text).join("\n");

test("the plan says how long its writes take, and at what pace", async () => {
  h = harness(crowd(10_000));
  await h.preview(many(10_000));
  expect(said()).toContain(
    "these 10,000 writes take about 2 h 47 min at what Memory allows (1 a second). A run that ends",
  );
});
test("what takes a minute at most is not worth a word", async () => {
  h = harness(crowd(60));
  await h.preview(many(60));
  expect(said()).not.toContain("take about");
});
test.each([
  [61_000, "1 min"],
  [10_000_000, "2 h 47 min"],
  [7_200_000, "2 h"],
  [3_599_000, "1 h"],
])("%d ms last %s", (ms, text) => {
  h = harness(crowd(1));
  expect(lasting(ms)).toBe(text);
});

describe("progress", () => {
  const play = (total: number, msPerPart: number): readonly Message[] => {
    h = harness(crowd(1));
    let now = 0;
    const heard: Message[] = [];
    const told = progressOf({ now: () => now }, (message) => heard.push(message))(total);
    for (let done = 1; done <= total; done += 1) {
      now += msPerPart;
      told(done);
    }
    return heard;
  };
  test("of fast work each twentieth", () => {
    const heard = play(10_000, 1);
    expect(heard).toHaveLength(20);
    expect(heard[0]?.text).toBe("500 of 10,000 seats written");
    expect(heard.at(-1)?.text).toBe("10,000 of 10,000 seats written");
    expect(heard.every(({ ephemeral }) => ephemeral)).toBe(true);
  });
  test("of slow work each ten seconds, with what is left", () => {
    const heard = play(600, 1000);
    expect(heard).toHaveLength(60);
    expect(heard[0]?.text).toBe("10 of 600 seats written, about 10 min left");
    expect(heard[58]?.text).toBe("590 of 600 seats written, about 10 s left");
  });
  test("of a handful the end alone", () => {
    expect(play(5, 1).map(({ text }) => text)).toEqual(["5 of 5 seats written"]);
  });
});

describe("a run that ends before its work", () => {
  /** An apply that is stopped once so many seats are written. */
  const stoppedAfter = async (of: World, writes: number, reason?: Problem) => {
    const stop = new AbortController();
    of.onWrite = (n) => {
      if (n + 1 === writes) stop.abort(reason);
    };
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const at = { ...h.at("crm"), signal: stop.signal };
    const before = h.previous("crm");
    const read: Previous | null = before && (await session.read(at, before));
    const checked = await session.check(at, many(200), read);
    const done = h.keep("crm", await session.apply(at, checked.inputs, read));
    of.onWrite = () => {};
    return done;
  };

  test("by its time limit: the state has what was done, one line says how many are left, and the next plan has them", async () => {
    const of = crowd(200);
    h = harness(of);
    const late = new Problem("cancelled", "not done within the 30m that timeouts.create allows");
    const done = await stoppedAfter(of, 70, late);
    expect(holders(of)).toHaveLength(70);
    expect(done.outputs).toMatchObject({ owned: 70, consumed: 70, failed: { total: 130 } });
    expect(done.failures.map(({ message }) => message)).toEqual([
      "130 steps are left of 200: not done within the 30m that timeouts.create allows",
    ]);
    expect(decodeRecord(done.record ?? "").unsure).toEqual([]);
    expect((await h.up(many(200)))?.outputs).toMatchObject({ owned: 200 });
    expect(new Set(of.writes).size).toBe(of.writes.length); // nobody twice
    expect(of.writes).toHaveLength(200);
  });

  test("by hand, and again: each run goes on where the last one ended", async () => {
    const of = crowd(200);
    h = harness(of);
    expect((await stoppedAfter(of, 70)).failures[0]?.message).toBe(
      "130 steps are left of 200: cancelled before this write",
    );
    expect((await stoppedAfter(of, 150)).failures[0]?.message).toBe(
      "50 steps are left of 130: cancelled before this write",
    );
    await h.up(many(200));
    expect(holders(of)).toHaveLength(200);
    expect(of.writes).toHaveLength(200);
    expect((await h.preview(many(200))).differs).toBe(false);
  });
});
