import { adjust, type Board, compete, draft, list, offer, releasable, stays, tierName } from "./board.ts";
import { hindered, hindrance } from "./hindered.ts";
import { arrives, deactivates, departs, direct, endsAt, endsLater, takes } from "./leaving.ts";
import { activityOf, barredBy, lastActiveIn, seatSince, usualInactive } from "./reclaim.ts";
import { reclaims } from "./reclaiming.ts";
import type { HeldSeat, Member } from "./situation.ts";
import { type Draft, staysInTier } from "./steps.ts";
import { iso, ms, when } from "./time.ts";
import { showFault, triesAgain } from "./trying.ts";
import { counts, faulty, type View, viewOf } from "./view.ts";

/** One person: which step they need at once, or that they keep their seat, or that they compete for one. */
export function judge(board: Board, member: Member) {
  const view = viewOf(member, board.situation, board.tierOf);
  count(board, view);
  if (view.owned && view.ownedTier < 0)
    return list(board, "blocked", view, {
      code: "license-unknown",
      sentence: `holds a seat of ${view.owned.license}, which is not a license of this pool`,
    });
  if (member.scope === "out") return outOfScope(board, view);
  if (view.undecided !== null) return undecided(board, view, view.undecided);
  if (view.claims.length === 0 || member.tier === null) unclaimed(board, view);
  else claimed(board, view, member.tier as number); // "undecided" was handled above
  for (const seat of view.spare) if (!goesThere(board, view, seat)) takes.spare(board, view, seat);
}

/** They move to this very seat. */
function goesThere(board: Board, view: View, { tier }: HeldSeat): boolean {
  const last = board.steps.at(-1);
  return last?.kind === "move" && last.person === view.member.id && last.tier === tier && !staysInTier(last);
}

export function count(board: Board, view: View): void {
  const { situation } = board;
  const { held } = view.member;
  for (const seat of held)
    if (held.length === 1 ? !faulty(seat) : held.find((one) => one.tier === seat.tier && !faulty(one)) === seat)
      board.seen[seat.tier] = (board.seen[seat.tier] ?? 0) + 1;
  for (const rule of view.claims) board.claimed[rule] = (board.claimed[rule] ?? 0) + 1;
  for (const { rule } of view.member.undecided) board.undecidedPerRule[rule] = (board.undecidedPerRule[rule] ?? 0) + 1;
  if (!view.seat) return;
  if (view.ours) board.owned += 1;
  else board.external += 1;
  if (!counts(view)) return;
  board.used += 1;
  if (faulty(view.seat)) {
    board.activity.unknown += 1; // nobody can use it
    return;
  }
  const inactiveFor = situation.policy.reclaim?.inactiveFor ?? usualInactive;
  const since = seatSince(view.seat, view.ours ? view.owned : null);
  board.activity[
    activityOf(lastActiveIn(view.member, view.seat.tier), since, situation.tiers[view.seat.tier], {
      inactiveFor,
      now: board.now,
    })
  ] += 1;
}

function outOfScope(board: Board, view: View) {
  const { memory } = board.situation;
  if (counts(view)) stays(board, view);
  if (view.seat && view.ours)
    list(board, "blocked", view, { code: "out-of-scope", sentence: "keeps the seat: outside the pool's scope now" });
  else if (view.seat)
    list(board, "external", view, { code: "out-of-scope", sentence: "holds a seat outside the pool's scope" });
  else if (view.claims.length > 0)
    list(board, "blocked", view, {
      code: "out-of-scope",
      sentence: "gets no seat: claimed, but outside the pool's scope",
    });
  if (!view.seat && view.owned)
    offer(board, draft(board, view, { kind: "forget", tier: view.ownedTier, reason: "seat-gone" }));
  else if (!view.seat && memory.waiting[view.member.id])
    offer(board, draft(board, view, { kind: "forget", tier: 0, reason: "not-claimed" }));
}

/** No change, whatever it is that they have. Their seat still counts. */
function undecided(board: Board, view: View, why: string) {
  const rules = view.member.undecided.map(
    ({ rule, missing }) => `rule ${board.situation.rules[rule]?.name ?? rule} needs ${missing}`,
  );
  list(board, "undecided", view, { code: "undecided", sentence: `is left as they are: ${[why, ...rules].join("; ")}` });
  if (counts(view)) stays(board, view);
}

