import { Problem } from "../core/problem.ts";
import { isRecord } from "../core/value.ts";
import { person, type World, world } from "../testing/memory-world.ts";
import { changesOf, harness, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const two = (): World =>
  world([person("id-1", { login: "ada", email: null }), person("id-2", { login: "bob", email: null })]);
const failing = (of: World): World => {
  of.onWrite = (_n, { account, holder }) => {
    throw new Problem("denied", `the vendor refused ${account} (${holder})`, { hint: `Give ${account} a location.` });
  };
  return of;
};

test.each([
  { people: "account", reason: "the vendor refused ada (id-1)", hint: "Give ada a location." },
  { people: "id", reason: "the vendor refused id-1 (id-1)", hint: "Give id-1 a location." },
  { people: "count", reason: "the vendor refused this person (this person)", hint: "Give this person a location." },
])("people: $people: what a vendor says of a failure names people so, too", async ({ people, reason, hint }) => {
  h = harness(failing(two()), people);
  const done = await h.up(pool());
  expect(done?.failures[0]?.message).toBe(
    `seat of ${people === "count" ? "a person" : people === "id" ? "id-1" : "ada"} (rule eng): assign failed: ${reason}`,
  );
  expect(done?.failures[0]?.hint).toBe(hint);
  if (people !== "account") expect(JSON.stringify([done?.outputs, h.messages])).not.toMatch(/ada|bob/);
  if (people === "count") expect(JSON.stringify([done?.outputs, h.messages])).not.toMatch(/id-1|id-2/);
});

test("people: count: an overlap of two pools is a number", async () => {
  h = harness(two(), "count");
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  await session.check(h.at("a"), pool({ name: "a" }), null);
  await expect(session.check(h.at("b"), pool({ name: "b" }), null)).rejects.toThrow(
    /^two pools claim the same 2 people for people\/crm$/,
  );
});

test.each(["account", "count"])(
  "people: %s: a refresh goes on counting failures that its list does not name",
  async (people) => {
    const ids = Array.from({ length: 60 }, (_x, i) => `p${String(i).padStart(2, "0")}`);
    const of = failing(world(ids.map((id) => person(id))));
    h = harness(of, people);
    const inputs = pool({ allotment: 60, license: { connection: "people", sku: "crm" } });
    const totalOf = (failed: unknown): unknown => (isRecord(failed) ? failed.total : null);
    expect(totalOf((await h.up(inputs))?.outputs.failed)).toBe(60);
    const refreshed = async () => {
      const state = h.previous("crm");
      if (!state) throw new Error("nothing was applied");
      const run = h.nextRun();
      return totalOf((await h.open(run, run + 1).read(h.at("crm"), state))?.outputs.failed);
    };
    expect(await refreshed()).toBe(60);
    for (const id of ids.slice(3)) of.people.delete(id); // who left needs no seat any more
    for (const id of ids.slice(3)) of.people.set(id, person(id, { department: "sales" }));
    expect(await refreshed()).toBe(3);
  },
);

test("people: count: so is the refusal where seats are missing", async () => {
  h = harness(two(), "count");
  await expect(h.up(pool({ allotment: 1, onExhaustion: "fail" }))).rejects.toThrow(
    /^pool crm: 1 claimed person has no seat$/,
  );
});

test("people: id: a stranger's seat is told by the vendor's id, and a failed release names no account", async () => {
  const of = two();
  h = harness(of, "id");
  of.seats.get("crm")?.set("h-1", { holder: "h-1", account: "eve@acme.test", since: null, state: "active" });
  const exclusive = pool({ ownership: "exclusive", onDestroy: "release" });
  const done = await h.up(exclusive);
  expect(JSON.stringify([done?.inputs, done?.outputs, h.messages])).not.toMatch(/eve@/);
  expect(changesOf(done?.inputs ?? {}).unassign).toEqual(["h-1"]);
  const state = h.previous("crm");
  if (!state) throw new Error("nothing was applied");
  const session = h.open(h.nextRun(), 1);
  failing(of);
  of.seats.get("crm")?.set("id-1", { holder: "id-1", account: "ada@acme.test", since: null, state: "active" });
  const failed = await session.remove(h.at("crm"), state).catch((error: unknown) => error);
  expect(String((failed as Error).message)).toMatch(
    /seat of id-1 could not be released: the vendor refused id-1 \(id-1\)/,
  );
});
