import { createRandom } from "../connectors/simulator/random.ts";
import type { Clock } from "../core/connector.ts";

/**
 * Time that passes only by sleeping: when nothing else is ready to run, the earliest sleeper wakes at its exact moment.
 * Exact for code that waits for nothing but this clock; before real sockets it means "sleeping costs no time".
 */
export interface VirtualClock extends Clock {
  /** All milliseconds slept so far. */
  slept(): number;
  advance(ms: number): void;
}

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

export const createVirtualClock = (seed = 1, start = Date.UTC(2026, 0, 1)): VirtualClock => {
  const random = createRandom(seed);
  let now = start;
  let slept = 0;
  let order = 0;
  let sleepers: Sleeper[] = [];
  const tick = (): void => {
    sleepers.sort((a, b) => a.due - b.due || a.order - b.order);
    const next = sleepers.shift();
    if (!next) return;
    now = Math.max(now, next.due);
    next.wake();
  };
  return {
    now: () => now,
    random: () => random.next(),
    slept: () => slept,
    advance(ms) {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        order += 1;
        const abort = (): void => {
          sleepers = sleepers.filter((s) => s !== me);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener("abort", abort);
          slept += ms;
          resolve();
        };
        const me: Sleeper = { due: now + ms, order, wake };
        signal?.addEventListener("abort", abort, { once: true });
        sleepers.push(me);
        setImmediate(tick);
      }),
  };
};
