import { type Connector, defineConnector, listed, type OpenWith } from "../../core/connector.ts";
import { memo } from "../http/memo.ts";
import { createAccounts } from "./accounts.ts";
import { api } from "./api.ts";
import { createClient } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createDirectory } from "./directory.ts";
import { createGroups } from "./groups.ts";
import { createLacks } from "./lacks.ts";
import { rolesOf, scopes } from "./rights.ts";
import { createSeats } from "./seats.ts";
import { createSignIns } from "./signins.ts";
import { createSkus, skuOf } from "./sku.ts";
import { createApply, takesMs } from "./writes.ts";

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const once = memo();
  const groups = createGroups(client, once);
  const directory = createDirectory({ config: given, client, memo: once, groups, cache: using.cache });
  const skus = createSkus(client, once, groups);
  const seats = createSeats({ client, memo: once, groups, skus });
  const accounts = createAccounts({ client, memo: once, directory });
  return {
    vendor: "Microsoft Entra",
    async verify(signal) {
      await client.http.call(api.users, { select: "id", top: 1 }, { signal });
    },
    people: directory.people,
    groups: directory.groups,
    person: directory.person,
    skus: skus.list,
    sku: async (name, signal) => skuOf(await skus.find(name, signal)),
    async counters({ sku }, signal) {
      const target = await skus.find(sku, signal);
      const asOf = new Date(using.clock.now()).toISOString();
      const count = (value: number) => ({ value, source: "vendor" as const, asOf });
      if (target.is === "group")
        return { purchased: null, consumed: count((await seats.list(sku, signal)).length), suspended: null };
      const { purchased, consumed, suspended } = target.units;
      return { purchased: count(purchased), consumed: count(consumed), suspended: count(suspended) };
    },
    seats: ({ sku }, signal) => listed(() => seats.list(sku, signal)),
    accounts: accounts.find,
    // Where this connection is the directory too, a person is their own account.
    link: ({ id }) => (directory.told(id) ? id : null),
    lacks: createLacks((id) => directory.told(id) ?? accounts.told(id)),
    apply: createApply({ client, skus, seats }),
    writes: ({ sku }) => skus.writes(sku),
    takesMs,
    granted: async (signal) => rolesOf(await client.http.token(signal)),
    usage: createSignIns(client, once),
    requests: client.http.requests,
  };
};

export const connector = defineConnector({
  name: "entra",
  doc: "Microsoft Entra ID and Microsoft 365: people and groups of a tenant; seats as licenses given to a person, or through a group.",
  config,
  skus: [
    {
      form: "SPE_E5",
      seat: "the license, given to the person directly; also by its name (`Microsoft 365 E5`) or SKU id. Licenses that come through a group are counted and left alone",
    },
    {
      form: "group:NAME",
      seat: "direct membership of a group that has licenses (for `via`); `group:/NAME/ID` where several groups share the name",
    },
  ],
  capabilities: {
    directory: true,
    vendorOfSeats: true,
    purchased: "vendor",
    buysOnAssign: false,
    release: "immediate",
    exclusiveWithinProduct: false,
    batch: { max: 20, partial: true },
    identity: "id",
    activity: { signal: "entra sign-in", lagHours: 24 },
    settleMs: 60_000,
    prerequisites: [
      "people have a `usageLocation`, else the plan names them as blocked (`no-usage-location`); not needed for `group:NAME`",
      "groups used through `via` have assigned membership and no groups in them",
      "sign-ins as usage: Entra ID P1",
    ],
    buckets: [
      { name: "resource units", limit: "3,500 to 8,000 per 10 s, by the tenant's size" },
      { name: "writes", limit: "3,000 per 150 s" },
    ],
    pushdown: [
      "user.department ==, in, startsWith (title, type, login, email, firstName, lastName)",
      "user.status ==",
      "user.attributes[…] == (companyName, country, employeeId, employeeType, userType, usageLocation, extensionAttribute1 … 15)",
      "… in user.groups",
    ],
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
      "groups",
      "attributes",
    ],
    scopes,
    verified: [
      {
        what: "the operations used, against our simulator",
        against: "Microsoft's own client (@microsoft/microsoft-graph-client 3)",
      },
      {
        what: "fields of requests and answers",
        against: "Microsoft's published types (@microsoft/microsoft-graph-types 2)",
      },
      {
        what: "limits, permissions, batches, deltas, filters",
        against: "Microsoft Graph's reference (read November 2026)",
      },
      {
        what: "what Entra refuses and in which words",
        against: "Microsoft's reference and published programs that handle them; no real tenant was asked",
      },
    ],
  },
  customaryEnv: { clientSecret: "AZURE_CLIENT_SECRET" },
  open,
});
