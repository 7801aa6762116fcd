import { type Connector, defineConnector, listed, type OpenWith, type SeatStep } from "../../core/connector.ts";
import { memo } from "../http/memo.ts";
import { api } from "./api.ts";
import { createClient, perMinute } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createDirectory } from "./directory.ts";
import { facts, skuForms } from "./facts.ts";
import { createGroups } from "./groups.ts";
import { createSeats } from "./seats.ts";
import { createSkus, isGroupSku, skuOf } from "./sku.ts";
import { createUsage } from "./usage.ts";
import { createApply } from "./writes.ts";

/** The HTTP layer leaves a fifth of a bucket to others. */
const ours = 0.8;
const takesMs = ({ share }: Config, steps: readonly SeatStep[]): number => {
  const writes = steps.flatMap(({ sku, to }) => (to === undefined ? [sku] : [sku, to]));
  const ofGroups = writes.filter(isGroupSku).length;
  const minutes = (count: number, limit: number): number => count / (limit * share * ours);
  return Math.round(
    60_000 * Math.max(minutes(ofGroups, perMinute.groups), minutes(writes.length - ofGroups, perMinute.apps)),
  );
};

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const once = memo();
  const groups = createGroups(client, once);
  const directory = createDirectory({ config: given, client, memo: once, groups });
  const skus = createSkus(client, once, groups);
  const seats = createSeats({ client, memo: once, groups, skus, directory });
  return {
    vendor: "Okta",
    // Groups are what every use of this connection needs; people are not.
    verify: async (signal) => {
      await client.call(api.groups, { limit: 1 }, { signal });
    },
    people: directory.people,
    groups: directory.groups,
    person: directory.person,
    skus: skus.list,
    sku: async (name, signal) => skuOf(await skus.find(name, signal)),
    async counters({ sku }, signal) {
      const held = await seats.list(sku, signal);
      return {
        purchased: null,
        consumed: { value: held.length, source: "vendor", asOf: new Date(using.clock.now()).toISOString() },
        suspended: null,
      };
    },
    seats: ({ sku }, signal) => listed(() => seats.list(sku, signal)),
    accounts: seats.accounts,
    lacks: seats.lacks,
    // Where this connection is the directory too, a person is their own account.
    link: ({ id, login, email }) => (directory.told(id) ? id : (email ?? login)),
    apply: createApply({ config: given, client, groups, skus, seats }),
    writes: ({ sku }) => skus.writes(sku),
    granted: client.granted,
    takesMs: (steps) => takesMs(given, steps),
    usage: createUsage({ config: given, client, directory, skus, clock: using.clock }),
    requests: client.requests,
  };
};

export const connector = defineConnector({
  name: "okta",
  doc: "Okta: people, groups and profile attributes of an organisation; seats as membership of a group or as assignment of an application.",
  config,
  skus: skuForms,
  capabilities: facts,
  customaryEnv: { apiToken: "OKTA_API_TOKEN", privateKey: "OKTA_API_PRIVATE_KEY" },
  open,
});
