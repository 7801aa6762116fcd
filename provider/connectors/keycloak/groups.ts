import { didYouMean } from "../../core/nearest.ts";
import type { Group } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type GroupNode, type User } from "./api.ts";
import type { Client } from "./client.ts";

export interface Node extends Group {
  readonly parent: Node | null;
  readonly children: readonly Node[];
}

/** All groups of the realm. A name that several groups have is no name: those go by their paths. */
export interface Tree {
  readonly all: readonly Node[];
  byId(id: string): Node | undefined;
  /** By `/path`, or by name. Null: there is none. A Problem: several share it. */
  find(label: string): Node | null;
  /** The name, or the path where the name is ambiguous. */
  label(node: Node): string;
}

export interface Groups {
  tree(signal: AbortSignal): Promise<Tree>;
  /** Direct members; `full` with attributes. Service accounts are among them. */
  members(group: Node, full: boolean, signal: AbortSignal): Promise<readonly User[]>;
}

export const branch = (node: Node): readonly Node[] => [node, ...node.children.flatMap(branch)];
export const ancestry = (node: Node): readonly Node[] => [...(node.parent ? ancestry(node.parent) : []), node];

const grow = (found: GroupNode, parent: Node | null): Node => {
  const children: Node[] = [];
  const node: Node = { id: found.id, name: found.name, path: found.path, parent, children };
  for (const child of found.subGroups ?? []) children.push(grow(child, node));
  return node;
};

const collect = <K, V>(items: readonly V[], key: (item: V) => K): ReadonlyMap<K, readonly V[]> => {
  const map = new Map<K, V[]>();
  for (const item of items) {
    const list = map.get(key(item));
    if (list) list.push(item);
    else map.set(key(item), [item]);
  }
  return map;
};

export const treeOf = (roots: readonly GroupNode[], connection: string): Tree => {
  const all = roots.map((root) => grow(root, null)).flatMap(branch);
  const ids = new Map(all.map((node) => [node.id, node]));
  const names = collect(all, (node) => node.name);
  const paths = collect(all, (node) => node.path);
  return {
    all,
    byId: (id) => ids.get(id),
    label: (node) => ((names.get(node.name)?.length ?? 0) > 1 ? node.path : node.name),
    find(label) {
      const found = (label.startsWith("/") ? paths : names).get(label) ?? [];
      if (found.length < 2) return found[0] ?? null;
      throw new Problem("conflict", `connection "${connection}": ${found.length} groups are named "${label}"`, {
        hint: `Say which by its path: ${found.map((node) => node.path).join(", ")}.`,
      });
    },
  };
};

/** What a group that does not exist could have been; `prefix` stands before the names. */
export const nearGroup = (tree: Tree, label: string, prefix = ""): string | undefined =>
  didYouMean(
    label,
    label.startsWith("/") ? tree.all.map((node) => node.path) : tree.all.map((node) => tree.label(node)),
    prefix,
  );

export const createGroups = (client: Client, memo: Memo): Groups => {
  const readTree = async (signal: AbortSignal): Promise<Tree> => {
    for (let attempt = 0; ; attempt += 1) {
      const [roots, { count }] = await Promise.all([
        client.call(api.groupTree, {}, { signal }),
        client.call(api.groupCount, {}, { signal }),
      ]);
      const tree = treeOf(roots, client.connection);
      if (tree.all.length === count) return tree;
      if (attempt === 0) continue; // one may have come or gone between the two questions
      // Seen on 26.7.4: with query-groups alone the list is 200 and empty.
      throw new Problem(
        "denied",
        `connection "${client.connection}": Keycloak shows ${tree.all.length} of realm "${client.realm}"'s ${count} groups`,
        { hint: "Grant its client the realm-management role view-users: query-groups alone lists no group." },
      );
    }
  };
  const readMembers = (group: Node, full: boolean, signal: AbortSignal): Promise<readonly User[]> =>
    client.pages(`members of ${group.path}`, {
      size: full ? client.size.full : client.size.brief,
      pace: full ? client.pace : undefined,
      page: (first, max) => client.call(api.members, { group: group.id, brief: !full, first, max }, { signal }),
    });
  // Whoever read a group with attributes need not read it again without.
  const withAttributes = new Set<string>();
  return {
    tree: (signal) => memo("tree", signal, readTree),
    members(group, full, signal) {
      if (full) withAttributes.add(group.id);
      const how = withAttributes.has(group.id);
      return memo(`members ${group.id} ${how ? "full" : "brief"}`, signal, (inner) => readMembers(group, how, inner));
    },
  };
};
