import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { type GithubSimulator, startGithubSimulator } from "./simulator.ts";

let simulator: GithubSimulator;
beforeAll(async () => {
  simulator = await startGithubSimulator({ app: true });
  simulator.addAccount({ login: "boss", role: "admin" });
  for (const login of ["ada", "bob"]) simulator.addAccount({ login, email: `${login}@acme.test` });
  simulator.addAccount({ login: "out", role: "outside" });
  simulator.addTeam({ slug: "crew" });
});
afterAll(async () => {
  await simulator.stop();
  expect(simulator.bugs).toEqual([]);
});

const token = () => new Octokit({ baseUrl: simulator.url, auth: simulator.token });
const app = () => {
  const { appId, installationId, privateKey } = simulator.app ?? { appId: "", installationId: "", privateKey: "" };
  return new Octokit({
    baseUrl: simulator.url,
    authStrategy: createAppAuth,
    auth: { appId, installationId, privateKey },
  });
};

describe.each([
  { by: "a token", client: token },
  { by: "a GitHub App", client: app },
])("GitHub's own client, signed in with $by", ({ client }) => {
  const org = "acme";
  test("reads the organization, its members, invitations and teams", async () => {
    const octokit = client();
    const { data } = await octokit.request("GET /orgs/{org}", { org });
    expect(data.plan?.seats).toBeGreaterThan(0);
    const members = await octokit.request("GET /orgs/{org}/members", { org, per_page: 2 });
    expect(members.data).toHaveLength(2);
    expect(members.headers.link).toContain('rel="next"');
    expect((await octokit.request("GET /orgs/{org}/teams", { org })).data.map((t) => t.slug)).toEqual(["crew"]);
    expect((await octokit.request("GET /orgs/{org}/invitations", { org })).data).toEqual([]);
    const id = Number((await octokit.request("GET /users/{username}", { username: "ada" })).data.id);
    expect((await octokit.request("GET /user/{account_id}", { account_id: id })).data.login).toBe("ada");
  });
  test("buys and cancels Copilot seats", async () => {
    const octokit = client();
    const selected_usernames = ["ada", "bob"];
    const made = await octokit.request("POST /orgs/{org}/copilot/billing/selected_users", { org, selected_usernames });
    expect(made.data.seats_created).toBe(2);
    const { data } = await octokit.request("GET /orgs/{org}/copilot/billing/seats", { org });
    expect(data.total_seats).toBe(2);
    const one = await octokit.request("GET /orgs/{org}/members/{username}/copilot", { org, username: "ada" });
    expect(one.data.pending_cancellation_date).toBeNull();
    const gone = await octokit.request("DELETE /orgs/{org}/copilot/billing/selected_users", {
      org,
      selected_usernames,
    });
    expect(gone.data.seats_cancelled).toBe(2);
    expect(
      (await octokit.request("GET /orgs/{org}/copilot/billing", { org })).data.seat_breakdown.pending_cancellation,
    ).toBe(2);
  });
  test("invites and removes, joins and leaves", async () => {
    const octokit = client();
    const invited = await octokit.request("PUT /orgs/{org}/memberships/{username}", {
      org,
      username: "out",
      role: "member",
    });
    expect(invited.data.state).toBe("pending");
    await octokit.request("DELETE /orgs/{org}/memberships/{username}", { org, username: "out" });
    await expect(
      octokit.request("GET /orgs/{org}/memberships/{username}", { org, username: "out" }),
    ).rejects.toMatchObject({ status: 404 });
    const at = { org, team_slug: "crew", username: "ada" };
    expect((await octokit.request("PUT /orgs/{org}/teams/{team_slug}/memberships/{username}", at)).data.state).toBe(
      "active",
    );
    expect((await octokit.request("GET /orgs/{org}/teams/{team_slug}/members", at)).data.map((m) => m.login)).toEqual([
      "ada",
    ]);
    expect((await octokit.request("GET /orgs/{org}/teams/{team_slug}", at)).data.members_count).toBe(1);
    await octokit.request("DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}", at);
  });
  test("asks who is who", async () => {
    const query =
      "query($login: String!) { organization(login: $login) { samlIdentityProvider { externalIdentities(first: 100) { totalCount nodes { user { login } samlIdentity { nameId } } } } } }";
    interface Answer {
      organization: { samlIdentityProvider: { externalIdentities: { totalCount: number } } };
    }
    const { organization } = await client().graphql<Answer>(query, { login: "acme" });
    expect(organization.samlIdentityProvider.externalIdentities.totalCount).toBe(2);
  });
});

test("its errors are what the client makes of GitHub's", async () => {
  const wrong = new Octokit({ baseUrl: simulator.url, auth: "wrong" });
  await expect(wrong.request("GET /orgs/{org}", { org: "acme" })).rejects.toMatchObject({
    name: "HttpError",
    status: 401,
    message: expect.stringContaining("Bad credentials"),
  });
  const { headers } = await token().request("GET /rate_limit");
  expect(headers["x-ratelimit-limit"]).toBe("5000");
  expect(headers["x-oauth-scopes"]).toContain("admin:org");
});
test("an enterprise's licenses", async () => {
  const { data } = await token().request("GET /enterprises/{enterprise}/consumed-licenses", { enterprise: "acme" });
  expect(data.total_seats_consumed).toBe(3);
});
