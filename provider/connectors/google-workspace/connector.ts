import { type Connector, defineConnector, listed, type OpenWith, type SeatStep } from "../../core/connector.ts";
import { memo } from "../http/memo.ts";
import { api } from "./api.ts";
import { createClient, directoryPerMinute, share } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createDirectory } from "./directory.ts";
import { facts, skuForms } from "./facts.ts";
import { createGroups } from "./groups.ts";
import { licenseSku } from "./products.ts";
import { createReports } from "./reports.ts";
import { createGranted } from "./rights.ts";
import { createSeats } from "./seats.ts";
import { createSkus, skuOf } from "./sku.ts";
import { createUsage } from "./usage.ts";
import { createUsers } from "./users.ts";
import { createApply, isGroup } from "./writes.ts";

const productOf = (sku: string): string | undefined => licenseSku(sku)?.product;
/** A move inside a product is one request; across products, or of groups, two. */
const writesOf = ({ sku, to }: SeatStep): readonly string[] =>
  to === undefined || (!isGroup(sku) && !isGroup(to) && productOf(sku) === productOf(to)) ? [sku] : [sku, to];

const takesMs = (given: Config, steps: readonly SeatStep[]): number => {
  const writes = steps.flatMap(writesOf);
  const groups = writes.filter(isGroup).length;
  const ofLicences = ((writes.length - groups) * 60_000) / (given.licensesPerMinute * share);
  return Math.round(Math.max(ofLicences, (groups * 60_000) / directoryPerMinute));
};

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const once = memo();
  const users = createUsers(client, once);
  const groups = createGroups(client, once);
  const directory = createDirectory({ config: given, client, users, groups });
  const skus = createSkus(client, once, groups);
  const seats = createSeats({ config: given, client, memo: once, users, groups, skus });
  const reports = given.reports ? createReports(client, once, using.clock) : null;
  return {
    vendor: "Google Workspace",
    verify: async (signal) => {
      await client.call(api.user, { key: given.administrator }, { signal });
    },
    people: directory.people,
    groups: directory.groups,
    person: directory.person,
    skus: skus.list,
    sku: async (name, signal) => skuOf(await skus.find(name, signal)),
    async counters({ sku }, signal) {
      const held = await seats.list(sku, signal);
      return {
        purchased: reports ? await reports.purchased(await skus.find(sku, signal), signal) : null,
        consumed: { value: held.length, source: "vendor", asOf: new Date(using.clock.now()).toISOString() },
        suspended: null,
      };
    },
    seats: ({ sku }, signal) => listed(() => seats.list(sku, signal)),
    accounts: seats.accounts,
    // Where this connection is the directory too, a person is their own account.
    link: ({ id }) => (directory.told(id) ? id : null),
    apply: createApply({ client, skus, seats, users }),
    writes: ({ sku }) => skus.writes(sku),
    granted: createGranted(client, using.clock),
    takesMs: (steps) => takesMs(given, steps),
    usage: createUsage(users, reports, using.clock),
    requests: client.requests,
  };
};

export const connector = defineConnector({
  name: "googleWorkspace",
  doc: "Google Workspace: people, groups and custom attributes of the Directory; seats as licences (License Manager) or as membership of a group.",
  config,
  skus: skuForms,
  capabilities: facts,
  customaryEnv: { credentials: "GOOGLEWORKSPACE_CREDENTIALS" },
  open,
});
