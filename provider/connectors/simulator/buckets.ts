import type { SimulatorClock } from "./clock.ts";

/** A vendor's own count of what somebody asked for lately: exact, unlike a client's guess of it. */
export interface Bucket {
  readonly limit: number;
  /** Null and counted, or refused: until when. Costs above what is left are refused whole and count nothing. */
  take(cost?: number): { readonly until: number } | null;
  /** What is left of the running window. */
  remaining(): number;
  /** When the running window ends, in milliseconds since the epoch. */
  resetAt(): number;
}

/** `fixed`: windows one after the other, as most vendors say (`resetAt`). `sliding`: never more than `limit` in any `perMs`. */
export const createBucket = (
  {
    limit,
    perMs,
    kind = "fixed",
  }: { readonly limit: number; readonly perMs: number; readonly kind?: "fixed" | "sliding" },
  clock: SimulatorClock,
): Bucket => {
  let from = Math.floor(clock.now() / perMs) * perMs;
  let used = 0;
  let taken: { at: number; cost: number }[] = [];
  const settle = (): void => {
    const now = clock.now();
    if (kind === "sliding") {
      taken = taken.filter(({ at }) => at > now - perMs);
      used = taken.reduce((sum, { cost }) => sum + cost, 0);
      return;
    }
    if (now < from + perMs) return;
    from = Math.floor(now / perMs) * perMs;
    used = 0;
  };
  const resetAt = (): number => {
    settle();
    return kind === "sliding" ? (taken[0]?.at ?? clock.now() - perMs) + perMs : from + perMs;
  };
  return {
    limit,
    take(cost = 1) {
      settle();
      if (used + cost > limit) return { until: resetAt() };
      used += cost;
      if (kind === "sliding") taken.push({ at: clock.now(), cost });
      return null;
    },
    remaining() {
      settle();
      return Math.max(0, limit - used);
    },
    resetAt,
  };
};
