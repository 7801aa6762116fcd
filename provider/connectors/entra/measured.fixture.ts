import type { Sent } from "../../core/wire.ts";
import type { Least, MeasuredSystem } from "../../testing/measured/measured-system.ts";
import { connector } from "./connector.ts";
import { startEntraSimulator } from "./simulator.ts";

const sku = "SPE_E5";
const group = "lic-e5";

/** Each request in a batch counts as one, and the batch for none: Graph counts so. */
const inBatch = ({ url, body = "{}" }: Sent): number => {
  if (!url.endsWith("/$batch")) return 1;
  const { requests } = JSON.parse(body) as { requests: readonly unknown[] }; // the connector's own
  return requests.length;
};
/** Pages of 999, within resource units that such a list does not strain. */
const pages = (seats: number): number => Math.ceil(seats / 999);
const refresh = (seats: number): Least => ({ requests: pages(seats), ms: 2000 });
/** 3,000 writes in 150 s. */
const writesMs = (writes: number): number => Math.ceil(writes / 3000) * 150_000;

export const measured: MeasuredSystem = {
  async start({ clock, seed, people }) {
    const simulator = await startEntraSimulator({
      clock,
      seed,
      people: Array.from({ length: people }, (_x, i) => ({ login: `person-${i}` })),
      groups: [{ name: group, licenses: [sku] }],
      skus: [{ sku, enabled: people }],
    });
    const { tenantId, clientId, clientSecret, url } = simulator;
    const tenant = simulator.tenant();
    const held = (): number => simulator.holders(sku).length;
    return {
      simulator,
      kind: connector,
      config: { tenantId, clientId, clientSecret, baseUrl: `${url}/v1.0`, loginUrl: url },
      accounts: [...tenant.users.values()].map(({ id, properties }) => ({
        id,
        name: String(properties.userPrincipalName),
        active: true,
      })),
      ways: [
        {
          name: "entra",
          sku,
          least: (seats) => ({ assign: { requests: seats, ms: writesMs(seats) }, refresh: refresh(seats) }),
          counts: inBatch,
          held,
        },
        {
          name: "entra-group",
          sku: `group:${group}`,
          // 20 members join in one request.
          least: (seats) => ({
            assign: { requests: Math.ceil(seats / 20), ms: writesMs(Math.ceil(seats / 20)) },
            refresh: refresh(seats),
          }),
          counts: inBatch,
          held,
        },
      ],
    };
  },
};
