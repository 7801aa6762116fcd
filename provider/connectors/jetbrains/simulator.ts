import { z } from "zod";
import { createBucket } from "../simulator/buckets.ts";
import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import { createRandom } from "../simulator/random.ts";
import { type Answer, type Asked, on } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { sameSecret } from "../simulator/tokens.ts";
import { createWorld, type World } from "../simulator/world.ts";
import { largestPage, revocableAfterDays } from "./api.ts";

const day = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

type Assigned = Pick<SimulatedLicense, "assignee" | "lastSeen">;
/** Whom a license is assigned to, since when, and when it was used. */
export const given = (to: { email: string; name: string }, at: number, seen?: number): Assigned => ({
  assignee: { type: "USER", ...to },
  lastSeen: { lastAssignmentDate: iso(at), ...(seen === undefined ? {} : { lastSeenDate: iso(seen) }) },
});
const nobody: Assigned = { assignee: null, lastSeen: null };
type Named = { readonly email: string; readonly firstName: string; readonly lastName: string };
const contactOf = ({ email, firstName, lastName }: Named) => ({ email, name: `${firstName} ${lastName}` });

export interface SimulatedLicense {
  readonly licenseId: string;
  readonly product: { readonly code: string; readonly name: string };
  readonly team: { readonly id: number; readonly name: string };
  assignee: { type: string; email?: string; name?: string; uid?: string; serverType?: string } | null;
  lastSeen: { lastSeenDate?: string; lastAssignmentDate?: string } | null;
  subscription: { readonly isOutdated: boolean };
  isSuspended: boolean;
}
type Licenses = Map<string, SimulatedLicense>;
/** A token is one person's: of the organization, or of one team. */
interface Right {
  readonly role: string;
  readonly team?: number;
}
export interface JetbrainsSimulatorConfig {
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  /** Default: as JetBrains has it, 30. */
  readonly revocableAfterDays?: number;
  /** JetBrains documents no limit; a test may. */
  readonly perMinute?: number;
}
export interface JetbrainsSimulator extends Simulator {
  readonly baseUrl: string;
  readonly customerCode: string;
  /** Of the organization's administrator. */
  readonly apiKey: string;
  addKey(key: string, right: Right): void;
  add(given: Pick<SimulatedLicense, "product" | "team"> & { readonly count: number }): readonly string[];
  licenses(): readonly SimulatedLicense[];
  /** In the console, where no rule of days holds. */
  change(id: string, to: Partial<SimulatedLicense>): void;
  setLag(ms: number): void;
}

const refuse = (status: number, code: string, description = code): Answer => ({ status, body: { code, description } });
const whyNot = ({ assignee, subscription, isSuspended }: SimulatedLicense): string | null => {
  if (assignee) return assignee.type === "USER" ? "ALLOCATED" : "NON_PER_USER";
  if (isSuspended) return "SUSPENDED"; // that it has such a word is a guess
  return subscription.isOutdated ? "EXPIRED_WITHOUT_FALLBACK" : null;
};
/** As JetBrains gives it: a key without a value is left out. */
const shown = (license: SimulatedLicense): object => {
  const { assignee, lastSeen, ...rest } = license;
  const facts = { isAvailableToAssign: whyNot(license) === null, isTrial: false, isTransferableBetweenTeams: true };
  return { ...rest, ...facts, ...(assignee ? { assignee } : {}), ...(lastSeen ? { lastSeen } : {}) };
};

interface Server {
  readonly world: World<Licenses>;
  readonly clock: SimulatorClock;
  readonly customerCode: string;
  readonly keys: Map<string, Right>;
  readonly days: number;
}
/** In the log stands a right, never a key. */
const named = ({ role, team }: Right): string => (team === undefined ? role : `${role} ${team}`);
const rightOf = (as: string): Right => {
  const [role = "", team] = as.split(" ");
  return team === undefined ? { role } : { role, team: Number(team) };
};
/** Null: this token may change that license. */
const forbidden = (server: Server, as: string, team: number): Answer | null => {
  const { role, team: own } = rightOf(as);
  if (role !== "ADMIN") {
    const text = `Missing Edit permission on customer ${server.customerCode} or on team with id ${own ?? team}`;
    return refuse(403, "INSUFFICIENT_PERMISSIONS", text);
  }
  return own === undefined || own === team
    ? null
    : refuse(403, "TEAM_MISMATCH", `Token was generated for team with id ${own}`);
};

const list = (server: Server, { query, as }: Asked): Answer => {
  const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  const [page, size] = [number("page", 1), number("perPage", 100)];
  if (!(page >= 1) || !(size >= 1 && size <= largestPage)) return refuse(400, "INVALID_PARAMETER", "page, perPage"); // a guess
  const assigned = query.get("assigned") ?? "false";
  const { team } = rightOf(as);
  const all = [...server.world.listed().values()].filter(
    (one) =>
      (team === undefined || one.team.id === team) &&
      (assigned === "null" || (one.assignee !== null) === (assigned === "true")) &&
      (!query.has("productCode") || one.product.code === query.get("productCode")),
  );
  const items = all.slice((page - 1) * size, page * size);
  // A Link header comes along at JetBrains; its form is not described, and this connector goes by the total.
  return { status: 200, headers: { "x-total-count": String(all.length) }, body: items.map(shown) };
};