function unclaimed(board: Board, view: View) {
  const { memory } = board.situation;
  const { seat, owned, ours, member } = view;
  if (seat && ours) return departs(board, view);
  const before = board.steps.length;
  if (seat) takes.external(board, view);
  else if (view.claims.length > 0)
    list(board, "blocked", view, { code: "no-tier", sentence: "is claimed, but no tier's condition holds for them" });
  if (board.steps.length > before || stillEnding(view)) return; // a seat that goes is all there is to remember
  const reason = owned?.releaseUntil === undefined ? "seat-gone" : "seat-ended";
  if (owned) offer(board, draft(board, view, { kind: "forget", tier: view.ownedTier, reason }));
  else if (memory.waiting[member.id])
    offer(board, draft(board, view, { kind: "forget", tier: 0, reason: "not-claimed" }));
}

function claimed(board: Board, view: View, desired: number) {
  if (!view.seat) return wants(board, view, desired);
  if (faulty(view.seat)) showFault(board, view);
  if (!view.ours) return heldBefore(board, view, desired);
  stays(board, view);
  const { seat, member } = view;
  if (endsAt(board, view) !== null) return ending(board, view, desired);
  const returned = board.remembers.leaving && board.situation.memory.leaving[member.id] !== undefined;
  const back = returned ? draft(board, view, { kind: "forget", tier: seat.tier, reason: "returned" }) : null;
  const quiet = !board.situation.policy.reclaim && !board.remembers.candidates;
  const aside = quiet ? back : reclaims(board, view, { desired, back });
  if (aside !== "taken") moves(board, view, desired, aside);
}

/** Claimed, and their seat is released already: they get it back, or the one they should have now. */
function ending(board: Board, view: View, desired: number) {
  const { tiers, memory } = board.situation;
  const { seat, member } = view;
  const until = endsAt(board, view);
  if (!seat || until === null) return;
  const at = { tier: seat.tier, reclaimedTier: reclaimedTier(board, view), now: board.now };
  const barred = barredBy(memory.cooldown[member.id], member, at);
  if (barred && barred.tiers >= seat.tier) return endsLater(board, view, until);
  const back = ms(until) > board.now && !faulty(seat) ? { back: true as const } : {}; // paid all along, unless nobody could use it
  const step = draft(board, view, { kind: "assign", tier: seat.tier, reason: "restored", since: until, ...back });
  moves(board, view, desired, tiers[seat.tier]?.retired ? null : step);
}

/** A released seat is ours until the vendor has ended it, though another one counts now. */
const stillEnding = ({ spare, owned, ownedTier }: View): boolean =>
  spare.some((seat) => seat.tier === ownedTier && seat.holder === owned?.holder);

/** They had a seat before this pool did: counted; ours only where the pool adopts. */
function heldBefore(board: Board, view: View, desired: number) {
  const { policy, memory } = board.situation;
  const { seat, member } = view;
  if (!seat) return;
  stays(board, view);
  const fixed = member.exempt
    ? "exempt"
    : seat.inheritedFrom !== null
      ? "inherited"
      : seat.endsAt !== null
        ? "ends-later"
        : null;
  if (policy.ownership !== "own" && fixed === null) {
    const aside = reclaims(board, view, {
      desired,
      back: draft(board, view, { kind: "adopt", tier: seat.tier, reason: "held-before" }),
    });
    if (aside !== "taken") moves(board, view, desired, aside);
    return;
  }
  const through = seat.inheritedFrom === null ? "" : ` through ${seat.inheritedFrom}`;
  list(board, "external", view, {
    code: fixed ?? "held-before",
    since: seat.since,
    until: seat.endsAt,
    sentence: `is claimed and holds a seat${through} that this pool did not give`,
  });
  if (stillEnding(view)) return;
  if (view.owned) offer(board, draft(board, view, { kind: "forget", tier: seat.tier, reason: "seat-gone" }));
  else if (memory.waiting[member.id])
    offer(board, draft(board, view, { kind: "forget", tier: seat.tier, reason: "seated" }));
}

