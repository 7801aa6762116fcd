import type { Capabilities } from "../../core/connector.ts";
import { scopes } from "./api.ts";
import { signal } from "./usage.ts";

export const skuForms = [
  {
    form: "NAME",
    seat: "a licence, by the name on Google's list of products and SKUs (`Google Workspace Enterprise Plus`)",
  },
  { form: "SKU", seat: "the same, by the SKU's id (`1010020020`)" },
  { form: "PRODUCT/SKU", seat: "a licence of a SKU that Google added since (`Google-Apps/1010020099`)" },
  {
    form: "group:EMAIL",
    seat: "direct membership of a group (`group:figma@acme.test`); by name where only one group has it",
  },
];

/** What is known of Google Workspace; sources are on this connector's page. */
export const facts: Capabilities = {
  directory: true,
  vendorOfSeats: true,
  purchased: "declared",
  buysOnAssign: false,
  release: "immediate",
  exclusiveWithinProduct: true,
  batch: null,
  identity: "id",
  activity: { signal, lagHours: 24 },
  settleMs: 60_000,
  prerequisites: [
    "a service account with domain-wide delegation, and the Admin SDK and Enterprise License Manager APIs enabled in its project",
    "an administrator with the privileges Users (read), Groups (read, to write memberships also update) and License Management",
  ],
  buckets: [
    { name: "licensing", limit: "1 request a second (answers 503 beyond); 90 % is used" },
    { name: "directory", limit: "2,400 requests a minute and administrator (403 userRateLimitExceeded); 90 % is used" },
    { name: "reports", limit: "2,400 requests a minute and administrator; 90 % is used" },
  ],
  pushdown: [
    "with search: user.department == (title, email, login, firstName, lastName)",
    "with search: user.attributes.orgUnitPath == (costCenter)",
    "with search: … in user.groups",
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
    "endsOn",
    "groups",
    "attributes",
  ],
  scopes: [
    { scope: scopes.users, for: "people, sign-ins, and whose a licence is" },
    { scope: scopes.licensing, for: "seats that are licences, reading and writing (Google has no smaller one)" },
    { scope: scopes.groups, for: "groups that rules read, seats that are group memberships", when: "optional" },
    { scope: scopes.members, for: "assigning and unassigning membership of a group", when: "write" },
    { scope: scopes.reports, for: "purchased counts, and mail and files as usage, with `reports`", when: "optional" },
  ],
  verified: [
    { what: "requests and replies of Directory and License Manager", against: "Google's published API description" },
    { what: "people, groups and members against the simulator", against: "Google's own client (@googleapis/admin)" },
    { what: "signing in as a service account", against: "google-auth-library" },
    {
      what: "quotas, error sentences, search syntax, SKU ids",
      against: "Google's documentation, read in November 2026",
    },
    { what: "a real organisation", against: "not verified: there was none to test with" },
  ],
};
