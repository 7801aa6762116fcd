import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiDescription, type Exchange, readDescription, watched } from "./api-description.ts";

const github = readDescription("github", "github", { refusal: "basic-error", outside: /^\/graphql$/ });
const membership = {
  url: "https://api.github.com/orgs/acme/teams/crew/memberships/ada",
  role: "member",
  state: "active",
};
const put: Exchange = {
  method: "PUT",
  url: "/orgs/acme/teams/crew/memberships/ada",
  sent: { role: "member" },
  status: 200,
  got: membership,
};
const seats = { method: "GET", sent: undefined, status: 200, got: { total_seats: 0, seats: [] } };
const cancel = {
  method: "DELETE",
  url: "/orgs/acme/copilot/billing/selected_users",
  status: 200,
  got: { seats_cancelled: 1 },
};

const rows: { name: string; exchange: Exchange; says: RegExp | null }[] = [
  { name: "a right exchange", exchange: put, says: null },
  { name: "a field that is missing", exchange: { ...put, got: { ...membership, role: undefined } }, says: /'role'/ },
  { name: "a field of another type", exchange: { ...put, got: { ...membership, state: 1 } }, says: /reply\/state/ },
  {
    name: "a value that is none of the list",
    exchange: { ...put, got: { ...membership, state: "on" } },
    says: /state/,
  },
  { name: "a field that nobody described", exchange: { ...put, got: { ...membership, seat: 1 } }, says: /\(seat\)/ },
  { name: "a request's field that nobody described", exchange: { ...put, sent: { rôle: "member" } }, says: /\(rôle\)/ },
  { name: "a success that nobody described", exchange: { ...put, status: 202 }, says: /status 202/ },
  { name: "a path that nobody described", exchange: { ...put, url: "/orgs/acme/seats" }, says: /is not described/ },
  { name: "a method that nobody described", exchange: { ...put, method: "POST" }, says: /is not described/ },
  { name: "a path outside", exchange: { ...put, method: "POST", url: "/graphql" }, says: null },
  { name: "a list", exchange: { ...seats, url: "/orgs/acme/copilot/billing/seats?per_page=100&page=2" }, says: null },
  {
    name: "a page that is no number",
    exchange: { ...seats, url: "/orgs/acme/copilot/billing/seats?page=x" },
    says: /page/,
  },
  {
    name: "a query that nobody described",
    exchange: { ...seats, url: "/orgs/acme/copilot/billing/seats?cursor=x" },
    says: /query parameter cursor/,
  },
  { name: "a body where none is described", exchange: { ...seats, sent: {}, url: "/orgs/acme" }, says: /has a body/ },
  { name: "a body that is missing", exchange: { ...cancel, sent: undefined }, says: /no body/ },
  {
    name: "a list that must not be empty",
    exchange: { ...cancel, sent: { selected_usernames: [] } },
    says: /fewer than 1/,
  },
  {
    name: "a refusal in the vendor's words",
    exchange: {
      ...put,
      status: 404,
      got: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
    },
    says: null,
  },
  { name: "a refusal in other words", exchange: { ...put, status: 404, got: { error: "no" } }, says: /\(error\)/ },
  {
    name: "a 204 with a body",
    exchange: { ...put, method: "DELETE", sent: undefined, status: 204, got: {} },
    says: /204 has a body/,
  },
];

describe("an exchange against the published description", () => {
  test.each(rows)("$name", ({ exchange, says }) => {
    const found = github.violations(exchange);
    if (says === null) expect(found).toEqual([]);
    else expect(found.join("\n")).toMatch(says);
  });
});

test("null, alternatives and parts put together are read as OpenAPI 3.0 means them", () => {
  const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const both = { allOf: [schema("named"), { properties: { age: { type: "integer", nullable: true } } }] };
  const one = { nullable: true, oneOf: [schema("named"), { type: "string", enum: ["nobody"] }] };
  const content = { "application/json": { schema: { properties: { both, one }, required: ["both"] } } };
  const description = apiDescription({
    components: { schemas: { named: { type: "object", properties: { name: { type: "string", format: "email" } } } } },
    paths: { "/x/{id}": { get: { responses: { 200: { content } } } } },
  });
  const judge = (got: unknown) =>
    description.violations({ method: "GET", url: "/x/1", sent: undefined, status: 200, got }).length === 0;
  expect(judge({ both: { name: "a@b", age: null } })).toBe(true);
  expect(judge({ both: { name: "a@b", size: 1 } })).toBe(false);
  expect(judge({ both: { name: "no address" } })).toBe(false);
  expect([null, "nobody", { name: "a@b" }, "somebody"].map((value) => judge({ both: {}, one: value }))).toEqual([
    ...[true, true, true, false],
  ]);
});

test("what passes a watched wire is judged once and counted", async () => {
  const answers = [membership, { ...membership, seat: 1 }, { ...membership, seat: 1 }];
  const watch = watched(async () => ({ status: 200, headers: {}, body: JSON.stringify(answers.shift()) }), github);
  const sent = { method: "PUT", headers: {}, signal: new AbortController().signal, timeoutMs: 1000 };
  const url = "http://127.0.0.1:1/orgs/acme/teams/crew/memberships/ada";
  for (const _ of [1, 2, 3]) await watch.transport({ ...sent, url, body: "{}" });
  expect(watch.violations).toEqual([expect.stringContaining("(seat)")]);
  expect([...watch.seen]).toEqual(["PUT /orgs/{org}/teams/{team_slug}/memberships/{username} 200"]);
});

test("every description in the repository can be read, says where it is from, and has its licence beside it", () => {
  const connectors = join(__dirname, "../connectors");
  const found = readdirSync(connectors).flatMap((folder) => {
    const spec = join(connectors, folder, "spec");
    return existsSync(spec) ? readdirSync(spec).map((file) => join(spec, file)) : [];
  });
  const descriptions = found.filter((file) => file.endsWith(".json"));
  expect(descriptions.length).toBeGreaterThan(0);
  for (const file of descriptions) {
    const document = JSON.parse(readFileSync(file, "utf8"));
    expect(document.info["x-source"]).toMatch(/^npm .+@[\d.]+, /);
    expect(apiDescription(document).operations.length).toBeGreaterThan(0);
    expect(readFileSync(file.replace(/\.json$/, ".md"), "utf8")).toMatch(/licen[cs]e/i);
  }
});
