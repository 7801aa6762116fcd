import type { User } from "./api.ts";
import type { Client } from "./client.ts";
import { ancestry, branch, type Groups, type Node, nearGroup, type Tree } from "./groups.ts";

/** Who is in which group, ancestors included: sorted labels by user id. */
export interface Membership {
  of(userId: string): readonly string[];
  /** Everybody in a group or below it, as it was read. */
  within(node: Node): readonly User[];
}

/** The groups that rules read, by node; `extra` holds a path that a rule spells out although the name would do. */
export interface Used {
  readonly nodes: readonly Node[];
  readonly extra: ReadonlyMap<string, string>;
}

/** `null`: all groups. A group that does not exist has no members, which is said, because it may be a slip of the pen. */
export const usedGroups = (tree: Tree, labels: readonly string[] | null, client: Client): Used => {
  if (labels === null) return { nodes: tree.all, extra: new Map() };
  const nodes = new Map<string, Node>();
  const extra = new Map<string, string>();
  for (const label of labels) {
    const node = tree.find(label);
    if (!node) {
      const hint = nearGroup(tree, label);
      client.log(
        "warning",
        `${client.connection}: no group is named "${label}"; nobody is in it.${hint ? ` ${hint}` : ""}`,
      );
      continue;
    }
    nodes.set(node.id, node);
    if (label !== tree.label(node)) extra.set(node.id, label);
  }
  return { nodes: [...nodes.values()], extra };
};

/**
 * Reads members group by group, because a user's representation carries no groups: a request per group and page,
 * never one per person. `full`: the groups whose members are asked for with attributes.
 */
export const readMembership = async (
  { groups, tree, used, full }: { groups: Groups; tree: Tree; used: Used; full: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Membership> => {
  const wanted = new Set(used.nodes.map((node) => node.id));
  const below = new Map(used.nodes.flatMap(branch).map((node) => [node.id, node]));
  const isFull = (node: Node): boolean => ancestry(node).some(({ id }) => full.has(id));
  const members = new Map<string, readonly User[]>();
  await Promise.all(
    [...below.values()].map(async (node) => members.set(node.id, await groups.members(node, isFull(node), signal))),
  );
  const labels = new Map<string, Set<string>>();
  for (const [id, users] of members) {
    const node = below.get(id);
    const lines = node ? ancestry(node).filter((one) => wanted.has(one.id)) : [];
    const names = lines.flatMap((one) => [tree.label(one), used.extra.get(one.id) ?? tree.label(one)]);
    for (const { id: user } of users) {
      const set = labels.get(user) ?? new Set();
      for (const name of names) set.add(name);
      labels.set(user, set);
    }
  }
  return {
    of: (userId) => [...(labels.get(userId) ?? [])].sort(),
    within: (node) => branch(node).flatMap((one) => members.get(one.id) ?? []),
  };
};
