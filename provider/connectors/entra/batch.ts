import type { z } from "zod";
import type { BeforeWrite, SeatStep } from "../../core/connector.ts";
import { asProblem, type Problem } from "../../core/problem.ts";
import { AfterTimeout, HttpProblem } from "../http/problems.ts";
import { jitter, retryAfter } from "../http/retry.ts";
import { Stopped } from "../http/writing.ts";
import { api } from "./api.ts";
import { type Client, saidIn } from "./client.ts";

export type Door = "licenses" | "memberships" | "reprocess";
export interface Inner {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the version: `/users/{id}/assignLicense`. */
  readonly url: string;
  readonly body?: unknown;
}
export interface Job {
  readonly step: SeatStep;
  readonly request: Inner;
}
export type Result =
  | { readonly is: "ok" }
  | { readonly is: "refused"; readonly status: number; readonly code: string; readonly message: string }
  /** Never answered, or by a gateway: it may have been done. */
  | { readonly is: "lost"; readonly problem: Problem }
  | { readonly is: "failed"; readonly problem: Problem }
  /** Not sent: the caller forbade it, or the run was cancelled. */
  | { readonly is: "stopped"; readonly reason: unknown };

type Responses = z.infer<NonNullable<typeof api.licenses.schema>>;
type Answers = ReadonlyMap<string, Responses["responses"][number]>;

/** A gateway's words for an answer that it lost; what was asked may have been done. */
const lostBy = new Set([500, 502, 504]);
const limitedBy = new Set([429, 503, 509]);
const attempts = 6;

const bodyOf = (jobs: readonly Inner[]): object => ({
  requests: jobs.map(({ method, url, body }, i) => ({
    id: String(i + 1),
    method,
    url,
    ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body }),
  })),
});
const byId = ({ responses }: Responses): Answers => new Map(responses.map((one) => [one.id, one]));

/** No answer to what was asked: it may have been done. A 500 says no more than that something broke. */
export const isLost = (error: unknown): boolean =>
  error instanceof AfterTimeout || (error instanceof HttpProblem && lostBy.has(error.status));

export interface Batches {
  /** Each job's own result, in their order. Refused for now: that one alone comes again, and not before it may. */
  write(door: Door, jobs: readonly Job[], before: BeforeWrite, signal: AbortSignal): Promise<readonly Result[]>;
  /** Answers to questions, null where there was none. */
  ask(urls: readonly string[], signal: AbortSignal): Promise<readonly (unknown | null)[]>;
}

/** Why nothing may be sent, or null. */
export const stopper = async (
  before: BeforeWrite,
  jobs: readonly { readonly step: SeatStep }[],
): Promise<Stopped | null> => {
  try {
    await before(jobs.map(({ step }) => step));
    return null;
  } catch (error) {
    return error instanceof Stopped ? error : new Stopped(error);
  }
};

export const createBatches = (client: Client): Batches => {
  const { http, clock } = client;
  const send = async (door: Door, jobs: readonly Job[], signal: AbortSignal): Promise<Answers | Result> => {
    const options = { signal, body: bodyOf(jobs.map(({ request }) => request)), cost: jobs.length };
    try {
      return byId(await http.call(api[door], {}, options));
    } catch (error) {
      if (signal.aborted) return { is: "stopped", reason: signal.reason };
      const problem = asProblem(error);
      return { is: isLost(problem) ? "lost" : "failed", problem };
    }
  };
  const lost = (text: string): Problem =>
    new AfterTimeout(`connection "${client.connection}": Microsoft Graph ${text}; the write may have been done`);

  /** A result, or after how many milliseconds this one may come again. */
  const judge = (
    answer: ReturnType<Answers["get"]>,
    nth: number,
  ): Result | { readonly is: "again"; readonly ms: number } => {
    if (answer === undefined) return { is: "lost", problem: lost("left a request of a batch unanswered") };
    const { status, headers, body } = answer;
    if (status >= 200 && status < 300) return { is: "ok" };
    if (limitedBy.has(status)) {
      const lower = Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const asked = retryAfter(lower, clock.now());
      return {
        is: "again",
        ms: asked ?? jitter({ attempts, totalMs: 0, baseMs: 1000, capMs: 20_000 }, nth, clock.random()),
      };
    }
    if (lostBy.has(status)) return { is: "lost", problem: lost(`answered ${status} inside a batch`) };
    return { is: "refused", status, ...saidIn(body) };
  };
  const tired = (): Problem =>
    client.problem(
      "throttled",
      "Microsoft Graph keeps limiting this write",
      "Others may be using the same limit. Apply again later: it does the rest.",
    );

  const write: Batches["write"] = async (door, jobs, before, signal) => {
    const results: (Result | undefined)[] = jobs.map(() => undefined);
    let waiting = jobs.map((_job, i) => i);
    for (let nth = 1; waiting.length > 0; nth += 1) {
      const mine = waiting.flatMap((i) => jobs[i] ?? []);
      const reason = await stopper(before, mine);
      if (reason) {
        for (const i of waiting) results[i] = { is: "stopped", reason: reason.reason };
        break;
      }
      const answers = await send(door, mine, signal);
      const again: number[] = [];
      let waitMs = 0;
      waiting.forEach((i, at) => {
        const verdict = "is" in answers ? answers : judge(answers.get(String(at + 1)), nth);
        if (verdict.is !== "again") results[i] = verdict;
        else if (nth >= attempts || verdict.ms > 300_000) results[i] = { is: "failed", problem: tired() };
        else {
          again.push(i);
          waitMs = Math.max(waitMs, verdict.ms);
        }
      });
      waiting = again;
      if (waiting.length > 0) await rest(waitMs, signal);
    }
    return results.map((result) => result ?? { is: "failed", problem: tired() });
  };
  /** Whoever else wrote now would be refused too. A cancellation is what the next `before` finds. */
  const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
    http.pause("writes", ms);
    await clock.sleep(ms, signal).catch(() => undefined);
  };
  const ask: Batches["ask"] = async (urls, signal) => {
    const body = bodyOf(urls.map((url) => ({ method: "GET", url })));
    const answers = byId(await http.call(api.questions, {}, { signal, body }));
    return urls.map((_url, i) => {
      const answer = answers.get(String(i + 1));
      return answer?.status === 200 ? answer.body : null;
    });
  };
  return { write, ask };
};
