import type { SeatStep } from "../core/connector.ts";
import type { PersonId } from "../core/person.ts";
import type { Ctx, JournalEntry } from "../core/resource.ts";
import type { PoolRecord, Unsure } from "./pool-record.ts";
import type { ReadTier } from "./pool-tiers.ts";

const unsureOf = (e: { person: PersonId; license: string; step: SeatStep; at: string }): Unsure => ({
  act: e.step.act,
  person: e.person,
  license: e.license,
  holder: e.step.holder,
  account: e.step.account,
  at: e.at,
  unanswered: true,
});

/** What an apply wrote, or was about to write, whose outcome no state has. */
export const unfinished = (record: PoolRecord, ctx: Pick<Ctx, "journal" | "key">): readonly JournalEntry[] =>
  ctx.journal.unconfirmed([ctx.key, record.id], record.apply);

/**
 * The record with what a killed or cut-off run left: seats that the journal says we wrote and that the vendor shows
 * are ours; removals that happened count towards the limit. What the vendor does not show never happened, or is too
 * new for its lists: then it stays open for as long.
 */
export const merged = (
  record: PoolRecord,
  tiers: readonly ReadTier[],
  ctx: Pick<Ctx, "journal" | "key" | "now">,
): PoolRecord => {
  const entries = unfinished(record, ctx);
  const seats = entries.filter(({ step }) => step.act !== "move" || step.to !== step.sku); // other service plans: still the same seat
  const open = [...record.unsure, ...seats.map(unsureOf)];
  if (open.length === 0) return record;
  const holds = new Map(tiers.map((t) => [t.license, new Map(t.seats.map((s) => [s.holder, s]))]));
  const owned = new Map(record.memory.owned);
  const waiting = { ...record.memory.waiting };
  const leaving = { ...record.memory.leaving };
  const written = new Set<string>();
  let removed = 0;
  for (const { act, person, license, holder, account, at } of open) {
    const seat = holds.get(license)?.get(holder);
    const key = `${license} ${holder}`;
    if (act !== "unassign") written.add(key);
    const before = owned.get(person);
    const other = before && before.license !== license ? holds.get(before.license)?.get(before.holder) : undefined;
    // A move between two systems that stopped half-way: the old seat is ours still, and the next plan goes on from it.
    if (act !== "unassign" && other && other.endsAt === undefined && seat) continue;
    if (act !== "unassign" && seat) {
      // The seat that a move gives up counts as lost: whether it was one for the better nobody knows any more.
      if (act === "move" && before && before.license !== license && !holds.get(before.license)?.has(before.holder))
        removed += 1;
      owned.set(person, { license, holder, account, since: seat.since ?? at, how: "assigned" });
      delete waiting[person];
    }
    const has = owned.get(person);
    // Who has another license now was moved; whom nobody owned an exclusive pool has taken a seat from.
    if (act === "unassign" && !seat && (!has || has.license === license || written.has(key))) {
      if (has?.license === license) owned.delete(person);
      written.delete(key);
      if (leaving[person] === undefined) removed += 1; // who was leaving counted when that began
      delete leaving[person];
    }
  }
  const settles = new Map(tiers.map((t) => [t.license, t.writer.settleMs]));
  const trailing = ({ act, license, holder, at, unanswered }: Unsure): boolean => {
    const settle = settles.get(license) ?? 0;
    const open = act === "assign" && unanswered === true && written.has(`${license} ${holder}`);
    return open && !holds.get(license)?.has(holder) && settle > 0 && Date.parse(at) + settle > ctx.now;
  };
  const last = open.at(-1);
  const removals =
    removed > 0 && last ? [...record.memory.removals, { at: last.at, count: removed }] : record.memory.removals;
  return {
    ...record,
    apply: entries.at(-1)?.apply ?? record.apply,
    unsure: open.filter(trailing),
    memory: { ...record.memory, owned, waiting, leaving, removals },
  };
};

/**
 * What is planned with while assignments are open that the vendor may list later: whoever is still claimed is asked for
 * again, and nobody is put before them; the seat of whoever is not is one to take back.
 */
export const presumed = (
  { memory, unsure }: PoolRecord,
  claimed: (person: PersonId) => boolean,
): PoolRecord["memory"] => {
  if (unsure.length === 0) return memory;
  const [owned, waiting] = [new Map(memory.owned), { ...memory.waiting }];
  const times = Object.values(waiting).map(({ since }) => since);
  for (const { person, license, holder, account, at } of unsure)
    if (!claimed(person))
      owned.set(person, owned.get(person) ?? { license, holder, account, since: at, how: "assigned" });
    // They were seated before those who wait: the order stays.
    else waiting[person] ??= { since: [at, ...times].sort()[0] ?? at, rule: "" };
  return { ...memory, owned, waiting };
};
