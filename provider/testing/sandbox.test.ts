import { sandboxes } from "../connectors/sandboxes.ts";
import { inventCompany } from "./company.ts";
import { inventEnterprise } from "./enterprise.ts";
import { enterpriseOf } from "./enterprise-roster.ts";
import { parseRoster } from "./roster.ts";
import { accountBy } from "./sandbox.ts";
import { startControl } from "./sandbox-control.ts";
import { chosenSystems, portOf, type Systems, startSystems, systemNames } from "./sandbox-systems.ts";

type Body = Readonly<Record<string, unknown>>;
const company = inventEnterprise({ seed: 1, people: 120, now: Date.now() });
const somebody = company.people.find(({ status }) => status === "active")?.login ?? "";

test("the same seed is the same company, of the size that is asked for; another is another", () => {
  expect(inventCompany(3)).toEqual(inventCompany(3));
  expect(inventCompany(3)).not.toEqual(inventCompany(4));
  const small = inventCompany(5, 700);
  expect(new Set(small.people.map(({ login }) => login)).size).toBe(700);
  const known = new Set(small.groups.map(({ name }) => name));
  expect(small.people.flatMap(({ groups = [] }) => groups).filter((name) => !known.has(name))).toEqual([]);
  expect(accountBy(small)).toBe("email");
});

test("systems are chosen by name; each keeps its port whoever else is started", () => {
  expect(chosenSystems(undefined)).toEqual(systemNames);
  expect(chosenSystems("scim, keycloak,scim")).toEqual(["scim", "keycloak"]);
  expect(() => chosenSystems("scmi")).toThrow('there is no system "scmi"');
  expect(() => chosenSystems(",")).toThrow("names no system");
  expect([portOf("keycloak", 8080), portOf("scim", 8080), portOf("scim", 0)]).toEqual([8080, 8081, 0]);
  const ports = systemNames.map((name) => portOf(name, 8080));
  expect(new Set([...ports, 8082]).size).toBe(systemNames.length + 1);
});

test("each sandbox has its connector's name", async () => {
  for (const { name, load } of sandboxes) expect((await load()).name).toBe(name);
});

test("a port that is in use is one sentence, and nothing stays open", async () => {
  const first = await startSystems({ company, names: ["keycloak"], seed: 1, port: 0 });
  const port = Number(new URL(first.systems[0]?.simulator.url ?? "").port);
  const second = startSystems({ company, names: ["scim", "keycloak"], seed: 1, port });
  await expect(second).rejects.toMatchObject({ code: "conflict", message: `port ${port} for Keycloak is in use` });
  const again = await startSystems({ company, names: ["scim"], seed: 1, port });
  await Promise.all([first.stop(), again.stop()]);
});

test("a roster's people are in every system, with what it does not say made up from the login", async () => {
  const roster = parseRoster("r.csv", "login,groups,department,badge\nzoe.ray,sales;x,Sales,7\nbob,x,,\n");
  const enterprise = enterpriseOf(roster, Date.now());
  expect(enterprise.people[0]).toMatchObject({
    email: "zoe.ray@acme.test",
    firstName: "Zoe",
    lastName: "Ray",
    department: "Sales",
    groups: ["sales", "x"],
  });
  const sandbox = await startSystems({ company: enterprise, names: ["keycloak", "scim"], seed: 1, port: 0 });
  expect(sandbox.systems.map(({ shows }) => shows[0])).toEqual([
    expect.stringContaining("2 people"),
    expect.stringContaining("2 accounts"),
  ]);
  await sandbox.stop();
});

