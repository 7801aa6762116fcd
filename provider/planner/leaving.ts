import type { Contender } from "./admission.ts";
import { type Board, draft, list, moveDraft, offer, releasable, stays, tierName } from "./board.ts";
import { releasesLater } from "./money.ts";
import type { HeldSeat, Listed, Member, Stranger } from "./situation.ts";
import { type Draft, type Reason, seatKey, strangerId } from "./steps.ts";
import { iso, ms, when } from "./time.ts";
import { counts, faulty, type View } from "./view.ts";

export const direct = (seat: HeldSeat): boolean => seat.inheritedFrom === null && seat.endsAt === null;

export const deactivates = (board: Board, tier: number, act: string): Pick<Listed, "code" | "sentence"> => ({
  code: "deactivates",
  sentence: `keeps the seat of ${tierName(board, tier)}: there ${act} deactivates the person, and allowDeactivation is not set`,
});

/** A seat that we take back in this plan. Where the vendor releases later it stays consumed, so nobody gets it now. */
export function frees(board: Board, view: View, seat: HeldSeat): void {
  if (slow(board, seat)) return;
  freesTier(board, view, seat);
  if (seat === view.seat && counts(view)) board.usedFreed += 1;
}

/** The license has a seat more; the pool has not, where the holder only moves. */
export function freesTier(board: Board, view: View, seat: HeldSeat): void {
  if (slow(board, seat) || faulty(seat)) return;
  const again = view.member.held.some((other) => other !== seat && other.tier === seat.tier && !faulty(other));
  if (!again) board.freed[seat.tier] = (board.freed[seat.tier] ?? 0) + 1;
}

/** The vendor keeps a released seat consumed for a while. */
export const slow = ({ situation: { tiers } }: Board, seat: HeldSeat): boolean => {
  const tier = tiers[seat.tier];
  return tier === undefined || releasesLater(tier);
};

/** A move that stopped half-way, or somebody gave them the seat that they should have: it takes no room. */
export function arrives(board: Board, contender: Omit<Contender, "frees">, { tier, holder, account }: HeldSeat) {
  const { view, otherwise } = contender;
  const step = { ...moveDraft(board, contender, tier), holder, account, there: true };
  if (!offer(board, step)) return void (otherwise && offer(board, otherwise));
  if (view.seat) freesTier(board, view, view.seat);
}

/** Until when a released seat is still consumed; null: nobody has released it. */
export const endsAt = (board: Board, { seat, owned, ours }: View): string | null => {
  const accepted = ours ? owned?.releaseUntil : undefined;
  return seat?.endsAt ?? (accepted !== undefined && ms(accepted) > board.now ? accepted : null);
};

export function endsLater(board: Board, view: View, until: string): void {
  board.due.push(ms(until));
  const sentence = `is released: the seat is consumed until ${when(until)}`;
  list(board, "leaving", view, { code: "ends-later", since: view.owned?.since ?? null, until, sentence });
}

/** Holds our seat, and nobody claims them: leaves by the grace of its cause, unless something forbids that. */
export function departs(board: Board, view: View) {
  const { seat, member } = view;
  if (!seat) return;
  const known = board.situation.memory.leaving[member.id];
  const release = endsAt(board, view);
  if (member.exempt)
    list(board, "blocked", view, { code: "exempt", sentence: "keeps the seat though no rule claims them: exempt" });
  else if (seat.inheritedFrom !== null)
    list(board, "blocked", view, {
      code: "inherited",
      sentence: `keeps the seat though no rule claims them: inherited from ${seat.inheritedFrom}`,
    });
  else if (release !== null) endsLater(board, view, release);
  else if (!releasable(board, seat.tier)) list(board, "blocked", view, deactivates(board, seat.tier, "unassigning"));
  else return leaves(board, view, view.cause === "unclaimed" && view.claims.length > 0 ? "no-tier" : view.cause);
  stays(board, view);
  if (known && release === null)
    offer(board, draft(board, view, { kind: "forget", tier: seat.tier, reason: "left-alone" }));
}

function leaves(board: Board, view: View, reason: Reason) {
  const { memory, policy } = board.situation;
  const { seat, cause, member } = view;
  if (!seat) return;
  if (spared(board, seat)) return letGo(board, view, seat);
  const grace = policy.gracePeriod[cause];
  const known = view.owned && !view.ours ? undefined : memory.leaving[member.id]; // that was about a seat which is gone
  const since = known?.cause === cause ? ms(known.since) : null;
  const until = (since ?? board.now) + grace;
  const step = (kind: "leave" | "unassign"): Draft =>
    draft(board, view, {
      kind,
      tier: seat.tier,
      reason,
      grace,
      since: since === null ? null : iso(since),
      due: since === null ? null : iso(until),
    });
  const due = until <= board.now;
  const first = board.leavers.get(member.id); // of two seats, one says that they leave
  const second = first !== undefined;
  if (!due) board.due.push(until);
  const happens = (due || (since === null && !second)) && offer(board, step(due ? "unassign" : "leave"));
  if (happens && due) frees(board, view, seat);
  const remains = happens && (!due || slow(board, seat));
  if (remains && !counts(view) && first !== true && board.situation.people.has(member.id)) board.usedTaken += 1;
  board.leavers.set(member.id, first === true || remains || (!happens && counts(view)));
  if (happens && due && !slow(board, seat)) return;
  if (!due && since !== null && !second)
    list(board, "leaving", view, {
      code: reason,
      since: known?.since ?? null,
      until: iso(until),
      sentence: `loses the seat on ${when(iso(until))}: ${leavingBecause[cause]}`,
    });
  if (counts(view)) stays(board, view);
}

