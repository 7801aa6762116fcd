import type { AppUser, Event, OrgApp, OrgGroup, OrgUser, Rule } from "./state.ts";

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const href = (url: string, path: string) => ({ href: `${url}/api/v1${path}` });

export const showUser = (url: string, user: OrgUser) => ({
  id: user.id,
  status: user.status,
  created: iso(user.created),
  activated: iso(user.activated),
  statusChanged: iso(user.statusChanged),
  lastLogin: iso(user.lastLogin),
  lastUpdated: iso(user.lastUpdated),
  passwordChanged: null,
  type: { id: "otysim00000000000000" },
  profile: user.profile,
  credentials: { provider: { type: "OKTA", name: "OKTA" } },
  _links: { self: href(url, `/users/${user.id}`) },
});

export const showGroup = (url: string, group: OrgGroup) => ({
  id: group.id,
  created: iso(group.created),
  lastUpdated: iso(group.created),
  lastMembershipUpdated: iso(group.created),
  objectClass: [group.type === "APP_GROUP" ? "okta:windows_security_principal" : "okta:user_group"],
  type: group.type,
  profile: { name: group.name, description: group.description },
  ...(group.source === null ? {} : { source: { id: group.source } }),
  _links: {
    users: href(url, `/groups/${group.id}/users`),
    apps: href(url, `/groups/${group.id}/apps`),
    ...(group.source === null ? {} : { source: href(url, `/apps/${group.source}`) }),
  },
});

export const showApp = (url: string, app: OrgApp) => ({
  id: app.id,
  orn: `orn:okta:idp:sim:apps:${app.name}:${app.id}`,
  name: app.name,
  label: app.label,
  status: app.status,
  created: iso(app.created),
  lastUpdated: iso(app.created),
  features: [],
  signOnMode: "SAML_2_0",
  visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } },
  _links: { self: href(url, `/apps/${app.id}`), users: href(url, `/apps/${app.id}/users`) },
});

export interface Assigned {
  readonly app: OrgApp;
  readonly user: OrgUser;
  /** Assigned one by one; else through the group. */
  readonly direct: AppUser | null;
  readonly group: OrgGroup | null;
}
export const showAppUser = (url: string, { app, user, direct, group }: Assigned) => {
  const trouble = app.troubles.get(user.id);
  return {
    id: user.id,
    created: iso(direct?.created ?? app.created),
    lastUpdated: iso(direct?.created ?? app.created),
    scope: direct ? "USER" : "GROUP",
    status: trouble?.status ?? direct?.status ?? "ACTIVE",
    statusChanged: iso(direct?.created ?? app.created),
    passwordChanged: null,
    syncState: trouble?.syncState ?? direct?.syncState ?? "DISABLED",
    credentials: { userName: String(user.profile.login ?? "") },
    profile: { email: user.profile.email ?? null, ...direct?.profile },
    _links: {
      app: href(url, `/apps/${app.id}`),
      user: href(url, `/users/${user.id}`),
      ...(direct || !group ? {} : { group: { ...href(url, `/groups/${group.id}`), name: group.name } }),
    },
  };
};

export const showRule = (rule: Rule) => ({
  type: "group_rule",
  id: rule.id,
  status: rule.status,
  name: rule.name,
  created: "2026-01-01T00:00:00.000Z",
  lastUpdated: "2026-01-01T00:00:00.000Z",
  conditions: {
    people: { users: { exclude: rule.exclude }, groups: { exclude: [] } },
    expression: { value: rule.expression, type: "urn:okta:expression:1.0" },
  },
  actions: { assignUserToGroups: { groupIds: rule.groupIds } },
});

const said: Readonly<Record<string, string>> = {
  "user.session.start": "User login to Okta",
  "user.authentication.sso": "User single sign on to app",
  "user.lifecycle.delete.initiated": "Delete Okta user initiated",
  "group.user_membership.add": "Add user to group membership",
  "group.user_membership.remove": "Remove user from group membership",
  "group.user_membership.rule.add_exclusion": "User added to the exclusion list for group rule",
};
export const showEvent = (event: Event, index: number) => ({
  uuid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
  published: iso(event.at),
  eventType: event.type,
  version: "0",
  severity: "INFO",
  legacyEventType: null,
  displayMessage: said[event.type] ?? event.type,
  actor: { id: event.actor, type: "User", alternateId: "unknown", displayName: "unknown", detailEntry: null },
  client: null,
  outcome: { result: event.outcome, reason: null },
  target: event.targets.map(({ id, type }) => ({ id, type, alternateId: "unknown", displayName: "unknown" })),
});
