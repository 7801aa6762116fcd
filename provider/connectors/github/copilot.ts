import type { Counters, Seat } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type CopilotSeat } from "./api.ts";
import type { Client } from "./client.ts";
import type { People } from "./people.ts";

export interface CopilotSeats {
  readonly seats: readonly Seat[];
  /** By holder; null: GitHub does not know. */
  readonly lastUsed: ReadonlyMap<string, string | null>;
  readonly byHolder: ReadonlyMap<string, Seat>;
  /** When a seat that ends with its cycle ends; null: none does, and GitHub does not tell otherwise. */
  readonly cycleEndsAt: string | null;
}
export interface Copilot {
  list(signal: AbortSignal): Promise<CopilotSeats>;
  /** One person's seat, now; null: none. */
  one(login: string, signal: AbortSignal): Promise<Seat | null>;
  counters(signal: AbortSignal): Promise<Counters>;
  /** What stands in the way of every write; null: nothing. */
  obstacle(signal: AbortSignal): Promise<Problem | null>;
  /** What the last list said; null: none was read. */
  known(): CopilotSeats | null;
  forget(): void;
}

const day = (date: string): string => `${date.slice(0, 10)}T00:00:00.000Z`;
const holderOf = ({ assignee, created_at }: CopilotSeat): string =>
  assignee ? String(assignee.id) : `unaccepted ${created_at}`;
const teamOf = ({ assigning_team: team }: CopilotSeat): string | null =>
  team ? `team:${team.slug ?? team.name ?? team.id}` : null;

const seatOf = (row: CopilotSeat): Seat => {
  const team = teamOf(row);
  return {
    holder: holderOf(row),
    account: row.assignee?.login ?? null,
    since: row.created_at,
    state: row.assignee ? "active" : "invited",
    ...(team === null ? {} : { inheritedFrom: team }),
    ...(row.pending_cancellation_date ? { endsAt: day(row.pending_cancellation_date) } : {}),
  };
};
/** In an enterprise, one person may have a seat through several organizations: it stays while one of them stays. */
const merged = (one: Seat, other: Seat): Seat => {
  const [direct, team] = one.inheritedFrom === undefined ? [one, other] : [other, one];
  const { endsAt, ...seat } = direct;
  const last = endsAt === undefined || team.endsAt === undefined ? undefined : [endsAt, team.endsAt].sort().at(-1);
  return { ...seat, ...(last === undefined ? {} : { endsAt: last }) };
};

const gathered = (rows: readonly CopilotSeat[]): CopilotSeats => {
  const byHolder = new Map<string, Seat>();
  const lastUsed = new Map<string, string | null>();
  let cycleEndsAt: string | null = null;
  for (const row of rows) {
    const seat = seatOf(row);
    const other = byHolder.get(seat.holder);
    byHolder.set(seat.holder, other ? merged(other, seat) : seat);
    const at = row.last_activity_at ?? null;
    const before = lastUsed.get(seat.holder) ?? null;
    lastUsed.set(seat.holder, before !== null && (at === null || before > at) ? before : at);
    if (seat.endsAt !== undefined && (cycleEndsAt === null || seat.endsAt < cycleEndsAt)) cycleEndsAt = seat.endsAt;
  }
  return { seats: [...byHolder.values()], byHolder, lastUsed, cycleEndsAt };
};

const settings: Readonly<Record<string, string>> = {
  assign_all: "gives Copilot to everybody, so that no seat can be given or taken one by one",
  disabled: "has switched Copilot off",
  unconfigured: "has not said yet who gets Copilot",
};

export const createCopilot = (client: Client, people: People, memo: Memo): Copilot => {
  const { owner, connection } = client;
  let known: CopilotSeats | null = null;
  const read = async (signal: AbortSignal): Promise<CopilotSeats> => {
    let total = 0;
    const rows = await client.list(
      {
        what: `connection "${connection}": Copilot seats of ${owner}`,
        endpoint: api.copilotSeats,
        params: { owner },
        key: (row: CopilotSeat) => `${holderOf(row)} ${row.organization?.login ?? ""} ${teamOf(row) ?? ""}`,
        read: ({ seats, total_seats }) => {
          total = total_seats;
          return { items: seats, total: total_seats };
        },
      },
      signal,
    );
    const found = gathered(rows);
    if (found.seats.length < total)
      throw new Problem(
        "refused",
        `connection "${connection}": GitHub counts ${total} Copilot seats and lists ${found.seats.length}`,
        {
          hint: "A list that may be incomplete is never used. Try again; somebody may have changed seats meanwhile.",
        },
      );
    people.learn(rows.flatMap(({ assignee }) => (assignee ? [assignee] : [])));
    known = found;
    return found;
  };
  const list = (signal: AbortSignal): Promise<CopilotSeats> => memo("copilot seats", signal, read);
  const billing = (signal: AbortSignal) =>
    memo("copilot billing", signal, (s) =>
      client.call(api.billing, { org: client.organization("Copilot's billing") }, { signal: s }),
    );
  const organization = client.config.organization;

  return {
    list,
    known: () => known,
    async one(login, signal) {
      if (organization !== undefined) {
        const row = await client.find(api.copilotSeat, { org: organization, login }, signal);
        return row === null ? null : seatOf(row);
      }
      const { enterprise = "" } = client.config;
      const found = await client.find(api.copilotSeatsOf, { enterprise, login }, signal);
      return gathered(found?.seats ?? []).seats[0] ?? null;
    },
    async counters(signal) {
      const total = organization === undefined ? null : ((await billing(signal)).seat_breakdown.total ?? null);
      // The list tells when the cycle ends, and the pool reads it in any case.
      const seats = await list(signal);
      const value = { value: total ?? seats.seats.length, source: "vendor", asOf: null } as const;
      return { purchased: value, consumed: value, suspended: null, cycleEndsAt: seats.cycleEndsAt };
    },
    async obstacle(signal) {
      // An enterprise's own setting is told by no endpoint: its refusal comes with the first write.
      if (organization === undefined) return null;
      const setting = (await billing(signal)).seat_management_setting;
      if (setting === "assign_selected") return null;
      return new Problem(
        "unsupported",
        `connection "${connection}": organization "${organization}" ${settings[setting] ?? `has set Copilot's access to "${setting}"`} (seat_management_setting: ${setting})`,
        { hint: "Choose “Enabled for selected members” in the organization's Copilot access settings." },
      );
    },
    forget() {
      known = null;
      memo.forget("copilot");
    },
  };
};
