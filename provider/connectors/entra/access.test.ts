import { selfSigned } from "../http/certificate.fixture.ts";
import { scopes } from "./rights.ts";
import { everyRole } from "./simulator.ts";
import { apply, need, problemOf, seatsOf, signal, sku, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const people = [{ login: "ada", licenses: ["SPE_E5"] }, { login: "bob" }];
const skus = [{ sku: "SPE_E5", enabled: 10 }];
const clientId = "7f5c1a52-2b1e-4f53-9a52-0f6f7a1f3b11";
const apps = (more: object) => [{ clientId, roles: everyRole, ...more }];

describe("credentials", () => {
  it("a certificate signs for the app; the key leaves in no message", async () => {
    const { cert, key } = selfSigned("rsa");
    const { open, simulator } = await start({ people, skus, apps: apps({ certificate: cert }) });
    const c = open({ clientSecret: undefined, certificate: cert, privateKey: key });
    await c.verify(signal);
    expect(simulator.log.map((l) => l.status)).toEqual([200, 200]);
    expect(JSON.stringify(simulator.log)).not.toContain(key.slice(60, 120));
  });
  const wrong = selfSigned("rsa");
  it.each([
    ["another key", { privateKey: wrong.key }, "AADSTS700027"],
    ["another certificate", { certificate: wrong.cert, privateKey: wrong.key }, "AADSTS700027"],
    ["another app", { clientId: "00000000-0000-4000-8000-000000000000" }, "AADSTS700016"],
    ["another tenant", { tenantId: "elsewhere.test" }, "AADSTS90002"],
  ])("%s is refused, and what to check is said", async (_name, given, says) => {
    const { cert, key } = selfSigned("rsa");
    const { open } = await start({ people, skus, apps: apps({ certificate: cert }) });
    const c = open({ clientSecret: undefined, certificate: cert, privateKey: key, ...given });
    const problem = await problemOf(c.verify(signal));
    expect(problem).toMatchObject({ code: "denied", message: expect.stringContaining(says) });
    expect(problem.hint).toContain("certificate");
    expect(problem.message + problem.hint).not.toContain("PRIVATE KEY");
  });
  it("a key with elliptic curves is told before it is sent: Entra takes none", async () => {
    const { cert, key } = selfSigned("ec");
    const { open } = await start({ people });
    expect(() => open({ clientSecret: undefined, certificate: cert, privateKey: key })).toThrow(
      "privateKey is no RSA key",
    );
  });
  it.each([
    ["nothing", { clientSecret: undefined }, "clientSecret"],
    ["a certificate without its key", { certificate: "x" }, "privateKey"],
    ["a key without its certificate", { privateKey: "x" }, "certificate"],
  ])("%s is an error that names the missing field", async (_name, given, field) => {
    const { open } = await start({ people });
    expect(() => open(given)).toThrow(expect.objectContaining({ code: "denied", path: [field] }));
  });
});

type Opened = ReturnType<Awaited<ReturnType<typeof start>>["open"]>;
it.each(["", "/", "/v1.0", "/v1.0/"])("a cloud's address may end in %j: v1.0 is meant", async (end) => {
  const { open, paths } = await start({ people });
  await open({ baseUrl: `https://graph.microsoft.us${end}` }).verify(signal);
  expect(paths().at(-1)).toBe("GET /v1.0/users?$select=id&$top=1");
});

describe("rights", () => {
  it("granted tells the app's own, from its token", async () => {
    const { open } = await start({
      people,
      skus,
      apps: apps({ secret: "s", roles: ["User.Read.All", "Directory.Read.All"] }),
    });
    expect(await need(open().granted)(signal)).toEqual(["Directory.Read.All", "User.Read.All"]);
  });
  it("an app without any role is told so", async () => {
    const { open } = await start({ people, apps: apps({ secret: "s", roles: [] }) });
    expect(await need(open().granted)(signal)).toEqual([]);
  });
  it("the simulator asks for exactly what the connector declares: the declared rights are enough", async () => {
    const roles = scopes.map(({ scope }) => scope);
    const { open, id } = await start({ people, skus, apps: apps({ secret: "s", roles }) });
    expect(await apply(open(), [{ act: "assign", sku: sku.e5, holder: id("bob"), account: "bob" }])).toEqual([
      "bob done",
    ]);
    expect(await seatsOf(open(), sku.e5)).toHaveLength(2);
  });
  const without = (scope: string) =>
    apps({ secret: "s", roles: everyRole.filter((role) => role !== scope && !role.startsWith("User.ReadWrite")) });
  it.each([
    ["User.Read.All", (c: Opened) => need(c.people)({ match: null, groups: [], also: [] }, signal)],
    [
      "AuditLog.Read.All",
      async (c: Opened) =>
        need(c.usage)((await need(c.people)({ match: null, groups: [], also: [] }, signal)).people, signal),
    ],
  ] as const)("without %s the error names it", async (scope, act) => {
    const { open } = await start({ people, skus, apps: without(scope) });
    expect(await problemOf(act(open()) as Promise<unknown>)).toMatchObject({
      code: "denied",
      message: expect.stringContaining(scope),
    });
  });
  it("members without User.Read.All are no seats and no empty list: Graph shows their ids alone", async () => {
    const groups = [{ name: "lic", licenses: ["SPE_E5"] }];
    const inside = [{ login: "ada", groups: ["lic"] }];
    const { open } = await start({ people: inside, groups, skus, apps: without("User.Read.All") });
    const problem = await problemOf(seatsOf(open(), "group:lic"));
    expect(problem).toMatchObject({ code: "denied", message: expect.stringContaining("needs User.Read.All") });
  });
  it("wider rights do too: each `within` is enough for its own", async () => {
    const { open } = await start({ people, skus, apps: apps({ secret: "s", roles: ["Directory.Read.All"] }) });
    expect(await seatsOf(open(), sku.e5)).toHaveLength(1);
    await need(open().groups)(signal);
  });
});

describe("limits", () => {
  const many = Array.from({ length: 1200 }, (_x, i) => ({ login: `p${i}` }));
  it("1,200 people are assigned within the vendor's exact limits: not one refusal, 60 requests", async () => {
    const { open, simulator, clock } = await start({ people: many, skus: [{ sku: "SPE_E5", enabled: 2000 }] });
    const steps = [...simulator.tenant().users.keys()].map((holder) => ({
      act: "assign" as const,
      sku: sku.e5,
      holder,
      account: holder,
    }));
    const c = open();
    const began = clock.now();
    const told = await apply(c, steps);
    expect(told.filter((one) => !one.endsWith("done"))).toEqual([]);
    expect(simulator.log.filter(({ status }) => status === 429)).toEqual([]);
    expect(simulator.log.filter(({ path }) => path.endsWith("$batch"))).toHaveLength(60);
    // 600 at once, the rest at our share of 20 a second.
    expect(clock.now() - began).toBeGreaterThan(30_000);
    expect(need(c.takesMs)(steps)).toBe(37_500);
  });
  it("the simulator counts each request of a batch: the 3,001st write in 150 s is refused alone", async () => {
    const { simulator, clock } = await start({ people, skus });
    const login = await simulator.transport({
      method: "POST",
      url: `http://x/${simulator.tenantId}/oauth2/v2.0/token`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: simulator.clientId,
        client_secret: simulator.clientSecret,
        scope: "https://graph.microsoft.com/.default",
      }).toString(),
      signal,
      timeoutMs: 1000,
    });
    const { access_token: token } = JSON.parse(login.body) as { access_token: string };
    const batch = async (n: number): Promise<number[]> => {
      const requests = Array.from({ length: n }, (_x, i) => ({
        id: String(i),
        method: "POST",
        url: "/users/nobody/reprocessLicenseAssignment",
      }));
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const raw = await simulator.transport({
        method: "POST",
        url: "http://x/v1.0/$batch",
        headers,
        body: JSON.stringify({ requests }),
        signal,
        timeoutMs: 1000,
      });
      const { responses } = JSON.parse(raw.body) as { responses: { status: number }[] };
      return responses.map(({ status }) => status).sort();
    };
    for (let i = 0; i < 149; i += 1) await batch(20);
    expect(await batch(19)).toEqual(Array(19).fill(404));
    expect(await batch(2)).toEqual([404, 429]);
    clock.advance(150_000);
    expect(await batch(1)).toEqual([404]);
  });
});
