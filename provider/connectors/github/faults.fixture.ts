import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { startGithubSimulator } from "./simulator.ts";

const copilot = ["copilot"] as const;
const teams = ["team:full", "team:lite"] as const;
const slugOf = (sku: string): string => sku.slice("team:".length);

/** Copilot seats in one world, teams in the next. */
export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    // Limits that no tiny world reaches by itself: what is refused here, the plan of faults refuses.
    const simulator = await startGithubSimulator({ clock, seed, perHour: 1_000_000 });
    for (const sku of teams) simulator.addTeam({ slug: slugOf(sku) });
    const ids = new Map(
      logins.map((login) => [login, String(simulator.addAccount({ login, email: `${login}@acme.test` }).id)]),
    );
    const byTeam = Math.floor(seed / 250) % 2 === 1;
    const holders = (sku: string): string[] => {
      const state = simulator.state();
      const held = sku.startsWith("team:")
        ? [...(state.teams.get(slugOf(sku))?.members.keys() ?? [])]
        : [...state.seats.values()].filter((s) => s.endsAt === null).map((s) => s.user);
      return held.map(String);
    };
    const ending = (sku: string): string[] =>
      sku.startsWith("team:")
        ? []
        : [...simulator.state().seats.values()].filter((s) => s.endsAt !== null).map((s) => String(s.user));
    return {
      simulator,
      kind: connector,
      config: { organization: "acme", baseUrl: simulator.url, token: simulator.token, batch: 3 },
      skus: byTeam ? teams : copilot,
      account: (login) => `${login}@acme.test`,
      holder: (login) => ids.get(login) ?? "",
      holders,
      ending,
      give: (sku, login) => (byTeam ? simulator.addToTeam(slugOf(sku), login) : simulator.giveCopilot(login)),
      take: (sku, login) => {
        if (!holders(sku).includes(ids.get(login) ?? "")) return;
        if (byTeam) simulator.takeFromTeam(slugOf(sku), login);
        else simulator.takeCopilot(login);
      },
      setLag: simulator.setLag,
      laterPage: /[?&]page=([2-9]|1\d)/,
      pages: { parameter: "per_page", size: 3 },
      bucketOf: (method, path) => (path.startsWith("/graphql") ? "graphql" : method === "GET" ? "reads" : "writes"),
    };
  },
};
