import { catalogue } from "../connectors/catalogue.ts";
import { systemClock } from "../connectors/http/clock.ts";
import type { Connector } from "../core/connector.ts";
import { inventEnterprise } from "./enterprise.ts";
import { createOffice, type Office } from "./sandbox-deeds.ts";
import { type Systems, startSystems, systemNames } from "./sandbox-systems.ts";

// What the control endpoint does at each system, seen by that system's connector.
const company = inventEnterprise({ seed: 6, people: 150, now: Date.now() });
let sandbox: Systems;
let office: Office;
beforeAll(async () => {
  sandbox = await startSystems({ company, names: systemNames, seed: 6, port: 0 });
  office = createOffice(sandbox);
});
afterAll(async () => {
  await sandbox.stop();
  expect(sandbox.systems.flatMap(({ simulator }) => simulator.bugs)).toEqual([]);
});

const signal = new AbortController().signal;
/** A new one each time: a connector reads its lists once. */
const open = (name: string): Connector => {
  const system = sandbox.systems.find((one) => one.name === name);
  const kind = catalogue.find((one) => one.name === name);
  if (!system || !kind) throw new Error(`${name} is not served`);
  return kind.open(kind.config.parse({ ...system.connection, ...system.secrets }), {
    connection: system.connectionName,
    clock: systemClock,
    log: () => undefined,
    transport: system.simulator.transport,
  });
};
const directories = systemNames.filter((name) => catalogue.find((kind) => kind.name === name)?.capabilities.directory);
const mary = "mary.shaw@acme.test";
const seenAt = async (name: string) => {
  const answer = await open(name).people?.({ match: null, groups: ["finance", "engineering"], also: [] }, signal);
  return answer?.people.find(({ email }) => email === mary);
};
const heldBy = async (name: string, sku: string) => {
  const connector = open(name);
  const found = await connector.sku?.(sku, signal);
  const holders: string[] = [];
  for await (const seat of connector.seats?.({ sku: found?.sku ?? sku }, signal) ?? [])
    if (seat.endsAt === undefined) holders.push(seat.holder);
  return holders;
};

test("a joiner is in every system", () => {
  const told = office.hire({
    firstName: "Mary",
    lastName: "Shaw",
    department: "Engineering",
    groups: ["engineering"],
    country: "US",
    github: "mshaw-1943",
  });
  expect(told.done).toEqual(systemNames);
});

test.each(directories)("%s knows the joiner", async (name) => {
  expect(await seenAt(name)).toMatchObject({ firstName: "Mary", lastName: "Shaw", status: "active" });
});

const skus: readonly (readonly [system: string, sku: string])[] = [
  ...company.contracts.filter(({ sku }) => sku !== "VISIOCLIENT").map(({ system, sku }) => [system, sku] as const),
  ["keycloak", "group:vpn-full"],
];
test.each(skus.filter(([, sku]) => sku !== "enterprise"))("%s: %s is given and taken by hand", async (system, sku) => {
  const before = await heldBy(system, sku);
  office.seat("giveSeat", { system, sku, login: "mary.shaw" });
  const given = await heldBy(system, sku);
  expect(given.length).toBe(before.length + 1);
  office.seat("takeSeat", { system, sku, login: "mary.shaw" });
  expect((await heldBy(system, sku)).sort()).toEqual(before.sort());
});

test("a mover, seen everywhere", async () => {
  const told = office.move({ login: "mary.shaw", department: "Finance", join: ["finance"], quit: ["engineering"] });
  expect(told).toMatchObject({ done: systemNames });
  for (const name of directories) expect([name, (await seenAt(name))?.department]).toEqual([name, "Finance"]);
  const grouped = directories.filter((name) => name !== "scim");
  for (const name of grouped) {
    const groups = (await seenAt(name))?.groups?.filter((group) => ["finance", "engineering"].includes(group));
    expect([name, groups]).toEqual([name, ["finance"]]);
  }
});

test("a suspended one, and back", async () => {
  office.suspend("mary.shaw");
  for (const name of directories) expect([name, (await seenAt(name))?.status]).toEqual([name, "suspended"]);
  office.resume("mary.shaw");
  for (const name of directories) expect([name, (await seenAt(name))?.status]).toEqual([name, "active"]);
});

test("a sign-in is evidence wherever there is any", async () => {
  const at = sandbox.clock.now() - 3_600_000;
  const told = office.signIn({ login: "mary.shaw", at: new Date(at).toISOString() });
  expect(told.done).toEqual(expect.arrayContaining(["entra", "keycloak", "okta"]));
  for (const name of ["keycloak", "okta"]) {
    const person = await seenAt(name);
    const report = await open(name).usage?.(person ? [person] : [], signal);
    expect([name, Math.abs(Date.parse(report?.usage[0]?.at ?? "") - at) < 1000]).toEqual([name, true]);
  }
});

test("a leaver is in no list of active people any more", async () => {
  office.leave("mary.shaw");
  for (const name of directories) expect([name, (await seenAt(name))?.status ?? "deleted"]).toEqual([name, "deleted"]);
  expect(() => office.leave("mary.shaw")).toThrow("there is no person mary.shaw");
});
