import { type Board, list, tierName } from "./board.ts";
import { askedAgain, refusedLately } from "./refusals.ts";
import type { Member } from "./situation.ts";
import { ms, when } from "./time.ts";
import type { View } from "./view.ts";

/** Why a vendor would refuse this person a seat, however many are free. */
interface Hindrance {
  readonly code: string;
  readonly why: string;
  readonly until: string | null;
}

export function hindrance({ situation }: Board, member: Member, tier: number): Hindrance | null {
  const account = member.accounts[tier];
  if (!account) return null;
  if (account.lacks) return { code: account.lacks.code, why: account.lacks.text, until: null };
  const of = situation.tiers[tier];
  const told = of ? refusedLately(situation, { person: member.id, tier: of, holder: account.id }) : null;
  if (!told) return null;
  const until = askedAgain(told);
  return { code: "refused", why: `refused on ${when(told.at)}: ${told.text} Asked again on ${when(until)}.`, until };
}

/** Says what is in the way, if anything is. They keep their place in the line, and those behind them move up. */
export function hindered(board: Board, view: View, tier: number, act = "gets no seat of"): boolean {
  const found = hindrance(board, view.member, tier);
  if (!found) return false;
  if (found.until !== null) board.due.push(ms(found.until));
  list(board, "blocked", view, {
    code: found.code,
    since: board.situation.memory.waiting[view.member.id]?.since ?? null,
    until: found.until,
    sentence: `${act} ${tierName(board, tier)}: ${found.why}`,
  });
  return true;
}
