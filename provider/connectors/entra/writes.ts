import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { lingering, sideBySide } from "../http/side-by-side.ts";
import { inTurn } from "../http/writing.ts";
import { actsOf, type Planned, rounds, type Work } from "./acts.ts";
import { createBatches } from "./batch.ts";
import { budgets, type Client } from "./client.ts";
import type { Did } from "./doing.ts";
import { createPerform } from "./perform.ts";
import type { Seats } from "./seats.ts";
import type { Skus } from "./sku.ts";

interface Parts {
  readonly client: Client;
  readonly skus: Skus;
  readonly seats: Seats;
}
export type Apply = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal) => AsyncIterable<Outcome>;

/** Requests under way at once. Each holds up to 20 writes; Graph allows 20 writes a second. */
const width = 3;
/** How long a request under way may go on after a cancellation. */
const lingerMs = 700;

const skusOf = ({ sku, to }: SeatStep): readonly string[] => (to === undefined ? [sku] : [sku, to]);

/** What became of both halves of a move. */
const together = (step: SeatStep, first: Did, second: Did | undefined): Did => {
  if (second === undefined || first.is === "failed" || first.is === "stopped") return first;
  if (second.is === "failed") {
    const { code, message, hint } = second.problem;
    const details = hint === undefined ? { cause: second.problem } : { hint, cause: second.problem };
    const text = `${step.account} has ${step.to} now and still has ${step.sku}: ${message}`;
    return { is: "failed", problem: new Problem(code, text, details) };
  }
  if (second.is === "stopped" || second.is === "accepted") return second;
  return second.is === "already" ? first : { is: first.is === "accepted" ? "accepted" : "done" };
};

/** The people of one request, through one act or two. */
const createChunk = (perform: ReturnType<typeof createPerform>) => {
  const act = async (works: readonly Work[], nth: number, how: { before: BeforeWrite; signal: AbortSignal }) => {
    const doings = works.flatMap(({ step, acts }) => {
      const one = acts[nth];
      return one ? [{ step, act: one }] : [];
    });
    return perform(doings, how);
  };
  return async (works: readonly Work[], how: { before: BeforeWrite; signal: AbortSignal }): Promise<readonly Did[]> => {
    const first = await act(works, 0, how);
    const going = works.filter(
      (work, i) => work.acts.length > 1 && first[i]?.is !== "failed" && first[i]?.is !== "stopped",
    );
    const second = await act(going, 1, how);
    return works.map((work, i) => {
      const did = first[i] ?? { is: "failed" as const, problem: new Problem("bug", "a write has no result") };
      return together(work.step, did, second[going.indexOf(work)]);
    });
  };
};

const lacksSeat = (did: Did): boolean => did.is === "failed" && did.problem.code === "no-seats";
const licensesLost = (works: readonly Work[]): ReadonlySet<string> =>
  new Set(
    works.flatMap(({ acts }) => acts.flatMap((act) => (act.is === "license" && act.remove ? [act.remove.id] : []))),
  );
const gains = ({ acts }: Work, of: ReadonlySet<string>): boolean =>
  acts.some((act) => act.is === "license" && act.add !== null && of.has(act.add.license.id));

/** Outcomes as they are told: in the order of the steps, and after a stop what was done all the same. */
const createTale = (planned: readonly Planned[]) => {
  const told: (Outcome | undefined)[] = planned.map((one) =>
    "problem" in one ? { step: one.step, result: "failed", problem: one.problem } : undefined,
  );
  let given = 0;
  let stop: { readonly reason: unknown } | null = null;
  return {
    tell({ index, step }: Work, did: Did): void {
      if (did.is === "stopped") stop ??= did;
      else
        told[index] = did.is === "failed" ? { step, result: "failed", problem: did.problem } : { step, result: did.is };
    },
    *ready(): Iterable<Outcome> {
      for (let one = told[given]; one && stop === null; one = told[given]) {
        given += 1;
        yield one;
      }
    },
    /** Everything that is left; then what stopped it, if something did. */
    *end(): Iterable<Outcome> {
      for (const one of told.slice(given)) if (one) yield one;
      given = told.length;
      if (stop !== null) throw stop.reason;
    },
  };
};

export const createApply = ({ client, skus, seats }: Parts): Apply => {
  const chunk = createChunk(createPerform(client, createBatches(client)));
  const plan = async (step: SeatStep, index: number, signal: AbortSignal): Promise<Planned> => {
    try {
      return { index, step, acts: await actsOf({ client, skus, seats }, step, signal) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { index, step, problem: asProblem(error) };
    }
  };
  return async function* apply(steps, before, signal) {
    const how = { before: inTurn(before, signal), signal: lingering(signal, lingerMs) };
    const planned: Planned[] = [];
    for (const [index, step] of steps.entries()) planned.push(await plan(step, index, signal));
    const tale = createTale(planned);
    const work = async (some: readonly Work[]) => ({ some, dids: await chunk(some, how) });
    let works: readonly Work[] = planned.flatMap((one) => ("acts" in one ? [one] : []));
    const freed = licensesLost(works);
    try {
      for (const last of [false, true]) {
        const late: Work[] = [];
        for (const round of rounds(works, client.batchSize))
          for await (const { some, dids } of sideBySide(round, width, work)) {
            for (const [i, one] of some.entries()) {
              const did = dids[i];
              // Whoever came before a seat was free comes once more, when those who leave theirs have left.
              if (!last && did && lacksSeat(did) && gains(one, freed)) late.push(one);
              else if (did) tale.tell(one, did);
            }
            yield* tale.ready();
          }
        works = late;
      }
      yield* tale.end();
    } finally {
      seats.forget(new Set(steps.flatMap(skusOf)));
    }
  };
};

/** At Graph's documented rate and our share of it: each person is one write, a move through a group two. */
export const takesMs = (steps: readonly SeatStep[]): number => {
  const group = (sku: string | undefined): boolean => sku?.startsWith("group:") ?? false;
  const writes = steps.reduce(
    (sum, { act, sku, to }) =>
      // Twenty join a group in one write.
      sum + (act === "move" && (group(sku) || group(to)) ? 1.05 : act === "assign" && group(sku) ? 0.05 : 1),
    0,
  );
  const { limit, perMs, burst } = budgets.writes;
  return Math.max(0, Math.ceil(((writes - burst) * perMs) / limit));
};
