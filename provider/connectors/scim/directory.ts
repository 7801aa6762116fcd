import type { PeopleAnswer, PeopleQuery } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Group, Person, PersonId } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type User } from "./api.ts";
import type { Client } from "./client.ts";
import { quoted } from "./filter.ts";
import { type Groups, titleOf } from "./groups.ts";
import { type Membership, membershipOf, readMembership } from "./membership.ts";
import { anchorsOf } from "./narrow.ts";
import { personOf } from "./person.ts";
import type { Users } from "./users.ts";

export interface Directory {
  people(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  groups(signal: AbortSignal): Promise<readonly Group[]>;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  /** Did this walk get to know them here? */
  told(id: PersonId): boolean;
  forget(): void;
}
interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
  readonly users: Users;
}
/** Large and of no use to rules; a person's groups are read from the groups. */
const excluded = "groups,photos,x509Certificates";

export const createDirectory = ({ client, memo, groups, users }: Parts): Directory => {
  const told = new Set<string>();
  let reading: Promise<readonly User[]> | null = null;

  const begin = (signal: AbortSignal) => memo("people first", signal, (s) => client.begin(api.users, { excluded }, s));
  const everybody = (signal: AbortSignal): Promise<readonly User[]> => {
    reading = memo("people all", signal, async (s) => (await begin(s)).rest(s));
    reading.catch(() => {
      reading = null;
    });
    return reading;
  };
  users.adopt(() => reading);

  const one = async (id: PersonId, signal: AbortSignal): Promise<User | null> => {
    if (/^\.{0,2}$/.test(id)) return null;
    try {
      return await client.http.call(api.user, { id, excluded }, { signal });
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 404) return null;
      throw error;
    }
  };
  const byIds = async (ids: readonly string[], signal: AbortSignal): Promise<User[]> => {
    const size = 40;
    const chunks = Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ids.slice(i * size, (i + 1) * size));
    const ask = (chunk: readonly string[]): Promise<readonly User[]> =>
      client.list(api.users, { filter: chunk.map((id) => `id eq ${quoted(id)}`).join(" or "), excluded }, signal);
    const found = (await Promise.all(chunks.map(ask))).flat();
    const seen = new Set(found.map((u) => u.id));
    // Whoever a search does not show is asked for singly before they count as gone.
    const singly = await Promise.all(ids.filter((id) => !seen.has(id)).map((id) => one(id, signal)));
    return [...found, ...singly.filter((u) => u !== null)];
  };

  const membership = async (names: readonly string[] | null, signal: AbortSignal): Promise<Membership | null> => {
    if (names !== null && names.length === 0) return null;
    const { filter, told: spoken } = await client.features(signal);
    const members = await readMembership(groups, names, { filter: filter && spoken, signal });
    for (const name of names ?? []) await checkName(name, members, signal);
    return members;
  };
  /** A rule that says a name which several groups bear could mean any of them; one that says nobody's name means nobody. */
  const checkName = async (name: string, members: Membership, signal: AbortSignal): Promise<void> => {
    const meant = members.meant(name);
    if (meant.length === 1) return;
    if (meant.length > 1)
      throw new Problem("invalid", `connection "${client.connection}": ${meant.length} groups are named "${name}"`, {
        hint: `Write the one that is meant: ${meant.map((g) => `"${g.path}"`).join(" or ")}.`,
      });
    const hint = didYouMean(name, (await groups.names(signal)).map(titleOf)) ?? "";
    client.log("warning", `${client.connection}: no group is named "${name}"; nobody is in it. ${hint}`.trim());
  };

  /** Fewer requests than reading everybody? Null: no. */
  const some = async (query: PeopleQuery, members: Membership | null, signal: AbortSignal): Promise<User[] | null> => {
    const anchors = query.match === null ? null : anchorsOf(query.match);
    if (anchors === null) return null;
    const { filter, told: spoken } = await client.features(signal);
    const first = await begin(signal);
    const known = first.items.length > 0 && first.total !== null;
    const pages = known ? Math.ceil((first.total ?? 0) / first.items.length) - 1 : 0;
    if (!filter || !spoken || pages < 2) return null;
    const ids = new Set(query.also);
    for (const a of anchors) if (a.by === "group") for (const id of members?.in(a.name) ?? []) ids.add(id);
    const filters = anchors.flatMap((a) => (a.by === "filter" ? [a.filter] : []));
    let cost = Math.ceil(ids.size / 40);
    if (cost + (filters.length > 0 ? 1 : 0) >= pages || filters.join(" or ").length > 3000) return null;
    const found = new Map<string, User>();
    if (filters.length > 0) {
      const answer = await client.begin(api.users, { filter: filters.join(" or "), excluded }, signal);
      // Nobody at all may be a filter that the service does not understand: everybody is read then.
      if (!answer.total) return null;
      cost += Math.ceil(answer.total / Math.max(1, answer.items.length));
      if (cost >= pages) return null;
      for (const user of await answer.rest(signal)) found.set(user.id, user);
    }
    for (const user of await byIds(
      [...ids].filter((id) => !found.has(id)),
      signal,
    ))
      found.set(user.id, user);
    return [...found.values()];
  };

  return {
    told: (id) => told.has(id),
    async people(query, signal) {
      const members = await membership(query.groups, signal);
      const few = await some(query, members, signal);
      const read = few ?? (await everybody(signal));
      const { total } = await begin(signal);
      for (const user of read) told.add(user.id);
      users.meet(read);
      return {
        people: read.map((user) => personOf(user, members ? members.of(user.id) : null)),
        // Read to its promised end, a list is as long as the directory says; both numbers are the directory's.
        total: few === null ? read.length : total,
        everybody: few === null,
      };
    },
    groups: async (signal) => membershipOf(await groups.everything(signal)).groups,
    async person(id, signal) {
      const user = await one(id, signal);
      if (!user) return null;
      told.add(user.id);
      const members = await membership(null, signal);
      return personOf(user, members ? members.of(user.id) : null);
    },
    forget() {
      reading = null;
      memo.forget("people");
    },
  };
};
