/** Somebody who gives back a seat of one tier once they have one of another. */
export interface Mover<T> {
  readonly who: T;
  readonly from: number;
  readonly to: number;
}

/**
 * Rings of people who would change places: each wants the tier that the next one has. With one free seat in any of its
 * tiers the whole ring can turn, new seat before old, and afterwards the same seat is free again: so it takes nothing
 * from anybody, and comes before whoever would use that seat up.
 */
export interface Rings<T> {
  /**
   * Turns every ring that a free seat of this tier can reach. The free seat wanders: wherever it comes by, the rings of
   * that tier turn first, or they would be left behind.
   */
  turn(tier: number, moves: (who: T) => void): void;
}

/**
 * `movers`: who goes first comes first. `still`: nobody has moved them meanwhile. `passable`: a seat given back there is
 * free, since no more are held than there are.
 */
export function ringsOf<T>(
  movers: readonly Mover<T>[],
  { still, passable }: { still: (who: T) => boolean; passable: (tier: number) => boolean },
): Rings<T> {
  const queues = new Map<number, Map<number, Mover<T>[]>>(); // by the tier they want, then by the one they have
  for (const mover of movers.toReversed()) {
    const into = queues.get(mover.to) ?? new Map<number, Mover<T>[]>();
    queues.set(mover.to, into);
    const queue = into.get(mover.from);
    if (queue) queue.push(mover);
    else into.set(mover.from, [mover]);
  }
  const first = (queue: Mover<T>[]): Mover<T> | undefined => {
    for (let last = queue.at(-1); last && !still(last.who); last = queue.at(-1)) queue.pop();
    return queue.at(-1);
  };
  const find = (tier: number): Mover<T>[] | null => shortest(tier, queues, { first, passable });
  const turn = (tier: number, moves: (who: T) => void, turned: Set<number>): void => {
    if (turned.has(tier)) return; // or a turn further out is at it; rings never come into being
    turned.add(tier);
    for (let ring = find(tier); ring; ring = find(tier)) {
      for (const { from, to } of ring) queues.get(to)?.get(from)?.pop();
      for (const { who, from } of ring) {
        moves(who);
        turn(from, moves, turned);
      }
    }
  };
  return { turn: (tier, moves) => turn(tier, moves, new Set()) };
}

type Queues<T> = ReadonlyMap<number, ReadonlyMap<number, Mover<T>[]>>;

/** The first to move is the one who takes the free seat; the last gives one of the same tier back. */
function shortest<T>(
  tier: number,
  queues: Queues<T>,
  { first, passable }: { first: (queue: Mover<T>[]) => Mover<T> | undefined; passable: (tier: number) => boolean },
): Mover<T>[] | null {
  const came = new Map<number, Mover<T>[]>([[tier, []]]);
  for (const [at, path] of came)
    for (const [from, queue] of queues.get(at) ?? []) {
      if (from !== tier && (came.has(from) || !passable(from))) continue;
      const mover = first(queue);
      if (!mover) continue;
      if (from === tier) return [...path, mover];
      came.set(from, [...path, mover]);
    }
  return null;
}
