import { type Mover, ringsOf } from "./rings.ts";

/** A move that is going to be made. */
export interface Turn extends Mover<number> {
  /** May another have the seat that they give back at once? */
  readonly frees: boolean;
}

/**
 * In which turn each move is made, from 0: every move of a turn has a free seat of its own that was there before the
 * turn began, so that no license ever has more holders than seats, however the moves of one turn are mixed. null: never,
 * for want of a seat.
 */
export function turnsOf(moves: readonly Omit<Turn, "who">[], free: readonly number[]): (number | null)[] {
  const made: (number | null)[] = moves.map(() => null);
  const seats = free.map((count): Seats => ({ fresh: count, later: [] }));
  const all = moves.map((move, who): Turn => ({ ...move, who }));
  const waits = (who: number): boolean => made[who] === null;
  const does = (who: number): void => {
    const move = all[who];
    const turn = move && take(seats[move.to]);
    if (turn === undefined) return;
    made[who] = turn;
    if (move?.frees) give(seats[move.from], turn + 1);
  };
  const { turn } = ringsOf(
    all.filter(({ frees }) => frees),
    { still: waits, passable: (tier) => (seats[tier]?.fresh ?? 0) >= 0 },
  );
  const queues = free.map((_seats, tier) => all.filter(({ to }) => to === tier).toReversed());
  for (let before = -1, done = 0; done > before; ) {
    before = done;
    for (const [tier, queue] of queues.entries()) {
      if (!open(seats[tier])) continue;
      turn(tier, does);
      for (let next = queue.at(-1); next && open(seats[tier]); next = queue.at(-1)) {
        if (waits(next.who)) does(next.who);
        queue.pop();
        done += 1;
      }
    }
  }
  return made;
}

/** Seats of a tier that are free from the start (below 0: more are held than there are), and those that come free after a turn. */
interface Seats {
  fresh: number;
  readonly later: number[];
}
const open = (seats: Seats | undefined): boolean => seats !== undefined && (seats.fresh > 0 || seats.later.length > 0);

function take(seats: Seats | undefined): number | undefined {
  if (!seats || seats.fresh <= 0) return seats?.later.pop();
  seats.fresh -= 1;
  return 0;
}

function give(seats: Seats | undefined, turn: number): void {
  if (!seats) return;
  if (seats.fresh < 0) {
    seats.fresh += 1;
    return;
  }
  let at = seats.later.length;
  while (at > 0 && (seats.later[at - 1] ?? 0) < turn) at -= 1; // the latest stands first
  seats.later.splice(at, 0, turn);
}
