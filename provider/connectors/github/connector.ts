import { type Connector, defineConnector, listed, type OpenWith } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Person } from "../../core/person.ts";
import { memo } from "../http/memo.ts";
import { api } from "./api.ts";
import { createApply, takesMs, type Writer } from "./apply.ts";
import { type Client, createClient } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createCopilot } from "./copilot.ts";
import { createCopilotWrites } from "./copilot-writes.ts";
import { createEnterprise } from "./enterprise.ts";
import { capabilities } from "./facts.ts";
import { grantedTo } from "./granted.ts";
import { createPeople } from "./people.ts";
import { forms, placeOf, unknownSku } from "./sku.ts";
import { createTeams } from "./teams.ts";
import { createUsage } from "./usage.ts";

const fixed = [
  { sku: "copilot", name: "GitHub Copilot" },
  { sku: "enterprise", name: "GitHub Enterprise" },
];

/** The parts of a connector, each for one form of SKU. */
const partsOf = (given: Config, using: OpenWith) => {
  const once = memo();
  const client = createClient(given, using);
  const people = createPeople(client, once);
  const copilot = createCopilot(client, people, once);
  const buy = createCopilotWrites({ client, copilot, people });
  const enterprise = createEnterprise(client, people, once);
  const teams = createTeams(client, people, once);
  return { client, people, copilot, buy, enterprise, teams };
};
const lost = (client: Client, sku: string) =>
  unknownSku(client.connection, sku, "It is copilot, enterprise or team:SLUG.");

const link = ({ email, login }: Person): string | null => email ?? login;

const open = (given: Config, using: OpenWith): Connector => {
  const { client, people, copilot, buy, enterprise, teams } = partsOf(given, using);
  const portion = client.config.batch ?? 100;
  const writer = (sku: string): Writer | null => {
    const place = placeOf(sku);
    if (place.is === "copilot") return { write: buy, forget: copilot.forget };
    if (place.is === "enterprise") return enterprise;
    if (place.is === "unknown") return null;
    return { write: (batch) => teams.write(place.team, batch), forget: () => teams.forget(place.team) };
  };
  return {
    vendor: "GitHub",
    async verify(signal) {
      const { organization: org, enterprise: slug = "" } = client.config;
      if (org !== undefined) await client.call(api.organization, { org }, { signal });
      else await client.call(api.consumed, { enterprise: slug, size: 1, page: 1 }, { signal });
    },
    async skus(signal) {
      if (client.config.organization === undefined) return fixed;
      return [...fixed, ...(await teams.all(signal))];
    },
    async sku(name, signal) {
      const place = placeOf(name);
      if (place.is === "team") return teams.find(place.team, signal);
      const found = fixed.find(({ sku }) => sku === place.is);
      if (found) return found;
      const names = fixed.map(({ sku }) => sku);
      throw unknownSku(client.connection, name, didYouMean(name, names) ?? "It is copilot, enterprise or team:SLUG.");
    },
    async counters({ sku }, signal) {
      const place = placeOf(sku);
      if (place.is === "copilot") return copilot.counters(signal);
      if (place.is === "enterprise") return enterprise.counters(signal);
      if (place.is === "team") return teams.counters(place.team, signal);
      throw lost(client, sku);
    },
    seats: ({ sku }, signal) =>
      listed(async () => {
        const place = placeOf(sku);
        if (place.is === "copilot") return (await copilot.list(signal)).seats;
        if (place.is === "enterprise") return enterprise.list(signal);
        if (place.is === "team") return teams.list(place.team, signal);
        throw lost(client, sku);
      }),
    accounts: people.accounts,
    link,
    apply: createApply({ connection: client.connection, writer, portion }),
    terms: ({ sku }) => (placeOf(sku).is === "copilot" ? {} : { release: "immediate", buysOnAssign: false }),
    deactivates: ({ sku }) => placeOf(sku).is === "enterprise",
    granted: (signal) => grantedTo(client, signal, using.clock.now()),
    takesMs: (steps) =>
      takesMs(
        steps,
        portion,
        (sku) => placeOf(sku).is === "copilot",
        (sku) => placeOf(sku).is === "enterprise",
      ),
    usage: createUsage({ people, copilot, now: using.clock.now, link }),
    tells: ({ sku }) => placeOf(sku).is === "copilot", // its activity says nothing about other seats
    requests: client.http.requests,
  };
};

export const connector = defineConnector({
  name: "github",
  doc: "GitHub: Copilot seats of an organization or enterprise, enterprise licenses, and teams.",
  config,
  skus: forms,
  capabilities,
  customaryEnv: { token: "GITHUB_TOKEN" },
  open,
});
