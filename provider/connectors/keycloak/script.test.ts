import {
  type Accepted,
  expectSame,
  type Operation,
  randomScript,
  type Script,
  type ScriptReply,
  type ScriptSide,
} from "../../testing/random-script.ts";
import { type Keycloak, startKeycloak } from "../../testing/real/keycloak.ts";
import type { Random } from "../simulator/random.ts";
import { openAdmin } from "./admin.ts";
import { refusals } from "./refusals.fixture.ts";
import { type Company, realmOf } from "./seed.ts";
import type { ManagementRole } from "./server/access.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "./simulator.ts";

const company: Company = {
  groups: [
    { name: "engineering" },
    { name: "platform", parent: "engineering" },
    { name: "deep", parent: "platform" },
    { name: "legal" },
    { name: "team", parent: "legal" },
    { name: "crm" },
  ],
  people: Array.from({ length: 14 }, (_, i) => ({
    login: `user-${String.fromCharCode(97 + i)}`,
    ...(i % 4 === 3 ? {} : { email: `user-${i}@acme.test`, firstName: `First${i % 3}`, lastName: `Last ${i}` }),
    enabled: i % 5 !== 4,
    attributes: i % 3 === 2 ? {} : { department: i % 2 ? "Sales" : "Site Reliability", skills: ["go", `s${i % 3}`] },
    groups: i % 2 ? ["crm"] : ["platform", ...(i % 4 ? ["crm"] : [])],
  })),
};
const realm = "acme";
const secret = "script-secret";
const root = `/admin/realms/${realm}`;

let simulator: KeycloakSimulator;
let real: Keycloak;
beforeAll(async () => {
  [simulator, real] = await Promise.all([startKeycloakSimulator(), startKeycloak()]);
}, 200_000);
afterAll(async () => {
  await Promise.all([simulator?.stop(), real?.stop()]);
  expect(simulator.bugs).toEqual([]);
});

type Server = Pick<Keycloak, "url" | "adminUser" | "adminPassword">;
const tokenOf = async (url: string): Promise<string> => {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: "seatwise", client_secret: secret });
  const reply = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, { method: "POST", body });
  return ((await reply.json()) as { access_token: string }).access_token;
};
/** The same realm on either side, with every id that the script may name. */
const sideOf = async (name: string, server: Server, roles: readonly ManagementRole[]): Promise<ScriptSide> => {
  const admin = openAdmin(server.url, { ...server, realm });
  const options = { clientSecret: secret, realm, roles, realmRoles: ["premium"], clientRoles: { crm: ["editor"] } };
  await admin.replaceRealm(realmOf(company, options));
  const get = async (path: string) => (await admin.ask("GET", path)).body as { id: string }[] & { id: string };
  const ids = new Map<string, string>();
  for (const { login } of company.people) ids.set(`user ${login}`, await admin.userId(login));
  for (const { name: group } of company.groups) ids.set(`group ${group}`, await admin.groupId(group));
  ids.set("client crm", (await get("/clients?clientId=crm"))[0]?.id ?? "");
  ids.set("role premium", (await get("/roles/premium")).id);
  ids.set("role editor", (await get(`/clients/${ids.get("client crm")}/roles/editor`)).id);
  for (const kind of ["user", "group", "client", "role"])
    ids.set(`${kind} nobody`, "00000000-0000-4000-8000-000000000000");
  const token = await tokenOf(server.url);
  return {
    name,
    origin: server.url,
    authorization: async (as) => (as === "none" ? null : `Bearer ${as === "good" ? token : "wrong"}`),
    ids,
  };
};

const one = (random: Random, names: readonly string[], kind: string): string =>
  `«${random.pick(names.filter((name) => name.startsWith(`${kind} `)))}»`;
