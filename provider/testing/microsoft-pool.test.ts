import { type EntraSimulator, type EntraSimulatorConfig, startEntraSimulator } from "../connectors/entra/simulator.ts";
import { systemClock } from "../connectors/http/clock.ts";
import { createSimulatorClock } from "../connectors/simulator/clock.ts";
import { isRecord, type Value, type Values } from "../core/value.ts";
import { poolRuns } from "./pool-runs.fixture.ts";

/** A pool of Microsoft 365 from plan to plan, through the engine and Graph's own requests. */
const clock = createSimulatorClock();
const day = 86_400_000;
const now = Date.now();
let entra: EntraSimulator;
let runs: ReturnType<typeof poolRuns>;

const begin = async (config: EntraSimulatorConfig): Promise<void> => {
  clock.set(now);
  entra = await startEntraSimulator({ clock, seed: 3, domain: "acme.test", ...config });
  const { url, tenantId, clientId, clientSecret } = entra;
  runs = poolRuns({
    name: "microsoft",
    clock: { ...systemClock, now: () => clock.now() },
    configuration: {
      directory: "entra",
      connections: { entra: { entra: { tenantId, clientId, clientSecret, baseUrl: `${url}/v1.0`, loginUrl: url } } },
    },
  });
};
afterEach(async () => {
  expect(entra.bugs).toEqual([]);
  await entra.stop();
  runs.close();
});

const plan: typeof runs.plan = (inputs) => runs.plan(inputs);
const up: typeof runs.up = (inputs) => runs.up(inputs);
const sentence = (changes: Value, kind: string, who: string): string => {
  const of = isRecord(changes) ? changes[kind] : undefined;
  return isRecord(of) ? String(of[who]) : "";
};
const people = (...logins: readonly string[]) => logins.map((login) => ({ login, properties: { department: "eng" } }));
const engineers: Values = { rules: [{ claim: { name: "eng", when: 'user.department == "eng"' } }] };
const e5e3 = (more: Values = {}): Values => ({
  tiers: [
    { license: { connection: "entra", sku: "SPE_E5" }, ...more },
    { license: { connection: "entra", sku: "SPE_E3" } },
  ],
  ...engineers,
  ownership: "adopt",
});
const ada = "ada@acme.test";

test("an idle E5 becomes an E3 in one swap, and an E5 again after a sign-in", async () => {
  const long = new Date(now - 300 * day).toISOString();
  await begin({
    skus: [
      { sku: "SPE_E5", enabled: 5 },
      { sku: "SPE_E3", enabled: 5 },
    ],
    people: people("ada", "bob").map((one) => ({
      ...one,
      licenses: ["SPE_E5"],
      licensedAt: long,
      signedIn: now - (one.login === "ada" ? 90 : 2) * day,
    })),
  });
  const inputs = {
    ...e5e3(),
    reclaim: { inactiveFor: "60d", newSeatGrace: "0", notice: "0", cooldown: "30d", action: "downgrade" },
  };
  const first = await plan(inputs);
  expect(sentence(first.changes, "move", ada)).toContain(
    "moves from entra/SPE_E5 to entra/SPE_E3: no activity for 60d",
  );
  expect((await up(inputs)).failures).toEqual([]);
  expect([entra.holders("SPE_E5"), entra.holders("SPE_E3")]).toEqual([
    [entra.hands.userId("bob")],
    [entra.hands.userId("ada")],
  ]);
  expect((await plan(inputs)).differs).toBe(false);
  clock.set(now + day);
  entra.hands.signIn("ada", now + day);
  expect(sentence((await plan(inputs)).changes, "move", ada)).toContain("moves from entra/SPE_E3 to entra/SPE_E5");
});

test("service plans: what the pool does not allow is off from the start, and switched off where somebody switches it on", async () => {
  await begin({
    skus: [
      { sku: "SPE_E5", enabled: 5 },
      { sku: "SPE_E3", enabled: 5 },
    ],
    people: people("ada"),
  });
  const inputs = e5e3({ servicePlans: ["EXCHANGE_S_ENTERPRISE", "TEAMS1"] });
  await up(inputs);
  const seat = () => entra.tenant().users.get(entra.hands.userId("ada"))?.direct;
  const off = [...(seat()?.values() ?? [])][0];
  expect((await plan(inputs)).differs).toBe(false);
  entra.hands.take("SPE_E5", "ada");
  entra.hands.give("SPE_E5", "ada"); // by hand, with all plans on
  const next = await plan(inputs);
  expect(sentence(next.changes, "move", ada)).toMatch(
    /^ada@acme.test keeps the seat of entra\/SPE_E5: service plans .*off, as the pool allows$/,
  );
  expect((await up(inputs)).failures).toEqual([]);
  expect((await plan(inputs)).differs).toBe(false);
  expect([...(seat()?.values() ?? [])][0]).toEqual(off);
});

