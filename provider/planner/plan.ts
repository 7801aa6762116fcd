import { boardOf } from "./board.ts";
import { finish } from "./finish.ts";
import { judge } from "./judge.ts";
import { takes } from "./leaving.ts";
import type { Plan, Situation } from "./situation.ts";

/**
 * Who gains, keeps, waits for and loses a seat of one pool, why, and at what price. A function of its argument: no
 * client, no clock, no log; the same situation gives the same plan, whatever the order of its people.
 *
 *   claimed?  seat?     then
 *   yes       none      competes for a free one: assign, or wait
 *   yes       ours      keeps it; moves when another tier is theirs; candidate, then gone, when inactive on evidence
 *   yes       other's   counted; adopted where the pool adopts
 *   no        ours      leaves by the grace of its cause, then unassigned
 *   no        other's   external; taken only by an exclusive pool
 *   undecided any       no change
 */
export function plan(situation: Situation): Plan {
  const board = boardOf(situation);
  for (const member of situation.people.values()) judge(board, member);
  for (const stranger of situation.strangers) takes.stranger(board, stranger);
  return finish(board);
}
