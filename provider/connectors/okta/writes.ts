import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { lingering, sideBySide } from "../http/side-by-side.ts";
import { halfMoved, inTurn, lingerMs, Stopped, skusOf } from "../http/writing.ts";
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

/** Refusals after which it is open whether the write was done. */
const open: ReadonlySet<string> = new Set(["unreachable", "throttled"]);

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
      throw halfMoved(step, error);
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
