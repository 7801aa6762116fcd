import type { Enterprise, SandboxSystem, Serving, Worker } from "../../simulator/company.ts";
import type { GithubSimulator } from "../simulator.ts";
import { startGithubSimulator } from "../simulator.ts";

const token = "sandbox-github-token";

const loginsOf = (people: readonly Worker[]): Map<string, string> =>
  new Map(people.flatMap(({ login, github }) => (github === null ? [] : [[login, github] as const])));

const settle = (simulator: GithubSimulator, company: Enterprise, logins: ReadonlyMap<string, string>): void => {
  let owners = 0;
  for (const { github, firstName, lastName, email, title } of company.people) {
    if (github === null) continue;
    // Somebody must own the organization: the first who runs things.
    const owner = owners === 0 && /administrator|operator|staff/i.test(title);
    if (owner) owners += 1;
    simulator.addAccount({ login: github, name: `${firstName} ${lastName}`, email, role: owner ? "admin" : "member" });
  }
  const seats = company.seats.filter((s) => s.system === "github");
  const teams = new Set(
    seats.flatMap((s) => [
      ...(s.via ? [s.via.replace(/^team:/, "")] : []),
      ...(s.sku.startsWith("team:") ? [s.sku.slice(5)] : []),
    ]),
  );
  const granting = new Set(seats.filter((s) => s.via && s.sku === "copilot").map((s) => s.via?.replace(/^team:/, "")));
  for (const slug of new Set([...teams, "copilot-pilots"])) simulator.addTeam({ slug, copilot: granting.has(slug) });
  const signIns = new Map(company.people.map((p) => [p.login, p.signIns.at(-1) ?? null]));
  for (const { sku, login, since, via, lastUsed } of seats) {
    const github = logins.get(login);
    if (github === undefined) continue;
    if (sku.startsWith("team:")) simulator.addToTeam(sku.slice(5), github);
    else if (sku === "copilot") {
      if (via) simulator.addToTeam(via.replace(/^team:/, ""), github);
      else simulator.giveCopilot(github, since);
      const used =
        lastUsed === undefined ? (signIns.get(login) ?? null) : lastUsed === null ? null : Date.parse(lastUsed);
      simulator.useCopilot(github, used);
    }
  }
  const contract = company.contracts.find((c) => c.system === "github" && c.sku === "enterprise");
  if (contract) simulator.setPurchased(contract.purchased);
};

const deedsOf = (simulator: GithubSimulator, logins: Map<string, string>): Serving["deeds"] => {
  const account = (login: string): string => {
    const github = logins.get(login);
    if (github === undefined) throw new Error(`${login} has no GitHub account`);
    return github;
  };
  return {
    hire({ login, github, firstName, lastName, email }) {
      if (github === null) return;
      logins.set(login, github);
      simulator.addAccount({ login: github, name: `${firstName} ${lastName}`, email });
    },
    change({ login, github }) {
      const before = logins.get(login);
      if (before === undefined || github === null || before === github) return;
      simulator.rename(before, github);
      logins.set(login, github);
    },
    leave(login) {
      if (logins.has(login)) simulator.leave(account(login));
    },
    signIn(login, at) {
      if (logins.has(login)) simulator.useCopilot(account(login), at);
    },
    giveSeat(sku, login) {
      if (sku === "copilot") simulator.giveCopilot(account(login));
      else if (sku.startsWith("team:")) simulator.addToTeam(sku.slice(5), account(login));
      else throw new Error(`${sku} is not given by hand here: copilot or team:SLUG`);
    },
    takeSeat(sku, login) {
      if (sku === "copilot") simulator.takeCopilot(account(login));
      else if (sku.startsWith("team:")) simulator.takeFromTeam(sku.slice(5), account(login));
      else simulator.leave(account(login));
    },
  };
};

export const sandbox: SandboxSystem = {
  name: "github",
  title: "GitHub",
  async start(company, { port, seed, clock }) {
    const simulator = await startGithubSimulator({ port, seed, clock, token, perHour: 15_000 });
    const logins = loginsOf(company.people);
    settle(simulator, company, logins);
    const { seats, members, teams } = simulator.state();
    return {
      simulator,
      connection: { organization: simulator.organization, enterprise: simulator.enterprise, baseUrl: simulator.url },
      secrets: { token },
      shows: [
        `organization ${simulator.organization}: ${members.size} members, ${seats.size} Copilot seats (sku "copilot"), ${simulator.state().purchased} licenses (sku "enterprise")`,
        `teams: ${[...teams.keys()].map((slug) => `team:${slug}`).join(", ")}`,
        "a Copilot seat that is taken ends with the month: move the clock to see it go",
      ],
      deeds: deedsOf(simulator, logins),
    };
  },
};
