import { type Board, compete, list } from "./board.ts";
import type { Situation, Tried } from "./situation.ts";
import { day, ms } from "./time.ts";
import { faulty, type View } from "./view.ts";

/** A seat that the vendor shows as faulty is no use to its holder: said in the vendor's own words, with what helps. */
export function showFault(board: Board, view: View): void {
  const { problem, since } = view.seat ?? {};
  const what = problem
    ? `holds a seat that does not work: ${problem.code}: ${problem.text}`
    : "holds a seat that the vendor shows as faulty";
  list(board, "blocked", view, { code: "seat-error", since: since ?? null, sentence: what });
}

/**
 * Assigned anew, the vendor looks at the person again. That can help once a seat is free: so they compete for one, before
 * everybody who is new. Once tried in vain, it is tried again when more seats are free than then, or something else is
 * wrong, or a day later: a plan that follows an apply is empty.
 */
export function triesAgain(board: Board, view: View): void {
  const { seat, owned } = view;
  if (!seat || !faulty(seat) || !seat.problem?.retryable || seat.inheritedFrom !== null || seat.endsAt !== null) return;
  if (board.situation.tiers[seat.tier]?.retired) return;
  const tried = lately(board.situation, view, seat.problem.code);
  if (tried) board.due.push(ms(tried.at) + day);
  const since = owned?.since ?? seat.since ?? board.situation.now;
  const again = { more: tried ? (tried.free ?? Number.POSITIVE_INFINITY) : 0 };
  compete(board, { view, first: true, since, current: null, wants: [seat.tier], reason: "retried", again });
}

const lately = ({ memory, now }: Situation, { member }: View, code: string): Tried | null => {
  const tried = memory.tried?.[member.id];
  return tried && tried.code === code && ms(tried.at) + day > ms(now) ? tried : null;
};
