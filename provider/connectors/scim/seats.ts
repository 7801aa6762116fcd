import type { Counters, Seat, Sku } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type Group, type Member, type User } from "./api.ts";
import type { Client } from "./client.ts";
import { type Groups, isNested, titleOf } from "./groups.ts";
import { holdersFilter, holds, type Place, placeOf } from "./sku.ts";
import { nameOf, type Users } from "./users.ts";

export interface Seats {
  skus(signal: AbortSignal): Promise<readonly Sku[]>;
  sku(name: string, signal: AbortSignal): Promise<Sku>;
  list(sku: string, signal: AbortSignal): Promise<readonly Seat[]>;
  counters(sku: string, signal: AbortSignal): Promise<Counters>;
  /** Who holds it, if this walk has read that. */
  known(sku: string): ReadonlySet<string> | null;
  forget(): void;
}
interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly users: Users;
  readonly groups: Groups;
  readonly now: () => number;
  readonly extension: string | undefined;
}
type UserPlace = Exclude<Place, { is: "group" }>;

/** What the extension of our simulator (and of whoever copies it) says of a group. */
export const poolOf = (group: Group, extension: string | undefined) => {
  const pool = extension === undefined ? undefined : group[extension];
  const facts = typeof pool === "object" && pool !== null ? (pool as Record<string, unknown>) : {}; // any JSON may come
  const releases = Array.isArray(facts.releases) ? (facts.releases as Record<string, unknown>[]) : [];
  return {
    purchased: typeof facts.purchased === "number" ? facts.purchased : null,
    endsAt: new Map(releases.map((r) => [String(r.value), String(r.endsAt)])),
  };
};

export const createSeats = ({ client, memo, users, groups, now, extension }: Parts): Seats => {
  const held = new Map<string, ReadonlySet<string>>();
  const seat = (user: User | undefined, holder: string, display?: string | null): Seat => ({
    holder,
    account: user ? nameOf(user) : (display ?? null),
    since: null,
    state: "active",
  });

  /** Without a type a member may be a group: asked only about those who are no user. */
  const groupsAmong = async (ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> => {
    if (ids.length === 0) return new Set();
    const all = new Set((await groups.names(signal)).map((g) => g.id));
    return new Set(ids.filter((id) => all.has(id)));
  };
  interface Found {
    readonly member: Member;
    readonly from: Group | null;
  }
  /** Everybody in these groups who is no group, and what is left to look into. */
  const sort = async (members: readonly Found[], signal: AbortSignal) => {
    const people = members.filter(({ member }) => !isNested(member));
    const ids = people.map(({ member }) => member.value);
    const known = ids.length === 0 ? new Map<string, User>() : await users.byId(ids, signal);
    const unclear = people
      .filter(({ member: m }) => !m.type && !m.$ref && !known.has(m.value))
      .map(({ member }) => member.value);
    const nested = await groupsAmong(unclear, signal);
    return {
      known,
      people: people.filter(({ member }) => !nested.has(member.value)),
      deeper: [...members.filter(({ member }) => isNested(member)).map(({ member }) => member.value), ...nested],
    };
  };
  /** Members, and the members of member groups: those hold the seat too, and lose it only with that group. */
  const membersOf = async (top: Group, signal: AbortSignal): Promise<Seat[]> => {
    const { endsAt } = poolOf(top, extension);
    const seats = new Map<string, Seat>();
    const visited = new Set([top.id]);
    for (
      let level: readonly Found[] = (top.members ?? []).map((member) => ({ member, from: null }));
      level.length > 0;
    ) {
      const { people, known, deeper } = await sort(level, signal);
      for (const { member, from } of people) {
        if (seats.has(member.value)) continue;
        const ends = endsAt.get(member.value);
        seats.set(member.value, {
          ...seat(known.get(member.value), member.value, member.display),
          ...(from ? { inheritedFrom: titleOf(from) } : {}),
          ...(ends === undefined ? {} : { endsAt: ends }),
        });
      }
      const next: Found[] = [];
      for (const id of new Set(deeper)) {
        if (visited.has(id)) continue;
        visited.add(id);
        const group = await groups.fresh(id, signal);
        next.push(...(group?.members ?? []).map((member) => ({ member, from: group })));
      }
      level = next;
    }
    return [...seats.values()];
  };

  const filtered = async (place: UserPlace, signal: AbortSignal): Promise<readonly User[] | null> => {
    const filter = holdersFilter(place);
    if (filter === null || !(await client.features(signal)).filter) return null;
    try {
      return await client.list(api.users, { filter, excluded: "groups" }, signal);
    } catch (error) {
      if (error instanceof HttpProblem && [400, 403, 501].includes(error.status)) return null;
      throw error;
    }
  };
  const holdersOf = async (place: UserPlace, signal: AbortSignal): Promise<Seat[]> => {
    // Nearly everybody is active, and names are wanted later anyway: one list serves both.
    const some = place.is === "active" ? null : await filtered(place, signal);
    const hits = some?.filter((u) => holds(place, u)) ?? [];
    if (hits.length > 0) users.meet(hits);
    // An empty answer may also be a filter that this service does not understand: the list decides.
    const all =
      hits.length > 0
        ? hits
        : place.is === "active"
          ? [...(await users.all(signal)).values()]
          : await client.list(api.users, { excluded: "groups" }, signal);
    return all.filter((u) => holds(place, u)).map((u) => seat(u, u.id));
  };

  const list: Seats["list"] = (sku, signal) =>
    memo(`seats ${sku}`, signal, async (s) => {
      const place = placeOf(sku);
      const seats =
        place.is === "group" ? await membersOf(await groups.find(place.group, s), s) : await holdersOf(place, s);
      held.set(sku, new Set(seats.map((one) => one.holder)));
      return seats;
    });

  return {
    list,
    known: (sku) => held.get(sku) ?? null,
    async skus(signal) {
      const all = await groups.names(signal);
      const names = all.map(titleOf);
      const ref = (g: Group): string => `group:${names.filter((n) => n === titleOf(g)).length > 1 ? g.id : titleOf(g)}`;
      return [...all.map((g) => ({ sku: ref(g), name: titleOf(g) })), { sku: "active", name: "active" }];
    },
    async sku(name, signal) {
      const bare = !/^(active$|group:|attribute:)/.test(name);
      const place = placeOf(bare ? `group:${name}` : name);
      if (place.is === "active") return { sku: "active", name: "active" };
      if (place.is === "attribute") return { sku: name, name: name.slice("attribute:".length) };
      const group = await groups.find(place.group, signal);
      const title = titleOf(group);
      // A name that several groups bear was given as an id, and stays one.
      return { sku: group.id === place.group ? `group:${group.id}` : `group:${title}`, name: title };
    },
    async counters(sku, signal) {
      const seats = await list(sku, signal);
      const asOf = new Date(now()).toISOString();
      const place = placeOf(sku);
      const { purchased } =
        place.is === "group" && extension !== undefined
          ? poolOf(await groups.find(place.group, signal), extension)
          : { purchased: null };
      return {
        purchased: purchased === null ? null : { value: purchased, source: "vendor", asOf },
        consumed: { value: seats.length, source: "vendor", asOf },
        suspended: null,
      };
    },
    forget() {
      held.clear();
      memo.forget("seats");
    },
  };
};
