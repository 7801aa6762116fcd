import type { Account } from "../../core/connector.ts";
import { noDirectory, type Opening, type Subject, testConnector } from "../../testing/conformance.ts";
import { connector } from "./connector.ts";
import { createApp } from "./server/app.ts";
import { startGithubSimulator } from "./simulator.ts";

const app = createApp();
const stranger = createApp();
/** Logins that hold their id: the suite looks for the holder in what is written, and GitHub is told logins. */
const login = (name: string, id: number): string => `${name}-${id}`;

const seeded = async (sku: "copilot" | "team:crew"): Promise<Subject> => {
  // Shared with the connector once it is open, so that tokens and limits are counted by one clock.
  let now: () => number = Date.now;
  const clock = { now: () => now(), advance: () => undefined, set: () => undefined };
  const simulator = await startGithubSimulator({ app, clock });
  const account = (name: string, id: number): Account => {
    const row = simulator.addAccount({ login: login(name, id), id, email: `${name}.${id}@acme.test` });
    return { id: String(row.id), name: row.login, active: true };
  };
  const holders = Array.from({ length: 230 }, (_h, i) => account("holder", 20_000 + i));
  const free = Array.from({ length: 10 }, (_f, i) => account("free", 30_000 + i));
  for (const slug of ["crew", "empty"]) simulator.addTeam({ slug });
  for (const { name } of holders) {
    if (sku === "copilot") simulator.giveCopilot(name);
    else simulator.addToTeam("crew", name);
  }
  const open = ({ origin, secret, using }: Opening) => {
    now = using.clock.now;
    const { appId, installationId } = app;
    const { privateKey } = secret === "right" ? app : stranger;
    return connector.open({ organization: "acme", baseUrl: origin, appId, installationId, privateKey }, using);
  };
  return {
    origin: simulator.url,
    open,
    directory: noDirectory,
    vendor: {
      sku,
      holders: holders.map((h) => h.id),
      empty: "team:empty",
      misspelt: sku === "copilot" ? "copilott" : "team:crewx",
      free,
      nobody: { id: "999999", name: "nobody-999999" },
    },
    paths: {
      seats: sku === "copilot" ? /\/copilot\/billing\/seats/ : /\/teams\/crew\/members/,
      people: /never/,
      write: /selected_users|\/memberships\//,
    },
    canaries: [app.privateKey.split("\n")[3] ?? "", stranger.privateKey.split("\n")[3] ?? ""],
    stop: simulator.stop,
  };
};

testConnector({ name: "github Copilot on its simulator", kind: connector, make: () => seeded("copilot") });
testConnector({ name: "github teams on its simulator", kind: connector, make: () => seeded("team:crew") });
