import { type Service, seen } from "./service.ts";
import {
  type AccountRow,
  end,
  find,
  joinTeam,
  leaveOrganization,
  leaveTeam,
  newSeat,
  type State,
  type TeamRow,
} from "./state.ts";

export interface NewAccount {
  readonly login: string;
  /** Default: the next free one. */
  readonly id?: number;
  readonly name?: string;
  readonly email?: string;
  /** Default: an ordinary member. `outside`: has an account and is not in the organization. */
  readonly role?: "admin" | "member" | "outside";
}
/** What people and administrators do on GitHub's pages, and what is there from the beginning. */
export interface Hands {
  /** The world behind it, for tests that look. */
  state(): State;
  addAccount(account: NewAccount): AccountRow;
  addTeam(team: {
    readonly slug: string;
    readonly name?: string;
    readonly parent?: string;
    readonly copilot?: boolean;
    readonly managed?: boolean;
  }): void;
  addToTeam(slug: string, login: string): void;
  takeFromTeam(slug: string, login: string): void;
  giveCopilot(login: string, since?: string): void;
  takeCopilot(login: string): void;
  useCopilot(login: string, at: number | null): void;
  rename(login: string, to: string): void;
  leave(login: string): void;
  acceptInvitation(login: string): void;
  setCopilot(setting: State["copilot"]): void;
  setPurchased(seats: number): void;
  setSaml(on: boolean): void;
  /** A member through an enterprise team. */
  through(login: string, team: string): void;
}

const needed = (state: State, login: string): AccountRow => {
  const account = find(state, login);
  if (!account) throw new Error(`GitHub has no account ${login}`);
  return account;
};
const team = (state: State, slug: string): TeamRow => {
  const row = state.teams.get(slug);
  if (!row) throw new Error(`GitHub has no team ${slug}`);
  return row;
};

const seeding = (service: Service) => {
  const write = service.world.write;
  return {
    addAccount({ login, id, name = login, email, role = "member" }: NewAccount): AccountRow {
      const state = seen(service);
      const own = id ?? state.lastId + 1;
      const created = new Date(service.clock.now() - 500 * 86_400_000).toISOString();
      write((w) => {
        const row: AccountRow = {
          id: own,
          login,
          name,
          createdAt: created,
          nameId: email ?? null,
          emails: email ? [email] : [],
        };
        w.lastId = Math.max(w.lastId, own);
        w.accounts.set(own, row);
        w.byLogin.set(login.toLowerCase(), own);
        if (role !== "outside") w.members.set(own, { role, through: null });
      });
      return needed(seen(service), login);
    },
    addTeam({ slug, name = slug, parent, copilot = false, managed = false }: Parameters<Hands["addTeam"]>[0]): void {
      write((w) => {
        w.lastId += 1;
        w.teams.set(slug, { id: w.lastId, slug, name, parent: parent ?? null, members: new Map(), managed, copilot });
      });
    },
    setCopilot: (setting: State["copilot"]) => write((w) => Object.assign(w, { copilot: setting })),
    setPurchased: (seats: number) => write((w) => Object.assign(w, { purchased: seats })),
    setSaml: (on: boolean) => write((w) => Object.assign(w, { saml: on })),
  };
};

const deeds = (service: Service) => {
  const { world, clock } = service;
  const write = (login: string, change: (w: State, account: AccountRow, now: number) => void): void => {
    needed(seen(service), login);
    const now = clock.now();
    world.write((w) => change(w, needed(w, login), now));
  };
  return {
    addToTeam(slug: string, login: string): void {
      team(seen(service), slug);
      write(login, (w, { id }, now) => joinTeam(w, team(w, slug), id, now));
    },
    takeFromTeam(slug: string, login: string): void {
      team(seen(service), slug);
      write(login, (w, { id }, now) => leaveTeam(w, team(w, slug), id, now));
    },
    giveCopilot(login: string, since?: string): void {
      if (!seen(service).members.has(needed(seen(service), login).id))
        throw new Error(`${login} is no member of the organization`);
      write(login, (w, { id }, now) => {
        const held = w.seats.get(id);
        if (held) held.endsAt = null;
        else w.seats.set(id, { ...newSeat(id, now), ...(since === undefined ? {} : { createdAt: since }) });
      });
    },
    takeCopilot(login: string): void {
      const row = seen(service).seats.get(needed(seen(service), login).id);
      if (!row) throw new Error(`${login} has no Copilot seat`);
      if (row.team !== null) throw new Error(`${login} has the seat through team ${row.team}`);
      write(login, (w, { id }, now) => {
        const held = w.seats.get(id);
        if (held) end(w, held, now);
      });
    },
    useCopilot: (login: string, at: number | null) =>
      write(login, (w, { id }) => {
        const held = w.seats.get(id);
        if (held) held.lastActivityAt = at === null ? null : new Date(at).toISOString();
      }),
    rename: (login: string, to: string) =>
      write(login, (w, account) => {
        w.byLogin.delete(account.login.toLowerCase());
        account.login = to;
        w.byLogin.set(to.toLowerCase(), account.id);
      }),
    leave: (login: string) => write(login, (w, { id }, now) => leaveOrganization(w, id, now)),
    through: (login: string, slug: string) =>
      write(login, (w, { id }) => w.members.set(id, { role: "member", through: slug })),
    acceptInvitation: (login: string) =>
      write(login, (w, { id }, now) => {
        const open = [...w.invitations.values()].find((i) => i.user === id);
        if (!open) return;
        w.invitations.delete(open.id);
        w.members.set(id, { role: "member", through: null });
        const joined = open.team === null ? undefined : w.teams.get(open.team);
        if (joined) joinTeam(w, joined, id, now);
      }),
  };
};

export const createHands = (service: Service): Hands => ({
  state: () => seen(service),
  ...seeding(service),
  ...deeds(service),
});
