import type { Account, Seat } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type FlatGroup, type User } from "./api.ts";
import type { Client } from "./client.ts";
import type { Directory } from "./directory.ts";
import { branch, type Groups } from "./groups.ts";
import type { Skus, Target } from "./sku.ts";

export interface Seats {
  list(sku: string, signal: AbortSignal): Promise<readonly Seat[]>;
  /** Holders as they were last read in this walk, if they were. */
  known(sku: string): ReadonlySet<string> | null;
  accounts(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  /** After a write. */
  forget(): void;
}

const seat = (user: User, through?: string): Seat => ({
  holder: user.id,
  account: user.username,
  since: null,
  state: user.enabled === false ? "suspended" : "active",
  ...(through === undefined ? {} : { inheritedFrom: through }),
});

const account = ({ id, username, enabled }: User): Account => ({ id, name: username, active: enabled !== false });

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const fold = (name: string): string => name.toLowerCase();

interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
  readonly skus: Skus;
  readonly directory: Directory;
}

export const createSeats = ({ client, memo, groups, skus, directory }: Parts): Seats => {
  const lists = new Map<string, readonly Seat[]>();
  const holders = new Map<string, ReadonlySet<string>>();
  /** Only writes ask. */
  const holdersOf = (sku: string, list: readonly Seat[]): ReadonlySet<string> => {
    const found = holders.get(sku) ?? new Set(list.map(({ holder }) => holder));
    holders.set(sku, found);
    return found;
  };

  type RoleTarget = Exclude<Target, { is: "group" }>;
  const roleUsers = (t: RoleTarget, signal: AbortSignal): Promise<readonly User[]> =>
    client.pages(`holders of role ${t.role.name}`, {
      size: client.size.brief,
      page: (first, max) =>
        t.is === "realm-role"
          ? client.call(api.realmRoleUsers, { role: t.role.name, first, max }, { signal })
          : client.call(api.clientRoleUsers, { client: t.client, role: t.role.name, first, max }, { signal }),
    });
  const roleGroups = (t: RoleTarget, signal: AbortSignal): Promise<readonly FlatGroup[]> =>
    client.pages(`groups with role ${t.role.name}`, {
      size: client.size.full,
      page: (first, max) =>
        t.is === "realm-role"
          ? client.call(api.realmRoleGroups, { role: t.role.name, first, max }, { signal })
          : client.call(api.clientRoleGroups, { client: t.client, role: t.role.name, first, max }, { signal }),
    });

  /** A role given to a group is held by its members and by those of the groups below it. */
  const throughGroups = async (given: readonly FlatGroup[], signal: AbortSignal): Promise<readonly Seat[]> => {
    if (given.length === 0) return [];
    const tree = await groups.tree(signal);
    const nodes = new Set(
      given.flatMap(({ id, path }) => {
        const node = tree.byId(id);
        if (node) return branch(node);
        throw new Problem(
          "conflict",
          `connection "${client.connection}": group ${path} appeared while groups were read`,
          {
            hint: "Try again.",
          },
        );
      }),
    );
    const lists = await Promise.all(
      [...nodes].map(async (node) => (await groups.members(node, false, signal)).map((user) => seat(user, node.path))),
    );
    return lists.flat();
  };
  const roleSeats = async (t: RoleTarget, signal: AbortSignal): Promise<readonly Seat[]> => {
    const [users, given] = await Promise.all([roleUsers(t, signal), roleGroups(t, signal)]);
    if (users.length === 0) await client.mayBeEmpty(signal);
    const direct = users.map((user) => seat(user));
    const seats = new Map((await throughGroups(given, signal)).map((one) => [one.holder, one]));
    // Who holds it both ways: taking the direct one away would free nothing.
    for (const one of direct) {
      const through = seats.get(one.holder)?.inheritedFrom;
      seats.set(one.holder, through === undefined ? one : { ...one, inheritedFrom: through });
    }
    return [...seats.values()];
  };
  const read = async (sku: string, signal: AbortSignal): Promise<readonly Seat[]> => {
    const target = await skus.find(sku, signal);
    const seats =
      target.is === "group"
        ? (await groups.members(target.group, false, signal)).map((user) => seat(user))
        : await roleSeats(target, signal);
    lists.set(sku, seats);
    holders.delete(sku);
    return seats;
  };

  const exact = async (name: string, signal: AbortSignal): Promise<Account | null> => {
    if (uuid.test(name)) {
      const user = await client.find(api.user, { id: name }, { signal, missing: /^User not found/ });
      if (user) return account(user);
    }
    const [named] = await client.call(api.userNamed, { username: name }, { signal });
    if (named) return account(named);
    if (!name.includes("@")) return null;
    return onlyOne(await client.call(api.userWithEmail, { email: name }, { signal }), name);
  };
  /** A realm may allow one e-mail address for several people; then it names nobody. */
  const onlyOne = (users: readonly User[], name: string): Account | null => {
    const [first, second] = users;
    if (second)
      client.log(
        "warning",
        `${client.connection}: several users have the e-mail address ${name}; it names none of them`,
      );
    return first && !second ? account(first) : null;
  };
  const everybody = (signal: AbortSignal): Promise<readonly User[]> =>
    memo("accounts", signal, async (inner) => {
      const known = directory.read();
      if (known) return known;
      const total = await directory.count(inner);
      return client.pages("users", {
        size: client.size.brief,
        count: (again) => (again ? client.call(api.userCount, {}, { signal: inner }) : Promise.resolve(total)),
        page: async (first, max) => {
          const page = await client.call(api.users, { brief: true, first, max }, { signal: inner });
          if (first === 0 && page.length === 0 && total > 0) throw client.hidden();
          return page;
        },
      });
    });
  const index = (users: readonly User[]): ((name: string) => Account | null) => {
    const by = new Map<string, User>();
    const emails = new Map<string, User[]>();
    for (const user of users) {
      by.set(user.id, user);
      by.set(fold(user.username), user);
      if (user.email) emails.set(fold(user.email), [...(emails.get(fold(user.email)) ?? []), user]);
    }
    return (name) => {
      const user = by.get(name) ?? by.get(fold(name));
      return user ? account(user) : onlyOne(emails.get(fold(name)) ?? [], name);
    };
  };
  /** One question per name while that is fewer than the pages of everybody. */
  const fewer = async (names: readonly string[], signal: AbortSignal): Promise<boolean> => {
    return names.length <= 2 || names.length <= Math.ceil((await directory.count(signal)) / client.size.brief);
  };

  return {
    list: (sku, signal) => memo(`seats ${sku}`, signal, (inner) => read(sku, inner)),
    known(sku) {
      const list = lists.get(sku);
      return list ? holdersOf(sku, list) : null;
    },
    async accounts(names, signal) {
      const found = new Map<string, Account>();
      // Those whom the directory told of in this walk cost nothing.
      for (const name of names) {
        const user = directory.told(name) ?? directory.told(fold(name));
        if (user) found.set(name, account(user));
      }
      const rest = [...new Set(names)].filter((name) => !found.has(name));
      if (rest.length === 0) return found;
      const single = directory.read() === null && (await fewer(rest, signal));
      const find = single ? null : index(await everybody(signal));
      await Promise.all(
        rest.map(async (name) => {
          const one = find ? find(name) : await exact(name, signal);
          if (one) found.set(name, one);
        }),
      );
      return found;
    },
    forget() {
      memo.forget("seats ");
      memo.forget("members ");
      lists.clear();
      holders.clear();
    },
  };
};
