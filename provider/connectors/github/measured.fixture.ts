import type { Least, MeasuredSystem } from "../../testing/measured/measured-system.ts";
import { connector } from "./connector.ts";
import { startGithubSimulator } from "./simulator.ts";

const minute = 60_000;
/** 80 writes a minute, a hundred people in each. */
const buying = (seats: number): Least => {
  const requests = Math.ceil(seats / 100);
  return { requests, ms: Math.max(0, requests / 80 - 1) * minute + minute };
};
/** Pages of 100, 900 points a minute. */
const refresh = (seats: number): Least => ({ requests: Math.ceil(seats / 100), ms: (seats / 100 / 900) * minute });

export const measured: MeasuredSystem = {
  async start({ clock, seed, people }) {
    const simulator = await startGithubSimulator({ clock, seed });
    const accounts = Array.from({ length: people }, (_x, i) => {
      const login = `person-${i}`;
      const { id } = simulator.addAccount({ login, email: `${login}@acme.test` });
      return { id: String(id), name: login, active: true };
    });
    return {
      simulator,
      kind: connector,
      config: { organization: "acme", baseUrl: simulator.url, token: simulator.token },
      accounts,
      ways: [
        {
          name: "github",
          sku: "copilot",
          least: (seats) => ({ assign: buying(seats), refresh: refresh(seats) }),
          held: () => [...simulator.state().seats.values()].filter((s) => s.endsAt === null).length,
        },
      ],
    };
  },
};
