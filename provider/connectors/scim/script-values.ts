import type { Random } from "../simulator/random.ts";

/** What the request script is made of: bodies, operations and filters, good and bad. */
export const core = "urn:ietf:params:scim:schemas:core:2.0";
export const messages = "urn:ietf:params:scim:api:messages:2.0";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export type Body = Record<string, unknown>;

export const names = ["ada", "Bob", "çelik", "dœ", "Émile", "o'neil", "小林", "zoë"];
export const patchBody = (...operations: readonly unknown[]): Body => ({
  schemas: [`${messages}:PatchOp`],
  Operations: operations,
});

export const goodUser = (r: Random, login: string): Body => ({
  schemas: [`${core}:User`],
  userName: login,
  ...(r.int(2) ? { name: { givenName: r.pick(names), familyName: r.pick(names) } } : {}),
  ...(r.int(2) ? { active: r.int(2) === 0 } : {}),
  ...(r.int(2) ? { title: r.pick(names), userType: r.pick(["Pro", "pro", "Basic"]) } : {}),
  ...(r.int(2)
    ? {
        emails: [{ value: `${r.word(5)}@acme.test`, type: "work", primary: true }, { value: `${r.word(4)}@home.test` }],
      }
    : {}),
  ...(r.int(2) ? { roles: [{ type: "seatType", value: r.pick(["Full", "Dev"]) }] } : {}),
  ...(r.int(2) ? { [enterprise]: { department: r.pick(["Sales", "R&D"]), manager: { value: "m1" } } } : {}),
});
export const badUsers: readonly ((login: string) => unknown)[] = [
  () => "{not json",
  () => [1, 2],
  () => ({ schemas: [`${core}:User`] }),
  () => ({ schemas: ["urn:nobody"], userName: "x" }),
  () => ({ schemas: [`${core}:User`, "urn:nobody"], userName: "x" }),
  () => ({ schemas: [`${core}:User`], userName: 5 }),
  () => ({ schemas: [`${core}:User`], userName: null }),
  (login) => ({ schemas: [`${core}:User`], userName: login, shoeSize: 43 }),
  (login) => ({ schemas: [`${core}:User`], userName: login, name: { nickname: "x" } }),
  (login) => ({ schemas: [`${core}:User`], userName: login, emails: { value: "x@y.test" } }),
  (login) => ({ schemas: [`${core}:User`], userName: login, emails: ["x@y.test"] }),
  (login) => ({ schemas: [`${core}:User`], userName: login, active: "perhaps" }),
  (login) => ({
    schemas: [`${core}:User`],
    userName: login,
    emails: [
      { value: "a@y.test", primary: true },
      { value: "b@y.test", primary: true },
    ],
  }),
];

