import { realmOf } from "../connectors/keycloak/seed.ts";
import type { ManagementRole } from "../connectors/keycloak/server/access.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { createSimulatorClock } from "../connectors/simulator/clock.ts";
import { envName } from "../engine/config.ts";
import { inventEnterprise } from "../testing/enterprise.ts";
import { configurationOf } from "../testing/sandbox-connect.ts";
import { type Systems, startSystems, systemNames } from "../testing/sandbox-systems.ts";
import { type Diagnosis, diagnose } from "./doctor-command.ts";
import { compareRights } from "./doctor-rights.ts";
import { watchedWire } from "./doctor-wire.ts";

const secret = "canary-7f3a9c-client-secret";
const company = { people: [{ login: "ada" }], groups: [{ name: "crm-users" }] };
const realm = (name: string, roles: readonly ManagementRole[]) =>
  realmOf(company, { realm: name, clientSecret: secret, roles });

interface Asked {
  readonly readOnly?: boolean;
  readonly json?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}
const doctor = (config: unknown, { readOnly = false, json = false, env = {} }: Asked = {}): Promise<Diagnosis> =>
  diagnose(
    typeof config === "string" ? config : JSON.stringify(config),
    { file: "-", readOnly, json },
    (name) => env[name],
  );
const withSecret = { SEATWISE_PEOPLE_CLIENT_SECRET: secret };
const text = ({ lines }: Diagnosis): string => lines.join("\n");

describe("at Keycloak", () => {
  let keycloak: KeycloakSimulator;
  beforeAll(async () => {
    const realms = [
      realm("whole", ["manage-users", "view-realm", "view-clients", "view-events"]),
      realm("reader", ["view-users", "view-realm", "view-clients", "view-events"]),
      realm("blind", ["view-users"]),
      realm("none", []),
      realm("wide", ["realm-admin"]),
      realm("odd", ["manage-users", "view-events", "impersonation"]),
    ];
    keycloak = await startKeycloakSimulator({ realms });
  });
  afterAll(async () => {
    await keycloak.stop();
    expect(keycloak.bugs).toEqual([]);
  });
  const at = (name: string, more: object = {}) => ({
    directory: "people",
    connections: { people: { keycloak: { baseUrl: keycloak.url, realm: name, ...more } } },
  });

  test.each<[what: string, realm: string, asked: Asked, code: number, says: readonly RegExp[], never: RegExp | null]>([
    [
      "all that is needed",
      "whole",
      {},
      0,
      [/ok +the credentials work/, /ok +view-users: .*\(by manage-users\)/],
      /missing|surplus|without/,
    ],
    [
      "a reader who should write",
      "reader",
      {},
      1,
      [/missing +manage-users: assigning and unassigning.*plans work, an apply fails without/],
      /surplus/,
    ],
    ["a reader who plans", "reader", { readOnly: true }, 0, [/ok +view-users/], /missing|manage-users/],
    [
      "a writer who only plans",
      "whole",
      { readOnly: true },
      2,
      [/surplus +manage-users: wider than needed; view-users suffices/],
      /missing/,
    ],
    [
      "optional rights that are not there",
      "blind",
      { readOnly: true },
      0,
      [/without +view-events: sign-ins as usage \(only this fails without\)/],
      /missing/,
    ],
    [
      "the administrator of the realm",
      "wide",
      {},
      2,
      [/surplus +realm-admin: wider than needed; view-users, manage-users/],
      /missing/,
    ],
    [
      "a right that nothing needs",
      "odd",
      {},
      2,
      [/surplus +impersonation: nothing here needs it; take it away/],
      /missing/,
    ],
    ["no right at all", "none", {}, 1, [/error +connection "people"/], /ok/],
    ["a realm that is not there", "gone", {}, 1, [/error/], /ok +the credentials/],
  ])("%s", async (_what, name, asked, code, says, never) => {
    const done = await doctor(at(name), { ...asked, env: withSecret });
    for (const words of says) expect(text(done)).toMatch(words);
    if (never) expect(text(done)).not.toMatch(never);
    expect(text(done)).toContain(`people (keycloak, the directory)  ${keycloak.url}`);
    expect(done.code).toBe(code);
  });

  test("a wrong secret is an error that does not show it", async () => {
    const env = { SEATWISE_PEOPLE_CLIENT_SECRET: "wrong-9d2e77-secret" };
    const done = await doctor(at("whole"), { env });
    expect(done.code).toBe(1);
    expect(text(done)).toMatch(/error +connection "people".*\n +Check client id and secret/);
    expect(text(done)).not.toContain("9d2e77");
  });

  test("a secret in the configuration is in no line, nor in what is wrong with it", async () => {
    const done = await doctor(at("whole", { clientSecret: secret, realms: secret }));
    expect(done.code).toBe(1);
    expect(text(done)).toMatch(/^configuration\n {2}error/);
    expect(text(done)).not.toContain(secret);
    await expect(doctor(`{"clientSecret": "${secret}"`)).rejects.toMatchObject({ message: "-: is no JSON" });
  });

  test("the connections alone, and in Terraform's names", async () => {
    const alone = { people: { keycloak: { base_url: keycloak.url, realm: "whole", client_id: "seatwise" } } };
    const done = await doctor(alone, { env: withSecret });
    expect(text(done)).toContain(`people (keycloak)  ${keycloak.url}`);
    expect(done.code).toBe(0);
  });

  test("one that fails does not hide the others; a missing secret names its variable", async () => {
    const { connections } = at("whole");
    const done = await doctor(
      {
        connections: {
          ...connections,
          lost: { keycloak: { baseUrl: "http://127.0.0.1:9", realm: "x" } },
          old: { keycloak: { baseUrl: keycloak.url, realm: "whole" } },
        },
      },
      { env: { ...withSecret, SEATWISE_LOST_CLIENT_SECRET: "x-secret-x" } },
    );
    expect(text(done)).toMatch(/people \(keycloak\).*\n +ok/);
    expect(text(done)).toMatch(/lost \(keycloak\) {2}http:\/\/127\.0\.0\.1:9\n +error/);
    expect(text(done)).toMatch(
      /old \(keycloak\).*\n +error .*clientSecret is missing\n +Set SEATWISE_OLD_CLIENT_SECRET/,
    );
    expect(done.code).toBe(1);
  });

  test("as JSON, for programs", async () => {
    const done = await doctor(at("odd"), { json: true, env: withSecret });
    expect(JSON.parse(text(done))).toMatchObject({
      code: 2,
      configuration: [],
      connections: [
        {
          connection: "people",
          connector: "keycloak",
          address: keycloak.url,
          directory: true,
          problem: null,
          found: expect.arrayContaining([
            { right: "view-realm", for: "seats that are realm roles", when: "optional", state: "missing" },
          ]),
          surplus: [{ right: "impersonation", instead: [] }],
        },
      ],
    });
  });

  test("nothing is written anywhere", () => {
    expect(keycloak.log.length).toBeGreaterThan(10);
    expect(keycloak.log.filter(({ write }) => write)).toEqual([]);
  });
});

