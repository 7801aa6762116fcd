import type { Answer, Asked, Route } from "../../simulator/router.ts";
import { createRoute, isAdvanced, linkOf, roles } from "./graph.ts";
import { assign, process, refusalOf } from "./licensing.ts";
import { list, selection } from "./list.ts";
import { badRequest, refusals } from "./refusals.ts";
import { groupDefaults, groupSchema, represent, userDefaults, userSchema } from "./represent.ts";
import { type GroupState, iso, type Server, type Tenant, type UserState } from "./state.ts";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By id or user principal name. */
export const userOf = (tenant: Tenant, key: string): UserState | undefined =>
  tenant.users.get(key.toLowerCase()) ??
  (guid.test(key)
    ? undefined
    : [...tenant.users.values()].find(
        (u) => String(u.properties.userPrincipalName).toLowerCase() === key.toLowerCase(),
      ));

const wantsSignIns = ({ query }: Asked): boolean =>
  (query.get("$select") ?? "").includes("signInActivity") || (query.get("$filter") ?? "").includes("signInActivity");
const signInsRefused = (server: Server, asked: Asked): Answer | null => {
  if (!wantsSignIns(asked)) return null;
  if (!(server.tokens.get(asked.as)?.app.roles.includes("AuditLog.Read.All") ?? false)) return refusals.noAuditLog();
  return server.premium ? null : refusals.notPremium();
};

const managerOf = (tenant: Tenant, user: UserState): Record<string, unknown> => {
  const manager = user.manager === null ? undefined : tenant.users.get(user.manager);
  return manager
    ? {
        manager: {
          "@odata.type": "#microsoft.graph.user",
          id: manager.id,
          userPrincipalName: manager.properties.userPrincipalName,
        },
      }
    : {};
};
/** Lists with the advanced parameters come from an index that trails behind; single reads and plain lists do not. */
export const seen = (server: Server, asked: Asked): Tenant =>
  isAdvanced(asked) ? server.world.listed() : server.world.read();

const one = (asked: Asked, tenant: Tenant, user: UserState): Answer => {
  const names = selection(asked.query, userSchema as never, userDefaults);
  if ("refuse" in names) return names.refuse;
  const expanded = asked.query.get("$expand")?.startsWith("manager") ? managerOf(tenant, user) : {};
  return {
    status: 200,
    body: {
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
      ...represent(userSchema, user, names),
      ...expanded,
    },
  };
};

export const groupsAbove = (tenant: Tenant, ids: readonly string[]): readonly GroupState[] => {
  const found = new Set<GroupState>();
  const climb = (is: (group: GroupState) => boolean): void => {
    for (const group of tenant.groups.values())
      if (is(group) && !found.has(group)) {
        found.add(group);
        climb((above) => above.groups.has(group.id));
      }
  };
  climb((group) => ids.some((id) => group.members.has(id) || group.groups.has(id)));
  return [...found].sort((a, b) => a.nr - b.nr);
};

interface Token {
  /** How often tokens were made void before it was given out. */
  readonly era: number;
  readonly changes: number;
  readonly select: readonly string[];
}
const encode = (token: Token): string => Buffer.from(JSON.stringify(token)).toString("base64url");
const decode = (text: string): Token | null => {
  try {
    const value = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Partial<Token>;
    return typeof value.changes === "number" && Array.isArray(value.select)
      ? { era: value.era ?? 0, changes: value.changes, select: value.select }
      : null;
  } catch {
    return null;
  }
};
/** `/users/delta`: from a token, from now on (`latest`), or everybody. */
const delta = (server: Server, asked: Asked): Answer => {
  const tenant = server.world.listed();
  const text = asked.query.get("$deltatoken");
  const names = selection(asked.query, userSchema as never, userDefaults);
  if ("refuse" in names) return names.refuse;
  const from =
    text === null
      ? { era: server.deltaEra, changes: -1, select: names }
      : text === "latest"
        ? { era: server.deltaEra, changes: tenant.changes, select: names }
        : decode(text);
  if (from === null) return badRequest("Badly formed token.");
  if (from.era < server.deltaEra) return refusals.syncState();
  const changed = [...tenant.users.values()]
    .filter((user) => user.changed > from.changes)
    .sort((a, b) => a.changed - b.changed);
  const [page, rest] = [changed.slice(0, 200), changed.slice(200)];
  const body = {
    value: [
      ...page.map((user) => represent(userSchema, user, from.select)),
      ...(rest.length > 0
        ? []
        : tenant.removed
            .filter(({ at }) => at > from.changes)
            .map(({ id, forGood }) => ({ id, "@removed": { reason: forGood ? "deleted" : "changed" } }))),
    ],
  };
  const at = (changes: number): string =>
    linkOf(asked, new URLSearchParams({ $deltatoken: encode({ era: server.deltaEra, changes, select: from.select }) }));
  const last = page.at(-1);
  return {
    status: 200,
    body:
      rest.length > 0 && last
        ? { ...body, "@odata.nextLink": at(last.changed) }
        : { ...body, "@odata.deltaLink": at(tenant.changes) },
  };
};

