import { retryAfter } from "../../connectors/http/retry.ts";
import type { Fault } from "../../connectors/simulator/faults.ts";
import type { Random } from "../../connectors/simulator/random.ts";
import type { Raw, Sent, Transport } from "../../core/wire.ts";
import type { FaultedStand } from "./faulted-system.ts";

export const kinds = ["429", "403", "503", "reset", "timeout", "lag", "duplicate page", "lost page"] as const;
export type Kind = (typeof kinds)[number];

/** Pages and writes are fewer than requests: they draw more often where they can, so that every kind has its share. */
const weights: Readonly<Record<Exclude<Kind, "lag">, number>> = {
  "429": 1,
  "403": 1,
  "503": 1,
  reset: 1,
  timeout: 6,
  "duplicate page": 6,
  "lost page": 6,
};

export interface Told {
  requests: number;
  /** Calls while a `Retry-After` that had been read was running. */
  early: number;
  /** 429, 503 or 403 that nobody injected. */
  selfInflicted: number;
  readonly injected: Record<Kind, number>;
}
export const nothing = (): Told => ({
  requests: 0,
  early: 0,
  selfInflicted: 0,
  injected: { "429": 0, "403": 0, "503": 0, reset: 0, timeout: 0, lag: 0, "duplicate page": 0, "lost page": 0 },
});

export interface FaultyWire {
  /** From now on lists trail behind writes. */
  lag(ms: number): void;
  readonly transport: Transport;
}
interface Wire {
  readonly stand: FaultedStand;
  readonly now: () => number;
  readonly random: Random;
  /** Share of requests that meet a fault; of writes and of pages that are not the first twice as many. */
  readonly rate: number;
  /** After each request that may have changed something. */
  readonly written: () => void;
  readonly told: Told;
}

const limit = (random: Random): Fault => ({
  kind: "limit",
  status: 429,
  retryAfter: 1 + random.int(20),
  as: random.int(2) === 0 ? "seconds" : "date",
});

const faultOf = (kind: Exclude<Kind, "lag">, { stand, random }: Wire): Fault => {
  const refused: Fault = { kind: "limit", status: 403, retryAfter: 1 + random.int(20) };
  switch (kind) {
    case "429":
      return limit(random);
    case "403":
      return stand.limit403 ?? refused;
    case "503":
      return { kind: "status", status: 503 };
    case "reset":
      return { kind: "reset", commit: random.int(2) === 0 ? "before" : "after" };
    case "timeout":
      return { kind: "silence", commit: "after" };
    case "duplicate page":
      return { kind: "page", page: "loop" };
    case "lost page":
      return { kind: "page", page: stand.lostPage ?? (random.int(2) === 0 ? "empty" : "truncated") };
  }
};

const inside: Readonly<Partial<Record<Kind, 429 | 503 | 504>>> = { "429": 429, "503": 503, reset: 504 };
/** Met by this very request: it is judged before anything is awaited. */
const plant = (kind: Exclude<Kind, "lag">, path: string, wire: Wire): void => {
  const { stand, random } = wire;
  const status = inside[kind];
  if (status !== undefined && stand.within && random.int(2) === 0 && stand.within(status, path)) return;
  stand.simulator.faults.on({ times: 1 }, faultOf(kind, wire));
};

const drawn = (path: string, write: boolean, { stand, random, rate }: Wire): Exclude<Kind, "lag"> | null => {
  const later = !write && stand.laterPage.test(path);
  const more = later ? (stand.moreOfPages ?? 2) : write ? 2 : 1;
  if (random.next() >= more * rate) return null;
  const open = (Object.keys(weights) as Exclude<Kind, "lag">[]).filter((kind) =>
    kind === "timeout" ? write : kind.endsWith("page") ? later : true,
  );
  const sum = open.reduce((total, kind) => total + weights[kind], 0);
  let at = random.next() * sum;
  for (const kind of open) {
    at -= weights[kind];
    if (at < 0) return kind;
  }
  return null;
};

const smaller = (sent: Sent, { stand: { pages } }: Wire): Sent => {
  if (!pages) return sent;
  const url = new URL(sent.url);
  const asked = Number(url.searchParams.get(pages.parameter) ?? 0);
  if (asked <= pages.size) return sent;
  url.searchParams.set(pages.parameter, String(pages.size));
  return { ...sent, url: url.href };
};

/** A cache in front of a system that has no lag of its own: an answer is given again until it is this old. */
const createCache = (now: () => number) => {
  const kept = new Map<string, { readonly at: number; readonly raw: Raw }>();
  let forMs = 0;
  return {
    set(ms: number): void {
      forMs = ms;
    },
    find: ({ method, url }: Sent): Raw | null => {
      const found = method === "GET" ? kept.get(url) : undefined;
      return found && now() < found.at + forMs ? found.raw : null;
    },
    keep: ({ method, url }: Sent, raw: Raw): void => {
      if (forMs > 0 && method === "GET" && raw.status === 200) kept.set(url, { at: now(), raw });
    },
  };
};

/** A simulator in this process, behind a wire that fails by chance and keeps count. */
export const createFaultyWire = (wire: Wire): FaultyWire => {
  const { stand, now, told } = wire;
  const { simulator } = stand;
  const waits = new Map<string, number>();
  const cache = createCache(now);
  const heard = (bucket: string, raw: Raw, injected: boolean): void => {
    const limited = raw.status === 429 || (raw.status >= 400 && raw.headers["retry-after"] !== undefined);
    if (!injected && [429, 503, 403].includes(raw.status)) told.selfInflicted += 1;
    const ms = retryAfter(raw.headers, now());
    if (!limited || ms === null) return;
    const until = now() + ms;
    // Calls that are on their way when the answer comes could not know: they are sent within this very turn.
    setImmediate(() => waits.set(bucket, Math.max(waits.get(bucket) ?? 0, until)));
  };
  const transport: Transport = async (sent) => {
    const { pathname, search } = new URL(sent.url);
    const bucket = stand.bucketOf?.(sent.method, pathname) ?? "";
    told.requests += 1;
    if (now() < (waits.get(bucket) ?? 0)) told.early += 1;
    const stale = cache.find(sent);
    if (stale) return stale;
    const write = sent.method !== "GET" && !pathname.endsWith("token");
    const kind = drawn(pathname + search, write, wire);
    if (kind !== null) plant(kind, pathname, wire);
    const answer = simulator.transport(smaller(sent, wire));
    if (kind !== null) told.injected[kind] += 1;
    simulator.faults.clear();
    try {
      const raw = await answer;
      heard(bucket, raw, kind !== null);
      if (kind === null) cache.keep(sent, raw);
      return raw;
    } finally {
      if (sent.method !== "GET") wire.written();
    }
  };
  const lag = (ms: number): void => {
    told.injected.lag += 1;
    if (stand.setLag) stand.setLag(ms);
    else cache.set(ms);
  };
  return { transport, lag };
};
