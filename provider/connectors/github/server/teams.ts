import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { invitationOf, invite, uninvitable } from "./organization.ts";
import { invalid, notFound, refuse } from "./refusals.ts";
import { invitation, team, teamFull, teamMembership, user } from "./represent.ts";
import { json, listed, ofOrganization, paged, type Service } from "./service.ts";
import { type AccountRow, find, joinTeam, leaveTeam, membersOf, type State, type TeamRow } from "./state.ts";

const synchronised = (): Answer =>
  refuse(
    403,
    "This team is externally managed. Learn more at https://docs.github.com/articles/synchronizing-teams-between-your-identity-provider-and-github",
    "/rest/teams/members",
  );

interface Asking {
  readonly state: State;
  readonly asked: Asked;
  readonly row: TeamRow;
}
const roleIn = ({ body }: Asked): "member" | "maintainer" | null => {
  const { role = "member" } = Object(body) as { role?: unknown }; // any JSON may come, or nothing
  return role === "member" || role === "maintainer" ? role : null;
};

const join = (service: Service, { state, asked, row }: Asking): Answer => {
  const account = find(state, asked.params.username ?? "");
  const role = roleIn(asked);
  if (!account) return notFound();
  if (row.managed) return synchronised();
  if (role === null)
    return invalid("Validation Failed", [{ resource: "TeamMembership", field: "role", code: "invalid" }]);
  const now = service.clock.now();
  if (state.members.has(account.id)) {
    service.world.write((w) => {
      const there = w.teams.get(row.slug);
      if (!there) return;
      joinTeam(w, there, account.id, now);
      there.members.set(account.id, role);
    });
    return json(teamMembership(state, row.slug, account.login, { role, pending: false }));
  }
  if (!invitationOf(state, account)) {
    const refused = uninvitable(service, state);
    if (refused) return refused;
    invite(service, account, row.slug);
  }
  return json(teamMembership(state, row.slug, account.login, { role, pending: true }));
};

const pending = (state: State, row: TeamRow, account: AccountRow): boolean =>
  invitationOf(state, account)?.team === row.slug;
const leave = (service: Service, { state, asked, row }: Asking): Answer => {
  const account = find(state, asked.params.username ?? "");
  if (!account) return notFound();
  if (row.managed) return synchronised();
  const open = pending(state, row, account) ? invitationOf(state, account) : undefined;
  if (!row.members.has(account.id) && !open) return notFound();
  const now = service.clock.now();
  service.world.write((w) => {
    const there = w.teams.get(row.slug);
    if (open) w.invitations.delete(open.id);
    else if (there) leaveTeam(w, there, account.id, now);
  });
  return { status: 204 };
};
const membership = ({ state, asked, row }: Asking): Answer => {
  const account = find(state, asked.params.username ?? "");
  if (!account) return notFound();
  const role = row.members.get(account.id) ?? (membersOf(state, row.slug).has(account.id) ? "member" : null);
  if (role !== null) return json(teamMembership(state, row.slug, account.login, { role, pending: false }));
  return pending(state, row, account)
    ? json(teamMembership(state, row.slug, account.login, { role: "member", pending: true }))
    : notFound();
};
const members = ({ state, asked, row }: Asking): Answer => {
  const all = [...membersOf(state, row.slug)];
  return paged(asked, all, (some) =>
    some.flatMap(([id, inherited]) => {
      const account = state.accounts.get(id);
      return account ? [{ ...user(account), role: row.members.get(id) ?? "member", inherited }] : [];
    }),
  );
};

export const teamRoutes = (service: Service): Route[] => {
  const one = "/orgs/{org}/teams/{team}";
  const of = (scopes: readonly string[], handle: (asking: Asking) => Answer, view?: "listed") =>
    ofOrganization(service, scopes, (now, asked) => {
      const state = view === "listed" ? listed(service) : now;
      const row = state.teams.get(asked.params.team ?? "");
      return row ? handle({ state, asked, row }) : notFound();
    });
  const read = ["read:org"];
  // A team's members are written by owners and maintainers: GitHub asks for admin:org of a classic token.
  const write = ["admin:org", "write:org"];
  return [
    on.get(
      "/orgs/{org}/teams",
      ofOrganization(service, read, (_state, asked) => {
        const state = listed(service);
        return paged(asked, [...state.teams.values()], (some) => some.map((row) => team(state, row)));
      }),
    ),
    on.get(
      one,
      of(read, ({ state, row }) => json(teamFull(state, row))),
    ),
    on.get(`${one}/members`, of(read, members, "listed")),
    on.get(
      `${one}/invitations`,
      of(
        read,
        ({ state, asked, row }) => {
          const open = [...state.invitations.values()].filter((i) => i.team === row.slug);
          return paged(asked, open, (some) => some.map((i) => invitation(state, i)));
        },
        "listed",
      ),
    ),
    on.get(
      `${one}/external-groups`,
      of(read, ({ row }) =>
        json({
          groups: row.managed ? [{ group_id: row.id, group_name: row.name, updated_at: "2026-01-01T00:00:00Z" }] : [],
        }),
      ),
    ),
    on.get(`${one}/memberships/{username}`, of(read, membership)),
    on.put(
      `${one}/memberships/{username}`,
      of(write, (asking) => join(service, asking)),
    ),
    on.del(
      `${one}/memberships/{username}`,
      of(write, (asking) => leave(service, asking)),
    ),
  ];
};
