import type { Account } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { api, type User } from "./api.ts";
import { type Client, isUnknown, quoted } from "./client.ts";
import type { Directory } from "./directory.ts";
import { isGuid } from "./groups.ts";

interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly directory: Directory;
}
const select = "id,userPrincipalName,mail,accountEnabled,usageLocation";
const account = ({ id, userPrincipalName, accountEnabled }: User): Account => ({
  id,
  name: userPrincipalName ?? id,
  active: accountEnabled !== false,
});
const fold = (name: string): string => name.toLowerCase();

/** By id, user principal name or mail address. An address that several people have names none of them. */
export const createAccounts = ({ client, memo, directory }: Parts) => {
  const onlyOne = (users: readonly User[], name: string): User | null => {
    const [first, second] = users;
    if (second)
      client.log("warning", `${client.connection}: several users have the mail address ${name}; it names none of them`);
    return first && !second ? first : null;
  };
  const pick = (users: readonly User[], name: string): User | null =>
    users.find((user) => fold(user.userPrincipalName ?? "") === fold(name)) ??
    onlyOne(
      users.filter((user) => fold(user.mail ?? "") === fold(name)),
      name,
    );
  const exact = async (name: string, signal: AbortSignal): Promise<User | null> => {
    if (isGuid(name)) {
      try {
        return await client.http.call(api.user, { id: name, select }, { signal });
      } catch (error) {
        if (isUnknown(error)) return null;
        throw error;
      }
    }
    const params = {
      select,
      top: client.top,
      filter: `userPrincipalName eq ${quoted(name)} or mail eq ${quoted(name)}`,
    };
    return pick(await client.list("users by name", { endpoint: api.users, params, counted: false }, signal), name);
  };
  const everybody = (signal: AbortSignal): Promise<readonly User[]> =>
    memo("accounts", signal, async (inner) => {
      const params = { select, top: client.top, count: true };
      return directory.read() ?? client.list("users", { endpoint: api.users, params, counted: true }, inner);
    });
  const index = (users: readonly User[]): ((name: string) => User | null) => {
    const by = new Map<string, User>();
    const mails = new Map<string, User[]>();
    for (const user of users) {
      by.set(user.id, user);
      if (user.userPrincipalName) by.set(fold(user.userPrincipalName), user);
      if (user.mail) mails.set(fold(user.mail), [...(mails.get(fold(user.mail)) ?? []), user]);
    }
    return (name) => by.get(name) ?? by.get(fold(name)) ?? onlyOne(mails.get(fold(name)) ?? [], name);
  };
  /** Whoever was found in this walk. */
  const known = new Map<string, User>();
  const find = async (names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>> => {
    const found = new Map<string, Account>();
    for (const name of names) {
      const user = directory.told(fold(name));
      if (user) found.set(name, account(user));
    }
    const rest = [...new Set(names)].filter((name) => name !== "" && !found.has(name));
    if (rest.length === 0) return found;
    // One question per name while that is fewer than the pages of everybody.
    const few =
      directory.read() === null &&
      (rest.length <= 2 || rest.length <= Math.ceil((await directory.count(signal)) / client.top));
    const among = few ? null : index(await everybody(signal));
    await Promise.all(
      rest.map(async (name) => {
        const user = among ? among(name) : await exact(name, signal);
        if (!user) return;
        known.set(user.id, user);
        found.set(name, account(user));
      }),
    );
    return found;
  };
  return { find, told: (id: string): User | null => known.get(id) ?? null };
};
