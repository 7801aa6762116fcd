import { z } from "zod";
import { type ConnectorKind, defineConnector } from "../core/connector.ts";
import { field } from "../core/fields.ts";
import { sentence } from "../core/problem.ts";
import { Secret, UNKNOWN, type Values } from "../core/value.ts";
import { memoryKind, world } from "../testing/memory-world.ts";
import { checkConfig, settingsOf } from "./config.ts";

const crm: ConnectorKind = defineConnector({
  ...memoryKind(world([])),
  name: "crm",
  config: z.object({
    baseUrl: field(z.string(), { description: "Where." }),
    token: field(z.string(), { description: "Proof.", secret: true }),
    retries: field(z.int().default(3), { description: "How often." }),
  }),
  customaryEnv: { token: "CRM_TOKEN" },
});
const kinds = [memoryKind(world([])), crm];
const env = (values: Readonly<Record<string, string>>) => (name: string) => values[name];
const good = { people: { memory: {} }, sales: { crm: { baseUrl: "http://127.0.0.1", token: "canary" } } };

const rows: readonly { name: string; config: Values; says: RegExp }[] = [
  { name: "no connections", config: {}, says: /no connections are configured[\s\S]*connections = / },
  {
    name: "a directory that is no connection",
    config: { directory: "peple", connections: good },
    says: /directory: directory "peple"[\s\S]*Did you mean "people"/,
  },
  {
    name: "two blocks in one connection",
    config: { connections: { a: { memory: {}, crm: {} } } },
    says: /connections\.a: connection "a" needs exactly one connector block, not 2/,
  },
  {
    name: "an unknown connector",
    config: { connections: { a: { keyclok: {} } } },
    says: /there is no connector "keyclok"/,
  },
  {
    name: "a mistyped field",
    config: { connections: { a: { crm: { baseURL: "x", token: "canary" } } } },
    says: /connections\.a\.crm\.baseURL: there is no field "baseURL"[\s\S]*Did you mean "baseUrl"/,
  },
  {
    name: "a missing secret",
    config: { connections: { sales: { crm: { baseUrl: "x" } } } },
    says: /connections\.sales\.crm\.token/,
  },
  {
    name: "a wrong type",
    config: { connections: { sales: { crm: { baseUrl: "x", token: "canary", retries: "often" } } } },
    says: /connections\.sales\.crm\.retries/,
  },
  {
    name: "a mistyped option",
    config: { connections: good, enfoce: "none" },
    says: /there is no field "enfoce"[\s\S]*Did you mean "enforce"/,
  },
  { name: "a value that is not among those allowed", config: { connections: good, people: "names" }, says: /people: / },
];

test.each(rows)("refuses $name, saying where and what next, without the secret", ({ config, says }) => {
  const text = checkConfig(config, kinds, env({})).problems.map(sentence).join("\n");
  expect(text).toMatch(says);
  expect(text).not.toMatch(/canary/);
});

test("what is not known yet is no mistake", () => {
  const unknowns: readonly Values[] = [
    { connections: UNKNOWN },
    { connections: { a: UNKNOWN } },
    { connections: { sales: { crm: { baseUrl: UNKNOWN, token: UNKNOWN } } } },
  ];
  for (const config of unknowns) expect(checkConfig(config, kinds, env({})).problems).toEqual([]);
  const settings = settingsOf({ connections: { sales: { crm: { baseUrl: UNKNOWN, token: "t" } } } }, kinds, env({}));
  expect(settings.connections.get("sales")?.config).toBeNull();
});

test("a secret comes from SEATWISE_<CONNECTION>_<FIELD> first, then the argument, then the vendor's customary variable", () => {
  const token = (config: Values, values: Readonly<Record<string, string>>): unknown =>
    settingsOf({ connections: config }, kinds, env(values)).connections.get("my-crm")?.config?.token;
  const given = { "my-crm": { crm: { baseUrl: "x", token: new Secret("argument") } } };
  const bare = { "my-crm": { crm: { baseUrl: "x" } } };
  expect(token(given, { SEATWISE_MY_CRM_TOKEN: "ours", CRM_TOKEN: "customary" })).toBe("ours");
  expect(token(given, { SEATWISE_MY_CRM_TOKEN: "", CRM_TOKEN: "customary" })).toBe("argument");
  expect(token(bare, { CRM_TOKEN: "customary" })).toBe("customary");
  // Two connections of this kind: the customary variable could mean either.
  expect(token({ ...bare, other: { crm: { baseUrl: "y", token: "t" } } }, { CRM_TOKEN: "customary" })).toBeUndefined();
});

test("offline needs no secrets", () => {
  expect(
    checkConfig({ offline: true, connections: { sales: { crm: { baseUrl: "x" } } } }, kinds, env({})).problems,
  ).toEqual([]);
});
