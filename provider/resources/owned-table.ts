import { z } from "zod";
import type { PersonId } from "../core/person.ts";
import type { Owned } from "../planner/index.ts";
import { Column, columnOf, reader } from "./owned-column.ts";

/** Who is owned, column by column: a third smaller than an object per person, and the engine carries it in every call. */
export const OwnedTable = z.object({
  /** Sorted; UUIDs as their bytes in base64. */
  people: z.union([z.object({ uuids: z.string() }), z.object({ ids: z.array(z.string()) })]),
  license: Column,
  /** null: the person's own id. */
  holder: Column.nullable(),
  account: Column,
  since: Column,
  how: Column,
  rule: Column,
  releaseUntil: Column,
});
export type OwnedTable = z.infer<typeof OwnedTable>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const packed = (ids: readonly PersonId[]): OwnedTable["people"] =>
  ids.every((id) => uuid.test(id))
    ? { uuids: Buffer.from(ids.join("").replaceAll("-", ""), "hex").toString("base64") }
    : { ids: [...ids] };
/** Digits of a UUID from one hyphen to the next, and how many hyphens stand before them. */
const groups = [
  [0, 8, 0],
  [8, 12, 1],
  [12, 16, 2],
  [16, 20, 3],
  [20, 32, 4],
] as const;
const unpacked = (people: OwnedTable["people"]): readonly PersonId[] => {
  if ("ids" in people) return people.ids;
  const hex = Buffer.from(Buffer.from(people.uuids, "base64").toString("hex"), "latin1");
  if (hex.length % 32 !== 0) throw new Error("the list of people is cut short");
  const count = hex.length / 32;
  const text = Buffer.alloc(count * 36, "-");
  for (let i = 0; i < count; i++)
    for (const [from, end, shift] of groups) hex.copy(text, i * 36 + from + shift, i * 32 + from, i * 32 + end);
  const all = text.toString("latin1");
  return Array.from({ length: count }, (_, i) => all.slice(i * 36, i * 36 + 36));
};

export const toTable = (owned: ReadonlyMap<PersonId, Owned>): OwnedTable => {
  const rows = [...owned].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const column = (get: (one: Owned) => string | undefined): Column => columnOf(rows.map(([, one]) => get(one) ?? null));
  return {
    people: packed(rows.map(([id]) => id)),
    license: column((one) => one.license),
    holder: rows.every(([id, one]) => one.holder === id) ? null : column((one) => one.holder),
    account: column((one) => one.account),
    since: column((one) => one.since),
    how: column((one) => one.how),
    rule: column((one) => one.rule),
    releaseUntil: column((one) => one.releaseUntil),
  };
};

export const fromTable = (table: OwnedTable): ReadonlyMap<PersonId, Owned> => {
  const people = unpacked(table.people);
  const read = (column: Column) => reader(column, people.length);
  const [license, account, since] = [read(table.license), read(table.account), read(table.since)];
  const [how, rule, until] = [read(table.how), read(table.rule), read(table.releaseUntil)];
  const holder = table.holder === null ? null : read(table.holder);
  const owned = new Map<PersonId, Owned>();
  for (const [i, id] of people.entries()) {
    const [byRule, releaseUntil] = [rule(i), until(i)];
    const one: { -readonly [Field in keyof Owned]: Owned[Field] } = {
      license: license(i) ?? "",
      holder: holder ? (holder(i) ?? "") : id,
      account: account(i) ?? "",
      since: since(i) ?? "",
      how: how(i) === "adopted" ? "adopted" : "assigned",
    };
    if (byRule !== null) one.rule = byRule;
    if (releaseUntil !== null) one.releaseUntil = releaseUntil;
    owned.set(id, one);
  }
  return owned;
};
