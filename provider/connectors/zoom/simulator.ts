import { type Bucket, createBucket } from "../simulator/buckets.ts";
import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import { createRandom } from "../simulator/random.ts";
import { type Answer, type Asked, type Handler, on } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook, sameSecret } from "../simulator/tokens.ts";
import { createWorld } from "../simulator/world.ts";

/** As the table on developers.zoom.us has them: a second each, heavy ones by the day besides. */
const rates = {
  pro: { light: 30, medium: 20, heavy: 10, daily: 30_000 },
  business: { light: 80, medium: 60, heavy: 40, daily: 60_000 },
  none: { light: 1e9, medium: 1e9, heavy: 1e9, daily: 1e9 },
} as const;
type Label = "light" | "medium" | "heavy";
const labelOf = (path: string): Label => {
  if (path.endsWith("/plans/usage")) return "heavy";
  return path === "/v2/users" ? "medium" : "light";
};

/** A person as Zoom writes them. */
export interface ZoomUser {
  readonly id: string;
  readonly email: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly type: number;
  readonly status: "active" | "pending" | "inactive";
  readonly created_at: string;
  readonly last_login_time?: string;
}
type Facts = Partial<Omit<ZoomUser, "id">>;
export interface ZoomSimulatorConfig {
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  /** Whose rate limits. Default: `pro`. */
  readonly plan?: keyof typeof rates;
  /** What the app was given. Default: all that the connector wants. */
  readonly scopes?: readonly string[];
  /** Licenses bought; null: an account that pays for none. Default: 20. */
  readonly hosts?: number | null;
  /** Licenses bought in a bundle besides. Default: 0. */
  readonly bundle?: number;
  readonly daily?: number;
  /** Places for unpaid people. */
  readonly basics?: number;
  /** Accepted now, done so much later. */
  readonly applyMs?: number;
}
export type ZoomSimulator = Simulator & ReturnType<typeof createAccount>["hands"] & Credentials;

const every = "user:read:list_users:admin user:read:user:admin user:update:user:admin account:read:admin";
const refuse = (status: number, code: number, message: string, more: object = {}): Answer => ({
  status,
  body: { code, message, ...more },
});
const invalid = (field: string): Answer =>
  refuse(400, 300, "Validation Failed.", { errors: [{ field, message: "Invalid field." }] });
const noUser = (key = ""): Answer => refuse(404, 1001, `User does not exist: ${key}.`);
const oauth = (error: string, reason: string): Answer => ({ status: 400, body: { reason, error } });
const tooMany = (from: string, to: string, most: number): Answer => {
  const start = `Your request to convert the user type of this ${from} user to a ${to} user was not approved at this time because your account has reached the permitted maximum number of ${most}`;
  const end =
    to === "basic"
      ? "basic users. Please remove existing basic user(s) from your Users list or the Pending Users list before attempting to convert a paying user to a basic user."
      : "paying users. Please purchase additional licenses or remove existing paying user(s) from your Users list or the Pending Users list before attempting to convert a basic user to a paying user.";
  return refuse(400, 3412, `${start} ${end}`);
};
const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, "");
const paying = (type: number): boolean => type === 2 || type === 3;

