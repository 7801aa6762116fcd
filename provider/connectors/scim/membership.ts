import type { Group as CoreGroup } from "../../core/person.ts";
import type { Group } from "./api.ts";
import { type Groups, isNested, titleOf } from "./groups.ts";

/** Who is in which group, also through groups in groups. */
export interface Membership {
  /** Names (paths where ambiguous), sorted. */
  of(person: string): readonly string[];
  readonly groups: readonly CoreGroup[];
  /** Everybody in a group of this name or path, members of its members included. */
  in(name: string): ReadonlySet<string>;
  /** The groups that a rule may mean by this. */
  meant(name: string): readonly CoreGroup[];
}

/** SCIM groups form a graph: a group may be a member of several, even of itself in a circle. The first parent by name gives the path. */
const paths = (groups: readonly Group[]): ReadonlyMap<string, string> => {
  const parents = new Map<string, Group>();
  const ids = new Set(groups.map((g) => g.id));
  for (const group of [...groups].sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1)))
    for (const m of group.members ?? []) if (ids.has(m.value) && !parents.has(m.value)) parents.set(m.value, group);
  const path = (group: Group, seen: ReadonlySet<string>): string => {
    const parent = parents.get(group.id);
    const above = parent && !seen.has(parent.id) ? path(parent, new Set([...seen, parent.id])) : "";
    return `${above}/${titleOf(group)}`;
  };
  return new Map(groups.map((g) => [g.id, path(g, new Set([g.id]))]));
};

/** `asked`: what rules call groups. A rule may always spell the path, so whoever is in such a group is in it by that name too. */
export const membershipOf = (groups: readonly Group[], asked: readonly string[] = []): Membership => {
  const path = paths(groups);
  const byId = new Map(groups.map((g) => [g.id, g]));
  const count = (key: (g: Group) => string): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const g of groups) counts.set(key(g), (counts.get(key(g)) ?? 0) + 1);
    return counts;
  };
  const pathOf = (g: Group): string => path.get(g.id) ?? `/${titleOf(g)}`;
  const [names, twins] = [count(titleOf), count(pathOf)];
  // Nothing keeps two groups of one name apart but their id.
  const fullPath = (g: Group): string => ((twins.get(pathOf(g)) ?? 0) > 1 ? `${pathOf(g)} (${g.id})` : pathOf(g));
  const label = (g: Group): string => ((names.get(titleOf(g)) ?? 0) > 1 ? fullPath(g) : titleOf(g));

  const inside = new Map<string, Set<string>>();
  const people = (group: Group, seen: Set<string>): Set<string> => {
    const done = inside.get(group.id);
    if (done) return done;
    const all = new Set<string>();
    seen.add(group.id);
    for (const m of group.members ?? []) {
      const nested = byId.get(m.value);
      if (!nested) {
        if (!isNested(m)) all.add(m.value);
      } else if (!seen.has(nested.id)) for (const id of people(nested, seen)) all.add(id);
    }
    return all;
  };
  const groupsOf = new Map<string, string[]>();
  for (const group of groups) {
    const all = people(group, new Set());
    inside.set(group.id, all);
    const spelt = asked.includes(fullPath(group)) && label(group) !== fullPath(group) ? [fullPath(group)] : [];
    for (const id of all) {
      const list = groupsOf.get(id);
      if (list) list.push(label(group), ...spelt);
      else groupsOf.set(id, [label(group), ...spelt]);
    }
  }
  for (const list of groupsOf.values()) list.sort();
  const none: readonly string[] = [];
  const core = (g: Group): CoreGroup => ({ id: g.id, name: titleOf(g), path: fullPath(g) });
  const called = (name: string): readonly Group[] => {
    const byPath = groups.filter((g) => fullPath(g) === name);
    return byPath.length > 0 ? byPath : groups.filter((g) => titleOf(g) === name);
  };
  return {
    of: (person) => groupsOf.get(person) ?? none,
    groups: groups.map(core),
    meant: (name) => called(name).map(core),
    in: (name) => new Set(called(name).flatMap((g) => [...(inside.get(g.id) ?? [])])),
  };
};

/**
 * Only the groups that rules read, where their names say enough: asked for by name, with the groups in them. A path, a
 * name that several bear or a service without filters needs them all.
 */
export const readMembership = async (
  groups: Groups,
  names: readonly string[] | null,
  at: { readonly filter: boolean; readonly signal: AbortSignal },
): Promise<Membership> => {
  const { signal } = at;
  const plain = names !== null && names.length <= 20 && at.filter && !names.some((n) => n.startsWith("/"));
  if (!plain) return membershipOf(await groups.everything(signal), names ?? []);
  const top = await groups.named(names, signal);
  const asked = top.filter((g) => names.includes(titleOf(g)));
  if (new Set(asked.map(titleOf)).size < asked.length) return membershipOf(await groups.everything(signal), names);
  const all = new Map(asked.map((g) => [g.id, g]));
  // Without a type a member may be a group: then the ids of all groups tell.
  const untyped = asked.some((g) => g.members?.some((m) => !m.type && !m.$ref));
  const ids = new Set(untyped ? (await groups.names(signal)).map((g) => g.id) : []);
  const nestedIn = (g: Group): string[] =>
    (g.members ?? []).filter((m) => isNested(m) || ids.has(m.value)).map((m) => m.value);
  const queue = asked.flatMap(nestedIn);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (all.has(id)) continue;
    const nested = await groups.fresh(id, signal);
    if (!nested) continue;
    all.set(id, nested);
    queue.push(...nestedIn(nested));
  }
  return membershipOf([...all.values()]);
};