const spared = ({ situation: { spared: kept, tiers } }: Board, { tier, holder }: HeldSeat): boolean =>
  kept?.has(seatKey(tiers[tier]?.license ?? "", holder)) ?? false;

/** Another pool has them now. Who approved that they lose the seat has approved the less, too. */
function letGo(board: Board, view: View, seat: HeldSeat): void {
  const { approved } = board;
  const less = (approved?.of.get(view.member.id) ?? []).some(
    ({ kind, tier }) => kind === "unassign" && tier === seat.tier,
  );
  if (view.ours) offer(board, draft(board, view, { kind: "forget", tier: seat.tier, reason: "other-pool" }), less);
  else
    list(board, "external", view, {
      code: "other-pool",
      since: seat.since,
      until: seat.endsAt,
      sentence: "holds a seat that another pool owns or claims",
    });
  if (counts(view)) stays(board, view);
}

export const leavingBecause = {
  unclaimed: "no rule claims them",
  suspended: "suspended in the directory",
  deleted: "deleted from the directory",
} as const;

/** Seats that this pool did not give. */
export const takes = {
  /** The holder's only seat, and nobody claims them. */
  external(board: Board, view: View) {
    const { seat, member, cause } = view;
    if (!seat) return;
    const { ownership } = board.situation.policy;
    const taken = ownership === "exclusive" || (ownership === "adopt" && cause !== "unclaimed");
    const fixed = member.exempt
      ? "exempt"
      : seat.inheritedFrom !== null
        ? "inherited"
        : seat.endsAt !== null
          ? "ends-later"
          : null;
    if (taken && fixed === null && releasable(board, seat.tier))
      return leaves(board, view, cause === "unclaimed" ? "external" : cause);
    if (counts(view)) stays(board, view); // claimed, though no tier's condition holds
    if (taken && fixed === null) list(board, "blocked", view, deactivates(board, seat.tier, "unassigning"));
    const through = seat.inheritedFrom === null ? "" : ` through ${seat.inheritedFrom}`;
    list(board, "external", view, {
      code: fixed ?? (cause === "unclaimed" ? "unclaimed" : cause),
      since: seat.since,
      until: seat.endsAt,
      sentence: `holds a seat${through} that this pool did not give: ${leavingBecause[cause]}`,
    });
  },
  /** A seat beyond the first one of the same person. Somebody who leaves loses them all, by the same grace. */
  spare(board: Board, view: View, seat: HeldSeat) {
    const { member, claims, cause } = view;
    const { ownership } = board.situation.policy;
    const stayer = claims.length > 0 && member.tier !== null;
    const taken = ownership === "exclusive" || (ownership === "adopt" && cause !== "unclaimed");
    const kept = !stayer && view.ours && !board.leavers.has(member.id); // nothing is taken from them now
    if (!taken || kept || member.exempt || !direct(seat) || !releasable(board, seat.tier))
      return list(board, "external", view, {
        code: "second-seat",
        since: seat.since,
        until: seat.endsAt,
        sentence: `holds a second seat, of ${tierName(board, seat.tier)}, that this pool did not give`,
      });
    const { holder, account, tier } = seat;
    if (!stayer)
      return leaves(
        board,
        { ...view, seat, owned: null, ours: false, claims: [] },
        cause === "unclaimed" ? "external" : cause,
      );
    const fault = { faulty: faulty(seat) };
    if (offer(board, draft(board, view, { kind: "unassign", tier, reason: "second-seat", holder, account, ...fault })))
      frees(board, view, seat);
  },
  /** The holder is nobody whom the directory knows. */
  stranger(board: Board, seat: Stranger) {
    const { tiers, policy, memory } = board.situation;
    if (tiers[seat.tier]?.retired) return;
    const id = strangerId(tiers[seat.tier]?.license ?? "", seat.holder);
    const view: View = {
      member: outsider(id, seat),
      owned: null,
      ownedTier: -1,
      seat,
      ours: false,
      spare: [],
      claims: [],
      cause: "unclaimed",
      undecided: null,
    };
    board.external += 1;
    if (!faulty(seat)) board.seen[seat.tier] = (board.seen[seat.tier] ?? 0) + 1;
    const taken =
      policy.ownership === "exclusive" &&
      seat.scope === "in" &&
      !seat.exempt &&
      direct(seat) &&
      releasable(board, seat.tier);
    if (taken) return leaves(board, view, "external");
    const code = seat.exempt
      ? "exempt"
      : seat.inheritedFrom !== null
        ? "inherited"
        : seat.endsAt !== null
          ? "ends-later"
          : "stranger";
    list(board, "external", view, {
      code,
      since: seat.since,
      until: seat.endsAt,
      sentence: "holds a seat and is nobody whom the directory knows",
    });
    if (memory.leaving[id]) offer(board, draft(board, view, { kind: "forget", tier: seat.tier, reason: "left-alone" }));
  },
};

const outsider = (id: string, seat: Stranger): Member => ({
  id,
  name: seat.name,
  status: "active",
  accounts: [],
  claims: [],
  undecided: [],
  tier: null,
  held: [seat],
  exempt: seat.exempt,
  scope: "in",
  lastActive: null,
});