/** Claimed, without a seat: competes for one, unless a cooldown or a missing account is in the way. */
function wants(board: Board, view: View, desired: number) {
  const { memory, now } = board.situation;
  const { member, owned } = view;
  const at = { tier: owned ? view.ownedTier : null, reclaimedTier: reclaimedTier(board, view), now: board.now };
  const barred = barredBy(memory.cooldown[member.id], member, at);
  const from = Math.max(desired, (barred?.tiers ?? -1) + 1);
  const tiers = barred?.until ? [] : reachable(board, view, from);
  if (tiers.length === 0) {
    if (!barred?.until && acceptable(board, from).some((tier) => hindered(board, view, tier))) return;
    if (barred?.until) {
      board.due.push(ms(barred.until));
      list(board, "blocked", view, {
        code: "cooldown",
        until: barred.until,
        sentence: `was inactive: gets no seat until ${when(barred.until)} or a sign-in`,
      });
    } else
      list(board, "blocked", view, {
        code: "no_account",
        sentence: noAccount(board, desired),
      });
    if (memory.waiting[member.id])
      offer(board, draft(board, view, { kind: "forget", tier: desired, reason: "not-claimed" }));
    return;
  }
  const first = owned !== null && owned.releaseUntil === undefined;
  const waited = memory.waiting[member.id]?.since;
  const since = waited ?? (first ? owned.since : now);
  compete(board, {
    view,
    first,
    since,
    current: null,
    wants: tiers,
    reason: first ? "restored" : waited ? "promoted" : "claimed",
  });
}

const noAccount = (board: Board, tier: number): string => {
  const via = board.situation.tiers[tier]?.via;
  if (via === undefined) return `has no account at the vendor of ${tierName(board, tier)}`;
  return `has no account at ${via}, through which seats of ${tierName(board, tier)} are given`;
};

/** The tier they want and, under `nextTier`, those after it. */
function acceptable({ situation: { policy, tiers } }: Board, desired: number, last = tiers.length): number[] {
  const end = policy.onExhaustion === "nextTier" ? last : Math.min(last, desired + 1);
  const out: number[] = [];
  for (let tier = desired; tier < end; tier++) if (!tiers[tier]?.retired) out.push(tier);
  return out;
}
/** Only where they have an account, and the vendor would not refuse it. */
export const reachable = (board: Board, { member }: View, desired: number, last?: number): number[] =>
  acceptable(board, desired, last).filter((tier) => member.accounts[tier] && !hindrance(board, member, tier));

/**
 * Holds a seat of another tier than they want, and we may move them: competes for the better one. `aside` is what is to
 * be remembered of them otherwise: one step per person.
 */
function moves(board: Board, view: View, desired: number, aside: Draft | null) {
  const { tiers, policy } = board.situation;
  const { seat, member, owned } = view;
  const fixed = !seat || seat.tier === desired || member.exempt || seat.inheritedFrom !== null;
  if (!fixed && !releasable(board, seat.tier)) list(board, "blocked", view, deactivates(board, seat.tier, "a move"));
  if (fixed || !releasable(board, seat.tier)) return remains(board, view, aside);
  const retired = tiers[seat.tier]?.retired === true;
  const up = desired < seat.tier && !retired;
  const entry = board.situation.memory.cooldown[member.id];
  const barred = barredBy(entry, member, {
    tier: seat.tier,
    reclaimedTier: reclaimedTier(board, view),
    now: board.now,
  });
  const open = (tier: number): boolean => tier !== seat.tier && tier > (barred?.tiers ?? -1);
  const has = (tier: number): boolean => view.spare.some((spare) => spare.tier === tier);
  const wants = reachable(board, view, desired, up ? seat.tier : undefined).filter((tier) => open(tier) && !has(tier));
  if (open(desired) && !has(desired)) hindered(board, view, desired, "does not move to");
  const reason = retired
    ? "license-changed"
    : up && entry
      ? "active-again"
      : up && policy.onExhaustion === "nextTier"
        ? "better-tier"
        : "tier";
  const since = (view.ours ? owned?.since : null) ?? seat.since ?? iso(board.now);
  const contender = { view, first: false, since, current: seat.tier, wants, reason, otherwise: aside } as const;
  const there = view.spare.find((spare) => spare.tier === desired && direct(spare) && open(spare.tier));
  const arrived = there && !faulty(there) ? there : null;
  if (there && !arrived) showFault(board, { ...view, seat: there });
  if (arrived) return arrives(board, contender, arrived);
  if (wants.length > 0) compete(board, contender);
  else remains(board, view, aside);
}

function remains(board: Board, view: View, aside: Draft | null): void {
  if (aside) offer(board, aside);
  adjust(board, view);
  triesAgain(board, view);
}

export const reclaimedTier = (board: Board, { member }: View): number => {
  const entry = board.situation.memory.cooldown[member.id];
  return entry ? (board.tierOf.get(entry.license) ?? -1) : -1;
};
