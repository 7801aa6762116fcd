import { type Admin, openAdmin } from "../../provider/connectors/keycloak/admin.ts";
import { type CompanyPerson, realmOf } from "../../provider/connectors/keycloak/seed.ts";
import { startKeycloakSimulator } from "../../provider/connectors/keycloak/simulator.ts";
import { type FaultProxy, startFaultProxy } from "../../provider/testing/fault-proxy.ts";

/** A directory and vendor in one: a Keycloak simulator behind a proxy that counts, breaks and kills. */
export interface Vendor {
  readonly admin: Admin;
  readonly proxy: FaultProxy;
  /** The client secret: must be found nowhere. */
  readonly secret: string;
  /** Logins that hold a seat, by the vendor's own API. */
  seated(group?: string): Promise<readonly string[]>;
  /** Methods of the writes that reached it since the last call. */
  writes(): readonly string[];
  stop(): Promise<void>;
}

const secret = "canary-client-secret-7f3a";

export const isWrite = (method: string, path: string): boolean =>
  method !== "GET" && /\/users\/[^/]+\/groups\//.test(path);

export const person = (login: string, department = "eng", over: Partial<CompanyPerson> = {}): CompanyPerson => ({
  login,
  email: `${login}@acme.test`,
  firstName: login,
  lastName: "Test",
  attributes: { department },
  ...over,
});

export const openVendor = async (people: readonly CompanyPerson[]): Promise<Vendor> => {
  const groups = ["crm-users", "crm-old", "release", "late"].map((name) => ({ name }));
  const simulator = await startKeycloakSimulator({ realms: [realmOf({ people, groups }, { clientSecret: secret })] });
  const proxy = await startFaultProxy(simulator.url);
  const admin = openAdmin(simulator.url, { ...simulator, realm: "acme" });
  return {
    admin,
    proxy,
    secret,
    seated: (group = "crm-users") => admin.members(group),
    writes: () => {
      const seen = proxy.passed.filter(({ method, path }) => isWrite(method, path));
      proxy.reset();
      return seen.map(({ method }) => method);
    },
    stop: async () => {
      await proxy.stop();
      await simulator.stop();
      if (simulator.bugs.length > 0) throw simulator.bugs[0];
    },
  };
};
