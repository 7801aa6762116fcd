import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../connectors/catalogue.ts";
import { systemClock } from "../connectors/http/clock.ts";
import { type Admin, openAdmin } from "../connectors/keycloak/admin.ts";
import { type CompanyPerson, realmOf } from "../connectors/keycloak/seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { addToGroup, seedScim } from "../connectors/scim/hands.ts";
import { type ScimSimulator, startScimSimulator } from "../connectors/scim/simulator.ts";
import { asProblem, Problems, sentence } from "../core/problem.ts";
import type { Message, Previous } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import { createProvider } from "../engine/provider.ts";
import type { Applied, At, Session } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";

const secret = "canary-client-secret-91c2";
const token = "canary-scim-token-55aa";
const person = (login: string, department = "eng", over: Partial<CompanyPerson> = {}): CompanyPerson => ({
  login,
  email: `${login}@acme.test`,
  attributes: { department },
  groups: ["staff"],
  ...over,
});
const people = [person("ada"), person("bob"), person("cy"), person("dan", "sales"), person("zoe")];

let keycloak: KeycloakSimulator;
let scim: ScimSimulator;
let admin: Admin;
let home: string;
const messages: Message[] = [];
beforeEach(async () => {
  messages.length = 0;
  home = mkdtempSync(join(tmpdir(), "seatwise-bad-"));
  keycloak = await startKeycloakSimulator({
    realms: [realmOf({ people, groups: [{ name: "staff" }, { name: "vpn-users" }] }, { clientSecret: secret })],
  });
  scim = await startScimSimulator({ token });
  admin = openAdmin(keycloak.url, { ...keycloak, realm: "acme" });
  const known = people.filter((p) => p.login !== "zoe");
  await seedScim(
    { baseUrl: scim.baseUrl, token },
    {
      people: known.map((p) => ({ login: p.login, email: p.email ?? "" })),
      groups: [{ name: "crm-users", members: [] }],
    },
  );
  scim.resetLog();
});
afterEach(async () => {
  await keycloak.stop();
  await scim.stop();
  rmSync(home, { recursive: true, force: true });
  expect([...keycloak.bugs, ...scim.bugs]).toEqual([]);
  expect(JSON.stringify(messages)).not.toMatch(/canary/);
});

let run = 0;
const open = (over: { people?: Values; crm?: Values } = {}): Session => {
  run += 1;
  return createProvider({
    version: "test",
    resources,
    functions,
    connectors: catalogue,
    env: () => undefined,
    parent: { pid: run, started: "1", alive: () => true, living: () => true },
    clock: systemClock,
    pid: run,
    log: (m) => messages.push(m),
    home,
  }).configure({
    directory: "people",
    connections: {
      people: { keycloak: { baseUrl: keycloak.url, realm: "acme", clientSecret: secret, ...over.people } },
      crm: { scim: { baseUrl: scim.baseUrl, token, ...over.crm } },
    },
  });
};
const at = (name = "crm"): At => ({
  type: "SeatPool",
  key: `urn::${name}`,
  name,
  signal: new AbortController().signal,
  log: (m) => messages.push(m),
});
const pool = (when: string, over: Values = {}): Values => ({
  license: { connection: "crm", sku: "group:crm-users" },
  allotment: 10,
  rules: [{ claim: { name: "eng", when } }],
  ...over,
});
const eng = 'user.department == "eng"';

