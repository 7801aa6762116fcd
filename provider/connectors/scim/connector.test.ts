import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ast } from "../../core/ast.ts";
import { type Subject, testConnector } from "../../testing/conformance.ts";
import { freePorts, startServer } from "../../testing/real/server-process.ts";
import { toolPath } from "../../testing/real/tool-path.ts";
import { connector } from "./connector.ts";
import { enterpriseUrn, type ScimAt, type ScimPerson, seedScim } from "./hands.ts";
import { type Dialect, dialects, startScimSimulator } from "./simulator.ts";

const page = 20;
const at = { line: 1, column: 1 };
const department: Ast = {
  at,
  kind: "==",
  left: { at, kind: "field", of: { at, kind: "name", name: "user" }, name: "department" },
  right: { at, kind: "literal", value: "Sales" },
};
const holders = Array.from({ length: 45 }, (_v, i) => `holder-${i}`);
const free = Array.from({ length: 12 }, (_v, i) => `free-${i}`);
const person = (login: string): ScimPerson => ({ login, email: `${login}@acme.test`, firstName: "F", lastName: login });
const known: ScimPerson = {
  login: "zoë.müller",
  email: "zoe@acme.test",
  firstName: "Zoë",
  lastName: "Müller",
  attributes: {
    title: "Head of 木",
    userType: "Employee",
    nickName: "Zo",
    roles: [{ type: "crm", value: "admin" }, { value: "approver" }],
    [enterpriseUrn]: { department: "Sales", manager: { value: "m-1" } },
  },
};
const people: readonly ScimPerson[] = [
  ...holders.map(person),
  ...free.map(person),
  known,
  { ...person("gone"), active: false },
  { ...person("seller"), attributes: { [enterpriseUrn]: { department: "sales" } } },
];
const groups = [
  { name: "CRM Seats", members: holders },
  { name: "Nobody", members: [] },
  { name: "Team", members: [known.login, "seller"] },
  { name: "Division", members: ["Team"] },
];

const secret = "client-secret-canary";
interface Served {
  readonly origin: string;
  /** Where SCIM and where the tokens are, seen through this origin. */
  readonly urls: (origin: string) => { readonly baseUrl: string; readonly tokenUrl: string };
  readonly at: ScimAt;
  readonly stop: () => Promise<void>;
}

const subject = async (served: Served): Promise<Subject> => {
  const seeded = await seedScim(served.at, { people, groups });
  const id = (login: string): string => seeded.people.get(login) ?? "";
  return {
    origin: served.origin,
    open: ({ origin, secret: which, using }) =>
      connector.open(
        { ...served.urls(origin), clientId: "seatwise", clientSecret: which === "right" ? secret : "wrong-canary" },
        using,
      ),
    directory: {
      everyone: [...seeded.people.values()],
      known: {
        id: id(known.login),
        login: known.login,
        email: "zoe@acme.test",
        firstName: "Zoë",
        lastName: "Müller",
        department: "Sales",
        title: "Head of 木",
        type: "Employee",
        manager: "m-1",
        groups: ["Division", "Team"],
        attributes: {
          userName: known.login,
          emails: "zoe@acme.test",
          nickName: "Zo",
          roles: ["admin", "approver"],
          "roles.crm": "admin",
        },
      },
      suspended: id("gone"),
      unknown: "3f1c0b52-0000-4000-8000-000000000000",
      groups: ["/CRM Seats", "/Nobody", "/Division", "/Division/Team"],
      pushdown: { match: [department], matching: [id(known.login)], also: id("free-0") },
    },
    vendor: {
      sku: "CRM Seats",
      holders: holders.map(id),
      empty: "Nobody",
      misspelt: "CRM Seat",
      free: free.map((login) => ({ id: id(login), name: login, active: true })),
      nobody: { id: "3f1c0b52-0000-4000-8000-000000000000", name: "nobody-at-all" },
    },
    paths: { seats: /\/(Users|Groups)\?/, people: /\/Users\?/, write: /\/(Groups|Users)\/[^/?]+|\/Bulk/ },
    canaries: [secret, "wrong-canary", served.at.token],
    stop: served.stop,
  };
};

