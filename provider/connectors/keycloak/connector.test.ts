import type { Connector, SeatStep } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { sentence } from "../../core/problem.ts";
import { testConnector } from "../../testing/conformance.ts";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { type Keycloak, startKeycloak } from "../../testing/real/keycloak.ts";
import { connector } from "./connector.ts";
import { type Company, realmOf, type SeedOptions } from "./seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "./simulator.ts";
import {
  accountsOf,
  ask,
  at,
  company,
  equal,
  inGroup,
  logins,
  logs,
  need,
  number,
  of,
  opened,
  type Place,
  problemOf,
  seatsOf,
  secret,
  seeded,
  signal,
  subject,
  text,
} from "./world.fixture.ts";

const places = { simulator: null as KeycloakSimulator | null, real: null as Keycloak | null };
const place = (name: "simulator" | "real"): Place => {
  const found = places[name];
  if (!found) throw new Error(`${name} is not started`);
  return found;
};
beforeAll(async () => {
  [places.simulator, places.real] = await Promise.all([startKeycloakSimulator(), startKeycloak()]);
}, 200_000);
afterAll(async () => {
  expect(places.simulator?.bugs).toEqual([]);
  await Promise.all([places.simulator?.stop(), places.real?.stop()]);
});

for (const name of ["simulator", "real"] as const)
  testConnector({ name: `keycloak, ${name}`, kind: connector, make: () => subject(place(name)) });

// What is special

/** A small company whose answers can be read at a glance. */
const small: Company = {
  groups: [
    { name: "eng" },
    { name: "platform", parent: "eng" },
    { name: "legal" },
    { name: "platform", parent: "legal" },
    { name: "crm" },
    { name: "old" },
  ],
  people: [
    { login: "ada", email: "ada@acme.test", attributes: { team: "a", badge: "1" }, groups: ["/eng/platform", "crm"] },
    { login: "bob", email: "bob@acme.test", attributes: { team: ["a", "b"] }, groups: ["eng"] },
    { login: "cid", groups: ["/legal/platform"], enabled: false },
    { login: "dee", attributes: { team: "b", endsOn: "2027-01-31" }, groups: ["crm"] },
  ],
};

