import { scopes } from "./api.ts";
import {
  a,
  asClerk,
  b,
  c,
  call,
  insert,
  join,
  licence,
  move,
  overrun,
  seeded,
  token,
  users,
} from "./refusals.fixture.ts";
import type { World } from "./world.fixture.ts";

/** What the simulator refuses because the real API refuses it, and where that is written. */
interface Row {
  readonly name: string;
  readonly source: string;
  readonly ask: (w: World) => Promise<Response>;
  readonly status: number;
  readonly reason: string;
  readonly says: RegExp;
}
const guide = "developers.google.com/workspace/admin/licensing/v1/how-tos/using#errors";
const limits = "developers.google.com/workspace/admin/directory/v1/limits";
const reference = "admin.googleapis.com/$discovery/rest?version=directory_v1";
const searching = "developers.google.com/workspace/admin/directory/v1/guides/search-users";
const oauth = "developers.google.com/identity/protocols/oauth2/service-account#error-codes";
const rows: readonly Row[] = [
  ...[
    {
      name: "a key of another pair",
      over: {},
      change: (jwt: string) => `${jwt.slice(0, -6)}AAAAAA`,
      says: /Invalid JWT Signature/,
    },
    { name: "a key that was deleted", over: { kid: "gone" }, says: /Invalid JWT Signature/ },
    { name: "a JWT for longer than an hour", over: { lifeSeconds: 7200 }, says: /short-lived token \(60 minutes\)/ },
    { name: "an account that is none", over: { iss: "nobody@x.iam.gserviceaccount.com" }, says: /account not found/ },
    { name: "an administrator who is nobody", over: { sub: "nobody@acme.test" }, says: /Invalid email or User ID/ },
    { name: "a token for somewhere else", over: { aud: "https://other.example/oauth" }, says: /Failed audience check/ },
    {
      name: "a scope that was not delegated",
      over: { scope: "https://www.googleapis.com/auth/drive" },
      status: 401,
      reason: "unauthorized_client",
      says: /not authorized for any of the scopes requested/,
    },
    {
      name: "two scopes of which one was not delegated",
      over: { scope: `${scopes.users} https://www.googleapis.com/auth/drive` },
      status: 401,
      reason: "unauthorized_client",
      says: /unauthorized to retrieve access tokens/,
    },
  ].map(({ over, change, ...row }) => ({
    status: 400,
    reason: "invalid_grant",
    ...row,
    source: oauth,
    ask: (w: World) => token(w, over, change),
  })),
  {
    name: "no token",
    source: guide,
    ask: (w) => fetch(`${w.google.url}/admin/directory/v1/users?customer=my_customer`),
    ...{ status: 401, reason: "authError", says: /invalid authentication credentials/ },
  },
  {
    name: "a token of too small a scope",
    source: `${reference} (scopes of users.list)`,
    ask: (w) => call(w, scopes.licensing, "/admin/directory/v1/users?customer=my_customer"),
    ...{ status: 403, reason: "insufficientPermissions", says: /insufficient authentication scopes/ },
  },
  {
    name: "somebody who is no administrator",
    source: "knowledge.workspace.google.com: Not Authorized to access this resource/api",
    ask: asClerk,
    ...{ status: 403, reason: "forbidden", says: /Not Authorized to access this resource/ },
  },
  {
    name: "users of nowhere",
    source: `${reference} (customer or domain)`,
    ask: users("maxResults=10"),
    status: 400,
    reason: "badRequest",
    says: /Bad Request/,
  },
  {
    name: "more than 500 users",
    source: `${reference} (maximum 500)`,
    ask: users("customer=my_customer&maxResults=501"),
    status: 400,
    reason: "invalidParameter",
    says: /range: \[1, 500\]/,
  },
  {
    name: "a field that cannot be searched",
    source: searching,
    ask: users("customer=my_customer&query=shoeSize=42"),
    status: 400,
    reason: "invalid",
    says: /Invalid Input: query/,
  },
  {
    name: "a page token of nobody",
    source: reference,
    ask: users("customer=my_customer&pageToken=x"),
    status: 400,
    reason: "invalid",
    says: /pageToken/,
  },
  {
    name: "a user who is not there",
    source: reference,
    ask: (w) => call(w, scopes.users, "/admin/directory/v1/users/nobody@acme.test"),
    ...{ status: 404, reason: "notFound", says: /Resource Not Found: userKey/ },
  },
  {
    name: "a user of another organisation",
    source: "github.com/GAM-team/GAM (users.get: forbidden)",
    ask: (w) => call(w, scopes.users, "/admin/directory/v1/users/ada@elsewhere.test"),
    ...{ status: 403, reason: "forbidden", says: /Not Authorized to access this resource/ },
  },
  {
    name: "a member twice",
    source: "github.com/DeviaVir/terraform-provider-gsuite#38",
    ask: (w) => join(w, "team@acme.test", a),
    status: 409,
    reason: "duplicate",
    says: /Member already exists/,
  },
  {
    name: "a member of no group",
    source: "github.com/googleapis/google-api-nodejs-client#166",
    ask: (w) => join(w, "none@acme.test", a),
    status: 404,
    reason: "notFound",
    says: /groupKey/,
  },
  {
    name: "to take a membership that is none",
    source: "github.com/googleapis/google-api-nodejs-client#166",
    ask: (w) => call(w, scopes.members, `/admin/directory/v1/groups/team@acme.test/members/${b}`, { method: "DELETE" }),
    ...{ status: 404, reason: "notFound", says: /memberKey/ },
  },
  {
    name: "to write a membership with the right to read",
    source: `${reference} (scopes of members.insert)`,
    ask: (w) =>
      call(w, scopes.groups, "/admin/directory/v1/groups/team@acme.test/members", { method: "POST", body: "{}" }),
    ...{ status: 403, reason: "insufficientPermissions", says: /insufficient authentication scopes/ },
  },
  {
    name: "a SKU that is none",
    source: guide,
    ask: (w) => insert(w, "1019999999", b),
    status: 400,
    reason: "invalid",
    says: /Invalid sku id or product id/,
  },
  {
    name: "a licence for an address that is nobody's",
    source: guide,
    ask: (w) => insert(w, "1010020020", "nobody@acme.test"),
    status: 400,
    reason: "invalid",
    says: /Invalid user id/,
  },
  {
    name: "a licence by the user's id",
    source: `${guide} (userId is the primary email address)`,
    ask: (w) => insert(w, "1010020020", w.id(b)),
    status: 400,
    reason: "invalid",
    says: /Invalid user id/,
  },
  {
    name: "the same licence twice",
    source: guide,
    ask: (w) => insert(w, "1010020020", a),
    status: 412,
    reason: "conditionNotMet",
    says: /already has a license for the specified product and SKU/,
  },
  {
    name: "a second SKU of one product",
    source: guide,
    ask: (w) => insert(w, "1010020025", a),
    status: 412,
    reason: "conditionNotMet",
    says: /with a different SKU/,
  },
  {
    name: "more licences than were bought",
    source: guide,
    ask: (w) => insert(w, "1010020028", "new@acme.test"),
    status: 412,
    reason: "conditionNotMet",
    says: /aren't enough available licenses/,
  },
  {
    name: "to read a licence that is none",
    source: guide,
    ask: (w) => call(w, scopes.licensing, licence("1010020020", b)),
    ...{ status: 404, reason: "notFound", says: /does not have a license/ },
  },
  {
    name: "to take a licence that is automatic",
    source: guide,
    ask: (w) => call(w, scopes.licensing, licence("1010020020", c), { method: "DELETE" }),
    ...{ status: 412, reason: "conditionNotMet", says: /Auto License un-assignment is not allowed/ },
  },
  {
    name: "a move to where one is",
    source: guide,
    ask: (w) => move(w, { skuId: "1010020020" }),
    status: 412,
    reason: "conditionNotMet",
    says: /should be different/,
  },
  {
    name: "a move to another product",
    source: guide,
    ask: (w) => move(w, { skuId: "Google-Vault", productId: "Google-Vault" }),
    status: 412,
    reason: "conditionNotMet",
    says: /different products/,
  },
  {
    name: "a move to another person",
    source: guide,
    ask: (w) => move(w, { skuId: "1010020025", userId: b }),
    status: 412,
    reason: "conditionNotMet",
    says: /different users/,
  },
  {
    name: "licences of nowhere",
    source: "licensing.googleapis.com/$discovery/rest?version=v1 (customerId is required)",
    ask: (w) => call(w, scopes.licensing, "/apps/licensing/v1/product/Google-Apps/sku/1010020020/users"),
    ...{ status: 400, reason: "badRequest", says: /Bad Request/ },
  },
  {
    name: "two licence requests in one second",
    source: "developers.google.com/workspace/admin/licensing/v1/limits (QPS 1, 503)",
    ask: async (w) => {
      await call(w, scopes.licensing, licence("1010020020", a));
      w.clock.advance(-200);
      return call(w, scopes.licensing, licence("1010020020", a));
    },
    ...{ status: 503, reason: "backendError", says: /currently unavailable/ },
  },
  {
    name: "2,401 Directory requests in one minute",
    source: limits,
    ask: overrun,
    ...{ status: 403, reason: "userRateLimitExceeded", says: /User Rate Limit Exceeded/ },
  },
  {
    name: "a report of today",
    source: "developers.google.com/workspace/admin/reports/v1/guides/manage-usage-customers (reports are days late)",
    ask: (w) =>
      call(w, scopes.reports, `/admin/reports/v1/usage/dates/${new Date(w.clock.now()).toISOString().slice(0, 10)}`),
    ...{ status: 400, reason: "invalid", says: /not yet available/ },
  },
];

describe("what Google refuses is refused, in its words", () => {
  it.each(rows.map((row) => [row.name, row] as const))("%s", async (_name, row) => {
    const w = await seeded();
    const answer = await row.ask(w);
    const body = (await answer.json()) as { error: unknown; error_description?: string };
    const { error } = body;
    // OAuth's errors are a word, the APIs' an object.
    const told =
      typeof error === "string"
        ? { reason: error, message: body.error_description ?? "" }
        : { ...(error as { message: string; errors: { reason: string }[]; code: number }) };
    const reason = "reason" in told ? told.reason : told.errors[0]?.reason;
    expect([answer.status, reason]).toEqual([row.status, row.reason]);
    expect(told.message).toMatch(row.says);
    if ("code" in told) expect(told.code).toBe(row.status);
  });

  it("there are enough of them, each with its source", () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
    expect(rows.filter(({ source }) => !/\.(com|org)/.test(source))).toEqual([]);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });
});
