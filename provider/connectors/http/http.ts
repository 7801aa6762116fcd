import type { z } from "zod";
import type { Clock } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { createAttempts } from "./attempts.ts";
import { type Auth, fixedHeader, secretsOf } from "./auth.ts";
import type { Rate } from "./budget.ts";
import { type Endpoint, fill, isIdempotent, isWrite, type Params } from "./endpoint.ts";
import { refusal, unreadable, type Whom } from "./problems.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import { type Backoff, defaultBackoff } from "./retry.ts";
import { processShared, type Shared } from "./shared.ts";
import { createTokens } from "./tokens.ts";
import { createTransport, type Raw, type Transport } from "./transport.ts";

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrules the endpoint. */
  readonly idempotent?: boolean;
  /** Reads the answer by another schema than the table's is not offered: make a second row. A link to follow instead of the filled path: */
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

export const decode = (raw: Raw): unknown => {
  if (raw.body === "") return undefined;
  try {
    return JSON.parse(raw.body);
  } catch {
    return raw.body;
  }
};

/** zod's own words name the expectation, never the value. */
const parse = <T>(schema: z.ZodType<T>, whom: Whom, body: unknown): T => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? issue.path.join(".") : "the answer itself";
  throw unreadable(whom, body === undefined ? "no body" : `${where}: ${issue?.message ?? "does not fit"}`);
};

const baseOf = (config: HttpConfig): URL => {
  const url = URL.canParse(config.baseUrl) ? new URL(config.baseUrl) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search) return url;
  throw new Problem("invalid", `connection "${config.connection}": the address is not an http(s) URL`, {
    hint: "It needs scheme and host, and neither user name, password nor query.",
  });
};

/** A link that the vendor gave may lead to its own host only: the token goes along. */
const follow = (base: URL, at: string, whom: Whom): string => {
  const url = URL.canParse(at, base.href) ? new URL(at, base.href) : null;
  if (url?.origin === base.origin) return url.href;
  throw unreadable(whom, "a link that leads to another host");
};

export const createHttp = (config: HttpConfig): Http => {
  const base = baseOf(config);
  const root = base.href.replace(/\/+$/, "");
  const redact = createRedactor([...secretsOf(config.auth), ...(config.secrets ?? [])]);
  const concurrency = config.concurrency ?? 8;
  const wire = createTransport({
    ...(config.proxy ? { proxy: config.proxy } : {}),
    ...(config.ca ? { ca: config.ca } : {}),
    maxBytes: config.maxBytes ?? 64 * 1024 * 1024,
    sockets: concurrency + 2,
  });
  const tenant = (config.shared ?? processShared).tenant(`${config.vendor} ${config.tenant ?? root}`, concurrency);
  const { attempt, counts } = createAttempts({
    config,
    tenant,
    redact,
    send: config.transport ?? wire.send,
    backoff: { ...defaultBackoff, ...config.backoff },
  });
  const tokens =
    config.auth.kind === "oauth2" ? createTokens({ auth: config.auth, config, tenant, redact, attempt }) : null;
  const media = config.mediaType ?? "application/json";

  const whomOf = (endpoint: Endpoint<unknown, never>): Whom => ({
    connection: config.connection,
    vendor: config.vendor,
    host: base.host,
    method: endpoint.method,
    path: endpoint.path,
    ...(endpoint.scope ? { scope: endpoint.scope } : {}),
  });

  const authorised = async (signal: AbortSignal): Promise<Readonly<Record<string, string>>> =>
    tokens
      ? { authorization: `Bearer ${await tokens.get(signal)}` }
      : config.auth.kind === "oauth2"
        ? {}
        : fixedHeader(config.auth);

  const exchange = async <T, P extends Params>(
    endpoint: Endpoint<T, P>,
    params: P,
    options: CallOptions,
  ): Promise<Reply<T>> => {
    const whom = whomOf(endpoint as Endpoint<unknown, never>); // only its facts are read
    const url = options.at ? follow(base, options.at, whom) : root + fill(endpoint.path, params);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const send = async (): Promise<Raw> =>
      attempt({
        whom,
        url,
        headers: {
          accept: media,
          ...(body === undefined ? {} : { "content-type": media }),
          ...(await authorised(options.signal)),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body }),
        signal: options.signal,
        idempotent: options.idempotent ?? isIdempotent(endpoint as Endpoint<unknown, never>),
        write: isWrite(endpoint as Endpoint<unknown, never>),
        bucket: endpoint.bucket ?? "default",
      });
    let raw = await send();
    if (raw.status === 401 && tokens) {
      tokens.drop();
      raw = await send();
    }
    const decoded = decode(raw);
    const { status, headers } = raw;
    if (status >= 200 && status < 300) {
      const data = endpoint.schema ? parse(endpoint.schema, whom, decoded) : (undefined as T); // no schema: T is undefined
      return { status, headers, data, body: decoded };
    }
    if (options.okStatus?.includes(status)) return { status, headers, data: null, body: decoded };
    throw refusal(whom, raw, decoded, redact);
  };

  return {
    exchange,
    // The overloads differ in null only, which `exchange` gives exactly when `okStatus` allows it.
    call: async <T, P extends Params>(e: Endpoint<T, P>, p: P, o: CallOptions) => (await exchange(e, p, o)).data as T,
    counts,
    requests: () => counts().total,
    redact,
    close: wire.close,
  };
};
