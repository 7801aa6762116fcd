import { type Board, compete, draft, list, offer, releasable } from "./board.ts";
import { hindered, hindrance } from "./hindered.ts";
import { arrives, direct, frees, freesTier, slow } from "./leaving.ts";
import { activityOf, lastActiveIn, seatSince, verdictOf } from "./reclaim.ts";
import type { HeldSeat, Reclaim } from "./situation.ts";
import type { Draft, Reason } from "./steps.ts";
import { iso, when } from "./time.ts";
import { bestOf, faulty, type View } from "./view.ts";

/** The tier they want, and what is to be remembered of them anyway: that they returned, or are adopted. */
export interface Goal {
  readonly desired: number;
  readonly back: Draft | null;
}

/**
 * Inactivity of somebody who holds our seat and is claimed: "taken" when the seat goes, else what is to be remembered
 * of them (`back`: that they returned), if anything.
 */
export function reclaims(board: Board, view: View, goal: Goal): "taken" | Draft | null {
  const { policy, memory, tiers } = board.situation;
  const { seat, member, owned } = view;
  const { back, desired } = goal;
  if (!seat) return back;
  const known = memory.candidates[member.id];
  if (!policy.reclaim && !known) return back;
  const forget = (reason: Reason): Draft => back ?? draft(board, view, { kind: "forget", tier: seat.tier, reason });
  const lower = policy.reclaim?.action === "downgrade" && desired <= seat.tier ? below(board, view) : [];
  const fixed =
    member.exempt || seat.inheritedFrom !== null || !releasable(board, seat.tier) || tiers[seat.tier]?.retired === true;
  if (!policy.reclaim || fixed || (policy.reclaim.action === "downgrade" && lower.length === 0))
    return known ? forget("reclaim-off") : back;
  const since = seatSince(seat, owned);
  const terms = { inactiveFor: policy.reclaim.inactiveFor, now: board.now };
  const activity = faulty(seat)
    ? "unknown"
    : activityOf(lastActiveIn(member, seat.tier), since, tiers[seat.tier], terms);
  const verdict = verdictOf(activity, since, known, { ...policy.reclaim, now: board.now });
  if (verdict.is === "too-new") board.due.push(verdict.until);
  if (verdict.is === "spared") return forget("active-again");
  if (verdict.is === "candidate") return candidate(board, view, policy.reclaim);
  if (verdict.is === "noticed") notice(board, view, verdict.until);
  return verdict.is === "due" ? take(board, view, lower, back) : back;
}

/** Where a downgrade may lead: the next tier, or one after it where the next has no account for them. */
function below({ situation: { tiers } }: Board, { seat, member, spare }: View): number[] {
  const next = tiers.findIndex(
    (tier, i) =>
      seat !== null &&
      i > seat.tier &&
      !tier.retired &&
      member.accounts[i] &&
      !spare.some((other) => other.tier === i && !direct(other)),
  );
  return next < 0 ? [] : [next];
}

const candidate = (board: Board, view: View, { notice: grace }: Reclaim): Draft =>
  draft(board, view, {
    kind: "candidate",
    tier: view.seat?.tier ?? 0,
    reason: "inactive",
    since: lastActiveIn(view.member, view.seat?.tier ?? 0),
    grace,
  });

function notice(board: Board, view: View, until: number): void {
  const known = board.situation.memory.candidates[view.member.id];
  const finite = Number.isFinite(until);
  if (finite) board.due.push(until);
  list(board, "candidates", view, {
    code: finite ? "inactive" : "activity-unknown",
    since: known?.since ?? null,
    until: finite ? iso(until) : null,
    sentence: finite
      ? `is inactive and loses the seat on ${when(iso(until))}`
      : "was inactive; keeps the seat while nobody knows about their activity",
  });
}

/** What the one whose seat is taken still has: a second seat that stays makes no room, and a pool that adopts takes it over at once. */
function remainder(board: Board, view: View, seat: HeldSeat): void {
  const { ownership } = board.situation.policy;
  const goes = (spare: HeldSeat): boolean => ownership !== "own" && direct(spare) && releasable(board, spare.tier);
  const left = bestOf(view.spare.filter((spare) => !goes(spare)));
  if (left) {
    const { tier, holder, account } = left;
    freesTier(board, view, seat);
    if (ownership !== "own" && direct(left))
      offer(board, draft(board, view, { kind: "adopt", tier, reason: "held-before", holder, account }));
    return;
  }
  frees(board, view, seat);
  if (!slow(board, seat) && board.incumbents.at(-1) === view) board.incumbents.pop(); // counts for no rule any more
}

function take(board: Board, view: View, lower: readonly number[], back: Draft | null): "taken" | Draft | null {
  const { seat, member, owned } = view;
  if (!seat) return back;
  const wants = lower.filter((tier) => !hindrance(board, member, tier));
  if (wants.length < lower.length && lower.some((tier) => hindered(board, view, tier, "does not move to"))) return back;
  if (wants.length > 0) {
    const since = owned?.since ?? "";
    const contender = {
      view,
      first: false,
      since,
      current: seat.tier,
      wants,
      reason: "inactive",
      otherwise: back,
    } as const;
    const there = view.spare.find((spare) => lower.includes(spare.tier)); // somebody gave them the lesser seat already
    if (there) arrives(board, contender, there);
    else compete(board, contender);
    return "taken";
  }
  const last = { kind: "unassign", reason: "inactive", since: lastActiveIn(member, seat.tier) } as const;
  if (!offer(board, draft(board, view, { ...last, tier: seat.tier }))) return back;
  remainder(board, view, seat);
  if (board.situation.policy.ownership === "adopt")
    for (const spare of view.spare.filter(direct)) {
      const { tier, holder, account } = spare;
      const second = draft(board, view, { ...last, tier, holder, account, faulty: faulty(spare) });
      if (releasable(board, tier) && offer(board, second)) frees(board, view, spare);
    }
  return "taken";
}
