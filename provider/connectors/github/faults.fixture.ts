import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { joinTeam, leaveTeam, newSeat, type State } from "./server/state.ts";
import { startGithubSimulator } from "./simulator.ts";

/** Copilot, which is bought by assigning; memberships, which are invitations first; teams. One world after the other. */
const worlds = [["copilot"], ["enterprise"], ["team:full", "team:lite"]] as const;
const slowDown =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID 0.";
const teamOf = (state: State, sku: string) => {
  const team = state.teams.get(sku.slice("team:".length));
  if (!team) throw new Error(`no ${sku}`);
  return team;
};

/** Who has one, and how often: whoever was invited twice would be there twice. */
const holdersOf = (state: State, sku: string): readonly number[] => {
  if (sku === "copilot") return [...state.seats.values()].filter((s) => s.endsAt === null).map((s) => s.user);
  if (sku !== "enterprise") return [...teamOf(state, sku).members.keys()];
  const invited = [...state.invitations.values()].flatMap(({ user }) => (user === null ? [] : [user]));
  return [...state.members.keys(), ...invited];
};
const endingOf = (state: State, sku: string): readonly number[] =>
  sku === "copilot" ? [...state.seats.values()].filter((s) => s.endsAt !== null).map((s) => s.user) : [];

const hold = (state: State, sku: string, user: number, now: number): void => {
  if (sku === "copilot") state.seats.set(user, newSeat(user, now));
  else if (sku === "enterprise") state.members.set(user, { role: "member", through: null });
  else joinTeam(state, teamOf(state, sku), user, now);
};
/** As if there had never been one: a cancelled seat would be a trace of the run before. */
const drop = (state: State, sku: string, user: number, now: number): void => {
  if (sku === "copilot") state.seats.delete(user);
  else if (sku === "enterprise") {
    state.members.delete(user);
    for (const [id, invitation] of state.invitations) if (invitation.user === user) state.invitations.delete(id);
  } else leaveTeam(state, teamOf(state, sku), user, now);
};

export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const simulator = await startGithubSimulator({ clock, seed });
    const skus = worlds[Math.floor(seed / 250) % worlds.length] ?? worlds[0];
    const role = skus[0] === "enterprise" ? "outside" : "member";
    const ids = new Map(logins.map((login) => [login, simulator.addAccount({ login, role }).id]));
    for (const slug of ["full", "lite"]) simulator.addTeam({ slug });
    const idOf = (login: string): number => ids.get(login) ?? 0;
    return {
      simulator,
      kind: connector,
      config: { organization: simulator.organization, baseUrl: simulator.url, token: simulator.token, batch: 3 },
      skus,
      account: (login) => login,
      holder: (login) => String(idOf(login)),
      holders: (sku) => holdersOf(simulator.state(), sku).map(String),
      ending: (sku) => endingOf(simulator.state(), sku).map(String),
      give: (sku, login) => hold(simulator.state(), sku, idOf(login), clock.now()),
      take: (sku, login) => drop(simulator.state(), sku, idOf(login), clock.now()),
      setLag: simulator.setLag,
      laterPage: /[?&]page=([2-9]|1\d)/,
      pages: { parameter: "per_page", size: 2 },
      limit403: { kind: "status", status: 403, body: { message: slowDown } },
      bucketOf: (method, path) => (path.startsWith("/graphql") ? "graphql" : method === "GET" ? "reads" : "writes"),
    };
  },
};
