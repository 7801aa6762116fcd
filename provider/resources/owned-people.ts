import { z } from "zod";
import type { PersonId } from "../core/person.ts";
import type { Owned } from "../planner/index.ts";
import { byFingerprint, type Fingerprint, Fingerprints, fingerprintOf } from "./fingerprint.ts";
import { Column, columnOf, mapped, reader } from "./owned-column.ts";

/**
 * Those whose seat is their own account at the system that people are read from, by the fingerprint of that id: half
 * of the bytes that ids would take, and the engine carries them in every call.
 */
export const PrintedTable = z.object({
  prints: z.string(),
  license: Column,
  account: Column,
  since: Column,
  how: Column,
  rule: Column,
  releaseUntil: Column,
});
export type PrintedTable = z.infer<typeof PrintedTable>;

type Row = readonly [Fingerprint, Owned];
const rowsToTable = (rows: readonly Row[]): PrintedTable => {
  const column = (get: (one: Owned) => string | undefined): Column => columnOf(rows.map(([, one]) => get(one) ?? null));
  return {
    prints: Fingerprints.of(rows.map(([print]) => print)).packed(),
    license: column((one) => one.license),
    account: column((one) => one.account),
    since: column((one) => one.since),
    how: column((one) => one.how),
    rule: column((one) => one.rule),
    releaseUntil: column((one) => one.releaseUntil),
  };
};

/** What the id of somebody is called of whom only the fingerprint is left: the vendor lists their seat no more. */
const lost = "lost:";
export const isLost = (id: PersonId): boolean => id.startsWith(lost);
const hex = (word: number): string => word.toString(16).padStart(8, "0");
const lostId = ({ high, low }: Fingerprint): PersonId => lost + hex(high) + hex(low);
const printOf = (id: PersonId): Fingerprint | null =>
  isLost(id)
    ? { high: Number.parseInt(id.slice(5, 13), 16), low: Number.parseInt(id.slice(13), 16) }
    : fingerprintOf(id);

const withRule = ({ license, holder, account, since, how }: Owned, rule: string): Owned => ({
  license,
  holder,
  account,
  since,
  how,
  rule,
});

/** By license: whose seat it is, by the vendor's id of the holder; `size`: of how many people. */
export interface Pinned {
  get(holder: string): PersonId | undefined;
  has(holder: string): boolean;
  readonly size: number;
}

/** Owned people of whom most are kept as fingerprints. Their ids are known again once somebody shows them. */
export class OwnedPeople implements ReadonlyMap<PersonId, Owned> {
  readonly #table: PrintedTable;
  readonly #prints: Fingerprints;
  readonly #row: (place: number, id: PersonId) => Owned;
  readonly #licenseAt: (place: number) => string;
  readonly #others: ReadonlyMap<PersonId, Owned>;
  #shown: () => Iterable<PersonId> = () => [];
  /** Ids by place; null: nobody has asked for them since other people were shown. */
  #ids: readonly PersonId[] | null = null;

  constructor(table: PrintedTable, others: ReadonlyMap<PersonId, Owned>) {
    this.#table = table;
    this.#prints = Fingerprints.unpacked(table.prints);
    this.#others = others;
    const read = (column: Column) => reader(column, this.#prints.size);
    const [license, account, since] = [read(table.license), read(table.account), read(table.since)];
    const [how, rule, until] = [read(table.how), read(table.rule), read(table.releaseUntil)];
    this.#licenseAt = (place) => license(place) ?? "";
    this.#row = (place, id) => {
      const [byRule, releaseUntil] = [rule(place), until(place)];
      const one: Owned = {
        license: license(place) ?? "",
        holder: id,
        account: account(place) ?? "",
        since: since(place) ?? "",
        how: how(place) === "adopted" ? "adopted" : "assigned",
      };
      if (byRule === null && releaseUntil === null) return one; // made 100,000 times: a spread costs more than all the rest
      if (releaseUntil === null) return withRule(one, byRule ?? "");
      return { ...one, ...(byRule === null ? {} : { rule: byRule }), releaseUntil };
    };
  }

