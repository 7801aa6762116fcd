import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import type { PersonId } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import { canonical } from "../core/value.ts";
import { type Memory, nothing, type Owned } from "../planner/index.ts";
import { OwnedPeople, type Pinned, PrintedTable, parted, pinnedOf } from "./owned-people.ts";
import { fromTable, OwnedTable, toTable } from "./owned-table.ts";
import type { LicenseRef } from "./shared-fields.ts";

/** Where a license is: enough to open it again. */
export type Place = Pick<LicenseRef, "connection" | "sku" | "via">;

/** A write whose fate nobody knows (no answer came): ours if the vendor shows it. */
export interface Unsure {
  readonly act: "assign" | "unassign" | "move";
  readonly person: PersonId;
  readonly license: string;
  readonly holder: string;
  readonly account: string;
  readonly at: string;
  /** No answer came. Absent: the vendor refused, and what it refuses it may have done in part. */
  readonly unanswered?: true;
}

/**
 * The one compact record of a pool. Terraform keeps it in private state, Pulumi as a secret output. Holds no
 * secret; names people by directory id and account. The same content gives the same bytes.
 */
export interface PoolRecord {
  readonly v: 2;
  /** The pool's own id: follows it through a rename. */
  readonly id: string;
  /** Grows when a newer instance inherits this record. */
  readonly generation: number;
  /** The last apply whose outcome is in here; confirms the journal. */
  readonly apply: string | null;
  readonly memory: Memory;
  readonly unsure: readonly Unsure[];
  /** Where the licenses of owned seats are: the inputs may name others by now, and a move may have failed. */
  readonly licenses?: Readonly<Record<string, Place>>;
}

const PREFIX = "seatwise2:";

export const newRecord = (): PoolRecord => ({
  v: 2,
  id: randomBytes(8).toString("hex"),
  generation: 1,
  apply: null,
  memory: nothing,
  unsure: [],
});

/** `fresh`: from when on a vendor's list may not show an assignment yet, in milliseconds; null: it shows all of them. */
export const encodeRecord = (
  { memory: { owned, ...memory }, ...record }: PoolRecord,
  fresh: number | null = null,
): string => {
  const { printed, others } = parted(owned, fresh);
  const people = { ...(printed ? { printed } : {}), ...(others.size > 0 ? { owned: toTable(others) } : {}) };
  return PREFIX + deflateRawSync(canonical({ ...record, memory, ...people }), { level: 6 }).toString("base64");
};

type Holders = ReadonlyMap<string, Pinned>;
const holders = new WeakMap<PoolRecord, Holders>();
/** By license. */
export const holderOf = (record: PoolRecord): Holders => {
  const found = holders.get(record);
  if (found) return found;
  const { owned } = record.memory;
  const made = owned instanceof OwnedPeople ? owned.pinned() : pinnedOf(owned);
  holders.set(record, made);
  return made;
};

/** Among these ids are those of owned people: a record may know only their fingerprints. */
export const showPeople = ({ memory: { owned } }: PoolRecord, ids: () => Iterable<PersonId>): void => {
  if (owned instanceof OwnedPeople) owned.show(ids);
};

/** The record read last: in one run it comes with every call, and with 100,000 seats it takes 200 ms to read. */
let latest: { readonly text: string; readonly record: PoolRecord } | null = null;

export const decodeRecord = (text: string): PoolRecord => {
  if (latest?.text !== text) latest = { text, record: decoded(text) };
  return latest.record;
};

/** Version 1 had people by their whole ids; the first of them an object for each. */
const Old = z.record(z.string(), z.custom<Owned>());

const peopleIn = ({ owned, printed }: { owned?: unknown; printed?: unknown }, memory: { owned?: unknown }) => {
  const others =
    owned === undefined ? new Map(Object.entries(Old.parse(memory.owned ?? {}))) : fromTable(OwnedTable.parse(owned));
  return printed === undefined ? others : new OwnedPeople(PrintedTable.parse(printed), others);
};

const versions = ["1", "2"];
const decoded = (text: string): PoolRecord => {
  const hint = "Use the Seatwise version that wrote this state, or a newer one.";
  const version = /^seatwise(\d+):/.exec(text)?.[1];
  if (version !== undefined && !versions.includes(version))
    throw new Problem(
      "unsupported",
      `the state holds a pool record of version ${version}; this Seatwise reads versions up to 2`,
      { hint },
    );
  try {
    const { owned, printed, ...record } = JSON.parse(
      inflateRawSync(Buffer.from(text.slice(PREFIX.length), "base64")).toString("utf8"),
    ) as PoolRecord & { readonly owned?: unknown; readonly printed?: unknown };
    if (!versions.includes(String(record.v)))
      throw new Problem(
        "unsupported",
        `the state holds a pool record of version ${String(record.v)}; this Seatwise reads versions up to 2`,
        { hint },
      );
    const people = peopleIn({ owned, printed }, record.memory);
    return { ...record, v: 2, memory: { ...nothing, ...record.memory, owned: people } };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("invalid", "the pool's record in the state cannot be read: it is damaged", {
      hint: "Restore the state from a backup. Without the record all seats count as held before: nothing is unassigned, and `ownership: adopt` takes them over.",
    });
  }
};

/** An apply's id: sorts by time, and after the last one though that machine's clock was ahead. */
export const applyId = (now: number, last: string | null): string => {
  const before = last === null ? 0 : Number.parseInt(last.split("-")[0] ?? "", 36) || 0;
  return `${Math.max(now, before + 1)
    .toString(36)
    .padStart(9, "0")}-${randomBytes(4).toString("hex")}`;
};
