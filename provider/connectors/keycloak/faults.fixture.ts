import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { realmOf } from "./seed.ts";
import { startKeycloakSimulator } from "./simulator.ts";

const clientSecret = "faults-client-secret";
const skus = ["group:full", "group:lite"] as const;
const nameOf = (sku: string): string => sku.replace(/^group:\/?/, "");

export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const people = logins.map((login) => ({ login, email: `${login}@acme.test` }));
    const realm = realmOf({ people, groups: skus.map((sku) => ({ name: nameOf(sku) })) }, { clientSecret });
    const simulator = await startKeycloakSimulator({ realms: [realm], clock, seed });
    const acme = simulator.realm("acme");
    const group = (sku: string): string => acme.groupAt(`/${nameOf(sku)}`)?.id ?? "";
    const user = (login: string) => {
      const found = acme.usernames.get(login);
      if (!found) throw new Error(`no user ${login}`);
      return found;
    };
    return {
      simulator,
      kind: connector,
      config: { baseUrl: simulator.url, realm: "acme", clientSecret, pageSize: 2 },
      skus,
      account: (login) => login,
      holder: (login) => user(login).id,
      holders: (sku) => acme.members(group(sku)).map(({ id }) => id),
      give: (sku, login) => acme.join(user(login), group(sku)),
      take: (sku, login) => acme.leave(user(login), group(sku)),
      unlimited: true,
      laterPage: /[?&]first=[1-9]/,
    };
  },
};
