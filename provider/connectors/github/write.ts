import type { Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { type Batch, Stopped } from "../http/writing.ts";

/** Asks whether we may still write. */
export const announce = async ({ before, signal }: Batch, steps: readonly SeatStep[]): Promise<void> => {
  try {
    signal.throwIfAborted();
    await before(steps);
    signal.throwIfAborted();
  } catch (error) {
    throw new Stopped(error);
  }
};
export const failed = (step: SeatStep, problem: unknown): Outcome => ({
  step,
  result: "failed",
  problem: asProblem(problem),
});

/** Is it open whether the write was done? No answer came, or the last of several tries was not taken. */
export const isOpen = (problem: unknown): boolean => ["unreachable", "throttled"].includes(asProblem(problem).code);

/** What is no person's failure: the caller stopped us. */
export const rethrow = (error: unknown, signal: AbortSignal): void => {
  if (error instanceof Stopped || signal.aborted) throw error;
};

export const noAccount = (connection: string, step: SeatStep): Problem =>
  new Problem("not-found", `connection "${connection}": GitHub has no account with the id ${step.holder}`, {
    hint: "It was deleted, or renamed into one that these credentials may not see.",
  });