const simulated = (dialect: Partial<Dialect>) => async (): Promise<Subject> => {
  const simulator = await startScimSimulator({
    dialect: { ...dialect, maxPage: page },
    token: "seed-token-canary",
    client: { id: "seatwise", secret },
  });
  const at = { baseUrl: simulator.baseUrl, token: simulator.token };
  return subject({
    origin: simulator.url,
    urls: (origin) => ({ baseUrl: `${origin}/scim/v2`, tokenUrl: `${origin}/token` }),
    at,
    stop: async () => {
      await simulator.stop();
      expect(simulator.bugs).toEqual([]);
    },
  });
};

/** The real server knows fixed tokens only: this gives them out one after the other, as an OAuth server would. */
const startTokens = async (tokens: readonly string[]) => {
  let given = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const good = form.get("client_secret") === secret;
      const token = tokens[given % tokens.length];
      if (good) given += 1;
      response.writeHead(good ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(good ? { access_token: token, expires_in: 300 } : { error: "invalid_client" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return { url, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
};

const announced = (more: Readonly<Record<string, unknown>>) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  patch: { supported: true },
  bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
  filter: { supported: true, maxResults: page },
  changePassword: { supported: true },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [],
  ...more,
});
/** One process per configuration; every subject gets a tenant of its own in it. Starting one per test took half of the time. */
const real = (more: Readonly<Record<string, unknown>>) => {
  const tokens = ["real-token-canary-1", "real-token-canary-2", "real-token-canary-3"];
  const token = tokens[0] ?? "";
  let running: Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> | null = null;
  let tenants = 0;
  const start = async () => {
    const files = await mkdtemp(join(tmpdir(), "seatwise-scim-"));
    const config = join(files, "config.json");
    await writeFile(config, JSON.stringify(announced(more)));
    const [port] = await freePorts(1);
    const origin = `http://127.0.0.1:${port}`;
    const bearer = tokens.flatMap((t) => ["--bearer-token", t]);
    const server = await startServer({
      name: "scim2-server",
      file: join(toolPath("scim2-server"), "bin", "python"),
      args: [
        "-m",
        "scim2_server.testserver.cli",
        "--port",
        `${port}`,
        "--dynamic-tenants",
        ...bearer,
        "--service-provider-config",
        config,
      ],
      env: {},
      ready: `${origin}/ready/v2/ServiceProviderConfig`,
      headers: { authorization: `Bearer ${token}` },
      withinMs: 30_000,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(files, { recursive: true, force: true });
    };
    return { origin, stop };
  };
  afterAll(async () => (await running)?.stop());
  return async (): Promise<Subject> => {
    running ??= start();
    const { origin } = await running;
    const book = await startTokens(tokens);
    tenants += 1;
    const tenant = `tenant${tenants}`;
    return subject({
      origin,
      urls: (seen) => ({ baseUrl: `${seen}/${tenant}/v2`, tokenUrl: book.url }),
      at: { baseUrl: `${origin}/${tenant}/v2`, token },
      stop: book.stop,
    });
  };
};

const cursor = {
  cursor: true,
  index: true,
  defaultPaginationMethod: "index",
  defaultPageSize: page,
  maxPageSize: page,
  cursorTimeout: 3600,
};
const noUsage = [
  {
    reason: "SCIM has no sign-in or other evidence of use",
    tests: ["usage is evidence for one and unknown for another, never inactive"],
  },
];

const suites = [
  { name: "scim on its simulator, all that the RFCs offer", make: simulated(dialects.complete) },
  { name: "scim on its simulator, as scim2-server", make: simulated(dialects.likeScim2Server) },
  { name: "scim on its simulator, as Keycloak's preview", make: simulated(dialects.modest) },
  { name: "scim on its simulator, a service written for Entra", make: simulated(dialects.forEntra) },
  { name: "scim on the real scim2-server, index paging", make: real({}) },
  { name: "scim on the real scim2-server, cursor paging", make: real({ pagination: cursor }) },
];
for (const suite of suites) testConnector({ ...suite, kind: connector, skip: noUsage });