interface Wanted {
  readonly addLicenses?: unknown;
  readonly removeLicenses?: unknown;
}
const assignLicense = (server: Server, asked: Asked): Answer => {
  const tenant = server.world.read();
  const user = userOf(tenant, asked.params.id ?? "");
  if (!user) return refusals.noObject(asked.params.id ?? "");
  const { addLicenses, removeLicenses } = (asked.body ?? {}) as Wanted;
  const missing = [addLicenses ? [] : ["addLicenses"], removeLicenses ? [] : ["removeLicenses"]].flat();
  if (!Array.isArray(addLicenses) || !Array.isArray(removeLicenses))
    return badRequest(
      `One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: ${missing.join(", ")}.`,
    );
  const add = (addLicenses as readonly { skuId?: unknown; disabledPlans?: unknown }[]).map(
    ({ skuId, disabledPlans }) => ({
      skuId: String(skuId).toLowerCase(),
      disabledPlans: Array.isArray(disabledPlans) ? disabledPlans.map((plan) => String(plan).toLowerCase()) : [],
    }),
  );
  const remove = removeLicenses.map((sku) => String(sku).toLowerCase());
  const bad = [...add.map(({ skuId }) => skuId), ...remove].find((id) => !guid.test(id));
  if (bad !== undefined) return badRequest(`Cannot convert the literal '${bad}' to the expected type 'Edm.Guid'.`);
  const refused = refusalOf(tenant, user, { add, remove });
  if (refused !== null) return badRequest(refused);
  const at = iso(server.clock.now());
  server.world.write((world) => {
    const mine = world.users.get(user.id);
    if (mine) assign(world, mine, { add, remove, at });
  });
  return one(asked, tenant, user);
};
const reprocess = (server: Server, asked: Asked): Answer => {
  const tenant = server.world.read();
  const user = userOf(tenant, asked.params.id ?? "");
  if (!user) return refusals.noObject(asked.params.id ?? "");
  const at = iso(server.clock.now() + server.processingMs);
  server.world.write((world) => {
    const mine = world.users.get(user.id);
    if (mine) process(world, mine, at);
  }, server.processingMs);
  return one(asked, tenant, user);
};

export const userRoutes = (server: Server): readonly Route[] => {
  const route = createRoute(server);
  const single = (asked: Asked, of: (tenant: Tenant) => Map<string, UserState>): Answer => {
    const refused = signInsRefused(server, asked);
    if (refused) return refused;
    const tenant = server.world.read();
    const id = asked.params.id ?? "";
    const user = of(tenant).get(id.toLowerCase()) ?? (of(tenant) === tenant.users ? userOf(tenant, id) : undefined);
    return user ? one(asked, tenant, user) : refusals.noObject(id);
  };
  return [
    route("GET", "/users/$count", { roles: roles.users }, (asked) =>
      isAdvanced(asked)
        ? { status: 200, body: String(server.world.listed().users.size), headers: { "content-type": "text/plain" } }
        : refusals.countUnsupported(),
    ),
    route("GET", "/users/delta", { roles: roles.users }, (asked) => delta(server, asked)),
    route("GET", "/users", { roles: roles.users, units: 2 }, (asked) => {
      const refused = signInsRefused(server, asked);
      if (refused) return refused;
      const tenant = seen(server, asked);
      const expand = asked.query.get("$expand")?.startsWith("manager")
        ? { expand: (user: UserState) => managerOf(tenant, user) }
        : {};
      const maxTop = wantsSignIns(asked) ? 500 : 999;
      return list(asked, {
        schema: userSchema,
        defaults: userDefaults,
        items: tenant.users.values(),
        maxTop,
        ...expand,
      });
    }),
    route("GET", "/users/{id}", { roles: roles.users }, (asked) => single(asked, ({ users }) => users)),
    route("GET", "/directory/deletedItems/microsoft.graph.user/{id}", { roles: roles.users }, (asked) =>
      single(asked, ({ deleted }) => deleted),
    ),
    route("GET", "/users/{id}/transitiveMemberOf/microsoft.graph.group", { roles: roles.groups, units: 2 }, (asked) => {
      const tenant = seen(server, asked);
      const user = userOf(tenant, asked.params.id ?? "");
      if (!user) return refusals.noObject(asked.params.id ?? "");
      if (!isAdvanced(asked)) return refusals.needsAdvanced();
      return list(asked, { schema: groupSchema, defaults: groupDefaults, items: groupsAbove(tenant, [user.id]) });
    }),
    route("POST", "/users/{id}/assignLicense", { roles: roles.assign }, (asked) => assignLicense(server, asked)),
    route("POST", "/users/{id}/reprocessLicenseAssignment", { roles: roles.changeUsers }, (asked) =>
      reprocess(server, asked),
    ),
  ];
};
