import type { BeforeWrite, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";

/** How long a write under way may go on after a cancellation. */
export const lingerMs = 700;

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

/** The SKUs that a step is about. */
export const skusOf = (step: SeatStep): readonly string[] => (step.to === undefined ? [step.sku] : [step.sku, step.to]);

/** What to throw where a move gave the new seat and could not take the old one. */
export const halfMoved = ({ account, sku, to }: SeatStep, error: unknown): unknown => {
  if (error instanceof Stopped) return error;
  const { code, message, hint } = asProblem(error);
  const details = hint === undefined ? { cause: error } : { hint, cause: error };
  return new Problem(code, `${account} has ${to} now and still has ${sku}: ${message}`, details);
};
