import { onAbort } from "./aborts.ts";

/**
 * Stops asking a server that fails: open after `limit` failures in a row; after `coolMs` one probe goes, and whoever
 * comes meanwhile waits for what it finds. (They once failed at once: two reads begun together after a pause, and the
 * second was refused while the first was well on its way.)
 */
export interface Breaker {
  /** May a request go? Each `go` must end in `succeeded`, `failed` or `abandoned`. */
  enter(now: () => number, signal: AbortSignal): Promise<"go" | "open">;
  succeeded(): void;
  failed(now: number): void;
  /** The request ended without telling anything (cancelled). */
  abandoned(): void;
}

export const createBreaker = (limit = 5, coolMs = 10_000): Breaker => {
  let failures = 0;
  let openUntil = 0;
  let probing = false;
  let waiting: (() => void)[] = [];
  const told = (): void => {
    probing = false;
    const all = waiting;
    waiting = [];
    for (const each of all) each();
  };
  const probe = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const off = onAbort(signal, () => reject(signal.reason));
      waiting.push(() => {
        off();
        resolve();
      });
    });
  return {
    async enter(now, signal) {
      while (failures >= limit) {
        if (now() < openUntil) return "open";
        if (!probing) {
          probing = true;
          return "go";
        }
        await probe(signal);
      }
      return "go";
    },
    succeeded() {
      failures = 0;
      told();
    },
    failed(now) {
      failures += 1;
      if (failures >= limit) openUntil = now + coolMs;
      told();
    },
    abandoned: told,
  };
};
