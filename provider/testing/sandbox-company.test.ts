import { catalogue } from "../connectors/catalogue.ts";
import { systemClock } from "../connectors/http/clock.ts";
import type { Enterprise } from "../connectors/simulator/company.ts";
import type { Connector, Seat } from "../core/connector.ts";
import { inventEnterprise } from "./enterprise.ts";
import { type RunningSystem, type Systems, startSystems, systemNames } from "./sandbox-systems.ts";

// The company of 10,000 in every system, seen through its connector: what was invented is what a plan would read.
const company: Enterprise = inventEnterprise({ seed: 1, now: Date.now() });
let sandbox: Systems;
beforeAll(async () => {
  sandbox = await startSystems({ company, names: systemNames, seed: 1, port: 0 });
}, 300_000);
afterAll(async () => {
  await sandbox.stop();
  expect(sandbox.systems.flatMap(({ simulator }) => simulator.bugs)).toEqual([]);
});

const systemOf = (name: string): RunningSystem => {
  const found = sandbox.systems.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not served`);
  return found;
};
const open = (name: string): Connector => {
  const { connection, secrets, connectionName, simulator } = systemOf(name);
  const kind = catalogue.find((one) => one.name === name);
  if (!kind) throw new Error(`no connector ${name}`);
  return kind.open(kind.config.parse({ ...connection, ...secrets }), {
    connection: connectionName,
    clock: systemClock,
    log: () => undefined,
    transport: simulator.transport,
  });
};
const never = new AbortController().signal;
const seatsOf = async (connector: Connector, sku: string): Promise<Seat[]> => {
  const found = await connector.sku?.(sku, never);
  const seats: Seat[] = [];
  for await (const seat of connector.seats?.({ sku: found?.sku ?? sku }, never) ?? []) seats.push(seat);
  return seats;
};
const held = (system: string, sku: string): number =>
  company.seats.filter((seat) => seat.system === system && seat.sku === sku).length;

test("every connector's system is here: its folder is the entry", () => {
  expect(systemNames).toEqual(catalogue.map(({ name }) => name));
  expect(systemNames).toEqual(
    expect.arrayContaining(["entra", "github", "googleWorkspace", "keycloak", "okta", "scim"]),
  );
});

test.each(systemNames.filter((name) => catalogue.find((kind) => kind.name === name)?.capabilities.directory))(
  "%s knows everybody, with the groups that rules read",
  async (name) => {
    const connector = open(name);
    await connector.verify(never);
    const groups = name === "scim" ? [] : ["subsidiary"];
    const answer = await connector.people?.({ match: null, groups, also: [] }, never);
    const logins = new Set(answer?.people.map(({ email }) => email));
    expect(company.people.filter(({ email }) => !logins.has(email)).map(({ login }) => login)).toEqual([]);
    if (groups.length > 0) {
      const inside = answer?.people.filter((one) => one.groups?.includes("subsidiary")) ?? [];
      expect(inside).toHaveLength(company.people.filter((one) => one.groups.includes("subsidiary")).length);
    }
  },
  300_000,
);

const contracts = company.contracts
  .filter(({ system }) => system !== "scim")
  .map(({ system, sku }) => [system, sku] as const);
test.each(contracts)(
  "%s: %s is held by those who were invented to hold it, and as many are bought as the contract says",
  async (system, sku) => {
    const connector = open(system);
    const seats = await seatsOf(connector, sku);
    const invented = held(system, sku);
    const good = seats.filter(({ state }) => state !== "error");
    expect({ seats: good.length, twice: seats.length - new Set(seats.map(({ holder }) => holder)).size }).toEqual({
      seats: invented,
      twice: 0,
    });
    const found = await connector.sku?.(sku, never);
    const counters = await connector.counters?.({ sku: found?.sku ?? sku }, never);
    const purchased = company.contracts.find((one) => one.system === system && one.sku === sku)?.purchased;
    if (counters?.purchased) expect(counters.purchased.value).toBe(purchased);
  },
  300_000,
);

test("more are in lic-visio than Visio was bought: Entra says which error each of the others has", async () => {
  const seats = await seatsOf(open("entra"), "group:lic-visio");
  const failed = seats.filter(({ state }) => state === "error");
  const members = company.people.filter(({ groups }) => groups.includes("lic-visio")).length;
  expect(failed.length).toBe(members - held("entra", "VISIOCLIENT"));
  expect(new Set(failed.map(({ problem }) => problem?.code))).toEqual(new Set(["CountViolation"]));
}, 300_000);
