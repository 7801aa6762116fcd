import type { PeopleAnswer, PeopleQuery } from "../../core/connector.ts";
import type { Group, Person, PersonId } from "../../core/person.ts";
import type { User } from "./api.ts";
import type { Client } from "./client.ts";
import { type Config, fieldNames } from "./config.ts";
import type { Groups } from "./groups.ts";
import { type Membership, readMembership } from "./membership.ts";
import { anchorsOf } from "./narrow.ts";
import { personMaker } from "./person.ts";
import type { Users } from "./users.ts";

export interface Directory {
  people(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  groups(signal: AbortSignal): Promise<readonly Group[]>;
  /** Is this person one of whom this directory told in this walk? */
  told(id: PersonId): boolean;
}
interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly users: Users;
  readonly groups: Groups;
}

export const createDirectory = ({ config, client, users, groups }: Parts): Directory => {
  const names = fieldNames(config, client.connection);
  const toPerson = personMaker(config, client.connection);
  const told = new Set<PersonId>();
  /** The groups that this walk's rules read; one person is then read with just these. */
  let wanted: readonly string[] | null = null;

  const person =
    (membership: Membership, groupsRead: boolean) =>
    (user: User): Person => {
      told.add(user.id);
      return toPerson(user, groupsRead ? membership.of(user) : null);
    };

  /** Only those who could match, and `also`; null when no search narrows it. */
  const narrowed = async (
    query: PeopleQuery,
    membership: Membership,
    signal: AbortSignal,
  ): Promise<readonly User[] | null> => {
    const narrow = config.search && query.match !== null ? anchorsOf(query.match, names) : null;
    if (narrow === null) return null;
    const labels = narrow.flatMap((anchor) => (anchor.by === "group" ? [anchor.label] : []));
    if (query.groups !== null && labels.some((label) => !query.groups?.includes(label))) return null;
    const within = labels.map((label) => membership.within(label));
    if (within.some(({ everybody }) => everybody)) return null;
    const queries = narrow.flatMap((anchor) => (anchor.by === "search" ? [anchor.query] : []));
    const found = await Promise.all(queries.map((one) => users.search(one, signal)));
    const some = new Map(found.flat().map((user) => [user.id, user]));
    const more = [...query.also, ...within.flatMap(({ ids }) => ids)].filter((id) => !some.has(id));
    for (const user of (await users.some(more, signal)).values()) some.set(user.id, user);
    return [...some.values()];
  };

  return {
    async people(query, signal) {
      wanted = query.groups;
      const read = readMembership({ groups, client }, query.groups, signal);
      const groupsRead = query.groups?.length !== 0;
      if (config.search && query.match !== null) {
        const membership = await read;
        const some = await narrowed(query, membership, signal);
        if (some) return { people: some.map(person(membership, groupsRead)), total: null, everybody: false };
      }
      const [all, membership] = await Promise.all([users.all(signal), read]);
      return { people: all.map(person(membership, groupsRead)), total: null, everybody: true };
    },
    async person(id, signal) {
      const user = await users.one(id, signal);
      if (!user) {
        // A 404 proves that somebody is gone only while the directory itself answers us.
        await client.customer(signal);
        return null;
      }
      const membership = await readMembership({ groups, client }, wanted, signal);
      return person(membership, wanted?.length !== 0)(user);
    },
    async groups(signal) {
      const book = await groups.book(signal);
      return book.all.map((group) => ({ id: group.id, name: book.label(group), path: `/${group.email}` }));
    },
    told: (id) => told.has(id),
  };
};
