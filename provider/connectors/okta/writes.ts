import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { lingering, sideBySide } from "../http/side-by-side.ts";
import { type Client, concurrency } from "./client.ts";
import type { Config } from "./config.ts";
import type { Groups } from "./groups.ts";
import type { Seats } from "./seats.ts";
import { type Skus, skuOf, type Target } from "./sku.ts";
import { createWriter, type Did } from "./write.ts";

interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly groups: Groups;
  readonly skus: Skus;
  readonly seats: Seats;
}
export type Apply = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal) => AsyncIterable<Outcome>;

/** The caller forbade a write: nothing more is written, and the caller's own error is what comes out. */
class Stopped extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("stopped");
    this.reason = reason;
  }
}
const skusOf = (step: SeatStep): readonly string[] => (step.to === undefined ? [step.sku] : [step.sku, step.to]);
/** Refusals after which it is open whether the write was done. */
const open: ReadonlySet<string> = new Set(["unreachable", "throttled"]);
/** How long a write under way may go on after a cancellation. */
const lingerMs = 700;

/** One after another, in the order they were asked for: the journal's lines stand in the order of the steps. */
const inTurn = (before: BeforeWrite, signal: AbortSignal): BeforeWrite => {
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

export const createApply = (parts: Parts): Apply => {
  const { skus, seats } = parts;
  const { give, take, has } = createWriter(parts);
  const move = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<Did> => {
    const { to, sku, holder, account } = step;
    if (to === undefined) throw new Problem("bug", `move of ${account} names no SKU to move to`);
    const [from, target] = [await skus.find(sku, signal), await skus.find(to, signal)];
    if (skuOf(from).sku === skuOf(target).sku) return "already"; // no seat of Okta's has service plans to change
    const ask = () => before([step]);
    // The new seat first: whatever happens in between, nobody is without one.
    const given = await give({ target, holder, ask, signal });
    try {
      const taken = await take({ target: from, holder, ask, signal });
      return given === "already" && taken === "already" ? "already" : "done";
    } catch (error) {
      if (error instanceof Stopped) throw error;
      const { code, message, hint } = asProblem(error);
      const details = hint === undefined ? { cause: error } : { hint, cause: error };
      throw new Problem(code, `${account} has ${to} now and still has ${sku}: ${message}`, details);
    }
  };
  /** What is so, whatever was answered. */
  const isSo = async (step: SeatStep, signal: AbortSignal): Promise<boolean> => {
    const gained = step.act === "assign" ? step.sku : step.to;
    if (gained !== undefined && !(await has(await skus.find(gained, signal), step.holder, signal))) return false;
    return step.act === "assign" || !(await has(await skus.find(step.sku, signal), step.holder, signal));
  };
  const failed = async (step: SeatStep, problem: Problem, signal: AbortSignal): Promise<Outcome> => {
    // Its own problem says more than that the look failed too.
    const done = open.has(problem.code) && (await isSo(step, signal).catch(() => false));
    return done ? { step, result: "done" } : { step, result: "failed", problem };
  };
  const act = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<Outcome> => {
    try {
      if (step.act === "move") return { step, result: await move(step, before, signal) };
      const target = await skus.find(step.sku, signal);
      const writing = { target, holder: step.holder, ask: () => before([step]), signal };
      return { step, result: await (step.act === "assign" ? give : take)(writing) };
    } catch (error) {
      if (error instanceof Stopped) throw error.reason;
      if (signal.aborted) throw signal.reason;
      return failed(step, asProblem(error), signal);
    }
  };
  return async function* apply(steps, before, signal) {
    const last = lingering(signal, lingerMs);
    const ask = inTurn(before, signal);
    // Looked up before anything is written, so that all first writes begin in the order of their steps.
    const named = [...new Set(steps.flatMap(skusOf))];
    const found = await Promise.allSettled(named.map((sku) => skus.find(sku, signal)));
    signal.throwIfAborted();
    const touched = found.flatMap((one): Target[] => (one.status === "fulfilled" ? [one.value] : []));
    try {
      yield* sideBySide(steps, concurrency, (step) => act(step, ask, last));
    } finally {
      seats.forget(touched);
    }
  };
};
