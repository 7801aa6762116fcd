import type { Cache } from "../../core/connector.ts";
import {
  and,
  apply,
  ask,
  attribute,
  equal,
  inGroup,
  isIn,
  list,
  logins,
  need,
  of,
  or,
  signal,
  sku,
  start,
  stopAll,
  text,
} from "./world.fixture.ts";

afterAll(stopAll);

const departments = ["Research", "Sales", "Legal"];
const world = (more: object = {}) =>
  start({
    skus: [{ sku: "SPE_E3", enabled: 10 }],
    groups: [{ name: "eng" }, { name: "platform", parent: "eng" }, { name: "twin" }, { name: "twin" }],
    people: Array.from({ length: 60 }, (_x, i) => ({
      login: `p${String(i).padStart(2, "0")}`,
      groups: i < 2 ? ["platform"] : [],
      manager: i === 0 ? null : "p00",
      properties: {
        department: departments[i % 3],
        companyName: i % 2 === 0 ? "Acme" : "O'Hara",
        employeeType: i < 5 ? "contractor" : "employee",
        accountEnabled: i !== 7,
        onPremisesExtensionAttributes: { extensionAttribute7: i === 9 ? "gold" : null },
      },
    })),
    ...more,
  });
const small = { pageSize: 5 };

describe("push-down", () => {
  const rows = [
    { name: "equality", rule: equal(of("department"), text("Legal")), who: 20 },
    {
      name: "of an attribute that needs the other index",
      rule: equal(attribute("companyName"), text("O'Hara")),
      who: 30,
    },
    { name: "of an extension attribute", rule: equal(attribute("extensionAttribute7"), text("gold")), who: 1 },
    { name: "of the status", rule: equal(of("status"), text("suspended")), who: 1 },
    { name: "a list", rule: isIn(of("department"), list("Legal", "Sales")), who: 40 },
    { name: "and", rule: and(equal(of("department"), text("Legal")), equal(of("type"), text("contractor"))), who: 1 },
    {
      name: "or",
      rule: or(equal(of("department"), text("Legal")), equal(attribute("extensionAttribute7"), text("gold"))),
      who: 21,
    },
    { name: "a group", rule: inGroup("eng"), who: 2 },
  ];
  it.each(rows)("$name: $who people are asked for, not 60", async ({ rule, who }) => {
    const { open } = await world();
    const c = open(small);
    const { people, everybody, total } = await ask(c, [rule], ["eng"]);
    expect([people.length, everybody, total]).toEqual([who, false, 60]);
  });
  it("what cannot be asked for reads everybody", async () => {
    const { open } = await world();
    const { people, everybody } = await ask(open(small), [equal(of("manager"), text("p00"))]);
    expect([people.length, everybody]).toEqual([60, true]);
  });
  it("more than fifteen comparisons, which Graph refuses, read everybody", async () => {
    const { open, paths } = await world();
    const many = Array.from({ length: 16 }, (_x, i) => equal(of("department"), text(`d${i}`)));
    expect((await ask(open(small), many)).everybody).toBe(true);
    expect(paths().some((p) => p.includes("filter=department"))).toBe(false);
  });
  it("is not worth a request where everybody is one page", async () => {
    const { open } = await world();
    expect((await ask(open(), [equal(of("department"), text("Legal"))])).everybody).toBe(true);
  });
});

describe("groups", () => {
  it("cost requests only where rules read them, and count those below", async () => {
    const { open, paths } = await world();
    const { people } = await ask(open(), null, ["eng"]);
    expect(people.filter((p) => p.groups?.includes("eng")).map((p) => p.login)).toEqual([
      "p00@acme.test",
      "p01@acme.test",
    ]);
    expect(paths().filter((p) => p.includes("/groups"))).toHaveLength(2);
  });
  it("a name that two groups have says neither; the path says which", async () => {
    const { open, logs, hands, simulator } = await world();
    const [one] = [...simulator.tenant().groups.values()].filter((g) => g.displayName === "twin");
    hands.join(one?.id ?? "", "p03");
    const path = `/twin/${one?.id}`;
    const { people } = await ask(open(), null, ["twin", path]);
    expect(people.find((p) => p.login === "p03@acme.test")?.groups).toEqual([path]);
    expect(logs.join()).toContain('2 groups are named "twin"');
    expect((await need(open().person)(people[3]?.id ?? "", signal))?.groups).toEqual([path]);
  });
  it.each(["empty", "truncated"] as const)(
    "a page of groups that is %s is an error: their people would lose their claims",
    async (page) => {
      const { open, simulator } = await world();
      simulator.faults.on({ path: /\/groups\?/ }, { kind: "page", page });
      await expect(ask(open(), null, ["platform", "twin"])).rejects.toThrow(/groups by name/);
    },
  );
  it("a group that is not there is said, by name or id", async () => {
    const { open, logs } = await world();
    await ask(open(), null, ["platfrom", "0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3d1"]);
    expect(logs.join()).toContain('no group is named "platfrom"');
    expect(logs.join()).toContain("no group has the id 0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3d1");
  });
});

