import type { Connector, Seat, SeatStep } from "../../core/connector.ts";
import { sentence } from "../../core/problem.ts";
import { loginOf, seeded, type World } from "./world.fixture.ts";

const signal = new AbortController().signal;
const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
const seatsOf = async (c: Connector, sku: string): Promise<Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of need(c.seats)({ sku }, signal)) seats.push(seat);
  return seats;
};
const apply = async (c: Connector, steps: readonly SeatStep[]): Promise<string[]> => {
  const told: string[] = [];
  for await (const { step, result, problem } of need(c.apply)(steps, async () => undefined, signal))
    told.push(`${step.account} ${result}${problem ? `: ${sentence(problem)}` : ""}`);
  return told;
};
let world: World;
beforeEach(async () => {
  world = await seeded();
});
afterEach(async () => {
  expect(world.simulator.bugs).toEqual([]);
  await world.simulator.stop();
});
const step = (act: SeatStep["act"], sku: string, i: number, to?: string): SeatStep => ({
  act,
  sku,
  holder: world.ids[i] ?? "",
  account: loginOf(i),
  ...(to === undefined ? {} : { to }),
});
const asked = (): string[] => world.simulator.log.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

it("an assignment says who gave it and how it went", async () => {
  const { hands } = world.simulator;
  hands.assignGroup("Figma", "sig-release");
  hands.addGroup("designers");
  hands.join("designers", loginOf(20));
  hands.assignGroup("Figma", "designers");
  hands.trouble("Figma", loginOf(0), { status: "STAGED", syncState: "ERROR" });
  hands.trouble("Figma", loginOf(1), { status: "STAGED", syncState: "SYNCING" });
  hands.trouble("Figma", loginOf(2), { status: "SUSPENDED", syncState: "SYNCHRONIZED" });
  const seats = new Map((await seatsOf(world.open(), "app:Figma")).map((seat) => [seat.account, seat]));
  const of = (i: number) => seats.get(loginOf(i));
  expect([of(0)?.state, of(0)?.problem?.code, of(0)?.problem?.retryable]).toEqual(["error", "ERROR", false]);
  expect(of(0)?.problem?.text).toContain("Dashboard, Tasks");
  expect([of(1)?.state, of(2)?.state, of(5)?.state]).toEqual(["invited", "suspended", "active"]);
  expect([of(5)?.inheritedFrom, of(20)?.inheritedFrom, of(5)?.since]).toEqual([
    undefined,
    "designers",
    "2026-11-24T12:00:00.000Z",
  ]);
});

it("what a group gives is not taken from one person, and the reason is told", async () => {
  const { hands } = world.simulator;
  hands.assignGroup("Figma", "sig-release");
  const told = await apply(world.open(), [
    step("unassign", "app:Figma", 3),
    step("unassign", "app:Figma", 0),
    step("unassign", "app:Figma", 25),
  ]);
  expect(told).toEqual([
    expect.stringContaining(
      `${loginOf(3)} failed: connection "people": Okta does not take "Figma" from somebody whose group gives it`,
    ),
    `${loginOf(0)} done`,
    `${loginOf(25)} already`,
  ]);
  expect(told[0]).toContain("make the group the SKU");
});

it("assigns with the profile that the configuration gives, in one request", async () => {
  const c = world.open({ appProfile: { role: "Editor" } });
  expect(await apply(c, [step("assign", "app:Zoom", 13)])).toEqual([`${loginOf(13)} done`]);
  expect(asked().filter((line) => !line.startsWith("GET"))).toEqual([
    `POST /api/v1/apps/${world.simulator.hands.appId("Zoom")}/users`,
  ]);
});

it("a group that Okta or an application runs is read and never written", async () => {
  const { hands } = world.simulator;
  const source = hands.addApp("Active Directory");
  hands.addGroup("from-ad", { type: "APP_GROUP", source });
  hands.join("from-ad", loginOf(2));
  const c = world.open();
  expect((await seatsOf(c, "group:from-ad")).map(({ account }) => account)).toEqual([loginOf(2)]);
  expect((await seatsOf(c, "group:Everyone")).length).toBe(26);
  world.simulator.resetLog();
  const told = await apply(c, [step("assign", "group:from-ad", 1), step("unassign", "group:Everyone", 1)]);
  expect(told[0]).toContain(
    'failed: connection "people": members of group "from-ad" cannot be changed: it is imported from an application',
  );
  expect(told[1]).toContain("it is run by Okta itself");
  expect(asked().filter((line) => !line.startsWith("GET"))).toEqual([]);
});

