import type { PeopleAnswer, PeopleQuery } from "../../core/connector.ts";
import type { Group, Person, PersonId } from "../../core/person.ts";
import type { Memo } from "../http/memo.ts";
import { api, type User } from "./api.ts";
import type { Client } from "./client.ts";
import { type Config, fieldNames } from "./config.ts";
import { ancestry, type Groups } from "./groups.ts";
import { type Membership, readMembership, usedGroups } from "./membership.ts";
import { type Anchor, anchorsOf, question } from "./narrow.ts";
import { isServiceAccount, personMaker } from "./person.ts";

export interface Directory {
  people(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  groups(signal: AbortSignal): Promise<readonly Group[]>;
  count(signal: AbortSignal): Promise<number>;
  /** Everybody, if somebody asked before in this walk. */
  read(): readonly User[] | null;
  /** The user of this id or login, if an answer of this walk held them. */
  told(idOrLogin: string): User | null;
}
export interface DirectoryParts {
  readonly config: Config;
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
}

const noUser = /^User not found/;

export const createDirectory = ({ config, client, memo, groups }: DirectoryParts): Directory => {
  const names = fieldNames(config, client.connection);
  const toPerson = personMaker(config, client.connection);
  const told = new Map<string, User>();
  let everybody: readonly User[] | null = null;

  const countNow = (signal: AbortSignal): Promise<number> => client.call(api.userCount, {}, { signal });
  const count = (signal: AbortSignal): Promise<number> => memo("count", signal, countNow);

  const readAll = async (signal: AbortSignal): Promise<readonly User[]> => {
    const known = await count(signal);
    const users = await client.pages("users", {
      size: client.size.full,
      pace: client.pace,
      count: (again) => (again ? countNow(signal) : Promise.resolve(known)),
      page: async (first, max) => {
        const page = await client.call(api.users, { brief: false, first, max }, { signal });
        if (first === 0 && page.length === 0 && known > 0) throw client.hidden();
        return page;
      },
    });
    // Without a declared attribute or `unmanagedAttributePolicy`, Keycloak stores attributes and shows none.
    if (users.length > 0 && users.every((user) => Object.keys(user.attributes ?? {}).length === 0))
      client.log(
        "info",
        `${client.connection}: nobody in realm "${client.realm}" has an attribute that may be seen; see the realm's user profile`,
      );
    everybody = users;
    return users;
  };
  const all = (signal: AbortSignal): Promise<readonly User[]> => memo("users", signal, readAll);

  const single = async (id: string, signal: AbortSignal): Promise<User | null> =>
    client.find(api.user, { id }, { signal, missing: noUser });

  /** People whom `q` finds, or null when that takes as many requests as asking for everybody. */
  const where = async (
    asked: readonly Extract<Anchor, { by: "attribute" }>[],
    most: number,
    signal: AbortSignal,
  ): Promise<readonly User[] | null> => {
    if (asked.length * 2 > most) return null;
    const counts = await Promise.all(
      asked.map((anchor) => client.call(api.userCountWhere, { q: question(anchor) }, { signal })),
    );
    const pages = counts.reduce((sum, n) => sum + 1 + Math.ceil(n / client.size.full), 0);
    if (pages > most) return null;
    const lists = await Promise.all(
      asked.map((anchor, i) => {
        const q = question(anchor);
        const known = counts[i] ?? 0;
        return client.pages(`users by ${anchor.name}`, {
          size: client.size.full,
          pace: client.pace,
          count: (again) => (again ? client.call(api.userCountWhere, { q }, { signal }) : Promise.resolve(known)),
          page: (first, max) => client.call(api.usersWhere, { q, first, max }, { signal }),
        });
      }),
    );
    return lists.flat();
  };

  /** Only those who could match, and `also`; null when everybody costs no more. */
  const narrowed = async (
    query: PeopleQuery,
    narrow: readonly Anchor[],
    read: (full: ReadonlySet<string>) => Promise<Membership>,
    signal: AbortSignal,
  ): Promise<{ users: readonly User[]; membership: Membership } | null> => {
    const most = Math.ceil((await count(signal)) / client.size.full) - 1;
    const byAttribute = narrow.filter((anchor) => anchor.by === "attribute");
    const found = await where(byAttribute, most, signal);
    if (found === null) return null;
    const labels = narrow.flatMap((anchor) => (anchor.by === "group" ? [anchor.label] : []));
    if (query.groups !== null && labels.some((label) => !query.groups?.includes(label))) return null;
    const tree = labels.length > 0 ? await groups.tree(signal) : null;
    const nodes = labels.flatMap((label) => tree?.find(label) ?? []);
    const membership = await read(new Set(nodes.map((node) => node.id)));
    const users = new Map([...found, ...nodes.flatMap(membership.within)].map((user) => [user.id, user]));
    const missing = query.also.filter((id) => !users.has(id));
    if (missing.length > most) return null;
    for (const user of await Promise.all(missing.map((id) => single(id, signal)))) if (user) users.set(user.id, user);
    return { users: [...users.values()].filter((user) => !isServiceAccount(user)), membership };
  };

  const people = async (query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer> => {
    const nobody: Membership = { of: () => [], within: () => [] };
    const read = async (full: ReadonlySet<string>): Promise<Membership> => {
      if (query.groups?.length === 0) return nobody;
      const tree = await groups.tree(signal);
      const used = usedGroups(tree, query.groups, client);
      return readMembership({ groups, tree, used, full }, signal);
    };
    const person = (membership: Membership) => (user: User) => {
      told.set(user.id, user).set(user.username, user);
      return toPerson(user, query.groups?.length === 0 ? null : membership.of(user.id));
    };
    const narrow = query.match === null ? null : anchorsOf(query.match, names);
    const some = narrow && everybody === null ? await narrowed(query, narrow, read, signal) : null;
    if (some)
      return {
        people: some.users.map(person(some.membership)),
        total: await count(signal),
        everybody: false,
      };
    const [users, membership] = await Promise.all([all(signal), read(new Set())]);
    return { people: users.map(person(membership)), total: users.length, everybody: true };
  };

  return {
    people,
    async person(id, signal) {
      const user = await single(id, signal);
      if (!user) {
        // A 404 proves that somebody is gone only while the realm itself answers.
        await countNow(signal);
        return null;
      }
      const [direct, tree] = await Promise.all([client.call(api.userGroups, { id }, { signal }), groups.tree(signal)]);
      const labels = direct.flatMap(({ id: group }) => {
        const node = tree.byId(group);
        return node ? ancestry(node).map((one) => tree.label(one)) : [];
      });
      told.set(user.id, user).set(user.username, user);
      return toPerson(user, [...new Set(labels)].sort());
    },
    async groups(signal) {
      return (await groups.tree(signal)).all.map(({ id, name, path }) => ({ id, name, path }));
    },
    count,
    read: () => everybody,
    told: (idOrLogin) => told.get(idOrLogin) ?? null,
  };
};