export const userOperations: readonly ((r: Random) => unknown)[] = [
  () => ({ op: "replace", path: "active", value: false }),
  () => ({ op: "Replace", path: "active", value: "True" }),
  (r) => ({ op: "replace", path: "title", value: r.pick(names) }),
  () => ({ op: "remove", path: "title" }),
  () => ({ op: "remove", path: "title", value: "x" }),
  () => ({ op: "remove" }),
  () => ({ op: "remove", path: "userName" }),
  () => ({ op: "replace", path: "userName", value: null }),
  () => ({ op: "replace", path: "id", value: "mine" }),
  () => ({ op: "add", path: "groups", value: [{ value: "x" }] }),
  () => ({ op: "frobnicate", path: "title", value: "x" }),
  () => ({ op: "add", path: "title" }),
  () => ({ op: "replace", path: "title" }),
  () => ({ op: "add", path: "shoeSize", value: 43 }),
  () => ({ op: "add", path: "emails[", value: "x" }),
  () => ({ op: "add", path: "emails[type eq ]", value: "x" }),
  () => ({ op: "add", path: "title", value: { a: 1 } }),
  (r) => ({ op: "add", path: "emails", value: [{ value: `${r.word(4)}@new.test`, type: "other" }] }),
  () => ({ op: "add", path: "emails", value: { value: "single@new.test", type: "home" } }),
  () => ({ op: "add", path: "emails", value: [{ value: "single@new.test", type: "home" }] }),
  () => ({ op: "add", path: "emails", value: [{ value: "first@new.test", primary: true }] }),
  () => ({ op: "replace", path: 'emails[type eq "work"].value', value: "changed@new.test" }),
  () => ({ op: "remove", path: 'emails[value co "new.test"]' }),
  () => ({ op: "remove", path: 'emails[type eq "work"].type' }),
  () => ({ op: "replace", path: 'roles[type eq "seatType"].value', value: "View" }),
  () => ({ op: "add", path: 'roles[type eq "nothing"].value', value: "View" }),
  () => ({ op: "remove", path: 'roles[type eq "nothing"]' }),
  () => ({ op: "replace", path: "name", value: { familyName: "New" } }),
  () => ({ op: "replace", path: "name.givenName", value: "Given" }),
  () => ({ op: "remove", path: "name" }),
  () => ({ op: "replace", path: `${enterprise}:department`, value: "Ops" }),
  () => ({ op: "remove", path: `${enterprise}:department` }),
  () => ({ op: "add", path: enterprise, value: { costCenter: "4711" } }),
  () => ({ op: "remove", path: enterprise }),
  () => ({ op: "add", value: { nickName: "nick", emails: [{ value: "keyed@new.test" }] } }),
  () => ({ op: "replace", value: { "name.familyName": "Dotted", TITLE: "Upper" } }),
  () => ({ op: "replace", value: { shoeSize: 43 } }),
  () => ({ op: "replace", value: "text" }),
  () => ({ op: "replace", path: "emails", value: [] }),
];

const literal = (r: Random): string =>
  r.pick([
    '"ada"',
    '"SALES"',
    '"Pro"',
    '"acme.test"',
    '"Full"',
    "true",
    "false",
    "5",
    "null",
    '"2020-01-01T00:00:00Z"',
    '""',
  ]);
const attributePath = (r: Random): string =>
  r.pick([
    "userName",
    "USERNAME",
    "title",
    "userType",
    "active",
    "emails",
    "emails.value",
    "emails.type",
    "name.givenName",
    "roles.value",
    "meta.created",
    "externalId",
    `${enterprise}:department`,
    `${core}:User:title`,
    "shoeSize",
    "name",
    "displayName",
  ]);
const operator = (r: Random): string => r.pick(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ"]);
export const filter = (r: Random, depth = 0): string => {
  const kind = r.int(depth > 2 ? 4 : 10);
  if (kind < 3) {
    const path = attributePath(r);
    const value = literal(r);
    // scim2-server reads a number as a time (seconds since 1970); ours does not.
    return `${path} ${operator(r)} ${path === "meta.created" && value === "5" ? "null" : value}`;
  }
  if (kind === 3) return `${attributePath(r)} pr`;
  if (kind < 6) return `${filter(r, depth + 1)} ${r.pick(["and", "or", "AND"])} ${filter(r, depth + 1)}`;
  if (kind === 6) return `not (${filter(r, depth + 1)})`;
  if (kind === 7) return `(${filter(r, depth + 1)})`;
  if (kind === 8)
    return `${r.pick(["emails", "roles"])}[type eq ${r.pick(['"work"', '"seatType"'])} and value ${operator(r)} ${literal(r)}]`;
  return r.pick([
    "userName eq",
    "and",
    "userName xx 5",
    "(title pr",
    'title eq "x" "y"',
    "emails[type eq]",
    "title[value eq 1]",
    "not title pr",
  ]);
};

export const query = (params: Readonly<Record<string, string>>): string =>
  Object.entries(params)
    .map(([k, v]) => `${k}=${encodeURIComponent(v)}`)
    .join("&");
export const attributes = (r: Random): string =>
  r.pick([
    "userName",
    "name.givenName,emails.value",
    "TITLE",
    "shoeSize",
    enterprise,
    `${enterprise}:department`,
    "meta",
    "emails",
  ]);
