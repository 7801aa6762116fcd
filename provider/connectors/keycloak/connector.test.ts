import type { Ast } from "../../core/ast.ts";
import type { Connector, OpenWith, PeopleQuery, Seat } from "../../core/connector.ts";
import { label, type Person } from "../../core/person.ts";
import { type Problem, sentence } from "../../core/problem.ts";
import { type Subject, testConnector } from "../../testing/conformance.ts";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { type Keycloak, startKeycloak } from "../../testing/real/keycloak.ts";
import { systemClock } from "../http/clock.ts";
import { type Admin, openAdmin } from "./admin.ts";
import { connector } from "./connector.ts";
import { type Company, realmOf, type SeedOptions } from "./seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "./simulator.ts";

const secret = "secret-canary-7f31";
const signal = new AbortController().signal;

/** One server, simulated or real; each test makes realms of its own in it. */
interface Place {
  readonly url: string;
  readonly adminUser: string;
  readonly adminPassword: string;
}
const places = { simulator: null as KeycloakSimulator | null, real: null as Keycloak | null };
const place = (name: "simulator" | "real"): Place => {
  const found = places[name];
  if (!found) throw new Error(`${name} is not started`);
  return found;
};
beforeAll(async () => {
  [places.simulator, places.real] = await Promise.all([startKeycloakSimulator(), startKeycloak()]);
}, 200_000);
afterAll(async () => {
  expect(places.simulator?.bugs).toEqual([]);
  await Promise.all([places.simulator?.stop(), places.real?.stop()]);
});

let made = 0;
const seeded = async (where: Place, company: Company, options: Partial<SeedOptions> = {}) => {
  made += 1;
  const realm = `realm-${made}`;
  const admin = openAdmin(where.url, { ...where, realm });
  await admin.replaceRealm(realmOf(company, { clientSecret: secret, ...options, realm }));
  return { realm, admin };
};
const logs: string[] = [];
const using: OpenWith = {
  connection: "people",
  clock: systemClock,
  log: (level, message) => {
    if (level !== "debug") logs.push(`${level} ${message}`);
  },
};
const opened = (baseUrl: string, realm: string, more: object = {}): Connector =>
  connector.open(connector.config.parse({ baseUrl, realm, clientSecret: secret, ...more }), using);

const problemOf = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => Promise.reject(new Error("expected a Problem")),
    (problem: Problem) => problem,
  );
const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
const seatsOf = async (c: Connector, sku: string): Promise<Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of need(c.seats)({ sku }, signal)) seats.push(seat);
  return seats;
};
const accountsOf = async (c: Connector, sku: string): Promise<string[]> =>
  (await seatsOf(c, sku)).map((seat) => seat.account ?? "").sort();
const ask = (c: Connector, query: Partial<PeopleQuery> = {}) =>
  need(c.people)({ match: null, groups: [], also: [], ...query }, signal);
const logins = (people: readonly Person[]): string[] => people.map(label).sort();

// The contract

const number = (i: number): string => String(i).padStart(2, "0");
/** Pages of five: 26 people are six pages, 12 holders are three. */
const company: Company = {
  groups: [
    { name: "engineering" },
    { name: "platform", parent: "engineering" },
    { name: "legal" },
    { name: "platform", parent: "legal" },
    { name: "licences" },
    { name: "copilot", parent: "licences" },
    { name: "crm", parent: "licences" },
  ],
  people: Array.from({ length: 26 }, (_, i) => ({
    login: `person${number(i)}`,
    email: `person${number(i)}@acme.test`,
    firstName: i === 3 ? "Zoë" : "Given",
    lastName: i === 3 ? "Åström-李" : `Family${i}`,
    enabled: i !== 4,
    attributes: {
      department: i % 5 === 0 ? "Research" : "Sales",
      ...(i === 3 ? { title: "Engineer", skills: ["go", "sql"] } : {}),
    },
    groups: [...(i < 12 ? ["copilot"] : []), ...(i === 3 ? ["/engineering/platform"] : [])],
  })),
};

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
const of = (name: string): Ast => ({ at, kind: "field", of: user, name });
const text = (value: string): Ast => ({ at, kind: "literal", value });
const equal = (left: Ast, right: Ast): Ast => ({ at, kind: "==", left, right });
const inGroup = (name: string): Ast => ({ at, kind: "in", left: text(name), right: of("groups") });

const idOf = async (admin: Admin, i: number): Promise<string> => admin.userId(`person${number(i)}`);
const subject = async (where: Place): Promise<Subject> => {
  const { realm, admin } = await seeded(where, company);
  const ids = await Promise.all(company.people.map((_, i) => idOf(admin, i)));
  const id = (i: number): string => ids[i] ?? "";
  await admin.signIn("person03");
  const copilot = await admin.groupId("copilot");
  return {
    origin: where.url,
    open: ({ origin, secret: which, using: given }) =>
      connector.open(
        {
          baseUrl: origin,
          realm,
          clientId: "seatwise",
          clientSecret: which === "right" ? secret : "wrong",
          pageSize: 5,
        },
        given,
      ),
    directory: {
      everyone: ids,
      known: {
        id: id(3),
        login: "person03",
        email: "person03@acme.test",
        status: "active",
        firstName: "Zoë",
        lastName: "Åström-李",
        department: "Sales",
        title: "Engineer",
        groups: ["/engineering/platform", "copilot", "engineering", "licences"],
        attributes: { department: "Sales", title: "Engineer", skills: ["go", "sql"] },
      },
      suspended: id(4),
      unknown: "00000000-0000-4000-8000-000000000000",
      groups: [
        "/engineering",
        "/engineering/platform",
        "/legal",
        "/legal/platform",
        "/licences",
        "/licences/copilot",
        "/licences/crm",
      ],
      pushdown: {
        match: [equal(of("department"), text("Research"))],
        matching: [0, 5, 10, 15, 20, 25].map(id),
        also: id(1),
      },
      usage: { seen: id(3), unknown: id(2) },
    },
    vendor: {
      sku: "group:copilot",
      holders: ids.slice(0, 12),
      empty: "group:crm",
      misspelt: "group:copilott",
      free: ids.slice(12).map((free, i) => ({ id: free, name: `person${number(i + 12)}`, active: true })),
      nobody: { id: "00000000-0000-4000-8000-000000000001", name: "nobody@acme.test" },
    },
    paths: {
      seats: new RegExp(`/groups/${copilot}/members`),
      people: /\/users\?briefRepresentation=false/,
      write: /\/users\/[^/]+\/groups\//,
    },
    canaries: [secret],
    stop: () => admin.deleteRealm(),
  };
};
for (const name of ["simulator", "real"] as const)
  testConnector({ name: `keycloak, ${name}`, kind: connector, make: () => subject(place(name)) });
