import type { OpenWith, PeopleAnswer, PeopleQuery } from "../../core/connector.ts";
import type { Group as CoreGroup, Person, PersonId } from "../../core/person.ts";
import type { Memo } from "../http/memo.ts";
import { api, type User } from "./api.ts";
import { advanced, type Client, chunks, fifteen, isUnknown, quoted } from "./client.ts";
import type { Config } from "./config.ts";
import { createDelta } from "./delta.ts";
import { counted, type Groups, isGuid, labeller, nameOf, pathOf, type Used } from "./groups.ts";
import { type Narrow, narrowAll } from "./narrow.ts";
import { personMaker, selected } from "./person.ts";

export interface Directory {
  people(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  groups(signal: AbortSignal): Promise<readonly CoreGroup[]>;
  /** How many users there are, by Graph's own count. */
  count(signal: AbortSignal): Promise<number>;
  /** Everybody, if somebody asked before in this walk. */
  read(): readonly User[] | null;
  /** Whoever was in an answer of this walk. */
  told(id: string): User | null;
}
interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
  readonly cache: OpenWith["cache"];
}

const managerOf = (config: Config): string | null =>
  config.managers === true ? "manager($select=id,userPrincipalName)" : null;

/** Lists of people. `$expand` and counting exclude each other: with managers the count is asked for apart. */
const createReader = ({ config, client }: Pick<Parts, "config" | "client">, count: Directory["count"]) => {
  const select = selected(config);
  const expand = managerOf(config);
  return async (filter: string | null, signal: AbortSignal): Promise<readonly User[]> => {
    const params = { select, filter, expand, top: client.top, count: expand === null ? true : null };
    const users = await client.list("users", { endpoint: api.users, params, counted: expand === null }, signal);
    if (expand !== null && filter === null && users.length < (await count(signal)))
      throw client.problem("refused", `users: promised ${await count(signal)}, gave ${users.length}`, "Try again.");
    return users;
  };
};

export const createDirectory = ({ config, client, memo, groups, cache }: Parts): Directory => {
  const toPerson = personMaker(config);
  const select = selected(config);
  const known = new Map<string, User>();
  let everybody: readonly User[] | null = null;

  const count: Directory["count"] = (signal) =>
    memo("count", signal, (inner) => client.http.call(api.userCount, {}, { signal: inner, headers: advanced }));
  const read = createReader({ config, client }, count);
  const readAll = (signal: AbortSignal): Promise<readonly User[]> => read(null, signal);
  // A delta does not tell managers.
  const delta = cache && config.managers !== true ? createDelta({ client, cache, select, readAll }) : null;
  const all = (signal: AbortSignal): Promise<readonly User[]> =>
    memo("users", signal, async (inner) => {
      everybody = await (delta ?? readAll)(inner);
      return everybody;
    });
  const byIds = async (ids: readonly string[], signal: AbortSignal): Promise<readonly User[]> =>
    (
      await Promise.all(
        chunks(ids.filter(isGuid), fifteen).map((some) => read(`id in (${some.map(quoted).join(",")})`, signal)),
      )
    ).flat();

  /** Only those who could match, and `also`; null when everybody costs no more. */
  const some = async (
    { filters, groups: labels }: Narrow,
    also: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly User[] | null> => {
    const most = Math.ceil((await count(signal)) / client.top) - 1;
    // With managers a page of members would lack them.
    if (filters.length + labels.length > most || (labels.length > 0 && config.managers)) return null;
    const filter = filters.map(({ text }) => (filters.length > 1 ? `(${text})` : text)).join(" or ");
    const used = labels.length > 0 ? await groups.used(labels, signal) : [];
    const lists = await Promise.all([
      filter === "" ? [] : read(filter, signal),
      ...used.map(({ group }) => groups.everyoneIn(group.id, select, signal)),
    ]);
    const users = new Map(lists.flat().map((user) => [user.id, user]));
    const missing = also.filter((id) => !users.has(id));
    if (Math.ceil(missing.length / fifteen) > most) return null;
    for (const user of await byIds(missing, signal)) users.set(user.id, user);
    return [...users.values()];
  };

  const membership = async (
    labels: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<(id: string) => readonly string[] | null> => {
    if (labels?.length === 0) return () => null;
    const used = await groups.used(labels, signal);
    const lists = await Promise.all(
      used.map(async ({ label, group }: Used) => ({ label, users: await groups.everyoneIn(group.id, null, signal) })),
    );
    const of = new Map<string, string[]>();
    for (const { label, users } of lists)
      for (const { id } of users) {
        const mine = of.get(id);
        if (mine) mine.push(label);
        else of.set(id, [label]);
      }
    return (id) => [...new Set(of.get(id) ?? [])].sort();
  };

  const people = async (query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer> => {
    const narrow = query.match === null || everybody !== null || delta ? null : narrowAll(query.match);
    const [found, groupsOf] = await Promise.all([
      narrow === null ? null : some(narrow, query.also, signal),
      membership(query.groups, signal),
    ]);
    const users = found ?? (await all(signal));
    for (const user of users) known.set(user.id, user);
    const total = found ? await count(signal) : users.length;
    return { people: users.map((user) => toPerson(user, groupsOf(user.id))), total, everybody: found === null };
  };

  const single = async (id: string, signal: AbortSignal): Promise<User | null> => {
    try {
      return await client.http.call(api.user, { id, select, expand: managerOf(config) }, { signal });
    } catch (error) {
      if (isUnknown(error)) return null;
      throw error;
    }
  };
  /** Deleted less than 30 days ago, or unknown there too: then nobody can bring them back. */
  const deleted = async (id: string, signal: AbortSignal): Promise<Person | null> => {
    try {
      return toPerson(await client.http.call(api.deleted, { id, select }, { signal }), null, true);
    } catch (error) {
      if (isUnknown(error)) return null;
      throw error;
    }
  };
  const person: Directory["person"] = async (id, signal) => {
    const user = await single(id, signal);
    if (!user) return deleted(id, signal);
    const params = { id, top: client.top };
    const [of, every] = await Promise.all([
      client.list("groups of a person", { endpoint: api.groupsOf, params, counted: true }, signal),
      groups.all(signal),
    ]);
    known.set(user.id, user);
    return toPerson(user, [...new Set(of.map(labeller(every)))].sort());
  };

  return {
    people,
    person,
    async groups(signal) {
      const every = await groups.all(signal);
      const by = counted(every);
      return every.map((group) => ({
        id: group.id,
        name: nameOf(group),
        path: pathOf(group, (by.get(nameOf(group)) ?? 0) > 1),
      }));
    },
    count,
    read: () => everybody,
    told: (id) => known.get(id) ?? null,
  };
};
