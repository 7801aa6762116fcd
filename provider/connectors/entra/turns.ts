import type { BeforeWrite } from "../../core/connector.ts";

/** The caller forbade a write: nothing more is written, and the caller's own error is what comes out. */
export class Stopped extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("stopped");
    this.reason = reason;
  }
}

/** One after another, in the order they were asked for: the journal's lines stand in the order of the steps. */
export const inTurn = (before: BeforeWrite, signal: AbortSignal): BeforeWrite => {
  let last: Promise<unknown> = Promise.resolve();
  return (steps) => {
    const mine = last.then(async () => {
      signal.throwIfAborted();
      await before(steps);
      signal.throwIfAborted();
    });
    // Whoever comes after one that threw is not asked any more.
    last = mine;
    return mine.catch((error: unknown) => {
      throw new Stopped(error);
    });
  };
};
