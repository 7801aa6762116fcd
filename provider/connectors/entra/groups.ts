import type { Memo } from "../http/memo.ts";
import { api, type Group, type User } from "./api.ts";
import { type Client, chunks, fifteen, isUnknown, quoted } from "./client.ts";

export interface Groups {
  /** Every group, once per walk. */
  all(signal: AbortSignal): Promise<readonly Group[]>;
  /** By name or path; several of one name: the list has them all. */
  named(name: string, signal: AbortSignal): Promise<readonly Group[]>;
  /** Groups whose membership rules read, by the words that the rules use for them. */
  used(labels: readonly string[] | null, signal: AbortSignal): Promise<readonly Used[]>;
  /** The people in a group, and in those below it; with `select` more of them than their ids. */
  everyoneIn(group: string, select: string | null, signal: AbortSignal): Promise<readonly User[]>;
  /** Its name, or its id where it is gone. */
  name(id: string, signal: AbortSignal): Promise<string>;
  /** Its members are seats: where rules read groups, those above it must be known too, and only there. */
  written(group: Group, signal: AbortSignal): Promise<void>;
  /** The groups above one, as far as they were read. */
  above(id: string): readonly Group[];
}
export interface Used {
  readonly label: string;
  readonly group: Group;
}

export const nameOf = (group: Group): string => group.displayName ?? group.id;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isGuid = (text: string): boolean => guid.test(text);

/** Names are not unique in Entra. `/NAME/ID` says which; `/NAME` is another way to write a unique one. */
export const pathOf = (group: Group, ambiguous: boolean): string =>
  ambiguous ? `/${nameOf(group)}/${group.id}` : `/${nameOf(group)}`;
const parse = (label: string): { readonly name: string; readonly id: string | null } => {
  if (isGuid(label)) return { name: label, id: label };
  if (!label.startsWith("/")) return { name: label, id: null };
  const cut = label.lastIndexOf("/");
  const last = label.slice(cut + 1);
  return cut > 0 && isGuid(last) ? { name: label.slice(1, cut), id: last } : { name: label.slice(1), id: null };
};

export const counted = (groups: readonly Group[]): ReadonlyMap<string, number> => {
  const by = new Map<string, number>();
  for (const group of groups) by.set(nameOf(group), (by.get(nameOf(group)) ?? 0) + 1);
  return by;
};
/** The word for each group in `user.groups`: its name, or its path where several share the name. */
export const labeller = (groups: readonly Group[]): ((group: Group) => string) => {
  const by = counted(groups);
  return (group) => ((by.get(nameOf(group)) ?? 0) > 1 ? pathOf(group, true) : nameOf(group));
};

export const createGroups = (client: Client, memo: Memo): Groups => {
  const readAll = (signal: AbortSignal): Promise<readonly Group[]> =>
    client.list("groups", { endpoint: api.groups, params: { top: client.top, count: true }, counted: true }, signal);
  const all = (signal: AbortSignal): Promise<readonly Group[]> => memo("groups", signal, readAll);
  const byNames = (names: readonly string[], signal: AbortSignal): Promise<readonly Group[]> =>
    client.list(
      "groups by name",
      {
        endpoint: api.groups,
        // With Graph's count: an answer without a group that is there would take the seats of everybody in it.
        params: { top: client.top, count: true, filter: `displayName in (${names.map(quoted).join(",")})` },
        counted: true,
      },
      signal,
    );
  const byId = async (id: string, signal: AbortSignal): Promise<Group | null> => {
    try {
      return await client.http.call(api.group, { id }, { signal });
    } catch (error) {
      if (isUnknown(error)) return null;
      throw error;
    }
  };
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

  const named: Groups["named"] = (label, signal) =>
    memo(`group ${label}`, signal, async (inner) => {
      const { name, id } = parse(label);
      if (id !== null) {
        const one = await byId(id, inner);
        return one ? [one] : [];
      }
      return (await byNames([name], inner)).filter((group) => nameOf(group) === name);
    });
  const usedBy = async (labels: readonly string[], signal: AbortSignal): Promise<readonly Used[]> => {
    const asked = labels.map((label) => ({ label, ...parse(label) }));
    const names = [...new Set(asked.filter(({ id }) => id === null).map(({ name }) => name))];
    const found = (await Promise.all(chunks(names, fifteen).map((some) => byNames(some, signal)))).flat();
    const result: Used[] = [];
    for (const { label, name, id } of asked) {
      const fitting = id === null ? found.filter((group) => nameOf(group) === name) : await named(label, signal);
      const [one, other] = fitting;
      if (one && !other) result.push({ label, group: one });
      else if (one)
        client.log(
          "warning",
          `${client.connection}: ${fitting.length} groups are named "${name}", so the name says none of them; write ${fitting.map((g) => pathOf(g, true)).join(" or ")}`,
        );
      else if (found.some((group) => same(nameOf(group), name)))
        client.log("warning", `${client.connection}: no group is named "${name}" in exactly these letters`);
      else
        client.log(
          "warning",
          `${client.connection}: no group ${id === null ? `is named "${name}"` : `has the id ${id}`}: a rule that reads it finds nobody there`,
        );
    }
    return result;
  };
  const targets = new Map<string, readonly Group[]>();
  let read = false;
  const readAbove = (id: string, signal: AbortSignal): Promise<void> =>
    memo(`above ${id}`, signal, async (inner) => {
      const params = { id, top: client.top };
      const endpoint = api.groupsAbove;
      targets.set(id, await client.list("groups above a group", { endpoint, params, counted: true }, inner));
    });
  /** Rules read groups: whoever joins a group that is written joins those above it, and a rule may read one of them. */
  const rulesRead = async (signal: AbortSignal): Promise<void> => {
    read = true;
    await Promise.all([...targets.keys()].map((id) => readAbove(id, signal)));
  };
  return {
    all,
    named,
    async written({ id }, signal) {
      if (!targets.has(id)) targets.set(id, []);
      if (read) await readAbove(id, signal);
    },
    above: (id) => targets.get(id) ?? [],
    async used(labels, signal) {
      await rulesRead(signal);
      if (labels !== null) return memo(`used ${JSON.stringify(labels)}`, signal, (inner) => usedBy(labels, inner));
      const every = await all(signal);
      const label = labeller(every);
      return every.map((group) => ({ label: label(group), group }));
    },
    everyoneIn: (id, select, signal) =>
      memo(`everyone ${id} ${select ?? ""}`, signal, (inner) =>
        client.list(
          "members of a group",
          { endpoint: api.everyoneIn, params: { id, select: select ?? "id", top: client.top }, counted: true },
          inner,
        ),
      ),
    name: (id, signal) =>
      memo(`name ${id}`, signal, async (inner) => {
        const one = await byId(id, inner);
        return one ? nameOf(one) : id;
      }),
  };
};
