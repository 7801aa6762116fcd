import type { Counters, Seat } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import type { Batch, Told } from "../http/writing.ts";
import { api, type Invitation } from "./api.ts";
import type { Client } from "./client.ts";
import { type Circle, countersOf, invited, orNone, writeMemberships } from "./membership.ts";
import type { People } from "./people.ts";

/** A license of the enterprise (or of the organization's plan) is used by being a member of the organization. */
export interface EnterpriseSeats {
  list(signal: AbortSignal): Promise<readonly Seat[]>;
  counters(signal: AbortSignal): Promise<Counters>;
  write(batch: Batch): Told;
  forget(): void;
}
const what = "the SKU `enterprise`";

/** Ids of those who were invited by login. */
export const idsOf = async (
  people: People,
  invitations: readonly Invitation[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  const logins = invitations.map((i) => i.login).filter((login) => typeof login === "string");
  const found = logins.length > 0 ? await people.accounts(logins, signal) : new Map();
  return new Map([...found].map(([login, { id }]) => [login.toLowerCase(), id]));
};

export const createEnterprise = (client: Client, people: People, memo: Memo): EnterpriseSeats => {
  const { connection } = client;
  const read = async (signal: AbortSignal): Promise<readonly Seat[]> => {
    const org = client.organization(what);
    const members = await people.members(signal);
    const invitations = await orNone(
      client.list(
        {
          what: `connection "${connection}": invitations of ${org}`,
          endpoint: api.invitations,
          params: { org },
          key: (i: Invitation) => String(i.id),
          read: (items) => ({ items, total: null }),
        },
        signal,
      ),
    );
    const ids = await idsOf(people, invitations, signal);
    const active = members.map(
      ({ id, login }): Seat => ({ holder: String(id), account: login, since: null, state: "active" }),
    );
    return [...active, ...invitations.map((i) => invited(i, ids))];
  };
  const list = (signal: AbortSignal): Promise<readonly Seat[]> => memo("enterprise seats", signal, read);

  return {
    list,
    async counters(signal) {
      const { enterprise } = client.config;
      if (enterprise !== undefined) {
        const told = await client.call(api.consumed, { enterprise, size: 1, page: 1 }, { signal });
        return countersOf(told.total_seats_purchased, told.total_seats_consumed);
      }
      const { plan } = await client.call(api.organization, { org: client.organization(what) }, { signal });
      // The plan is shown to owners only.
      return countersOf(plan?.seats ?? null, plan?.filled_seats ?? (await list(signal)).length);
    },
    async *write(batch) {
      const org = client.organization(what);
      const { signal } = batch;
      const circle: Circle = {
        connection,
        name: `organization ${org}`,
        signal,
        read: (login) => client.find(api.membership, { org, login }, signal),
        add: (login) => client.call(api.invite, { org, login }, { signal, body: { role: "member" } }),
        remove: (login) => client.call(api.remove, { org, login }, { signal }),
      };
      yield* writeMemberships(circle, batch, await people.logins(batch.steps, signal));
    },
    forget() {
      memo.forget("enterprise");
      people.forget();
    },
  };
};
