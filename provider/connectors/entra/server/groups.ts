import type { Answer, Asked, Route } from "../../simulator/router.ts";
import { createRoute, isAdvanced, roles } from "./graph.ts";
import { process } from "./licensing.ts";
import { list, selection } from "./list.ts";
import { badRequest, refusals } from "./refusals.ts";
import { groupDefaults, groupSchema, represent, skuRow, userDefaults, userSchema } from "./represent.ts";
import { type GroupState, iso, type Server, type Tenant, type UserState } from "./state.ts";
import { groupsAbove, seen } from "./users.ts";

/** A person joins or leaves now; what that means for their licenses, Entra works out later. */
export const setMember = (
  server: Server,
  how: { readonly group: string; readonly users: readonly string[]; readonly join: boolean },
): void => {
  const each = (world: Tenant, then: (group: GroupState, user: UserState) => void): void => {
    const group = world.groups.get(how.group);
    for (const id of how.users) {
      const user = world.users.get(id);
      if (group && user) then(group, user);
    }
  };
  server.world.write((world) =>
    each(world, ({ members }, { id }) => (how.join ? members.add(id) : members.delete(id))),
  );
  const at = iso(server.clock.now() + server.processingMs);
  if ((server.world.read().groups.get(how.group)?.licenses.length ?? 0) === 0) return;
  server.world.write((world) => each(world, (_group, user) => process(world, user, at)), server.processingMs);
};

const everyoneIn = (tenant: Tenant, group: GroupState): ReadonlySet<string> => {
  const found = new Set(group.members);
  const visited = new Set<string>();
  const walk = (one: GroupState): void => {
    if (visited.has(one.id)) return;
    visited.add(one.id);
    for (const id of one.members) found.add(id);
    for (const id of one.groups) {
      const inner = tenant.groups.get(id);
      if (inner) walk(inner);
    }
  };
  walk(group);
  return found;
};
const usersOf = (tenant: Tenant, ids: Iterable<string>): readonly UserState[] =>
  [...ids].flatMap((id) => tenant.users.get(id) ?? []).sort((a, b) => a.nr - b.nr);

const referenced = (link: unknown): string | null =>
  typeof link === "string"
    ? (/\/(?:directoryObjects|users)\/([0-9a-f-]{36})$/i.exec(link)?.[1]?.toLowerCase() ?? null)
    : null;

