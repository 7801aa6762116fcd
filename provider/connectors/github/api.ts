import { z } from "zod";
import { del, get, post, put } from "../http/endpoint.ts";

/** In GitHub's own words: scopes of a classic token. An App's permissions that say the same stand in `capabilities.scopes`. */
export const scopes = {
  read: "read:org",
  copilot: "manage_billing:copilot",
  organization: "admin:org",
  enterprise: "read:enterprise",
} as const;

const time = z.string();
const User = z.object({ id: z.number(), login: z.string().min(1) });
export type User = z.infer<typeof User>;
const Team = z.object({ slug: z.string().optional(), name: z.string().optional(), id: z.number().optional() });

export const CopilotSeat = z.object({
  /** Null: an invitation that nobody has accepted, or somebody whose account is gone. */
  assignee: User.nullish(),
  assigning_team: Team.nullish(),
  organization: z.object({ login: z.string() }).nullish(),
  pending_cancellation_date: z.string().nullish(),
  last_activity_at: time.nullish(),
  created_at: time,
});
export type CopilotSeat = z.infer<typeof CopilotSeat>;
const CopilotSeats = z.object({ total_seats: z.number(), seats: z.array(CopilotSeat) });
const Billing = z.object({
  seat_breakdown: z.object({ total: z.number().optional() }),
  seat_management_setting: z.string(),
});

const Licensed = z.object({
  github_com_login: z.string().nullish(),
  github_com_saml_name_id: z.string().nullish(),
  github_com_verified_domain_emails: z.array(z.string()).nullish(),
});
export type Licensed = z.infer<typeof Licensed>;
const Consumed = z.object({
  total_seats_consumed: z.number(),
  total_seats_purchased: z.number(),
  users: z.array(Licensed).nullish(),
});
const Organization = z.object({
  login: z.string(),
  plan: z.object({ seats: z.number().optional(), filled_seats: z.number().optional() }).nullish(),
});
const Membership = z.object({
  state: z.enum(["active", "pending"]),
  role: z.string(),
  direct_membership: z.boolean().nullish(),
  enterprise_teams_providing_indirect_membership: z.array(z.string()).nullish(),
});
export type Membership = z.infer<typeof Membership>;
const Invitation = z.object({
  id: z.number(),
  login: z.string().nullish(),
  email: z.string().nullish(),
  created_at: time,
});
export type Invitation = z.infer<typeof Invitation>;
const TeamFull = z.object({ slug: z.string(), name: z.string(), members_count: z.number() });
const TeamMember = User.extend({ inherited: z.boolean().nullish() });
export type TeamMember = z.infer<typeof TeamMember>;
const Installation = z.object({ permissions: z.record(z.string(), z.string()) });
/** What a query asked for is read by whoever asked; `errors` may stand beside a 200. */
const Answer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ type: z.string().nullish(), message: z.string() })).nullish(),
});

/** GitHub's points: 1 for a read, 5 for a write; and writes are counted per minute and per hour besides. */
const write = { cost: 5, also: ["writes per hour", "writes per minute"] } as const;
const named = z.object({ selected_usernames: z.array(z.string()) });
export type Named = z.infer<typeof named>;

const copilot = "/{+owner}/copilot/billing";
export const api = {
  /** Free of charge, and its headers tell a token's scopes. */
  rate: get("/rate_limit", z.object({})),
  installation: get("/app/installations/{id}", Installation),
  userById: get("/user/{id}", User),
  userByLogin: get("/users/{login}", User),

  organization: get("/orgs/{org}", Organization, { scope: scopes.read }),
  members: get("/orgs/{org}/members?per_page={size}&page={page}", z.array(User), { scope: scopes.read }),
  invitations: get("/orgs/{org}/invitations?per_page={size}&page={page}", z.array(Invitation), {
    scope: scopes.organization,
  }),
  membership: get("/orgs/{org}/memberships/{login}", Membership, { scope: scopes.read }),
  invite: put("/orgs/{org}/memberships/{login}", Membership, { scope: scopes.organization, ...write }),
  remove: del("/orgs/{org}/memberships/{login}", null, { scope: scopes.organization, ...write }),

  teams: get(
    "/orgs/{org}/teams?per_page={size}&page={page}",
    z.array(Team.extend({ slug: z.string(), id: z.number() })),
    {
      scope: scopes.read,
    },
  ),
  team: get("/orgs/{org}/teams/{team}", TeamFull, { scope: scopes.read }),
  teamMembers: get("/orgs/{org}/teams/{team}/members?per_page={size}&page={page}", z.array(TeamMember), {
    scope: scopes.read,
  }),
  teamInvitations: get("/orgs/{org}/teams/{team}/invitations?per_page={size}&page={page}", z.array(Invitation), {
    scope: scopes.read,
  }),
  teamMembership: get("/orgs/{org}/teams/{team}/memberships/{login}", Membership, { scope: scopes.read }),
  join: put("/orgs/{org}/teams/{team}/memberships/{login}", Membership, { scope: scopes.organization, ...write }),
  leave: del("/orgs/{org}/teams/{team}/memberships/{login}", null, { scope: scopes.organization, ...write }),

  billing: get("/orgs/{org}/copilot/billing", Billing, { scope: scopes.copilot }),
  /** `owner`: `orgs/NAME` or `enterprises/NAME`, which have the same endpoints. */
  copilotSeats: get(`${copilot}/seats?per_page={size}&page={page}`, CopilotSeats, { scope: scopes.copilot }),
  copilotSeat: get("/orgs/{org}/members/{login}/copilot", CopilotSeat, { scope: scopes.copilot }),
  /** In an enterprise a person may have several: one per organization that gives it. */
  copilotSeatsOf: get("/enterprises/{enterprise}/members/{login}/copilot", CopilotSeats, { scope: scopes.copilot }),
  buy: post(`${copilot}/selected_users`, z.object({ seats_created: z.number() }), { scope: scopes.copilot, ...write }),
  cancel: del(`${copilot}/selected_users`, z.object({ seats_cancelled: z.number() }), {
    scope: scopes.copilot,
    ...write,
  }),

  consumed: get("/enterprises/{enterprise}/consumed-licenses?per_page={size}&page={page}", Consumed, {
    scope: scopes.enterprise,
  }),
  graphql: post("/graphql", Answer, { scope: scopes.read, write: false, idempotent: true, bucket: "graphql" }),
};
