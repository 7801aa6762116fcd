import type { PersonId } from "../core/person.ts";
import { type Board, boardOf, draft, list, offer, releasable, stays } from "./board.ts";
import { finish } from "./finish.ts";
import { count } from "./judge.ts";
import { deactivates, endsAt, endsLater, frees } from "./leaving.ts";
import { refusalOf } from "./limit.ts";
import type { Listed, Member, Plan, Situation } from "./situation.ts";
import { seatKey } from "./steps.ts";
import { type View, viewOf } from "./view.ts";

/** What other, living pools have: a seat that one of them owns or claims is not ours to release. */
export interface Living {
  /** `seatKey`s of the seats that they own, and of the accounts that they claim. */
  readonly seats: ReadonlySet<string>;
  /** People they claim, per license. */
  readonly claims: ReadonlyMap<string, ReadonlySet<PersonId>>;
}

/**
 * What a destroy may release: seats that are ours, and only where `onDestroy` says so; under the same limit as any
 * other removal.
 */
export function planRelease(situation: Situation, living: Living): Plan {
  const board = boardOf(situation);
  for (const member of situation.people.values()) releases(board, member, living);
  const made = finish(board);
  if (situation.policy.enforce === "none") return made;
  // Rules that go with their pool lose nobody by a slip in their condition: the numbers alone decide.
  return { ...made, refusal: refusalOf(situation, made.steps, situation.memory.ruleCounts) };
}

function releases(board: Board, member: Member, living: Living) {
  const { situation } = board;
  const view = viewOf(member, situation, board.tierOf);
  count(board, view);
  const { seat, owned, ours } = view;
  if (!seat || !ours) return;
  const kept = situation.policy.onDestroy === "retain" ? null : keeps(board, view, living);
  const ends = endsAt(board, view);
  if (situation.policy.onDestroy === "release" && ends === null && kept === null) {
    if (
      offer(
        board,
        draft(board, view, { kind: "unassign", tier: seat.tier, reason: "destroyed", rule: owned?.rule ?? null }),
      )
    )
      return frees(board, view, seat);
  } else if (ends !== null) endsLater(board, view, ends);
  else if (kept) list(board, "blocked", view, kept);
  stays(board, view);
}

type Why = Pick<Listed, "code" | "sentence">;

function keeps(board: Board, { seat, member }: View, living: Living): Why | null {
  if (!seat) return null;
  const license = board.situation.tiers[seat.tier]?.license ?? "";
  if (member.exempt) return { code: "exempt", sentence: "keeps the seat: exempt" };
  if (member.scope !== "in")
    return { code: "out-of-scope", sentence: "keeps the seat: outside the pool's scope, or undecided" };
  if (seat.inheritedFrom !== null)
    return { code: "inherited", sentence: `keeps the seat: inherited from ${seat.inheritedFrom}` };
  if (living.seats.has(seatKey(license, seat.holder)) || living.claims.get(license)?.has(member.id))
    return { code: "living-pool", sentence: "keeps the seat: another pool owns or claims it" };
  return releasable(board, seat.tier) ? null : deactivates(board, seat.tier, "unassigning");
}