/** What a user reads when this pool is checked; empty when nothing is wrong. */
const complaint = async (inputs: Values, session = open()): Promise<string> => {
  try {
    return (await session.check(at(), inputs, null)).problems.map(sentence).join("\n");
  } catch (error) {
    return (error instanceof Problems ? error.all : [asProblem(error)]).map(sentence).join("\n");
  }
};
const up = async (inputs: Values, previous: Previous | null = null): Promise<Applied> => {
  const session = open();
  const before = previous ? await session.read(at(), previous) : null;
  const checked = await session.check(at(), inputs, before);
  if (checked.problems[0]) throw checked.problems[0];
  return session.apply(at(), checked.inputs, before);
};
const stateOf = (done: Applied): Previous => ({
  id: done.id,
  inputs: done.inputs,
  outputs: done.outputs,
  record: done.record,
});
const mistakes: readonly { name: string; inputs: Values; says: readonly RegExp[] }[] = [
  { name: "a wrong type in a rule", inputs: pool("user.department == 3"), says: [/rules\.0\.claim\.when/, /1:/] },
  {
    name: "an unknown attribute in a rule",
    inputs: pool('user.departmnt == "eng"'),
    says: [/departmnt/, /department/, /1:/],
  },
  {
    name: "a rule over several lines, with its line",
    inputs: pool('user.department == "eng" &&\n  user.titel == "x"'),
    says: [/2:/, /title/],
  },
  {
    name: "a cycle",
    inputs: { ...pool('"vpn-users" in user.groups'), license: { connection: "people", sku: "group:vpn-users" } },
    says: [/rules\.0\.claim\.when/, /vpn-users/, /cycle/],
  },
  {
    name: "two rules of one name",
    inputs: pool(eng, { rules: [{ claim: { name: "eng", when: eng } }, { claim: { name: "eng", when: "true" } }] }),
    says: [/two rules of this pool are named "eng"/],
  },
  {
    name: "an unknown SKU, with the nearest",
    inputs: pool(eng, { license: { connection: "crm", sku: "group:crm-user" } }),
    says: [/license/, /crm-users/],
  },
  {
    name: "an unknown connection, with the nearest",
    inputs: pool(eng, { license: { connection: "crn", sku: "group:crm-users" } }),
    says: [/license\.connection/, /"crn"/, /"crm"/],
  },
  { name: "a mistyped field", inputs: pool(eng, { alotment: 3 }), says: [/"alotment"/, /"allotment"/] },
  {
    name: "no license at all",
    inputs: { ...pool(eng), license: undefined },
    says: [/a pool needs a license or tiers/],
  },
  {
    name: "a bad duration",
    inputs: pool(eng, { gracePeriod: { unclaimed: "a week" } }),
    says: [/gracePeriod\.unclaimed/, /7d/],
  },
  {
    name: "neither allotment nor purchase",
    inputs: { ...pool(eng), allotment: undefined },
    says: [/allotment/, /commitments/],
  },
  {
    name: "two prices in different currencies",
    inputs: pool(eng, {
      license: {
        connection: "crm",
        sku: "group:crm-users",
        commitments: [
          { quantity: 1, price: { amount: "1", currency: "USD" } },
          { quantity: 1, price: { amount: "1", currency: "EUR" } },
        ],
      },
    }),
    says: [/currenc/i],
  },
];

test.each(mistakes)("$name: what, where, what next, and nothing is written", async ({ inputs, says }) => {
  const text = await complaint(inputs);
  for (const part of says) expect(text).toMatch(part);
  expect(text).not.toMatch(/bug in Seatwise|canary/);
  expect(scim.counts().writes + keycloak.counts().writes).toBe(0);
});

test("a vendor that cannot be reached is one error naming the connection", async () => {
  const text = await complaint(pool(eng), open({ crm: { baseUrl: "http://127.0.0.1:9/scim/v2" } }));
  expect(text).toMatch(/crm/);
  expect(text).toMatch(/127\.0\.0\.1:9/);
  expect(text).not.toMatch(/bug in Seatwise|canary/);
});

test.each([
  ["a wrong client secret", { people: { clientSecret: "canary-wrong" } }, /people/],
  ["a wrong token", { crm: { token: "canary-wrong" } }, /crm/],
] as const)("%s names the connection and never the secret", async (_name, over, says) => {
  const text = await complaint(pool(eng), open(over));
  expect(text).toMatch(says);
  expect(text).not.toMatch(/canary|bug in Seatwise/);
});

test("a missing role names connection and role, and an empty list is not taken for nobody", async () => {
  await keycloak.stop();
  keycloak = await startKeycloakSimulator({
    realms: [realmOf({ people, groups: [{ name: "staff" }] }, { clientSecret: secret, roles: [] })],
  });
  const text = await complaint(pool(eng));
  expect(text).toMatch(/people/);
  expect(text).toMatch(/view-users/);
});

