import { z } from "zod";
import type { Account, SeatStep } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { sideBySide } from "../http/side-by-side.ts";
import { api, type User } from "./api.ts";
import type { Client } from "./client.ts";
import { readIdentities } from "./identities.ts";

/** Ids stay, logins change: a freed login may be somebody else's tomorrow. So an id's login is looked up before a write. */
export interface People {
  /** What a list told. */
  learn(users: readonly User[]): void;
  /** The current login of each step's holder; missing: no such account. */
  logins(steps: readonly SeatStep[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  accounts(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  /** Everybody in the organization. */
  members(signal: AbortSignal): Promise<readonly User[]>;
  forget(): void;
}

/** Fewer are asked for one by one; more in one query, or by reading a list. */
const few = 20;
/** Aliases in one query. */
const perQuery = 100;
/** As GitHub allows them; those of managed users have an underscore before the enterprise's short code. */
const isLogin = (name: string): boolean => /^[a-z\d](?:[a-z\d]|[-_](?=[a-z\d])){0,99}$/i.test(name);

const Users = z.record(z.string(), z.object({ databaseId: z.number().nullable(), login: z.string() }).nullable());

const asked = async <T, R>(items: readonly T[], ask: (item: T) => Promise<R | null>): Promise<R[]> => {
  const found: R[] = [];
  for await (const one of sideBySide(items, 4, async (item) => ({ found: await ask(item) })))
    if (one.found !== null) found.push(one.found);
  return found;
};

/** Many logins in one request. What people wrote goes as variables: it is data, not syntax. */
const byQuery = async (client: Client, logins: readonly string[], signal: AbortSignal): Promise<User[]> => {
  const found: User[] = [];
  for (let from = 0; from < logins.length; from += perQuery) {
    const some = logins.slice(from, from + perQuery);
    const head = some.map((_login, i) => `$l${i}: String!`).join(", ");
    const body = some.map((_login, i) => `u${i}: user(login: $l${i}) { databaseId login }`).join(" ");
    const variables = Object.fromEntries(some.map((login, i) => [`l${i}`, login]));
    const users = Users.parse(await client.graphql(`query(${head}) { ${body} }`, variables, signal));
    for (const user of Object.values(users))
      if (user?.databaseId) found.push({ id: user.databaseId, login: user.login });
  }
  return found;
};

export const createPeople = (client: Client, memo: Memo): People => {
  const byId = new Map<string, User>();
  const byLogin = new Map<string, User>();
  const learn = (users: readonly User[]): void => {
    for (const user of users) {
      byId.set(String(user.id), user);
      byLogin.set(user.login.toLowerCase(), user);
    }
  };
  const members = (signal: AbortSignal): Promise<readonly User[]> =>
    memo("members", signal, async (s) => {
      const org = client.organization("a list of members");
      const what = `connection "${client.connection}": members of ${org}`;
      const read = (items: User[]) => ({ items, total: null });
      const found = await client.list(
        { what, endpoint: api.members, params: { org }, key: (u) => String(u.id), read },
        s,
      );
      learn(found);
      return found;
    });

  const learnIds = async (ids: readonly string[], signal: AbortSignal): Promise<void> => {
    const unknown = (): string[] => ids.filter((id) => !byId.has(id));
    if (unknown().length > few && client.config.organization !== undefined) await members(signal);
    learn(await asked(unknown(), (id) => client.find(api.userById, { id }, signal)));
  };
  const learnLogins = async (logins: readonly string[], signal: AbortSignal): Promise<void> => {
    const unknown = [...new Set(logins.map((l) => l.toLowerCase()))].filter((login) => !byLogin.has(login));
    learn(
      unknown.length > few
        ? await byQuery(client, unknown, signal)
        : await asked(unknown, (login) => client.find(api.userByLogin, { login }, signal)),
    );
  };

  return {
    learn,
    members,
    forget: () => memo.forget("members"),
    async logins(steps, signal) {
      const ids = [...new Set(steps.map((s) => s.holder))].filter((id) => /^\d+$/.test(id));
      await learnIds(ids, signal);
      return new Map(ids.flatMap((id) => (byId.has(id) ? [[id, byId.get(id)?.login ?? ""] as const] : [])));
    },
    async accounts(names, signal) {
      // A NameID need not be an e-mail: whatever cannot be a login is looked for there.
      const elsewhere = names.filter((name) => !isLogin(name));
      const linked = elsewhere.length > 0 ? await memo("identities", signal, (s) => readIdentities(client, s)) : null;
      const loginOf = (name: string) => (isLogin(name) ? name : linked?.get(name.toLowerCase())?.login);
      for (const name of elsewhere) {
        const { id, login } = linked?.get(name.toLowerCase()) ?? { id: null, login: "" };
        if (id !== null) learn([{ id, login }]);
      }
      const logins = names.map(loginOf).filter((login) => login !== undefined);
      await learnLogins(logins, signal);
      const found = new Map<string, Account>();
      for (const name of names) {
        const user = byLogin.get(loginOf(name)?.toLowerCase() ?? "");
        if (user) found.set(name, { id: String(user.id), name: user.login, active: true });
      }
      return found;
    },
  };
};
