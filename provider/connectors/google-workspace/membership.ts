import type { Group, User } from "./api.ts";
import type { Client } from "./client.ts";
import { type Book, type Groups, nearGroup } from "./groups.ts";

/** Which groups, of those that were asked for, somebody is in; directly or through groups inside them. */
export interface Membership {
  of(user: Pick<User, "id">): readonly string[];
  /** Ids of the members, and whether that is everybody. */
  within(label: string): { readonly everybody: boolean; readonly ids: readonly string[] };
}

interface Used {
  readonly group: Group;
  readonly labels: readonly string[];
}

const usedGroups = (book: Book, wanted: readonly string[] | null, client: Client): readonly Used[] => {
  if (wanted === null) return book.all.map((group) => ({ group, labels: [book.label(group)] }));
  const used = new Map<string, Used>();
  for (const label of wanted) {
    const group = book.find(label);
    if (group === null) {
      const hint = nearGroup(book, label);
      const text = `${client.connection}: no group is named "${label}"; nobody is in it.`;
      client.log("warning", hint ? `${text} ${hint}` : text);
      continue;
    }
    // A rule may mean it by name or by address: it is in the person's groups as the rule writes it.
    const known = used.get(group.id)?.labels ?? [book.label(group)];
    used.set(group.id, { group, labels: [...new Set([...known, label])] });
  }
  return [...used.values()];
};

/** One list per group (Google itself follows groups inside it), never a request per person. */
export const readMembership = async (
  { groups, client }: { readonly groups: Groups; readonly client: Client },
  wanted: readonly string[] | null,
  signal: AbortSignal,
): Promise<Membership> => {
  const used = wanted?.length === 0 ? [] : usedGroups(await groups.book(signal), wanted, client);
  const lists = await Promise.all(used.map(({ group }) => groups.members(group, true, signal)));
  const labels = new Map<string, Set<string>>();
  const forAll = new Set<string>();
  const within = new Map<string, { everybody: boolean; ids: readonly string[] }>();
  used.forEach((one, i) => {
    const members = lists[i] ?? [];
    const everybody = members.some(({ type }) => type === "CUSTOMER");
    const ids = members.flatMap(({ type, id }) => (type === "USER" && id ? [id] : []));
    for (const label of one.labels) {
      within.set(label, { everybody, ids });
      if (everybody) forAll.add(label);
      for (const id of ids) labels.set(id, (labels.get(id) ?? new Set()).add(label));
    }
  });
  return {
    of: ({ id }) => [...new Set([...forAll, ...(labels.get(id) ?? [])])].sort(),
    within: (label) => within.get(label) ?? { everybody: false, ids: [] },
  };
};
