import type { Capabilities } from "../../core/connector.ts";
import { scopes } from "./api.ts";

export const skuForms = [
  {
    form: "group:NAME",
    seat: "membership of a group made in Okta, in front of whatever the group gives; by path where the name is ambiguous. The cheaper way: 500 writes a minute against 100",
  },
  { form: "app:LABEL", seat: "an assignment of the application to the person; one through a group is inherited" },
];

export const facts: Capabilities = {
  directory: true,
  vendorOfSeats: true,
  purchased: "declared",
  buysOnAssign: false,
  release: "immediate",
  exclusiveWithinProduct: false,
  batch: null,
  identity: "id",
  activity: { signal: "okta sign-in", lagHours: 0 },
  settleMs: 0,
  prerequisites: [
    "an application that needs a profile gets it from `appProfile`",
    "`app:LABEL`: the account is not deactivated, else the plan names the person as blocked (`deactivated`)",
  ],
  buckets: [
    { name: "groups and their members (/api/v1/groups, /groups/{id}/…)", limit: "500 a minute" },
    { name: "one group (/api/v1/groups/{id})", limit: "1,000 a minute" },
    { name: "applications and their users (/api/v1/apps, /apps/{id}/…)", limit: "100 a minute" },
    { name: "one application (/api/v1/apps/{id})", limit: "500 a minute" },
    { name: "people (/api/v1/users)", limit: "600 a minute" },
    { name: "one person (/api/v1/users/{id})", limit: "2,000 a minute" },
    { name: "System Log (/api/v1/logs)", limit: "120 a minute" },
    { name: "all together", limit: "75 at once; a token has `share` of each limit, a half unless somebody changed it" },
  ],
  pushdown: [
    "user.department == (login, email, firstName, lastName, title, type, attributes[…])",
    'user.status == "active", "suspended"',
    "… in [ … ], … in user.attributes[…]",
    "startsWith; contains for names, login and email",
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
    "endsOn",
    "groups",
    "attributes",
  ],
  scopes: [
    { scope: scopes.users, for: "people, account names", within: ["okta.users.manage"] },
    { scope: scopes.groups, for: "groups, seats that are memberships", within: [scopes.groupsWrite] },
    { scope: scopes.groupsWrite, for: "assigning and unassigning memberships", when: "write" },
    {
      scope: scopes.apps,
      for: "seats that are assignments of an application",
      when: "optional",
      within: [scopes.appsWrite],
    },
    { scope: scopes.appsWrite, for: "assigning and unassigning applications", when: "optional" },
    { scope: scopes.logs, for: "sign-ins as usage", when: "optional" },
  ],
  verified: [
    {
      what: "paths, parameters, fields, statuses, page sizes, scopes",
      against: "Okta's published API description (2026.06)",
    },
    { what: "rate limits, error codes, search grammar", against: "Okta's documentation" },
    {
      what: "both ways to sign in, people, groups, applications, System Log",
      against: "@okta/okta-sdk-nodejs 8.1 on the simulator",
    },
    { what: "a real organisation", against: "nothing: none was at hand" },
  ],
};
