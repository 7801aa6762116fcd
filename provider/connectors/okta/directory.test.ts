import fc from "fast-check";
import type { Ast } from "../../core/ast.ts";
import type { Connector, PeopleQuery } from "../../core/connector.ts";
import { among, and, attribute, called, equal, has, inGroup, matches, not, of, or, text } from "./rules.fixture.ts";
import { statuses } from "./server/state.ts";
import { loginOf, seeded, type World } from "./world.fixture.ts";

const signal = new AbortController().signal;
const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
const ask = (c: Connector, query: Partial<PeopleQuery> = {}) =>
  need(c.people)({ match: null, groups: [], also: [], ...query }, signal);
let world: World;
beforeEach(async () => {
  world = await seeded();
});
afterEach(async () => {
  expect(world.simulator.bugs).toEqual([]);
  await world.simulator.stop();
});
const asked = (): string[] => world.simulator.log.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

it("tells Okta's eight statuses as four; whoever is deactivated is left out of lists and told singly as deleted", async () => {
  const { hands } = world.simulator;
  const ids = statuses.map((status) => [status, hands.addUser({ login: `${status}@acme.test`, status })] as const);
  const { people, total } = await ask(world.open());
  const status = new Map(people.map((person) => [person.id, person.status]));
  expect(ids.map(([name, id]) => [name, status.get(id)])).toEqual([
    ["ACTIVE", "active"],
    ["DEPROVISIONED", undefined],
    ["LOCKED_OUT", "active"],
    ["PASSWORD_EXPIRED", "active"],
    ["PROVISIONED", "staged"],
    ["RECOVERY", "active"],
    ["STAGED", "staged"],
    ["SUSPENDED", "suspended"],
  ]);
  expect(total).toBeNull();
  const gone = hands.userId("DEPROVISIONED@acme.test");
  expect((await need(world.open().person)(gone, signal))?.status).toBe("deleted");
  // Search finds the deactivated too: nobody asked for them.
  const found = await ask(world.open(), { match: [called("startsWith", of("login"), "DEPROV")] });
  expect([found.everybody, found.people]).toEqual([false, []]);
  const also = await ask(world.open(), { also: [gone] });
  expect(also.people.find(({ id }) => id === gone)?.status).toBe("deleted");
});

it("only Okta's own word proves that somebody is gone", async () => {
  const { hands, faults } = world.simulator;
  const id = world.ids[1] ?? "";
  hands.deleteUser(id);
  expect(await need(world.open().person)(id, signal)).toBeNull();
  faults.on({ path: /\/users\/00u/ }, { kind: "status", status: 404, body: "<html>not found</html>" });
  await expect(need(world.open().person)(world.ids[2] ?? "", signal)).rejects.toMatchObject({ code: "not-found" });
  faults.clear();
  expect((await need(world.open().person)(world.ids[2] ?? "", signal))?.login).toBe(loginOf(2));
});

it("asks for people in one search where the rules allow it, and for everybody where Okta knows no such attribute", async () => {
  const match = [
    and(equal(of("department"), text("Research")), equal(of("status"), text("active"))),
    inGroup("sig-release"),
  ];
  const some = await ask(world.open(), { match, groups: ["sig-release"] });
  expect([some.everybody, some.people.map(({ login }) => login).sort()]).toEqual([
    false,
    [0, 3, 5, 10, 15, 20, 25].map(loginOf).sort(),
  ]);
  expect(asked().filter((path) => path === "GET /api/v1/users")).toHaveLength(1);
  const unknown = await ask(world.open(), { match: [equal(attribute("badge"), text("x"))] });
  expect([unknown.everybody, unknown.people.length]).toEqual([true, 26]);
});

it("a search trails behind a change; the list of everybody and a single person do not", async () => {
  const { hands, setLag, clock } = world.simulator;
  setLag(60_000);
  hands.changeUser(loginOf(1), { profile: { department: "Research" } });
  const match = [equal(of("department"), text("Research"))];
  const found = async () => (await ask(world.open(), { match })).people.some(({ login }) => login === loginOf(1));
  expect(await found()).toBe(false);
  expect((await need(world.open().person)(world.ids[1] ?? "", signal))?.department).toBe("Research");
  expect((await ask(world.open())).people.find(({ login }) => login === loginOf(1))?.department).toBe("Research");
  clock.advance(60_000);
  expect(await found()).toBe(true);
});

