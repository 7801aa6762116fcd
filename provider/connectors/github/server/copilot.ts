import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { invalid, notFound } from "./refusals.ts";
import { seat } from "./represent.ts";
import { json, listed, ofEnterprise, ofOrganization, paged, type Service } from "./service.ts";
import { end, find, newSeat, type SeatRow, type State } from "./state.ts";

const page = "/rest/copilot/copilot-user-management";
const readers = ["manage_billing:copilot", "read:org"];
const writers = ["manage_billing:copilot", "admin:org"];

/** Why the organization can neither give nor take single seats. */
const closed = (state: State): Answer | null => {
  if (state.copilot === "assign_selected") return null;
  if (state.copilot === "none")
    return invalid("Copilot Business or Enterprise is not enabled for this organization.", [], page);
  return invalid(
    "The organization's Copilot access setting is not set to enable Copilot for selected members.",
    [],
    page,
  );
};

const namesOf = ({ body }: Asked): string[] | Answer => {
  const given = Object(body) as { selected_usernames?: unknown }; // any JSON may come
  const names = given.selected_usernames;
  if (!Array.isArray(names) || names.length === 0 || !names.every((n) => typeof n === "string"))
    return invalid('Invalid request.\n\n"selected_usernames" wasn\'t supplied.', [], page);
  return names;
};

const billing = (state: State, now: number) => {
  const seats = [...state.seats.values()];
  const cycle = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 1);
  const since = (time: string | null): boolean => time !== null && Date.parse(time) >= cycle;
  const active = seats.filter((s) => since(s.lastActivityAt)).length;
  return {
    seat_breakdown: {
      total: seats.length,
      added_this_cycle: seats.filter((s) => since(s.createdAt)).length,
      pending_cancellation: seats.filter((s) => s.endsAt !== null).length,
      pending_invitation: 0,
      active_this_cycle: active,
      inactive_this_cycle: seats.length - active,
    },
    seat_management_setting: state.copilot,
    plan_type: "business",
    public_code_suggestions: "block",
    ide_chat: "enabled",
    platform_chat: "enabled",
    cli: "enabled",
  };
};

const buy = (service: Service, state: State, names: readonly string[]): Answer => {
  const now = service.clock.now();
  // Members only. Who has a seat is not counted; a seat that was to end is refreshed, and counts.
  const users = names.flatMap((name) => {
    const id = find(state, name)?.id;
    const held = state.seats.get(id ?? -1);
    return id !== undefined && state.members.has(id) && (!held || held.endsAt !== null) ? [id] : [];
  });
  service.world.write((w) => {
    for (const user of users) {
      const held = w.seats.get(user);
      if (held) held.endsAt = null;
      else w.seats.set(user, newSeat(user, now));
    }
  });
  return json({ seats_created: new Set(users).size }, 201);
};
const cancel = (service: Service, state: State, names: readonly string[]): Answer => {
  const now = service.clock.now();
  const held = names
    .map((name) => state.seats.get(find(state, name)?.id ?? -1))
    .filter((s): s is SeatRow => s !== undefined);
  if (held.some((s) => s.team !== null))
    return invalid("A user's seat cannot be cancelled because it was assigned to them via a team.", [], page);
  const users = held.filter((s) => s.endsAt === null).map((s) => s.user);
  service.world.write((w) => {
    for (const user of users) {
      const row = w.seats.get(user);
      if (row) end(w, row, now);
    }
  });
  return json({ seats_cancelled: new Set(users).size });
};

export const copilotRoutes = (service: Service): Route[] => {
  const list = (asked: Asked): Answer => {
    const state = listed(service);
    const seats = [...state.seats.values()];
    return paged(asked, seats, (some) => ({ total_seats: seats.length, seats: some.map((s) => seat(state, s)) }), 50);
  };
  const change =
    (act: typeof buy) =>
    (state: State, asked: Asked): Answer => {
      const names = namesOf(asked);
      return closed(state) ?? (Array.isArray(names) ? act(service, state, names) : names);
    };
  const one = (state: State, { params }: Asked): Answer => {
    const account = find(state, params.username ?? "");
    const invited = [...state.invitations.values()].some((i) => i.user !== null && i.user === account?.id);
    if (state.copilot === "none" || invited)
      return invalid(
        "Copilot is not enabled for this organization or the user has a pending organization invitation.",
        [],
        page,
      );
    const row = state.seats.get(account?.id ?? -1);
    return row ? json(seat(state, row)) : notFound();
  };
  /** An enterprise answers with a page, since several of its organizations may give a seat. */
  const several = (state: State, asked: Asked): Answer => {
    const answer = one(state, asked);
    return answer.status === 200 ? json({ total_seats: state.seats.size, seats: [answer.body] }) : answer;
  };
  const hidden =
    (handle: (state: State, asked: Asked) => Answer) =>
    (state: State, asked: Asked): Answer =>
      state.copilot === "none" ? notFound() : handle(state, asked);
  const org = "/orgs/{org}/copilot/billing";
  const enterprise = "/enterprises/{enterprise}/copilot/billing";
  const shown = hidden((state) => json(billing(state, service.clock.now())));
  const seats = hidden((_state, asked) => list(asked));
  return [
    on.get(org, ofOrganization(service, readers, shown)),
    on.get(`${org}/seats`, ofOrganization(service, readers, seats)),
    on.post(`${org}/selected_users`, ofOrganization(service, writers, change(buy))),
    on.del(`${org}/selected_users`, ofOrganization(service, writers, change(cancel))),
    on.get("/orgs/{org}/members/{username}/copilot", ofOrganization(service, readers, one)),
    on.get(`${enterprise}/seats`, ofEnterprise(service, ["manage_billing:copilot", "read:enterprise"], seats)),
    on.post(
      `${enterprise}/selected_users`,
      ofEnterprise(service, ["manage_billing:copilot", "admin:enterprise"], change(buy)),
    ),
    on.del(
      `${enterprise}/selected_users`,
      ofEnterprise(service, ["manage_billing:copilot", "admin:enterprise"], change(cancel)),
    ),
    on.get(
      "/enterprises/{enterprise}/members/{username}/copilot",
      ofEnterprise(service, ["manage_billing:copilot", "read:enterprise"], several),
    ),
  ];
};
