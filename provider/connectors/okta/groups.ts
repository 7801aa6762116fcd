import { didYouMean } from "../../core/nearest.ts";
import type { Group as CoreGroup } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type Group, type Rule, type User } from "./api.ts";
import type { Client } from "./client.ts";

export interface OktaGroup extends CoreGroup {
  readonly type: string;
}
/** Okta's groups do not nest. A name is one group's among those made in Okta; groups that applications bring may repeat it. */
export interface Groups {
  all(signal: AbortSignal): Promise<readonly OktaGroup[]>;
  /** By id, name, or path where the name is ambiguous. Null: there is none. A Problem: several share it. */
  find(label: string, signal: AbortSignal): Promise<OktaGroup | null>;
  /** What a group that does not exist could have been. */
  near(label: string, prefix: string, signal: AbortSignal): Promise<string | undefined>;
  members(group: OktaGroup, signal: AbortSignal): Promise<readonly User[]>;
  /** Active rules that put people into this group. */
  rules(groupId: string, signal: AbortSignal): Promise<readonly Rule[]>;
  forget(groupId: string): void;
}

const toGroup = ({ id, type, profile, source }: Group): OktaGroup => ({
  id,
  type,
  name: profile.name,
  path: source?.id ? `/${source.id}/${profile.name}` : `/${profile.name}`,
});

/** The name, or the path where several have it. */
export const labelsOf = (all: readonly OktaGroup[]): ReadonlyMap<string, string> => {
  const count = new Map<string, number>();
  for (const { name } of all) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(all.map(({ id, name, path }) => [id, (count.get(name) ?? 0) > 1 ? path : name]));
};

const isId = (label: string): boolean => /^00g[A-Za-z0-9]{17}$/.test(label);
/** Okta gives no more of a question by name, and no second page. */
const mostNamed = 300;

export const createGroups = (client: Client, memo: Memo): Groups => {
  const readAll = async (signal: AbortSignal): Promise<readonly OktaGroup[]> => {
    const found = await client.list(
      api.groups,
      { limit: client.size.groups },
      { what: "groups", key: (g) => g.id, signal },
    );
    return found.map(toGroup);
  };
  const all = (signal: AbortSignal) => memo("groups", signal, readAll);
  const one = (label: string, found: readonly OktaGroup[]): OktaGroup | null => {
    const fitting = found.filter((group) => (label.startsWith("/") ? group.path : group.name) === label);
    if (fitting.length < 2) return fitting[0] ?? null;
    throw new Problem("conflict", `connection "${client.connection}": ${fitting.length} groups are named "${label}"`, {
      hint: `Say which by its path: ${fitting.map(({ path }) => path).join(", ")}.`,
    });
  };
  const named = async (label: string, signal: AbortSignal): Promise<OktaGroup | null> => {
    const name = label.startsWith("/") ? label.slice(label.lastIndexOf("/") + 1) : label;
    const found = await client.call(api.groupsNamed, { q: name, limit: mostNamed }, { signal });
    return one(label, found.length < mostNamed ? found.map(toGroup) : await all(signal));
  };
  const read = async (label: string, signal: AbortSignal): Promise<OktaGroup | null> => {
    const byId = isId(label) ? await client.find(api.group, { group: label }, { signal, kind: /\(UserGroup\)/ }) : null;
    return byId ? toGroup(byId) : named(label, signal);
  };
  const readRules = (signal: AbortSignal): Promise<readonly Rule[]> =>
    client.list(api.rules, { limit: 200 }, { what: "group rules", key: (rule) => rule.id, signal });
  return {
    all,
    find: (label, signal) => memo(`group ${label}`, signal, (inner) => read(label, inner)),
    async near(label, prefix, signal) {
      return didYouMean(label, [...labelsOf(await all(signal)).values()], prefix);
    },
    members: (group, signal) =>
      memo(`members ${group.id}`, signal, (inner) => {
        const walk = { what: `members of ${group.name}`, key: (user: User) => user.id, signal: inner };
        return client.list(api.members, { group: group.id, limit: client.size.members }, walk);
      }),
    async rules(groupId, signal) {
      const rules = await memo("rules", signal, readRules);
      return rules.filter(
        ({ status, actions }) => status === "ACTIVE" && actions?.assignUserToGroups?.groupIds?.includes(groupId),
      );
    },
    forget: (groupId) => memo.forget(`members ${groupId}`),
  };
};
