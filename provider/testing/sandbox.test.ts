import { openAdmin } from "../connectors/keycloak/simulator.ts";
import { inventCompany } from "./company.ts";
import { accountBy, type Sandbox, startSandbox } from "./sandbox.ts";
import { startControl } from "./sandbox-control.ts";

test("the same seed is the same company, of the size that is asked for; another is another", () => {
  expect(inventCompany(3)).toEqual(inventCompany(3));
  expect(inventCompany(3)).not.toEqual(inventCompany(4));
  const company = inventCompany(5, 700);
  expect(new Set(company.people.map(({ login }) => login)).size).toBe(700);
  const known = new Set(company.groups.map(({ name }) => name));
  expect(company.people.flatMap(({ groups = [] }) => groups).filter((name) => !known.has(name))).toEqual([]);
  expect(accountBy(company)).toBe("email");
});

describe("a sandbox with its control endpoint", () => {
  let sandbox: Sandbox;
  let control: Awaited<ReturnType<typeof startControl>>;
  beforeAll(async () => {
    const vendor = { people: [{ login: "svc" }], groups: [{ name: "crm-users", members: ["svc"] }] };
    sandbox = await startSandbox({ company: inventCompany(1, 20), clientSecret: "c", token: "t", vendor, seed: 1 });
    control = await startControl(sandbox, 0);
  });
  afterAll(async () => {
    expect([...sandbox.keycloak.bugs, ...sandbox.scim.bugs]).toEqual([]);
    await Promise.all([control.stop(), sandbox.stop()]);
  });
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(control.url + path, { method, ...sent });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
  };
  const users = () => fetch(`${sandbox.scim.baseUrl}/Users?count=0`, { headers: { authorization: "Bearer t" } });

  test("both systems have the company, and seeding is not in their log", async () => {
    expect((await ask("GET", "/")).body).toMatchObject({ realm: "acme", scim: { requests: { total: 0 } } });
    expect(await (await users()).json()).toMatchObject({ totalResults: 21 });
    expect((await ask("GET", "/log")).body).toMatchObject([{ system: "scim", method: "GET", status: 200 }]);
    expect((await ask("DELETE", "/log")).status).toBe(204);
    expect((await ask("GET", "/log")).body).toEqual([]);
  });

  test("faults come and go", async () => {
    const planned = { system: "scim", where: { path: "/Users", times: 1 }, fault: { kind: "status", status: 503 } };
    expect((await ask("POST", "/faults", planned)).status).toBe(204);
    expect([(await users()).status, (await users()).status]).toEqual([503, 200]);
    await ask("POST", "/faults", { ...planned, where: {} });
    await ask("DELETE", "/faults");
    expect((await users()).status).toBe(200);
  });

  test("time moves on, and somebody signs in", async () => {
    const before = sandbox.clock.now();
    await ask("POST", "/clock", { advanceSeconds: 86_400 });
    expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(86_400_000);
    const login = inventCompany(1, 20).people[0]?.login;
    expect((await ask("POST", "/sign-ins", { login })).status).toBe(204);
    const admin = openAdmin(sandbox.keycloak.url, { ...sandbox.keycloak, realm: "acme" });
    expect((await admin.ask("GET", "/events?type=LOGIN")).body).toMatchObject([{ type: "LOGIN" }]);
  });

  test("what it cannot do is said", async () => {
    expect(await ask("POST", "/clock", { advanceSeconds: -1 })).toMatchObject({ status: 400 });
    expect(await ask("POST", "/faults", { system: "crm", fault: { kind: "no" } })).toMatchObject({ status: 400 });
    expect(await ask("POST", "/sign-ins", { login: "nobody" })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("no user nobody") },
    });
    expect(await ask("GET", "/nothing")).toMatchObject({ status: 404 });
  });
});
