import { z } from "zod";
import type { Answer, Route } from "../../simulator/router.ts";
import { type Inside, need, queryGroups, viewUsers } from "./access.ts";
import { flag, sliced } from "./query.ts";
import { byText, type Realm, type SimGroup } from "./realm.ts";
import { refuse } from "./refusals.ts";
import { groupOf, userOf } from "./represent.ts";
import { created, done, inRealm, isJson, ok, type Server } from "./state.ts";

const search = (realm: Realm, text: string, exact: boolean): readonly SimGroup[] => {
  const all = [...realm.groups.values()].sort(byText((group) => group.name));
  if (exact) return all.filter((group) => group.name === text);
  // `*` stands for any text; alone it finds every group.
  const parts = text
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(parts.join(".*"), "s");
  return all.filter((group) => pattern.test(group.name.toLowerCase()));
};

/** The groups found, below the groups that they stand in. */
const hierarchy = (found: readonly SimGroup[], { realm, query, caller }: Inside): readonly unknown[] => {
  const shown = new Set<string>();
  const children = new Map<string | null, SimGroup[]>();
  const show = (group: SimGroup): void => {
    if (shown.has(group.id)) return;
    shown.add(group.id);
    children.set(group.parent, [...(children.get(group.parent) ?? []), group]);
    const parent = group.parent === null ? undefined : realm.groups.get(group.parent);
    if (parent) show(parent);
  };
  for (const group of found) show(group);
  const brief = flag(query, "briefRepresentation", true);
  const counts = flag(query, "subGroupsCount", true);
  const tell = (parent: string | null): Record<string, unknown>[] =>
    (children.get(parent) ?? [])
      .sort(byText((group) => group.name))
      .map((group) => groupOf(realm, group, { brief, counts, access: caller, children: tell(group.id) }));
  return tell(null);
};

const list = (asked: Inside): Answer => {
  const { realm, caller, query } = asked;
  const refusal = need(caller, ...queryGroups);
  if (refusal) return refusal;
  if (!caller.has(...viewUsers)) return ok([]); // query-groups alone sees none, and no error says so
  const text = query.get("search") ?? "";
  if (query.get("q")) return ok([]); // no group has attributes here
  const found = text === "" ? realm.children(null) : search(realm, text, flag(query, "exact", false));
  return ok(hierarchy(sliced(found, query, -1), asked));
};

const count = ({ realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...queryGroups);
  if (refusal) return refusal;
  const text = query.get("search") ?? "";
  const found = text === "" ? [...realm.groups.values()] : search(realm, text, false);
  const top = flag(query, "top", false);
  return ok({ count: top ? found.filter((group) => group.parent === null).length : found.length });
};

/** `groups/{id}/…`: whether the group exists is told to everybody. */
const forGroup =
  (needs: readonly Parameters<typeof need>[1][], handle: (group: SimGroup, asked: Inside) => Answer) =>
  (asked: Inside): Answer => {
    const group = asked.realm.groups.get(asked.params.id ?? "");
    if (!group) return refuse.noGroup();
    return need(asked.caller, ...needs) ?? handle(group, asked);
  };

const single = (group: SimGroup, { realm, caller }: Inside, access: boolean): Answer =>
  ok(groupOf(realm, group, { brief: false, counts: true, access: access ? caller : null, children: [] }));

const childrenOf = (group: SimGroup, { realm, query, caller }: Inside): Answer => {
  const text = (query.get("search") ?? "").toLowerCase();
  const found = realm.children(group.id).filter((child) => child.name.toLowerCase().includes(text));
  const shape = { brief: flag(query, "briefRepresentation", false), counts: true, access: caller, children: [] };
  return ok(sliced(found, query, 10).map((child) => groupOf(realm, child, shape)));
};

const members = (group: SimGroup, { realm, query }: Inside): Answer => {
  const brief = flag(query, "briefRepresentation", false);
  return ok(sliced(realm.members(group.id), query, 100).map((user) => userOf(realm, user, brief)));
};

const Body = z.object({ name: z.string().nullish() });
/** A body is read before anybody asks who sent it. */
const named = ({ body, caller }: Inside): string | Answer => {
  const parsed = isJson(body) ? Body.safeParse(body) : null;
  if (!parsed?.success) return refuse.malformed(false);
  const refusal = need(caller, "manage-users");
  return refusal ?? (parsed.data.name ? parsed.data.name : refuse.invalid("Group name is missing"));
};
const create = (server: Server, parent: SimGroup | null, asked: Inside): Answer => {
  const { realm, caller } = asked;
  const name = named(asked);
  if (typeof name !== "string") return name;
  if (realm.children(parent?.id ?? null).some((group) => group.name === name))
    return refuse.conflict(`${parent ? "Sibling" : "Top level"} group named '${name}' already exists.`);
  const group: SimGroup = { id: server.random.uuid(), name, parent: parent?.id ?? null, roles: new Set() };
  realm.groups.set(group.id, group);
  const shape = { brief: false, counts: false, access: caller, children: [] };
  return created(
    server,
    `/admin/realms/${realm.name}/groups/${group.id}`,
    parent ? groupOf(realm, group, shape) : undefined,
  );
};
const rename = (group: SimGroup, asked: Inside): Answer => {
  const { realm } = asked;
  const name = named(asked);
  if (typeof name !== "string") return name;
  if (realm.children(group.parent).some((other) => other !== group && other.name === name))
    return refuse.conflict(`Sibling group named '${name}' already exists.`);
  group.name = name;
  return done;
};

export const groupRoutes = (server: Server): readonly Route[] => {
  const on = inRealm(server);
  return [
    on.get("/groups", list),
    on.post("/groups", (asked) => create(server, null, asked)),
    on.get("/groups/count", count),
    on.get(
      "/groups/{id}",
      forGroup(viewUsers, (group, asked) => single(group, asked, true)),
    ),
    on.put("/groups/{id}", forGroup([], rename)),
    on.del(
      "/groups/{id}",
      forGroup(["manage-users"], (group, { realm }) => {
        realm.removeGroup(group);
        return done;
      }),
    ),
    on.get("/groups/{id}/children", forGroup(viewUsers, childrenOf)),
    on.post(
      "/groups/{id}/children",
      forGroup([], (group, asked) => create(server, group, asked)),
    ),
    on.get("/groups/{id}/members", forGroup(viewUsers, members)),
    on.get("/group-by-path/{+path}", (asked) => {
      const group = asked.realm.groupAt(`/${asked.params.path ?? ""}`);
      if (!group) return refuse.noPath();
      return need(asked.caller, ...viewUsers) ?? single(group, asked, false);
    }),
  ];
};
