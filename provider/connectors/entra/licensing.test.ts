import type { SeatStep } from "../../core/connector.ts";
import { sentence } from "../../core/problem.ts";
import { refuse } from "./server/refusals.ts";
import { apply, need, problemOf, seatsOf, signal, sku, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const skus = [
  { sku: "SPE_E5", enabled: 3, warning: 1, suspended: 2 },
  { sku: "SPE_E3", enabled: 10 },
  { sku: "VISIOCLIENT", enabled: 5, prohibitedIn: ["KP"] },
  { sku: "EXCHANGESTANDARD", enabled: 5 },
  { sku: "MCOEV", enabled: 5 },
];
const groups = [{ name: "lic-e5", licenses: ["SPE_E5"] }, { name: "plain" }];
const person = (login: string, more: object = {}) => ({ login, ...more });
const world = () =>
  start({
    skus,
    groups,
    people: [
      person("ada", { licenses: ["SPE_E5"] }),
      person("bob", { groups: ["lic-e5"] }),
      person("cid", { licenses: ["SPE_E3"] }),
      person("dee", { properties: { usageLocation: null } }),
      person("eve"),
      person("fay", { licenses: ["SPE_E5"], groups: ["lic-e5"] }),
    ],
  });
type World = Awaited<ReturnType<typeof world>>;
const step = ({ id }: World, act: SeatStep["act"], login: string, more: Partial<SeatStep> = {}): SeatStep => ({
  act,
  holder: id(login),
  account: login,
  sku: sku.e5,
  ...more,
});

describe("SKUs", () => {
  it.each(["Microsoft 365 E5", "microsoft 365 e5", "SPE_E5", "spe_e5", sku.e5, sku.e5.toUpperCase()])(
    "%s is the E5 license",
    async (name) => {
      const { open } = await world();
      const found = await need(open().sku)(name, signal);
      expect([found.sku, found.name]).toEqual([sku.e5, "Microsoft 365 E5"]);
      expect(found.servicePlans?.map((plan) => plan.name)).toContain("TEAMS1");
    },
  );
  it("a plan of the whole company is none that a person can lose", async () => {
    const { open } = await world();
    const visio = await need(open().sku)("VISIOCLIENT", signal);
    expect(visio.servicePlans?.map((plan) => plan.name)).toEqual(["VISIO_CLIENT_SUBSCRIPTION", "VISIOONLINE"]);
  });
  it("an SKU of the whole company has no seats, and says so", async () => {
    const { open, simulator } = await world();
    const e3 = simulator.tenant().skus.get(sku.e3);
    if (e3) simulator.tenant().skus.set(sku.e3, { ...e3, appliesTo: "Company" });
    const problem = await problemOf(need(open().sku)("SPE_E3", signal));
    expect([problem.code, problem.message]).toEqual([
      "unsupported",
      expect.stringContaining("bought for the whole company"),
    ]);
  });
  it("counts enabled and warning units as bought, suspended ones apart", async () => {
    const { open } = await world();
    expect(await need(open().counters)({ sku: sku.e5 }, signal)).toMatchObject({
      purchased: { value: 4, source: "vendor" },
      consumed: { value: 3 },
      suspended: { value: 2 },
    });
  });
});

describe("seats", () => {
  it("say whether they are direct or through which group; who has both counts as inherited", async () => {
    const { open } = await world();
    const seats = await seatsOf(open(), sku.e5);
    expect(seats.map((seat) => [seat.account, seat.inheritedFrom ?? "direct", seat.state])).toEqual([
      ["ada@acme.test", "direct", "active"],
      ["bob@acme.test", "lic-e5", "active"],
      ["fay@acme.test", "lic-e5", "active"],
    ]);
  });
  it("cost one request a page and one for the SKUs", async () => {
    const { open, paths } = await world();
    const c = open();
    await need(c.counters)({ sku: sku.e5 }, signal);
    await seatsOf(c, sku.e5);
    expect(paths().filter((p) => p.includes("assignedLicenses") && p.includes("/users?"))).toHaveLength(1);
    expect(paths().filter((p) => p.includes("/subscribedSkus"))).toHaveLength(1);
  });
  it("that were disabled with their account are suspended", async () => {
    const { open, hands } = await world();
    hands.change("ada", { accountEnabled: false });
    expect((await seatsOf(open(), sku.e5))[0]).toMatchObject({ account: "ada@acme.test", state: "suspended" });
  });
});

describe("writes", () => {
  it("an allow-list becomes what is off; a plan that the list lacks stays off", async () => {
    const w = await world();
    const plans = (await need(w.open().sku)("SPE_E3", signal)).servicePlans ?? [];
    const on = plans.filter(({ name }) => name === "TEAMS1" || name === "INTUNE_A").map(({ id }) => id);
    expect(await apply(w.open(), [step(w, "assign", "eve", { sku: sku.e3, servicePlans: on })])).toEqual(["eve done"]);
    expect((await seatsOf(w.open(), sku.e3)).find((s) => s.holder === w.id("eve"))?.servicePlans).toEqual(
      [...on].sort(),
    );
  });
  it("an unknown service plan fails its person and names those there are", async () => {
    const w = await world();
    const [told] = await apply(w.open(), [step(w, "assign", "eve", { sku: sku.e3, servicePlans: ["nope"] })]);
    expect(told).toContain("has no service plan nope");
  });
  it("a swap is one request and one write: nobody is without a license in between", async () => {
    const w = await world();
    const before = w.simulator.counts().writes;
    expect(await apply(w.open(), [step(w, "move", "cid", { sku: sku.e3, to: sku.e5 })])).toEqual(["cid done"]);
    expect(w.simulator.counts().writes - before).toBe(1);
    expect([
      w.simulator.holders("SPE_E5").includes(w.id("cid")),
      w.simulator.holders("SPE_E3").includes(w.id("cid")),
    ]).toEqual([true, false]);
  });
  it("a swap whose old license is gone already still gives the new one", async () => {
    const w = await world();
    expect(await apply(w.open(), [step(w, "move", "eve", { sku: sku.e3, to: sku.e5 })])).toEqual(["eve done"]);
    expect(w.simulator.holders("SPE_E5")).toContain(w.id("eve"));
  });
  it("a move to the same SKU changes the plans and keeps the seat", async () => {
    const w = await world();
    const plan = "57ff2da0-773e-42df-b2af-ffb7a2317929";
    expect(await apply(w.open(), [step(w, "move", "ada", { to: sku.e5, servicePlans: [plan] })])).toEqual(["ada done"]);
    expect((await seatsOf(w.open(), sku.e5)).find((s) => s.holder === w.id("ada"))?.servicePlans).toEqual([plan]);
  });
  const rows = [
    { name: "no usage location", login: "dee", sku: sku.e3, says: "has no usageLocation", code: "invalid" },
    {
      name: "plans that exclude each other",
      login: "ada",
      sku: sku.mail,
      says: "exclude each other",
      code: "conflict",
    },
    { name: "a plan that needs another", login: "eve", sku: sku.phone, says: "needs another plan", code: "conflict" },
  ];
  it.each(rows)("$name is a failure in words, with the next step", async ({ login, sku: which, says, code }) => {
    const w = await world();
    const told: string[] = [];
    for await (const { problem } of need(w.open().apply)(
      [step(w, "assign", login, { sku: which })],
      async () => undefined,
      signal,
    ))
      told.push(`${problem?.code} ${problem && sentence(problem)}`);
    expect(told[0]).toMatch(new RegExp(`^${code} .*${says}`));
    expect(told[0]?.split("\n").length).toBe(2);
  });
  it("no free seat fails who came too late, and only them", async () => {
    const w = await world();
    const told = await apply(w.open(), [step(w, "assign", "eve"), step(w, "assign", "cid")]);
    expect(told[0]).toBe("eve done");
    expect(told[1]).toContain("no seat of Microsoft 365 E5 is free");
  });
  it("who comes before a seat is free comes once more when those who leave theirs have left", async () => {
    const w = await world();
    w.hands.buy("SPE_E5", 2); // and one in its grace: all taken
    const steps = [step(w, "move", "cid", { sku: sku.e3, to: sku.e5 }), step(w, "move", "ada", { to: sku.e3 })];
    expect(await apply(w.open(), steps)).toEqual(["cid done", "ada done"]);
    expect(w.simulator.holders("SPE_E5")).toEqual(["bob", "cid", "fay"].map(w.id));
  });
  it("what came through a group cannot be taken from one person", async () => {
    const w = await world();
    expect((await apply(w.open(), [step(w, "unassign", "bob")]))[0]).toContain("has Microsoft 365 E5 through a group");
  });
  it("both steps of one person are two requests, in their order", async () => {
    const w = await world();
    const steps = [
      step(w, "unassign", "cid", { sku: sku.e3 }),
      step(w, "assign", "cid"),
      step(w, "assign", "eve", { sku: sku.e3 }),
    ];
    const asked: string[] = [];
    const told: string[] = [];
    const before = async (some: readonly SeatStep[]) =>
      void asked.push(some.map((s) => `${s.act} ${s.account}`).join());
    for await (const { step: done, result } of need(w.open().apply)(steps, before, signal))
      told.push(`${done.account} ${result}`);
    expect(asked).toEqual(["unassign cid,assign eve", "assign cid"]);
    expect(told).toEqual(["cid done", "cid done", "eve done"]);
  });
});

describe("lists that trail behind writes", () => {
  it("show a seat later; the same step again changes nothing, and a lost answer is looked up where it shows at once", async () => {
    const w = await world();
    w.simulator.setLag(30_000);
    const accounts = async () => (await seatsOf(w.open(), sku.e3)).map((seat) => seat.account);
    w.simulator.faults.on({ path: /batch/, nth: 1 }, { kind: "reset", commit: "after" });
    const steps = [step(w, "assign", "eve", { sku: sku.e3 })];
    expect(await apply(w.open(), steps)).toEqual(["eve done"]);
    expect(await accounts()).toEqual(["cid@acme.test"]);
    expect(await apply(w.open(), steps)).toEqual(["eve done"]);
    w.clock.advance(30_000);
    expect(await accounts()).toEqual(["cid@acme.test", "eve@acme.test"]);
    expect(w.simulator.tenant().consumed.get(sku.e3)).toBe(2);
  });
});

describe("inside a batch", () => {
  const wait = { url: /assignLicense$/, times: 1 };
  it("a request that is limited comes again alone, and not before it may", async () => {
    const w = await world();
    w.simulator.failInner(wait, refuse(429, "TooManyRequests", "Too many requests", { "retry-after": "9" }));
    const slept = w.clock.slept();
    const asked: number[] = [];
    const steps = [step(w, "assign", "eve"), step(w, "assign", "cid", { sku: sku.visio })];
    const told: string[] = [];
    for await (const { step: done, result } of need(w.open().apply)(
      steps,
      async (some) => void asked.push(some.length),
      signal,
    ))
      told.push(`${done.account} ${result}`);
    expect(told).toEqual(["eve done", "cid done"]);
    expect(asked).toEqual([2, 1]);
    expect(w.clock.slept() - slept).toBeGreaterThanOrEqual(9000);
  });
  it("a request that a gateway lost is looked up: done is done, the other is sent again", async () => {
    const w = await world();
    w.simulator.failInner(wait, refuse(504, "UnknownError", ""));
    expect(await apply(w.open(), [step(w, "assign", "eve")])).toEqual(["eve done"]);
    expect(w.paths().filter((p) => p.includes("$batch"))).toHaveLength(3); // the write, the question, the write again
  });
  it("a denied request fails its person and names the permission", async () => {
    const w = await world();
    w.simulator.failInner(
      wait,
      refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    );
    const told = await apply(w.open(), [step(w, "assign", "eve"), step(w, "assign", "cid", { sku: sku.visio })]);
    expect(told[0]).toContain("LicenseAssignment.ReadWrite.All");
    expect(told[1]).toBe("cid done");
  });
  it("a request that is limited for ever fails in the end", async () => {
    const w = await world();
    w.simulator.failInner(
      { ...wait, times: 99 },
      refuse(429, "TooManyRequests", "Too many requests", { "retry-after": "1" }),
    );
    expect((await apply(w.open(), [step(w, "assign", "eve")]))[0]).toContain("keeps limiting");
  });
});

it("a list of other people is no answer: whoever is missing from it could lose a seat", async () => {
  const people = Array.from({ length: 7 }, (_, i) => person(`e5-${i}`, { licenses: ["SPE_E3"] }));
  const w = await start({ skus, groups, people });
  // The answer to another question, consistent in itself: its count agrees with what it holds.
  const transport: typeof w.simulator.transport = (sent) =>
    w.simulator.transport({ ...sent, url: sent.url.replaceAll(sku.e5, sku.e3) });
  const problem = await problemOf(seatsOf(w.open({}, { transport }), sku.e5));
  expect(sentence(problem)).toMatch(/who holds SPE_E5, Graph lists 7 people, and 7 of them hold no license of it/);
  expect(await seatsOf(w.open(), sku.e3)).toHaveLength(7);
});
