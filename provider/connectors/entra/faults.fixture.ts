import type { FaultedStand, FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { refuse } from "./server/refusals.ts";
import { startEntraSimulator } from "./simulator.ts";

const licenses = ["SPE_E5", "SPE_E3"] as const;
const groups = ["group:lic-full", "group:lic-lite"] as const;
const nameOf = (sku: string): string => sku.slice("group:".length);
const inner = /\/users\/|\/groups\/|\/members\//;

/** Direct licenses in one world, groups in front of them in the next. */
export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const simulator = await startEntraSimulator({
      clock,
      seed,
      people: logins.map((login) => ({ login })),
      groups: groups.map((sku) => ({ name: nameOf(sku) })),
      skus: licenses.map((sku) => ({ sku, enabled: logins.length })),
    });
    const { hands, tenantId, clientId, clientSecret, url } = simulator;
    const ids = new Map(logins.map((login) => [login, hands.userId(login)]));
    const holder = (login: string): string => ids.get(login) ?? "";
    const byGroup = Math.floor(seed / 250) % 2 === 1;
    const names = new Map(
      [...simulator.tenant().groups.values()].map((group) => [group.displayName, group.id] as const),
    );
    const membersOf = (sku: string): readonly string[] => {
      // Entra's connector calls a group by its id once it knows it.
      const id = names.get(nameOf(sku)) ?? nameOf(sku);
      return [...(simulator.tenant().groups.get(id)?.members ?? [])];
    };
    const within: FaultedStand["within"] = (status, path) => {
      if (!path.endsWith("/$batch")) return false;
      const wait: Record<string, string> = status === 429 ? { "retry-after": "7" } : {};
      simulator.failInner({ url: inner }, refuse(status, "TooManyRequests", "Too many requests.", wait));
      return true;
    };
    return {
      simulator,
      kind: connector,
      config: { tenantId, clientId, clientSecret, baseUrl: `${url}/v1.0`, loginUrl: url, pageSize: 3, batchSize: 3 },
      skus: byGroup ? groups : licenses,
      account: (login) => `${login}@acme.test`,
      holder,
      holders: (sku) => (sku.startsWith("group:") ? membersOf(sku) : simulator.holders(sku)),
      give: (sku, login) => (byGroup ? hands.join(nameOf(sku), login) : hands.give(sku, login)),
      take: (sku, login) => (byGroup ? hands.leave(nameOf(sku), login) : hands.take(sku, login)),
      setLag: simulator.setLag,
      laterPage: /skiptoken=/i,
      within,
      bucketOf: (method, path) => (method === "GET" ? "reads" : path.endsWith("/token") ? "tokens" : "writes"),
    };
  },
};
