import { z } from "zod";
import type { Answer, Route } from "../../simulator/router.ts";
import {
  type Inside,
  need,
  queryClients,
  queryGroups,
  queryUsers,
  viewClients,
  viewRealm,
  viewUsers,
} from "./access.ts";
import { flag, sliced } from "./query.ts";
import { byText, type Realm, type SimClient, type SimRole, type SimUser } from "./realm.ts";
import { refuse } from "./refusals.ts";
import { listedUser, mappingsOf, roleOf, userGroup } from "./represent.ts";
import { created, done, inRealm, ok, type Server } from "./state.ts";

const byName = byText((role: SimRole) => role.name);
const of = (realm: Realm, client: string | null): readonly SimRole[] =>
  [...realm.roles.values()].filter((role) => role.client === client).sort(byName);

const clientOf = (client: SimClient) => ({
  id: client.id,
  clientId: client.clientId,
  surrogateAuthRequired: false,
  enabled: true,
  alwaysDisplayInConsole: false,
  clientAuthenticatorType: "client-secret",
  ...(client.secret === null ? {} : { secret: client.secret }),
  redirectUris: [],
  webOrigins: [],
  notBefore: 0,
  bearerOnly: client.clientId === "realm-management",
  consentRequired: false,
  standardFlowEnabled: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: client.passwordGrant,
  serviceAccountsEnabled: client.serviceAccount,
  publicClient: client.publicClient,
  frontchannelLogout: false,
  protocol: "openid-connect",
});

const listRoles = (roles: readonly SimRole[], { realm, query }: Inside): Answer => {
  const text = (query.get("search") ?? "").toLowerCase();
  const found = roles.filter((role) => role.name.toLowerCase().includes(text));
  return ok(sliced(found, query, -1).map((role) => roleOf(realm, role)));
};
/** Direct holders, service accounts among them. Empty for who may only query users. */
const holders = (role: SimRole, { realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...queryUsers);
  if (refusal) return refusal;
  const brief = flag(query, "briefRepresentation", false);
  const found = realm.sortedUsers().filter((user) => user.roles.has(role.id));
  const page = sliced(found, query, 100);
  return ok(caller.has(...viewUsers) ? page.map((user) => listedUser(realm, user, brief, caller)) : []);
};
const groupsWith = (role: SimRole, { realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...queryGroups);
  if (refusal) return refusal;
  const found = [...realm.groups.values()].filter((group) => group.roles.has(role.id));
  const sorted = found.sort(byText((group) => group.name));
  const brief = flag(query, "briefRepresentation", true);
  const page = sliced(sorted, query, 100).map((group) => userGroup(realm, group, brief));
  return ok(caller.has(...viewUsers) ? page : []);
};

type Needs = readonly Parameters<typeof need>[1][];
/** `first`: what is asked of the caller before the role is looked up. */
const forRealmRole =
  (handle: (role: SimRole, asked: Inside) => Answer, first: Needs = []) =>
  (asked: Inside): Answer => {
    const refusal = need(asked.caller, ...first) ?? need(asked.caller, ...viewRealm);
    if (refusal) return refusal;
    const role = asked.realm.realmRole(asked.params.role ?? "");
    return role ? handle(role, asked) : refuse.noRole();
  };
const forClient =
  (handle: (client: SimClient, asked: Inside) => Answer) =>
  (asked: Inside): Answer => {
    const refusal = need(asked.caller, ...queryClients);
    if (refusal) return refusal;
    const client = asked.realm.clients.get(asked.params.client ?? "");
    if (!client) return refuse.noClient();
    return need(asked.caller, ...viewClients) ?? handle(client, asked);
  };
const forClientRole = (handle: (role: SimRole, asked: Inside) => Answer, first: Needs = []) =>
  forClient((client, asked) => {
    const refusal = need(asked.caller, ...first);
    if (refusal) return refusal;
    const role = asked.realm.clientRole(client.id, asked.params.role ?? "");
    return role ? handle(role, asked) : refuse.noRole();
  });

const Named = z.object({ name: z.string().min(1) });
const createRole = (server: Server, client: SimClient | null, { realm, body }: Inside): Answer => {
  const parsed = Named.safeParse(body);
  if (!parsed.success) return refuse.roleNameless();
  const { name } = parsed.data;
  const exists = client ? realm.clientRole(client.id, name) : realm.realmRole(name);
  if (exists) return refuse.conflict(`Role with name ${name} already exists`);
  const id = server.random.uuid();
  realm.roles.set(id, { id, name, client: client?.id ?? null, description: null, composites: new Set() });
  const below = client ? `clients/${client.id}/roles` : "roles";
  return created(server, `/admin/realms/${realm.name}/${below}/${encodeURIComponent(name)}`);
};
const removeRole = (role: SimRole, { realm, caller }: Inside): Answer => {
  const refusal = need(caller, role.client === null ? "manage-realm" : "manage-clients");
  if (refusal) return refusal;
  for (const user of realm.users.values()) user.roles.delete(role.id);
  for (const group of realm.groups.values()) group.roles.delete(role.id);
  realm.roles.delete(role.id);
  return done;
};

type Holder = Pick<SimUser, "roles">;
const Mapping = z.array(z.object({ id: z.string().nullish(), name: z.string().nullish() }));
/** A role is found by its name, and its id must agree. */
const mapped = (realm: Realm, client: string | null, body: unknown): readonly SimRole[] | Answer => {
  const parsed = Mapping.safeParse(body);
  if (!parsed.success) return refuse.malformed(false);
  const found = parsed.data.map(({ id, name }) =>
    name ? of(realm, client).find((role) => role.name === name && role.id === id) : undefined,
  );
  const roles = found.filter((role) => role !== undefined);
  return roles.length < found.length ? refuse.noMapping() : roles;
};
const change = (act: "add" | "delete", holder: Holder, client: string | null, asked: Inside): Answer => {
  const { realm, caller, body } = asked;
  if (body !== undefined && !Mapping.safeParse(body).success) return refuse.malformed(false);
  const refusal = need(caller, "manage-users");
  if (refusal) return refusal;
  // Without a body DELETE takes every role away, on the real server too.
  const roles = act === "delete" && body === undefined ? of(realm, client) : mapped(realm, client, body);
  if ("status" in roles) return roles;
  for (const role of roles) holder.roles[act](role.id);
  return done;
};

