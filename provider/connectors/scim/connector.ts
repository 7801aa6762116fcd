import { type Connector, defineConnector, type OpenWith } from "../../core/connector.ts";
import { memo } from "../http/memo.ts";
import { api, scopes } from "./api.ts";
import { createApply } from "./apply.ts";
import { createClient } from "./client.ts";
import { type Config, config } from "./config.ts";
import { createDirectory } from "./directory.ts";
import { createGroups, titleOf } from "./groups.ts";
import { createPace, mostPerPatch } from "./pace.ts";
import { createSeats } from "./seats.ts";
import { deactivates, placeOf } from "./sku.ts";
import { createUsers } from "./users.ts";

const open = (given: Config, using: OpenWith): Connector => {
  const once = memo();
  const client = createClient(given, using, once);
  const { now } = using.clock;
  const extension = given.seatExtension;
  const groups = createGroups(client, once, extension);
  const users = createUsers({ config: given, client, memo: once });
  const directory = createDirectory({ client, memo: once, groups, users });
  const seats = createSeats({ client, memo: once, users, groups, now, extension });
  const forget = (people: boolean): void => {
    seats.forget();
    groups.forget();
    if (!people) return;
    users.forget();
    directory.forget();
  };
  const pace = () => createPace(given.groupChunk);
  const writing = { client, users, groups, seats, now, adding: pace(), removing: pace(), extension, forget };
  return {
    vendor: "SCIM",
    async verify(signal) {
      // The service's description of itself is often public: a list of people is not.
      await client.http.call(api.users, { count: 1, start: 1, attributes: "userName" }, { signal });
    },
    people: directory.people,
    groups: directory.groups,
    person: directory.person,
    skus: seats.skus,
    sku: seats.sku,
    counters: ({ sku }, signal) => seats.counters(sku, signal),
    async *seats({ sku }, signal) {
      yield* await seats.list(sku, signal);
    },
    accounts: users.accounts,
    // Where this connection is the directory too, a person is their own account.
    link: ({ id, email, login }) => (directory.told(id) ? id : (email ?? login)),
    apply: createApply(writing, given),
    writes({ sku }) {
      const place = placeOf(sku);
      if (place.is !== "group") return [];
      const group = groups.known(place.group);
      return group ? [...new Set([place.group, titleOf(group)])] : [place.group];
    },
    deactivates: ({ sku }) => deactivates(sku),
    requests: client.http.requests,
  };
};

export const connector = defineConnector({
  name: "scim",
  doc: "Any SCIM 2.0 service: people and groups; seats as membership of a group, as being active, or as an attribute's value.",
  config,
  skus: [
    { form: "group:NAME", seat: "membership of the group" },
    { form: "active", seat: "being an active user; unassigning deactivates the person there" },
    {
      form: "attribute:PATH=VALUE",
      seat: 'an attribute with that value, as in `attribute:roles[type eq "seatType"].value=Full`',
    },
  ],
  capabilities: {
    directory: true,
    vendorOfSeats: true,
    purchased: "declared",
    buysOnAssign: false,
    // The SKU `active` deactivates the person: `deactivates()` tells.
    release: "immediate",
    exclusiveWithinProduct: false,
    batch: { max: mostPerPatch, partial: true },
    identity: "id",
    activity: null,
    settleMs: 0,
    prerequisites: [],
    buckets: [],
    pushdown: [
      "user.department == (login, email, firstName, lastName, title, type)",
      "… in [ … ]",
      "startsWith, endsWith, contains",
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
      "groups",
      "attributes",
    ],
    scopes: [
      { scope: scopes.readUsers, for: "people, account names, seats that are attributes" },
      { scope: scopes.readGroups, for: "groups, seats that are memberships" },
      { scope: scopes.writeGroups, for: "assigning and unassigning memberships" },
      { scope: scopes.writeUsers, for: "assigning and unassigning `active` and attributes" },
    ],
  },
  customaryEnv: { token: "SCIM_TOKEN" },
  open,
});
