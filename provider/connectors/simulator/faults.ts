import { createRandom, type Random } from "./random.ts";

/** What may go wrong between a client and a system. The same plan serves a simulator and a proxy before a real server. */
export type Fault =
  /** Refused for now. `retryAfter`: seconds, or a date so many seconds from now. */
  | {
      readonly kind: "limit";
      readonly status: 429 | 403 | 503;
      readonly retryAfter?: number;
      readonly as?: "seconds" | "date";
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "status"; readonly status: number; readonly body?: unknown }
  /** The connection breaks: `after` the system did what was asked, or before it heard of it. */
  | { readonly kind: "reset"; readonly commit: "before" | "after" }
  /** No answer ever comes. */
  | { readonly kind: "silence"; readonly commit: "before" | "after" }
  | { readonly kind: "slow"; readonly ms: number }
  /** The token that came with this request is no longer good. */
  | { readonly kind: "expire" }
  /** `empty`: a page without its items; `truncated`: half of them; `loop`: the page before, once more. */
  | { readonly kind: "page"; readonly page: "empty" | "truncated" | "loop" };

export interface Where {
  readonly method?: string;
  readonly path?: RegExp;
  /** The nth request that fits, counted from 1, from when the fault was planned. */
  readonly nth?: number;
  /** By chance: 0.1 is one in ten of those that fit. */
  readonly probability?: number;
  /** At most so often. Default: once for `nth`, else without end. */
  readonly times?: number;
}

export interface FaultPlan {
  on(where: Where, fault: Fault): void;
  clear(): void;
  /** The fault that this request meets, if any; the first planned wins. */
  meet(method: string, path: string): Fault | null;
  /** How many faults were met. */
  met(): number;
}

interface Planned {
  readonly where: Where;
  readonly fault: Fault;
  fitted: number;
  met: number;
}

const strikes = ({ where, fitted, met }: Planned, random: Random): boolean => {
  if (met >= (where.times ?? (where.nth === undefined ? Number.POSITIVE_INFINITY : 1))) return false;
  if (where.nth !== undefined && fitted < where.nth) return false;
  return where.probability === undefined || random.next() < where.probability;
};

export const createFaultPlan = (seed = 1): FaultPlan => {
  const random = createRandom(seed);
  let planned: Planned[] = [];
  let total = 0;
  return {
    on(where, fault) {
      planned.push({ where, fault, fitted: 0, met: 0 });
    },
    clear() {
      planned = [];
    },
    meet(method, path) {
      let hit: Planned | null = null;
      for (const one of planned) {
        const { where } = one;
        if ((where.method && where.method !== method) || (where.path && !where.path.test(path))) continue;
        one.fitted += 1;
        if (hit === null && strikes(one, random)) hit = one;
      }
      if (hit === null) return null;
      hit.met += 1;
      total += 1;
      return hit.fault;
    },
    met: () => total,
  };
};

/** A page's items: the answer itself if it is a list, else its first list. */
const cut = (body: unknown, keep: (items: readonly unknown[]) => readonly unknown[]): unknown => {
  if (Array.isArray(body)) return keep(body);
  if (typeof body !== "object" || body === null) return body;
  // SCIM's `schemas` is a list too, and comes first.
  const key = Object.entries(body).find(([name, value]) => name !== "schemas" && Array.isArray(value))?.[0];
  return key === undefined
    ? body
    : Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name === key ? keep(value) : value]));
};

/** The page as the fault leaves it. `before` is the previous page of the same list. */
export const mangle = (page: "empty" | "truncated" | "loop", body: unknown, before: unknown): unknown => {
  if (page === "loop") return before ?? body;
  return cut(body, (items) => (page === "empty" ? [] : items.slice(0, Math.floor(items.length / 2))));
};

export const limitHeaders = (fault: Extract<Fault, { kind: "limit" }>, now: number): Record<string, string> => {
  const after = fault.retryAfter;
  if (after === undefined) return { ...fault.headers };
  // A date has no fractions: rounded up, so that the promise is kept.
  const date = new Date(Math.ceil(now / 1000) * 1000 + after * 1000).toUTCString();
  // A date is read against the server's own; both must come from the same clock.
  const own = new Date(now).toUTCString();
  return { "retry-after": fault.as === "date" ? date : String(after), date: own, ...fault.headers };
};
