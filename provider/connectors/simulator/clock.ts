/** A simulator's time: the machine's, moved forward as a test likes. */
export interface SimulatorClock {
  now(): number;
  advance(ms: number): void;
  /** Stands still at this moment until `advance` or `set`. */
  set(ms: number): void;
}

export const createSimulatorClock = (): SimulatorClock => {
  let offset = 0;
  let fixed: number | null = null;
  return {
    now: () => fixed ?? Date.now() + offset,
    advance(ms) {
      if (fixed === null) offset += ms;
      else fixed += ms;
    },
    set(ms) {
      fixed = ms;
    },
  };
};
