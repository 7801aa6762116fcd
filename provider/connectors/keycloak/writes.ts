import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { lingering, sideBySide } from "../http/side-by-side.ts";
import { halfMoved, inTurn, lingerMs, Stopped, skusOf } from "../http/writing.ts";
import { api } from "./api.ts";
import { type Client, concurrency, said } from "./client.ts";
import type { Seats } from "./seats.ts";
import type { Skus, Target } from "./sku.ts";

interface Parts {
  readonly client: Client;
  readonly skus: Skus;
  readonly seats: Seats;
}
export type Apply = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal) => AsyncIterable<Outcome>;
type Did = "done" | "already";
/** `at`: when it ended, counted in ended steps and lists. */
type Acted = { readonly outcome: Outcome; readonly at: number };

/** Refusals after which it is open whether the write was done. */
const open: ReadonlySet<string> = new Set(["unreachable", "throttled"]);

export const createApply = ({ client, skus, seats }: Parts): Apply => {
  const write = async (act: "give" | "take", target: Target, holder: string, signal: AbortSignal): Promise<void> => {
    const give = act === "give";
    if (target.is === "group")
      return client.call(give ? api.join : api.leave, { id: holder, group: target.group.id }, { signal });
    // Without a body, or with an empty list, DELETE would mean every role: there is always exactly one.
    const body = [{ id: target.role.id, name: target.role.name }];
    if (target.is === "realm-role")
      return client.call(give ? api.grantRealm : api.revokeRealm, { id: holder }, { signal, body });
    const params = { id: holder, client: target.client };
    return client.call(give ? api.grantClient : api.revokeClient, params, { signal, body });
  };
  // Keycloak says 204 either way; the list that this walk read, if it did, knows better.
  const give = async (sku: string, holder: string, signal: AbortSignal): Promise<Did> => {
    await write("give", await skus.find(sku, signal), holder, signal);
    return seats.known(sku)?.has(holder) ? "already" : "done";
  };
  const take = async (sku: string, holder: string, signal: AbortSignal): Promise<Did> => {
    const held = seats.known(sku);
    try {
      await write("take", await skus.find(sku, signal), holder, signal);
    } catch (error) {
      if (said(error) === "User not found") return "already"; // nobody is left to take a seat from
      throw error;
    }
    return held !== null && !held.has(holder) ? "already" : "done";
  };
  const move = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<Did> => {
    const { to, sku, holder, account } = step;
    if (to === undefined) throw new Problem("bug", `move of ${account} names no SKU to move to`);
    // The new seat first: whatever happens in between, nobody is without one.
    await before([step]);
    const given = await give(to, holder, signal);
    await before([step]);
    try {
      const taken = await take(sku, holder, signal);
      return given === "already" && taken === "already" ? "already" : "done";
    } catch (error) {
      throw halfMoved(step, error);
    }
  };
  const act = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<Outcome> => {
    try {
      for (const sku of skusOf(step)) await skus.find(sku, signal);
      if (step.act === "move") return { step, result: await move(step, before, signal) };
      await before([step]);
      return { step, result: await (step.act === "assign" ? give : take)(step.sku, step.holder, signal) };
    } catch (error) {
      if (error instanceof Stopped) throw error.reason;
      if (signal.aborted) throw signal.reason;
      return { step, result: "failed", problem: asProblem(error) };
    }
  };
  /** An answer that never came leaves open what happened: a list begun after it tells. */
  const settler = () => {
    let moment = 0;
    let listed = -1;
    const has = async (sku: string, holder: string, signal: AbortSignal): Promise<boolean> =>
      (await seats.list(sku, signal)).some((seat) => seat.holder === holder);
    const settle = async ({ outcome, at }: Acted, signal: AbortSignal): Promise<Outcome> => {
      const { step, problem } = outcome;
      if (!problem || !open.has(problem.code)) return outcome;
      if (listed < at) {
        seats.forget();
        listed = ++moment;
      }
      try {
        const gained = step.act === "assign" ? step.sku : step.to;
        const got = gained === undefined || (await has(gained, step.holder, signal));
        const rid = step.act === "assign" || !(await has(step.sku, step.holder, signal));
        return got && rid ? { step, result: "done" } : outcome;
      } catch {
        return outcome; // its own problem says more than that the list failed too
      }
    };
    return { settle, acted: (outcome: Outcome): Acted => ({ outcome, at: ++moment }) };
  };

  return async function* apply(steps, before, signal) {
    const last = lingering(signal, lingerMs);
    const ask = inTurn(before, signal);
    // Looked up before anything is written, so that all first writes begin in the order of their steps.
    await Promise.allSettled([...new Set(steps.flatMap(skusOf))].map((sku) => skus.find(sku, signal)));
    signal.throwIfAborted();
    try {
      const { settle, acted } = settler();
      const work = async (step: SeatStep): Promise<Acted> => acted(await act(step, ask, last));
      for await (const one of sideBySide(steps, concurrency, work)) yield await settle(one, last);
    } finally {
      seats.forget();
    }
  };
};