describe("people", () => {
  it("managers are read where asked for, and the count is checked all the same", async () => {
    const { open } = await world();
    const { people } = await ask(open({ managers: true, pageSize: 7 }));
    expect(people.map((p) => p.manager).slice(0, 2)).toEqual([null, "p00@acme.test"]);
    expect(people).toHaveLength(60);
  });
  it("somebody in the bin is deleted; somebody gone from there too is nobody", async () => {
    const { open, hands, id } = await world();
    const [binned, gone] = [id("p01"), id("p02")];
    hands.remove("p01");
    hands.remove("p02", true);
    expect(await need(open().person)(binned, signal)).toMatchObject({ login: "p01@acme.test", status: "deleted" });
    expect(await need(open().person)(gone, signal)).toBeNull();
  });
  it("a 404 of something else on the way proves nothing", async () => {
    const { open, simulator, id } = await world();
    simulator.faults.on(
      { path: /deletedItems|\/users\// },
      { kind: "status", status: 404, body: { error: "no route" } },
    );
    await expect(need(open().person)(id("p01"), signal)).rejects.toThrow("does not know");
  });
  it("a rename changes no id: neither leaver nor joiner", async () => {
    const { open, hands, id } = await world();
    const before = id("p03");
    await apply(open(), [{ act: "assign", sku: sku.e3, holder: before, account: "p03" }]);
    hands.change("p03", { userPrincipalName: "new@acme.test", mail: "new@acme.test" });
    expect((await ask(open())).people.find((p) => p.login === "new@acme.test")?.id).toBe(before);
  });
});

const memory = () => {
  const kept = new Map<string, unknown>();
  const cache: Cache = {
    get: async (name) => structuredClone(kept.get(name) ?? null),
    set: async (name, value) => void kept.set(name, structuredClone(value)),
  };
  return { cache, kept };
};
describe("deltas", () => {
  const pages = (paths: readonly string[]) => paths.filter((p) => /\/users\?/.test(p)).length;
  it("the second run asks for what changed: two requests instead of twelve pages", async () => {
    const { open, hands, simulator, paths } = await world();
    const { cache } = memory();
    await ask(open(small, { cache }));
    hands.change("p05", { department: "Moved", jobTitle: null });
    hands.remove("p06");
    hands.hire({ login: "newcomer" });
    simulator.resetLog();
    const { people, total, everybody } = await ask(open(small, { cache }));
    expect([people.length, total, everybody]).toEqual([60, 60, true]);
    expect(people.find((p) => p.login === "p05@acme.test")).toMatchObject({
      department: "Moved",
      attributes: { companyName: "O'Hara" },
    });
    expect(logins(people)).toEqual(expect.arrayContaining(["newcomer"]));
    expect(logins(people)).not.toContain("p06");
    expect(paths().map((p) => p.split("?")[0])).toEqual(["GET /v1.0/users/delta", "GET /v1.0/users/$count"]);
  });
  it.each([
    ["a token that Graph no longer knows", (w: Awaited<ReturnType<typeof world>>) => w.simulator.expireDeltas(), null],
    ["somebody missing from what was kept", null, (kept: { people: unknown[] }) => kept.people.pop()],
    ["a damaged token", null, (kept: { token: string }) => Object.assign(kept, { token: "?" })],
    ["another version of what was kept", null, (kept: object) => Object.assign(kept, { version: 0 })],
    ["another choice of attributes", null, (kept: object) => Object.assign(kept, { select: "id" })],
  ] as const)("%s: everybody is read again", async (_name, expire, damage) => {
    const w = await world();
    const { cache, kept } = memory();
    await ask(w.open(small, { cache }));
    expire?.(w);
    damage?.(kept.get("people") as never);
    w.simulator.resetLog();
    expect((await ask(w.open(small, { cache }))).people).toHaveLength(60);
    expect(pages(w.paths())).toBe(12);
    w.simulator.resetLog();
    await ask(w.open(small, { cache }));
    expect(pages(w.paths())).toBe(0);
  });
  it("a cache that fails costs requests, never an answer", async () => {
    const w = await world();
    const fails = async (): Promise<never> => Promise.reject(new Error("disk full"));
    expect((await ask(w.open(small, { cache: { get: fails, set: fails } }))).people).toHaveLength(60);
    expect(w.logs.join()).toContain("could not be kept: disk full");
  });
  it("what is kept holds no secret", async () => {
    const w = await world();
    const { cache, kept } = memory();
    await ask(w.open(small, { cache }));
    expect(JSON.stringify([...kept])).not.toContain(w.simulator.clientSecret);
  });
});

describe("usage", () => {
  const at = Date.UTC(2026, 9, 3);
  it("a successful sign-in is evidence; an attempt is none", async () => {
    const { open, hands } = await world();
    hands.signIn("p01", at);
    hands.signIn("p02", at, false);
    const { people } = await ask(open());
    const report = await need(open().usage)(people.slice(0, 4), signal);
    expect(report.usage.map((u) => u.at)).toEqual([null, new Date(at).toISOString(), null, null]);
    expect(report.coverageFrom).toBe("2023-12-01T00:00:00Z");
  });
  it("without Entra ID P1 everybody is unknown, and that is said", async () => {
    const { open, simulator, logs } = await world();
    simulator.setPremium(false);
    const { people } = await ask(open());
    expect((await need(open().usage)(people, signal)).usage.every((u) => u.at === null)).toBe(true);
    expect(logs.join()).toContain("only with Entra ID P1");
  });
  it("many people are pages of 500, few are questions for fifteen", async () => {
    const { open, simulator, paths } = await world();
    const { people } = await ask(open());
    simulator.resetLog();
    await need(open().usage)(people, signal);
    expect(paths().filter((p) => p.includes("signInActivity"))).toHaveLength(4);
  });
});
