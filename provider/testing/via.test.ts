import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../connectors/catalogue.ts";
import { systemClock } from "../connectors/http/clock.ts";
import { type Admin, openAdmin } from "../connectors/keycloak/admin.ts";
import { type CompanyPerson, realmOf } from "../connectors/keycloak/seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { seedScim } from "../connectors/scim/hands.ts";
import { type ScimSimulator, startScimSimulator } from "../connectors/scim/simulator.ts";
import type { Previous } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import { createProvider } from "../engine/provider.ts";
import type { Applied, At, Session } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";

const secret = "client-secret";
const token = "scim-token";
const person = (login: string, department = "eng", groups: readonly string[] = []): CompanyPerson => ({
  login,
  email: `${login}@acme.test`,
  attributes: { department },
  groups: [...groups],
});

let keycloak: KeycloakSimulator;
let scim: ScimSimulator;
let admin: Admin;
let home: string;
let run = 0;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "seatwise-via-"));
  const people = [person("ada"), person("bob"), person("cy", "sales", ["crm"]), person("root", "eng", ["crm"])];
  keycloak = await startKeycloakSimulator({
    realms: [realmOf({ people, groups: [{ name: "crm" }] }, { clientSecret: secret })],
  });
  admin = openAdmin(keycloak.url, { ...keycloak, realm: "acme" });
  scim = await startScimSimulator({ token });
  await seedScim(
    { baseUrl: scim.baseUrl, token },
    {
      people: people.map((p) => ({ login: p.login, email: p.email ?? "" })),
      groups: [{ name: "crm-users", members: ["cy", "root"] }],
    },
  );
  scim.resetLog();
});
afterEach(async () => {
  await keycloak.stop();
  await scim.stop();
  rmSync(home, { recursive: true, force: true });
  expect([...keycloak.bugs, ...scim.bugs]).toEqual([]);
});

const at: At = { type: "SeatPool", key: "urn::crm", name: "crm", signal: new AbortController().signal, log: () => {} };
const open = (): Session => {
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
    log: () => {},
    home,
  }).configure({
    directory: "people",
    connections: {
      people: { keycloak: { baseUrl: keycloak.url, realm: "acme", clientSecret: secret } },
      crm: { scim: { baseUrl: scim.baseUrl, token } },
    },
  });
};
const pool = (over: Values = {}): Values => ({
  license: { connection: "crm", sku: "group:crm-users", via: { connection: "people", group: "crm" } },
  allotment: 10,
  rules: [{ claim: { name: "eng", when: 'user.department == "eng"' } }],
  ...over,
});
const up = async (inputs: Values, before: Applied | null): Promise<Applied> => {
  const session = open();
  const previous: Previous | null = before && {
    id: before.id,
    inputs: before.inputs,
    outputs: before.outputs,
    record: before.record,
  };
  const read = previous ? await session.read(at, previous) : null;
  const checked = await session.check(at, inputs, read);
  if (checked.problems[0]) throw checked.problems[0];
  if (read && !(await session.diff(at, checked.inputs, read)).differs) return read;
  return session.apply(at, checked.inputs, read);
};
const members = async (): Promise<readonly string[]> => [...(await admin.members("crm"))].sort();

test("seats counted at SCIM are written through the Keycloak group, and nothing is written at SCIM", async () => {
  const first = await up(pool(), null);
  expect(first.failures).toEqual([]);
  expect(await members()).toEqual(["ada", "bob", "cy", "root"]);
  expect(first.outputs).toMatchObject({ owned: 2, external: { total: 2 } });
  await admin.setAttribute("bob", "department", "sales");
  const second = await up(pool(), first);
  expect(await members()).toEqual(["ada", "cy", "root"]);
  expect(second.outputs).toMatchObject({ owned: 1 });
  const writes = keycloak.counts().writes;
  expect((await up(pool(), second)).record).toBe(second.record);
  expect([keycloak.counts().writes, scim.counts().writes]).toEqual([writes, 0]);
});

test("a claimed member whom both systems list is one seat, adopted once", async () => {
  const done = await up(pool({ ownership: "adopt" }), null);
  expect(done.outputs).toMatchObject({ owned: 3 }); // root was a member; cy is claimed by nobody
  expect(await members()).toEqual(["ada", "bob", "cy", "root"]);
});

test.each([
  ["an account", { accounts: ["ROOT"] }],
  ["an e-mail", { accounts: ["root@acme.test"] }],
  ["a condition", { when: 'user.login == "root"' }],
])("exempt by %s: an exclusive pool takes everybody else's seat and never theirs", async (_name, exempt) => {
  const inputs = pool({ ownership: "exclusive", exempt });
  const first = await up(inputs, null);
  expect(await members()).toEqual(["ada", "bob", "root"]); // cy is claimed by nobody
  await admin.setAttribute("root", "department", "sales");
  await admin.setEnabled("root", false);
  const second = await up(inputs, first);
  expect(await members()).toEqual(["ada", "bob", "root"]);
  expect(second.failures).toEqual([]);
});

test("exempt at the vendor itself: their account name there counts, too", async () => {
  const inputs: Values = {
    ...pool({ ownership: "exclusive", exempt: { accounts: ["cy"] } }),
    license: { connection: "crm", sku: "group:crm-users" },
  };
  const done = await up(inputs, null);
  expect(done.failures).toEqual([]);
  expect(done.outputs).toMatchObject({ consumed: 4 });
  await admin.deleteUser("cy");
  const next = await up(inputs, done);
  expect(next.outputs).toMatchObject({ consumed: 4 });
});