// A loop needs several pages: the contract suite has it.
test.each(["empty", "truncated"] as const)("a page that is %s is an error, and nobody loses a seat", async (page) => {
  const done = await up(pool(eng));
  scim.resetLog();
  keycloak.faults.on({ method: "GET", path: /\/users\?/ }, { kind: "page", page });
  const session = open();
  const outcome = await session.read(at(), stateOf(done)).then(
    async (before) => (await session.check(at(), pool(eng), before)).problems.map(sentence).join("\n"),
    (error: unknown) => sentence(asProblem(error)),
  );
  expect(outcome).toMatch(/director|people/);
  expect(scim.counts().writes).toBe(0);
});

test("a person without an account is blocked by name; the others get their seats", async () => {
  const done = await up(pool(eng));
  expect(done.outputs.owned).toBe(3);
  expect(done.outputs.blocked).toMatchObject({ total: 1, people: [{ person: "zoe", code: "no_account" }] });
  expect(done.failures).toEqual([]);
});

test("a person deleted between plan and apply loses nothing for the others", async () => {
  const session = open();
  const checked = await session.check(at(), pool(eng), null);
  await admin.deleteUser("ada");
  const done = await session.apply(at(), checked.inputs, null);
  expect(done.outputs.owned).toBeGreaterThanOrEqual(2);
  const next = await up(pool(eng, { acknowledge: { removals: 5, until: "2099-01-01T00:00:00Z" } }), stateOf(done));
  expect(next.outputs.owned).toBe(2);
});

test.each([
  ["commits and then breaks the connection", { kind: "reset", commit: "after" }],
  ["breaks the connection before", { kind: "reset", commit: "before" }],
  ["answers 429 first", { kind: "limit", status: 429, retryAfter: 1 }],
  ["answers 503 first", { kind: "limit", status: 503, retryAfter: 1 }],
] as const)("a vendor that %s: nobody is doubled or lost, all seats are ours", async (_name, fault) => {
  scim.faults.on({ method: "PATCH", nth: 1 }, fault);
  let done = await up(pool(eng));
  if (done.failures.length > 0) done = await up(pool(eng), stateOf(done));
  expect(done.failures).toEqual([]);
  expect(done.outputs).toMatchObject({ owned: 3, consumed: 3, external: { total: 0 } });
});

test("a vendor whose lists trail its writes: no false drift within the settle time", async () => {
  scim.setLag(3_000);
  const session = open({ crm: { settle: "60s" } });
  const checked = await session.check(at(), pool(eng), null);
  const done = await session.apply(at(), checked.inputs, null);
  expect(done.failures).toEqual([]);
  const later = open({ crm: { settle: "60s" } });
  const seen = await later.read(at(), stateOf(done));
  if (!seen) throw new Error("gone");
  const again = await later.check(at(), pool(eng), { ...stateOf(done), ...seen });
  expect((await later.diff(at(), again.inputs, { ...stateOf(done), ...seen })).differs).toBe(false);
});

test("a seat given by hand to somebody whom the vendor lists by another name is theirs: counted once, never ours", async () => {
  // At the vendor they are listed by user name; people are found there by e-mail.
  await addToGroup({ baseUrl: scim.baseUrl, token }, "crm-users", "ada");
  await addToGroup({ baseUrl: scim.baseUrl, token }, "crm-users", "dan");
  const done = await up(pool(eng));
  expect(done.outputs).toMatchObject({ owned: 2, consumed: 4, used: 3 });
  expect(done.outputs.external).toMatchObject({ total: 2 });
  expect(JSON.stringify(done.outputs.external)).not.toMatch(/nobody whom the directory knows/);
  expect(scim.log.filter((s) => s.method === "PATCH").length).toBeGreaterThan(0);
});

test("two people with one account at the vendor: neither gets a seat, and both are named", async () => {
  await admin.createUser({ login: "ada-two", attributes: { department: "eng" } });
  const account = { crm: { account: "user.login.startsWith('ada') ? 'ada@acme.test' : user.email" } };
  const session = open(account);
  const checked = await session.check(at(), pool(eng), null);
  const done = await session.apply(at(), checked.inputs, null);
  expect(done.outputs.owned).toBe(2);
  expect(JSON.stringify(done.outputs.blocked)).toMatch(/ada-two/);
  expect(JSON.stringify(done.outputs.blocked)).toMatch(/"ada"/);
});
