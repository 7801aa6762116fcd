import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { bucketOf } from "./server/limits.ts";
import { startOktaSimulator } from "./simulator.ts";

const skus = ["group:full", "group:lite"] as const;
const nameOf = (sku: string): string => sku.slice("group:".length);

/** Okta's lists of members show a write at once; what lags in front of it is a cache of ours to tell. */
export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const simulator = await startOktaSimulator({ clock, seed });
    const { hands } = simulator;
    for (const sku of skus) hands.addGroup(nameOf(sku));
    const email = (login: string): string => `${login}@acme.test`;
    const ids = new Map(logins.map((login) => [login, hands.addUser({ login: email(login) })]));
    const holder = (login: string): string => ids.get(login) ?? "";
    return {
      simulator,
      kind: connector,
      config: {
        baseUrl: simulator.url,
        // An application's tokens are signed for: ten thousand runs would spend most of their time on that.
        apiToken: simulator.apiToken,
        pageSize: 1,
      },
      skus,
      account: email,
      holder,
      // By name as a License says it, or by id as a step does.
      holders: (sku) => hands.members(nameOf(sku)),
      give: (sku, login) => hands.join(nameOf(sku), holder(login)),
      take: (sku, login) => hands.leave(nameOf(sku), holder(login)),
      laterPage: /[?&]after=/,
      moreOfPages: 3,
      bucketOf,
    };
  },
};
