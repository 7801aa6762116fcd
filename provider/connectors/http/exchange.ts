import { setMaxListeners } from "node:events";
import { Problem } from "../../core/problem.ts";
import type { Attempt } from "./attempts.ts";
import { fixedHeader } from "./auth.ts";
import { type Endpoint, fill, isIdempotent, isWrite, type Params } from "./endpoint.ts";
import type { CallOptions, HttpConfig, Reply } from "./http.ts";
import { cancelled, refusal, unreadable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import type { Tokens } from "./tokens.ts";
import { decode, type Raw } from "./transport.ts";

/** zod's own words name the expectation, never the value. */
const parse = <T>({ schema, fits }: Pick<Endpoint<T>, "schema" | "fits">, whom: Whom, body: unknown): T => {
  if (fits?.(body)) return body;
  if (!schema) return undefined as T; // no schema: T is undefined
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? issue.path.join(".") : "the answer itself";
  throw unreadable(whom, body === undefined ? "no body" : `${where}: ${issue?.message ?? "does not fit"}`);
};

/** A link that the vendor gave may lead to its own host only: the token goes along. */
const follow = (base: URL, at: string, whom: Whom): string => {
  const url = URL.canParse(at, base.href) ? new URL(at, base.href) : null;
  if (url?.origin === base.origin) return url.href;
  throw unreadable(whom, "a link that leads to another host");
};

export const rootOf = (base: URL): string => base.href.replace(/\/+$/, "");

interface Parts {
  readonly config: HttpConfig;
  readonly base: URL;
  readonly redact: Redactor;
  readonly attempt: Attempt;
  readonly tokens: Tokens | null;
}

const whomOf = ({ config, base }: Parts, { method, path, scope }: Endpoint<unknown, never>): Whom => ({
  connection: config.connection,
  vendor: config.vendor,
  host: base.host,
  method,
  path,
  ...(scope ? { scope } : {}),
});

/** With the credentials; a token that the vendor no longer takes is replaced once. */
const sendAuthorised = async (
  parts: Parts,
  send: (headers: Readonly<Record<string, string>>) => Promise<Raw>,
  signal: AbortSignal,
): Promise<Raw> => {
  const { config, tokens } = parts;
  const { auth } = config;
  if (tokens === null) return send(auth.kind === "oauth2" || auth.kind === "token" ? {} : fixedHeader(auth));
  const token = await tokens.get(signal);
  const raw = await send({ authorization: `Bearer ${token}` });
  if (raw.status !== 401) return raw;
  tokens.drop(token);
  return send({ authorization: `Bearer ${await tokens.get(signal)}` });
};

/** One call: fills the address, sends, parses the answer at the door. */
export const createExchange = (parts: Parts) => {
  const { config, base, redact, attempt } = parts;
  const media = config.mediaType ?? "application/json";

  const send = <T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<Raw> => {
    const facts = endpoint as Endpoint<unknown, never>; // only its facts are read
    const whom = whomOf(parts, facts);
    const url = options.at ? follow(base, options.at, whom) : rootOf(base) + fill(endpoint.path, params);
    const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
    const own = { accept: media, ...("body" in body ? { "content-type": media } : {}) };
    const { signal } = options;
    const how = {
      idempotent: options.idempotent ?? isIdempotent(facts),
      write: isWrite(facts),
      bucket: endpoint.bucket ?? "default",
      also: endpoint.also ?? [],
      cost: options.cost ?? endpoint.cost ?? 1,
    };
    const once = (credentials: Readonly<Record<string, string>>) =>
      attempt({ whom, url, headers: { ...own, ...credentials, ...options.headers }, ...body, signal, ...how });
    return sendAuthorised(parts, once, signal);
  };

  return async <T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<Reply<T>> => {
    // Thousands of calls may wait on one signal; Node warns from eleven on.
    setMaxListeners(0, options.signal);
    const raw = await send(endpoint, params, options).catch((error: unknown) => {
      throw options.signal.aborted && !(error instanceof Problem) ? cancelled(options.signal) : error;
    });
    const whom = whomOf(parts, endpoint as Endpoint<unknown, never>);
    const { status, headers } = raw;
    const body = decode(raw);
    if (status >= 200 && status < 300) {
      return { status, headers, data: parse(endpoint, whom, body), body };
    }
    if (options.okStatus?.includes(status)) return { status, headers, data: null, body };
    throw refusal(whom, raw, body, redact);
  };
};
