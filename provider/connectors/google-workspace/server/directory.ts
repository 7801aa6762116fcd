import { z } from "zod";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { scopes } from "../api.ts";
import { cut, etag, masked, sortedBy } from "./lists.ts";
import { refuse } from "./refusals.ts";
import { search } from "./search.ts";
import { groupByKey, membersOf, type Server, type SimGroup, type SimMember, type SimUser, userByKey } from "./state.ts";
import { asOf } from "./token.ts";

const auth = "https://www.googleapis.com/auth";
/** Any of these allows it, as the published description lists them. */
const may = {
  users: [scopes.users, `${auth}/admin.directory.user`],
  groups: [scopes.groups, `${auth}/admin.directory.group`],
  members: [
    scopes.groups,
    scopes.members,
    `${auth}/admin.directory.group`,
    `${auth}/admin.directory.group.member.readonly`,
  ],
  membership: [scopes.members, `${auth}/admin.directory.group`],
};

/** Runs if the token's scopes and the administrator's role allow it. */
export const guarded =
  (server: Server, role: string, allowed: readonly string[], handle: (asked: Asked) => Answer) =>
  (asked: Asked): Answer => {
    const { scopes: had, subject } = asOf(asked);
    if (!had.some((scope) => allowed.includes(scope))) return refuse.scope();
    const administrator = userByKey(server.world.read(), subject);
    if (!administrator?.isAdmin || administrator.suspended || server.denied.has(role)) return refuse.role();
    return handle(asked);
  };

const shownUser = (server: Server, user: SimUser, projection: string | null): Record<string, unknown> => {
  const { customSchemas, lastInteraction: _ofReports, ...basic } = user;
  const withCustom = projection === "full" || projection === "custom";
  const body = {
    kind: "admin#directory#user",
    ...basic,
    isDelegatedAdmin: false,
    agreedToTerms: true,
    changePasswordAtNextLogin: false,
    includeInGlobalAddressList: true,
    ipWhitelisted: false,
    isMailboxSetup: true,
    isEnrolledIn2Sv: false,
    isEnforcedIn2Sv: false,
    emails: [{ address: user.primaryEmail, primary: true }, ...(user.aliases ?? []).map((address) => ({ address }))],
    customerId: server.customerId,
    ...(withCustom && customSchemas ? { customSchemas } : {}),
  };
  return { ...body, etag: etag(body) };
};
const shownGroup = (server: Server, group: SimGroup): Record<string, unknown> => {
  const body = {
    kind: "admin#directory#group",
    ...group,
    adminCreated: true,
    directMembersCount: String(server.world.listed().members.get(group.id)?.size ?? 0),
  };
  return { ...body, etag: etag(body) };
};
const shownMember = (server: Server, { id, type, role }: SimMember): Record<string, unknown> => {
  const org = server.world.read();
  const email = org.users.get(id)?.primaryEmail ?? org.groups.get(id)?.email;
  const user = org.users.get(id);
  const status = user?.suspended ? "SUSPENDED" : "ACTIVE";
  const body = { kind: "admin#directory#member", id, ...(email ? { email } : {}), role, type, status };
  return { ...body, etag: etag(body) };
};

/** A list's answer; without its items' key where there are none, as Google sends it. */
const listed = (
  asked: Asked,
  kind: string,
  key: string,
  page: { items: readonly unknown[]; nextPageToken?: string },
) => {
  const { items, nextPageToken } = page;
  const body = {
    kind,
    etag: etag(items),
    ...(items.length > 0 ? { [key]: items } : {}),
    ...(nextPageToken ? { nextPageToken } : {}),
  };
  const shown = masked(asked, body);
  return shown === null ? refuse.input("fields") : { status: 200, body: shown };
};
const sizeOf = ({ query }: Asked, most: number, usual: number): number | Answer => {
  const text = query.get("maxResults");
  const size = text === null ? usual : Number(text);
  return Number.isInteger(size) && size >= 1 && size <= most ? size : refuse.range(text ?? "", most);
};

const listUsers =
  (server: Server) =>
  (asked: Asked): Answer => {
    const { query } = asked;
    const size = sizeOf(asked, 500, 100);
    if (typeof size !== "number") return size;
    const customer = query.get("customer");
    if (customer === null && query.get("domain") === null) return refuse.badRequest();
    if (customer !== null && customer !== "my_customer" && customer !== server.customerId) return refuse.role();
    const org = server.world.listed();
    const gone = query.get("showDeleted") === "true";
    const all: readonly SimUser[] = [...(gone ? org.deleted : org.users).values()];
    const found = query.get("query") === null ? all : search(all, query.get("query") ?? "");
    if (found === null) return refuse.input("query");
    const key = (user: SimUser): string => `${user.primaryEmail} ${user.id}`;
    const page = cut(asked, sortedBy(found, key), { key, size, random: server.random });
    if (page === null) return refuse.input("pageToken");
    const projection = query.get("projection");
    const items = page.items.map((user) => shownUser(server, user, projection));
    return listed(asked, "admin#directory#users", "users", { ...page, items });
  };
const oneUser =
  (server: Server) =>
  (asked: Asked): Answer => {
    const key = asked.params.userKey ?? "";
    const org = server.world.read();
    const user = userByKey(org, key);
    if (!user && groupByKey(org, key)) return refuse.noUserType();
    if (!user && key.includes("@") && !key.toLowerCase().endsWith(`@${server.domain}`)) return refuse.role();
    if (!user) return refuse.noUser();
    const body = masked(asked, shownUser(server, user, asked.query.get("projection")));
    return body === null ? refuse.input("fields") : { status: 200, body };
  };
