import type { Connector, SeatStep } from "../../core/connector.ts";
import { type Problem, sentence } from "../../core/problem.ts";
import { loginOf, seeded, type World } from "./world.fixture.ts";

const signal = new AbortController().signal;
const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
const problemOf = (work: () => Promise<unknown>): Promise<Problem> =>
  work().then(
    () => Promise.reject(new Error("expected a Problem")),
    (problem: Problem) => problem,
  );
const asService = (world: World, more: object = {}): Connector => {
  const { clientId, privateKey, keyId } = world.simulator;
  return world.open({ apiToken: undefined, clientId, privateKey, keyId, ...more });
};
const read = async (c: Connector, sku: string): Promise<number> => {
  let count = 0;
  for await (const _seat of need(c.seats)({ sku }, signal)) count += 1;
  return count;
};
const worlds: World[] = [];
const start = async (...config: Parameters<typeof seeded>): Promise<World> => {
  const world = await seeded(...config);
  worlds.push(world);
  return world;
};
afterAll(async () => {
  for (const { simulator } of worlds) {
    expect(simulator.bugs).toEqual([]);
    await simulator.stop();
  }
});

it("asks for a token per scope, when it first needs it: a plan runs without the right to write", async () => {
  const world = await start({ scopes: ["okta.users.read", "okta.groups.read"] });
  const c = asService(world);
  await c.verify(signal);
  await need(c.people)({ match: null, groups: ["sig-release"], also: [] }, signal);
  expect(await read(c, "group:figma-editors")).toBe(12);
  const step: SeatStep = {
    act: "assign",
    sku: "group:figma-editors",
    holder: world.ids[20] ?? "",
    account: loginOf(20),
  };
  for await (const { result, problem } of need(c.apply)([step], async () => undefined, signal)) {
    expect([result, problem?.code]).toEqual(["failed", "denied"]);
    expect(problem ? sentence(problem) : "").toContain("okta.groups.manage");
  }
  const denied = await problemOf(() => read(c, "app:Figma"));
  expect([denied.code, sentence(denied)]).toEqual(["denied", expect.stringContaining("okta.apps.read")]);
});

it("an administrator who may only read is told which right a write needs", async () => {
  const world = await start();
  const c = world.open({ apiToken: world.simulator.readOnlyToken });
  const step: SeatStep = {
    act: "unassign",
    sku: "group:figma-editors",
    holder: world.ids[0] ?? "",
    account: loginOf(0),
  };
  for await (const { problem } of need(c.apply)([step], async () => undefined, signal))
    expect(problem ? sentence(problem) : "").toContain("okta.groups.manage");
  expect(await need(c.granted)(signal)).toBeNull();
});

it("doctor learns which scopes were granted by trying each", async () => {
  const world = await start({ scopes: ["okta.users.read", "okta.groups.read", "okta.logs.read"] });
  expect(await need(asService(world).granted)(signal)).toEqual([
    "okta.users.read",
    "okta.groups.read",
    "okta.logs.read",
  ]);
});

it("an application that must prove possession is told how that is switched off", async () => {
  const world = await start({ dpop: true });
  const problem = await problemOf(() => asService(world).verify(signal));
  expect([problem.code, sentence(problem)]).toEqual([
    "denied",
    expect.stringContaining("Demonstrating Proof of Possession"),
  ]);
});

it("says what is missing, and names the variable", async () => {
  const world = await start();
  const cases = [
    [{ apiToken: undefined }, "SEATWISE_PEOPLE_API_TOKEN"],
    [{ apiToken: undefined, clientId: "0oa1" }, "SEATWISE_PEOPLE_PRIVATE_KEY"],
    [{ apiToken: undefined, clientId: "0oa1", privateKey: "not a key" }, "privateKey is no private key"],
  ] as const;
  for (const [config, told] of cases) {
    const problem = await problemOf(async () => world.open(config).verify(signal));
    expect(sentence(problem)).toContain(told);
    expect(sentence(problem)).not.toContain("not a key");
  }
});

it("a pool as large as the limit takes as long as it says, and not one request is refused", async () => {
  const world = await start();
  const c = world.open();
  const steps = Array.from({ length: 700 }, (_x, i): SeatStep => {
    const login = `many${i}@acme.test`;
    return {
      act: "assign",
      sku: "group:zoom-licensed",
      holder: world.simulator.hands.addUser({ login }),
      account: login,
    };
  });
  const said = need(c.takesMs)(steps);
  const began = world.clock.now();
  let done = 0;
  for await (const { result } of need(c.apply)(steps, async () => undefined, signal)) if (result === "done") done += 1;
  const took = world.clock.now() - began;
  expect([done, world.simulator.log.filter(({ status }) => status === 429).length]).toEqual([700, 0]);
  expect(said).toBe(210_000);
  expect(Math.abs(took - said)).toBeLessThan(60_000);
});

it("a limit that others used up is waited for until its reset, told in seconds since the epoch", async () => {
  const world = await start();
  const { simulator, clock } = world;
  const headers = { authorization: `SSWS ${simulator.apiToken}` };
  const ask = { method: "GET", url: `${simulator.url}/api/v1/groups?limit=1`, headers, signal, timeoutMs: 1000 };
  clock.advance(7000);
  for (let i = 0; i < 260; i += 1) await simulator.transport(ask);
  const began = clock.now();
  simulator.resetLog();
  await world.open().verify(signal);
  const statuses = simulator.log.map(({ status }) => status);
  expect(statuses).toEqual([429, 200]);
  expect(clock.now() - began).toBeGreaterThanOrEqual(60_000 - 7000);
});

it("signs by Okta's time where this machine's is another: a sandbox whose time was set ahead, a clock that is wrong", async () => {
  const world = await start({}, "machine time");
  world.simulator.clock.advance(30 * 86_400_000);
  await asService(world).verify(signal);
  expect(world.logs).toEqual([expect.stringMatching(/^warning people: this machine's clock and that of .* apart/)]);
});
