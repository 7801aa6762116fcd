import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { type Acting, type Did, moved, skusOf, stepByStep } from "../http/writing.ts";
import { type Client, concurrency } from "./client.ts";
import type { Config } from "./config.ts";
import type { Groups } from "./groups.ts";
import type { Seats } from "./seats.ts";
import { type Skus, skuOf, type Target } from "./sku.ts";
import { createWriter } from "./write.ts";

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
  const move = async ({ step, ask, signal }: Acting): Promise<Did> => {
    const { to, sku, holder, account } = step;
    if (to === undefined) throw new Problem("bug", `move of ${account} names no SKU to move to`);
    const [from, target] = [await skus.find(sku, signal), await skus.find(to, signal)];
    if (skuOf(from).sku === skuOf(target).sku) return "already"; // no seat of Okta's has service plans to change
    const writing = { holder, ask, signal };
    return moved(
      step,
      () => give({ target, ...writing }),
      () => take({ target: from, ...writing }),
    );
  };
  /** What is so, whatever was answered. */
  const isSo = async (step: SeatStep, signal: AbortSignal): Promise<boolean> => {
    const gained = step.act === "assign" ? step.sku : step.to;
    if (gained !== undefined && !(await has(await skus.find(gained, signal), step.holder, signal))) return false;
    return step.act === "assign" || !(await has(await skus.find(step.sku, signal), step.holder, signal));
  };
  const written = async (acting: Acting): Promise<Did> => {
    const { step, ask, signal } = acting;
    if (step.act === "move") return move(acting);
    const target = await skus.find(step.sku, signal);
    return (step.act === "assign" ? give : take)({ target, holder: step.holder, ask, signal });
  };
  const act = async (acting: Acting): Promise<Did> => {
    try {
      return await written(acting);
    } catch (error) {
      if (!(error instanceof Problem) || !open.has(error.code)) throw error;
      // Its own problem says more than that the look failed too.
      if (await isSo(acting.step, acting.signal).catch(() => false)) return "done";
      throw error;
    }
  };
  return async function* apply(steps, before, signal) {
    // Looked up before anything is written, so that all first writes begin in the order of their steps.
    const named = [...new Set(steps.flatMap(skusOf))];
    const found = await Promise.allSettled(named.map((sku) => skus.find(sku, signal)));
    signal.throwIfAborted();
    const touched = found.flatMap((one): Target[] => (one.status === "fulfilled" ? [one.value] : []));
    try {
      yield* stepByStep(steps, { before, signal, width: concurrency }, act);
    } finally {
      seats.forget(touched);
    }
  };
};
