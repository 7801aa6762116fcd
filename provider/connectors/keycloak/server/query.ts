import type { Realm, SimUser } from "./realm.ts";

/** A parameter that should be a number and is none makes JAX-RS find no such path. */
export const isInt = (text: string | null): boolean => text === null || /^-?\d{0,9}$/.test(text);
const int = (query: URLSearchParams, name: string, otherwise: number): number => {
  const text = query.get(name);
  return text === null || text === "" ? otherwise : Number(text);
};
export const flag = (query: URLSearchParams, name: string, otherwise: boolean): boolean => {
  const text = query.get(name);
  return text === null || text === "" ? otherwise : text.toLowerCase() === "true";
};

/** `first` and `max`; a negative one counts as not given. */
export const sliced = <T>(items: readonly T[], query: URLSearchParams, most: number): readonly T[] => {
  const first = Math.max(0, int(query, "first", 0));
  const max = int(query, "max", most);
  return max < 0 ? items.slice(first) : items.slice(first, first + max);
};

const fold = (text: string | null): string => (text ?? "").toLowerCase();

/** `key:value key2:"two words"`; parts without a colon mean nothing. */
export const pairs = (q: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [, quotedKey, key, quoted, value] of q.matchAll(
    /(?:"((?:[^"\\]|\\.)*)"|([^\s":]+)):(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g,
  ))
    found.set((quotedKey ?? key ?? "").replace(/\\(.)/g, "$1"), (quoted ?? value ?? "").replace(/\\(.)/g, "$1"));
  return found;
};

type Test = (user: SimUser) => boolean;

const word = (text: string, exact: boolean): Test => {
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  const wanted = fold(quoted ?? text);
  const fields = (user: SimUser) => [user.username, fold(user.email), fold(user.firstName), fold(user.lastName)];
  if (exact || quoted !== undefined) return (user) => fields(user).includes(wanted);
  const source = wanted
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const pattern = new RegExp(`^${source}`, "s");
  return (user) => fields(user).some((field) => pattern.test(field));
};
const searched = (search: string, exact: boolean): Test => {
  const id = /^id:(.*)$/s.exec(search.trim())?.[1];
  if (id !== undefined) {
    const ids = new Set(id.trim().split(/\s+/));
    return (user) => ids.has(user.id);
  }
  const words = exact ? [search.trim()] : search.trim().split(/\s+/);
  const tests = words.filter((text) => text !== "").map((text) => word(text, exact));
  return (user) => tests.every((test) => test(user));
};
const named = (query: URLSearchParams, exact: boolean): readonly Test[] =>
  (["username", "email", "firstName", "lastName"] as const).flatMap((name) => {
    const wanted = query.get(name);
    if (wanted === null) return [];
    return [(user: SimUser) => (exact ? fold(user[name]) === fold(wanted) : fold(user[name]).includes(fold(wanted)))];
  });

/** The users that a list or a count means. Lists by name or attribute, and only those, hold service accounts too. */
export const selectUsers = (realm: Realm, query: URLSearchParams): readonly SimUser[] => {
  const all = realm.sortedUsers();
  const people = all.filter((user) => user.serviceAccountOf === null);
  const exact = flag(query, "exact", false);
  const search = query.get("search");
  if (search !== null) return people.filter(searched(search, exact));
  const tests = [...named(query, exact)];
  const enabled = query.get("enabled");
  if (enabled !== null) tests.push((user) => user.enabled === (enabled.toLowerCase() === "true"));
  const attributes = query.get("q") === null ? new Map<string, string>() : pairs(query.get("q") ?? "");
  for (const [key, value] of attributes)
    tests.push((user) => user.attributes[key]?.some((one) => fold(one) === fold(value)) ?? false);
  if (tests.length === 0) return people;
  const one = exact ? fold(query.get("username")) : "";
  const candidates = one === "" ? all : [realm.usernames.get(one)].flatMap((user) => user ?? []);
  return candidates.filter((user) => tests.every((test) => test(user)));
};
