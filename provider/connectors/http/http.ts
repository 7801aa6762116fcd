import type { Clock, OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { createAttempts } from "./attempts.ts";
import { type Auth, secretsOf } from "./auth.ts";
import { createBudget, type Rate } from "./budget.ts";
import type { Endpoint, Params } from "./endpoint.ts";
import { createExchange, rootOf } from "./exchange.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import { type Backoff, defaultBackoff } from "./retry.ts";
import { budgetOf, processShared, type Shared, wireOf } from "./shared.ts";
import { createTokens } from "./tokens.ts";
import type { Transport } from "./transport.ts";

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrules the endpoint. */
  readonly idempotent?: boolean;
  /** Overrules the endpoint: a batch counts for each request in it. */
  readonly cost?: number;
  /** A link that the vendor gave (a next page), followed instead of the filled path; to its own host only. */
  readonly at?: string;
  /** Refusals that are answers here (404, 409): no Problem; `call` then gives null. */
  readonly okStatus?: readonly number[];
}
export interface Reply<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the status is one of `okStatus`. */
  readonly data: T | null;
  /** The decoded answer, unchecked: for the error fields of an `okStatus`. */
  readonly body: unknown;
}
export interface Counts {
  readonly total: number;
  readonly reads: number;
  readonly writes: number;
  /** Token requests; part of `reads`. */
  readonly tokens: number;
  /** By method and path template. */
  readonly by: Readonly<Record<string, number>>;
}
export interface Http {
  call<T, P extends Params>(
    endpoint: Endpoint<T, P>,
    params: P,
    options: CallOptions & { readonly okStatus: readonly number[] },
  ): Promise<T | null>;
  call<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T>;
  /** As `call`, with status, headers and body. */
  exchange<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<Reply<T>>;
  counts(): Counts;
  requests(): number;
  /** The vendor asks, inside an answer (one request of a batch), to wait: nobody calls this bucket for so long. */
  pause(bucket: string, ms: number): void;
  /** The token that calls carry, for what it says of itself (its roles); null where the auth has none. Never printed. */
  token(signal: AbortSignal): Promise<string | null>;
  redact: Redactor;
  close(): void;
}

/** Written after every request that went out. `path` is the template: no person, no secret. */
export interface Logged {
  readonly method: string;
  readonly path: string;
  /** 0: no answer. */
  readonly status: number;
  readonly ms: number;
  readonly attempt: number;
  readonly write: boolean;
}
export interface HttpConfig {
  readonly connection: string;
  readonly vendor: string;
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log?: (level: "debug" | "info" | "warning", message: string) => void;
  readonly proxy?: string | undefined;
  readonly ca?: string | undefined;
  /** Whose limits these are, where one host serves many (a realm, an organisation). Default: the base URL. */
  readonly tenant?: string;
  /** Documented rates per bucket; `default` is the bucket of endpoints that name none. */
  readonly budgets?: Readonly<Record<string, Rate>>;
  /** Default: 8. */
  readonly concurrency?: number;
  readonly backoff?: Partial<Backoff>;
  /** Longest that a write waits for its turn in a bucket, where limits are by the hour. Default: `backoff.totalMs`. */
  readonly writeWaitMs?: number;
  /** Default: 60 s. */
  readonly timeoutMs?: number;
  /** Default: 64 MB. */
  readonly maxBytes?: number;
  /** Default: application/json, both ways. */
  readonly mediaType?: string;
  /** Is this refusal a limit (GitHub's and Google's 403)? Then it is retried like a 429. */
  readonly isLimit?: (status: number, headers: Readonly<Record<string, string>>, body: unknown) => boolean;
  readonly onRequest?: (logged: Logged) => void;
  /** Further values that must never be printed. */
  readonly secrets?: readonly (string | undefined)[];
  readonly shared?: Shared;
  /** Tests bring their own wire. */
  readonly transport?: Transport;
}

/** What every connector hands on of how it was opened. */
export const opened = ({ connection, clock, log, proxy, ca, transport }: OpenWith) => ({
  connection,
  clock,
  log,
  ...(proxy === undefined ? {} : { proxy }),
  ...(ca === undefined ? {} : { ca }),
  ...(transport === undefined ? {} : { transport }),
});

const baseOf = (config: HttpConfig): URL => {
  const url = URL.canParse(config.baseUrl) ? new URL(config.baseUrl) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search) return url;
  throw new Problem("invalid", `connection "${config.connection}": the address is not an http(s) URL`, {
    hint: "It needs scheme and host, and neither user name, password nor query.",
  });
};

export const createHttp = (config: HttpConfig): Http => {
  const base = baseOf(config);
  const redact = createRedactor([...secretsOf(config.auth), ...(config.secrets ?? [])]);
  const concurrency = config.concurrency ?? 8;
  const key = `${config.vendor} ${config.tenant ?? rootOf(base)}`;
  const tenant = (config.shared ?? processShared).tenant(key, concurrency);
  const wire = wireOf(tenant, {
    ...(config.proxy ? { proxy: config.proxy } : {}),
    ...(config.ca ? { ca: config.ca } : {}),
    maxBytes: config.maxBytes ?? 64 * 1024 * 1024,
    sockets: concurrency + 2,
  });
  const backoff = { ...defaultBackoff, ...config.backoff };
  const { attempt, counts } = createAttempts({ config, tenant, redact, backoff, send: config.transport ?? wire.send });
  const { auth } = config;
  const tokens =
    auth.kind === "oauth2" || auth.kind === "token" ? createTokens({ auth, config, tenant, redact, attempt }) : null;
  const exchange = createExchange({ config, base, redact, attempt, tokens });
  return {
    exchange,
    // The overloads differ in null only, which `exchange` gives exactly when `okStatus` allows it.
    call: async <T, P extends Params>(e: Endpoint<T, P>, p: P, o: CallOptions) => (await exchange(e, p, o)).data as T,
    counts,
    requests: () => counts().total,
    pause: (bucket, ms) =>
      budgetOf(tenant, bucket, () => createBudget(config.budgets?.[bucket])).pause(config.clock.now() + ms),
    token: async (signal) => (tokens === null ? null : tokens.get(signal)),
    redact,
    close: wire.close,
  };
};
