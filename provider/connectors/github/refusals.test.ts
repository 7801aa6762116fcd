import { type Stand, signal, stand } from "./world.fixture.ts";

/**
 * What the real GitHub refuses, asked of the simulator by plain requests, each with where it is written. “Description” is
 * GitHub's own (`spec/github.json`); words that only somebody's report shows are marked so.
 */
interface Refusal {
  readonly name: string;
  readonly source: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly before?: (at: Stand) => void;
  readonly status: number;
  readonly says?: RegExp;
}
const users = "/orgs/acme/copilot/billing/selected_users";
const docs = "https://docs.github.com/en/rest";
const limits = `${docs}/using-the-rest-api/rate-limits-for-the-rest-api`;
const bought = (...selected_usernames: string[]) => ({ method: "POST", path: users, body: { selected_usernames } });
const cancelled = (...selected_usernames: string[]) => ({
  method: "DELETE",
  path: users,
  body: { selected_usernames },
});
const setting = (to: Parameters<Stand["simulator"]["setCopilot"]>[0]) => (at: Stand) => at.simulator.setCopilot(to);

const rows: readonly Refusal[] = [
  {
    name: "no credentials",
    source: "description: 401 “Requires authentication”",
    path: "/orgs/acme/members",
    headers: { authorization: undefined },
    status: 401,
    says: /Requires authentication/,
  },
  {
    name: "a wrong token",
    source: `${docs}/authentication/authenticating-to-the-rest-api: “Bad credentials”`,
    path: "/orgs/acme/members",
    headers: { authorization: "Bearer wrong" },
    status: 401,
    says: /Bad credentials/,
  },
  {
    name: "no User-Agent",
    source: `${docs}/using-the-rest-api/getting-started-with-the-rest-api#user-agent`,
    path: "/orgs/acme",
    headers: { "user-agent": undefined },
    status: 403,
    says: /User-Agent/,
  },
  {
    name: "a body that is no JSON",
    source: `${docs}/using-the-rest-api/troubleshooting-the-rest-api: “Problems parsing JSON”`,
    method: "POST",
    path: users,
    body: "{",
    status: 400,
    says: /parsing JSON/,
  },
  {
    name: "a version of the API that there is not",
    source: `${docs}/using-the-rest-api/troubleshooting-the-rest-api#not-a-supported-version`,
    path: "/orgs/acme",
    headers: { "x-github-api-version": "2001-01-01" },
    status: 400,
    says: /version/,
  },
  {
    name: "an organization that is not there, or that one may not see",
    source: `${docs}/using-the-rest-api/troubleshooting-the-rest-api: 404 instead of 403, so as not to confirm that it exists`,
    path: "/orgs/other/copilot/billing",
    status: 404,
  },
  {
    name: "somebody who is no owner, as if nothing were there",
    source: `${docs}/using-the-rest-api/troubleshooting-the-rest-api: 404 for what the token may not see; description: “Only organization owners”`,
    path: "/orgs/acme/copilot/billing",
    headers: { authorization: "Bearer member" },
    status: 404,
  },
  {
    name: "a token without the scope",
    source: "description: Copilot seats “need either the manage_billing:copilot or admin:org scopes”; 403",
    ...bought("ada"),
    headers: { authorization: "Bearer reader" },
    status: 403,
    says: /manage_billing:copilot/,
  },
  {
    name: "a method that a path does not have",
    source: "from memory, not checked: GitHub answers 404, not 405",
    method: "PATCH",
    path: "/orgs/acme/members",
    status: 404,
  },
  {
    name: "seats for nobody",
    source: "description: selected_usernames, minItems 1",
    ...bought(),
    status: 422,
    says: /selected_usernames/,
  },
  {
    name: "single seats where everybody has one",
    source:
      "description: 422 “the organization's Copilot access setting is set to enable Copilot for all users or is unconfigured”",
    ...bought("ada"),
    before: setting("assign_all"),
    status: 422,
  },
  {
    name: "single seats where nobody has chosen",
    source: "description: as above, “or is unconfigured”",
    ...bought("ada"),
    before: setting("unconfigured"),
    status: 422,
  },
  {
    name: "seats where Copilot is not bought",
    source: "description: 422 “Copilot Business or Enterprise is not enabled for this organization”",
    ...bought("ada"),
    before: setting("none"),
    status: 422,
    says: /not enabled/,
  },
  {
    name: "Copilot's settings where it is not bought",
    source: "description: 404 of GET …/copilot/billing",
    path: "/orgs/acme/copilot/billing",
    before: setting("none"),
    status: 404,
  },
  {
    name: "to cancel a seat that comes from a team",
    source: "description: 422 “a user's seat cannot be cancelled because it was assigned to them via a team”",
    ...cancelled("tia"),
    status: 422,
    says: /via a team/,
  },
  {
    name: "to cancel anybody's where one of them has it from a team",
    source: "description: as above; the request is refused as a whole",
    ...cancelled("ada", "tia"),
    status: 422,
  },
  {
    name: "one person's seat who has none",
    source: "description: 404 of GET …/members/{username}/copilot",
    path: "/orgs/acme/members/bob/copilot",
    status: 404,
  },
  {
    name: "one person's seat whose invitation is pending",
    source: "description: 422 “or the user has a pending organization invitation”",
    path: "/orgs/acme/members/guest/copilot",
    before: ({ simulator }) => invited(simulator, "guest"),
    status: 422,
    says: /pending/,
  },
  {
    name: "to invite an account that is not there",
    source: "description: 404 “Resource not found”",
    method: "PUT",
    path: "/orgs/acme/memberships/nobody",
    body: { role: "member" },
    status: 404,
  },
  {
    name: "a role that is none",
    source: "description: enum admin, member; 422 “Validation failed”",
    method: "PUT",
    path: "/orgs/acme/memberships/out",
    body: { role: "king" },
    status: 422,
    says: /Validation Failed/,
  },
  {
    name: "to invite where no license is left",
    source:
      "integrations/terraform-provider-github #3452 and probot/invite #8: “You must purchase at least one more seat…”, code no_seat",
    method: "PUT",
    path: "/orgs/acme/memberships/out",
    body: {},
    before: ({ simulator }) => simulator.setPurchased(4),
    status: 422,
    says: /purchase at least one more seat/,
  },
  {
    name: "more invitations than a day allows",
    source:
      "description: “500 invitations per 24 hour period”; that it is a 422 with these words is from memory, not checked",
    method: "PUT",
    path: "/orgs/acme/memberships/out",
    body: {},
    before: ({ simulator }) => manyInvited(simulator),
    status: 422,
    says: /invitation rate limit/,
  },
  {
    name: "to remove who is no member",
    source: "description: 404 of DELETE …/memberships/{username}",
    method: "DELETE",
    path: "/orgs/acme/memberships/out",
    status: 404,
  },
  {
    name: "the membership of who has none",
    source: "description: 404 of GET …/memberships/{username}",
    path: "/orgs/acme/memberships/out",
    status: 404,
  },
  {
    name: "a team that is not there",
    source: "description: 404 of GET …/teams/{team_slug}",
    path: "/orgs/acme/teams/none",
    status: 404,
  },
  {
    name: "a member for a team that the identity provider fills",
    source: "description: 403 “Forbidden if team synchronization is set up”; words after octokit/rest.js #508",
    method: "PUT",
    path: "/orgs/acme/teams/synced/memberships/bob",
    body: {},
    status: 403,
    says: /externally managed/,
  },
  {
    name: "to take one out of such a team",
    source: "description: as above, of DELETE",
    method: "DELETE",
    path: "/orgs/acme/teams/synced/memberships/bob",
    status: 403,
    says: /externally managed/,
  },
  {
    name: "an enterprise's licenses to a GitHub App",
    source: "description: x-github enabledForGitHubApps false; “Resource not accessible by integration”",
    path: "/enterprises/acme/consumed-licenses",
    headers: { authorization: "Bearer app-like" },
    status: 403,
    says: /not accessible by integration/,
  },
  {
    name: "an enterprise's licenses without its scope",
    source: "description: “need the read:enterprise scope”",
    path: "/enterprises/acme/consumed-licenses",
    headers: { authorization: "Bearer reader" },
    status: 403,
    says: /read:enterprise/,
  },
  {
    name: "an App whose JWT is signed with another key",
    source: `${docs}/apps/apps: “A JSON web token could not be decoded”`,
    method: "POST",
    path: "/app/installations/815/access_tokens",
    headers: { authorization: "Bearer a.b.c" },
    status: 401,
    says: /could not be decoded/,
  },
  {
    name: "the 81st write of a minute",
    source: `${limits}#about-secondary-rate-limits: 80 a minute`,
    ...bought("bob"),
    before: (at) => spend(at, 80, { method: "POST" }),
    status: 403,
    says: /secondary rate limit/,
  },
  {
    name: "more than 900 points a minute",
    source: `${limits}#calculating-points-for-the-secondary-rate-limit`,
    path: "/users/ada",
    before: (at) => spend(at, 900, { method: "GET" }),
    status: 403,
    says: /secondary rate limit/,
  },
  {
    name: "more requests than an hour has",
    source: `${limits}#exceeding-the-rate-limit: 403 with x-ratelimit-remaining 0`,
    path: "/users/ada",
    headers: { authorization: "Bearer reader" },
    before: (at) => spend(at, 1000, { method: "GET", as: "reader", minutes: true }),
    status: 403,
    says: /API rate limit exceeded/,
  },
];

