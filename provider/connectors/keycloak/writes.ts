import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
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

/** Outcomes in the order they come: `work` runs for up to `width` items at once, and none starts after one threw. */
async function* sideBySide<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): AsyncIterable<R> {
  const ready: R[] = [];
  let failure: { readonly error: unknown } | null = null;
  let wake = (): void => {};
  let next = 0;
  let running = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next]; item !== undefined && failure === null; item = items[next]) {
      next += 1;
      try {
        ready.push(await work(item));
      } catch (error) {
        failure ??= { error };
      }
      wake();
    }
    running -= 1;
    wake();
  };
  for (let i = 0; i < Math.min(width, items.length); i += 1) {
    running += 1;
    void lane();
  }
  for (;;) {
    for (let one = ready.shift(); one !== undefined; one = ready.shift()) yield one;
    if (running === 0) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (ready.length > 0 || running === 0) resolve();
    });
  }
  const failed = failure as { readonly error: unknown } | null; // assigned in a lane, which the compiler does not see
  if (failed) throw failed.error;
}

const lost: ReadonlySet<string> = new Set(["unreachable", "throttled"]);

export const createApply = ({ client, skus, seats }: Parts): Apply => {
  const write = (act: "give" | "take", target: Target, holder: string, signal: AbortSignal): Promise<undefined> => {
    const give = act === "give";
    if (target.is === "group")
      return client.call(give ? api.join : api.leave, { id: holder, group: target.group.id }, { signal });
    const body = [{ id: target.role.id, name: target.role.name }];
    if (target.is === "realm-role")
      return client.call(give ? api.grantRealm : api.revokeRealm, { id: holder }, { signal, body });
    const params = { id: holder, client: target.client };
    return client.call(give ? api.grantClient : api.revokeClient, params, { signal, body });
  };
  /** Nobody is left to take a seat from. */
  const gone = (error: unknown): boolean => said(error) === "User not found";

  const take = async (sku: string, step: SeatStep, signal: AbortSignal): Promise<"done" | "already"> => {
    const target = await skus.find(sku, signal);
    const held = seats.known(sku);
    try {
      await write("take", target, step.holder, signal);
    } catch (error) {
      if (gone(error)) return "already";
      throw error;
    }
    // Keycloak says 204 either way; the list that this walk read knows better.
    return held !== null && !held.has(step.holder) ? "already" : "done";
  };
  const give = async (sku: string, step: SeatStep, signal: AbortSignal): Promise<"done" | "already"> => {
    const target = await skus.find(sku, signal);
    const held = seats.known(sku);
    await write("give", target, step.holder, signal);
    return held?.has(step.holder) ? "already" : "done";
  };
  const move = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<"done" | "already"> => {
    const { to } = step;
    if (to === undefined) throw new Problem("bug", `move of ${step.account} names no SKU to move to`);
    // The new seat first: whatever happens in between, nobody is without one.
    await before([step]);
    const given = await give(to, step, signal);
    await before([step]);
    try {
      const taken = await take(step.sku, step, signal);
      return given === "already" && taken === "already" ? "already" : "done";
    } catch (error) {
      const { code, message } = asProblem(error);
      throw new Problem(code, `has ${to} now and still has ${step.sku}: ${message}`, { cause: error });
    }
  };

  const act = async (step: SeatStep, before: BeforeWrite, signal: AbortSignal): Promise<Outcome> => {
    const guarded: BeforeWrite = async (steps) => {
      signal.throwIfAborted();
      await before(steps).catch((error: unknown) => {
        throw new Stopped(error);
      });
    };
    try {
      if (step.act === "move") return { step, result: await move(step, guarded, signal) };
      // Found before it is announced, so that a SKU that is gone writes nothing into the journal.
      await skus.find(step.sku, signal);
      await guarded([step]);
      return { step, result: await (step.act === "assign" ? give : take)(step.sku, step, signal) };
    } catch (error) {
      if (error instanceof Stopped) throw error.reason;
      if (signal.aborted) throw signal.reason;
      return { step, result: "failed", problem: asProblem(error) };
    }
  };

  /** An answer that never came leaves open what happened: the list tells. */
  const settle = async (outcome: Outcome, signal: AbortSignal): Promise<Outcome> => {
    const { step } = outcome;
    const has = async (sku: string): Promise<boolean> =>
      (await seats.list(sku, signal)).some(({ holder }) => holder === step.holder);
    try {
      const gained = step.act === "assign" ? step.sku : step.to;
      const done = (gained === undefined || (await has(gained))) && (step.act === "assign" || !(await has(step.sku)));
      return done ? { step, result: "done" } : outcome;
    } catch {
      return outcome; // its own problem says more than that the list failed too
    }
  };
  const forget = async (steps: readonly SeatStep[], signal: AbortSignal): Promise<void> => {
    for (const sku of new Set(steps.flatMap(({ sku, to }) => (to === undefined ? [sku] : [sku, to])))) {
      const target = await skus.find(sku, signal).catch(() => null);
      if (target) seats.forget(sku, target);
    }
  };

  return async function* apply(steps, before, signal) {
    const open: Outcome[] = [];
    try {
      for await (const outcome of sideBySide(steps, concurrency, (step) => act(step, before, signal))) {
        if (outcome.problem && lost.has(outcome.problem.code)) open.push(outcome);
        else yield outcome;
      }
    } finally {
      await forget(steps, AbortSignal.timeout(1000));
    }
    for (const outcome of open) yield await settle(outcome, signal);
  };
};

/** The caller forbade a write: nothing more is written, and the caller's own error is what comes out. */
class Stopped extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("stopped");
    this.reason = reason;
  }
}
