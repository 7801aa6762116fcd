import type { Connector, Seat, SeatStep } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { Transport } from "../../core/wire.ts";
import { applyTo, problemOf, seatsOf, textOf } from "../../testing/conformance/ask.ts";
import { noDirectory } from "../../testing/conformance/subject.ts";
import { type Subject, testConnector } from "../../testing/conformance.ts";
import { inventEnterprise } from "../../testing/enterprise.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { connector } from "./connector.ts";
import { given, type JetbrainsSimulatorConfig, sandbox, startJetbrainsSimulator } from "./simulator.ts";

const day = 86_400_000;
const ii = { code: "II", name: "IntelliJ IDEA Ultimate" };
const teamA = { id: 2046529, name: "Team A" };
const teamB = { id: 2573297, name: "Team B" };
const email = (i: number): string => `person${String(i).padStart(2, "0")}@acme.test`;
const signal = new AbortController().signal;

/** Twelve people with II since 100 days, twenty more licenses of it and twenty of WS, all of team A. */
const seeded = async (config: JetbrainsSimulatorConfig = {}) => {
  const clock = createVirtualClock(1, Date.UTC(2026, 10, 25));
  const time = { now: clock.now, advance: clock.advance, set: (ms: number) => clock.advance(ms - clock.now()) };
  const simulator = await startJetbrainsSimulator({ clock: time, ...config });
  const ids = simulator.add({ product: ii, team: teamA, count: 32 });
  simulator.add({ product: { code: "WS", name: "WebStorm" }, team: teamA, count: 20 });
  const give = (i: number, at = clock.now() - 100 * day) =>
    simulator.change(ids[i] ?? "", given({ email: email(i), name: `Person ${i}` }, at));
  for (let i = 0; i < 12; i += 1) give(i);
  const { baseUrl, customerCode, apiKey } = simulator;
  const open = (more: object = {}, wire: (t: Transport) => Transport = (t) => t): Connector =>
    connector.open(connector.config.parse({ baseUrl, customerCode, apiKey, ...more }), {
      connection: "ide",
      clock,
      log: () => undefined,
      transport: wire(simulator.transport),
    });
  const of = (holder: string): number => simulator.licenses().filter((l) => l.assignee?.email === holder).length;
  return { simulator, ids, clock, give, open, of };
};
type World = Awaited<ReturnType<typeof seeded>>;

const wrongKey = "canary0wrong0key000000000";
testConnector({
  name: "jetbrains on its simulator",
  kind: connector,
  make: async (): Promise<Subject> => {
    const { simulator, ids } = await seeded({ revocableAfterDays: 0 }); // the rule of 30 days has tests of its own
    const { customerCode, apiKey } = simulator;
    return {
      origin: simulator.url,
      open: ({ origin, secret, using }) => {
        const key = secret === "right" ? apiKey : wrongKey;
        const config = { baseUrl: `${origin}/api/v1`, customerCode, apiKey: key, pageSize: 5 };
        return connector.open(connector.config.parse(config), using);
      },
      directory: noDirectory,
      vendor: {
        sku: ii.name,
        holders: ids.slice(0, 12).map((_id, i) => email(i)),
        empty: "WebStorm",
        misspelt: "IntelliJ IDEA Ultimat",
        free: Array.from({ length: 14 }, (_x, i) => ({ id: email(i + 12), name: email(i + 12), active: true })),
        written: (holder) => ids.find((_id, i) => email(i) === holder) ?? holder,
        nobody: { id: "nobody", name: "nobody" },
      },
      paths: { seats: /\/licenses\?assigned=true/, people: /^$/, write: /\/licenses\/(assign|revoke)/ },
      canaries: [apiKey, wrongKey],
      stop: async () => {
        expect(simulator.bugs).toEqual([]);
        await simulator.stop();
      },
    };
  },
  skip: [
    {
      reason: "an API token has no life that could be renewed: one that is taken back is an error",
      tests: ["a token that expires in the middle of a walk is renewed"],
    },
  ],
});

const step = (act: SeatStep["act"], i: number, sku = "II"): SeatStep => ({
  act,
  sku,
  holder: email(i),
  account: email(i),
});
const apply = (opened: Connector, ...steps: SeatStep[]) => applyTo(opened, steps, { signal });
const results = async (opened: Connector, ...steps: SeatStep[]) =>
  (await apply(opened, ...steps)).outcomes.map(({ result }) => result);