const located = ({ headers }: ScriptReply): string | undefined => headers.get("location")?.split("/").at(-1);
const get = (name: string, path: (random: Random, names: readonly string[]) => string, weight = 1): Operation => ({
  name,
  weight,
  make: (random, names) => ({ method: "GET", path: root + path(random, names) }),
});
const pages = ["", "&first=2&max=3", "&max=0", "&max=-1", "&first=-1", "&first=100", "&max=many", "&first=1"];
const page = (random: Random): string => `?briefRepresentation=${random.pick(["true", "false"])}${random.pick(pages)}`;
// biome-ignore format: many short queries a line, where one a line would fill a page
const searches = [
  "search=user", "search=USER-a", "search=*ser-b", "search=%22user-c%22", "search=last%201", "search=first1",
  "search=nobody", "search=", "exact=true&search=user-a", "username=user&max=4", "username=user-a&exact=true",
  "email=user-1@acme.test", "email=USER-2@ACME.test&exact=true", "firstName=first2", "lastName=last%202&exact=true",
  "q=department:Sales", "q=department:sales", "q=department:%22Site%20Reliability%22", "q=department:Site%20Reliability",
  "q=skills:go%20department:Sales", "q=nothing:here", "q=words", "enabled=false", "enabled=true&q=skills:s1",
];
const reads: readonly Operation[] = [
  get("users", (r) => `/users${page(r)}`, 2),
  get("users found", (r) => `/users?${r.pick(searches)}`, 4),
  get("users counted", (r) => `/users/count?${r.pick(searches)}`, 3),
  get("user", (r, n) => `/users/${one(r, n, "user")}`, 2),
  get("user's groups", (r, n) => `/users/${one(r, n, "user")}/groups${page(r)}`, 2),
  get("user's roles", (r, n) => `/users/${one(r, n, "user")}/role-mappings${r.pick(["", "/realm"])}`),
  get("user's client roles", (r, n) => `/users/${one(r, n, "user")}/role-mappings/clients/${one(r, n, "client")}`),
  get("groups", (r) => `/groups${page(r)}${r.pick(["", "&subGroupsCount=false"])}`, 2),
  get(
    "groups found",
    (r) => `/groups?search=${r.pick(["*", "plat", "E", "team", "none", "*&subGroupsCount=false"])}`,
    3,
  ),
  get("groups found exactly", (r) => `/groups?exact=true&search=${r.pick(["platform", "Platform", "*", "crm"])}`),
  get("groups counted", (r) => `/groups/count${r.pick(["", "?top=true", "?search=e"])}`),
  get("group", (r, n) => `/groups/${one(r, n, "group")}`, 2),
  get("group by path", (r) => `/group-by-path/${r.pick(["crm", "engineering/platform", "engineering/none", "none"])}`),
  get("subgroups", (r, n) => `/groups/${one(r, n, "group")}/children${page(r)}`),
  get("members", (r, n) => `/groups/${one(r, n, "group")}/members${page(r)}`, 4),
  get("realm roles", (r) => `/roles?search=${r.pick(["prem", "none"])}`),
  get("realm role", (r) => `/roles/${r.pick(["premium", "none"])}`),
  get("role's users", (r) => `/roles/${r.pick(["premium", "premium", "none"])}/users${page(r)}`, 2),
  get("role's groups", (r) => `/roles/${r.pick(["premium", "none"])}/groups${page(r)}`, 2),
  get("client's roles", (r, n) => `/clients/${one(r, n, "client")}/roles`),
  get("client role", (r, n) => `/clients/${one(r, n, "client")}/roles/${r.pick(["editor", "none"])}`),
  get("client role's users", (r, n) => `/clients/${one(r, n, "client")}/roles/${r.pick(["editor", "none"])}/users`),
  get("client role's groups", (r, n) => `/clients/${one(r, n, "client")}/roles/editor/groups`),
  get("clients of no name", () => "/clients?clientId=none", 2),
  get("sign-ins", (r, n) => `/events?type=LOGIN&user=${one(r, n, "user")}&max=5`),
  get("sign-ins of no type", (r) => `/events?${r.pick(["type=NOTHING", "dateFrom=yesterday", "direction=up"])}`),
  get("events' settings", () => "/events/config", 2),
  get("nothing", (r) => r.pick(["/nothing", "/users/count/more", "/groups/x/y"])),
  {
    name: "another realm",
    make: (r) => ({ method: "GET", path: `/admin/realms/${r.pick(["master", "none"])}/users` }),
  },
  { name: "another method", make: (r) => ({ method: r.pick(["PATCH", "PUT"]), path: `${root}/users`, body: {} }) },
  {
    name: "wrong token",
    make: (r) => ({ method: "GET", path: `${root}/${r.pick(["users", "groups"])}`, as: "wrong" }),
  },
  { name: "no token", make: (r) => ({ method: "GET", path: `${root}/${r.pick(["users", "nothing"])}`, as: "none" }) },
];

