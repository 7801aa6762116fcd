import type { Account, Connector, Seat, SeatProblem } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { type AppUser, api, type User } from "./api.ts";
import type { Client } from "./client.ts";
import type { Directory } from "./directory.ts";
import type { Groups } from "./groups.ts";
import { emailOf, isAble, loginOf, personStatus } from "./person.ts";
import { isGroupSku, type Skus, type Target } from "./sku.ts";

export interface Seats {
  list(sku: string, signal: AbortSignal): Promise<readonly Seat[]>;
  /** Holders as they were last read in this walk, if they were. */
  known(target: Target): ReadonlySet<string> | null;
  accounts(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  /** Okta assigns no application to somebody who is deactivated. Where it is the directory they are deleted there, and nobody claims them. */
  lacks: NonNullable<Connector["lacks"]>;
  /** After a write. */
  forget(targets: readonly Target[]): void;
}

const membership = (user: User): Seat => ({
  holder: user.id,
  account: loginOf(user),
  since: null,
  state: ["suspended", "deleted"].includes(personStatus(user.status)) ? "suspended" : "active",
});

const off = new Set(["SUSPENDED", "INACTIVE", "REVOKED", "DEPROVISIONED"]);
/** Not there yet: provisioning is queued, or somebody must confirm it. */
const coming = new Set(["PENDING", "STAGED", "APPROVED"]);
const broken: SeatProblem = {
  code: "ERROR",
  text: "Okta could not provision this person in the application. Resolve the task in the Admin Console (Dashboard, Tasks), then retry it there.",
  retryable: false,
};
const time = (value: string | null | undefined): string | null =>
  value && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;

const assignment = (user: AppUser): Seat => {
  const seat = { holder: user.id, account: user.credentials?.userName ?? null, since: time(user.created) };
  const through =
    user.scope === "GROUP" ? { inheritedFrom: user._links?.group?.name ?? "a group that Okta does not name" } : {};
  if (user.syncState === "ERROR") return { ...seat, ...through, state: "error", problem: broken };
  const status = user.status ?? "ACTIVE";
  return { ...seat, ...through, state: off.has(status) ? "suspended" : coming.has(status) ? "invited" : "active" };
};

const fold = (name: string): string => name.toLowerCase();
const account = (user: User): Account => ({ id: user.id, name: loginOf(user) ?? user.id, active: isAble(user) });
/** Names asked for one by one; more are cheaper found by reading everybody. */
const mostSingles = 20;

interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
  readonly skus: Skus;
  readonly directory: Directory;
}
const idOf = (target: Target): string => (target.is === "group" ? target.group.id : target.app.id);

export const createSeats = ({ client, memo, groups, skus, directory }: Parts): Seats => {
  const holders = new Map<string, ReadonlySet<string>>();
  const read = async (target: Target, signal: AbortSignal): Promise<readonly Seat[]> => {
    if (target.is === "group") return (await groups.members(target.group, signal)).map(membership);
    const walk = { what: `users of ${target.app.label}`, key: (user: AppUser) => user.id, signal };
    const users = await client.list(api.appUsers, { app: target.app.id, limit: client.size.appUsers }, walk);
    return users.map(assignment);
  };
  const lookUp = createLookUp(client, directory);
  return {
    async list(sku, signal) {
      const target = await skus.find(sku, signal);
      return memo(`seats ${idOf(target)}`, signal, async (inner) => {
        const list = await read(target, inner);
        holders.set(idOf(target), new Set(list.map(({ holder }) => holder)));
        return list;
      });
    },
    known: (target) => holders.get(idOf(target)) ?? null,
    accounts: lookUp.find,
    lacks: ({ sku }, id) =>
      isGroupSku(sku) || (directory.told(id) ?? lookUp.told(id))?.status !== "DEPROVISIONED"
        ? null
        : {
            code: "deactivated",
            text: "the account is deactivated, and Okta assigns no application to it. Activate it in Okta (Directory, People), or claim nobody who is gone. The next plan goes on.",
          },
    forget(targets) {
      for (const target of targets) {
        memo.forget(`seats ${idOf(target)}`);
        holders.delete(idOf(target));
        if (target.is === "group") groups.forget(target.group.id);
      }
    },
  };
};

const createLookUp = (client: Client, directory: Directory) => {
  /** Whoever was found in this walk. */
  const known = new Map<string, User>();
  /** Logins are unique, addresses are not: what several people have names nobody. */
  const onlyOne = (users: readonly User[], name: string): User | null => {
    const [first, second] = users;
    if (second)
      client.log(
        "warning",
        `${client.connection}: several people have the e-mail address ${name}; it names none of them`,
      );
    return first && !second ? first : null;
  };
  const byEmail = async (name: string, signal: AbortSignal): Promise<User | null> => {
    if (!name.includes("@") || /["\\]/.test(name)) return null;
    const search = `profile.email eq "${name}"`;
    return onlyOne(await client.call(api.usersWhere, { search, limit: 2 }, { signal }), name);
  };
  const exact = async (name: string, signal: AbortSignal): Promise<User | null> => {
    if (name === "" || name === "." || name === "..") return null;
    // Okta also takes a login's first part, and `me`: a name that only begins like somebody's is nobody's.
    const user = await client.find(api.user, { key: name }, { signal, kind: /\(User\)/ });
    const own = user ? [user.id, loginOf(user), emailOf(user)].map((one) => fold(one ?? "")) : [];
    return own.includes(fold(name)) ? user : byEmail(name, signal);
  };
  const index = (users: readonly User[]): ((name: string) => User | null) => {
    const by = new Map<string, User>();
    const emails = new Map<string, User[]>();
    for (const user of users) {
      by.set(user.id, user).set(fold(loginOf(user) ?? user.id), user);
      const email = fold(emailOf(user) ?? "");
      emails.set(email, [...(emails.get(email) ?? []), user]);
    }
    return (name) =>
      by.get(name) ?? by.get(fold(name)) ?? (name === "" ? null : onlyOne(emails.get(fold(name)) ?? [], name));
  };
  const look: Seats["accounts"] = async (names, signal) => {
    const found = new Map<string, Account>();
    for (const name of names) {
      const user = directory.told(name);
      if (user) found.set(name, account(user));
    }
    const rest = [...new Set(names)].filter((name) => !found.has(name));
    if (rest.length === 0) return found;
    const all = directory.read() ?? (rest.length > mostSingles ? await directory.everybody(signal) : null);
    const find = all ? index(all) : null;
    const add = async (name: string): Promise<void> => {
      const user = find ? find(name) : await exact(name, signal);
      if (!user) return;
      known.set(user.id, user);
      found.set(name, account(user));
    };
    await Promise.all(rest.map(add));
    return found;
  };
  return { find: look, told: (id: string): User | null => known.get(id) ?? null };
};
