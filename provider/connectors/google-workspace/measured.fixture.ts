import type { MeasuredSystem } from "../../testing/measured/measured-system.ts";
import { connector } from "./connector.ts";
import { startGoogleWorkspaceSimulator } from "./simulator.ts";

export const measured: MeasuredSystem = {
  async start({ clock, seed, people }) {
    const simulator = await startGoogleWorkspaceSimulator({ clock, seed, purchased: { "1010020020": people } });
    const accounts = Array.from({ length: people }, (_x, i) => {
      const name = `person-${i}@acme.test`;
      return { id: simulator.hands.addUser({ email: name, lastName: `Person ${i}` }), name, active: true };
    });
    const { administrator, credentials, url } = simulator;
    const sku = "Google Workspace Enterprise Plus";
    return {
      simulator,
      kind: connector,
      config: { administrator, credentials, baseUrl: url },
      accounts,
      ways: [
        {
          name: "google_workspace",
          sku,
          // One a second: an insert for each person, and pages of 100.
          least: (seats) => ({
            assign: { requests: seats, ms: seats * 1000 },
            refresh: { requests: Math.ceil(seats / 100), ms: Math.ceil(seats / 100) * 1000 },
          }),
          held: () => simulator.hands.licensed(sku).length,
        },
      ],
    };
  },
};
