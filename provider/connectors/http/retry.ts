import type { Told } from "./budget.ts";
import type { Raw } from "./transport.ts";

const number = (text: string | undefined): number | null => {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text.split(/[,;]/)[0]);
  return Number.isFinite(value) && value >= 0 ? value : null;
};

/** The server's own time where it tells it: a date in its headers is then right whatever our clock says. It tells whole seconds: where the clocks agree in these, ours is finer. */
export const serverNow = (headers: Raw["headers"], now: number): number => {
  const date = Date.parse(headers.date ?? "");
  return Number.isNaN(date) || (date <= now && now < date + 1000) ? now : date;
};

/** Milliseconds that `Retry-After` asks for: seconds or a date. `null`: it does not say. */
export const retryAfter = (headers: Raw["headers"], now: number): number | null => {
  const text = headers["retry-after"];
  if (text === undefined) return null;
  const seconds = number(text);
  if (seconds !== null) return Math.ceil(seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - serverNow(headers, now));
};

const first = (headers: Raw["headers"], names: readonly string[]): number | null => {
  for (const name of names) {
    const value = number(headers[name]);
    if (value !== null) return value;
  }
  return null;
};

/** `X-RateLimit-*` (GitHub), `X-Rate-Limit-*` (Okta, epoch seconds), `RateLimit-*` (IETF, seconds from now). */
export const rateHeaders = (headers: Raw["headers"], now: number): Told => {
  const names = (part: string) => [`x-ratelimit-${part}`, `x-rate-limit-${part}`, `ratelimit-${part}`];
  const reset = first(headers, names("reset"));
  // Nobody resets in 30 years: a number that large is a date.
  const resetMs = reset === null ? null : reset > 1e9 ? reset * 1000 - serverNow(headers, now) : reset * 1000;
  return {
    limit: first(headers, names("limit")),
    remaining: first(headers, names("remaining")),
    resetMs: resetMs === null ? null : Math.max(0, resetMs),
  };
};

export interface Backoff {
  readonly attempts: number;
  readonly totalMs: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** After a limit that does not say for how long: at least so long, doubled each time. GitHub asks for a minute. */
  readonly limitMs?: number;
}
export const defaultBackoff: Backoff = { attempts: 6, totalMs: 300_000, baseMs: 250, capMs: 20_000 };

/** Full jitter: anywhere between nothing and the doubled step, so that many callers do not come back together. */
export const jitter = ({ baseMs, capMs }: Backoff, attempt: number, random: number): number =>
  random * Math.min(capMs, baseMs * 2 ** (attempt - 1));
