import type { Ast } from "../../core/ast.ts";
import { asProblem } from "../../core/problem.ts";
import { systemClock } from "../http/clock.ts";
import type { Config } from "./config.ts";
import { connector } from "./connector.ts";
import { ask, enterpriseUrn, type ScimSeed, type Seeded, seedScim } from "./hands.ts";
import { type Dialect, dialects, type ScimSimulator, startScimSimulator } from "./simulator.ts";

const signal = AbortSignal.timeout(120_000);
const running: ScimSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) {
    await sim.stop();
    expect(sim.bugs).toEqual([]);
  }
});
const logged: string[] = [];
beforeEach(() => logged.splice(0));
const world = async (dialect: Partial<Dialect>, seed: ScimSeed) => {
  const sim = await startScimSimulator({ dialect });
  running.push(sim);
  const ids: Seeded = await seedScim({ baseUrl: sim.baseUrl, token: sim.token }, seed);
  sim.resetLog();
  const open = (config: Partial<Config> = {}) => {
    const given = { baseUrl: sim.baseUrl, token: sim.token, ...config };
    return connector.open(given, { connection: "crm", clock: systemClock, log: (_level, m) => logged.push(m) });
  };
  return { sim, ids, open, asked: () => sim.counts().total };
};
const login = (i: number): string => `p${String(i).padStart(4, "0")}`;
const people = (n: number) =>
  Array.from({ length: n }, (_v, i) => ({
    login: login(i),
    email: `${login(i)}@acme.test`,
    attributes: { [enterpriseUrn]: { department: i % 10 === 0 ? "Sales" : "Ops" } },
  }));

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
const text = (value: string): Ast => ({ at, kind: "literal", value });
const field = (name: string): Ast => ({ at, kind: "field", of: user, name });
const is = (name: string, value: string): Ast => ({ at, kind: "==", left: field(name), right: text(value) });
const inGroup = (name: string): Ast => ({ at, kind: "in", left: text(name), right: field("groups") });
const not = (of: Ast): Ast => ({ at, kind: "not", of });
const either = (left: Ast, right: Ast): Ast => ({ at, kind: "or", left, right });

describe("accounts", () => {
  it("a few names among many people are asked for, many are read as one list", async () => {
    const w = await world({ maxPage: 100 }, { people: people(1000), groups: [] });
    const few = await w.open().accounts?.([login(7), `${login(900)}@ACME.test`, "nobody"], signal);
    expect([...(few?.values() ?? [])].map((a) => a.name)).toEqual([login(7), login(900)]);
    expect(w.asked()).toBe(3); // what it can, the first page, one question
    w.sim.resetLog();
    expect(
      (
        await w.open().accounts?.(
          Array.from({ length: 600 }, (_v, i) => login(i)),
          signal,
        )
      )?.size,
    ).toBe(600);
    expect(w.asked()).toBe(1 + 10);
  });
  it("the key that is configured is the only one", async () => {
    const w = await world(
      {},
      { people: [{ login: "Ada", email: "ada@acme.test", attributes: { externalId: "E-1" } }], groups: [] },
    );
    const find = async (accountKey: Config["accountKey"], name: string) =>
      (await w.open({ accountKey }).accounts?.([name], signal))?.size;
    expect(await find(undefined, "ADA")).toBe(1);
    expect(await find(undefined, "ADA@acme.test")).toBe(1);
    expect(await find("userName", "ada@acme.test")).toBe(0);
    expect(await find("emails", "ADA@ACME.TEST")).toBe(1);
    expect(await find("emails", "Ada")).toBe(0);
    expect(await find("externalId", "E-1")).toBe(1);
    expect(await find("externalId", "e-1")).toBe(0);
  });
  it("of two accounts with one address the active one is meant; of two active ones none", async () => {
    const twins = [
      { login: "one", email: "same@acme.test" },
      { login: "two", email: "same@acme.test", active: false },
    ];
    const w = await world({}, { people: twins, groups: [] });
    expect((await w.open().accounts?.(["same@acme.test"], signal))?.get("same@acme.test")?.name).toBe("one");
    await ask({ baseUrl: w.sim.baseUrl, token: w.sim.token }, "PATCH", `/Users/${w.ids.people.get("two")}`, {
      Operations: [{ op: "replace", path: "active", value: true }],
    });
    expect((await w.open().accounts?.(["same@acme.test"], signal))?.size).toBe(0);
    expect(logged.join()).toContain("2 accounts are named same@acme.test");
  });
  it("whoever was read as a person here is their own account, without another question", async () => {
    const w = await world({}, { people: people(5), groups: [] });
    const c = w.open();
    const read = await c.people?.({ match: null, groups: [], also: [] }, signal);
    const [one] = read?.people ?? [];
    if (!one) throw new Error("nobody was read");
    const asked = w.asked();
    expect(c.link?.(one)).toBe(one.id);
    expect((await c.accounts?.([one.id], signal))?.get(one.id)).toMatchObject({ id: one.id, active: true });
    expect(w.asked()).toBe(asked);
  });
});

