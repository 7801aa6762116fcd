import {
  type AccountRow,
  consumed,
  type InvitationRow,
  membersOf,
  type SeatRow,
  type State,
  type TeamRow,
} from "./state.ts";

const web = "https://github.com";
const rest = "https://api.github.com";
const nodeId = (kind: string, id: number): string => Buffer.from(`${kind}:${id}`).toString("base64");

const links = (login: string) => {
  const at = `${rest}/users/${login}`;
  return {
    avatar_url: `https://avatars.githubusercontent.com/${login}`,
    gravatar_id: "",
    url: at,
    html_url: `${web}/${login}`,
    followers_url: `${at}/followers`,
    following_url: `${at}/following{/other_user}`,
    gists_url: `${at}/gists{/gist_id}`,
    starred_url: `${at}/starred{/owner}{/repo}`,
    subscriptions_url: `${at}/subscriptions`,
    organizations_url: `${at}/orgs`,
    repos_url: `${at}/repos`,
    events_url: `${at}/events{/privacy}`,
    received_events_url: `${at}/received_events`,
  };
};
export const user = ({ id, login }: Pick<AccountRow, "id" | "login">) => ({
  login,
  id,
  node_id: nodeId("04:User", id),
  ...links(login),
  type: "User",
  site_admin: false,
});
export const profile = (account: AccountRow) => ({
  ...user(account),
  user_view_type: "public",
  name: account.name,
  ...{ company: null, blog: "", location: null, email: null, hireable: null, bio: null },
  ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0 },
  created_at: account.createdAt,
  updated_at: account.createdAt,
});

export const organization = ({ organization: { id, login } }: State) => {
  const at = `${rest}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("012:Organization", id),
    url: at,
    repos_url: `${at}/repos`,
    events_url: `${at}/events`,
    hooks_url: `${at}/hooks`,
    issues_url: `${at}/issues`,
    members_url: `${at}/members{/member}`,
    public_members_url: `${at}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/${login}`,
    description: null,
  };
};
/** `owner`: sees the plan too. */
export const organizationFull = (state: State, owner: boolean) => ({
  ...organization(state),
  // The description says a text; GitHub itself gives null for none.
  description: "",
  ...{ has_organization_projects: true, has_repository_projects: true, html_url: `${web}/${state.organization.login}` },
  ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0, type: "Organization" },
  created_at: state.organization.createdAt,
  updated_at: state.organization.createdAt,
  archived_at: null,
  ...(owner
    ? {
        plan: {
          name: "enterprise",
          space: 0,
          private_repos: 999_999,
          filled_seats: consumed(state),
          seats: state.purchased,
        },
      }
    : {}),
});

const teamLinks = (state: State, { id, slug, name }: TeamRow) => {
  const at = `${rest}/organizations/${state.organization.id}/team/${id}`;
  return {
    id,
    node_id: nodeId("04:Team", id),
    name,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url: at,
    html_url: `${web}/orgs/${state.organization.login}/teams/${slug}`,
    members_url: `${at}/members{/member}`,
    repositories_url: `${at}/repos`,
    type: "organization",
    organization_id: state.organization.id,
  };
};
const parentOf = (state: State, { parent }: TeamRow) => {
  const above = parent === null ? undefined : state.teams.get(parent);
  return above ? teamLinks(state, above) : null;
};
export const team = (state: State, row: TeamRow) => ({ ...teamLinks(state, row), parent: parentOf(state, row) });
export const teamFull = (state: State, row: TeamRow) => ({
  ...teamLinks(state, row),
  parent: parentOf(state, row),
  members_count: membersOf(state, row.slug).size,
  repos_count: 0,
  created_at: state.organization.createdAt,
  updated_at: state.organization.createdAt,
  organization: organizationFull(state, false),
});

export const seat = (state: State, row: SeatRow) => {
  const account = state.accounts.get(row.user);
  const through = row.team === null ? undefined : state.teams.get(row.team);
  return {
    created_at: row.createdAt,
    updated_at: row.createdAt,
    pending_cancellation_date: row.endsAt === null ? null : new Date(row.endsAt).toISOString().slice(0, 10),
    last_activity_at: row.lastActivityAt,
    last_activity_editor: row.lastActivityAt === null ? null : "vscode/1.106.0/copilot-chat/0.33.0",
    last_authenticated_at: row.lastActivityAt,
    plan_type: "business",
    assignee: account ? user(account) : null,
    assigning_team: through ? team(state, through) : null,
    organization: organization(state),
  };
};

export const orgMembership = (state: State, account: AccountRow, pending: boolean) => {
  const member = state.members.get(account.id);
  const at = `${rest}/orgs/${state.organization.login}`;
  const through = member?.through ?? null;
  return {
    url: `${at}/memberships/${account.login}`,
    state: pending ? "pending" : "active",
    role: member?.role ?? "member",
    direct_membership: through === null,
    enterprise_teams_providing_indirect_membership: through === null ? [] : [through],
    organization_url: at,
    organization: organization(state),
    user: user(account),
  };
};
export const teamMembership = (state: State, slug: string, login: string, how: { role: string; pending: boolean }) => ({
  url: `${rest}/organizations/${state.organization.id}/team/${state.teams.get(slug)?.id}/memberships/${login}`,
  role: how.role,
  state: how.pending ? "pending" : "active",
});

export const invitation = (state: State, row: InvitationRow) => {
  const account = row.user === null ? undefined : state.accounts.get(row.user);
  const owner = [...state.members].find(([, { role }]) => role === "admin")?.[0];
  return {
    id: row.id,
    node_id: nodeId("022:OrganizationInvitation", row.id),
    login: account?.login ?? null,
    email: row.email,
    role: "direct_member",
    created_at: row.createdAt,
    failed_at: null,
    failed_reason: null,
    inviter: user(state.accounts.get(owner ?? -1) ?? { id: 1, login: "ghost" }),
    team_count: row.team === null ? 0 : 1,
    invitation_teams_url: `${rest}/organizations/${state.organization.id}/invitations/${row.id}/teams`,
    invitation_source: "member",
  };
};

export const licensed = (state: State, { id, login, name, nameId, emails }: AccountRow, pending: boolean) => ({
  github_com_login: login,
  github_com_name: name,
  enterprise_server_user_ids: [],
  github_com_user: true,
  enterprise_server_user: false,
  visual_studio_subscription_user: false,
  license_type: "enterprise",
  github_com_profile: `${web}/${login}`,
  github_com_member_roles: pending
    ? []
    : [`${state.organization.login}:${state.members.get(id)?.role === "admin" ? "Owner" : "Member"}`],
  github_com_enterprise_roles: ["Member"],
  github_com_verified_domain_emails: emails,
  github_com_saml_name_id: nameId,
  github_com_orgs_with_pending_invites: pending ? [state.organization.login] : [],
  github_com_two_factor_auth: true,
  enterprise_server_emails: [],
  visual_studio_license_status: "",
  visual_studio_subscription_email: "",
  total_user_accounts: 1,
});