const Wanted = z.object({
  licenseId: z.string().optional(),
  contact: z.object({ email: z.string(), firstName: z.string(), lastName: z.string() }),
  sendEmail: z.boolean(),
  includeOfflineActivationCode: z.boolean(),
});
const wrong = ({ email, firstName, lastName }: Named): Answer | null => {
  if (firstName === "" || lastName === "") return refuse(400, "INVALID_CONTACT_NAME", "Field can't be empty");
  const lasting = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) && !/@mailinator\./.test(email);
  return lasting ? null : refuse(400, "INVALID_CONTACT_EMAIL", email);
};

const assign = (server: Server, { body, as }: Asked): Answer => {
  const wanted = Wanted.safeParse(body);
  if (!wanted.success) return refuse(400, "MISSING_FIELD");
  const { licenseId, contact } = wanted.data;
  // By product and team, JetBrains chooses; this connector never asks so.
  if (!licenseId) return refuse(400, "MISSING_FIELD", "Either licenseId or license must be provided");
  const license = server.world.read().get(licenseId);
  if (!license) return refuse(404, "LICENSE_NOT_FOUND", licenseId);
  const no = wrong(contact) ?? forbidden(server, as, license.team.id);
  if (no) return no;
  const why = whyNot(license);
  if (why) return refuse(400, "LICENSE_IS_NOT_AVAILABLE_TO_ASSIGN", why);
  const now = server.clock.now();
  server.world.write((all) => Object.assign(all.get(licenseId) ?? {}, given(contactOf(contact), now)));
  return { status: 200 };
};

const revoke = (server: Server, { query, as }: Asked): Answer => {
  const id = query.get("licenseId") ?? "";
  const license = server.world.read().get(id);
  if (!license) return refuse(404, "LICENSE_NOT_FOUND", id);
  const no = forbidden(server, as, license.team.id);
  if (no) return no;
  if (!license.assignee) return { status: 200, body: { licenseIds: [] } };
  const since = Date.parse(license.lastSeen?.lastAssignmentDate ?? "");
  if (server.clock.now() - since < server.days * day)
    return refuse(400, "RECENTLY_ASSIGNED_LICENSE_IS_NOT_AVAILABLE_FOR_REVOKE", id);
  server.world.write((all) => Object.assign(all.get(id) ?? {}, nobody));
  return { status: 200, body: { licenseIds: [id] } };
};

const routesOf = (server: Server) => [
  on.get("/api/v1/token", ({ as }) => {
    const { role, team } = rightOf(as);
    const customer = { code: Number(server.customerCode), name: "Acme" };
    const body =
      team === undefined
        ? { type: "CUSTOMER", ...customer, role, teams: [] }
        : { type: "TEAM", team: { id: team, role }, customer };
    return { status: 200, body };
  }),
  on.get("/api/v1/customer/licenses", (asked) => list(server, asked)),
  on.post("/api/v1/customer/licenses/assign", (asked) => assign(server, asked)),
  on.post("/api/v1/customer/licenses/revoke", (asked) => revoke(server, asked)),
  on.get("/api/v1/customer/licenses/{id}", ({ params: { id = "" }, as }) => {
    const found = server.world.read().get(id);
    const { team } = rightOf(as);
    if (!found || (team !== undefined && found.team.id !== team)) return refuse(404, "LICENSE_NOT_FOUND", id);
    return { status: 200, body: shown(found) };
  }),
];

const authenticate = (server: Server, { headers }: Omit<Asked, "as">): { as: string } | { refuse: Answer } => {
  const { "x-api-key": key, "x-customer-code": code } = headers;
  if (!key) return { refuse: refuse(401, "MISSING_TOKEN_HEADER", "X-Api-Key header is required") };
  if (!code) return { refuse: refuse(401, "MISSING_CUSTOMER_HEADER", "X-Customer-Code header is required") };
  const [, right] = [...server.keys].find(([one]) => sameSecret(one, key)) ?? [];
  if (!right || code !== server.customerCode)
    return { refuse: refuse(401, "INVALID_TOKEN", "The token provided is invalid") };
  return { as: named(right) };
};

