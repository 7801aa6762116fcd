import type { BeforeWrite, Connector, Outcome, Seat, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Bench } from "./subject.ts";

/** The connector's optional parts, as duties: a connector in this suite has them or skips with a reason. */
export const duty = <K extends keyof Connector>(connector: Connector, name: K): NonNullable<Connector[K]> => {
  const found = connector[name];
  if (found === undefined || found === null) throw new Error(`${connector.vendor} has no ${name}()`);
  // Methods are called apart from their object below.
  return (typeof found === "function" ? found.bind(connector) : found) as NonNullable<Connector[K]>;
};

export const seatsOf = async (connector: Connector, sku: string, signal: AbortSignal): Promise<Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of duty(connector, "seats")({ sku }, signal)) seats.push(seat);
  return seats;
};
/** A seat that was released and only waits for its cycle to end is held by nobody any more. */
export const holdersOf = async (connector: Connector, sku: string, signal: AbortSignal): Promise<string[]> =>
  (await seatsOf(connector, sku, signal))
    .filter((s) => s.endsAt === undefined)
    .map((s) => s.holder)
    .sort();

/** What a new walk sees: nothing remembered from before the write. */
export const holdersNow = async (bench: Bench, sku: string): Promise<string[]> =>
  holdersOf(bench.open(), sku, bench.signal);

export const idOf = async (connector: Connector, name: string, signal: AbortSignal): Promise<string> =>
  (await duty(connector, "sku")(name, signal)).sku;

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** What `before` was called with, in order. */
  readonly before: readonly (readonly SeatStep[])[];
  readonly error: unknown;
}
export const applyTo = async (
  connector: Connector,
  steps: readonly SeatStep[],
  options: { readonly signal: AbortSignal; readonly before?: BeforeWrite; readonly each?: (o: Outcome) => void },
): Promise<Applied> => {
  const outcomes: Outcome[] = [];
  const before: (readonly SeatStep[])[] = [];
  try {
    const ask: BeforeWrite = async (s) => {
      before.push(s);
      await options.before?.(s);
    };
    for await (const outcome of duty(connector, "apply")(steps, ask, options.signal)) {
      outcomes.push(outcome);
      options.each?.(outcome);
    }
    return { outcomes, before, error: null };
  } catch (error) {
    return { outcomes, before, error };
  }
};

export const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  );
  if (!(error instanceof Problem))
    throw new Error(`expected a Problem, got ${error === null ? "an answer" : String(error)}`);
  return error;
};
export const textOf = (p: Problem): string => `${p.message}\n${p.hint ?? ""}`;

export const ok = (o: Outcome): boolean => o.result !== "failed";

/** Requests that passed and wrote a seat. */
export const writesPassed = (bench: Bench) =>
  bench.proxy.passed.filter((p) => p.method !== "GET" && bench.subject.paths.write.test(p.path));
export const isSeatWrite = (bench: Bench, method: string, path: string): boolean =>
  method !== "GET" && bench.subject.paths.write.test(path);
