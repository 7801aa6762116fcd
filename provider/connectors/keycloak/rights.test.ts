import { rolesOf, scopes } from "./rights.ts";
import { managementRoles } from "./server/access.ts";

const jwt = (payload: unknown): string =>
  ["{}", JSON.stringify(payload), "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");
const withRoles = (...roles: string[]) => jwt({ resource_access: { "realm-management": { roles } } });

const acme = { realm: "acme" };
test.each<[what: string, token: string | null, in_: Parameters<typeof rolesOf>[1], roles: readonly string[] | null]>([
  ["no token", null, acme, null],
  ["an opaque one", "sim-abc", acme, null],
  ["no JSON inside", "a.b.c", acme, null],
  ["a client without the scope `roles`", jwt({ sub: "x" }), acme, null],
  ["none of the roles", jwt({ resource_access: { account: { roles: ["view-profile"] } } }), acme, []],
  [
    "parts that come with a composite role",
    withRoles("view-users", "query-users", "query-groups"),
    acme,
    ["view-users"],
  ],
  ["a part by itself", withRoles("query-users"), acme, ["query-users"]],
  ["all of them by the one", withRoles("realm-admin", "view-users", "manage-realm"), acme, ["realm-admin"]],
  [
    "a token of the realm master",
    jwt({ resource_access: { "acme-realm": { roles: ["view-users"] } } }),
    { realm: "acme", authRealm: "master" },
    ["view-users"],
  ],
])("roles of a token: %s", (_what, token, realms, roles) => {
  expect(rolesOf(token, realms)).toEqual(roles);
});

test("every role that is named exists", () => {
  const named = scopes.flatMap(({ scope, within = [] }) => [scope, ...within]);
  expect(named.filter((name) => !managementRoles.some((role) => role === name))).toEqual([]);
});