let made = 0;
const names = ["user-a", "new-1", "new-2", "new-3", "ab", "with blank", "New-4", ""];
const addresses = ["", "", "new@acme.test", "user-1@acme.test", "no address"];
const writes: readonly Operation[] = [
  {
    name: "create user",
    weight: 4,
    make: (r) => {
      const username = r.pick(names);
      const email = r.pick(addresses);
      const attributes = r.pick([{}, { department: ["Sales"] }, { skills: ["a", "b"], empty: [] }]);
      // biome-ignore format: one choice, one line
      const extra = r.pick([{}, {}, { firstName: "New" }, { firstName: "<b>" }, { groups: ["/crm"] }, { groups: ["/none"] }, { strange: 1 }]);
      made += 1;
      return {
        method: "POST",
        path: `${root}/users`,
        body: { username, ...(email ? { email } : {}), enabled: true, attributes, ...extra },
        creates: { name: `user made ${made}`, id: located },
      };
    },
  },
  {
    name: "change user",
    weight: 4,
    make: (r, n) => ({
      method: "PUT",
      path: `${root}/users/${one(r, n, "user")}`,
      body: r.pick([
        { enabled: false },
        { enabled: true },
        { firstName: "Other" },
        { email: "user-2@acme.test" },
        { username: "renamed" },
        { attributes: { department: ["Legal"] } },
        { attributes: {} },
        {},
      ]),
    }),
  },
  { name: "delete user", make: (r, n) => ({ method: "DELETE", path: `${root}/users/${one(r, n, "user")}` }) },
  {
    name: "join or leave",
    weight: 6,
    make: (r, n) => ({
      method: r.pick(["PUT", "PUT", "DELETE"]),
      path: `${root}/users/${one(r, n, "user")}/groups/${one(r, n, "group")}`,
    }),
  },
  {
    name: "map realm role",
    weight: 3,
    make: (r, n) => ({
      method: r.pick(["POST", "POST", "DELETE"]),
      path: `${root}/users/${one(r, n, "user")}/role-mappings/realm`,
      body: r.pick([
        [{ id: "«role premium»", name: "premium" }],
        [{ id: "«role premium»", name: "premium" }],
        [{ name: "premium" }],
        [{ id: "«role nobody»", name: "none" }],
        [{ id: "«role editor»", name: "editor" }],
        [],
      ]),
    }),
  },
  {
    name: "map client role",
    weight: 2,
    make: (r, n) => ({
      method: r.pick(["POST", "POST", "DELETE"]),
      path: `${root}/users/${one(r, n, "user")}/role-mappings/clients/${one(r, n, "client")}`,
      body: [{ id: r.pick(["«role editor»", "«role premium»"]), name: "editor" }],
    }),
  },
  {
    name: "create group",
    weight: 2,
    make: (r, n) => {
      const parent = r.pick(["", one(r, n, "group")]);
      made += 1;
      return {
        method: "POST",
        path: `${root}/groups${parent ? `/${parent}/children` : ""}`,
        body: r.pick([{ name: "crm" }, { name: `made-${made}` }, { name: "team" }, {}, { name: "" }]),
        creates: { name: `group made ${made}`, id: located },
      };
    },
  },
  {
    name: "delete group",
    weight: 2,
    make: (r, n) => ({ method: "DELETE", path: `${root}/groups/${one(r, n, "group")}` }),
  },
  {
    name: "malformed",
    make: (r) => ({ method: "POST", path: `${root}/${r.pick(["users", "groups"])}`, raw: '{"username": ' }),
  },
  { name: "a list where an object belongs", make: () => ({ method: "POST", path: `${root}/users`, body: [] }) },
  {
    name: "token",
    weight: 2,
    make: (r) => {
      const form = {
        grant_type: r.pick(["client_credentials", "password", "none"]),
        client_id: r.pick(["seatwise", "crm", "admin-cli", "none"]),
        client_secret: r.pick([secret, "wrong"]),
        username: "user-a",
        password: "wrong",
      };
      return {
        method: "POST",
        path: `/realms/${r.pick([realm, realm, realm, "none"])}/protocol/openid-connect/token`,
        raw: new URLSearchParams(form).toString(),
        contentType: "application/x-www-form-urlencoded",
        as: "none",
      };
    },
  },
];

const accepted: readonly Accepted[] = [];

const play = async (seed: number, length: number, roles: readonly ManagementRole[]): Promise<void> => {
  const against: Script["against"] = [
    await sideOf("simulator", simulator, roles),
    await sideOf("real Keycloak", real, roles),
  ];
  const script: Script = { seed, length, operations: [...reads, ...writes], against, accepted };
  const played = await randomScript(script);
  expectSame(script, played);
};

const full: readonly ManagementRole[] = ["manage-users", "view-realm", "view-clients", "view-events"];
const scripts: readonly (readonly [number, number, readonly ManagementRole[]])[] = [
  [11, 450, full],
  [13, 450, ["view-users", "view-realm"]],
  [14, 450, ["query-users", "query-groups", "view-realm"]],
  [15, 450, ["manage-users", "query-clients", "manage-events"]],
];
it.each(scripts)("seed %i: %i random requests are answered as the real one answers them, with %j", play, 240_000);

it("refuses what the real one refuses, in its words", async () => {
  const sides = [await sideOf("simulator", simulator, full), await sideOf("real Keycloak", real, full)];
  for (const [method, path, body, status, words] of refusals)
    for (const side of sides) {
      const filled = (text: string) => text.replace(/«([^»]+)»/g, (_all, name: string) => side.ids.get(name) ?? name);
      const reply = await fetch(side.origin + root + filled(path), {
        method,
        headers: { authorization: (await side.authorization("good")) ?? "", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const said = (await reply.json()) as Record<string, string>;
      const told = said.error_description ?? said.errorMessage ?? said.error;
      expect([side.name, method, path, reply.status, told]).toEqual([side.name, method, path, status, words]);
    }
}, 120_000);
