import { on, type Route } from "../../simulator/router.ts";
import { guarded } from "./access.ts";
import { type Cursors, paged } from "./pages.ts";
import { refuse } from "./refusals.ts";
import { showGroup, showUser } from "./represent.ts";
import { BadSearch, type Dialect, type Match, parseSearch, type Value } from "./search.ts";
import { isMember, type OrgUser, type Server, userBy } from "./state.ts";

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const top: Readonly<Record<string, (user: OrgUser) => Value>> = {
  id: ({ id }) => id,
  status: ({ status }) => status,
  created: ({ created }) => iso(created),
  activated: ({ activated }) => iso(activated),
  statusChanged: ({ statusChanged }) => iso(statusChanged),
  lastUpdated: ({ lastUpdated }) => iso(lastUpdated),
};
/** The attributes of the default user schema that matter here; custom ones are whatever somebody has. */
const base = ["login", "email", "secondEmail", "firstName", "lastName", "displayName", "title", "department"];
const more = ["manager", "managerId", "userType", "employeeNumber", "organization", "division", "costCenter"];
const everywhere = ["eq", "sw", "pr", "gt", "ge", "lt", "le"];
const withCo = new Set(["profile.firstName", "profile.lastName", "profile.email", "profile.login"]);

const searchDialect = (users: ReadonlyMap<string, OrgUser>): Dialect<OrgUser> => {
  const known = new Set([...base, ...more]);
  for (const user of users.values()) for (const name of Object.keys(user.profile)) known.add(name);
  return {
    property: (name) => {
      const attribute = /^profile\.(\w+)$/.exec(name)?.[1];
      if (attribute !== undefined && known.has(attribute)) return (user) => user.profile[attribute];
      return top[name] ?? null;
    },
    operators: (name) => (withCo.has(name) ? [...everywhere, "co"] : everywhere),
    caseless: true,
  };
};
const filterable = new Set(["profile.login", "profile.email", "profile.firstName", "profile.lastName"]);
const filterDialect: Dialect<OrgUser> = {
  property: (name) => {
    if (filterable.has(name)) return (user) => user.profile[name.slice("profile.".length)];
    return ["id", "status", "lastUpdated"].includes(name) ? (top[name] ?? null) : null;
  },
  operators: (name) => (name === "lastUpdated" ? ["eq", "gt", "ge", "lt", "le"] : ["eq"]),
  caseless: false,
};

const rules = { byDefault: 200, most: 200 };
const key = ({ id }: OrgUser): string => id;

export const userRoutes = (server: Server, cursors: Cursors): readonly Route[] => {
  const show = (user: OrgUser) => showUser(server.url(), user);
  /** `search` is answered from an index that trails the truth; all else is not. */
  const listed = (search: string | null, filter: string | null): readonly OrgUser[] => {
    const org = search === null ? server.world.read() : server.world.listed();
    const all = [...org.users.values()];
    if (search === null && filter === null) return all.filter(({ status }) => status !== "DEPROVISIONED");
    const match: Match<OrgUser> =
      search === null ? parseSearch(filter ?? "", filterDialect) : parseSearch(search, searchDialect(org.users));
    return all.filter(match);
  };
  return [
    on.get(
      "/api/v1/users",
      guarded(server, "okta.users.read", (asked) => {
        try {
          const users = listed(asked.query.get("search"), asked.query.get("filter"));
          return paged({ asked, server, cursors }, users, { key, show, rules });
        } catch (error) {
          if (error instanceof BadSearch) return refuse.badSearch(error.message);
          throw error;
        }
      }),
    ),
    on.get(
      "/api/v1/users/{id}",
      guarded(server, "okta.users.read", ({ params: { id = "" } }) => {
        const user = userBy(server.world.read(), id);
        return user ? { status: 200, body: show(user) } : refuse.notFound(id, "User");
      }),
    ),
    on.get(
      "/api/v1/users/{id}/groups",
      guarded(server, "okta.users.read", ({ params: { id = "" } }) => {
        const org = server.world.read();
        const user = userBy(org, id);
        if (!user) return refuse.notFound(id, "User");
        const groups = [...org.groups.values()].filter((group) => isMember(group, user));
        return { status: 200, body: groups.map((group) => showGroup(server.url(), group)) };
      }),
    ),
  ];
};
