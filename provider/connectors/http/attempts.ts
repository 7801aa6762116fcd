import type { Problem } from "../../core/problem.ts";
import { createBudget } from "./budget.ts";
import { type Counts, decode, type HttpConfig } from "./http.ts";
import { breakerOpen, lost, refusal, throttled, unreachable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import { type Backoff, jitter, rateHeaders, retryAfter } from "./retry.ts";
import { budgetOf, type Tenant } from "./shared.ts";
import { NetworkFailure, type Raw, type Transport } from "./transport.ts";

export interface Ask {
  readonly whom: Whom;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly idempotent: boolean;
  readonly write: boolean;
  readonly bucket: string;
  readonly token?: boolean;
}
export type Attempt = (ask: Ask) => Promise<Raw>;

interface Parts {
  readonly config: HttpConfig;
  readonly tenant: Tenant;
  readonly redact: Redactor;
  readonly send: Transport;
  readonly backoff: Backoff;
}

/** What came of one sending: an answer to hand on, or a reason to come back after `waitMs`. */
type Came = { readonly raw: Raw } | { readonly again: Problem; readonly waitMs: number; readonly limited: boolean };

const counter = () => {
  const by: Record<string, number> = {};
  const sums = { total: 0, reads: 0, writes: 0, tokens: 0 };
  const add = (ask: Ask): void => {
    const name = `${ask.whom.method} ${ask.whom.path}`;
    by[name] = (by[name] ?? 0) + 1;
    sums.total += 1;
    sums[ask.write ? "writes" : "reads"] += 1;
    if (ask.token) sums.tokens += 1;
  };
  return { add, counts: (): Counts => ({ ...sums, by: { ...by } }) };
};

/** Sends until there is an answer worth handing on: within the budget, behind the breaker, never before `Retry-After`. */
export const createAttempts = (parts: Parts): { attempt: Attempt; counts: () => Counts } => {
  const { config, tenant, redact, send, backoff } = parts;
  const { clock } = config;
  const { add, counts } = counter();
  const budget = (bucket: string) => budgetOf(tenant, bucket, () => createBudget(config.budgets?.[bucket]));

  /** A place among the concurrent calls and in the bucket; gives back the leave. */
  const enter = async (ask: Ask, deadline: number): Promise<() => void> => {
    for (;;) {
      const leave = await tenant.gate.enter(ask.signal);
      const waitMs = budget(ask.bucket).take(clock.now());
      if (waitMs === 0) return leave;
      leave();
      if (clock.now() + waitMs > deadline) throw throttled(ask.whom, waitMs);
      // A little apart, so that those who wait for one moment do not come in one moment.
      await clock.sleep(waitMs + Math.floor(clock.random() * Math.min(1000, waitMs / 10)), ask.signal);
    }
  };

  const wire = async (ask: Ask, nth: number): Promise<Raw> => {
    const { whom, url, headers, body, signal } = ask;
    const began = clock.now();
    const log = (status: number): void => {
      const ms = clock.now() - began;
      config.onRequest?.({ method: whom.method, path: whom.path, status, ms, attempt: nth, write: ask.write });
      config.log?.(
        "debug",
        `${config.connection}: ${whom.method} ${whom.path} ${status || "no answer"} ${ms} ms${nth > 1 ? ` (attempt ${nth})` : ""}`,
      );
    };
    add(ask);
    try {
      const raw = await send({
        method: whom.method,
        url,
        headers,
        signal,
        timeoutMs: config.timeoutMs ?? 60_000,
        ...(body === undefined ? {} : { body }),
      });
      log(raw.status);
      return raw;
    } catch (error) {
      log(0);
      throw error;
    }
  };

  const isLimit = (raw: Raw): boolean =>
    raw.status === 429 ||
    (raw.status === 503 && raw.headers["retry-after"] !== undefined) ||
    (raw.status >= 400 && (config.isLimit?.(raw.status, raw.headers, decode(raw)) ?? false));

  const judgeAnswer = (ask: Ask, raw: Raw, nth: number): Came => {
    const now = clock.now();
    budget(ask.bucket).told(rateHeaders(raw.headers, now), now);
    const why = (): Problem => refusal(ask.whom, raw, decode(raw), redact);
    if (isLimit(raw)) {
      const asked =
        retryAfter(raw.headers, now) ??
        (rateHeaders(raw.headers, now).remaining === 0 ? rateHeaders(raw.headers, now).resetMs : null);
      const waitMs = Math.ceil(asked ?? jitter(backoff, nth, clock.random()));
      // The whole bucket waits: whoever else calls now would be refused too, and prolong it.
      budget(ask.bucket).pause(now + waitMs);
      tenant.breaker.succeeded();
      return { again: why(), waitMs, limited: true };
    }
    const gateway = raw.status === 502 || raw.status === 504;
    if (raw.status >= 500) tenant.breaker.failed(now);
    else tenant.breaker.succeeded();
    if (gateway && !ask.idempotent) throw lost(ask.whom, why());
    if (gateway || raw.status === 503)
      return { again: why(), waitMs: jitter(backoff, nth, clock.random()), limited: false };
    return { raw };
  };

  const judgeFailure = (ask: Ask, error: unknown, nth: number): Came => {
    if (!(error instanceof NetworkFailure)) {
      tenant.breaker.abandoned();
      throw error;
    }
    tenant.breaker.failed(clock.now());
    const problem = unreachable(ask.whom, error);
    if (error.sent && !ask.idempotent) throw lost(ask.whom, error);
    if (error.kind === "tls" || error.kind === "too-large") throw problem;
    // Nobody listens there: a wrong address should be told soon.
    if (error.kind === "refused" && nth >= 3) throw problem;
    return { again: problem, waitMs: jitter(backoff, nth, clock.random()), limited: false };
  };

  const once = async (ask: Ask, nth: number, deadline: number): Promise<Came> => {
    const leave = await enter(ask, deadline);
    try {
      if (tenant.breaker.enter(clock.now()) === "open") throw breakerOpen(ask.whom);
      const raw = await wire(ask, nth).catch((error: unknown) => judgeFailure(ask, error, nth));
      return "again" in raw || "raw" in raw ? raw : judgeAnswer(ask, raw, nth);
    } finally {
      budget(ask.bucket).ended();
      leave();
    }
  };

  const attempt: Attempt = async (ask) => {
    const deadline = clock.now() + backoff.totalMs;
    for (let nth = 1; ; nth += 1) {
      const came = await once(ask, nth, deadline);
      if ("raw" in came) return came.raw;
      if (nth >= backoff.attempts) throw came.again;
      if (clock.now() + came.waitMs > deadline) throw came.limited ? throttled(ask.whom, came.waitMs) : came.again;
      config.log?.("info", redact(`${came.again.message}; again in ${Math.ceil(came.waitMs)} ms`));
      await clock.sleep(Math.ceil(came.waitMs), ask.signal);
    }
  };
  return { attempt, counts };
};