/** Exact windows of a second, and of a day in GMT for what is heavy. */
const createLimits = (clock: SimulatorClock, plan: keyof typeof rates, perDay: number = rates[plan].daily) => {
  const bucket = (label: Label): Bucket => createBucket({ limit: rates[plan][label], perMs: 1000 }, clock);
  const seconds = { light: bucket("light"), medium: bucket("medium"), heavy: bucket("heavy") };
  const daily = createBucket({ limit: perDay, perMs: 86_400_000 }, clock);
  const headers = (label: Label, of = seconds[label]): Record<string, string> => ({
    "x-ratelimit-category": label.replace(/^./, (letter) => letter.toUpperCase()),
    "x-ratelimit-type": of === daily ? "Daily-limit" : "QPS",
    "x-ratelimit-limit": String(of.limit),
    "x-ratelimit-remaining": String(of.remaining()),
    date: new Date(clock.now()).toUTCString(),
  });
  const over = (period: string, then: string): Answer =>
    refuse(429, 429, `You have reached the maximum ${period} rate limit for this API. ${then}`);
  return {
    headers: (path: string) => headers(labelOf(path)),
    take(path: string): Answer | null {
      const label = labelOf(path);
      const day = label === "heavy" ? daily.take() : null;
      const again = "Refer to the response header for details on when you can make another request.";
      if (day !== null)
        return { ...over("daily", again), headers: { ...headers(label, daily), "retry-after": time(day.until) } };
      if (seconds[label].take() === null) return null;
      return { ...over("per-second", "Try again later."), headers: headers(label) };
    },
  };
};

/** The account's people and what was bought: what the API answers of them, and what hands can do. */
const createAccount = (
  { bundle = 0, ...config }: ZoomSimulatorConfig,
  clock: SimulatorClock,
  word: (length: number) => string,
) => {
  const world = createWorld<{ readonly users: Map<string, ZoomUser> }>({ users: new Map() }, clock);
  const cursors = new Map<string, { readonly status: string; readonly last: string; readonly until: number }>();
  let hosts = config.hosts === undefined ? 20 : config.hosts;
  const user = (key = ""): ZoomUser | null => {
    const { users } = world.read();
    return users.get(key) ?? [...users.values()].find(({ email }) => email === key.toLowerCase()) ?? null;
  };
  const change = (key: string, facts: Facts, afterMs = 0): void => {
    const id = user(key)?.id;
    if (id === undefined) throw new Error(`Zoom has no user ${key}`);
    world.write(({ users }) => {
      const one = users.get(id);
      if (one) users.set(id, { ...one, ...facts });
    }, afterMs);
  };
  const count = (paid: boolean): number =>
    [...world.read().users.values()].filter((one) => one.status !== "inactive" && paying(one.type) === paid).length;

  const list = ({ query }: Asked): Answer => {
    const [status, size] = [query.get("status") ?? "active", Number(query.get("page_size") ?? 30)];
    if (!["active", "inactive", "pending"].includes(status)) return invalid("status");
    if (!Number.isInteger(size) || size < 1 || size > 300) return invalid("page_size");
    const given = query.get("next_page_token");
    const at = given ? cursors.get(given) : null;
    if (at === undefined || (at && (at.status !== status || at.until <= clock.now())))
      return refuse(400, 300, "The next page token is invalid or expired.");
    const all = [...world.listed().users.values()].filter((one) => one.status === status);
    const rest = at ? all.filter(({ id }) => id > at.last) : all;
    const users = rest.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, size);
    const next = users.length < rest.length ? word(32) : "";
    if (next) cursors.set(next, { status, last: users.at(-1)?.id ?? "", until: clock.now() + 15 * 60_000 });
    const pages = { page_count: Math.ceil(all.length / size), page_size: size, total_records: all.length };
    return { status: 200, body: { ...pages, next_page_token: next, users } };
  };
  const get = ({ params }: Asked): Answer => {
    const found = user(params.user);
    if (found === null) return noUser(params.user);
    const { id, created_at } = found;
    return { status: 200, body: found.status === "pending" ? { id, created_at } : found };
  };
  const setType = (key: string | undefined, type: unknown): Answer => {
    const found = user(key);
    if (found === null) return noUser(key);
    // 99 is only for people that single sign-on makes.
    if (type !== 1 && type !== 2 && type !== 3) return invalid("type");
    const [most, basics] = [(hosts ?? 0) + bundle, config.basics ?? Number.POSITIVE_INFINITY];
    if (paying(type) && !paying(found.type) && count(true) >= most) return tooMany("basic", "licensed", most);
    if (type === 1 && paying(found.type) && count(false) >= basics) return tooMany("licensed", "basic", basics);
    change(found.id, { type }, config.applyMs);
    return { status: 204 };
  };
  const patch = ({ params, body }: Asked): Answer =>
    setType(params.user, typeof body === "object" && body !== null && "type" in body ? body.type : null);
  const usage = (): Answer => {
    if (hosts === null) return refuse(400, 200, "Only available for paid account.");
    const plan_united = bundle > 0 ? { plan_united: { type: "zu_pro_monthly", hosts: bundle, usage: 0 } } : {};
    return {
      status: 200,
      body: { plan_base: [{ type: "business_yearly", hosts, usage: count(true) }], ...plan_united },
    };
  };
  const hands = {
    add(facts: Facts & { readonly email: string }): string {
      const [id, created_at] = [word(22), time(clock.now())];
      world.write(({ users }) => users.set(id, { id, type: 1, status: "active", created_at, ...facts }));
      return id;
    },
    /** By id or e-mail. */
    user,
    change: (key: string, facts: Facts) => change(key, facts),
    /** Refused where the API refuses. */
    setType(key: string, type: number) {
      const { body } = setType(key, type);
      if (body !== undefined) throw new Error(JSON.stringify(body));
    },
    remove: (key: string) => world.write(({ users }) => users.delete(user(key)?.id ?? "")),
    setHosts(bought: number | null) {
      hosts = bought;
    },
    setLag: world.setLag,
  };
  return { hands, list, get, patch, usage };
};

