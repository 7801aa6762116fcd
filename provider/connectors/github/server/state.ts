/** What a simulated GitHub knows: accounts, one organization, the enterprise it belongs to. */
export interface AccountRow {
  readonly id: number;
  login: string;
  name: string;
  readonly createdAt: string;
  /** What the enterprise knows besides: NameID at the identity provider and verified e-mails; null: no single sign-on yet. */
  nameId: string | null;
  emails: string[];
}
export interface InvitationRow {
  readonly id: number;
  /** Null: invited by e-mail, no account known. */
  readonly user: number | null;
  readonly email: string | null;
  readonly createdAt: string;
  readonly team: string | null;
}
export interface TeamRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly parent: string | null;
  readonly members: Map<number, "member" | "maintainer">;
  /** Synchronised from the identity provider: nobody else writes. */
  managed: boolean;
  /** Its members have Copilot through it. */
  copilot: boolean;
}
export interface SeatRow {
  readonly user: number;
  readonly createdAt: string;
  team: string | null;
  /** Consumed until then; milliseconds. */
  endsAt: number | null;
  lastActivityAt: string | null;
}
export interface State {
  readonly organization: { readonly id: number; readonly login: string; readonly createdAt: string };
  readonly enterprise: string;
  readonly accounts: Map<number, AccountRow>;
  readonly byLogin: Map<string, number>;
  readonly members: Map<number, { role: "admin" | "member"; through: string | null }>;
  readonly invitations: Map<number, InvitationRow>;
  readonly teams: Map<string, TeamRow>;
  readonly seats: Map<number, SeatRow>;
  /** Licenses of the enterprise. */
  purchased: number;
  copilot: "assign_selected" | "assign_all" | "disabled" | "unconfigured" | "none";
  /** The organization has single sign-on of its own. */
  saml: boolean;
  /** When the next seat ends; nothing ends before. */
  nextEnd: number;
  lastId: number;
}

export const emptyState = (organization: string, enterprise: string, now: number): State => ({
  organization: { id: 9_000_001, login: organization, createdAt: new Date(now - 1000 * 86_400_000).toISOString() },
  enterprise,
  accounts: new Map(),
  byLogin: new Map(),
  members: new Map(),
  invitations: new Map(),
  teams: new Map(),
  seats: new Map(),
  purchased: 100_000,
  copilot: "assign_selected",
  saml: true,
  nextEnd: Number.POSITIVE_INFINITY,
  lastId: 9_100_000,
});

export const find = (state: State, login: string): AccountRow | null =>
  state.accounts.get(state.byLogin.get(login.toLowerCase()) ?? -1) ?? null;

/** Copilot is billed by the calendar month: a seat that is cancelled ends on the first of the next. */
export const cycleEnd = (now: number): number => {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
};
/** Seats whose cycle is over are gone. Both views of a world are settled with it, at each request. */
export const settle = (state: State, now: number): void => {
  if (now < state.nextEnd) return;
  state.nextEnd = Number.POSITIVE_INFINITY;
  for (const [user, { endsAt }] of state.seats) {
    if (endsAt === null) continue;
    if (endsAt <= now) state.seats.delete(user);
    else state.nextEnd = Math.min(state.nextEnd, endsAt);
  }
};

export const newSeat = (user: number, now: number, team: string | null = null): SeatRow => ({
  user,
  createdAt: new Date(now).toISOString(),
  team,
  endsAt: null,
  lastActivityAt: null,
});
export const end = (state: State, seat: SeatRow, now: number): void => {
  seat.endsAt = cycleEnd(now);
  state.nextEnd = Math.min(state.nextEnd, seat.endsAt);
};

export const joinTeam = (state: State, team: TeamRow, user: number, now: number): void => {
  if (!team.members.has(user)) team.members.set(user, "member");
  if (!team.copilot) return;
  const seat = state.seats.get(user);
  if (!seat) state.seats.set(user, newSeat(user, now, team.slug));
  else if (seat.endsAt !== null) Object.assign(seat, { team: team.slug, endsAt: null });
};
export const leaveTeam = (state: State, team: TeamRow, user: number, now: number): void => {
  team.members.delete(user);
  const seat = state.seats.get(user);
  if (seat && seat.team === team.slug && seat.endsAt === null) end(state, seat, now);
};
export const leaveOrganization = (state: State, user: number, now: number): void => {
  state.members.delete(user);
  for (const team of state.teams.values()) leaveTeam(state, team, user, now);
  const seat = state.seats.get(user);
  if (seat && seat.endsAt === null) end(state, seat, now);
};
/** Members of a team and of the teams below it; true: only through one of those. */
export const membersOf = (state: State, slug: string): Map<number, boolean> => {
  const found = new Map<number, boolean>();
  for (const user of state.teams.get(slug)?.members.keys() ?? []) found.set(user, false);
  for (const team of state.teams.values())
    if (team.parent === slug)
      for (const user of membersOf(state, team.slug).keys()) if (!found.has(user)) found.set(user, true);
  return found;
};
/** Who uses a license: members, and invitations that are open. */
export const consumed = (state: State): number => state.members.size + state.invitations.size;
