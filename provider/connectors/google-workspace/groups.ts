import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type Group, type Member } from "./api.ts";
import type { Client } from "./client.ts";

/** All groups of the organisation. A name that several groups have is no name: those go by their e-mail addresses. */
export interface Book {
  readonly all: readonly Group[];
  /** By e-mail address, alias or name. Null: there is none. A Problem: several share the name. */
  find(label: string): Group | null;
  /** The name, or the address where the name is ambiguous. */
  label(group: Group): string;
}
export interface Groups {
  book(signal: AbortSignal): Promise<Book>;
  /** By e-mail address, without reading all groups. */
  byAddress(address: string, signal: AbortSignal): Promise<Group | null>;
  /** `derived`: with those who are in groups inside it. */
  members(group: Group, derived: boolean, signal: AbortSignal): Promise<readonly Member[]>;
  /** What this walk knows of it by now. */
  known(address: string): Group | null;
  forget(): void;
}

const fold = (text: string): string => text.toLowerCase();

export const bookOf = (all: readonly Group[], connection: string): Book => {
  const addresses = new Map(all.flatMap((g) => [g.email, ...(g.aliases ?? [])].map((a) => [fold(a), g] as const)));
  const names = new Map<string, Group[]>();
  for (const group of all) if (group.name) names.set(group.name, [...(names.get(group.name) ?? []), group]);
  const shared = (group: Group): boolean => !group.name || (names.get(group.name)?.length ?? 0) > 1;
  return {
    all,
    label: (group) => (shared(group) ? group.email : (group.name ?? group.email)),
    find(label) {
      const address = addresses.get(fold(label));
      if (address) return address;
      const found = names.get(label) ?? [];
      if (found.length < 2) return found[0] ?? null;
      throw new Problem("conflict", `connection "${connection}": ${found.length} groups are named "${label}"`, {
        hint: `Say which by its e-mail address: ${found.map((group) => group.email).join(", ")}.`,
      });
    },
  };
};

export const nearGroup = (book: Book, label: string, prefix = ""): string | undefined =>
  didYouMean(label, label.includes("@") ? book.all.map((g) => g.email) : book.all.map((g) => book.label(g)), prefix);

export const createGroups = (client: Client, memo: Memo): Groups => {
  const told = new Map<string, Group>();
  const learn = (group: Group): void => void told.set(fold(group.email), group);
  const readAll = async (signal: AbortSignal): Promise<Book> => {
    const customer = await client.customer(signal);
    const all = await client.pages<Group>({
      what: "groups",
      key: (group) => group.id,
      size: 200,
      page: async (cursor, size) => {
        const page = await client.call(api.groups, { customer, size, cursor }, { signal });
        return { items: page.groups ?? [], next: page.nextPageToken ?? null };
      },
    });
    for (const group of all) learn(group);
    return bookOf(all, client.connection);
  };
  const readMembers = (group: Group, derived: boolean, signal: AbortSignal): Promise<readonly Member[]> =>
    client.pages<Member>({
      what: `members of ${group.email}`,
      key: (member) => member.id ?? member.email ?? JSON.stringify(member),
      size: 200,
      page: async (cursor, size) => {
        const page = await client.call(api.groupMembers, { group: group.id, derived, size, cursor }, { signal });
        return { items: page.members ?? [], next: page.nextPageToken ?? null };
      },
    });
  return {
    book: (signal) => memo("groups", signal, readAll),
    byAddress: (address, signal) =>
      memo(`group ${fold(address)}`, signal, async (inner) => {
        const known = told.get(fold(address));
        if (known) return known;
        const group = await client.find(api.group, { key: address }, { signal: inner });
        if (group) learn(group);
        return group;
      }),
    members: (group, derived, signal) =>
      memo(`members ${group.id} ${derived}`, signal, (inner) => readMembers(group, derived, inner)),
    known: (address) => told.get(fold(address)) ?? null,
    forget: () => memo.forget("members "),
  };
};
