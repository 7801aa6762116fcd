import { everyRole, realmOf } from "../connectors/keycloak/seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { type ScimPerson, type ScimSeed, seedScim } from "../connectors/scim/hands.ts";
import { type ScimSimulator, startScimSimulator } from "../connectors/scim/simulator.ts";
import { createSimulatorClock, type SimulatorClock } from "../connectors/simulator/clock.ts";
import type { Company, CompanyPerson } from "./company.ts";

export interface SandboxOptions {
  readonly company: Company;
  readonly realm?: string;
  readonly clientSecret: string;
  readonly token: string;
  /** At the vendor: groups whose members hold a license, and accounts that nobody in the directory has. */
  readonly vendor: ScimSeed;
  readonly seed?: number;
  readonly ports?: { readonly keycloak: number; readonly scim: number };
}
/** A simulated Keycloak and a simulated SCIM service with one company in both. */
export interface Sandbox {
  readonly keycloak: KeycloakSimulator;
  readonly scim: ScimSimulator;
  readonly realm: string;
  /** The time of both. */
  readonly clock: SimulatorClock;
  stop(): Promise<void>;
}

/** How a vendor names its accounts: by e-mail, or by login where not everybody has one. */
export const accountBy = (company: Company): "email" | "login" =>
  company.people.every(({ email }) => email !== undefined) ? "email" : "login";
export const accountOf = (company: Company, { login, email }: CompanyPerson): string =>
  accountBy(company) === "email" ? (email ?? login) : login;

const accountsOf = (company: Company): ScimPerson[] =>
  company.people.map(({ login, email, firstName, lastName }) => ({
    login: accountBy(company) === "email" ? (email ?? login) : login,
    ...(email === undefined ? {} : { email }),
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
  }));

export const vendorSeed = (company: Company, { people, groups }: ScimSeed): ScimSeed => ({
  people: [...accountsOf(company), ...people],
  groups,
});

export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { company, clientSecret, token, ports, realm = "acme" } = options;
  const shared = { clock: createSimulatorClock(), ...(options.seed === undefined ? {} : { seed: options.seed }) };
  const keycloak = await startKeycloakSimulator({
    realms: [realmOf(company, { realm, clientSecret, roles: everyRole })],
    ...shared,
    ...(ports ? { port: ports.keycloak } : {}),
  });
  const scim = await startScimSimulator({ token, ...shared, ...(ports ? { port: ports.scim } : {}) }).catch(
    async (error: unknown) => {
      await keycloak.stop(); // its port is free, the other's is not
      throw error;
    },
  );
  await seedScim({ baseUrl: scim.baseUrl, token }, vendorSeed(company, options.vendor));
  keycloak.resetLog();
  scim.resetLog();
  const stop = async (): Promise<void> => void (await Promise.all([keycloak.stop(), scim.stop()]));
  return { keycloak, scim, realm, clock: shared.clock, stop };
};