describe("people", () => {
  const groups = [
    { name: "few", members: [login(1), login(2)] },
    { name: "around", members: ["few", login(3)] },
  ];
  const logins = (read: { readonly people: readonly { readonly login: string | null }[] } | undefined) =>
    read?.people.map((p) => p.login).sort();

  it("only those who could match are asked for, where that is fewer pages", async () => {
    const w = await world({ maxPage: 100 }, { people: people(1000), groups });
    const also = [w.ids.people.get(login(5)) ?? "", "gone-id"];
    const read = await w
      .open()
      .people?.({ match: [is("department", "Sales"), inGroup("around")], groups: ["around"], also }, signal);
    expect(read?.everybody).toBe(false);
    expect(read?.total).toBe(1000);
    expect(logins(read)).toEqual(
      [...Array.from({ length: 100 }, (_v, i) => login(i * 10)), login(1), login(2), login(3), login(5)].sort(),
    );
    expect(read?.people.find((p) => p.login === login(1))?.groups).toEqual(["around", "few"]);
    expect(w.asked()).toBeLessThan(11);
  });
  it.each([
    ["a negation", [not(is("department", "Sales"))]],
    ["one rule that cannot be handed over", [is("department", "Sales"), is("manager", "m")]],
    ["a rule about nobody", [is("department", "Nowhere")]],
    ["more than half", [either(is("department", "Ops"), is("department", "Sales"))]],
  ])("%s: everybody is read", async (_name, match) => {
    const w = await world({ maxPage: 100 }, { people: people(600), groups: [] });
    const read = await w.open().people?.({ match, groups: [], also: [] }, signal);
    expect([read?.everybody, read?.people.length, read?.total]).toEqual([true, 600, 600]);
  });
  it("a small directory is read whole, in as few requests as it has pages", async () => {
    const w = await world({ maxPage: 100 }, { people: people(150), groups });
    await w.open().people?.({ match: [is("department", "Sales")], groups: ["few"], also: [] }, signal);
    expect(w.asked()).toBe(1 + 1 + 1 + 2); // what it can, the group by name, which ids are groups, two pages
  });
  it("groups in groups, in a circle, and of one name", async () => {
    const w = await world(dialects.likeScim2Server, {
      people: people(3),
      groups: [
        { name: "a", members: [login(0)] },
        { name: "b", members: ["a"] },
        { name: "x", members: ["a"] },
      ],
    });
    const to = { baseUrl: w.sim.baseUrl, token: w.sim.token };
    const a = w.ids.groups.get("a") ?? "";
    await ask(to, "PATCH", `/Groups/${a}`, {
      Operations: [{ op: "add", path: "members", value: [{ value: w.ids.groups.get("b") }] }],
    });
    await ask(to, "POST", "/Groups", { displayName: "x", members: [{ value: w.ids.people.get(login(1)) }] });
    const read = await w.open().people?.({ match: null, groups: null, also: [] }, signal);
    const of = (i: number) => read?.people.find((p) => p.login === login(i))?.groups;
    expect(of(0)).toEqual([expect.stringMatching(/^\/x \(/), "a", "b"]);
    expect(of(1)).toEqual([expect.stringMatching(/^\/x \(/)]);
    expect(of(2)).toEqual([]);
    const read_ = (name: string) => w.open().people?.({ match: null, groups: [name], also: [] }, signal);
    expect(await read_("x")?.then(() => null, asProblem)).toMatchObject({
      code: "invalid",
      hint: expect.stringMatching(/"\/x \(/),
    });
    expect((await read_("/b/a"))?.people[0]?.groups).toContain("/b/a");
    await read_("bb");
    expect(logged.join()).toContain('no group is named "bb"; nobody is in it');
  });
  it("a group's members are found also where lists do not tell them", async () => {
    const w = await world(dialects.forEntra, { people: people(5), groups });
    const read = await w.open().people?.({ match: null, groups: ["around"], also: [] }, signal);
    expect(read?.people.filter((p) => p.groups?.includes("around")).map((p) => p.login)).toEqual([
      login(1),
      login(2),
      login(3),
    ]);
  });
});

describe("configuration", () => {
  const open = (config: Partial<Config>) => () =>
    connector.open(
      { baseUrl: "http://127.0.0.1:1/scim", ...config },
      { connection: "crm-eu", clock: systemClock, log: () => undefined },
    );
  it.each([
    [{}, "token is missing", "SEATWISE_CRM_EU_TOKEN"],
    [{ username: "u" }, "password is missing", "SEATWISE_CRM_EU_PASSWORD"],
    [{ clientId: "c", tokenUrl: "http://127.0.0.1:1/t" }, "clientSecret is missing", "SEATWISE_CRM_EU_CLIENT_SECRET"],
    [{ clientId: "c", clientSecret: "secret-canary" }, "clientId needs tokenUrl", ""],
    [{ baseUrl: "ftp://x", token: "secret-canary" }, "not an http(s) URL", ""],
  ])("%j is refused and says what is missing", (config, message, hint) => {
    try {
      open(config)();
      throw new Error("nothing was refused");
    } catch (error) {
      const problem = asProblem(error);
      expect(problem.message).toContain(message);
      expect(problem.hint ?? "").toContain(hint);
      expect(`${problem.message}${problem.hint}`).not.toContain("canary");
    }
  });
  it("basic authentication works too", async () => {
    const sim = await startScimSimulator({ basic: { username: "u", password: "p-canary" } });
    running.push(sim);
    await open({ baseUrl: sim.baseUrl, username: "u", password: "p-canary" })().verify(signal);
    const refused = await open({ baseUrl: sim.baseUrl, username: "u", password: "x-canary" })()
      .verify(signal)
      .then(() => null, asProblem);
    expect(refused).toMatchObject({ code: "denied" });
    expect(`${refused?.message}${refused?.hint}`).not.toContain("canary");
  });
});
