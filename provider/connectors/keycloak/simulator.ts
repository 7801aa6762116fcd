import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import { createRandom } from "../simulator/random.ts";
import type { Asked } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook } from "../simulator/tokens.ts";
import { eventRoutes, record } from "./server/events.ts";
import { groupRoutes } from "./server/groups.ts";
import { importRealm, RealmIn } from "./server/import.ts";
import type { Realm } from "./server/realm.ts";
import { realmRoutes } from "./server/realms.ts";
import { refuse } from "./server/refusals.ts";
import { roleRoutes } from "./server/roles.ts";
import type { Server } from "./server/state.ts";
import { tokenRoutes } from "./server/token.ts";
import { strayRoutes, userRoutes } from "./server/users.ts";

export interface KeycloakSimulatorConfig {
  /** Realm representations, as `POST /admin/realms` takes them; `realmOf` makes one. */
  readonly realms?: readonly object[];
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  /** The master realm's administrator. */
  readonly admin?: { readonly user: string; readonly password: string };
}
export interface KeycloakSimulator extends Simulator {
  readonly adminUser: string;
  readonly adminPassword: string;
  /** A sign-in at any time, which the real server's API cannot make. */
  recordSignIn(realm: string, login: string, at: number): void;
  /** The world behind it, for tests that look or change by hand without HTTP. */
  realm(name: string): Realm;
}

const master = (user: string, password: string): object => ({
  realm: "master",
  users: [{ username: user, enabled: true, credentials: [{ type: "password", value: password }] }],
});

/** Keycloak 26.7's admin REST API and token endpoint, as far as the connector and its tests use them. */
export const startKeycloakSimulator = async (config: KeycloakSimulatorConfig = {}): Promise<KeycloakSimulator> => {
  const clock = config.clock ?? createSimulatorClock();
  const random = createRandom(config.seed ?? 1);
  const admin = config.admin ?? { user: "admin", password: "admin" };
  let address = "";
  const server: Server = {
    realms: new Map(),
    tokens: createTokenBook(clock, random),
    clock,
    random,
    url: () => address,
  };
  for (const given of [master(admin.user, admin.password), ...(config.realms ?? [])]) {
    const realm = RealmIn.parse(given);
    server.realms.set(realm.realm, importRealm(realm, random, clock.now()));
  }
  const isAdmin = ({ path }: Omit<Asked, "as">): boolean => path.startsWith("/admin/");
  const simulator = await startSimulator(
    {
      name: "keycloak",
      clock,
      ...(config.seed === undefined ? {} : { seed: config.seed }),
      routes: [
        ...tokenRoutes(server),
        ...realmRoutes(server),
        ...userRoutes(server),
        ...groupRoutes(server),
        ...roleRoutes(server),
        ...eventRoutes(server),
        ...strayRoutes(server),
      ],
      authenticate: (asked) => {
        const as = server.tokens.who(asked.headers.authorization);
        if (as !== null) return { as };
        return { refuse: isAdmin(asked) ? refuse.unauthorized() : refuse.outside() };
      },
      refusals: {
        unknownPath: (asked) => (isAdmin(asked) ? refuse.unknownPath() : refuse.outside()),
        otherMethod: () => refuse.otherMethod(),
        malformed: ({ path }) => refuse.malformed(/\/(users|groups|roles|realms)$/.test(path)),
        fault: (status) => (status === 403 ? refuse.forbidden() : refuse.busy(status)),
      },
      expire: (authorization) => server.tokens.revoke(authorization),
    },
    config.port ?? 0,
  );
  address = simulator.url;
  return Object.assign(simulator, {
    adminUser: admin.user,
    adminPassword: admin.password,
    recordSignIn(realmName: string, login: string, at: number): void {
      const realm = server.realms.get(realmName);
      const user = realm?.usernames.get(login.toLowerCase());
      if (!realm || !user) throw new Error(`no user ${login} in realm ${realmName}`);
      record(server, realm, { type: "LOGIN", userId: user.id, clientId: "admin-cli", at });
    },
    realm(name: string): Realm {
      const realm = server.realms.get(name);
      if (!realm) throw new Error(`no realm ${name}`);
      return realm;
    },
  });
};

export { type Admin, openAdmin } from "./admin.ts";
export { type Company, type CompanyGroup, type CompanyPerson, realmOf, seedReal } from "./seed.ts";