/** Why members of this group cannot be written. */
const frozen = (group: GroupState): Answer | null => {
  if (group.groupTypes.includes("DynamicMembership"))
    return badRequest(
      "Insufficient privileges to complete the operation: the membership of a dynamic group cannot be updated directly.",
    );
  return group.onPremisesSyncEnabled === true
    ? badRequest(
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
      )
    : null;
};
const add = (server: Server, group: GroupState, links: readonly unknown[]): Answer => {
  const stop = frozen(group);
  if (stop) return stop;
  const tenant = server.world.read();
  const users: string[] = [];
  for (const link of links) {
    const id = referenced(link);
    if (id === null) return badRequest("Invalid URL was specified for Reference Attribute.");
    if (!tenant.users.has(id)) return refusals.noObject(id);
    if (group.members.has(id) || users.includes(id))
      return badRequest(
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    users.push(id);
  }
  setMember(server, { group: group.id, users, join: true });
  return { status: 204 };
};

export const groupRoutes = (server: Server): readonly Route[] => {
  const route = createRoute(server);
  const on = (
    asked: Asked,
    then: (group: GroupState, tenant: Tenant) => Answer,
    tenant = seen(server, asked),
  ): Answer => {
    const id = asked.params.group ?? "";
    const group = tenant.groups.get(id.toLowerCase());
    return group ? then(group, tenant) : refusals.noObject(id);
  };
  const people = (asked: Asked, ids: (tenant: Tenant, group: GroupState) => Iterable<string>): Answer =>
    on(asked, (group, tenant) =>
      list(asked, {
        schema: userSchema,
        defaults: userDefaults,
        items: usersOf(tenant, ids(tenant, group)),
        mark: "#microsoft.graph.user",
        // "Limited information returned for inaccessible member objects" (permissions overview).
        veiled: !(server.tokens.get(asked.as)?.app.roles ?? []).some((role) => roles.users.includes(role)),
      }),
    );
  /** An OData cast is an advanced query. */
  const cast = (asked: Asked, then: () => Answer): Answer =>
    isAdvanced(asked) && asked.query.get("$count") === "true" ? then() : refusals.needsAdvanced();
  const groupsIn = (tenant: Tenant, ids: Iterable<string>): readonly GroupState[] =>
    [...ids].flatMap((id) => tenant.groups.get(id) ?? []);
  const asGroups = (asked: Asked, items: Iterable<GroupState>): Answer =>
    list(asked, { schema: groupSchema, defaults: groupDefaults, items });
  const facts = { roles: roles.groups };
  return [
    route("GET", "/groups", facts, (asked) => asGroups(asked, seen(server, asked).groups.values())),
    route("GET", "/groups/{group}", facts, (asked) =>
      on(asked, (group) => {
        const names = selection(asked.query, groupSchema as never, groupDefaults);
        return "refuse" in names ? names.refuse : { status: 200, body: represent(groupSchema, group, names) };
      }),
    ),
    route("GET", "/groups/{group}/members", { ...facts, units: 3 }, (asked) =>
      people(asked, (_tenant, { members }) => members),
    ),
    route("GET", "/groups/{group}/members/microsoft.graph.user", { ...facts, units: 3 }, (asked) =>
      cast(asked, () => people(asked, (_tenant, { members }) => members)),
    ),
    route("GET", "/groups/{group}/members/microsoft.graph.group", { ...facts, units: 3 }, (asked) =>
      cast(asked, () => on(asked, (group, tenant) => asGroups(asked, groupsIn(tenant, group.groups)))),
    ),
    route("GET", "/groups/{group}/transitiveMembers/microsoft.graph.user", { ...facts, units: 5 }, (asked) =>
      cast(asked, () => people(asked, everyoneIn)),
    ),
    route("GET", "/groups/{group}/transitiveMemberOf/microsoft.graph.group", facts, (asked) =>
      cast(asked, () => on(asked, (group, tenant) => asGroups(asked, groupsAbove(tenant, [group.id])))),
    ),
    route("PATCH", "/groups/{group}", { roles: roles.members }, (asked) =>
      on(
        asked,
        (group) => {
          const links = ((asked.body ?? {}) as Record<string, unknown>)["members@odata.bind"];
          if (!Array.isArray(links) || links.length === 0)
            return badRequest("The request body holds nothing that can be updated here.");
          if (links.length > 20)
            return badRequest("The number of references in 'members@odata.bind' exceeds the maximum of 20.");
          return add(server, group, links);
        },
        server.world.read(),
      ),
    ),
    route("POST", "/groups/{group}/members/$ref", { roles: roles.members }, (asked) =>
      on(
        asked,
        (group) => add(server, group, [((asked.body ?? {}) as Record<string, unknown>)["@odata.id"]]),
        server.world.read(),
      ),
    ),
    route("DELETE", "/groups/{group}/members/{member}/$ref", { roles: roles.members }, (asked) =>
      on(
        asked,
        (group) => {
          const stop = frozen(group);
          if (stop) return stop;
          const member = (asked.params.member ?? "").toLowerCase();
          if (!group.members.has(member)) return refusals.noObject(member);
          setMember(server, { group: group.id, users: [member], join: false });
          return { status: 204 };
        },
        server.world.read(),
      ),
    ),
    route("GET", "/subscribedSkus", { roles: roles.skus, units: 3 }, ({ query }) => {
      if (query.has("$filter")) return badRequest("$filter is not supported on subscribedSkus.");
      const tenant = server.world.read();
      return {
        status: 200,
        body: { value: [...tenant.skus.values()].map((sku) => skuRow(tenant, sku, server.tenantId)) },
      };
    }),
  ];
};
