import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { type Batch, labelOf, type Told } from "../http/writing.ts";
import type { Config } from "./config.ts";
import { createRemoval } from "./removal.ts";
import { inPlace, type Place, placeOf } from "./sku.ts";
import { failed, type Writing } from "./write.ts";
import { createGroupWriter } from "./write-group.ts";
import { createUserWriter } from "./write-users.ts";

/** Seats are freed before they are given, so that a leaver makes room; a move gives before it takes. */
const phases = ["unassign", "move", "assign"] as const;

/** Steps that can share requests, in the order in which the first of each came. */
const batchesOf = (steps: readonly SeatStep[]): readonly (readonly SeatStep[])[] =>
  phases.flatMap((act) => {
    const by = new Map<string, SeatStep[]>();
    for (const step of steps)
      if (step.act === act) {
        const key = JSON.stringify([step.sku, step.to ?? null]);
        const same = by.get(key);
        if (same) same.push(step);
        else by.set(key, [step]);
      }
    return [...by.values()];
  });

/** Outcomes come as requests are answered and are told in the order of the steps; what is known is never kept back by a failure. */
const createBook = (steps: readonly SeatStep[]) => {
  const known = new Map<SeatStep, Outcome>();
  let next = 0;
  return {
    note: (outcome: Outcome): void => void known.set(outcome.step, outcome),
    *ready(): Generator<Outcome> {
      for (let step = steps[next]; step !== undefined; step = steps[next]) {
        const outcome = known.get(step);
        if (!outcome) return;
        next += 1;
        yield outcome;
      }
    },
    *rest(): Generator<Outcome> {
      for (; next < steps.length; next += 1) {
        const step = steps[next];
        const outcome = step && known.get(step);
        if (outcome) yield outcome;
      }
    },
  };
};

export type Apply = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal) => AsyncIterable<Outcome>;

export const createApply = (w: Writing, config: Config): Apply => {
  const groupWriter = createGroupWriter(w, createRemoval(w, config));
  const userWriter = createUserWriter(w);

  async function* write(batch: Batch): Told {
    let place: Place;
    try {
      if (!(await w.client.features(batch.signal)).patch)
        throw new Problem(
          "unsupported",
          `connection "${w.client.connection}": the SCIM service does not support PATCH`,
          {
            hint: "Seats could only be written by replacing whole groups, which would drop members that somebody else adds meanwhile.",
          },
        );
      place = placeOf(batch.sku);
    } catch (error) {
      if (batch.signal.aborted) throw error;
      for (const step of batch.steps) yield failed(step, asProblem(error));
      return;
    }
    if (place.is === "group") yield* groupWriter(batch, place.group);
    else yield* userWriter(batch, place);
  }

  async function* move(steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal): Told {
    const [first] = steps;
    const to = first?.to;
    if (!first || to === undefined) {
      for (const step of steps)
        yield failed(step, new Problem("bug", `move of ${labelOf(step)} names no SKU to move to`));
      return;
    }
    let oneWrite = false;
    try {
      oneWrite = inPlace(placeOf(first.sku), placeOf(to));
    } catch {
      oneWrite = false; // the write itself tells what is wrong with the SKU
    }
    const given: SeatStep[] = [];
    const already = new Set<SeatStep>();
    for await (const outcome of write({ act: "give", sku: to, steps, before, signal })) {
      if (outcome.result === "failed" || oneWrite) yield outcome;
      else given.push(outcome.step);
      if (outcome.result === "already") already.add(outcome.step);
    }
    if (given.length === 0) return;
    for await (const outcome of write({ act: "take", sku: first.sku, steps: given, before, signal })) {
      const { step, problem, result } = outcome;
      if (problem) {
        const text = `${labelOf(step)} has ${to} now and still has ${step.sku}: ${problem.message}`;
        yield failed(step, new Problem(problem.code, text, { cause: problem }));
      } else yield { ...outcome, result: result === "already" && !already.has(step) ? "done" : result };
    }
  }

  const perform = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal): Told => {
    const [first] = steps;
    if (first?.act === "move") return move(steps, before, signal);
    return write({ act: first?.act === "unassign" ? "take" : "give", sku: first?.sku ?? "", steps, before, signal });
  };

  return async function* apply(steps, before, signal) {
    const book = createBook(steps);
    try {
      for (const batch of batchesOf(steps))
        for await (const outcome of perform(batch, before, signal)) {
          book.note(outcome);
          yield* book.ready();
        }
    } catch (error) {
      yield* book.rest();
      throw error;
    } finally {
      w.forget(steps.some((s) => ![s.sku, s.to ?? s.sku].every((sku) => sku.startsWith("group:"))));
    }
    yield* book.rest();
  };
};