/**
 * What is changed in a good request, and for which of II's licenses (12 is free, 0 is person 0's). Sources: D is JetBrains'
 * own description (OpenAPI 1.0); the others are test suites that ran against the real API, on GitHub by their classes:
 * A AssignLicensesAuthTests.kt, N LicenseAssignNegativeTest.java, P PostAssignLicenseNegativeTests.kt, K
 * a1ya/jb_test_licenses LicenseAssignTests.kt.
 */
const refusals = `
no token              | A | x-api-key=             | 12 | 401 MISSING_TOKEN_HEADER: X-Api-Key header is required
no customer           | A | x-customer-code=       | 12 | 401 MISSING_CUSTOMER_HEADER: X-Customer-Code header is required
an unknown token      | A | x-api-key=no           | 12 | 401 INVALID_TOKEN: The token provided is invalid
another customer      | A | x-customer-code=1      | 12 | 401 INVALID_TOKEN: The token provided is invalid
a viewer              | A | x-api-key=viewer       | 12 | 403 INSUFFICIENT_PERMISSIONS: Missing Edit permission on customer
another team's token  | A | x-api-key=other-team   | 12 | 403 TEAM_MISMATCH: Token was generated for team with id 2573297
no such license       | N | licenseId=NO           | 12 | 404 LICENSE_NOT_FOUND: NO
an assigned one       | K | sendEmail=false        | 0  | 400 LICENSE_IS_NOT_AVAILABLE_TO_ASSIGN: ALLOCATED
an expired one        | N | sendEmail=false        | 30 | 400 LICENSE_IS_NOT_AVAILABLE_TO_ASSIGN: EXPIRED_WITHOUT_FALLBACK
a server's            | P | sendEmail=false        | 31 | 400 LICENSE_IS_NOT_AVAILABLE_TO_ASSIGN: NON_PER_USER
no license at all     | D | licenseId=             | 12 | 400 MISSING_FIELD: Either licenseId or license must be provided
no last name          | D | contact.lastName=null  | 12 | 400 MISSING_FIELD:
an empty first name   | N | contact.firstName=     | 12 | 400 INVALID_CONTACT_NAME:
an empty address      | N | contact.email=         | 12 | 400 INVALID_CONTACT_EMAIL:
no address            | N | contact.email=ada      | 12 | 400 INVALID_CONTACT_EMAIL: ada
a throw-away address  | K | contact.email=a@mailinator.com | 12 | 400 INVALID_CONTACT_EMAIL: a@mailinator.com
taken too early       | D | revoke=                | 29 | 400 RECENTLY_ASSIGNED_LICENSE_IS_NOT_AVAILABLE_FOR_REVOKE:
taken by a viewer     | D | revoke=x-api-key=viewer     | 0 | 403 INSUFFICIENT_PERMISSIONS:
taken by another team | A | revoke=x-api-key=other-team | 0 | 403 TEAM_MISMATCH:
`;
const rows = refusals
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()) as [string, string, string, string, string]);

/** Sends a good request with one thing changed: a header, a field of the contact, a field. */
const refused = async ({ simulator, ids }: World, change: string, license: number) => {
  const revoking = change.startsWith("revoke=");
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/.exec(change.replace("revoke=", "")) ?? [];
  const changed = { [name.replace("contact.", "")]: value === "null" ? undefined : value };
  const own = name.startsWith("contact.") ? changed : {};
  const body = {
    licenseId: ids[license],
    contact: { email: email(20), firstName: "Ada", lastName: "Lovelace", ...own },
    sendEmail: false,
    includeOfflineActivationCode: false,
    ...(/^(licenseId|contact|sendEmail)$/.test(name) && value !== "false" ? changed : {}),
  };
  const keys = { "x-api-key": simulator.apiKey, "x-customer-code": simulator.customerCode };
  const headers = { "content-type": "application/json", ...keys, ...(name.startsWith("x-") ? { [name]: value } : {}) };
  const path = revoking ? `revoke?licenseId=${ids[license]}` : "assign";
  const url = `${simulator.baseUrl}/customer/licenses/${path}`;
  const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const { code, description } = (await reply.json()) as { code: string; description: string };
  return `${reply.status} ${code}: ${description}`;
};

