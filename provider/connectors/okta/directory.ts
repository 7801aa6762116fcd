import type { PeopleAnswer, PeopleQuery } from "../../core/connector.ts";
import type { Group, Person, PersonId } from "../../core/person.ts";
import type { Memo } from "../http/memo.ts";
import { api, type User } from "./api.ts";
import { type Client, codeOf } from "./client.ts";
import { type Config, namesOf } from "./config.ts";
import { type Groups, labelsOf, type OktaGroup } from "./groups.ts";
import { type Net, netOfAll, searchOf } from "./narrow.ts";
import { isGone, loginOf, toPerson } from "./person.ts";

export interface Directory {
  people(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  groups(signal: AbortSignal): Promise<readonly Group[]>;
  everybody(signal: AbortSignal): Promise<readonly User[]>;
  /** Everybody, if somebody asked before in this walk. */
  read(): readonly User[] | null;
  /** By id or login, case aside, if an answer of this walk held them. */
  told(idOrLogin: string): User | null;
  single(id: string, signal: AbortSignal): Promise<User | null>;
}
interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
}
/** A group as rules spell it, and who is in it. */
interface Roll {
  readonly label: string;
  readonly members: readonly User[];
}

/** People asked for one by one beside a search; more are cheaper found by reading everybody, 200 a page. */
const mostSingles = 40;

export const createDirectory = ({ config, client, memo, groups }: Parts): Directory => {
  const names = namesOf(config, client.connection);
  const told = new Map<string, User>();
  let everybodyRead: readonly User[] | null = null;

  const remember = (user: User): void => {
    told.set(user.id, user);
    const login = loginOf(user);
    if (login !== null) told.set(login.toLowerCase(), user);
  };
  const key = (user: User): string => user.id;
  /** Without `search`: the truth itself, but nobody who is deactivated. */
  const everybody = (signal: AbortSignal): Promise<readonly User[]> =>
    memo("users", signal, async (inner) => {
      everybodyRead = await client.list(
        api.users,
        { limit: client.size.users },
        { what: "people", key, signal: inner },
      );
      return everybodyRead;
    });
  const single = (id: string, signal: AbortSignal): Promise<User | null> =>
    client.find(api.user, { key: id }, { signal, kind: /\(User\)/ });

  /** An attribute that nobody has is an error to Okta: then everybody is read, and the rule decides. */
  const where = async (search: string, signal: AbortSignal): Promise<readonly User[] | null> => {
    try {
      const walk = { what: "people by search", key, signal };
      return await client.list(api.usersWhere, { search, limit: client.size.users }, walk);
    } catch (error) {
      if (codeOf(error) === "E0000031") return null;
      throw error;
    }
  };
  const rollOf = async (label: string, signal: AbortSignal): Promise<Roll> => {
    const group = await groups.find(label, signal);
    if (group) return { label, members: await groups.members(group, signal) };
    const hint = await groups.near(label, "", signal);
    const text = `${client.connection}: no group is named "${label}"; nobody is in it.${hint ? ` ${hint}` : ""}`;
    client.log("warning", text);
    return { label, members: [] };
  };
  const rollsOf = async (labels: readonly string[] | null, signal: AbortSignal): Promise<readonly Roll[]> => {
    if (labels !== null) return Promise.all(labels.map((label) => rollOf(label, signal)));
    const all = await groups.all(signal);
    const spelled = labelsOf(all);
    const roll = async (group: OktaGroup): Promise<Roll> => ({
      label: spelled.get(group.id) ?? group.name,
      members: await groups.members(group, signal),
    });
    return Promise.all(all.map(roll));
  };

  const narrowed = async (
    query: PeopleQuery,
    net: Net,
    rolls: readonly Roll[],
    signal: AbortSignal,
  ): Promise<Map<string, User> | null> => {
    if (query.groups !== null && net.groups.some((label) => !query.groups?.includes(label))) return null;
    const byLabel = new Map(rolls.map(({ label, members }) => [label, members]));
    const search = net.searches.length > 0 ? searchOf(net.searches) : null;
    const found = search === null ? [] : await where(search, signal);
    if (found === null) return null;
    const also = new Set(query.also);
    const members = net.groups.flatMap((label) => byLabel.get(label) ?? []);
    const fitting = [...found, ...members].filter((user) => !isGone(user) || also.has(user.id));
    const users = new Map(fitting.map((user) => [user.id, user]));
    return query.also.filter((id) => !users.has(id)).length > mostSingles ? null : users;
  };
  const withAlso = async (
    users: Map<string, User>,
    also: readonly PersonId[],
    signal: AbortSignal,
  ): Promise<readonly User[]> => {
    const missing = also.filter((id) => !users.has(id));
    for (const user of await Promise.all(missing.map((id) => single(id, signal)))) if (user) users.set(user.id, user);
    return [...users.values()];
  };

  const people = async (query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer> => {
    const net = query.match === null || everybodyRead !== null ? null : netOfAll(query.match, names);
    const reading = query.groups?.length === 0 ? Promise.resolve([]) : rollsOf(query.groups, signal);
    const [rolls, all] = await Promise.all([reading, net === null ? everybody(signal) : null]);
    const some = net === null ? null : await narrowed(query, net, rolls, signal);
    const listed = some ?? new Map((all ?? (await everybody(signal))).map((user) => [user.id, user]));
    const users = await withAlso(listed, query.also, signal);
    const labels = new Map<string, string[]>();
    for (const { label, members } of rolls)
      for (const { id } of members) labels.set(id, [...(labels.get(id) ?? []), label]);
    const of = ({ id }: User): readonly string[] | null =>
      query.groups?.length === 0 ? null : (labels.get(id) ?? []).sort();
    users.forEach(remember);
    return { people: users.map((user) => toPerson(user, names, of(user))), total: null, everybody: some === null };
  };

  return {
    people,
    async person(id, signal) {
      // Only Okta's own "not found" is proof; whoever is deactivated is still there, and told as deleted.
      const user = await single(id, signal);
      if (user === null) return null;
      const [mine, all] = await Promise.all([client.call(api.userGroups, { id }, { signal }), groups.all(signal)]);
      const spelled = labelsOf(all);
      remember(user);
      return toPerson(user, names, mine.map((group) => spelled.get(group.id) ?? group.profile.name).sort());
    },
    async groups(signal) {
      return (await groups.all(signal)).map(({ id, name, path }) => ({ id, name, path }));
    },
    everybody,
    read: () => everybodyRead,
    told: (idOrLogin) => told.get(idOrLogin) ?? told.get(idOrLogin.toLowerCase()) ?? null,
    single,
  };
};
