import type { Account } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type User } from "./api.ts";
import type { Client, ListQuery, Opening } from "./client.ts";
import type { Config } from "./config.ts";
import { quoted } from "./filter.ts";

/** The people of a service as accounts: read as one list, or asked for by name where that is fewer requests. */
export interface Users {
  /** Everybody, once per walk. */
  all(signal: AbortSignal): Promise<ReadonlyMap<string, User>>;
  byId(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, User>>;
  accounts(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  one(id: string, signal: AbortSignal): Promise<User | null>;
  /** Whoever this walk has met, without a question. */
  met(id: string): User | undefined;
  /** Somebody of whom an answer came by another way. */
  meet(users: Iterable<User>): void;
  /** The directory reads whole people; whoever it read need not be read again. */
  adopt(source: () => Promise<readonly User[]> | null): void;
  forget(): void;
}

/** So many conditions fit into an address that every proxy lets through. */
const perQuestion = 40;
const maxFilter = 3000;

export const folded = (name: string): string => name.normalize("NFC").toLowerCase();
export const nameOf = (user: User): string => user.userName ?? user.emails?.find((e) => e.value)?.value ?? user.id;
const accountOf = (user: User): Account => ({ id: user.id, name: nameOf(user), active: user.active !== false });

/** The names under which an account may be asked for, best first. */
const keysOf = (user: User, key: Config["accountKey"]): readonly (readonly string[])[] => {
  const emails = (user.emails ?? []).flatMap((e) => (e.value ? [folded(e.value)] : []));
  const userName = user.userName ? [folded(user.userName)] : [];
  if (key === "userName") return [userName];
  if (key === "emails") return [emails];
  // externalId is case-exact (RFC 7643 section 3.1)
  if (key === "externalId") return [user.externalId ? [user.externalId] : []];
  return [userName, emails];
};

const conditions = (name: string, key: Config["accountKey"]): readonly string[] => {
  if (key === "externalId") return [`externalId eq ${quoted(name)}`];
  const byName = `userName eq ${quoted(name)}`;
  const byMail = `emails.value eq ${quoted(name)}`;
  return key === "userName" ? [byName] : key === "emails" ? [byMail] : name.includes("@") ? [byName, byMail] : [byName];
};

const chunked = (parts: readonly string[]): string[] => {
  const out: string[] = [];
  let chunk: string[] = [];
  let size = 0;
  for (const part of parts) {
    if (chunk.length >= perQuestion || (chunk.length > 0 && size + part.length > maxFilter)) {
      out.push(chunk.join(" or "));
      chunk = [];
      size = 0;
    }
    chunk.push(part);
    size += part.length + 4;
  }
  return chunk.length > 0 ? [...out, chunk.join(" or ")] : out;
};

interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly memo: Memo;
}
/** What an account is known by; the version guards writes where the service has versions. */
const attributes = "userName,emails,externalId,active,meta.version";

/** Two people of one name: nobody is guessed at, unless only one of them is active. */
const choose = (users: readonly User[]): User | null => {
  const [only] = users;
  if (users.length <= 1) return only ?? null;
  const active = users.filter((u) => u.active !== false);
  return active.length === 1 && active[0] ? active[0] : null;
};

export const createUsers = ({ config, client, memo }: Parts): Users => {
  const met = new Map<string, User>();
  let complete: ReadonlyMap<string, User> | null = null;
  let source: (() => Promise<readonly User[]> | null) | null = null;
  const meet = (users: Iterable<User>): void => {
    for (const user of users) met.set(user.id, user);
  };
  const begin = (signal: AbortSignal): Promise<Opening<User>> =>
    memo("users first", signal, (s) => client.begin(api.users, { attributes }, s));

  const all: Users["all"] = (signal) =>
    memo("users all", signal, async (s) => {
      const given = source?.() ?? null;
      const users = given ? await given : await (await begin(s)).rest(s);
      meet(users);
      complete = new Map(users.map((u) => [u.id, u]));
      return complete;
    });

  /** Would so many questions be cheaper than the rest of the list? The first page tells, and is not wasted. */
  const fewer = async (questions: readonly string[], signal: AbortSignal): Promise<boolean> => {
    if (complete || source?.()) return false;
    const { filter } = await client.features(signal);
    const { total, items } = await begin(signal);
    meet(items);
    const pages = items.length === 0 || total === null ? 0 : Math.ceil((total - items.length) / items.length);
    return filter && questions.length < pages;
  };
  const ask = async (questions: readonly string[], signal: AbortSignal): Promise<User[]> => {
    const query = (filter: string): ListQuery => ({ attributes, filter });
    const answers = await Promise.all(questions.map((q) => client.list(api.users, query(q), signal)));
    const users = answers.flat();
    meet(users);
    return users;
  };

  const byId: Users["byId"] = async (ids, signal) => {
    const unknown = ids.filter((id) => !met.has(id));
    const questions = chunked(unknown.map((id) => `id eq ${quoted(id)}`));
    const found = new Map<string, User>();
    if (unknown.length > 0) {
      if (await fewer(questions, signal)) await ask(questions, signal);
      else await all(signal);
    }
    for (const id of ids) {
      const user = met.get(id);
      if (user) found.set(id, user);
    }
    return found;
  };

  const index = (users: Iterable<User>): ((name: string) => User | null) => {
    const ranks: Map<string, User[]>[] = [];
    for (const user of users)
      for (const [rank, keys] of keysOf(user, config.accountKey).entries())
        for (const key of new Set(keys)) {
          ranks[rank] ??= new Map();
          const same = ranks[rank].get(key);
          if (same) same.push(user);
          else ranks[rank].set(key, [user]);
        }
    const exact = config.accountKey === "externalId";
    return (name) => {
      const key = exact ? name : folded(name);
      const hits = ranks.map((r) => r?.get(key)).find((users) => users !== undefined) ?? [];
      const one = choose(hits);
      if (!one && hits.length > 1)
        client.log("warning", `${client.connection}: ${hits.length} accounts are named ${name}; none of them is used`);
      return one;
    };
  };

  return {
    all,
    byId,
    meet,
    met: (id) => met.get(id),
    async accounts(names, signal) {
      // A person of this very directory is asked for by id.
      const known = names.filter((n) => met.has(n));
      const wanted = names.filter((n) => !met.has(n));
      const questions = chunked(wanted.flatMap((n) => conditions(n, config.accountKey)));
      const users =
        wanted.length === 0
          ? []
          : (await fewer(questions, signal))
            ? await ask(questions, signal)
            : (await all(signal)).values();
      const find = index(users);
      const found = new Map<string, Account>();
      for (const name of known) {
        const user = met.get(name);
        if (user) found.set(name, accountOf(user));
      }
      for (const name of wanted) {
        const user = find(name);
        if (user) found.set(name, accountOf(user));
      }
      return found;
    },
    async one(id, signal) {
      try {
        const user = await client.http.call(api.user, { id, attributes }, { signal });
        met.set(id, user);
        return user;
      } catch (error) {
        if (error instanceof HttpProblem && error.status === 404) return null;
        throw error;
      }
    },
    adopt(from) {
      source = from;
    },
    forget() {
      met.clear();
      complete = null;
      memo.forget("users");
    },
  };
};