describe("what JetBrains refuses", () => {
  let world: World;
  beforeAll(async () => {
    world = await seeded();
    const { simulator, ids, give, clock } = world;
    simulator.addKey("viewer", { role: "VIEWER" });
    simulator.addKey("other-team", { role: "ADMIN", team: teamB.id });
    give(29, clock.now() - 10 * day);
    simulator.change(ids[30] ?? "", { subscription: { isOutdated: true } });
    simulator.change(ids[31] ?? "", { assignee: { type: "SERVER", uid: "vault-1" } });
  });
  afterAll(() => world.simulator.stop());

  test.each(rows)("%s (%s)", async (_what, _source, change, license, answer) => {
    expect(await refused(world, change, Number(license))).toContain(answer);
  });

  const away = { act: "assign" as const, sku: "II", holder: "a@mailinator.com", account: "a@mailinator.com" };
  const told: [what: string, apiKey: string | null, step: SeatStep, code: string, words: string][] = [
    ["a viewer may not write", "viewer", step("assign", 20), "denied", "needs ADMIN"],
    ["a throw-away address", null, away, "invalid", "takes no license for a@mailinator.com"],
    ["within 30 days: from when on", null, step("unassign", 29), "unsupported", "from 2026-12-15 on takes it"],
    ["a license server's", null, { ...step("unassign", 0), holder: "license:X" }, "unsupported", "is no person's"],
  ];
  test.each(told)("%s, in words", async (_what, apiKey, one, code, words) => {
    const { outcomes } = await apply(world.open(apiKey === null ? {} : { apiKey }), one);
    expect(outcomes.map(({ problem }) => problem?.code)).toEqual([code]);
    expect(outcomes.map(({ problem }) => (problem ? textOf(problem) : "")).join()).toContain(words);
  });

  test("a wrong or missing token names what to set", async () => {
    expect(() => world.open({ apiKey: undefined })).toThrow("apiKey is missing");
    expect(textOf(await problemOf(world.open({ apiKey: wrongKey }).verify(signal)))).toContain("SEATWISE_IDE_");
  });

  test("rights are told: a viewer's, a team administrator's", async () => {
    expect(await world.open({ apiKey: "viewer" }).granted?.(signal)).toEqual(["VIEWER"]);
    expect(await world.open({ apiKey: "other-team" }).granted?.(signal)).toEqual(["ADMIN"]);
  });

  test("a server's license is consumed and nobody's; an expired one is not to be had", async () => {
    const opened = world.open();
    const counters = await opened.counters?.({ sku: "II" }, signal);
    expect([counters?.purchased?.value, counters?.consumed.value]).toEqual([31, 14]);
    const seats: Seat[] = await seatsOf(opened, "II", signal);
    expect(seats.find(({ account }) => account === null)).toMatchObject({ inheritedFrom: "SERVER vault-1" });
  });
});

