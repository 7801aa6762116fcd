import type { SimulatorClock } from "./clock.ts";

/**
 * What a simulated system knows. `read` sees every write at once; `listed` is what its lists and searches show, which
 * may lag; a write may also be accepted now and happen later. A change runs once per view, so it must not draw ids or times itself.
 */
export interface World<T extends object> {
  read(): T;
  listed(): T;
  /** `afterMs`: accepted now, done then. */
  write(change: (world: T) => void, afterMs?: number): void;
  /** How long lists trail behind writes. */
  setLag(ms: number): void;
  readonly lagMs: number;
}

interface Change<T> {
  readonly due: number;
  readonly change: (world: T) => void;
}

export const createWorld = <T extends object>(initial: T, clock: SimulatorClock): World<T> => {
  const truth = initial;
  let trailing: T | null = null;
  let lagMs = 0;
  let accepted: Change<T>[] = [];
  let unlisted: Change<T>[] = [];

  const commit = ({ change, due }: Change<T>): void => {
    change(truth);
    if (trailing !== null) unlisted.push({ due: due + lagMs, change });
  };
  const settle = (): void => {
    const now = clock.now();
    const ripe = accepted.filter((c) => c.due <= now).sort((a, b) => a.due - b.due);
    accepted = accepted.filter((c) => c.due > now);
    for (const c of ripe) commit(c);
    if (trailing === null) return;
    // In the order of the writes, whatever lag each was written under.
    while (unlisted[0] && unlisted[0].due <= now) unlisted.shift()?.change(trailing);
  };
  return {
    read() {
      settle();
      return truth;
    },
    listed() {
      settle();
      return trailing ?? truth;
    },
    write(change, afterMs = 0) {
      settle();
      const one = { due: clock.now() + afterMs, change };
      if (afterMs > 0) accepted.push(one);
      else commit(one);
    },
    setLag(ms) {
      settle();
      if (ms > 0 && trailing === null) trailing = structuredClone(truth);
      if (ms === 0) {
        trailing = null;
        unlisted = [];
      }
      lagMs = ms;
    },
    get lagMs() {
      return lagMs;
    },
  };
};
