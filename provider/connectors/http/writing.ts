import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { lingering, sideBySide } from "./side-by-side.ts";

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

/** How a message names whom a step is about. */
export const labelOf = (step: SeatStep): string => step.account || step.holder;

/** One run of steps that do the same with the same SKU. */
export interface Batch {
  readonly act: "give" | "take";
  readonly sku: string;
  readonly steps: readonly SeatStep[];
  readonly before: BeforeWrite;
  readonly signal: AbortSignal;
}
export type Told = AsyncGenerator<Outcome, void, void>;

/** The SKUs that a step is about. */
export const skusOf = (step: SeatStep): readonly string[] => (step.to === undefined ? [step.sku] : [step.sku, step.to]);

/** What to throw where a move gave the new seat and could not take the old one. */
export const halfMoved = ({ account, sku, to }: SeatStep, error: unknown): unknown => {
  if (error instanceof Stopped) return error;
  const { code, message, hint } = asProblem(error);
  const details = hint === undefined ? { cause: error } : { hint, cause: error };
  return new Problem(code, `${account} has ${to} now and still has ${sku}: ${message}`, details);
};

export type Did = "done" | "already";

/** The new seat first: whatever happens in between, nobody is without one. */
export const moved = async (step: SeatStep, give: () => Promise<Did>, take: () => Promise<Did>): Promise<Did> => {
  const given = await give();
  try {
    const taken = await take();
    return given === "already" && taken === "already" ? "already" : "done";
  } catch (error) {
    throw halfMoved(step, error);
  }
};

/** One step of an `apply`. `ask`: before each request that writes. `signal`: lingers, so that what is under way is told. */
export interface Acting {
  readonly step: SeatStep;
  readonly ask: () => Promise<void>;
  readonly signal: AbortSignal;
}
/** For vendors that take one person per write: each step by itself, `width` at once, one outcome each, whatever the others did. */
export const stepByStep = (
  steps: readonly SeatStep[],
  how: { readonly before: BeforeWrite; readonly signal: AbortSignal; readonly width: number },
  work: (acting: Acting) => Promise<Did | Outcome>,
): AsyncIterable<Outcome> => {
  const signal = lingering(how.signal, lingerMs);
  const before = inTurn(how.before, how.signal);
  const act = async (step: SeatStep): Promise<Outcome> => {
    try {
      const result = await work({ step, ask: () => before([step]), signal });
      return typeof result === "string" ? { step, result } : result;
    } catch (error) {
      if (error instanceof Stopped) throw error.reason;
      if (signal.aborted) throw signal.reason;
      return { step, result: "failed", problem: asProblem(error) };
    }
  };
  return sideBySide(steps, how.width, act);
};
