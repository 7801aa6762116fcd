import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { invalid, notFound, refuse } from "./refusals.ts";
import { invitation, licensed, organizationFull, orgMembership, profile, user } from "./represent.ts";
import { json, listed, ofEnterprise, ofOrganization, paged, type Service, seen } from "./service.ts";
import { type AccountRow, consumed, find, type InvitationRow, leaveOrganization, type State } from "./state.ts";

const day = 86_400_000;
/** Invitations to one organization in 24 hours, once it is a month old. */
export const invitationsPerDay = 500;

export const invitationOf = (state: State, account: AccountRow): InvitationRow | undefined =>
  [...state.invitations.values()].find((i) => i.user === account.id);

/** Why nobody can be invited now; null: nothing is in the way. */
export const uninvitable = (service: Service, state: State): Answer | null => {
  if (consumed(state) >= state.purchased)
    return invalid("You must purchase at least one more seat to add this user as a member.", [
      { resource: "OrganizationInvitation", field: "user", code: "no_seat" },
    ]);
  const lately = [...state.invitations.values()].filter((i) => Date.parse(i.createdAt) > service.clock.now() - day);
  if (lately.length >= invitationsPerDay)
    return invalid("Validation Failed", [
      {
        resource: "OrganizationInvitation",
        field: "data",
        code: "unprocessable",
        message: "Over invitation rate limit",
      },
    ]);
  return null;
};
/** The row of a new invitation; written to the world by whoever asked for it. */
export const invite = (service: Service, account: AccountRow, team: string | null): InvitationRow => {
  const id = service.world.read().lastId + 1;
  const row: InvitationRow = {
    id,
    user: account.id,
    email: null,
    createdAt: new Date(service.clock.now()).toISOString(),
    team,
  };
  service.world.write((w) => {
    w.lastId = id;
    w.invitations.set(id, row);
  });
  return row;
};

const roleIn = ({ body }: Asked): "admin" | "member" | null => {
  const { role = "member" } = Object(body) as { role?: unknown }; // any JSON may come, or nothing
  return role === "admin" || role === "member" ? role : null;
};

const setMembership = (service: Service, state: State, asked: Asked): Answer => {
  const account = find(state, asked.params.username ?? "");
  const role = roleIn(asked);
  if (!account) return notFound();
  if (role === null) return invalid("Validation Failed", [{ resource: "Membership", field: "role", code: "invalid" }]);
  if (state.members.has(account.id)) {
    // Whoever is a member already becomes what is asked for: an owner an ordinary member, too.
    service.world.write((w) => {
      const member = w.members.get(account.id);
      if (member) member.role = role;
    });
    return json(orgMembership(seen(service), account, false));
  }
  if (!invitationOf(state, account)) {
    const refused = uninvitable(service, state);
    if (refused) return refused;
    invite(service, account, null);
  }
  return json(orgMembership(seen(service), account, true));
};
const removeMembership = (service: Service, state: State, asked: Asked): Answer => {
  const account = find(state, asked.params.username ?? "");
  const open = account ? invitationOf(state, account) : undefined;
  const member = account ? state.members.get(account.id) : undefined;
  if (!account || (!open && !member)) return notFound();
  const owners = [...state.members.values()].filter((m) => m.role === "admin").length;
  if (member?.role === "admin" && owners === 1)
    return refuse(403, "Cannot remove the last owner of the organization.", "/rest/orgs/members");
  const now = service.clock.now();
  service.world.write((w) => {
    if (open) w.invitations.delete(open.id);
    // Through an enterprise team they stay.
    else if (member?.through === null) leaveOrganization(w, account.id, now);
  });
  return { status: 204 };
};
const getMembership = (state: State, asked: Asked): Answer => {
  const account = find(state, asked.params.username ?? "");
  if (!account) return notFound();
  if (state.members.has(account.id)) return json(orgMembership(state, account, false));
  return invitationOf(state, account) ? json(orgMembership(state, account, true)) : notFound();
};

const people = (state: State, ids: Iterable<number>): AccountRow[] =>
  [...ids].map((id) => state.accounts.get(id)).filter((a): a is AccountRow => a !== undefined);

const consumedLicenses = (service: Service, asked: Asked): Answer => {
  const state = listed(service);
  const invited = [...state.invitations.values()].map((i) => i.user).filter((id): id is number => id !== null);
  const all = [...people(state, state.members.keys()), ...people(state, invited)];
  return paged(asked, all, (some) => ({
    total_seats_consumed: consumed(state),
    total_seats_purchased: state.purchased,
    users: some.map((account) => licensed(state, account, !state.members.has(account.id))),
  }));
};

export const organizationRoutes = (service: Service): Route[] => {
  const membership = "/orgs/{org}/memberships/{username}";
  const read = ["read:org"];
  return [
    on.get("/rate_limit", (asked) => json(service.limits.overview(asked))),
    on.get("/users/{username}", ({ params }) => {
      const account = find(seen(service), params.username ?? "");
      return account ? json(profile(account)) : notFound();
    }),
    on.get("/user/{id}", ({ params }) => {
      const account = seen(service).accounts.get(Number(params.id));
      return account ? json(profile(account)) : notFound();
    }),
    on.get("/orgs/{org}", (asked) => {
      const state = seen(service);
      if (asked.params.org?.toLowerCase() !== state.organization.login) return notFound();
      const { owner, kind, scopes } = service.rights(asked);
      return json(organizationFull(state, owner && (kind === "app" || scopes.includes("admin:org"))));
    }),
    on.get(
      "/orgs/{org}/members",
      ofOrganization(service, read, (_state, asked) => {
        const state = listed(service);
        return paged(asked, people(state, state.members.keys()), (some) => some.map(user));
      }),
    ),
    on.get(
      "/orgs/{org}/invitations",
      ofOrganization(service, ["admin:org"], (_state, asked) => {
        const state = listed(service);
        return paged(asked, [...state.invitations.values()], (some) => some.map((i) => invitation(state, i)));
      }),
    ),
    on.get(membership, ofOrganization(service, read, getMembership)),
    on.put(
      membership,
      ofOrganization(service, ["admin:org"], (state, asked) => setMembership(service, state, asked)),
    ),
    on.del(
      membership,
      ofOrganization(service, ["admin:org"], (state, asked) => removeMembership(service, state, asked)),
    ),
    on.get(
      "/enterprises/{enterprise}/consumed-licenses",
      ofEnterprise(service, ["read:enterprise"], (_state, asked) => consumedLicenses(service, asked)),
    ),
  ];
};