describe("one person, one license", () => {
  let world: World;
  beforeEach(async () => {
    world = await seeded();
  });
  afterEach(async () => {
    expect(world.simulator.bugs).toEqual([]);
    await world.simulator.stop();
  });

  test("where lists lag behind the first assignment", async () => {
    world.simulator.setLag(60_000);
    for (const result of ["done", "already"]) expect(await results(world.open(), step("assign", 15))).toEqual([result]);
    expect(world.of(email(15))).toBe(1);
  });

  test("where two assign at the same time, or one twice", async () => {
    const both = await Promise.all([1, 2].map(() => results(world.open(), step("assign", 15), step("assign", 15))));
    expect(both.flat().filter((r) => r === "failed")).toEqual([]);
    expect(world.of(email(15))).toBe(1);
  });

  test("where the answer to the first write never came, and every look fails", async () => {
    const { faults } = world.simulator;
    faults.on({ path: /assign$/, times: 1 }, { kind: "reset", commit: "after" });
    faults.on({ path: /licenses\/[A-Z0-9]+$/ }, { kind: "status", status: 500 });
    expect(await results(world.open(), step("assign", 15))).toEqual(["failed"]);
    faults.clear();
    expect(await results(world.open(), step("assign", 15))).toEqual(["already"]);
    expect(world.of(email(15))).toBe(1);
  });

  test("two by hand are one seat, and both are taken", async () => {
    world.simulator.change(world.ids[20] ?? "", given({ email: email(3), name: "P" }, 0));
    const seats = await seatsOf(world.open(), "II", signal);
    expect(seats.filter(({ holder }) => holder === email(3))).toHaveLength(1);
    expect(await results(world.open(), step("unassign", 3))).toEqual(["done"]);
    expect(world.of(email(3))).toBe(0);
  });

  test("a leaver makes room in the same run; then nothing is left", async () => {
    for (let i = 12; i < 32; i += 1) world.give(i);
    const { outcomes } = await apply(world.open(), step("unassign", 0), step("assign", 40), step("assign", 41));
    expect(outcomes.map(({ result, problem }) => problem?.code ?? result)).toEqual(["done", "done", "no-seats"]);
  });

  test("the team that a SKU names gives and counts its own licenses", async () => {
    const [free = ""] = world.simulator.add({ product: ii, team: teamB, count: 1 });
    const sku = await world.open().sku?.("intellij idea ultimate/team b", signal);
    expect(sku).toEqual({ sku: "II/2573297", name: "IntelliJ IDEA Ultimate/Team B" });
    expect(await results(world.open(), step("assign", 15, "II/2573297"))).toEqual(["done"]);
    expect(world.simulator.licenses().find((l) => l.licenseId === free)?.assignee?.name).toBe("Person15 Person15");
    const counters = await world.open().counters?.({ sku: "II/2573297" }, signal);
    expect([counters?.purchased?.value, counters?.consumed.value]).toEqual([1, 1]);
  });

  test("use is what was seen since the assignment; else it is unknown", async () => {
    const { simulator, ids, clock, open } = world;
    const at = clock.now() - 5 * day;
    simulator.change(ids[1] ?? "", given({ email: email(1), name: "P" }, at - day, at));
    simulator.change(ids[2] ?? "", given({ email: email(2), name: "P" }, at, at - day));
    const people = [1, 2, 3].map((i) => ({ id: String(i), email: email(i).toUpperCase() }) as Person); // all it asks of them
    const report = await open().usage?.(people, signal);
    expect(report?.usage.map((u) => u.at)).toEqual([new Date(at).toISOString(), null, null]);
  });

  test("a list that does not say how long it is, is no list", async () => {
    const cut =
      (t: Transport): Transport =>
      async (sent) => ({ ...(await t(sent)), headers: {} });
    expect((await problemOf(seatsOf(world.open({}, cut), "II", signal))).message).toContain("X-Total-Count");
  });
});

test("a limit, where there is one, is waited for", async () => {
  const { simulator, clock, open } = await seeded({ perMinute: 4 });
  const slept = clock.slept();
  expect(await seatsOf(open({ pageSize: 10 }), "II", signal)).toHaveLength(12);
  expect([clock.slept() > slept, simulator.log.some(({ status }) => status === 429)]).toEqual([true, true]);
  await simulator.stop();
});

test("the sandbox's engineers have licenses; one is given, used and taken by hand", async () => {
  const clock = createVirtualClock(1, Date.UTC(2026, 10, 25));
  const time = { now: clock.now, advance: clock.advance, set: () => undefined };
  const company = inventEnterprise({ seed: 1, people: 150, now: clock.now() });
  const { simulator, connection, secrets, deeds } = await sandbox.start(company, { port: 0, seed: 1, clock: time });
  const open = () =>
    connector.open(connector.config.parse({ ...connection, ...secrets }), {
      connection: "ide",
      clock,
      log: () => undefined,
    });
  expect((await seatsOf(open(), "ALL", signal)).length).toBeGreaterThan(10);
  const person = company.people.find(({ department }) => department === "Finance");
  const holders = async () => (await seatsOf(open(), "ALL", signal)).map(({ holder }) => holder);
  deeds.giveSeat?.("ALL", person?.login ?? "");
  expect(await holders()).toContain(person?.email);
  deeds.signIn?.(person?.login ?? "", clock.now());
  const report = await open().usage?.([{ id: "1", email: person?.email } as Person], signal); // as above
  expect(report?.usage[0]?.at).toBe(new Date(clock.now()).toISOString());
  deeds.takeSeat?.("ALL", person?.login ?? "");
  expect(() => deeds.takeSeat?.("ALL", person?.login ?? "")).toThrow("has no license of ALL");
  await simulator.stop();
});
