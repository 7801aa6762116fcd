import type { Account, Seat } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { type Assignment, api, type Member, type User } from "./api.ts";
import type { Client } from "./client.ts";
import type { Config } from "./config.ts";
import type { Groups } from "./groups.ts";
import { isActive } from "./person.ts";
import { keyOf, type Skus, type Target } from "./sku.ts";
import type { Users } from "./users.ts";

export interface Seats {
  list(sku: string, signal: AbortSignal): Promise<readonly Seat[]>;
  accounts(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  /** After a write to these. */
  forget(targets: readonly Target[]): void;
}
interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly memo: Memo;
  readonly users: Users;
  readonly groups: Groups;
  readonly skus: Skus;
}

const account = (user: User): Account => ({ id: user.id, name: user.primaryEmail, active: isActive(user) });
const within = (path: string, unit: string): boolean =>
  unit === "/" || path === unit || path.startsWith(`${unit.replace(/\/+$/, "")}/`);

/** Ends with a mark, because what is forgotten is whatever begins so. */
const seatsOf = (target: Target): string => `seats ${keyOf(target)};`;

export const createSeats = ({ config, client, memo, users, groups, skus }: Parts): Seats => {
  const inherited = (user: User): Pick<Seat, "inheritedFrom"> => {
    const unit = (config.autoLicensed ?? []).find((one) => within(user.orgUnitPath ?? "/", one));
    return unit === undefined ? {} : { inheritedFrom: `organisational unit ${unit}` };
  };
  const seatOf = (user: User): Seat => ({
    holder: user.id,
    account: user.primaryEmail,
    since: null,
    state: isActive(user) ? "active" : "suspended",
  });

  const assignments = async (t: Extract<Target, { is: "license" }>, signal: AbortSignal) => {
    const customer = await client.customer(signal);
    return client.pages<Assignment>({
      what: `licences of ${t.name}`,
      key: (one) => one.userId,
      size: 1000,
      page: async (cursor, size) => {
        const where = { product: t.product, sku: t.sku, customer, size, cursor };
        const page = await client.call(api.assignments, where, { signal });
        return { items: page.items ?? [], next: page.nextPageToken ?? null };
      },
    });
  };
  /** A licence whose address is nobody's is one of somebody deleted, or so new that the directory does not show it: it counts. */
  const orphan = async (address: string, signal: AbortSignal): Promise<Seat> => {
    const id = (await users.deleted(signal)).get(address.toLowerCase());
    if (id === undefined)
      client.log("warning", `${client.connection}: a licence is held by ${address}, whom the directory does not know`);
    return { holder: id ?? address, account: address, since: null, state: "suspended" };
  };
  const licenses = async (t: Extract<Target, { is: "license" }>, signal: AbortSignal): Promise<readonly Seat[]> => {
    const held = await assignments(t, signal);
    const people = await users.some(
      held.map(({ userId }) => userId),
      signal,
    );
    // Keyed by id: right after a rename a list can hold a person under both addresses.
    const seats = new Map<string, Seat>();
    for (const { userId } of held) {
      const user = people.get(userId);
      const seat = user ? { ...seatOf(user), ...inherited(user) } : await orphan(userId, signal);
      seats.set(seat.holder, seat);
    }
    return [...seats.values()];
  };

  const memberSeat = (member: Member): Seat | null => {
    if (member.type !== "USER" || !member.id) return null;
    const user = users.told(member.id);
    if (user) return seatOf(user);
    return {
      holder: member.id,
      account: member.email ?? null,
      since: null,
      state: member.status === "SUSPENDED" ? "suspended" : "active",
    };
  };
  const memberships = async (t: Extract<Target, { is: "group" }>, signal: AbortSignal): Promise<readonly Seat[]> => {
    const direct = await groups.members(t.group, false, signal);
    const through = direct.some(({ type }) => type === "GROUP" || type === "CUSTOMER");
    const seats = new Map<string, Seat>();
    if (through) {
      const everybody = direct.some(({ type }) => type === "CUSTOMER") ? await users.all(signal) : [];
      for (const user of everybody) seats.set(user.id, { ...seatOf(user), inheritedFrom: "the whole organisation" });
      for (const member of await groups.members(t.group, true, signal)) {
        const seat = memberSeat(member);
        if (seat) seats.set(seat.holder, { ...seat, inheritedFrom: `a group inside ${t.group.email}` });
      }
    }
    for (const member of direct) {
      const seat = memberSeat(member);
      if (seat) seats.set(seat.holder, seat);
    }
    return [...seats.values()];
  };

  return {
    async list(sku, signal) {
      const target = await skus.find(sku, signal);
      return memo(seatsOf(target), signal, (inner) =>
        target.is === "group" ? memberships(target, inner) : licenses(target, inner),
      );
    },
    async accounts(names, signal) {
      const found = await users.some(names, signal);
      return new Map([...found].map(([name, user]) => [name, account(user)] as const));
    },
    forget(targets) {
      for (const target of targets) memo.forget(seatsOf(target));
      if (targets.some(({ is }) => is === "group")) groups.forget();
    },
  };
};
