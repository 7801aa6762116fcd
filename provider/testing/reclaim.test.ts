import { catalogue } from "../connectors/catalogue.ts";
import { openAdmin } from "../connectors/keycloak/admin.ts";
import { realmOf } from "../connectors/keycloak/seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { createSimulatorClock } from "../connectors/simulator/clock.ts";
import type { Clock } from "../core/connector.ts";
import type { Previous } from "../core/resource.ts";
import { isRecord, type Values } from "../core/value.ts";
import { createProvider } from "../engine/provider.ts";
import type { Applied, At } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";

/** Idle seats are taken back on evidence from the directory's own sign-in events, through the whole engine. */

const day = 86_400_000;
const secret = "reclaim-secret";
const time = createSimulatorClock();
const clock: Clock = { now: () => time.now(), sleep: async () => {}, random: () => 0.5 };
const at: At = { type: "SeatPool", key: "urn::crm", name: "crm", signal: new AbortController().signal, log: () => {} };

let keycloak: KeycloakSimulator;
let state: Previous | null = null;
beforeAll(async () => {
  time.set(Date.parse("2026-11-01T00:00:00Z"));
  const people = ["ada", "bob", "cy"].map((login) => ({
    login,
    email: `${login}@acme.test`,
    attributes: { department: "eng" },
  }));
  const company = { people, groups: [{ name: "crm-users" }] };
  keycloak = await startKeycloakSimulator({ clock: time, realms: [realmOf(company, { clientSecret: secret })] });
});
afterAll(() => keycloak.stop());

const pool: Values = {
  license: { connection: "people", sku: "group:crm-users" },
  allotment: 3,
  rules: [{ claim: { name: "eng", when: 'user.department == "eng"' } }],
  reclaim: { inactiveFor: "30d", newSeatGrace: "10d", notice: "7d", cooldown: "20d" },
};

const up = async (): Promise<Applied> => {
  const session = createProvider({
    version: "test",
    resources,
    functions,
    connectors: catalogue,
    env: () => undefined,
    parent: { pid: 1, started: "1", alive: () => true, living: () => true },
    clock,
    pid: 1,
    log: () => {},
    home: null,
  }).configure({
    directory: "people",
    connections: { people: { keycloak: { baseUrl: keycloak.url, realm: "acme", clientSecret: secret } } },
  });
  const read = state ? await session.read(at, state) : null;
  const before: Previous | null = read && {
    id: read.id,
    inputs: read.inputs,
    outputs: read.outputs,
    record: read.record,
  };
  const checked = await session.check(at, pool, before);
  if (checked.problems[0]) throw checked.problems[0];
  const done = await session.apply(at, checked.inputs, before);
  state = { id: done.id, inputs: done.inputs, outputs: done.outputs, record: done.record };
  return done;
};
const named = (done: Applied, kind: string): readonly string[] => {
  const changes = done.inputs.changes;
  const of = isRecord(changes) ? changes[kind] : undefined;
  return isRecord(of) ? Object.keys(of) : [];
};
const members = (): Promise<readonly string[]> =>
  openAdmin(keycloak.url, { ...keycloak, realm: "acme" }).members("crm-users");

test("inactive on evidence: candidate, then released after notice, not re-assigned in cooldown, back after a sign-in; unknown is kept", async () => {
  keycloak.recordSignIn("acme", "ada", time.now());
  keycloak.recordSignIn("acme", "bob", time.now());
  await up();
  expect(await members()).toEqual(["ada", "bob", "cy"]);

  // 35 days on: ada was active lately, bob's last sign-in is old, cy never signed in: no evidence.
  time.advance(35 * day);
  keycloak.recordSignIn("acme", "ada", time.now() - day);
  const candidate = await up();
  expect(named(candidate, "candidate")).toEqual(["bob"]);
  expect(candidate.outputs).toMatchObject({ candidates: { total: 1 }, active: 1, inactive: 1, unknown: 1 });
  expect(await members()).toEqual(["ada", "bob", "cy"]);

  time.advance(7 * day + 1);
  const released = await up();
  expect(named(released, "unassign")).toEqual(["bob"]);
  expect(await members()).toEqual(["ada", "cy"]);

  time.advance(day);
  await up();
  expect(await members()).toEqual(["ada", "cy"]);

  keycloak.recordSignIn("acme", "bob", time.now());
  const back = await up();
  expect(named(back, "assign")).toEqual(["bob"]);
  expect(await members()).toEqual(["ada", "bob", "cy"]);
});
