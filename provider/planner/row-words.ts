import type { Policy } from "./situation.ts";
import { day } from "./time.ts";

/** Words that many rows use. */
export const grace = (unclaimed: number, suspended = 0, deleted = 0): Partial<Policy> => ({
  gracePeriod: { unclaimed, suspended, deleted },
});
export const reclaim = (more: Partial<NonNullable<Policy["reclaim"]>> = {}): Partial<Policy> => ({
  reclaim: { inactiveFor: 60 * day, newSeatGrace: 0, notice: 0, cooldown: 30 * day, action: "release", ...more },
});
export const crowd = (n: number): string =>
  Array.from({ length: n }, (_, i) => `p${String(i).padStart(2, "0")}`).join(" ");
