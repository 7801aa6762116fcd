/** Stops asking a server that fails: open after `limit` failures in a row, then one probe per `coolMs`. */
export interface Breaker {
  /** May a request go now? A `probe` must end in `succeeded`, `failed` or `abandoned`. */
  enter(now: number): "go" | "probe" | "open";
  succeeded(): void;
  failed(now: number): void;
  /** The request ended without telling anything (cancelled). */
  abandoned(): void;
}

export const createBreaker = (limit = 5, coolMs = 10_000): Breaker => {
  let failures = 0;
  let openUntil = 0;
  let probing = false;
  return {
    enter(now) {
      if (failures < limit) return "go";
      if (now < openUntil || probing) return "open";
      probing = true;
      return "probe";
    },
    succeeded() {
      failures = 0;
      probing = false;
    },
    failed(now) {
      failures += 1;
      probing = false;
      if (failures >= limit) openUntil = now + coolMs;
    },
    abandoned() {
      probing = false;
    },
  };
};
