import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { joinTeam, leaveTeam, type State } from "./server/state.ts";
import { startGithubSimulator } from "./simulator.ts";

/** Copilot, which is bought by assigning; memberships, which are invitations first; a team. One world after the other. */
const worlds = ["copilot", "enterprise", "team:pilots"] as const;
const slowDown =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID 0.";

/** Who has one, and how often: whoever was invited twice would be there twice. */
const holdersOf = (state: State, sku: string): readonly number[] => {
  // What was cancelled is paid for until the cycle ends, and given back all the same.
  if (sku === "copilot") return [...state.seats.values()].filter((s) => s.endsAt === null).map((s) => s.user);
  if (sku !== "enterprise") return [...(state.teams.get("pilots")?.members.keys() ?? [])];
  const invited = [...state.invitations.values()].flatMap(({ user }) => (user === null ? [] : [user]));
  return [...state.members.keys(), ...invited];
};

const hold = (state: State, sku: string, user: number, now: number): void => {
  const team = state.teams.get("pilots");
  const createdAt = new Date(now).toISOString();
  if (sku === "copilot") state.seats.set(user, { user, createdAt, team: null, endsAt: null, lastActivityAt: null });
  else if (sku === "enterprise") state.members.set(user, { role: "member", through: null });
  else if (team) joinTeam(state, team, user, now);
};
/** As if there had never been one: a cancelled seat is no trace of the run before. */
const drop = (state: State, sku: string, user: number, now: number): void => {
  const team = state.teams.get("pilots");
  if (sku === "copilot") state.seats.delete(user);
  else if (sku === "enterprise") {
    state.members.delete(user);
    for (const [id, invitation] of state.invitations) if (invitation.user === user) state.invitations.delete(id);
  } else if (team) leaveTeam(state, team, user, now);
};

export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const simulator = await startGithubSimulator({ clock, seed });
    const sku = worlds[Math.floor(seed / 250) % worlds.length] ?? "copilot";
    const role = sku === "enterprise" ? "outside" : "member";
    const ids = new Map(logins.map((login) => [login, simulator.addAccount({ login, role }).id]));
    simulator.addTeam({ slug: "pilots" });
    const idOf = (login: string): number => ids.get(login) ?? 0;
    return {
      simulator,
      kind: connector,
      config: { organization: simulator.organization, baseUrl: simulator.url, token: simulator.token },
      skus: [sku],
      account: (login) => login,
      holder: (login) => String(idOf(login)),
      holders: (of) => holdersOf(simulator.state(), of).map(String),
      ending: (of) =>
        of === "copilot"
          ? [...simulator.state().seats.values()].filter((s) => s.endsAt !== null).map((s) => String(s.user))
          : [],
      give: (of, login) => hold(simulator.state(), of, idOf(login), clock.now()),
      take: (of, login) => drop(simulator.state(), of, idOf(login), clock.now()),
      setLag: simulator.setLag,
      laterPage: /[?&]page=([2-9]|\d\d)/,
      pages: { parameter: "per_page", size: 2 },
      limit403: { kind: "status", status: 403, body: { message: slowDown } },
    };
  },
};
