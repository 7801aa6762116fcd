import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";

/** One run of steps that do the same with the same SKU. */
export interface Batch {
  readonly act: "give" | "take";
  readonly sku: string;
  readonly steps: readonly SeatStep[];
  readonly before: BeforeWrite;
  readonly signal: AbortSignal;
}
export type Told = AsyncGenerator<Outcome, void, void>;
/** Carries what the caller's own `before` threw past everything that turns failures into outcomes. */
export class Stop extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("stopped");
    this.reason = reason;
  }
}

/** Asks whether we may still write. */
export const announce = async ({ before, signal }: Batch, steps: readonly SeatStep[]): Promise<void> => {
  try {
    signal.throwIfAborted();
    await before(steps);
    signal.throwIfAborted();
  } catch (error) {
    throw new Stop(error);
  }
};
export const failed = (step: SeatStep, problem: unknown): Outcome => ({
  step,
  result: "failed",
  problem: asProblem(problem),
});
export const labelOf = (step: SeatStep): string => step.account || step.holder;

/** What is no person's failure: the caller stopped us. */
export const rethrow = (error: unknown, signal: AbortSignal): void => {
  if (error instanceof Stop || signal.aborted) throw error;
};

export const noAccount = (connection: string, step: SeatStep): Problem =>
  new Problem("not-found", `connection "${connection}": GitHub has no account with the id ${step.holder}`, {
    hint: "It was deleted, or renamed into one that these credentials may not see.",
  });
