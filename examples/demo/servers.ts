import { type Admin, openAdmin } from "../../provider/connectors/keycloak/admin.ts";
import { seedReal } from "../../provider/connectors/keycloak/seed.ts";
import {
  addToGroup,
  ask,
  createUser,
  findGroup,
  removeFromGroup,
  type ScimAt,
  seedScim,
} from "../../provider/connectors/scim/hands.ts";
import type { Simulator } from "../../provider/connectors/simulator/server.ts";
import { startFaultProxy } from "../../provider/testing/fault-proxy.ts";
import { startKeycloak } from "../../provider/testing/real/keycloak.ts";
import { startScim2Server } from "../../provider/testing/real/scim2-server.ts";
import { startSandbox, vendorSeed } from "../../provider/testing/sandbox.ts";
import type { Asked } from "./run.ts";
import type { Story } from "./story.ts";

/** Directory and vendor, simulated or real, and what people do there by hand. */
export interface Servers {
  readonly names: Readonly<Record<"people" | "crm", string>>;
  /** Addresses for the provider: at real servers, a proxy that counts stands there. */
  readonly people: { readonly url: string; readonly realm: string; readonly secret: string };
  readonly crm: { readonly url: string; readonly token: string };
  /** Requests so far, from the servers' own log. */
  asked(): { readonly people: Asked; readonly crm: Asked };
  readonly admin: Admin;
  /** Who holds a seat, as the vendor's API says it. */
  members(group: string): Promise<readonly string[]>;
  give(account: string): Promise<void>;
  take(account: string): Promise<void>;
  createAccount(account: string): Promise<void>;
  stop(): Promise<void>;
}
export const crmGroup = "crm-users";
export const serviceAccount = "svc-reporting";

const realm = "acme";
const clientSecret = "demo-client-secret";
const token = "demo-scim-token";
const seedOf = { people: [{ login: serviceAccount }], groups: [{ name: crmGroup, members: [serviceAccount] }] };

/** Every account's name by id, a page at a time. */
const accountNames = async (at: ScimAt): Promise<ReadonlyMap<string, string>> => {
  const names = new Map<string, string>();
  for (let start = 1; ; start = names.size + 1) {
    const { body } = await ask(at, "GET", `/Users?attributes=userName&startIndex=${start}&count=500`);
    const { Resources = [], totalResults = 0 } = body as ListResponse;
    for (const { id, userName } of Resources) names.set(id, userName);
    if (Resources.length === 0 || names.size >= totalResults) return names;
  }
};
interface ListResponse {
  readonly Resources?: readonly { readonly id: string; readonly userName: string }[];
  readonly totalResults?: number;
}
/** The vendor's own list of who has a seat, by account. */
const seatedAt = async (at: ScimAt): Promise<readonly string[]> => {
  const { body } = await ask(at, "GET", `/Groups/${await findGroup(at, crmGroup)}?attributes=members`);
  const { members = [] } = body as { members?: readonly { readonly value: string }[] };
  const names = await accountNames(at);
  return members.map(({ value }) => names.get(value) ?? value).sort();
};

const byHand = (at: ScimAt, admin: Admin) => ({
  admin,
  members: (group: string) => (group === crmGroup ? seatedAt(at) : admin.members(group)),
  give: (account: string) => addToGroup(at, crmGroup, account),
  take: (account: string) => removeFromGroup(at, crmGroup, account),
  createAccount: async (account: string) => void (await createUser(at, { login: account })),
});

export const startSimulated = async ({ company }: Story, seed: number): Promise<Servers> => {
  const { keycloak, scim, stop } = await startSandbox({ company, realm, clientSecret, token, vendor: seedOf, seed });
  const counts = ({ log }: Simulator): Asked => {
    const writes = log.filter(({ write }) => write).length;
    return { reads: log.length - writes, writes };
  };
  return {
    names: { people: "Keycloak (simulated)", crm: "SCIM service (simulated)" },
    people: { url: keycloak.url, realm, secret: clientSecret },
    crm: { url: scim.baseUrl, token },
    asked: () => ({ people: counts(keycloak), crm: counts(scim) }),
    ...byHand({ baseUrl: scim.baseUrl, token }, openAdmin(keycloak.url, { ...keycloak, realm })),
    stop,
  };
};

/** A token's request writes nothing, nor does a search by POST. */
const isWrite = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method !== "GET" && !path.endsWith("/token") && !path.includes("/.search");

export const startReal = async ({ company }: Story, say: (what: string) => void): Promise<Servers> => {
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));
  const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
    running.push(one);
    return one;
  };
  try {
    say("starting Keycloak (Java; up to a minute) and scim2-server");
    const [keycloak, scim] = await Promise.all([startKeycloak().then(keep), startScim2Server({ token }).then(keep)]);
    say(`seeding ${company.people.length} people into both`);
    await seedReal(keycloak.url, keycloak, { ...company, realm, clientSecret });
    await seedScim({ baseUrl: scim.url, token }, vendorSeed(company, seedOf));
    const [people, crm] = await Promise.all([
      startFaultProxy(keycloak.url).then(keep),
      startFaultProxy(new URL(scim.url).origin).then(keep),
    ]);
    const counts = ({ passed }: typeof people): Asked => {
      const writes = passed.filter(isWrite).length;
      return { reads: passed.length - writes, writes };
    };
    return {
      names: { people: "Keycloak 26.7.4", crm: "scim2-server" },
      people: { url: people.url, realm, secret: clientSecret },
      crm: { url: crm.url + new URL(scim.url).pathname, token },
      asked: () => ({ people: counts(people), crm: counts(crm) }),
      ...byHand({ baseUrl: scim.url, token }, openAdmin(keycloak.url, { ...keycloak, realm })),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
