import { type Caller, viewClients, viewRealm } from "./access.ts";
import { byText, type Realm, type SimEvent, type SimGroup, type SimRole, type SimUser } from "./realm.ts";

type Json = Record<string, unknown>;

/** Absent where empty, as Keycloak leaves out what it has no value for. */
const given = (fields: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

const visible = (realm: Realm, user: SimUser): Readonly<Record<string, readonly string[]>> | null => {
  const entries = Object.entries(user.attributes);
  const shown = realm.unmanagedAttributes ? entries : entries.filter(([name]) => realm.profileAttributes.has(name));
  return shown.length > 0 ? Object.fromEntries(shown) : null;
};

export const userOf = (realm: Realm, user: SimUser, brief: boolean): Json => {
  const { id, username, firstName, lastName, email, enabled, createdAt } = user;
  const head = { id, username, ...given({ firstName, lastName, email }), emailVerified: false };
  if (brief) return { ...head, enabled, createdTimestamp: createdAt };
  const rest = { totp: false, disableableCredentialTypes: [], requiredActions: [], notBefore: 0 };
  return { ...head, ...given({ attributes: visible(realm, user) }), enabled, createdTimestamp: createdAt, ...rest };
};
export const listedUser = (realm: Realm, user: SimUser, brief: boolean, caller: Caller): Json => ({
  ...userOf(realm, user, brief),
  access: { manage: caller.has("manage-users") },
});
export const singleUser = (realm: Realm, user: SimUser, caller: Caller): Json => {
  const manage = caller.has("manage-users");
  return {
    ...userOf(realm, user, false),
    access: {
      manageGroupMembership: manage,
      resetPassword: manage,
      view: true,
      mapRoles: manage,
      impersonate: caller.has("impersonation"),
      manage,
    },
  };
};

export interface GroupShape {
  readonly brief: boolean;
  readonly counts: boolean;
  readonly access: Caller | null;
  readonly children: readonly Json[];
}
export const groupOf = (realm: Realm, group: SimGroup, shape: GroupShape): Json => {
  const { access } = shape;
  const full = { attributes: {}, realmRoles: groupRoles(realm, group), clientRoles: groupClientRoles(realm, group) };
  const manage = access?.has("manage-users") ?? false;
  return {
    id: group.id,
    name: group.name,
    path: realm.pathOf(group),
    ...given({ parentId: group.parent }),
    ...(shape.counts ? { subGroupCount: realm.children(group.id).length } : {}),
    subGroups: shape.children,
    ...(shape.brief ? {} : full),
    ...(access
      ? { access: { view: true, viewMembers: true, manageMembers: manage, manage, manageMembership: manage } }
      : {}),
  };
};
const rolesOfGroup = (realm: Realm, group: SimGroup): readonly SimRole[] =>
  [...group.roles].flatMap((id) => realm.roles.get(id) ?? []);
const groupRoles = (realm: Realm, group: SimGroup): readonly string[] =>
  rolesOfGroup(realm, group).flatMap(({ name, client }) => (client === null ? [name] : []));
const groupClientRoles = (realm: Realm, group: SimGroup): Json => {
  const byClient: Record<string, string[]> = {};
  for (const { name, client } of rolesOfGroup(realm, group)) {
    const clientId = client === null ? undefined : realm.clients.get(client)?.clientId;
    if (clientId !== undefined) byClient[clientId] = [...(byClient[clientId] ?? []), name];
  }
  return byClient;
};
/** As a user's group: no counts, no access. */
export const userGroup = (realm: Realm, group: SimGroup, brief: boolean): Json =>
  groupOf(realm, group, { brief, counts: false, access: null, children: [] });

export const roleOf = (realm: Realm, role: SimRole, single = false): Json => ({
  id: role.id,
  name: role.name,
  ...given({ description: role.description }),
  composite: role.composites.size > 0,
  clientRole: role.client !== null,
  containerId: role.client ?? realm.id,
  ...(single ? { attributes: {} } : {}),
});

export const eventOf = (realm: Realm, event: SimEvent): Json => ({
  id: event.id,
  time: event.time,
  type: event.type,
  realmId: realm.id,
  clientId: event.clientId,
  ...given({ userId: event.userId, sessionId: event.userId === null ? null : `session-${event.id}` }),
  ipAddress: "127.0.0.1",
  details: event.details,
});

/** What `/role-mappings` of a user or group shows: of the realm's roles and the clients' what the caller may see there. */
export const mappingsOf = (realm: Realm, ids: ReadonlySet<string>, caller: Caller): Json => {
  const roles = [...ids].flatMap((id) => realm.roles.get(id) ?? []).sort(byText((role) => role.name));
  const own = roles.filter((role) => role.client === null);
  const clients = new Map<string, SimRole[]>();
  for (const role of roles)
    if (role.client !== null) clients.set(role.client, [...(clients.get(role.client) ?? []), role]);
  const mappings = [...clients].flatMap(([id, held]) => {
    const client = realm.clients.get(id)?.clientId;
    return client === undefined ? [] : [[client, { id, client, mappings: held.map((r) => roleOf(realm, r)) }] as const];
  });
  return {
    ...(own.length > 0 && caller.has(...viewRealm) ? { realmMappings: own.map((role) => roleOf(realm, role)) } : {}),
    ...(mappings.length > 0 && caller.has(...viewClients) ? { clientMappings: Object.fromEntries(mappings) } : {}),
  };
};
