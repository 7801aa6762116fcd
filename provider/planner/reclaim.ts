import type { PersonId } from "../core/person.ts";
import type { HeldSeat, Member, Memory, Owned, Reclaim, Tier } from "./situation.ts";
import { day, ms } from "./time.ts";

/** Evidence that is this old says nothing about now. Vendors report within 72 hours at worst; a week of silence is a broken feed. */
export const staleAfter = 7 * day;
/** Where the pool does not reclaim, the position still tells active from inactive: the threshold most products use. */
export const usualInactive = 60 * day;

export type Activity = "active" | "inactive" | "unknown";

/**
 * Inactive needs proof: the vendor has reported, lately, and over a span as long as `inactiveFor` in which the person
 * had this seat there was nothing. No report, a young report or a young seat is unknown.
 */
export function activityOf(
  lastActive: string | null,
  since: string | null,
  tier: Tier | undefined,
  terms: { inactiveFor: number; now: number },
): Activity {
  if (!tier?.usage || lastActive === null) return "unknown";
  const asOf = Math.min(ms(tier.usage.asOf), terms.now);
  const last = ms(lastActive);
  if (terms.now - asOf > staleAfter) return "unknown";
  if (asOf - last < terms.inactiveFor) return "active";
  const silentFrom = Math.max(last, ms(tier.usage.coverageFrom), since === null ? Number.NEGATIVE_INFINITY : ms(since));
  return asOf - silentFrom >= terms.inactiveFor ? "inactive" : "unknown";
}

/** By the signal of that tier, and no other's: use of one product says nothing about another. */
export const lastActiveIn = (member: Member, tier: number): string | null =>
  member.lastActiveIn ? (member.lastActiveIn[tier] ?? null) : member.lastActive;

/** Since when they have the seat: an adopted one is older than our knowledge of it, and one given back is new. */
export const seatSince = (seat: HeldSeat, owned: Owned | null): string | null =>
  owned?.how === "assigned" ? owned.since : (seat.since ?? owned?.since ?? null);

export type Verdict =
  | { readonly is: "keep" }
  /** Nothing speaks for taking it, except that the seat is too new until then. */
  | { readonly is: "too-new"; readonly until: number }
  | { readonly is: "candidate" }
  | { readonly is: "noticed"; readonly until: number }
  | { readonly is: "due" }
  | { readonly is: "spared" };

/** What reclaim says of a seat that is ours to take. */
export function verdictOf(
  activity: Activity,
  since: string | null,
  known: Memory["candidates"][PersonId] | undefined,
  reclaim: Reclaim & { now: number },
): Verdict {
  const { now } = reclaim;
  if (activity === "active") return known ? { is: "spared" } : { is: "keep" };
  if (activity === "unknown") return known ? { is: "noticed", until: Number.POSITIVE_INFINITY } : { is: "keep" };
  const oldEnough = since === null ? now : ms(since) + reclaim.newSeatGrace;
  if (!known && now < oldEnough) return { is: "too-new", until: oldEnough };
  if (!known) return reclaim.notice > 0 ? { is: "candidate" } : { is: "due" };
  const until = ms(known.since) + reclaim.notice;
  return now < until ? { is: "noticed", until } : { is: "due" };
}

/** Which tiers a reclaimed person may not have now: none, those down to `above`, or all of them until a date. */
export type Barred = { readonly tiers: number; readonly until: string | null } | null;

/**
 * Signing in again ends a cooldown at once. Somebody who was moved down stays down until then, however long it takes:
 * otherwise they would move up and down with the calendar.
 */
export function barredBy(
  entry: Memory["cooldown"][PersonId] | undefined,
  member: Member,
  at: { tier: number | null; reclaimedTier: number; now: number },
): Barred {
  if (!entry) return null;
  // Who was moved down has no seat any more that the old signal could be about.
  for (const tier of at.tier === null ? [at.reclaimedTier] : [at.reclaimedTier, at.tier]) {
    const last = lastActiveIn(member, tier);
    if (last !== null && ms(last) > ms(entry.since)) return null;
  }
  if (at.tier !== null && at.tier > at.reclaimedTier) return { tiers: at.reclaimedTier, until: null };
  return ms(entry.until) > at.now ? { tiers: Number.POSITIVE_INFINITY, until: entry.until } : null;
}
