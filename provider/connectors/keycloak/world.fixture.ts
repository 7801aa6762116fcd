import type { Ast } from "../../core/ast.ts";
import type { Connector, OpenWith, PeopleQuery, Seat } from "../../core/connector.ts";
import { label, type Person } from "../../core/person.ts";
import type { Problem } from "../../core/problem.ts";
import type { Subject } from "../../testing/conformance.ts";
import { systemClock } from "../http/clock.ts";
import { type Admin, openAdmin } from "./admin.ts";
import { connector } from "./connector.ts";
import { type Company, realmOf, type SeedOptions } from "./seed.ts";

export const secret = "secret-canary-7f31";
export const signal = new AbortController().signal;

/** One server, simulated or real; each test makes realms of its own in it. */
export interface Place {
  readonly url: string;
  readonly adminUser: string;
  readonly adminPassword: string;
}

let made = 0;
export const seeded = async (where: Place, company: Company, options: Partial<SeedOptions> = {}) => {
  made += 1;
  const realm = `realm-${made}`;
  const admin = openAdmin(where.url, { ...where, realm });
  await admin.replaceRealm(realmOf(company, { clientSecret: secret, ...options, realm }));
  return { realm, admin };
};
export const logs: string[] = [];
export const using: OpenWith = {
  connection: "people",
  clock: systemClock,
  log: (level, message) => {
    if (level !== "debug") logs.push(`${level} ${message}`);
  },
};
export const opened = (baseUrl: string, realm: string, more: object = {}): Connector =>
  connector.open(connector.config.parse({ baseUrl, realm, clientSecret: secret, ...more }), using);

export const problemOf = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => Promise.reject(new Error("expected a Problem")),
    (problem: Problem) => problem,
  );
export const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
export const seatsOf = async (c: Connector, sku: string): Promise<Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of need(c.seats)({ sku }, signal)) seats.push(seat);
  return seats;
};
export const accountsOf = async (c: Connector, sku: string): Promise<string[]> =>
  (await seatsOf(c, sku)).map((seat) => seat.account ?? "").sort();
export const ask = (c: Connector, query: Partial<PeopleQuery> = {}) =>
  need(c.people)({ match: null, groups: [], also: [], ...query }, signal);
export const logins = (people: readonly Person[]): string[] => people.map(label).sort();

export const number = (i: number): string => String(i).padStart(2, "0");
/** Pages of five: 26 people are six pages, 12 holders are three. */
export const company: Company = {
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

export const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
export const of = (name: string): Ast => ({ at, kind: "field", of: user, name });
export const text = (value: string): Ast => ({ at, kind: "literal", value });
export const equal = (left: Ast, right: Ast): Ast => ({ at, kind: "==", left, right });
export const inGroup = (name: string): Ast => ({ at, kind: "in", left: text(name), right: of("groups") });

const holders = company.people.slice(0, 12).map(({ login }) => login);
interface Seeded {
  readonly realm: string;
  readonly admin: Admin;
  readonly ids: readonly string[];
  readonly copilot: string;
}
/** Realms that a test has done with: making one takes seconds on a busy machine, putting its members back does not. */
const idle = new Map<string, Seeded[]>();
const borrow = async (where: Place): Promise<Seeded> => {
  const known = idle.get(where.url)?.pop();
  if (known) return known;
  const { realm, admin } = await seeded(where, company);
  const ids = await Promise.all(company.people.map(({ login }) => admin.userId(login)));
  await admin.signIn("person03");
  return { realm, admin, ids, copilot: await admin.groupId("copilot") };
};
const giveBack = async (where: Place, one: Seeded): Promise<void> => {
  const seats: readonly (readonly [string, readonly string[]])[] = [
    ["copilot", holders],
    ["crm", []],
  ];
  for (const [group, wanted] of seats) {
    const now = await one.admin.members(group);
    for (const login of now) if (!wanted.includes(login)) await one.admin.leave(login, group);
    for (const login of wanted) if (!now.includes(login)) await one.admin.join(login, group);
    expect(await one.admin.members(group)).toEqual(wanted);
  }
  idle.set(where.url, [...(idle.get(where.url) ?? []), one]);
};
export const subject = async (where: Place): Promise<Subject> => {
  const one = await borrow(where);
  const { realm, ids, copilot } = one;
  const id = (i: number): string => ids[i] ?? "";
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
    stop: () => giveBack(where, one),
  };
};