type Credentials = Readonly<Record<"accountId" | "clientId" | "clientSecret", string>>;
/** Server-to-Server OAuth. */
const createLogin = (who: Credentials, issue: () => { readonly token: string; readonly scope: string }): Handler => {
  const right = Buffer.from(`${who.clientId}:${who.clientSecret}`).toString("base64");
  return ({ headers, body, query }) => {
    const form: Record<string, unknown> = { ...Object.fromEntries(query), ...(body as object | undefined) }; // a form
    const given = /^Basic (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (form.grant_type !== "account_credentials") return oauth("unsupported_grant_type", "unsupported grant type");
    if (!sameSecret(given, right)) return oauth("invalid_client", "Invalid client_id or client_secret");
    if (form.account_id !== who.accountId) return oauth("invalid_request", "Bad Request");
    const { token: access_token, scope } = issue();
    return { status: 200, body: { access_token, token_type: "bearer", expires_in: 3600, scope } };
  };
};

/** Zoom's token endpoint and the part of its API that knows people, their types and what was bought. */
export const startZoomSimulator = async (config: ZoomSimulatorConfig = {}): Promise<ZoomSimulator> => {
  const { clock = createSimulatorClock(), seed = 1, port = 0, plan = "pro" } = config;
  const random = createRandom(seed);
  const limits = createLimits(clock, plan, config.daily);
  const tokens = createTokenBook(clock, random);
  const who = { accountId: random.word(22), clientId: random.word(22), clientSecret: random.word(32) };
  const account = createAccount(config, clock, random.word);
  const login = createLogin(who, () => {
    tokens.revokeAll(); // a new token ends the one before: github.com/JosephMcEvoy/PSZoom/issues/75
    const scope = config.scopes?.join(" ") ?? every;
    return { token: tokens.issue(scope || "-", 3_600_000), scope };
  });
  /** The app's rights first; every answer tells the bucket's state. */
  const guarded =
    (needed: string, handle: (asked: Asked) => Answer): Handler =>
    (asked) => {
      const lacks = refuse(400, 4711, `Invalid access token, does not contain scopes:[${needed}].`);
      const answer = asked.as.split(" ").includes(needed) ? handle(asked) : lacks;
      return { ...answer, headers: limits.headers(asked.path) };
    };
  const routes = [
    on.post("/oauth/token", login, { open: true }),
    on.get("/v2/users", guarded("user:read:list_users:admin", account.list)),
    on.get("/v2/users/{user}", guarded("user:read:user:admin", account.get)),
    on.patch("/v2/users/{user}", guarded("user:update:user:admin", account.patch)),
    on.get("/v2/accounts/me/plans/usage", guarded("account:read:admin", account.usage)),
  ];
  const server = {
    ...{ name: "zoom", clock, seed, routes, expire: tokens.revoke },
    authenticate: ({ headers }: Omit<Asked, "as">) => {
      const as = tokens.who(headers.authorization);
      return as === null ? { refuse: refuse(401, 124, "Invalid access token.") } : { as };
    },
    limit: ({ path }: Omit<Asked, "as">) => (path.startsWith("/v2/") ? limits.take(path) : null),
    refusals: {
      unknownPath: () => refuse(404, 2300, "This API endpoint is not recognized."),
      otherMethod: () => refuse(405, 2300, "This API endpoint is not recognized."),
      malformed: () => refuse(400, 300, "Request Body should be a valid JSON object."),
      fault: (status: number) => refuse(status, status, "Internal error."),
    },
  };
  return Object.assign(await startSimulator(server, port), who, account.hands);
};

/** Whom the company wants licensed: by a contract with Zoom itself, else who has Zoom through Okta. */
const licensedAt = ({ seats }: Enterprise): ReadonlySet<string> => {
  const own = seats.filter(({ system }) => system === "zoom");
  const through = seats.filter(({ system, sku }) => system === "okta" && sku === "app:Zoom");
  return new Set((own.length > 0 ? own : through).map(({ login }) => login));
};
const factsOf = ({ email, firstName, lastName, status }: Worker) => ({
  ...{ email, first_name: firstName, last_name: lastName },
  // To deactivate somebody takes their licenses.
  ...(status === "active" ? { status } : ({ status: "inactive", type: 1 } as const)),
});
const deedsOf = ({ add, change, remove, setType }: ZoomSimulator, ids: Map<string, string>): Deeds => {
  const id = (login: string): string => ids.get(login) ?? `called ${login}`;
  return {
    hire: (worker) => void ids.set(worker.login, add(factsOf(worker))),
    change: (worker) => change(id(worker.login), factsOf(worker)),
    leave: (login) => remove(id(login)),
    signIn: (login, at) => change(id(login), { last_login_time: time(at) }),
    giveSeat: (sku, login) => setType(id(login), sku === "On-Prem" ? 3 : 2),
    takeSeat: (_sku, login) => setType(id(login), 1),
  };
};
export const sandbox: SandboxSystem = {
  name: "zoom",
  title: "Zoom",
  async start(company, { port, seed, clock }) {
    const licensed = licensedAt(company);
    const bought = company.contracts.find(({ system }) => system === "zoom")?.purchased;
    const hosts = bought ?? Math.ceil(licensed.size * 1.06);
    const simulator = await startZoomSimulator({ port, seed, clock, plan: "business", hosts });
    const { url, accountId, clientId, clientSecret, add } = simulator;
    const seated = (worker: Worker): string => {
      const last = worker.signIns.at(-1);
      const seen = last === undefined ? {} : { last_login_time: time(last) };
      const type = licensed.has(worker.login) ? 2 : 1;
      return add({ type, created_at: time(Date.parse(worker.createdAt)), ...seen, ...factsOf(worker) });
    };
    const ids = new Map(company.people.map((worker) => [worker.login, seated(worker)]));
    return {
      simulator,
      connection: { accountId, clientId, plan: "business", baseUrl: url, tokenUrl: `${url}/oauth/token` },
      secrets: { clientSecret },
      shows: [`${ids.size} people, ${licensed.size} to be Licensed (sku "Licensed"), ${hosts} licenses bought`],
      deeds: deedsOf(simulator, ids),
    };
  },
};