it("says once that a rule fills the group, too; whom it added goes to its exceptions, and it does not add them again", async () => {
  const { hands, clock } = world.simulator;
  hands.addRule("research edits", { expression: 'user.department=="Research"', groups: ["zoom-licensed"] });
  hands.addRule("asleep", { expression: 'user.department=="Sales"', groups: ["zoom-licensed"], active: false });
  const c = world.open();
  expect((await seatsOf(c, "group:zoom-licensed")).map(({ account }) => account)).toEqual(
    [0, 5, 10, 15, 20, 25].map(loginOf),
  );
  await apply(c, [step("unassign", "group:zoom-licensed", 5), step("unassign", "group:zoom-licensed", 10)]);
  expect(world.logs.filter((line) => line.includes("research edits"))).toHaveLength(1);
  expect(world.logs.join()).not.toContain("asleep");
  expect([...hands.excluded("research edits")].sort()).toEqual([world.ids[5], world.ids[10]]);
  hands.changeUser(loginOf(5), { profile: { title: "Lead" } });
  clock.advance(60_000);
  expect(hands.members("zoom-licensed")).not.toContain(world.ids[5]);
});

it("who renames a group or an application renames no licence; who renames a person moves no seat", async () => {
  const { hands } = world.simulator;
  const c = world.open();
  const [group, app] = [await need(c.sku)("group:figma-editors", signal), await need(c.sku)("app:Figma", signal)];
  expect([group, app]).toEqual([
    { sku: `group:${hands.groupId("figma-editors")}`, name: "figma-editors" },
    { sku: `app:${hands.appId("Figma")}`, name: "Figma" },
  ]);
  expect(need(c.writes)(group)).toEqual(["figma-editors", "/figma-editors"]);
  expect(need(c.writes)(app)).toEqual([]);
  hands.changeUser(loginOf(3), { profile: { login: "zoe.li@acme.test" } });
  const seat = (await seatsOf(world.open(), group.sku)).find(({ holder }) => holder === world.ids[3]);
  expect(seat?.account).toBe("zoe.li@acme.test");
});

it("two applications of one label are told apart by their ids", async () => {
  const second = world.simulator.hands.addApp("Figma");
  const first = world.simulator.hands.appId("Figma");
  await expect(need(world.open().sku)("app:Figma", signal)).rejects.toMatchObject({
    code: "conflict",
    hint: `Say which by its id: app:${first}, app:${second}.`,
  });
  expect((await need(world.open().sku)(`app:${second}`, signal)).name).toBe("Figma");
});

it("who may not see applications still has the groups listed, and is told", async () => {
  const narrow = await seeded({ scopes: ["okta.groups.read"] });
  const { clientId, privateKey } = narrow.simulator;
  const c = narrow.open({ apiToken: undefined, clientId, privateKey });
  expect((await need(c.skus)(signal)).map(({ name }) => name)).toContain("figma-editors");
  expect(narrow.logs.join()).toContain("applications are not among the SKUs listed");
  await narrow.simulator.stop();
});

it("a write whose answers are lost is done once; one that never arrives is told as failed", async () => {
  const { faults, hands } = world.simulator;
  const write = /\/groups\/[^/]+\/users\/00u/;
  faults.on({ path: write, method: "PUT", times: 3 }, { kind: "silence", commit: "after" });
  expect(await apply(world.open(), [step("assign", "group:zoom-licensed", 1)])).toEqual([`${loginOf(1)} done`]);
  faults.clear();
  world.clock.advance(120_000);
  faults.on({ path: write, method: "PUT" }, { kind: "silence", commit: "before" });
  expect((await apply(world.open(), [step("assign", "group:zoom-licensed", 2)]))[0]).toContain("failed");
  faults.clear();
  expect(hands.members("zoom-licensed")).toEqual([world.ids[1]]);
});

it("whoever is deactivated is known to be refused an application, and nothing is asked for that", async () => {
  const id = world.simulator.hands.addUser({ login: "gone@acme.test", status: "DEPROVISIONED" });
  const c = world.open();
  await need(c.accounts)(["gone@acme.test", loginOf(20)], signal);
  const before = asked().length;
  expect(need(c.lacks)({ sku: "app:Figma" }, id)?.code).toBe("deactivated");
  expect(need(c.lacks)({ sku: "app:Figma" }, world.ids[20] ?? "")).toBeNull();
  expect(need(c.lacks)({ sku: "group:figma-editors" }, id)).toBeNull();
  expect(asked()).toHaveLength(before);
  const told = await apply(c, [{ act: "assign", sku: "app:Figma", holder: id, account: "gone@acme.test" }]);
  expect(told.join()).toContain("gone@acme.test failed");
});
