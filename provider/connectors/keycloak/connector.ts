import { type Connector, defineConnector, listed, type OpenWith } from "../../core/connector.ts";
import { memo } from "../http/memo.ts";
import { api } from "./api.ts";
import { createClient } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createDirectory } from "./directory.ts";
import { createGroups } from "./groups.ts";
import { rolesOf, scopes } from "./rights.ts";
import { createSeats } from "./seats.ts";
import { createSignIns } from "./signins.ts";
import { createSkus, skuOf } from "./sku.ts";
import { createApply } from "./writes.ts";

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const once = memo();
  const groups = createGroups(client, once);
  const directory = createDirectory({ config: given, client, memo: once, groups });
  const skus = createSkus(client, once, groups);
  const seats = createSeats({ client, memo: once, groups, skus, directory });
  const usage = createSignIns(given, client, using.clock);
  return {
    vendor: "Keycloak",
    async verify(signal) {
      const one = await client.call(api.users, { brief: true, first: 0, max: 1 }, { signal });
      if (one.length === 0) await client.mayBeEmpty(signal);
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
    // Where this connection is the directory too, a person is their own account.
    link: ({ id }) => (directory.told(id) ? id : null),
    apply: createApply({ client, skus, seats }),
    writes: ({ sku }) => skus.writes(sku),
    usage,
    granted: async (signal) => rolesOf(await client.token(signal), given),
    requests: client.requests,
  };
};

export const connector = defineConnector({
  name: "keycloak",
  doc: "Keycloak: people, groups and attributes of a realm; seats as membership of a group or as a role.",
  config,
  skus: [
    {
      form: "group:NAME",
      seat: "direct membership of the group; by path where the name is ambiguous (`group:/sales/emea`)",
    },
    { form: "role:NAME", seat: "a realm role, given directly" },
    { form: "role:CLIENT/NAME", seat: "a role of a client, given directly" },
  ],
  capabilities: {
    directory: true,
    vendorOfSeats: true,
    purchased: "declared",
    buysOnAssign: false,
    release: "immediate",
    exclusiveWithinProduct: false,
    batch: null,
    identity: "id",
    activity: { signal: "keycloak sign-in", lagHours: 0 },
    settleMs: 0,
    prerequisites: [],
    buckets: [],
    pushdown: ["user.attributes[…] ==", "user.department == (title, manager, type)", "… in user.groups"],
    fills: [
      "id",
      "login",
      "email",
      "status",
      "firstName",
      "lastName",
      "department",
      "title",
      "manager",
      "type",
      "createdAt",
      "startsOn",
      "endsOn",
      "groups",
      "attributes",
    ],
    scopes,
  },
  customaryEnv: {
    clientSecret: "KEYCLOAK_CLIENT_SECRET",
    username: "KEYCLOAK_USER",
    password: "KEYCLOAK_PASSWORD",
  },
  open,
});