type Find = (asked: Inside) => Holder | Answer;
const findUser: Find = ({ realm, caller, params }) =>
  realm.users.get(params.id ?? "") ?? need(caller, ...queryUsers) ?? refuse.noUser();
const findGroup: Find = ({ realm, params }) => realm.groups.get(params.id ?? "") ?? refuse.noGroup();

/** `{users,groups}/{id}/role-mappings`. */
const mappingRoutes = (server: Server, of_: "users" | "groups", find: Find): readonly Route[] => {
  const on = inRealm(server);
  const path = `/${of_}/{id}/role-mappings`;
  type Held = (holder: Holder, asked: Inside) => Answer;
  const forHolder =
    (needs: readonly Parameters<typeof need>[1][], handle: Held) =>
    (asked: Inside): Answer => {
      const holder = find(asked);
      return "status" in holder ? holder : (need(asked.caller, ...needs) ?? handle(holder, asked));
    };
  /** The client is looked up before anybody asks what the caller may do. */
  const forHolderInClient = (
    needs: readonly Parameters<typeof need>[1][],
    handle: (holder: Holder, client: SimClient, asked: Inside) => Answer,
  ) =>
    forHolder([], (holder, asked) => {
      const client = asked.realm.clients.get(asked.params.client ?? "");
      if (!client) return refuse.noMappingClient();
      return need(asked.caller, ...needs) ?? handle(holder, client, asked);
    });
  const realmHeld = (holder: Holder, asked: Inside): Answer =>
    ok(
      of(asked.realm, null)
        .filter((role) => holder.roles.has(role.id))
        .map((role) => roleOf(asked.realm, role)),
    );
  const clientHeld = (holder: Holder, client: SimClient, { realm, caller }: Inside): Answer => {
    const held = of(realm, client.id).filter((role) => holder.roles.has(role.id));
    return need(caller, ...viewClients) ?? ok(held.map((role) => roleOf(realm, role)));
  };
  return [
    on.get(
      path,
      forHolder(viewUsers, (holder, { realm, caller }) => ok(mappingsOf(realm, holder.roles, caller))),
    ),
    on.get(`${path}/realm`, forHolder(viewUsers, realmHeld)),
    on.post(
      `${path}/realm`,
      forHolder([], (holder, asked) => change("add", holder, null, asked)),
    ),
    on.del(
      `${path}/realm`,
      forHolder([], (holder, asked) => change("delete", holder, null, asked)),
    ),
    on.get(`${path}/clients/{client}`, forHolderInClient(viewUsers, clientHeld)),
    on.post(
      `${path}/clients/{client}`,
      forHolderInClient([], (holder, client, asked) => change("add", holder, client.id, asked)),
    ),
    on.del(
      `${path}/clients/{client}`,
      forHolderInClient([], (holder, client, asked) => change("delete", holder, client.id, asked)),
    ),
  ];
};

const listClients = ({ realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...queryClients);
  if (refusal) return refusal;
  if (!caller.has(...viewClients)) return ok([]);
  const wanted = query.get("clientId");
  const all = [...realm.clients.values()].sort(byText((client) => client.clientId));
  const found = wanted === null ? all : all.filter((client) => client.clientId === wanted);
  return ok(sliced(found, query, -1).map(clientOf));
};

export const roleRoutes = (server: Server): readonly Route[] => {
  const on = inRealm(server);
  return [
    on.get("/roles", (asked) => need(asked.caller, ...viewRealm) ?? listRoles(of(asked.realm, null), asked)),
    on.post("/roles", (asked) => need(asked.caller, "manage-realm") ?? createRole(server, null, asked)),
    on.get(
      "/roles/{role}",
      forRealmRole((role, { realm }) => ok(roleOf(realm, role, true))),
    ),
    on.del("/roles/{role}", forRealmRole(removeRole)),
    on.get("/roles/{role}/users", forRealmRole(holders, queryUsers)),
    on.get("/roles/{role}/groups", forRealmRole(groupsWith, queryGroups)),
    on.get("/clients", listClients),
    on.get(
      "/clients/{client}",
      forClient((client) => ok(clientOf(client))),
    ),
    on.get(
      "/clients/{client}/service-account-user",
      forClient((client, { realm, caller }) => {
        const user = realm.serviceAccount(client);
        return user ? ok(listedUser(realm, user, false, caller)) : refuse.noUser();
      }),
    ),
    on.get(
      "/clients/{client}/roles",
      forClient((client, asked) => listRoles(of(asked.realm, client.id), asked)),
    ),
    on.post(
      "/clients/{client}/roles",
      forClient((client, asked) => need(asked.caller, "manage-clients") ?? createRole(server, client, asked)),
    ),
    on.get(
      "/clients/{client}/roles/{role}",
      forClientRole((role, { realm }) => ok(roleOf(realm, role, true))),
    ),
    on.get("/clients/{client}/roles/{role}/users", forClientRole(holders, queryUsers)),
    on.get("/clients/{client}/roles/{role}/groups", forClientRole(groupsWith, queryGroups)),
    ...mappingRoutes(server, "users", findUser),
    ...mappingRoutes(server, "groups", findGroup),
  ];
};