type Simulator = Stand["simulator"];
const invited = (simulator: Simulator, login: string): void => {
  const user = simulator.state().byLogin.get(login) ?? null;
  simulator.state().invitations.set(1, {
    id: 1,
    user,
    email: null,
    createdAt: new Date(simulator.clock.now()).toISOString(),
    team: null,
  });
};
const manyInvited = (simulator: Simulator): void => {
  const createdAt = new Date(simulator.clock.now()).toISOString();
  for (let id = 1; id <= 500; id += 1)
    simulator.state().invitations.set(id, { id, user: null, email: `${id}@else.test`, createdAt, team: null });
};
const spent: Promise<unknown>[] = [];
const spend = (at: Stand, times: number, how: { method: string; as?: string; minutes?: true }): void => {
  const path = how.method === "GET" ? "/users/ada" : users;
  const body = how.method === "GET" ? undefined : { selected_usernames: ["bob"] };
  const work = async (): Promise<void> => {
    for (let n = 0; n < times; n += 1) {
      if (how.minutes && n % 400 === 399) at.clock.advance(60_000);
      await ask(at, { method: how.method, path, body, headers: how.as ? { authorization: `Bearer ${how.as}` } : {} });
    }
  };
  spent.push(work());
};

const ask = (
  { simulator }: Stand,
  { method = "GET", path, body, headers = {} }: Pick<Refusal, "method" | "path" | "body" | "headers">,
) => {
  const own = {
    authorization: `Bearer ${simulator.token}`,
    "user-agent": "test",
    "content-type": "application/json",
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(own).filter((e): e is [string, string] => e[1] !== undefined));
  const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  return simulator.transport({
    method,
    url: `http://github.test${path}`,
    headers: sent,
    signal,
    timeoutMs: 1000,
    ...text,
  });
};

