import type { Problem } from "../../core/problem.ts";
import { lost, refusal, unreachable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import { type Backoff, jitter, rateHeaders, retryAfter } from "./retry.ts";
import { decode, type NetworkFailure, type Raw } from "./transport.ts";

/** What one sending means: an answer to hand on, a failure, or a reason to come back after `waitMs`. */
export type Verdict =
  | { readonly is: "answer"; readonly raw: Raw; readonly healthy: boolean }
  | { readonly is: "final"; readonly problem: Problem; readonly healthy: boolean }
  | {
      readonly is: "again";
      readonly problem: Problem;
      readonly waitMs: number;
      readonly healthy: boolean;
      readonly limited: boolean;
    };

export interface Sending {
  readonly whom: Whom;
  readonly idempotent: boolean;
  /** 1, 2, … */
  readonly nth: number;
  readonly now: number;
  /** 0 ≤ x < 1 */
  readonly random: number;
  readonly backoff: Backoff;
  readonly redact: Redactor;
  readonly isLimit?: ((status: number, headers: Raw["headers"], body: unknown) => boolean) | undefined;
}

/** Who says when to come back limits, with a 503 (Google's licensing) or a 403 (GitHub, and proxies in front of others) as with a 429. */
const limits = (s: Sending, raw: Raw): boolean =>
  raw.status === 429 ||
  ((raw.status === 503 || raw.status === 403) && raw.headers["retry-after"] !== undefined) ||
  (raw.status >= 400 && (s.isLimit?.(raw.status, raw.headers, decode(raw)) ?? false));

const limitWait = (s: Sending, raw: Raw): number => {
  const rate = rateHeaders(raw.headers, s.now);
  const asked = retryAfter(raw.headers, s.now) ?? (rate.remaining === 0 ? rate.resetMs : null);
  const least = (s.backoff.limitMs ?? 0) * 2 ** (s.nth - 1);
  return Math.ceil(asked ?? least + jitter(s.backoff, s.nth, s.random));
};

export const judgeAnswer = (s: Sending, raw: Raw): Verdict => {
  const problem = (): Problem => refusal(s.whom, raw, decode(raw), s.redact);
  if (limits(s, raw))
    return { is: "again", problem: problem(), waitMs: limitWait(s, raw), healthy: true, limited: true };
  const gateway = raw.status === 502 || raw.status === 504;
  // The gateway lost the answer, not necessarily the request.
  if (gateway && !s.idempotent) return { is: "final", problem: lost(s.whom, problem()), healthy: false };
  if (gateway || raw.status === 503)
    return {
      is: "again",
      problem: problem(),
      waitMs: jitter(s.backoff, s.nth, s.random),
      healthy: false,
      limited: false,
    };
  return { is: "answer", raw, healthy: raw.status < 500 };
};

export const judgeFailure = (s: Sending, failure: NetworkFailure): Verdict => {
  const problem = unreachable(s.whom, failure);
  if (failure.sent && !s.idempotent) return { is: "final", problem: lost(s.whom, failure), healthy: false };
  // A certificate does not get better; and where nobody listens, a wrong address should be told soon.
  const hopeless = failure.kind === "tls" || failure.kind === "too-large" || (failure.kind === "refused" && s.nth >= 3);
  if (hopeless) return { is: "final", problem, healthy: false };
  return { is: "again", problem, waitMs: jitter(s.backoff, s.nth, s.random), healthy: false, limited: false };
};
