import type { Problem } from "../../core/problem.ts";
import { type Budget, createBudget } from "./budget.ts";
import type { Counts, HttpConfig } from "./http.ts";
import { judgeAnswer, judgeFailure, type Sending, type Verdict } from "./judge.ts";
import { breakerOpen, throttled, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import { type Backoff, rateHeaders } from "./retry.ts";
import { budgetOf, type Tenant, turnOf } from "./shared.ts";
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
  readonly also?: readonly string[];
  readonly cost?: number;
  readonly token?: boolean;
  /** What another try carries instead: a signature is good once, and for minutes. */
  readonly anew?: () => Promise<Pick<Ask, "headers" | "body">>;
}
export type Attempt = (ask: Ask) => Promise<Raw>;

interface Parts {
  readonly config: HttpConfig;
  readonly tenant: Tenant;
  readonly redact: Redactor;
  readonly send: Transport;
  readonly backoff: Backoff;
}

const createCounter = () => {
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

/** One request on the wire, counted and logged. */
const createWire =
  ({ config, send }: Parts, add: (ask: Ask) => void) =>
  async (ask: Ask, nth: number): Promise<Raw> => {
    const { whom, url, headers, body, signal } = ask;
    const { method, path } = whom;
    const began = config.clock.now();
    const log = (status: number): void => {
      const ms = config.clock.now() - began;
      config.onRequest?.({ method, path, status, ms, attempt: nth, write: ask.write });
      const again = nth > 1 ? ` (attempt ${nth})` : "";
      config.log?.("debug", `${config.connection}: ${method} ${path} ${status || "no answer"} ${ms} ms${again}`);
    };
    const timeoutMs = config.timeoutMs ?? 60_000;
    add(ask);
    try {
      const raw = await send({ method, url, headers, signal, timeoutMs, ...(body === undefined ? {} : { body }) });
      log(raw.status);
      return raw;
    } catch (error) {
      log(0);
      throw error;
    }
  };

const budgetFor = ({ tenant, config }: Parts, bucket: string): Budget =>
  budgetOf(tenant, bucket, () => createBudget(config.budgets?.[bucket]));

interface Waiting {
  readonly bucket: string;
  readonly cost?: number | undefined;
  /** Around each try: a place among the concurrent calls, and how to give it back. */
  readonly within?: (() => Promise<() => void>) | undefined;
}
/**
 * One at a time waits for a bucket, the others stand behind it in the order they came: no herd wakes at the same moment,
 * and writes keep their order. Gives back what `within` gave.
 */
const inTurn = async (parts: Parts, { whom, signal, write }: Ask, waiting: Waiting): Promise<() => void> => {
  const { tenant, config, backoff } = parts;
  const { bucket, cost, within } = waiting;
  const budget = budgetFor(parts, bucket);
  const longest = (write ? config.writeWaitMs : undefined) ?? backoff.totalMs;
  const turn = await turnOf(tenant, bucket).enter(signal);
  try {
    for (;;) {
      const leave = await within?.();
      const waitMs = budget.take(config.clock.now(), cost);
      if (waitMs === 0) return leave ?? (() => undefined);
      leave?.();
      if (waitMs > longest) throw throttled(whom, waitMs);
      if (waitMs > 10_000)
        config.log?.("info", `${config.connection}: waits ${Math.ceil(waitMs / 1000)} s for the ${bucket} limit`);
      await config.clock.sleep(waitMs, signal);
    }
  } finally {
    turn();
  }
};

/** A place among the concurrent calls and in the buckets; gives back the leave. */
const enter = async (parts: Parts, ask: Ask): Promise<() => void> => {
  for (const bucket of ask.also ?? []) {
    await inTurn(parts, ask, { bucket });
    budgetFor(parts, bucket).ended();
  }
  const within = (): Promise<() => void> => parts.tenant.gate.enter(ask.signal);
  const leave = await inTurn(parts, ask, { bucket: ask.bucket, cost: ask.cost, within });
  return () => {
    budgetFor(parts, ask.bucket).ended();
    leave();
  };
};

/** One sending and what it means; the breaker hears whatever came of it. */
const createSender = (parts: Parts, add: (ask: Ask) => void) => {
  const { config, tenant, redact, backoff } = parts;
  const { clock } = config;
  const wire = createWire(parts, add);
  const judged = async (ask: Ask, nth: number): Promise<Verdict> => {
    const sending = (): Sending => {
      const { whom, idempotent } = ask;
      const [now, random] = [clock.now(), clock.random()];
      return { whom, idempotent, nth, backoff, redact, now, random, isLimit: config.isLimit };
    };
    try {
      const raw = await wire(ask, nth);
      budgetFor(parts, ask.bucket).told(rateHeaders(raw.headers, clock.now()), clock.now());
      return judgeAnswer(sending(), raw);
    } catch (error) {
      if (error instanceof NetworkFailure) return judgeFailure(sending(), error);
      tenant.breaker.abandoned();
      throw error;
    }
  };
  return async (ask: Ask, nth: number, last: Problem | null): Promise<Verdict> => {
    const leave = await enter(parts, ask);
    try {
      // What made it open says more than that it is open.
      if ((await tenant.breaker.enter(clock.now, ask.signal)) === "open") throw last ?? breakerOpen(ask.whom);
      const verdict = await judged(ask, nth);
      if (verdict.healthy) tenant.breaker.succeeded();
      else tenant.breaker.failed(clock.now());
      // The whole bucket waits: whoever else calls now would be refused too, and prolong it.
      if (verdict.is === "again" && verdict.limited)
        for (const bucket of [ask.bucket, ...(ask.also ?? [])])
          budgetFor(parts, bucket).pause(clock.now() + verdict.waitMs);
      return verdict;
    } finally {
      leave();
    }
  };
};

/** Sends until there is an answer worth handing on: within the budget, behind the breaker, never before `Retry-After`. */
export const createAttempts = (parts: Parts): { attempt: Attempt; counts: () => Counts } => {
  const { config, redact, backoff } = parts;
  const { clock } = config;
  const { add, counts } = createCounter();
  const send = createSender(parts, add);
  const attempt: Attempt = async (ask) => {
    // Its own waits only: standing in the queue of a busy bucket is no failure.
    let waited = 0;
    let last: Problem | null = null;
    for (let nth = 1; ; nth += 1) {
      const asking = nth > 1 && ask.anew ? { ...ask, ...(await ask.anew()) } : ask;
      const verdict = await send(asking, nth, last);
      if (verdict.is === "answer") return verdict.raw;
      if (verdict.is === "final" || nth >= backoff.attempts) throw verdict.problem;
      const apart = verdict.limited ? clock.random() * Math.min(1000, backoff.baseMs + verdict.waitMs / 10) : 0;
      const waitMs = Math.ceil(verdict.waitMs + apart);
      waited += waitMs;
      if (waited > backoff.totalMs) throw verdict.limited ? throttled(ask.whom, waitMs) : verdict.problem;
      last = verdict.problem;
      config.log?.("info", redact(`${last.message}; again in ${waitMs} ms`));
      await clock.sleep(waitMs, ask.signal);
    }
  };
  return { attempt, counts };
};