const company = async (): Promise<Stand> => {
  const at = await stand({ app: true, perHour: 1000 });
  const { simulator } = at;
  simulator.acceptToken("member", { kind: "classic", owner: false, scopes: ["admin:org"] });
  simulator.acceptToken("reader", { kind: "classic", owner: true, scopes: ["read:org"] });
  simulator.acceptToken("app-like", { kind: "app", owner: true, scopes: [] });
  for (const login of ["ada", "bob", "tia"]) simulator.addAccount({ login });
  simulator.addAccount({ login: "boss", role: "admin" });
  for (const login of ["out", "guest"]) simulator.addAccount({ login, role: "outside" });
  simulator.addTeam({ slug: "pilots", copilot: true });
  simulator.addTeam({ slug: "synced", managed: true });
  simulator.addToTeam("synced", "bob");
  simulator.addToTeam("pilots", "tia");
  simulator.giveCopilot("ada");
  return at;
};

describe("the simulator refuses", () => {
  test.each(rows)("$name", async ({ before, status, says = /./, source, ...request }) => {
    const at = await company();
    before?.(at);
    await Promise.all(spent.splice(0));
    const answer = await ask(at, request);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(says);
    expect(source.length).toBeGreaterThan(10);
  });
  test("with the header that says when to come back, and takes the same request then", async () => {
    const at = await company();
    spend(at, 80, { method: "POST" });
    await Promise.all(spent.splice(0));
    const refused = await ask(at, bought("bob"));
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBe(60);
    at.clock.advance(seconds * 1000 - 1001);
    expect((await ask(at, bought("bob"))).status).toBe(403);
    at.clock.advance(1001);
    expect((await ask(at, bought("bob"))).status).toBe(201);
  });
  test("in one page no more than a hundred, and names the next one", async () => {
    const at = await company();
    for (let n = 0; n < 150; n += 1) at.simulator.addAccount({ login: `m${n}` });
    const page = await ask(at, { path: "/orgs/acme/members?per_page=500&page=1" });
    expect(JSON.parse(page.body)).toHaveLength(100);
    expect(page.headers.link).toMatch(/page=2>; rel="next", <.*page=2>; rel="last"/);
  });
});
