import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { PersonId } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import { canonical } from "../core/value.ts";
import { type Memory, nothing } from "../planner/index.ts";
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
}

/**
 * The one compact record of a pool. Terraform keeps it in private state, Pulumi as a secret output. Holds no
 * secret; names people by directory id and account. The same content gives the same bytes.
 */
export interface PoolRecord {
  readonly v: 1;
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

const PREFIX = "seatwise1:";

export const newRecord = (): PoolRecord => ({
  v: 1,
  id: randomBytes(8).toString("hex"),
  generation: 1,
  apply: null,
  memory: nothing,
  unsure: [],
});

export const encodeRecord = ({ memory: { owned, ...memory }, ...record }: PoolRecord): string =>
  PREFIX + deflateRawSync(canonical({ ...record, memory, owned: toTable(owned) }), { level: 6 }).toString("base64");

/** Whose seat it is, by the vendor's id of the holder; `size`: of how many people. */
type Pinned = Pick<ReadonlyMap<string, PersonId>, "get" | "has" | "size">;
type Holders = ReadonlyMap<string, Pinned>;
const holders = new WeakMap<PoolRecord, Holders>();
/** By license. */
export const holderOf = (record: PoolRecord): Holders => {
  const found = holders.get(record);
  if (found) return found;
  const made = themselves(record.memory.owned) ?? byHolder(record.memory.owned);
  holders.set(record, made);
  return made;
};
type AllOwned = Memory["owned"];

/** One license, at the system that people are read from, so that everybody's holder is themselves: no map of 100,000 is made. */
const themselves = (owned: AllOwned): Holders | null => {
  let license: string | null = null;
  let size = 0;
  for (const person in owned) {
    size += 1;
    const one = owned[person];
    if (one?.holder !== person || (license !== null && one.license !== license)) return null;
    license = one.license;
  }
  const has = (holder: string): boolean => Object.hasOwn(owned, holder);
  const get = (holder: string): PersonId | undefined => (has(holder) ? holder : undefined);
  return new Map(license === null ? [] : [[license, { has, get, size }]]);
};
const byHolder = (owned: AllOwned): Holders => {
  const made = new Map<
    string,
    { get: Pinned["get"]; has: Pinned["has"]; size: number; readonly of: Map<string, PersonId> }
  >();
  for (const [person, { license, holder }] of Object.entries(owned)) {
    let pinned = made.get(license);
    if (!pinned) {
      const of = new Map<string, PersonId>();
      pinned = { of, get: (one) => of.get(one), has: (one) => of.has(one), size: 0 };
      made.set(license, pinned);
    }
    pinned.of.set(holder, person);
    pinned.size += 1; // people, who are more than holders where two have one
  }
  return made;
};

/** The record read last: in one run it comes with every call, and with 100,000 seats it takes 200 ms to read. */
let latest: { readonly text: string; readonly record: PoolRecord } | null = null;

export const decodeRecord = (text: string): PoolRecord => {
  if (latest?.text !== text) latest = { text, record: decoded(text) };
  return latest.record;
};

const decoded = (text: string): PoolRecord => {
  const hint = "Use the Seatwise version that wrote this state, or a newer one.";
  const version = /^seatwise(\d+):/.exec(text)?.[1];
  if (version !== undefined && version !== "1")
    throw new Problem(
      "unsupported",
      `the state holds a pool record of version ${version}; this Seatwise reads version 1`,
      { hint },
    );
  try {
    const parsed = JSON.parse(
      inflateRawSync(Buffer.from(text.slice(PREFIX.length), "base64")).toString("utf8"),
    ) as PoolRecord & { readonly owned?: unknown };
    if (parsed.v === 1) {
      const { owned, ...record } = parsed;
      const table = owned === undefined ? {} : { owned: fromTable(OwnedTable.parse(owned)) }; // the first records had an object per person
      return { ...record, memory: { ...nothing, ...parsed.memory, ...table } };
    }
    throw new Problem(
      "unsupported",
      `the state holds a pool record of version ${String(parsed.v)}; this Seatwise reads version 1`,
      { hint },
    );
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
