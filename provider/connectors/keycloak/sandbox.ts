import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import { createRandom, type Random } from "../simulator/random.ts";
import { type Company, type CompanyPerson, everyRole, realmOf } from "./seed.ts";
import type { Realm, SimGroup, SimUser } from "./server/realm.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "./simulator.ts";

const realmName = "acme";
const clientSecret = "sandbox-client-secret";
const keptDays = 90;

/** Groups that nobody is in yet: seats of licenses that are managed in Keycloak itself. */
const licenseGroups = ["vpn-full", "vpn-standard"];

/** What Keycloak has no field of its own for. A value that is missing is an attribute that is not there. */
const attributesOf = (worker: Worker): Readonly<Record<string, string | readonly string[]>> => {
  const { department, title, manager, type, country, startsOn, endsOn, github, attributes } = worker;
  const own = { department, title, manager, type, country, startsOn, endsOn, github_login: github };
  return { ...Object.fromEntries(Object.entries(own).flatMap(([k, v]) => (v ? [[k, v]] : []))), ...attributes };
};
const personOf = (worker: Worker): CompanyPerson => {
  const { login, email, firstName, lastName, status, createdAt, groups } = worker;
  const enabled = status === "active";
  const attributes = attributesOf(worker);
  return { login, email, firstName, lastName, enabled, createdAt: Date.parse(createdAt), attributes, groups };
};
const companyOf = ({ people, groups }: Enterprise): Company => {
  const known = new Set(groups.map(({ name }) => name));
  const more = licenseGroups.filter((name) => !known.has(name)).map((name) => ({ name }));
  return { people: people.map(personOf), groups: [...groups, ...more] };
};

const groupNamed = (realm: Realm, name: string): SimGroup => {
  const found = [...realm.groups.values()].find((group) => group.name === name) ?? realm.groupAt(name);
  if (!found) throw new Error(`Keycloak has no group ${name}`);
  return found;
};
const userNamed = (realm: Realm, login: string): SimUser => {
  const found = realm.usernames.get(login.toLowerCase());
  if (!found) throw new Error(`Keycloak has no user ${login}`);
  return found;
};
const listed = (attributes: Readonly<Record<string, string | readonly string[]>>) =>
  Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, typeof v === "string" ? [v] : v]));

const setUser = (realm: Realm, user: SimUser, worker: Worker): void => {
  const groups = worker.groups.map((name) => groupNamed(realm, name).id); // all of them, before anything changes
  user.firstName = worker.firstName;
  user.lastName = worker.lastName;
  user.enabled = worker.status === "active";
  user.attributes = listed(attributesOf(worker));
  realm.setEmail(user, worker.email.toLowerCase());
  const seats = new Set(licenseGroups.map((name) => groupNamed(realm, name).id));
  for (const id of [...user.groups]) if (!groups.includes(id) && !seats.has(id)) realm.leave(user, id);
  for (const id of groups) realm.join(user, id);
};
const addUser = (realm: Realm, worker: Worker, random: Random): void => {
  const username = worker.login.toLowerCase();
  if (realm.usernames.has(username)) throw new Error(`Keycloak has a user ${username} already`);
  if (realm.emails.has(worker.email.toLowerCase())) throw new Error(`Keycloak has a user with ${worker.email} already`);
  const user: SimUser = {
    id: random.uuid(),
    username,
    email: null,
    firstName: null,
    lastName: null,
    enabled: false,
    createdAt: Date.parse(worker.createdAt),
    attributes: {},
    groups: new Set(),
    roles: new Set(),
    password: null,
    serviceAccountOf: null,
  };
  setUser(realm, user, worker);
  realm.addUser(user);
};

const seatGroup = (realm: Realm, sku: string): SimGroup => {
  const name = /^group:(.+)$/.exec(sku)?.[1];
  if (name === undefined) throw new Error(`Keycloak has no seats of ${sku} here: group:NAME, such as group:vpn-full`);
  return groupNamed(realm, name);
};
const deedsAt = (simulator: KeycloakSimulator, random: Random): Deeds => {
  const realm = simulator.realm(realmName);
  return {
    hire: (worker) => addUser(realm, worker, random),
    change: (worker) => setUser(realm, userNamed(realm, worker.login), worker),
    leave: (login) => realm.removeUser(userNamed(realm, login)),
    signIn: (login, at) => simulator.recordSignIn(realmName, login, at),
    giveSeat: (sku, login) => realm.join(userNamed(realm, login), seatGroup(realm, sku).id),
    takeSeat(sku, login) {
      const [user, { id, name }] = [userNamed(realm, login), seatGroup(realm, sku)];
      if (!user.groups.has(id)) throw new Error(`${login} is not in the group ${name}`);
      realm.leave(user, id);
    },
  };
};

/** The last sign-in of each: all of 90 days would be half a million events, and nothing asks for more than the last. */
const recordSignIns = (simulator: KeycloakSimulator, { people }: Enterprise, from: number): void => {
  for (const { login, signIns } of people) {
    const last = signIns.at(-1);
    if (last !== undefined && last >= from) simulator.recordSignIn(realmName, login, last);
  }
};

export const sandbox: SandboxSystem = {
  name: "keycloak",
  title: "Keycloak",
  async start(company, { port, seed, clock }) {
    const shown = companyOf(company);
    const realm = realmOf(shown, {
      realm: realmName,
      clientSecret,
      roles: everyRole,
      eventsExpiration: keptDays * 86_400,
    });
    const simulator = await startKeycloakSimulator({ realms: [realm], port, seed, clock });
    recordSignIns(simulator, company, clock.now() - keptDays * 86_400_000);
    return {
      simulator,
      connection: { baseUrl: simulator.url, realm: realmName },
      secrets: { clientSecret },
      shows: [
        `realm ${realmName}: ${shown.people.length} people, ${shown.groups.length} groups, sign-ins of ${keptDays} days`,
        `seats: membership of a group (group:${licenseGroups.join(", group:")}, or any other)`,
        `administrator ${simulator.adminUser}, password ${simulator.adminPassword}`,
      ],
      deeds: deedsAt(simulator, createRandom(seed + 1)),
    };
  },
};