test.each<[what: string, config: unknown, words: string]>([
  ["no JSON", "connections:", "is no JSON"],
  ["a list", [], "is no JSON object"],
  ["nothing in it", {}, "there are no connections in it"],
])("refused: %s", async (_what, config, words) => {
  await expect(doctor(config)).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining(words) });
});

test("a connector that is none and a directory that is none are told as the provider tells them", async () => {
  const done = await doctor({ directory: "peple", connections: { people: { keycloack: {} } } });
  expect(text(done)).toMatch(/there is no connector "keycloack"/);
  expect(text(done)).toMatch(/directory "peple" is not one of the connections/);
  expect(done.code).toBe(1);
});

test("a vendor that does not tell its rights has nothing missing and nothing surplus", () => {
  const scopes = [{ scope: "a", for: "all" }];
  expect(compareRights(scopes, null, { readOnly: false })).toEqual({
    found: [{ right: "a", for: "all", when: "plan", state: "unknown" }],
    surplus: [],
  });
});

test("a clock that goes wrong is seen, seconds of delay are not", async () => {
  const keycloak = await startKeycloakSimulator();
  const skewBy = async (ms: number) => {
    const wire = watchedWire({}, () => Date.now() + ms);
    await wire.send({
      method: "GET",
      url: `${keycloak.url}/`,
      headers: {},
      signal: AbortSignal.timeout(10_000),
      timeoutMs: 10_000,
    });
    wire.close();
    return wire.skewSeconds();
  };
  expect(await skewBy(0)).toBe(0);
  expect(Math.abs((await skewBy(-90_000)) ?? 0)).toBeGreaterThan(85);
  expect(await skewBy(300_000)).toBeLessThan(-290);
  await keycloak.stop();
});

describe("at every sandbox", () => {
  let sandbox: Systems;
  beforeAll(async () => {
    const clock = createSimulatorClock();
    const people = inventEnterprise({ seed: 2, people: 150, now: clock.now() });
    sandbox = await startSystems({ company: people, names: systemNames, seed: 2, port: 0, clock });
  });
  afterAll(async () => {
    await sandbox.stop();
    expect(sandbox.systems.flatMap(({ simulator }) => simulator.bugs)).toEqual([]);
  });
  const secrets = () =>
    Object.fromEntries(
      sandbox.systems.flatMap(({ connectionName, secrets: given }) =>
        Object.entries(given).map(([field, value]) => [envName(connectionName, field), value]),
      ),
    );

  test("the credentials that it gives suffice, and are not too many; none is in a line", async () => {
    const done = await doctor(configurationOf(sandbox.systems), { env: secrets() });
    for (const { connectionName } of sandbox.systems)
      expect(text(done)).toMatch(new RegExp(`^${connectionName} \\(.*\\n +ok `, "m"));
    expect(text(done)).not.toMatch(/^ +(missing|surplus|error) /m);
    expect(Object.values(secrets()).filter((value) => text(done).includes(value))).toEqual([]);
    expect(done.code).toBe(0);
    expect(sandbox.systems.flatMap(({ simulator }) => simulator.log.filter(({ write }) => write))).toEqual([]);
  });

  test("to plan only, rights to write are surplus wherever the vendor tells rights", async () => {
    const done = await doctor(configurationOf(sandbox.systems), { env: secrets(), readOnly: true, json: true });
    const { connections } = JSON.parse(text(done)) as {
      connections: { connection: string; surplus: unknown[]; found: { state: string }[] }[];
    };
    const telling = connections.filter(({ found }) => found.every(({ state }) => state !== "unknown"));
    expect(telling.length).toBeGreaterThan(2);
    expect(telling.filter(({ surplus }) => surplus.length === 0).map(({ connection }) => connection)).toEqual([]);
  });

  test("without secrets each says which variable to set", async () => {
    const done = await doctor(configurationOf(sandbox.systems));
    for (const { connectionName } of sandbox.systems)
      expect(text(done)).toMatch(new RegExp(`SEATWISE_${connectionName.toUpperCase()}_[A-Z_]+`));
    expect(done.code).toBe(1);
  });
});
