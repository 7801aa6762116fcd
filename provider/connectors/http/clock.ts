import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../core/connector.ts";

/** The machine's clock. Only `cmd` uses it; tests bring one that they move. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};
