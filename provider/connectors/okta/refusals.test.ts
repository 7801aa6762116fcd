import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { type OktaSimulator, startOktaSimulator } from "./simulator.ts";

const spec = "github.com/okta/okta-management-openapi-spec, dist/2026.06.3/management-minimal.yaml";
const codes = "https://developer.okta.com/docs/reference/error-codes/";
const query = "https://developer.okta.com/docs/reference/user-query/";
const rates = "https://developer.okta.com/docs/reference/rl-global-mgmt/";
const oauth = "https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/";

const signal = new AbortController().signal;
let simulator: OktaSimulator;
let groups: Record<"editors" | "imported", string>;
let ada = "";
beforeAll(async () => {
  simulator = await startOktaSimulator({ scopes: ["okta.users.read", "okta.groups.read"] });
  const { hands } = simulator;
  ada = hands.addUser({ login: "ada@acme.test" });
  const app = hands.addApp("Figma");
  groups = {
    editors: hands.addGroup("editors"),
    imported: hands.addGroup("from AD", { type: "APP_GROUP", source: app }),
  };
  hands.join("editors", ada);
  hands.assignGroup("Figma", "editors");
  hands.addApp("Old", { status: "INACTIVE" });
  hands.addUser({ login: "gone@acme.test", status: "DEPROVISIONED" });
});
afterAll(async () => {
  expect(simulator.bugs).toEqual([]);
  await simulator.stop();
});

interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly authorization?: string;
}
const send = async ({ method = "GET", path, body, authorization = `SSWS ${simulator.apiToken}` }: Ask) => {
  const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const form = typeof body === "string" && body.startsWith("grant_type");
  const type = { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" };
  const headers = { ...type, ...(authorization === "" ? {} : { authorization }) };
  const raw = await simulator.transport({
    method,
    url: simulator.url + path,
    headers,
    signal,
    timeoutMs: 1000,
    ...text,
  });
  return {
    status: raw.status,
    headers: raw.headers,
    body: raw.body === "" ? {} : (JSON.parse(raw.body) as Record<string, unknown>),
  };
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const assertion = (claims: object = {}, key = createPrivateKey(simulator.privateKey)): string => {
  const now = Math.floor(simulator.clock.now() / 1000);
  const { clientId, url } = simulator;
  const own = { iss: clientId, sub: clientId, aud: `${url}/oauth2/v1/token`, iat: now, exp: now + 300 };
  const data = `${part({ alg: "RS256", kid: "sim-key-1" })}.${part({ ...own, ...claims })}`;
  return `${data}.${sign("sha256", Buffer.from(data), key).toString("base64url")}`;
};
const form = (more: Record<string, string> = {}): string =>
  new URLSearchParams({
    grant_type: "client_credentials",
    scope: "okta.users.read",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion(),
    ...more,
  }).toString();
const token = (more: Record<string, string>): Ask => ({
  method: "POST",
  path: "/oauth2/v1/token",
  body: form(more),
  authorization: "",
});
const user = (login: string): string => simulator.hands.userId(login);
const users = (app: string): string => `/api/v1/apps/${simulator.hands.appId(app)}/users`;

type Row = readonly [name: string, status: number, code: string, source: string, ask: () => Ask];
// biome-ignore format: one row, one line
const rows: readonly Row[] = [
  ["no token", 401, "E0000011", `${spec}: ErrorInvalidTokenProvided`, () => ({ path: "/api/v1/users", authorization: "" })],
  ["a wrong API token", 401, "E0000011", `${spec}: ErrorInvalidTokenProvided`, () => ({ path: "/api/v1/users", authorization: "SSWS wrong" })],
  ["an API token as bearer", 401, "E0000011", codes, () => ({ path: "/api/v1/users", authorization: `Bearer ${simulator.apiToken}` })],
  ["a write by who may only read", 403, "E0000006", `${spec}: ErrorAccessDenied403`, () => ({ method: "PUT", path: `/api/v1/groups/${groups.editors}/users/${ada}`, authorization: `SSWS ${simulator.readOnlyToken}` })],
  ["members of an imported group", 403, "E0000006", `${spec}: assignUserToGroup, "only … OKTA_GROUP"`, () => ({ method: "PUT", path: `/api/v1/groups/${groups.imported}/users/${ada}` })],
  ["members of Everyone", 403, "E0000006", "github.com/okta/okta-sdk-java/issues/314", () => ({ method: "DELETE", path: `/api/v1/groups/${simulator.hands.groupId("Everyone")}/users/${ada}` })],
  ["an unknown user", 404, "E0000007", `${spec}: ErrorResourceNotFound404`, () => ({ path: "/api/v1/users/00usim9999999999zzzz" })],
  ["an unknown member", 404, "E0000007", `${spec}: assignUserToGroup`, () => ({ method: "PUT", path: `/api/v1/groups/${groups.editors}/users/00usim9999999999zzzz` })],
  ["members of an unknown group", 404, "E0000007", `${spec}: listGroupUsers`, () => ({ path: "/api/v1/groups/00gsim9999999999zzzz/users" })],
  ["an unknown application", 404, "E0000007", `${spec}: listApplicationUsers`, () => ({ path: "/api/v1/apps/0oasim9999999999zzzz/users" })],
  ["an assignment that is none", 404, "E0000007", `${spec}: unassignUserFromApplication`, () => ({ method: "DELETE", path: `${users("Old")}/${ada}` })],
  ["an application that a group gives", 403, "E0000046", "github.com/gravitational/teleport/issues/53947", () => ({ method: "DELETE", path: `${users("Figma")}/${ada}` })],
  ["an assignment without a person", 400, "E0000001", `${spec}: AppUserAssignRequest, required: id`, () => ({ method: "POST", path: users("Figma"), body: { scope: "USER" } })],
  ["an assignment of who is deactivated", 400, "E0000001", codes, () => ({ method: "POST", path: users("Figma"), body: { id: user("gone@acme.test") } })],
  ["the operator ne", 400, "E0000031", `${query}: "doesn't support the ne operator"`, () => ({ path: `/api/v1/users?search=${encodeURIComponent('status ne "ACTIVE"')}` })],
  ["co outside of names", 400, "E0000031", `${spec}: listUsers, "You can only use co with …"`, () => ({ path: `/api/v1/users?search=${encodeURIComponent('profile.department co "a"')}` })],
  ["an attribute that nobody defined", 400, "E0000031", codes, () => ({ path: `/api/v1/users?search=${encodeURIComponent('profile.nope eq "a"')}` })],
  ["filter on a department", 400, "E0000031", `${query}: the subset of filter`, () => ({ path: `/api/v1/users?filter=${encodeURIComponent('profile.department eq "a"')}` })],
  ["501 application users a page", 400, "E0000001", `${spec}: queryAppLimit, maximum 500`, () => ({ path: `${users("Figma")}?limit=501` })],
  ["201 applications a page", 400, "E0000001", `${spec}: listApplications, maximum 200`, () => ({ path: "/api/v1/apps?limit=201" })],
  ["201 rules a page", 400, "E0000001", `${spec}: listGroupRules, maximum 200`, () => ({ path: "/api/v1/groups/rules?limit=201" })],
  ["1,001 events a page", 400, "E0000001", `${spec}: listLogEvents, 0 to 1000`, () => ({ path: "/api/v1/logs?limit=1001" })],
  ["a cursor of one's own making", 400, "E0000001", "https://developer.okta.com/docs/api/#pagination", () => ({ path: "/api/v1/users?after=00u123" })],
  ["a path that is none", 404, "E0000008", codes, () => ({ path: "/api/v1/userz" })],
  ["a method that is none", 405, "E0000022", codes, () => ({ method: "PATCH", path: `/api/v1/groups/${groups.editors}` })],
  ["half a body", 400, "E0000003", `${codes}: E0000003`, () => ({ method: "POST", path: users("Figma"), body: "{" })],
  ["another grant", 400, "unsupported_grant_type", "RFC 6749 5.2", () => token({ grant_type: "password" })],
  ["a secret instead of a signature", 401, "invalid_client", oauth, () => token({ client_assertion_type: "none" })],
  ["another's signature", 401, "invalid_client", oauth, () => token({ client_assertion: assertion({}, stranger) })],
  ["an assertion for another endpoint", 401, "invalid_client", oauth, () => token({ client_assertion: assertion({ aud: "https://acme.okta.com/x" }) })],
  ["an assertion of yesterday", 401, "invalid_client", oauth, () => token({ client_assertion: assertion({ exp: 1000 }) })],
  ["an assertion for a day", 401, "invalid_client", `${oauth}: exp within an hour`, () => token({ client_assertion: assertion({ exp: Math.floor(Date.now() / 1000) + 86_400 }) })],
  ["a scope that was not granted", 400, "invalid_scope", oauth, () => token({ scope: "okta.apps.manage" })],
];
it.each(rows)("refuses %s: %i %s (%s)", async (_name, status, code, _source, ask) => {
  const answer = await send(ask());
  expect([answer.status, answer.body.errorCode ?? answer.body.error]).toEqual([status, code]);
  if (answer.body.errorCode)
    expect(Object.keys(answer.body).sort()).toEqual([
      "errorCauses",
      "errorCode",
      "errorId",
      "errorLink",
      "errorSummary",
    ]);
});

it("refuses a scope that the token has not, and names it", async () => {
  const { body } = await send(token({}));
  const answer = await send({ path: "/api/v1/groups", authorization: `Bearer ${String(body.access_token)}` });
  expect([answer.status, answer.body.errorCode]).toEqual([403, "E0000006"]);
  expect(answer.headers["www-authenticate"]).toContain("okta.groups.read");
});
it("an assertion is good once", async () => {
  const once = assertion({ jti: "only-once" });
  expect((await send(token({ client_assertion: once }))).status).toBe(200);
  expect((await send(token({ client_assertion: once }))).body.error).toBe("invalid_client");
});
it("an application that must prove possession gets no bearer token", async () => {
  const strict = await startOktaSimulator({ dpop: true });
  const ask = { method: "POST", url: `${strict.url}/oauth2/v1/token`, signal, timeoutMs: 1000, body: form() };
  const raw = await strict.transport({ ...ask, headers: { "content-type": "application/x-www-form-urlencoded" } });
  expect([raw.status, (JSON.parse(raw.body) as { error: string }).error]).toEqual([400, "invalid_dpop_proof"]);
  await strict.stop();
});

// https://developer.okta.com/docs/reference/rl-global-mgmt/, and half of each for a new token
const buckets = [
  ["/api/v1/apps", 50],
  ["/api/v1/apps/0oasim9999999999zzzz", 250],
  ["/api/v1/groups", 250],
  ["/api/v1/groups/00gsim9999999999zzzz", 500],
  ["/api/v1/users", 300],
  ["/api/v1/users/00usim9999999999zzzz", 1000],
  ["/api/v1/logs", 60],
] as const;
it.each(buckets)(
  `%s is refused after %i in a minute, says when it goes on, and keeps its word (${rates})`,
  async (path, limit) => {
    const strict = await startOktaSimulator();
    const headers = { authorization: `SSWS ${strict.apiToken}` };
    const get = () => strict.transport({ method: "GET", url: strict.url + path, headers, signal, timeoutMs: 1000 });
    strict.clock.set(Date.UTC(2026, 0, 1, 12, 0, 10));
    for (let i = 0; i < limit; i += 1) expect((await get()).status).not.toBe(429);
    const refused = await get();
    expect([refused.status, (JSON.parse(refused.body) as { errorCode: string }).errorCode]).toEqual([429, "E0000047"]);
    const reset = Number(refused.headers["x-rate-limit-reset"]);
    expect([refused.headers["x-rate-limit-limit"], refused.headers["x-rate-limit-remaining"], reset]).toEqual([
      String(limit),
      "0",
      Date.UTC(2026, 0, 1, 12, 1) / 1000,
    ]);
    strict.clock.set(reset * 1000);
    expect((await get()).status).not.toBe(429);
    await strict.stop();
  },
);
