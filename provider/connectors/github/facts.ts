import type { Capabilities, Scope } from "../../core/connector.ts";
import { scopes } from "./api.ts";

const rights: readonly Scope[] = [
  {
    scope: scopes.read,
    for: "members, teams and logins; Copilot seats too",
    within: ["write:org", "admin:org", "members:read", "members:write"],
  },
  {
    scope: scopes.copilot,
    for: "Copilot seats: reading, buying and cancelling",
    within: ["admin:org", "organization_copilot_seat_management:read", "organization_copilot_seat_management:write"],
  },
  {
    scope: scopes.organization,
    for: "assigning and unassigning `enterprise` and `team:SLUG`, and reading invitations and the plan's seats",
    when: "write",
    within: ["members:write"],
  },
  {
    scope: "organization_plan:read",
    for: "purchased licenses of an organization without `enterprise`, asked by a GitHub App",
    when: "optional",
    within: ["admin:org"],
  },
  {
    scope: scopes.enterprise,
    for: "purchased licenses and e-mail addresses of an enterprise (`enterprise` is set; a GitHub App has no such right)",
    when: "optional",
    within: ["admin:enterprise", "manage_billing:enterprise"],
  },
];

export const capabilities: Capabilities = {
  directory: false,
  vendorOfSeats: true,
  purchased: "vendor",
  // Copilot; the SKU `enterprise` refuses where nothing is left.
  buysOnAssign: true,
  // Copilot; a membership ends at once.
  release: "endOfCycle",
  exclusiveWithinProduct: false,
  batch: { max: 100, partial: true },
  identity: "id",
  activity: { signal: "last use of Copilot (last_activity_at)", lagHours: 24 },
  settleMs: 0,
  prerequisites: [
    "Copilot: the organization gives access to selected members (seat_management_setting assign_selected) and has a policy for suggestions that match public code",
    "without `account`: SAML single sign-on of the organization, or `enterprise`",
    "a classic token or a GitHub App of an organization owner; SSO-authorised where SAML is enforced",
  ],
  buckets: [
    { name: "requests", limit: "5,000 an hour (a GitHub App in an enterprise: 15,000), told in headers" },
    { name: "points", limit: "900 a minute: a read is 1, a write 5" },
    { name: "writes", limit: "80 a minute and 500 an hour; a Copilot request holds 100 people" },
    { name: "invitations", limit: "500 in 24 hours and organization (50 in its first month)" },
  ],
  pushdown: [],
  fills: [],
  scopes: rights,
  verified: [
    {
      what: "paths, parameters, bodies and replies (REST)",
      against: "GitHub's published description, npm @octokit/openapi 23.0.2 (GHEC), in the tests",
    },
    { what: "the simulator", against: "@octokit/core 7.0.8 and @octokit/auth-app 8.3.1, in the tests" },
    {
      what: "limits, retention of last_activity_at, GraphQL identities",
      against: "GitHub's documentation, read in November 2026",
    },
    { what: "a real organization", against: "not yet: none can be reached from where this is built" },
  ],
};