const leaf = fc.oneof(
  fc.constantFrom("Research", "Sales", 'quo"te\\', "5").map((value) => equal(of("department"), text(value))),
  fc.constantFrom("active", "suspended", "staged").map((value) => equal(text(value), of("status"))),
  fc.constantFrom("go", "sql", "c").map((value) => has(value, "skills")),
  fc.constantFrom("sig-release", "figma-editors", "zoom-licensed").map(inGroup),
  fc.constantFrom("Engineer", "Lead").map((value) => among(of("title"), value, "Nurse")),
  fc.constantFrom("person0", "person1", "x").map((value) => called("startsWith", of("login"), value)),
  fc.constantFrom("ily1", "ily", "Å").map((value) => called("contains", of("lastName"), value)),
  fc.constantFrom("@acme.test", "x").map((value) => called("endsWith", of("email"), value)),
  fc.constantFrom("7", "true").map((value) => equal(attribute("level"), text(value))),
);
const rule: fc.Arbitrary<Ast> = fc.letrec<{ any: Ast }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => and(a, b)),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => or(a, b)),
    tie("any").map(not),
  ),
})).any;

it("whoever a rule could match is in the answer, whatever the rule", async () => {
  const { hands } = world.simulator;
  hands.changeUser(loginOf(6), { profile: { level: 7, department: 'quo"te\\' } });
  hands.changeUser(loginOf(7), { profile: { level: true, title: "Nurse" } });
  const groups = ["sig-release", "figma-editors", "zoom-licensed"];
  const { people } = await ask(world.open(), { groups });
  const seen = { narrowed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 3 }), async (rules) => {
      world.clock.advance(60_000);
      const answer = await ask(world.open(), { match: rules, groups });
      if (!answer.everybody) seen.narrowed += 1;
      const given = new Map(answer.people.map((person) => [person.id, person]));
      for (const person of people)
        if (rules.some((one) => matches(one, person))) expect(given.get(person.id)).toEqual(person);
    }),
    { numRuns: 150 },
  );
  expect(seen.narrowed).toBeGreaterThan(15);
});

it("groups that share a name go by their paths", async () => {
  const { hands } = world.simulator;
  const app = hands.addApp("Active Directory");
  hands.addGroup("sig-release", { type: "APP_GROUP", source: app });
  hands.join(hands.groupId("figma-editors"), loginOf(20));
  const c = world.open();
  expect((await need(c.groups)(signal)).map(({ path }) => path)).toContain(`/${app}/sig-release`);
  await expect(ask(c, { groups: ["sig-release"] })).rejects.toMatchObject({
    code: "conflict",
    hint: `Say which by its path: /sig-release, /${app}/sig-release.`,
  });
  const { people } = await ask(world.open(), { groups: ["/sig-release", "figma-editor"] });
  expect(people.filter((person) => person.groups?.length).map((person) => [person.login, person.groups])).toEqual([
    [loginOf(3), ["/sig-release"]],
  ]);
  expect(world.logs).toEqual([
    'warning people: no group is named "figma-editor"; nobody is in it. Did you mean "figma-editors"?',
  ]);
});

it("fills fields from the attributes that the configuration names", async () => {
  world.simulator.hands.changeUser(loginOf(8), {
    profile: {
      hireDate: "2026-12-01",
      userType: "contractor",
      manager: "Grace Hopper",
      level: 3,
      remote: true,
      tags: [1, "a"],
    },
  });
  const { people } = await ask(world.open({ fields: { startsOn: "hireDate" } }));
  const one = people.find(({ login }) => login === loginOf(8));
  expect([one?.startsOn, one?.type, one?.manager]).toEqual(["2026-12-01T00:00:00.000Z", "contractor", "Grace Hopper"]);
  expect(one?.attributes).toMatchObject({ level: "3", remote: "true", tags: ["1", "a"] });
  expect(() =>
    world.open({ fields: { salary: "pay" } }).people?.({ match: null, groups: [], also: [] }, signal),
  ).toThrow(/no field "salary"/);
});

it("a name that only begins like a login, an address of two people and somebody who left are nobody's", async () => {
  const { hands } = world.simulator;
  hands.addUser({ login: "one@acme.test", profile: { email: "shared@acme.test" } });
  hands.addUser({ login: "two@acme.test", profile: { email: "shared@acme.test" } });
  const alone = hands.addUser({ login: "three@acme.test", profile: { email: "alias@acme.test" } });
  const names = ["person03", "shared@acme.test", "alias@acme.test", "..", "nobody@acme.test"];
  const found = await need(world.open().accounts)(names, signal);
  expect([...found]).toEqual([["alias@acme.test", { id: alone, name: "three@acme.test", active: true }]]);
  const many = await need(world.open().accounts)([...names, ...world.ids], signal);
  expect([many.size, many.get("alias@acme.test")?.id, many.get(world.ids[4] ?? "")?.active]).toEqual([
    27,
    alone,
    false,
  ]);
  expect(world.logs.filter((line) => line.includes("it names none of them"))).toHaveLength(2);
});
