import type { SeatStep } from "../../core/connector.ts";
import { apply, ask, need, problemOf, seatsOf, signal, sku, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const group = "group:lic-visio";
const world = () =>
  start({
    skus: [
      { sku: "VISIOCLIENT", enabled: 2, prohibitedIn: ["KP"] },
      { sku: "SPE_E3", enabled: 10 },
    ],
    groups: [
      { name: "everyone-paid" },
      { name: "lic-visio", licenses: ["VISIOCLIENT"], parent: "everyone-paid" },
      { name: "lic-both", licenses: ["SPE_E3", "VISIOCLIENT"] },
      { name: "dyn", dynamic: true, licenses: ["SPE_E3"] },
      { name: "local", synchronised: true, licenses: ["SPE_E3"] },
      { name: "outer", licenses: ["SPE_E3"] },
      { name: "inner", parent: "outer" },
      { name: "twice" },
      { name: "twice" },
    ],
    people: [..."abcdefghijklmnopqrstuvwxyz"].map((login) => ({
      login,
      groups: login === "a" ? ["lic-visio"] : [],
      properties: { usageLocation: login === "k" ? "KP" : "DE" },
    })),
  });
type World = Awaited<ReturnType<typeof world>>;
const join = ({ id }: World, ...logins: readonly string[]): SeatStep[] =>
  logins.map((account) => ({ act: "assign", sku: group, holder: id(account), account }));

it("joining is accepted now, and what Entra makes of it is read back", async () => {
  const w = await world();
  w.simulator.setProcessing(30_000);
  expect(await apply(w.open(), join(w, "b", "k"))).toEqual(["b accepted", "k accepted"]);
  const states = async () =>
    (await seatsOf(w.open(), group)).map((s) => `${s.account?.[0]} ${s.state} ${s.problem?.code ?? ""}`);
  expect(await states()).toEqual(["a active ", "b active ", "k active "]);
  expect(w.simulator.holders("VISIOCLIENT")).toEqual([w.id("a")]);
  w.clock.advance(30_000);
  expect(await states()).toEqual(["a active ", "b active ", "k error ProhibitedInUsageLocationViolation"]);
  expect(w.simulator.holders("VISIOCLIENT")).toEqual([w.id("a"), w.id("b")]);
});

it("an error says what is wrong, through which group, and what helps", async () => {
  const w = await world();
  await apply(w.open(), join(w, "b", "c", "k"));
  const seats = await seatsOf(w.open(), group);
  const problem = (login: string) => seats.find((s) => s.holder === w.id(login))?.problem;
  expect(problem("c")).toEqual({
    code: "CountViolation",
    text: "Visio Plan 2 (through group lic-visio): no seat was free when Entra processed this person. Buy seats or free some; Entra does not try again by itself, so assign anew then.",
    retryable: true,
  });
  expect(problem("k")).toMatchObject({ code: "ProhibitedInUsageLocationViolation", retryable: false });
});

it("of several licenses of a group one fails: nobody gets any, and the cause is told, not the consequence", async () => {
  const w = await world();
  await apply(w.open(), [{ act: "assign", sku: "group:lic-both", holder: w.id("k"), account: "k" }]);
  expect(w.simulator.holders("SPE_E3")).toEqual([]);
  expect((await seatsOf(w.open(), "group:lic-both"))[0]?.problem?.code).toBe("ProhibitedInUsageLocationViolation");
});

it("seats that became free are not given by themselves; assigning anew asks Entra to look again", async () => {
  const w = await world();
  await apply(w.open(), join(w, "b", "c"));
  w.hands.buy("VISIOCLIENT", 5);
  w.clock.advance(86_400_000);
  expect((await seatsOf(w.open(), group)).find((s) => s.holder === w.id("c"))?.state).toBe("error");
  const c = w.open();
  await seatsOf(c, group);
  expect(await apply(c, join(w, "c"))).toEqual(["c accepted"]);
  expect(w.simulator.holders("VISIOCLIENT")).toContain(w.id("c"));
});
it("the same without a list in this walk: who is a member already is looked at", async () => {
  const w = await world();
  await apply(w.open(), join(w, "b", "c"));
  w.hands.buy("VISIOCLIENT", 5);
  expect(await apply(w.open(), join(w, "a", "c"))).toEqual(["a already", "c accepted"]);
  expect(w.simulator.holders("VISIOCLIENT")).toContain(w.id("c"));
});

it("twenty join in one request; when one cannot, the others still do", async () => {
  const w = await world();
  const logins = [..."bcdefghijklmnopqrstu"];
  const nobody: SeatStep = {
    act: "assign",
    sku: group,
    holder: "00000000-0000-4000-8000-000000000009",
    account: "nobody",
  };
  w.hands.buy("VISIOCLIENT", 50);
  expect(new Set((await apply(w.open(), join(w, ...logins))).map((told) => told.split(" ")[1]))).toEqual(
    new Set(["accepted"]),
  );
  expect(w.paths().filter((p) => p.startsWith("PATCH"))).toHaveLength(1);
  const told = await apply(w.open(), [...join(w, "v"), nobody, ...join(w, "w")]);
  expect(told.map((t) => t.slice(0, 10))).toEqual(["v accepted", "nobody fai", "w accepted"]);
});

it("leaving is a batch, and never without /$ref: that would delete the person", async () => {
  const w = await world();
  await apply(w.open(), join(w, "b"));
  const steps = ["a", "b", "c"].map(
    (login): SeatStep => ({ act: "unassign", sku: group, holder: w.id(login), account: login }),
  );
  expect(await apply(w.open(), steps)).toEqual(["a done", "b done", "c already"]);
  expect(w.simulator.tenant().users.has(w.id("a"))).toBe(true);
  expect(w.simulator.holders("VISIOCLIENT")).toEqual([]);
});

it("from a license to a group and back: the new seat first", async () => {
  const w = await world();
  w.hands.give("SPE_E3", "b");
  const move = (from: string, to: string): SeatStep => ({
    act: "move",
    sku: from,
    to,
    holder: w.id("b"),
    account: "b",
  });
  expect(await apply(w.open(), [move(sku.e3, group)])).toEqual(["b accepted"]);
  expect([w.simulator.holders("SPE_E3"), w.simulator.holders("VISIOCLIENT")]).toEqual([[], [w.id("a"), w.id("b")]]);
  expect(await apply(w.open(), [move(group, sku.e3)])).toEqual(["b done"]);
  expect(w.simulator.holders("SPE_E3")).toEqual([w.id("b")]);
});

const refused = [
  ["dyn", "is dynamic"],
  ["local", "synchronised from a local Active Directory"],
  ["twice", "several groups are named"],
] as const;
it.each(refused)("group %s is refused in words: it %s", async (name, says) => {
  const { open } = await world();
  const problem = await problemOf(need(open().sku)(`group:${name}`, signal));
  expect(problem.message).toContain(says);
  expect(problem.hint).toMatch(/\S/);
});
it("a group with groups in it is refused before anything is written", async () => {
  const w = await world();
  const [told] = await apply(w.open(), [{ act: "assign", sku: "group:outer", holder: w.id("b"), account: "b" }]);
  expect(told).toContain('has groups in it ("inner")');
  expect(w.simulator.tenant().groups.get(w.hands.groupId("outer"))?.members.size).toBe(0);
});
it("service plans are the group's own", async () => {
  const w = await world();
  const [told] = await apply(w.open(), [{ ...(join(w, "b")[0] as SeatStep), servicePlans: [] }]);
  expect(told).toContain("are the group's own");
});
it("a rule that reads the group, or one above it, reads what is written here", async () => {
  const w = await world();
  const c = w.open();
  await need(c.sku)(group, signal);
  expect(need(c.writes)({ sku: group })).toEqual(expect.arrayContaining(["lic-visio", "/lic-visio"]));
  await ask(c, null, ["everyone-paid"]);
  expect(need(c.writes)({ sku: group })).toContain("everyone-paid");
  expect(need(c.writes)({ sku: sku.e3 })).toEqual([]);
});
it("skus lists licensed groups beside the licenses", async () => {
  const { open } = await world();
  const names = (await need(open().skus)(signal)).map(({ sku: id }) => id);
  expect(names).toEqual(expect.arrayContaining([sku.e3, group, "group:lic-both"]));
  expect(names).not.toContain("group:everyone-paid");
});
