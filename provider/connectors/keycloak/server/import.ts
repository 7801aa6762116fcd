import { z } from "zod";
import type { Random } from "../../simulator/random.ts";
import { managementRoles } from "./access.ts";
import { Realm, type SimClient, type SimRole, type SimUser } from "./realm.ts";

const Names = z.array(z.string()).optional();
const Credential = z.object({ type: z.string(), value: z.string() });
const UserIn = z.object({
  username: z.string(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  enabled: z.boolean().nullish(),
  createdTimestamp: z.number().nullish(),
  attributes: z.record(z.string(), z.array(z.string())).nullish(),
  groups: Names,
  realmRoles: Names,
  clientRoles: z.record(z.string(), z.array(z.string())).optional(),
  credentials: z.array(Credential).optional(),
  serviceAccountClientId: z.string().optional(),
});
const GroupIn = z.object({
  name: z.string(),
  realmRoles: Names,
  clientRoles: z.record(z.string(), z.array(z.string())).optional(),
  get subGroups() {
    return z.array(GroupIn).optional();
  },
});
const RoleIn = z.object({
  name: z.string(),
  composites: z.object({ realm: Names, client: z.record(z.string(), z.array(z.string())).optional() }).optional(),
});
const ClientIn = z.object({
  clientId: z.string(),
  secret: z.string().optional(),
  publicClient: z.boolean().optional(),
  serviceAccountsEnabled: z.boolean().optional(),
  directAccessGrantsEnabled: z.boolean().optional(),
});
const ComponentIn = z.object({ providerId: z.string(), config: z.record(z.string(), z.array(z.string())).optional() });
/** The part of a realm's representation that the simulator understands. */
export const RealmIn = z.object({
  realm: z.string().min(1),
  accessTokenLifespan: z.int().optional(),
  eventsEnabled: z.boolean().optional(),
  eventsExpiration: z.int().optional(),
  enabledEventTypes: Names,
  roles: z
    .object({ realm: z.array(RoleIn).optional(), client: z.record(z.string(), z.array(RoleIn)).optional() })
    .optional(),
  groups: z.array(GroupIn).optional(),
  clients: z.array(ClientIn).optional(),
  users: z.array(UserIn).optional(),
  components: z.record(z.string(), z.array(ComponentIn)).optional(),
});
export type RealmIn = z.infer<typeof RealmIn>;
type GroupIn = z.infer<typeof GroupIn>;

/** Two of one name: the real one rolls the whole realm back. */
export class Duplicate extends Error {}
/** A name that nothing has: the real one fails with 500. */
export class Unresolved extends Error {}

const Profile = z.object({
  attributes: z
    .array(z.object({ name: z.string(), validations: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  unmanagedAttributePolicy: z.string().nullish(),
});
/** The declarative user profile: which attributes are shown, and which are checked. */
export const setProfile = (realm: Realm, config: unknown): void => {
  const { attributes, unmanagedAttributePolicy } = Profile.parse(config);
  realm.unmanagedAttributes = ["ENABLED", "ADMIN_EDIT", "ADMIN_VIEW"].includes(unmanagedAttributePolicy ?? "");
  realm.profileAttributes = new Set((attributes ?? []).map(({ name }) => name));
  const checked = (attributes ?? []).filter(({ validations }) => Object.keys(validations ?? {}).length > 0);
  realm.validated = new Set(checked.map(({ name }) => name));
};

const builtIn: readonly z.infer<typeof ClientIn>[] = [
  { clientId: "realm-management" },
  { clientId: "admin-cli", publicClient: true, directAccessGrantsEnabled: true },
];

const builder = (realm: Realm, random: Random, now: number) => {
  const addClient = (given: z.infer<typeof ClientIn>): SimClient => {
    const publicClient = given.publicClient ?? false;
    const client: SimClient = {
      id: random.uuid(),
      clientId: given.clientId,
      secret: publicClient ? null : (given.secret ?? random.word(32)),
      publicClient,
      serviceAccount: given.serviceAccountsEnabled ?? false,
      passwordGrant: given.directAccessGrantsEnabled ?? false,
    };
    realm.clients.set(client.id, client);
    return client;
  };
  const addRole = (name: string, client: string | null, description: string | null = null): SimRole => {
    const role: SimRole = { id: random.uuid(), name, client, description, composites: new Set() };
    realm.roles.set(role.id, role);
    return role;
  };
  const role = (name: string, clientId: string | null): SimRole => {
    const client = clientId === null ? null : realm.client(clientId);
    const found = client === null ? realm.realmRole(name) : client && realm.clientRole(client.id, name);
    if (!found) throw new Unresolved(`role ${name}`);
    return found;
  };
  const roleIds = (own: readonly string[] | undefined, byClient: Record<string, string[]> | undefined): Set<string> => {
    const ids = (own ?? []).map((name) => role(name, null).id);
    for (const [clientId, names] of Object.entries(byClient ?? {}))
      for (const name of names) ids.push(role(name, clientId).id);
    return new Set(ids);
  };
  const addGroup = (given: GroupIn, parent: string | null, paths: Map<string, string>, above: string): void => {
    const path = `${above}/${given.name}`;
    if (paths.has(path)) throw new Duplicate(path);
    const id = random.uuid();
    realm.groups.set(id, { id, name: given.name, parent, roles: roleIds(given.realmRoles, given.clientRoles) });
    paths.set(path, id);
    for (const child of given.subGroups ?? []) addGroup(child, id, paths, path);
  };
  const addUser = (given: z.infer<typeof UserIn>, paths: ReadonlyMap<string, string>): void => {
    const username = given.username.toLowerCase();
    const email = given.email?.toLowerCase() ?? null;
    if (realm.usernames.has(username) || (email && realm.emails.has(email))) throw new Duplicate(username);
    const groups = (given.groups ?? []).map((path) => paths.get(path));
    if (groups.includes(undefined)) throw new Unresolved("group");
    if (new Set(groups).size < groups.length) throw new Duplicate(`groups of ${username}`);
    const user: SimUser = {
      id: random.uuid(),
      username,
      email,
      firstName: given.firstName ?? null,
      lastName: given.lastName ?? null,
      enabled: given.enabled ?? false,
      createdAt: given.createdTimestamp ?? now,
      attributes: given.attributes ?? {},
      groups: new Set(),
      roles: roleIds(given.realmRoles, given.clientRoles),
      password: given.credentials?.find(({ type }) => type === "password")?.value ?? null,
      serviceAccountOf: given.serviceAccountClientId ?? null,
    };
    realm.addUser(user);
    for (const group of groups) if (group !== undefined) realm.join(user, group);
  };
  return { addClient, addRole, role, addGroup, addUser };
};

/** A whole realm from its representation: the fast way to seed, on the real server too. */
export const importRealm = (given: RealmIn, random: Random, now: number): Realm => {
  const realm = new Realm(given.realm, random);
  const build = builder(realm, random, now);
  if (given.accessTokenLifespan) realm.tokenLifeMs = given.accessTokenLifespan * 1000;
  realm.eventsConfig.eventsEnabled = given.eventsEnabled ?? false;
  realm.eventsConfig.eventsExpiration = given.eventsExpiration ?? null;
  realm.eventsConfig.enabledEventTypes = given.enabledEventTypes ?? [];
  for (const { config } of Object.values(given.components ?? {}).flat()) {
    const text = config?.["kc.user.profile.config"]?.[0];
    if (text !== undefined) setProfile(realm, JSON.parse(text));
  }
  for (const client of [...builtIn, ...(given.clients ?? [])]) build.addClient(client);
  const management = realm.client("realm-management");
  for (const name of managementRoles) build.addRole(name, management?.id ?? null);
  const localized = (name: string): string => `\${role_${name}}`;
  const defaults = build.addRole(`default-roles-${given.realm}`, null, localized("default-roles"));
  for (const name of ["offline_access", "uma_authorization"])
    defaults.composites.add(build.addRole(name, null, localized(name.replace("offline_", "offline-"))).id);
  for (const { name } of given.roles?.realm ?? []) build.addRole(name, null);
  for (const [clientId, roles] of Object.entries(given.roles?.client ?? {}))
    for (const { name } of roles) build.addRole(name, realm.client(clientId)?.id ?? null);
  for (const { name, composites } of given.roles?.realm ?? [])
    for (const inner of composites?.realm ?? []) build.role(name, null).composites.add(build.role(inner, null).id);
  const paths = new Map<string, string>();
  for (const group of given.groups ?? []) build.addGroup(group, null, paths, "");
  for (const user of given.users ?? []) build.addUser(user, paths);
  for (const client of realm.clients.values())
    if (client.serviceAccount && !realm.serviceAccount(client))
      build.addUser(
        { username: `service-account-${client.clientId}`, enabled: true, serviceAccountClientId: client.clientId },
        paths,
      );
  return realm;
};