  /** The same people, whose licenses are called otherwise. */
  renamed(names: ReadonlyMap<string, string>): OwnedPeople {
    const name = (license: string): string => names.get(license) ?? license;
    const license = mapped(this.#table.license, (old) => (old === null ? null : name(old)));
    const others = [...this.#others].map(([id, one]) => [id, { ...one, license: name(one.license) }] as const);
    return new OwnedPeople({ ...this.#table, license }, new Map(others));
  }

  get size(): number {
    return this.#prints.size + this.#others.size;
  }

  get(id: PersonId): Owned | undefined {
    const place = this.#find(id);
    return place < 0 ? this.#others.get(id) : this.#row(place, id);
  }

  has(id: PersonId): boolean {
    return this.#find(id) >= 0 || this.#others.has(id);
  }

  /** Among these ids are theirs. Called only if somebody wants to know who they are. */
  show(ids: () => Iterable<PersonId>): void {
    this.#shown = ids;
    this.#ids = null;
  }

  *keys(): MapIterator<PersonId> {
    yield* this.#known();
    yield* this.#others.keys();
  }
  *entries(): MapIterator<[PersonId, Owned]> {
    for (const [place, id] of this.#known().entries()) yield [id, this.#row(place, id)];
    yield* this.#others.entries();
  }
  *values(): MapIterator<Owned> {
    for (const [, one] of this.entries()) yield one;
  }
  [Symbol.iterator](): MapIterator<[PersonId, Owned]> {
    return this.entries();
  }
  forEach(each: (one: Owned, id: PersonId, all: ReadonlyMap<PersonId, Owned>) => void): void {
    for (const [id, one] of this) each(one, id, this);
  }

  /** Nobody is listed for it: 100,000 of them are their own holders. */
  pinned(): ReadonlyMap<string, Pinned> {
    const sizes = new Map<string, number>();
    for (let place = 0; place < this.#prints.size; place++) {
      const license = this.#licenseAt(place);
      sizes.set(license, (sizes.get(license) ?? 0) + 1);
    }
    const others = pinnedOf(this.#others);
    return new Map(
      [...new Set([...sizes.keys(), ...others.keys()])].map((license): [string, Pinned] => {
        const more = others.get(license);
        const get = (holder: string): PersonId | undefined => {
          const place = this.#prints.find(holder);
          return place >= 0 && this.#licenseAt(place) === license ? holder : more?.get(holder);
        };
        const size = (sizes.get(license) ?? 0) + (more?.size ?? 0);
        return [license, { get, has: (holder) => get(holder) !== undefined, size }];
      }),
    );
  }

  #find(id: PersonId): number {
    if (!isLost(id)) return this.#prints.find(id);
    return this.#known().indexOf(id); // nobody asks this but for the few that are lost
  }

  #known(): readonly PersonId[] {
    if (this.#ids) return this.#ids;
    const ids = Array.from({ length: this.#prints.size }, (_, place) => lostId(this.#prints.at(place)));
    for (const id of this.#shown()) {
      const place = this.#prints.find(id);
      if (place >= 0) ids[place] = id;
    }
    this.#ids = ids;
    return ids;
  }
}

/** Of people who are kept with all that is known of them. */
export const pinnedOf = (owned: ReadonlyMap<PersonId, Owned>): ReadonlyMap<string, Pinned> => {
  const made = new Map<string, { of: Map<string, PersonId>; people: number }>();
  for (const [person, { license, holder }] of owned) {
    const one = made.get(license) ?? { of: new Map<string, PersonId>(), people: 0 };
    made.set(license, one);
    one.of.set(holder, person);
    one.people += 1; // people, who are more than holders where two have one
  }
  return new Map(
    [...made].map(([license, { of, people }]): [string, Pinned] => [
      license,
      { get: (holder) => of.get(holder), has: (holder) => of.has(holder), size: people },
    ]),
  );
};

/**
 * Who can be kept as a fingerprint: their own holder, a UUID, nobody else's fingerprint. Who has it since `fresh` (in
 * milliseconds) or later stays whole: the vendor may not list that seat yet, so nothing would show whose it is.
 */
export const parted = (
  owned: ReadonlyMap<PersonId, Owned>,
  fresh: number | null,
): { readonly printed: PrintedTable | null; readonly others: ReadonlyMap<PersonId, Owned> } => {
  const rows: Row[] = [];
  const others = new Map<PersonId, Owned>();
  for (const [id, one] of owned) {
    const print = one.holder === id && (fresh === null || Date.parse(one.since) < fresh) ? printOf(id) : null;
    if (print) rows.push([print, one]);
    else others.set(id, one);
  }
  rows.sort(([a], [b]) => byFingerprint(a, b));
  const alone = rows.filter(([print], i) => {
    const twin = (other: Row | undefined) => other !== undefined && byFingerprint(print, other[0]) === 0;
    return !twin(rows[i - 1]) && !twin(rows[i + 1]);
  });
  if (alone.length < rows.length) {
    const kept = new Set(alone);
    for (const row of rows) if (!kept.has(row)) others.set(row[1].holder, row[1]);
  }
  return { printed: alone.length > 0 ? rowsToTable(alone) : null, others };
};
