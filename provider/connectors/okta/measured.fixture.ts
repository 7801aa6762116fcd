import type { MeasuredSystem } from "../../testing/measured/measured-system.ts";
import { perMinute } from "./client.ts";
import { connector } from "./connector.ts";
import { startOktaSimulator } from "./simulator.ts";

/** What a new token has of each bucket. */
const share = 0.5;
/** Windows of a minute, the first of which is full at once. */
const lasts = (requests: number, limit: number): number =>
  60_000 * Math.max(0, Math.ceil(requests / (limit * share)) - 1);
const least = (seats: number, page: number, limit: number) => {
  const pages = Math.max(1, Math.ceil(seats / page));
  return {
    assign: { requests: seats, ms: lasts(seats, limit) },
    refresh: { requests: pages, ms: lasts(pages, limit) },
  };
};

export const measured: MeasuredSystem = {
  async start({ clock, seed, people }) {
    const simulator = await startOktaSimulator({ clock, seed, share });
    const { hands } = simulator;
    hands.addGroup("figma-editors");
    hands.addApp("Figma");
    const accounts = Array.from({ length: people }, (_x, i) => {
      const name = `person${i}@acme.test`;
      return { id: hands.addUser({ login: name }), name, active: true };
    });
    return {
      simulator,
      kind: connector,
      config: { baseUrl: simulator.url, apiToken: simulator.apiToken, share },
      accounts,
      ways: [
        {
          name: "okta",
          sku: "group:figma-editors",
          least: (seats) => least(seats, 1000, perMinute.groups),
          held: () => hands.members("figma-editors").length,
        },
        {
          name: "okta-app",
          sku: "app:Figma",
          least: (seats) => least(seats, 500, perMinute.apps),
          held: () => hands.assigned("Figma").length,
        },
      ],
    };
  },
};
