import { type AdminLogin, openAdmin } from "./admin.ts";
import type { ManagementRole } from "./server/access.ts";

/** People and groups, invented or from a roster; what directory and vendor are seeded with. */
export interface CompanyPerson {
  readonly login: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Default: true. */
  readonly enabled?: boolean;
  /** Milliseconds since the epoch. Default: when the realm is made. */
  readonly createdAt?: number;
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  /** Names, or paths (`/a/b`) where a name is ambiguous. */
  readonly groups?: readonly string[];
}
export interface CompanyGroup {
  readonly name: string;
  /** Name, or path where ambiguous. Absent: at the top. */
  readonly parent?: string;
}
export interface Company {
  readonly people: readonly CompanyPerson[];
  readonly groups: readonly CompanyGroup[];
}
export interface SeedOptions {
  /** Default: `acme`. */
  readonly realm?: string;
  /** The confidential client `seatwise`. */
  readonly clientSecret: string;
  /** What its service account may do. Default: all that any operation of the connector needs. */
  readonly roles?: readonly ManagementRole[];
  readonly realmRoles?: readonly string[];
  /** Roles by client; the clients are made. */
  readonly clientRoles?: Readonly<Record<string, readonly string[]>>;
  /** Seconds that sign-in events are kept. Default: 90 days; 0: events are off. */
  readonly eventsExpiration?: number;
}

export const everyRole: readonly ManagementRole[] = ["manage-users", "view-realm", "view-clients", "view-events"];

interface Branch {
  readonly name: string;
  readonly path: string;
  readonly subGroups: Branch[];
}

/** Each group below its parent, whatever the order they come in; a parent that does not exist is an error. */
const forest = (groups: readonly CompanyGroup[]): { roots: readonly Branch[]; find: (label: string) => Branch } => {
  const roots: Branch[] = [];
  const byPath = new Map<string, Branch>();
  const byName = new Map<string, Branch[]>();
  const lookup = (label: string): Branch | undefined => {
    const named = byName.get(label) ?? [];
    if (named.length > 1) throw new Error(`several groups are named ${label}: say which by its path`);
    return byPath.get(label) ?? named[0];
  };
  const find = (label: string): Branch => {
    const found = lookup(label);
    if (found) return found;
    throw new Error(`no group ${label}`);
  };
  const add = (name: string, parent: Branch | null): void => {
    const made: Branch = { name, path: `${parent?.path ?? ""}/${name}`, subGroups: [] };
    (parent?.subGroups ?? roots).push(made);
    byPath.set(made.path, made);
    byName.set(name, [...(byName.get(name) ?? []), made]);
  };
  let rest = groups;
  while (rest.length > 0) {
    const later = rest.filter(({ name, parent }) => {
      const above = parent === undefined ? null : lookup(parent);
      if (above === undefined) return true;
      add(name, above);
      return false;
    });
    if (later.length === rest.length) find(later[0]?.parent ?? "");
    rest = later;
  }
  return { roots, find };
};

/** Nobody must fill in a form before they can sign in, and every attribute is shown: rosters have no e-mails and own names. */
const profile = {
  attributes: [
    { name: "username", permissions: { view: ["admin", "user"], edit: ["admin", "user"] } },
    { name: "email", permissions: { view: ["admin", "user"], edit: ["admin", "user"] } },
    { name: "firstName", permissions: { view: ["admin", "user"], edit: ["admin", "user"] } },
    { name: "lastName", permissions: { view: ["admin", "user"], edit: ["admin", "user"] } },
  ],
  unmanagedAttributePolicy: "ADMIN_EDIT",
};
const values = (attributes: CompanyPerson["attributes"]): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, value]) => [name, typeof value === "string" ? [value] : value]),
  );

/** The realm that holds this company, for `POST /admin/realms`: 10,000 people take 4 s there, and minutes one by one. */
export const realmOf = (company: Company, options: SeedOptions): Readonly<Record<string, unknown>> => {
  const { roots, find } = forest(company.groups);
  const expiration = options.eventsExpiration ?? 90 * 86_400;
  const roles = (names: readonly string[]) => names.map((name) => ({ name }));
  return {
    realm: options.realm ?? "acme",
    enabled: true,
    eventsEnabled: expiration > 0,
    ...(expiration > 0 ? { eventsExpiration: expiration } : {}),
    enabledEventTypes: ["LOGIN", "LOGIN_ERROR"],
    components: {
      "org.keycloak.userprofile.UserProfileProvider": [
        { providerId: "declarative-user-profile", config: { "kc.user.profile.config": [JSON.stringify(profile)] } },
      ],
    },
    roles: {
      realm: roles(options.realmRoles ?? []),
      client: Object.fromEntries(Object.entries(options.clientRoles ?? {}).map(([id, names]) => [id, roles(names)])),
    },
    groups: roots,
    clients: [
      ...Object.keys(options.clientRoles ?? {}).map((clientId) => ({ clientId, enabled: true })),
      {
        clientId: "seatwise",
        enabled: true,
        secret: options.clientSecret,
        publicClient: false,
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
      },
    ],
    users: [
      ...company.people.map(({ login, email, firstName, lastName, enabled, createdAt, attributes, groups }) => ({
        username: login,
        ...(createdAt === undefined ? {} : { createdTimestamp: createdAt }),
        ...(email === undefined ? {} : { email }),
        ...(firstName === undefined ? {} : { firstName }),
        ...(lastName === undefined ? {} : { lastName }),
        enabled: enabled ?? true,
        attributes: values(attributes),
        // Twice the same is refused as a duplicate.
        groups: [...new Set((groups ?? []).map((label) => find(label).path))],
      })),
      {
        username: "service-account-seatwise",
        enabled: true,
        serviceAccountClientId: "seatwise",
        clientRoles: { "realm-management": [...(options.roles ?? everyRole)] },
      },
    ],
  };
};

/** Makes the company's realm on a running server, simulated or real. An older realm of that name is replaced. */
export const seedReal = async (url: string, login: AdminLogin, given: Company & SeedOptions): Promise<void> => {
  const admin = openAdmin(url, { ...login, realm: given.realm ?? "acme" });
  await admin.replaceRealm(realmOf(given, given));
};
