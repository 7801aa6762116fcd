/** How often we may call: a fixed rate that the vendor documents, if any. Its headers are believed besides. */
export interface Rate {
  readonly limit: number;
  readonly perMs: number;
  /**
   * How many may come at once, on top of the steady rate: any window of `perMs` may then see `limit + burst`. Default: a
   * fifth, with the steady rate lowered so that no window ever sees more than `limit`, wherever the vendor's windows begin.
   */
  readonly burst?: number;
}
export interface Told {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Milliseconds from the answer until the bucket is full again. */
  readonly resetMs: number | null;
}

/** One rate bucket of one tenant. Pure but for its own counters: time comes in as an argument. */
export interface Budget {
  /** 0 and the call is counted, or the milliseconds to wait before asking again. `cost`: what it counts for; default 1. */
  take(now: number, cost?: number): number;
  /** The vendor's own headers, after an answer. */
  told(told: Told, now: number): void;
  /** A call ended, whatever came. */
  ended(): void;
  /** Nobody calls before then. */
  pause(until: number): void;
}

/** We leave a fifth of a bucket to everybody else who uses the tenant. */
const ours = 0.8;

export const createBudget = (rate?: Rate): Budget => {
  let pausedUntil = 0;
  let inFlight = 0;
  let remaining: number | null = null;
  let reserve = 0;
  let resetAt = 0;
  // Generic cell rate: the moment at which the bucket would be empty again.
  let drainedAt = 0;
  const burst = rate ? (rate.burst ?? Math.max(1, Math.floor(rate.limit / 5))) : 0;
  const steady = rate ? (rate.burst === undefined ? rate.limit - burst + 1 : rate.limit) : 1;
  const step = rate ? rate.perMs / steady : 0;

  const wait = (now: number, cost: number): number => {
    // What costs more than a full bucket waits for a full one.
    const slack = step * Math.max(0, burst - cost);
    if (resetAt <= now) remaining = null;
    const empty = remaining !== null && remaining <= reserve ? resetAt - now : 0;
    return Math.max(pausedUntil - now, empty, drainedAt - slack - now, 0);
  };
  return {
    take(now, cost = 1) {
      const ms = wait(now, cost);
      if (ms > 0) return Math.ceil(ms);
      if (remaining !== null) remaining -= cost;
      drainedAt = Math.max(drainedAt, now) + step * cost;
      inFlight += 1;
      return 0;
    },
    told({ limit, remaining: left, resetMs }, now) {
      if (left === null || resetMs === null) return;
      // Answers come out of order: within one window the lowest is the newest. Calls still under way are not in it yet.
      const fresh = Math.max(0, left - Math.max(0, inFlight - 1));
      remaining = remaining === null || now >= resetAt ? fresh : Math.min(remaining, fresh);
      reserve = Math.floor((limit ?? 0) * (1 - ours));
      resetAt = Math.max(resetAt, now + resetMs);
    },
    ended() {
      inFlight = Math.max(0, inFlight - 1);
    },
    pause(until) {
      pausedUntil = Math.max(pausedUntil, until);
    },
  };
};
