import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { guarded } from "./access.ts";
import { note } from "./events.ts";
import { type Cursors, paged } from "./pages.ts";
import { refuse } from "./refusals.ts";
import { showGroup, showRule, showUser } from "./represent.ts";
import { isMember, type Org, type OrgGroup, type OrgUser, type Rule, type Server } from "./state.ts";

const membersOf = (org: Org, group: OrgGroup): readonly OrgUser[] =>
  [...org.users.values()].filter((user) => isMember(group, user));

type Change = "add" | "remove";
/** What rules gave and somebody takes by hand is not given again: Okta puts the person on the rule's list of exceptions. */
const exclude = (org: Org, groupId: string, userId: string): void => {
  for (const rule of org.rules.values())
    if (rule.status === "ACTIVE" && rule.groupIds.includes(groupId) && !rule.exclude.includes(userId))
      rule.exclude.push(userId);
};

export const groupRoutes = (server: Server, cursors: Cursors): readonly Route[] => {
  const show = (group: OrgGroup) => showGroup(server.url(), group);
  const change =
    (what: Change) =>
    ({ params: { group: groupId = "", user: userId = "" } }: Asked): Answer => {
      const org = server.world.read();
      const group = org.groups.get(groupId);
      if (!group) return refuse.notFound(groupId, "UserGroup");
      if (!org.users.has(userId)) return refuse.notFound(userId, "User");
      // Whoever runs this group is an application or Okta itself.
      if (group.type !== "OKTA_GROUP") return refuse.denied();
      const held = group.members.has(userId);
      server.world.write((w) => {
        const members = w.groups.get(groupId)?.members;
        if (what === "add") members?.add(userId);
        else if (members?.delete(userId)) exclude(w, groupId, userId);
      });
      if (held === (what === "remove"))
        note(server, {
          type: `group.user_membership.${what}`,
          actor: "00usimadmin000000000",
          targets: [
            { id: userId, type: "User" },
            { id: groupId, type: "UserGroup" },
          ],
        });
      return { status: 204 };
    };
  return [
    on.get(
      "/api/v1/groups/rules",
      guarded(server, "okta.groups.read", (asked) =>
        paged({ asked, server, cursors }, [...server.world.read().rules.values()], {
          key: ({ id }: Rule) => id,
          show: showRule,
          rules: { byDefault: 50, most: 200, strict: true },
        }),
      ),
    ),
    on.get(
      "/api/v1/groups",
      guarded(server, "okta.groups.read", (asked) => {
        const all = [...server.world.read().groups.values()];
        const q = asked.query.get("q")?.toLowerCase();
        // "You can't page a query. The default limit for a query is 300 results."
        if (q !== undefined)
          return {
            status: 200,
            body: all
              .filter(({ name }) => name.toLowerCase().startsWith(q))
              .slice(0, Math.min(300, Number(asked.query.get("limit") ?? 300)))
              .map(show),
          };
        const rules = { byDefault: 200, most: 10_000, strict: true };
        return paged({ asked, server, cursors }, all, { key: ({ id }) => id, show, rules });
      }),
    ),
    on.get(
      "/api/v1/groups/{group}",
      guarded(server, "okta.groups.read", ({ params: { group: id = "" } }) => {
        const group = server.world.read().groups.get(id);
        return group ? { status: 200, body: show(group) } : refuse.notFound(id, "UserGroup");
      }),
    ),
    on.get(
      "/api/v1/groups/{group}/users",
      guarded(server, "okta.groups.read", (asked) => {
        const org = server.world.read();
        const group = org.groups.get(asked.params.group ?? "");
        if (!group) return refuse.notFound(asked.params.group ?? "", "UserGroup");
        return paged({ asked, server, cursors }, membersOf(org, group), {
          key: ({ id }) => id,
          show: (user) => showUser(server.url(), user),
          rules: { byDefault: 1000, most: 1000 },
        });
      }),
    ),
    on.put("/api/v1/groups/{group}/users/{user}", guarded(server, "okta.groups.manage", change("add"))),
    on.del("/api/v1/groups/{group}/users/{user}", guarded(server, "okta.groups.manage", change("remove"))),
  ];
};