describe("a sandbox with its control endpoint", () => {
  let sandbox: Systems;
  let control: Awaited<ReturnType<typeof startControl>>;
  beforeAll(async () => {
    sandbox = await startSystems({ company, names: ["keycloak", "scim"], seed: 1, port: 0 });
    control = await startControl(sandbox, 0);
  });
  afterAll(async () => {
    expect(sandbox.systems.flatMap(({ simulator }) => simulator.bugs)).toEqual([]);
    await Promise.all([control.stop(), sandbox.stop()]);
  });
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(control.url + path, { method, ...sent });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? null : (JSON.parse(text) as Body) };
  };
  const scim = async (path: string, token = "sandbox-scim-token") => {
    const base = String(sandbox.systems.find(({ name }) => name === "scim")?.connection.baseUrl);
    const reply = await fetch(base + path, { headers: { authorization: `Bearer ${token}` } });
    return { status: reply.status, body: (await reply.json()) as Body };
  };
  const keycloak = async (path: string) => {
    const url = sandbox.systems.find(({ name }) => name === "keycloak")?.simulator.url;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "seatwise",
      client_secret: "sandbox-client-secret",
    });
    const token = await fetch(`${url}/realms/acme/protocol/openid-connect/token`, { method: "POST", body: form });
    const { access_token } = (await token.json()) as { access_token: string };
    const reply = await fetch(`${url}/admin/realms/acme${path}`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    return (await reply.json()) as Body[];
  };
  const users = () => scim("/Users?count=0");

  test("both systems have the company, and seeding is not in their log", async () => {
    expect((await ask("GET", "/")).body).toMatchObject({
      company: { people: 120 },
      systems: { keycloak: { connection: "people" }, scim: { connection: "crm", requests: { total: 0 } } },
    });
    expect((await users()).body).toMatchObject({ totalResults: 121 });
    expect((await ask("GET", "/log")).body).toMatchObject([{ system: "scim", method: "GET", status: 200 }]);
    expect((await ask("DELETE", "/log")).status).toBe(204);
    expect((await ask("GET", "/log")).body).toEqual([]);
  });

  test("faults come and go, at one system or at all", async () => {
    const planned = { system: "scim", where: { path: "/Users", times: 1 }, fault: { kind: "status", status: 503 } };
    expect((await ask("POST", "/faults", planned)).status).toBe(204);
    expect([(await users()).status, (await users()).status]).toEqual([503, 200]);
    await ask("POST", "/faults", { ...planned, system: "all", where: {} });
    await ask("DELETE", "/faults");
    expect((await users()).status).toBe(200);
  });

  test("time moves on, and somebody signs in where sign-ins are known", async () => {
    const before = sandbox.clock.now();
    await ask("POST", "/clock", { advanceSeconds: 86_400 });
    expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(86_400_000);
    const told = await ask("POST", "/sign-ins", { login: somebody });
    expect(told).toMatchObject({ status: 200, body: { done: ["keycloak"], without: ["scim"] } });
    const [last] = await keycloak("/events?type=LOGIN&max=1");
    expect(Number(last?.time)).toBeGreaterThan(before + 86_000_000);
    expect((await ask("GET", `/people?login=${somebody}`)).body).toMatchObject({
      lastSignIn: new Date(Number(last?.time)).toISOString(),
    });
  });

  test("a joiner, a mover, a suspended one and a leaver are so in every system", async () => {
    const one = { firstName: "Mary", lastName: "Shaw", groups: ["engineering"] };
    expect(await ask("POST", "/hire", one)).toMatchObject({ status: 200, body: { done: ["keycloak", "scim"] } });
    const inKeycloak = async () => (await keycloak("/users?username=mary.shaw&exact=true"))[0];
    const inScim = async () => {
      const { body } = await scim(`/Users?filter=${encodeURIComponent('userName eq "mary.shaw@acme.test"')}`);
      return (body.Resources as Body[] | undefined)?.[0];
    };
    expect(await inKeycloak()).toMatchObject({ enabled: true, attributes: { department: ["Operations"] } });
    expect(await inScim()).toMatchObject({ active: true });
    await ask("POST", "/move", { login: "mary.shaw", department: "Finance", join: ["finance"], quit: ["engineering"] });
    expect(await inKeycloak()).toMatchObject({ attributes: { department: ["Finance"] } });
    const groups = await keycloak(`/users/${(await inKeycloak())?.id}/groups`);
    expect(groups.map(({ name }) => name)).toEqual(["finance"]);
    await ask("POST", "/suspend", { login: "mary.shaw" });
    expect([(await inKeycloak())?.enabled, (await inScim())?.active]).toEqual([false, false]);
    await ask("POST", "/resume", { login: "mary.shaw" });
    expect([(await inKeycloak())?.enabled, (await inScim())?.active]).toEqual([true, true]);
    await ask("POST", "/leave", { login: "mary.shaw" });
    expect([await inKeycloak(), await inScim()]).toEqual([undefined, undefined]);
    expect((await ask("GET", "/people?login=mary.shaw")).status).toBe(404);
  });

  test("seats are given and taken by hand, at one system, by its own name or its connection's", async () => {
    const members = async () => {
      const { body } = await scim(`/Groups?filter=${encodeURIComponent('displayName eq "crm-users"')}`);
      const [group] = body.Resources as { members: Body[] }[]; // a list response
      return group?.members.length;
    };
    const seat = { sku: "group:crm-users", login: somebody };
    expect(await members()).toBe(1);
    expect((await ask("POST", "/give", { system: "scim", ...seat })).status).toBe(200);
    expect(await members()).toBe(2);
    expect((await ask("POST", "/take", { system: "crm", ...seat })).status).toBe(200);
    expect(await members()).toBe(1);
    expect(await ask("POST", "/take", { system: "crm", ...seat })).toMatchObject({
      status: 409,
      body: { error: `scim: ${somebody} holds no seat of group:crm-users at the CRM` },
    });
  });

  test.each<[what: string, path: string, body: unknown, status: number, words: string]>([
    ["time does not go back", "/clock", { advanceSeconds: -1 }, 400, "advanceSeconds"],
    ["an unknown fault", "/faults", { system: "scim", fault: { kind: "no" } }, 400, "kind"],
    [
      "a pattern that is none",
      "/faults",
      { system: "scim", where: { path: "(" }, fault: { kind: "expire" } },
      400,
      "is no regular expression",
    ],
    ["an unknown system", "/faults", { system: "scmi", fault: { kind: "expire" } }, 404, "did you mean scim"],
    ["an unknown person", "/sign-ins", { login: "grace.hoper" }, 404, "did you mean grace.hopper"],
    ["an unknown group", "/move", { login: somebody, join: ["engineerin"] }, 404, "did you mean engineering"],
    ["somebody who is there", "/hire", { login: somebody, firstName: "A", lastName: "B" }, 409, "give another login"],
    [
      "an address that is taken",
      "/hire",
      { login: "new.one", email: "grace.hopper@acme.test", firstName: "A", lastName: "B" },
      409,
      "already",
    ],
    ["a country in words", "/move", { login: somebody, country: "Germany" }, 400, "two capital letters"],
    ["a field that nobody has", "/move", { login: somebody, shoeSize: 44 }, 400, "shoeSize"],
    [
      "seats that it does not have",
      "/give",
      { system: "keycloak", sku: "app:Zoom", login: somebody },
      409,
      "group:NAME",
    ],
    ["a path that is none", "/nothing", {}, 404, "there is no POST /nothing"],
  ])("refused in words: %s", async (_what, path, body, status, words) => {
    expect(await ask("POST", path, body)).toMatchObject({ status, body: { error: expect.stringContaining(words) } });
  });

  test("how to connect is told for programs, too", async () => {
    expect((await ask("GET", "/connections")).body).toMatchObject({
      directory: "people",
      connections: { people: { keycloak: { realm: "acme" } }, crm: { scim: {} } },
    });
    const env = await (await fetch(`${control.url}/env`)).text();
    expect(env.split("\n")).toEqual([
      "export SEATWISE_PEOPLE_CLIENT_SECRET=sandbox-client-secret",
      "export SEATWISE_CRM_TOKEN=sandbox-scim-token",
      "",
    ]);
  });

  test("a browser gets a page: every system, how to connect, the last requests; nothing runs and nothing is fetched", async () => {
    await scim("/Users?filter=%3Cscript%3E");
    const reply = await fetch(control.url, { headers: { accept: "text/html,*/*" } });
    const page = await reply.text();
    expect(reply.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const words of [
      "Keycloak",
      "a CRM with SCIM",
      "pulumi config set",
      "provider &quot;seatwise&quot;",
      "/hire -d",
    ])
      expect(page).toContain(words);
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
    expect(page.match(/<th /g)?.length).toBe(page.match(/<th scope="(col|row)"/g)?.length);
    expect(page.match(/<h1/g)).toHaveLength(1);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(3);
    expect(targets.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });
});
