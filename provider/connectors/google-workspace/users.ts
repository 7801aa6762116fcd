import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type User } from "./api.ts";
import type { Client } from "./client.ts";

/** Fewer single questions than this are asked rather than everybody read: a page of 500 takes as long as several of them. */
const few = 20;

const fold = (address: string): string => address.toLowerCase();
const domainOf = (address: string): string => fold(address.split("@").at(-1) ?? "");
/** A user's key in an address: an id or an e-mail address. Nothing else is anybody's. */
const isKey = (key: string): boolean => /^\d{5,30}$/.test(key) || /^[^\s@/]+@[^\s@/]+$/.test(key);

export interface Users {
  all(signal: AbortSignal): Promise<readonly User[]>;
  /** By id, primary e-mail address or alias. Null: the directory says that there is nobody. */
  one(key: string, signal: AbortSignal): Promise<User | null>;
  /** As `one`, whatever this walk knows already. */
  again(key: string, signal: AbortSignal): Promise<User | null>;
  /** Those of the keys that there are, by the key that was asked; singly or all at once, whichever is cheaper. */
  some(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, User>>;
  /** Whom an answer of this walk told of, by id, address or alias. */
  told(key: string): User | null;
  /** The ids of people who were deleted in the last 20 days, by the address that they had. */
  deleted(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  search(query: string, signal: AbortSignal): Promise<readonly User[]>;
}

export const createUsers = (client: Client, memo: Memo): Users => {
  const known = new Map<string, User>();
  /** Read, or being read: then nobody is asked for singly meanwhile. */
  let everybody = false;
  const learn = (user: User): void => {
    known.set(user.id, user);
    // An alias is one person's only, and nobody's primary address.
    for (const address of [...(user.aliases ?? []), user.primaryEmail]) known.set(fold(address), user);
  };
  const told = (key: string): User | null => known.get(key) ?? known.get(fold(key)) ?? null;

  const list = async (query: string | undefined, signal: AbortSignal): Promise<readonly User[]> => {
    const customer = await client.customer(signal);
    return client.pages<User>({
      what: "users",
      key: (user) => user.id,
      size: 500,
      page: async (cursor, size) => {
        const page = await client.call(api.users, { customer, size, query, cursor }, { signal });
        for (const user of page.users ?? []) learn(user);
        return { items: page.users ?? [], next: page.nextPageToken ?? null };
      },
    });
  };
  const all = async (signal: AbortSignal): Promise<readonly User[]> => {
    everybody = true;
    try {
      return await memo("users", signal, async (inner) => {
        const users = await list(undefined, inner);
        if (users.length > 0) return users;
        // The administrator is one at least: an empty list is one that we may not see.
        throw new Problem(
          "denied",
          `connection "${client.connection}": Google shows none of the organisation's people`,
          {
            hint: `Give the role of ${client.administrator} the privilege to read users, for all organisational units.`,
          },
        );
      });
    } catch (error) {
      everybody = false;
      throw error;
    }
  };
  /** Of an address outside of the organisation Google says "not authorized"; of a group's, that this is no user. */
  const isElsewhere = (key: string, error: unknown): boolean => {
    if (!(error instanceof HttpProblem) || !key.includes("@")) return false;
    const domain = domainOf(key);
    const ours =
      domain === domainOf(client.administrator) || [...known.values()].some((u) => domainOf(u.primaryEmail) === domain);
    return error.status === 400 || (error.status === 403 && !ours);
  };
  const ask = async (key: string, signal: AbortSignal): Promise<User | null> => {
    if (!isKey(key)) return null;
    try {
      const user = await client.find(api.user, { key }, { signal });
      if (user) learn(user);
      return user;
    } catch (error) {
      if (!isElsewhere(key, error)) throw error;
      // Only while the directory answers us at all is that said of the address.
      await client.customer(signal);
      return null;
    }
  };
  const one = (key: string, signal: AbortSignal): Promise<User | null> =>
    memo(`user ${fold(key)}`, signal, (inner) => ask(key, inner));
  return {
    all,
    one,
    again: ask,
    told,
    search: list,
    async some(keys, signal) {
      const found = new Map<string, User>();
      const wanted = [...new Set(keys)];
      const take = (): readonly string[] => {
        for (const key of wanted) {
          const user = told(key);
          if (user) found.set(key, user);
        }
        return wanted.filter((key) => !found.has(key) && isKey(key));
      };
      let rest = take();
      if (rest.length > few || (rest.length > 0 && everybody)) {
        await all(signal);
        rest = take();
      }
      // Whoever is in no list: a new address that the list does not show yet, or nobody.
      await Promise.all(
        rest.map(async (key) => {
          const user = await one(key, signal);
          if (user) found.set(key, user);
        }),
      );
      return found;
    },
    deleted: (signal) =>
      memo("deleted", signal, async (inner) => {
        const customer = await client.customer(inner);
        const users = await client.pages({
          what: "deleted users",
          key: (user: { readonly id: string }) => user.id,
          size: 500,
          page: async (cursor, size) => {
            const page = await client.call(api.deleted, { customer, size, cursor }, { signal: inner });
            return { items: page.users ?? [], next: page.nextPageToken ?? null };
          },
        });
        return new Map(users.map(({ id, primaryEmail }) => [fold(primaryEmail), id]));
      }),
  };
};