describe.each(["simulator", "real"] as const)("special, %s", (name) => {
  const where = () => place(name);
  const start = async (options: Partial<SeedOptions> = {}, of_: Company = small) => {
    const { realm, admin } = await seeded(where(), of_, options);
    return { realm, admin, open: (more: object = {}) => opened(where().url, realm, more) };
  };
  /** For tests that only read: a realm takes seconds to make on a busy machine. */
  let common: ReturnType<typeof start> | null = null;
  const shared = () => {
    common ??= start();
    return common;
  };
  const apply = async (c: Connector, steps: readonly SeatStep[]): Promise<string[]> => {
    const told: string[] = [];
    for await (const { step, result } of need(c.apply)(steps, async () => undefined, signal))
      told.push(`${step.account} ${result}`);
    return told;
  };
  beforeEach(() => {
    logs.length = 0;
  });

  it("reads only the groups asked for, counts people in the groups above, and calls an ambiguous name by its path", async () => {
    const { open } = await shared();
    const { people } = await ask(open(), { groups: ["eng", "/legal/platform", "/eng", "crn"] });
    expect(people.map((p) => [p.login, p.groups])).toEqual([
      ["ada", ["/eng", "eng"]],
      ["bob", ["/eng", "eng"]],
      ["cid", ["/legal/platform"]],
      ["dee", []],
    ]);
    expect(logs).toEqual(['warning people: no group is named "crn"; nobody is in it. Did you mean "crm"?']);
    const problem = await problemOf(ask(open(), { groups: ["platform"] }));
    expect([problem.code, problem.hint]).toEqual([
      "conflict",
      "Say which by its path: /eng/platform, /legal/platform.",
    ]);
  });
  it("fills fields from the attributes that the configuration names, and guesses at none of several values", async () => {
    const { open } = await shared();
    const { people } = await ask(open({ fields: { department: "team" }, lists: ["badge"] }));
    expect(people.map((p) => [p.department, p.endsOn, p.attributes])).toEqual([
      ["a", null, { team: "a", badge: ["1"] }],
      [null, null, { team: ["a", "b"] }],
      [null, null, {}],
      ["b", "2027-01-31T00:00:00.000Z", { team: "b", endsOn: "2027-01-31" }],
    ]);
    expect((await problemOf((async () => open({ fields: { salary: "pay" } }))())).path).toEqual(["fields", "salary"]);
  });
  it("asks for those who can match where that is fewer pages, and for everybody where it is not", async () => {
    const { open } = await shared();
    const match = [equal(of("department"), text("b")), inGroup("eng")];
    const few = open({ fields: { department: "team" }, pageSize: 1 });
    const narrow = await ask(few, { match, groups: ["eng", "crm"] });
    expect([narrow.everybody, narrow.total, logins(narrow.people)]).toEqual([false, 4, ["ada", "bob", "dee"]]);
    const cid = (await ask(open())).people.find((p) => p.login === "cid")?.id ?? "";
    const also = await ask(open({ pageSize: 1 }), { match: [inGroup("eng")], groups: ["eng"], also: [cid] });
    expect([also.everybody, logins(also.people)]).toEqual([false, ["ada", "bob", "cid"]]);
    expect((await ask(open(), { match, groups: ["eng"] })).everybody).toBe(true);
    const others = { match: [{ at, kind: "not" as const, of: inGroup("eng") }], groups: ["eng"] };
    expect((await ask(open({ pageSize: 1 }), others)).everybody).toBe(true);
  });
  it("a list of nobody is an error while the count says otherwise: query-users and query-groups list nothing", async () => {
    const { open } = await start({ roles: ["query-users", "query-groups", "view-realm"], realmRoles: ["premium"] });
    for (const attempt of [
      () => open().verify(signal),
      () => ask(open()),
      () => need(open().groups)(signal),
      () => seatsOf(open(), "group:crm"),
      () => seatsOf(open(), "role:premium"),
      () => need(open().accounts)(["ada", "bob", "cid"], signal),
    ])
      expect(await problemOf(attempt())).toMatchObject({ code: "denied", hint: expect.stringContaining("view-users") });
  });
  it("names the role that is missing for what was asked", async () => {
    const { open } = await start({ roles: ["view-users"], realmRoles: ["premium"] });
    const ada = (await ask(open())).people[0];
    expect(sentence(await problemOf(seatsOf(open(), "role:premium")))).toMatch(/"people".*view-realm/s);
    expect(sentence(await problemOf(need(open().usage)(ada ? [ada] : [], signal)))).toContain("view-events");
    const step = { act: "assign" as const, holder: ada?.id ?? "", account: "ada", sku: "group:old" };
    for await (const { problem } of need(open().apply)([step], async () => undefined, signal))
      expect(problem?.hint).toContain("manage-users");
    expect((await need(open().skus)(signal)).map(({ sku }) => sku)).toContain("group:/crm");
    expect(logs.join()).toMatch(/realm roles are not among the SKUs listed.*view-realm/);
  });
  it("tells a realm that is not there from a person who is not", async () => {
    const { open } = await shared();
    const gone = opened(where().url, "nowhere");
    expect((await problemOf(gone.verify(signal))).message).toBe('connection "people": Keycloak has no realm "nowhere"');
    expect(await need(open().person)("00000000-0000-4000-8000-000000000000", signal)).toBeNull();
    const { realm, admin } = await seeded(where(), small);
    const before = opened(where().url, realm);
    await before.verify(signal);
    await admin.deleteRealm();
    expect((await problemOf(need(before.person)("00000000-0000-4000-8000-000000000000", signal))).code).not.toBe("bug");
  });
  it("roles are SKUs: direct holders, those who inherit through a group, and both ways", async () => {
    const { open, admin } = await start({ realmRoles: ["premium"], clientRoles: { crm: ["editor"] } });
    const premium = ((await admin.ask("GET", "/roles/premium")).body as { id: string }).id;
    const body = [{ id: premium, name: "premium" }];
    await admin.ask("POST", `/groups/${await admin.groupId("eng")}/role-mappings/realm`, body);
    await admin.grantRole("dee", "premium");
    await admin.grantRole("bob", "premium");
    const held = await seatsOf(open(), "role:premium");
    expect(held.map((s) => [s.account, s.inheritedFrom]).sort()).toEqual([
      ["ada", "/eng/platform"],
      ["bob", "/eng"],
      ["dee", undefined],
    ]);
    const c = open();
    const id = (login: string) => admin.userId(login);
    const dee = { holder: await id("dee"), account: "dee" };
    const cid = { holder: await id("cid"), account: "cid" };
    // One after the other, as a plan has them: steps of one apply are written side by side, and never two of one person.
    const given = await apply(c, [
      { act: "assign", sku: "role:crm/editor", ...dee },
      { act: "assign", sku: "role:premium", ...cid },
    ]);
    const taken = await apply(c, [
      { act: "move", sku: "role:premium", to: "role:crm/editor", ...cid },
      { act: "unassign", sku: "role:premium", ...dee },
    ]);
    expect([given, taken]).toEqual([
      ["dee done", "cid done"],
      ["cid done", "dee done"],
    ]);
    expect([await accountsOf(c, "role:crm/editor"), await accountsOf(c, "role:premium")]).toEqual([
      ["cid", "dee"],
      ["ada", "bob"],
    ]);
    const hints = { "role:premum": "role:premium", "role:crm/editr": "role:crm/editor", "seat:x": "group:NAME" };
    for (const [wrong, hint] of Object.entries(hints))
      expect((await problemOf(need(open().sku)(wrong, signal))).hint).toContain(hint);
  });
  it("says already where this walk's list shows it, and whoever was deleted has no seat to lose", async () => {
    const { open, admin } = await start();
    const [ada, bob] = [await admin.userId("ada"), await admin.userId("bob")];
    const c = open();
    await accountsOf(c, "group:crm");
    await admin.deleteUser("bob");
    expect(
      await apply(c, [
        { act: "assign", sku: "group:crm", holder: ada, account: "ada" },
        { act: "unassign", sku: "group:old", holder: ada, account: "ada" },
        { act: "unassign", sku: "group:crm", holder: bob, account: "bob" },
        { act: "assign", sku: "group:crm", holder: bob, account: "bob" },
      ]),
    ).toEqual(["ada already", "ada done", "bob already", "bob failed"]);
  });
  it("service accounts are no people, and their seats are counted", async () => {
    const { open, admin } = await start();
    await admin.join("service-account-seatwise", "crm");
    expect(logins((await ask(open())).people)).toEqual(["ada", "bob", "cid", "dee"]);
    expect(await accountsOf(open(), "group:crm")).toEqual(["ada", "dee", "service-account-seatwise"]);
  });
  it("a person is their own account where directory and vendor are one, and an e-mail address of two is nobody's", async () => {
    const { open } = await shared();
    const c = open();
    const { people } = await ask(c);
    const before = c.requests();
    const links = people.map((p) => need(c.link)(p) ?? "");
    expect(links).toEqual(people.map((p) => p.id));
    expect((await need(c.accounts)([...links, "BOB"], signal)).size).toBe(5);
    expect(c.requests()).toBe(before);
    expect(need(open().link)(people[0] as Person)).toBeNull();
    const found = await need(open().accounts)([links[0] ?? "", "ADA@acme.test", "nobody"], signal);
    expect([...found.values()].map((a) => a.name)).toEqual(["ada", "ada"]);
  });
  it("somebody who leaves while the list is read hides nobody", async () => {
    const { realm, admin } = await seeded(where(), company);
    const proxy = await startFaultProxy(where().url);
    const c = opened(proxy.url, realm, { pageSize: 3 });
    const crowd = await admin.groupId("copilot");
    const ada = await admin.userId("person00");
    let asked = 0;
    const left: Promise<unknown>[] = [];
    proxy.onArrival = (_method, path) => {
      if (/members/.test(path) && ++asked === 2) left.push(admin.ask("DELETE", `/users/${ada}/groups/${crowd}`));
    };
    const seen = await accountsOf(c, "group:copilot").finally(() => proxy.stop());
    await Promise.all(left);
    expect(seen).toEqual(expect.arrayContaining(Array.from({ length: 11 }, (_, i) => `person${number(i + 1)}`)));
  });
  it("sign-ins count from when they were saved, and without them there is a Problem", async () => {
    const { open, admin } = await start();
    const { people } = await ask(open());
    await admin.signIn("dee");
    for (const some of [people, people.slice(2)]) {
      const report = await need(open().usage)(some, signal);
      expect(report.usage.map(({ at: time }) => time !== null)).toEqual(some.map((p) => p.login === "dee"));
      // Saved since moments ago: nothing is claimed to be known of the time before.
      expect(Date.parse(report.coverageFrom)).toBeGreaterThan(Date.now() - 120_000);
    }
    const off = await start({ eventsExpiration: 0 });
    const problem = await problemOf(need(off.open().usage)(people, signal));
    expect([problem.code, problem.message]).toEqual(["unsupported", expect.stringContaining("does not save sign-in")]);
  });
  it("a write to a group changes the groups above it too", async () => {
    const { open } = await shared();
    const c = open();
    expect(need(c.writes)({ sku: "group:/eng/platform" })).toEqual(["eng", "/eng", "platform", "/eng/platform"]);
    expect(need(c.writes)({ sku: "role:premium" })).toEqual([]);
    await accountsOf(c, "group:/eng/platform");
    expect(need(c.writes)({ sku: "group:/eng/platform" })).toEqual(["eng", "/eng", "platform", "/eng/platform"]);
  });
  it("a walk without changes asks for pages, once each, and little else", async () => {
    const { open } = await shared();
    const c = open();
    await ask(c, { groups: ["eng"] });
    await need(c.counters)({ sku: "group:crm" }, signal);
    await accountsOf(c, "group:crm");
    // Count and page of users; tree and count of groups; eng and eng/platform, crm: a page each, and its end.
    expect(c.requests()).toBeLessThanOrEqual(1 + 2 + 2 + 3 * 2);
  });
});

it("ten thousand people, half of them in the rule's group, ten thousand seats: pages and four requests more", async () => {
  const people = Array.from({ length: 10_000 }, (_, i) => ({
    login: `person${i}`,
    groups: i % 2 ? ["eng", "crm"] : ["crm"],
  }));
  const groups = [{ name: "eng" }, { name: "crm" }];
  const simulator = await startKeycloakSimulator({ realms: [realmOf({ people, groups }, { clientSecret: secret })] });
  const c = opened(simulator.url, "acme");
  expect((await ask(c, { groups: ["eng"] })).people.length).toBe(10_000);
  expect((await accountsOf(c, "group:crm")).length).toBe(10_000);
  // Users a page of 250, 4 of 1,000 and 3 of 2,000, members 2 and 3 pages of 4,000 and one look behind each; a token, two counts, the tree.
  expect(c.requests()).toBe(8 + (2 + 1) + (3 + 1) + 4);
  expect(simulator.bugs).toEqual([]);
  await simulator.stop();
});