export const startJetbrainsSimulator = async (config: JetbrainsSimulatorConfig = {}): Promise<JetbrainsSimulator> => {
  const { clock = createSimulatorClock(), seed = 1, perMinute } = config;
  const random = createRandom(seed);
  const [customerCode, apiKey] = [String(1_000_000 + random.int(9_000_000)), random.word(25)];
  const world = createWorld<Licenses>(new Map(), clock);
  const keys = new Map<string, Right>([[apiKey, { role: "ADMIN" }]]);
  const days = config.revocableAfterDays ?? revocableAfterDays;
  const server: Server = { world, clock, customerCode, keys, days };
  const bucket = perMinute === undefined ? null : createBucket({ limit: perMinute, perMs: 60_000 }, clock);
  const simulator = await startSimulator(
    {
      name: "jetbrains",
      clock,
      seed,
      routes: routesOf(server),
      authenticate: (asked) => authenticate(server, asked),
      refusals: {
        unknownPath: () => ({ status: 404 }),
        otherMethod: () => ({ status: 405 }),
        malformed: () => refuse(400, "MISSING_FIELD"),
        fault: (status) => refuse(status, `HTTP_${status}`),
      },
      limit: () => {
        const full = bucket?.take();
        const after = String(Math.ceil(((full?.until ?? 0) - clock.now()) / 1000));
        return full ? { ...refuse(429, "TOO_MANY_REQUESTS"), headers: { "retry-after": after } } : null;
      },
    },
    config.port,
  );
  const change = (id: string, to: Partial<SimulatedLicense>): void =>
    world.write((all) => Object.assign(all.get(id) ?? {}, structuredClone(to)));
  return Object.assign(simulator, {
    baseUrl: `${simulator.url}/api/v1`,
    customerCode,
    apiKey,
    addKey: (key: string, right: Right) => void keys.set(key, right),
    add({ product, team, count }: Parameters<JetbrainsSimulator["add"]>[0]): readonly string[] {
      const ids = Array.from({ length: count }, () => random.word(10).toUpperCase());
      const fresh = { product, team, ...nobody, subscription: { isOutdated: false }, isSuspended: false };
      world.write((all) => {
        for (const licenseId of ids) all.set(licenseId, { licenseId, ...fresh });
      });
      return ids;
    },
    licenses: () => [...world.read().values()],
    change,
    setLag: world.setLag,
  });
};

const products: Readonly<Record<string, string>> = { ALL: "All Products Pack", II: "IntelliJ IDEA Ultimate" };
const team = { id: 2046529, name: "Engineering" };

/** Engineers, one in four with one IDE alone. */
const seatsIn = ({ people }: Enterprise, sku: string): readonly string[] =>
  people
    .filter(({ department, status }) => department === "Engineering" && status === "active")
    .flatMap(({ login }, i) => ((i % 4 === 3 ? "II" : "ALL") === sku ? [login] : []));

const deedsAt = (simulator: JetbrainsSimulator, workers: Map<string, Worker>): Deeds => {
  const held = (login: string) =>
    simulator.licenses().filter(({ assignee }) => assignee?.email === workers.get(login)?.email);
  return {
    // JetBrains knows nobody until they are assigned a license, and nothing of who leaves.
    hire: (worker) => void workers.set(worker.login, worker),
    change: (worker) => void workers.set(worker.login, worker),
    signIn(login, at) {
      for (const { licenseId, lastSeen } of held(login))
        simulator.change(licenseId, { lastSeen: { ...lastSeen, lastSeenDate: iso(at) } });
    },
    giveSeat(sku, login) {
      const worker = workers.get(login);
      const free = simulator.licenses().find((one) => one.product.code === sku && whyNot(one) === null);
      if (!worker || !free) throw new Error(`JetBrains has no license of ${sku} left for ${login}`);
      simulator.change(free.licenseId, given(contactOf(worker), simulator.clock.now()));
    },
    takeSeat(sku, login) {
      const mine = held(login).filter(({ product }) => product.code === sku);
      if (mine.length === 0) throw new Error(`${login} has no license of ${sku} at JetBrains`);
      for (const { licenseId } of mine) simulator.change(licenseId, nobody);
    },
  };
};

export const sandbox: SandboxSystem = {
  name: "jetbrains",
  title: "JetBrains Account",
  async start(company, { port, seed, clock }) {
    const simulator = await startJetbrainsSimulator({ port, seed, clock });
    const workers = new Map(company.people.map((worker) => [worker.login, worker]));
    const shows = Object.entries(products).map(([code, name]) => {
      const holders = seatsIn(company, code).flatMap((login) => workers.get(login) ?? []);
      const ids = simulator.add({ product: { code, name }, team, count: holders.length + 10 });
      for (const [i, worker] of holders.entries()) {
        const since = clock.now() - (20 + (i % 300)) * day;
        simulator.change(ids[i] ?? "", given(contactOf(worker), since, worker.signIns.at(-1)));
      }
      return `${ids.length} licenses of ${code} (${name}), ${holders.length} of them assigned`;
    });
    return {
      simulator,
      connection: { baseUrl: simulator.baseUrl, customerCode: simulator.customerCode },
      secrets: { apiKey: simulator.apiKey },
      shows: [...shows, `a license can be taken ${revocableAfterDays} days after it was assigned`],
      deeds: deedsAt(simulator, workers),
    };
  },
};
