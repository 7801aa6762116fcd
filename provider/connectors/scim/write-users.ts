import type { Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { HttpProblem } from "../http/problems.ts";
import { type Batch, labelOf, type Told } from "../http/writing.ts";
import { api, type BulkResult, bulkMessage, patchMessage, type User } from "./api.ts";
import { type Features, scimTypeOf } from "./client.ts";
import { giving, holds, isGuarded, type Operation, type Place, taking } from "./sku.ts";
import { problemOf, troubleOf } from "./trouble.ts";
import { announce, failed, type Writing } from "./write.ts";

type UserPlace = Exclude<Place, { is: "group" }>;
/** One person's write under way. */
interface Job {
  readonly step: SeatStep;
  readonly operation: Operation;
  readonly version: string | null;
  /** How often it was tried already. */
  readonly tries: number;
}
/** `again`: this job instead. */
type Verdict = { readonly outcome: Outcome } | { readonly again: Job };

/** Requests side by side where there is no Bulk. */
const width = 6;
const message = (operation: Operation) => ({ schemas: [patchMessage], Operations: [operation] });

const statusOf = (result: BulkResult): number =>
  Number(typeof result.status === "object" ? result.status.code : result.status);

export const createUserWriter = (w: Writing) => {
  const operationOf = (batch: Batch, place: UserPlace): Operation =>
    batch.act === "give" ? giving(place).first : taking(place);

  /** Whole: what an account list says of people is not the attribute that is the seat. */
  const fresh = async (id: string, signal: AbortSignal): Promise<User | null> => {
    try {
      return await w.client.http.call(api.user, { id, excluded: "groups" }, { signal });
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 404) return null;
      throw error;
    }
  };
  const satisfied = (batch: Batch, place: UserPlace, user: User): boolean =>
    holds(place, user) === (batch.act === "give");
  const versionOf = (user: User | undefined): string | null => user?.meta?.version ?? null;

  const gone = (batch: Batch, step: SeatStep): Outcome =>
    batch.act === "take"
      ? { step, result: "already" }
      : failed(
          step,
          new Problem("not-found", `${labelOf(step)}: the SCIM service has no user with the id "${step.holder}"`),
        );

  /** A refusal, understood: tried in another way, or told. */
  const judge = async (batch: Batch, place: UserPlace, job: Job, error: unknown): Promise<Verdict> => {
    const { step, tries } = job;
    const give = batch.act === "give";
    const refused: Verdict = { outcome: failed(step, problemOf(error, labelOf(step))) };
    const trouble = troubleOf(error);
    if (trouble === "missing") return { outcome: gone(batch, step) };
    const entry = give ? giving(place).entry : null;
    if (entry && job.operation !== entry && scimTypeOf(error) === "noTarget" && tries < 3)
      return { again: { ...job, operation: entry, tries: tries + 1 } };
    if ((trouble !== "raced" && trouble !== "unknown") || scimTypeOf(error) === "uniqueness" || tries >= 3)
      return refused;
    let user: User | null;
    try {
      user = await fresh(step.holder, batch.signal);
    } catch (cause) {
      if (batch.signal.aborted) throw cause;
      return refused;
    }
    if (!user) return { outcome: gone(batch, step) };
    if (satisfied(batch, place, user)) return { outcome: { step, result: trouble === "raced" ? "already" : "done" } };
    return { again: { ...job, version: job.version === null ? null : versionOf(user), tries: tries + 1 } };
  };

  const done = (batch: Batch, step: SeatStep): Outcome => {
    const had = w.seats.known(batch.sku)?.has(step.holder);
    return { step, result: had !== undefined && had === (batch.act === "give") ? "already" : "done" };
  };

  const single = async (batch: Batch, place: UserPlace, job: Job): Promise<Verdict> => {
    const headers = job.version === null ? {} : { "if-match": job.version };
    try {
      const body = message(job.operation);
      await w.client.http.call(api.patchUser, { id: job.step.holder }, { signal: batch.signal, body, headers });
      return { outcome: done(batch, job.step) };
    } catch (error) {
      if (batch.signal.aborted) throw error;
      return judge(batch, place, job, error);
    }
  };

  async function* oneByOne(batch: Batch, place: UserPlace, jobs: readonly Job[]): Told {
    for (let at = 0; at < jobs.length; at += width) {
      let open = jobs.slice(at, at + width);
      while (open.length > 0) {
        const started: Promise<Verdict>[] = [];
        let stop: { readonly reason: unknown } | null = null;
        for (const job of open)
          try {
            await announce(batch, [job.step]);
            started.push(single(batch, place, job));
          } catch (reason) {
            stop = { reason };
            break;
          }
        const verdicts = await Promise.allSettled(started);
        open = [];
        for (const verdict of verdicts) {
          if (verdict.status === "rejected") throw verdict.reason;
          if ("outcome" in verdict.value) yield verdict.value.outcome;
          else open = [...open, verdict.value.again];
        }
        if (stop) throw stop.reason;
      }
    }
  }

  const send = async (batch: Batch, jobs: readonly Job[]): Promise<readonly BulkResult[]> => {
    const Operations = jobs.map(({ step, operation, version }, i) => ({
      method: "PATCH",
      bulkId: `s${i}`,
      path: `/Users/${step.holder}`,
      ...(version === null ? {} : { version }),
      data: message(operation),
    }));
    const answer = await w.client.http.call(
      api.bulk,
      {},
      { signal: batch.signal, body: { schemas: [bulkMessage], Operations } },
    );
    return answer.Operations;
  };
  /** Which answer is whose: by our id, by the person's address, or by its place. */
  const answerFor = (results: readonly BulkResult[], jobs: readonly Job[], i: number): BulkResult | undefined =>
    results.find((r) => r.bulkId === `s${i}`) ??
    results.find((r) => r.location?.endsWith(`/Users/${jobs[i]?.step.holder}`)) ??
    (results.length === jobs.length ? results[i] : undefined);

  const refusedBy = (result: BulkResult, step: SeatStep): HttpProblem => {
    const status = statusOf(result);
    const body = result.response;
    const detail = typeof body === "object" && body !== null ? (body as { detail?: unknown }).detail : undefined; // any JSON may come
    const code =
      status === 401 || status === 403
        ? "denied"
        : status === 404
          ? "not-found"
          : status >= 500
            ? "unreachable"
            : "invalid";
    const text = `connection "${w.client.connection}": SCIM refused to change ${labelOf(step)} (${status})${typeof detail === "string" ? `: ${detail.slice(0, 200)}` : ""}`;
    return new HttpProblem(code, w.client.http.redact(text), { status, body });
  };

  /** One Bulk; whoever needs another try comes out at the end. */
  async function* together(
    batch: Batch,
    place: UserPlace,
    jobs: readonly Job[],
  ): AsyncGenerator<Outcome, readonly Job[], void> {
    await announce(
      batch,
      jobs.map((j) => j.step),
    );
    let results: readonly BulkResult[];
    try {
      results = await send(batch, jobs);
    } catch (error) {
      if (batch.signal.aborted) throw error;
      const trouble = troubleOf(error);
      const half = Math.ceil(jobs.length / 2);
      if (trouble === "too-large" && jobs.length > 1) {
        const first = yield* together(batch, place, jobs.slice(0, half));
        return [...first, ...(yield* together(batch, place, jobs.slice(half)))];
      }
      const open: Job[] = [];
      for (const job of jobs) {
        const verdict = await judge(batch, place, job, error);
        if ("outcome" in verdict) yield verdict.outcome;
        else open.push(verdict.again);
      }
      return open;
    }
    const open: Job[] = [];
    for (const [i, job] of jobs.entries()) {
      const result = answerFor(results, jobs, i);
      const status = result ? statusOf(result) : 0;
      if (result && status >= 200 && status < 300) {
        yield done(batch, job.step);
        continue;
      }
      // No answer for somebody: what happened to them is unknown, like an answer that was lost.
      const error = result
        ? refusedBy(result, job.step)
        : new Problem("unreachable", "the Bulk answer does not mention them");
      const verdict = await judge(batch, place, job, error);
      if ("outcome" in verdict) yield verdict.outcome;
      else open.push(verdict.again);
    }
    return open;
  }

  const bulkSize = (bulk: NonNullable<Features["bulk"]>, jobs: readonly Job[]): number => {
    const bytes = Math.max(
      ...jobs.map((j) => JSON.stringify(message(j.operation)).length + j.step.holder.length * 2 + 200),
    );
    return Math.max(1, Math.min(bulk.maxOperations, Math.floor(bulk.maxPayloadSize / bytes), 1000));
  };

  /** A single value may have become another since it was read: taken only if it is still ours to take. */
  async function* guarded(batch: Batch, place: UserPlace): AsyncGenerator<Outcome, readonly Job[], void> {
    const operation = operationOf(batch, place);
    const { etag } = await w.client.features(batch.signal);
    const jobs: Job[] = [];
    for (const step of batch.steps) {
      if (batch.act === "give" || !isGuarded(place)) {
        jobs.push({ step, operation, version: null, tries: 0 });
        continue;
      }
      const met = w.users.met(step.holder);
      const user =
        met && holds(place, met) && (!etag || versionOf(met) !== null) ? met : await fresh(step.holder, batch.signal);
      if (!user) yield gone(batch, step);
      else if (satisfied(batch, place, user)) yield { step, result: "already" };
      else jobs.push({ step, operation, version: etag ? versionOf(user) : null, tries: 0 });
    }
    return jobs;
  }

  return async function* write(batch: Batch, place: UserPlace): Told {
    let jobs: readonly Job[];
    let bulk: Features["bulk"];
    try {
      bulk = (await w.client.features(batch.signal)).bulk;
      jobs = yield* guarded(batch, place);
    } catch (error) {
      if (batch.signal.aborted) throw error;
      for (const step of batch.steps) yield failed(step, asProblem(error));
      return;
    }
    if (!bulk || jobs.length < 2) return yield* oneByOne(batch, place, jobs);
    let open: Job[] = [];
    const size = bulkSize(bulk, jobs);
    for (let at = 0; at < jobs.length; at += size) {
      const part = jobs.slice(at, at + size);
      open = [...open, ...(part.length < 2 ? part : yield* together(batch, place, part))];
    }
    // A second round for those whose way was another, and singly for what is left of it.
    if (open.length > 1) open = [...(yield* together(batch, place, open.slice(0, size))), ...open.slice(size)];
    yield* oneByOne(batch, place, open);
  };
};