const listGroups =
  (server: Server) =>
  (asked: Asked): Answer => {
    const { query } = asked;
    const size = sizeOf(asked, 200, 200);
    if (typeof size !== "number") return size;
    const [customer, userKey] = [query.get("customer"), query.get("userKey")];
    if (customer === null && userKey === null && query.get("domain") === null) return refuse.badRequest();
    if (customer !== null && customer !== "my_customer" && customer !== server.customerId) return refuse.role();
    const org = server.world.listed();
    const member = userKey === null ? null : (userByKey(org, userKey) ?? groupByKey(org, userKey));
    if (userKey !== null && member === null) return refuse.noUser();
    const groups = [...org.groups.values()].filter((g) => member === null || org.members.get(g.id)?.has(member.id));
    const page = cut(
      asked,
      sortedBy(groups, (g) => g.email),
      { key: (g) => g.email, size, random: server.random },
    );
    if (page === null) return refuse.input("pageToken");
    const items = page.items.map((group) => shownGroup(server, group));
    return listed(asked, "admin#directory#groups", "groups", { ...page, items });
  };
const oneGroup =
  (server: Server) =>
  (asked: Asked): Answer => {
    const group = groupByKey(server.world.read(), asked.params.groupKey ?? "");
    return group ? { status: 200, body: shownGroup(server, group) } : refuse.noGroup();
  };
const listMembers =
  (server: Server) =>
  (asked: Asked): Answer => {
    const size = sizeOf(asked, 200, 200);
    if (typeof size !== "number") return size;
    const org = server.world.listed();
    const group = groupByKey(org, asked.params.groupKey ?? "");
    if (!group) return refuse.noGroup();
    const roles = asked.query.get("roles")?.split(",");
    const derived = asked.query.get("includeDerivedMembership") === "true";
    const members = membersOf(org, group.id, derived).filter(({ role }) => roles?.includes(role) ?? true);
    const page = cut(
      asked,
      sortedBy(members, (m) => m.id),
      { key: (m) => m.id, size, random: server.random },
    );
    if (page === null) return refuse.input("pageToken");
    const items = page.items.map((member) => shownMember(server, member));
    return listed(asked, "admin#directory#members", "members", { ...page, items });
  };

const MemberIn = z.object({
  email: z.string().optional(),
  id: z.string().optional(),
  role: z.enum(["OWNER", "MANAGER", "MEMBER"]).default("MEMBER"),
});
const join =
  (server: Server) =>
  ({ params, body }: Asked): Answer => {
    const org = server.world.read();
    const group = groupByKey(org, params.groupKey ?? "");
    if (!group) return refuse.noGroup();
    const given = MemberIn.safeParse(body);
    const key = given.success ? (given.data.email ?? given.data.id) : undefined;
    if (!given.success || key === undefined) return refuse.input("memberKey");
    const user = userByKey(org, key);
    const found = user ?? groupByKey(org, key);
    if (!found) return refuse.noMember();
    if (org.members.get(group.id)?.has(found.id)) return refuse.duplicate();
    const member: SimMember = { id: found.id, type: user ? "USER" : "GROUP", role: given.data.role };
    server.world.write((w) => {
      const members = w.members.get(group.id) ?? new Map<string, SimMember>();
      w.members.set(group.id, members.set(member.id, member));
    });
    return { status: 200, body: shownMember(server, member) };
  };
const leave =
  (server: Server) =>
  ({ params }: Asked): Answer => {
    const org = server.world.read();
    const group = groupByKey(org, params.groupKey ?? "");
    if (!group) return refuse.noGroup();
    const key = params.memberKey ?? "";
    const id = userByKey(org, key)?.id ?? groupByKey(org, key)?.id ?? key;
    if (!org.members.get(group.id)?.has(id)) return refuse.noMember();
    server.world.write((w) => w.members.get(group.id)?.delete(id));
    return { status: 200 };
  };
const hasMember =
  (server: Server) =>
  ({ params }: Asked): Answer => {
    const org = server.world.read();
    const group = groupByKey(org, params.groupKey ?? "");
    if (!group) return refuse.noGroup();
    const user = userByKey(org, params.memberKey ?? "");
    // Somebody of another domain is refused, and not told to be outside.
    if (!user) return refuse.input("memberKey");
    return { status: 200, body: { isMember: membersOf(org, group.id, true).some(({ id }) => id === user.id) } };
  };

export const directoryRoutes = (server: Server): readonly Route[] => {
  const root = "/admin/directory/v1";
  return [
    on.get(`${root}/users`, guarded(server, "users", may.users, listUsers(server))),
    on.get(`${root}/users/{userKey}`, guarded(server, "users", may.users, oneUser(server))),
    on.get(`${root}/groups`, guarded(server, "groups", may.groups, listGroups(server))),
    on.get(`${root}/groups/{groupKey}`, guarded(server, "groups", may.groups, oneGroup(server))),
    on.get(
      `${root}/groups/{groupKey}/hasMember/{memberKey}`,
      guarded(server, "groups", may.members, hasMember(server)),
    ),
    on.get(`${root}/groups/{groupKey}/members`, guarded(server, "groups", may.members, listMembers(server))),
    on.post(`${root}/groups/{groupKey}/members`, guarded(server, "groups", may.membership, join(server))),
    on.del(`${root}/groups/{groupKey}/members/{memberKey}`, guarded(server, "groups", may.membership, leave(server))),
  ];
};