test("through a group: who finds no seat is explained, counts as nobody's use, and is tried again once when seats are bought", async () => {
  await begin({
    skus: [{ sku: "VISIOCLIENT", enabled: 1 }],
    groups: [{ name: "lic-visio", licenses: ["VISIOCLIENT"] }],
    people: people("ada", "bob").map((one) => ({ ...one, groups: ["lic-visio"] })),
  });
  const inputs: Values = {
    license: { connection: "entra", sku: "VISIOCLIENT", via: { connection: "entra", group: "lic-visio" } },
    allotment: 2,
    ...engineers,
    ownership: "adopt",
  };
  const done = await up(inputs);
  expect(done.outputs).toMatchObject({ purchased: 1, consumed: 1, owned: 2, blocked: { total: 1 } });
  const explained =
    "holds a seat that does not work: CountViolation: Visio Plan 2 (through group lic-visio): no seat was free";
  expect(JSON.stringify(done.outputs.blocked)).toContain(explained);
  expect(runs.said.map(({ text }) => text).join("\n")).toContain(explained);
  expect((await plan(inputs)).differs).toBe(false); // no seat is free
  entra.hands.buy("VISIOCLIENT", 2);
  clock.set(now + day);
  const next = await plan(inputs);
  expect(JSON.stringify(next.changes)).toContain("tried again after CountViolation: seats are free now");
  expect((await up(inputs)).failures).toEqual([]);
  expect(entra.holders("VISIOCLIENT")).toHaveLength(2);
  const after = await plan(inputs);
  expect([after.differs, after.state]).toMatchObject([false, { consumed: 2, blocked: { total: 0 } }]);
});

test("no usage location: known at plan, so nobody is promised a seat that Entra refuses, and those behind get it", async () => {
  const bob = "bob@acme.test";
  await begin({
    skus: [{ sku: "SPE_E5", enabled: 1 }],
    people: people("ada", "bob").map((one) => ({
      ...one,
      properties: { ...one.properties, usageLocation: one.login === "ada" ? null : "DE" },
    })),
  });
  const inputs: Values = { license: { connection: "entra", sku: "SPE_E5" }, ...engineers };
  const first = await plan(inputs);
  expect(Object.keys(isRecord(first.changes) ? first.changes : {})).toContain("assign");
  expect(sentence(first.changes, "assign", ada)).toBe("undefined");
  expect(sentence(first.changes, "assign", bob)).toContain("gains a seat");
  expect(runs.said.map(({ text }) => text).join("\n")).toContain(
    "pool microsoft: 1 claimed person lacks what the vendor asks for. What helps stands beside each.\n  - ada@acme.test gets no seat of entra/SPE_E5: no usageLocation",
  );
  const done = await up(inputs);
  expect(done.failures).toEqual([]);
  expect(entra.holders("SPE_E5")).toEqual([entra.hands.userId("bob")]);
  const after = await plan(inputs);
  expect(after.differs).toBe(false);
  expect(JSON.stringify(after.state.blocked)).toContain('"code":"no-usage-location"');
  // Set, it counts from the next plan on, in the usual order: she waits for a seat like everybody.
  clock.set(now + day);
  entra.hands.change("ada", { usageLocation: "FR" });
  expect(sentence((await plan(inputs)).changes, "wait", ada)).toContain("the license has no free seat");
  entra.hands.buy("SPE_E5", 2);
  expect(sentence((await plan(inputs)).changes, "assign", ada)).toContain("gains a seat");
  expect((await up(inputs)).failures).toEqual([]);
  // Whoever holds a seat keeps it, whatever becomes of their location.
  entra.hands.change("ada", { usageLocation: null });
  clock.set(now + 2 * day);
  const kept = await plan(inputs);
  expect([kept.differs, entra.holders("SPE_E5").length]).toEqual([false, 2]);
});

test("a refusal that nobody could know: the next plan does not promise it again, and those behind get the seat", async () => {
  await begin({
    skus: [
      { sku: "EXCHANGESTANDARD", enabled: 1 },
      { sku: "SPE_E5", enabled: 2 },
    ],
    people: people("ada", "bob").map((one) => ({ ...one, licenses: one.login === "ada" ? ["SPE_E5"] : [] })),
  });
  const inputs: Values = { license: { connection: "entra", sku: "EXCHANGESTANDARD" }, ...engineers };
  const done = await up(inputs);
  expect(done.failures.map(({ message }) => message).join()).toContain("exclude each other");
  const second = await plan(inputs);
  expect(JSON.stringify(second.state.blocked)).toMatch(
    /ada@acme.test gets no seat of .*: refused on .*exclude each other.*Asked again on/,
  );
  expect(JSON.stringify(second.state.failed)).toContain("exclude each other");
  expect(sentence(second.changes, "assign", "bob@acme.test")).toContain("gains a seat");
  expect((await up(inputs)).failures).toEqual([]);
  expect(entra.holders("EXCHANGESTANDARD")).toEqual([entra.hands.userId("bob")]);
  const third = await plan(inputs);
  expect([third.differs, third.state.nextDueAt]).toEqual([false, new Date(now + day).toISOString()]);
});
