import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Rate } from "../http/budget.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { type CallOptions, createHttp, type Http, opened } from "../http/http.ts";
import { agreed, byCursor, nextLink } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type ScopeName, scopes } from "./api.ts";
import { authOf, type Config, rootOf } from "./config.ts";

/** An organisation may have 75 requests under way, everybody's together. */
export const concurrency = 10;
/** Per minute, Workforce Identity. https://developer.okta.com/docs/reference/rl-global-mgmt/ */
export const perMinute = {
  apps: 100,
  app: 500,
  groups: 500,
  group: 1000,
  users: 600,
  user: 2000,
  logs: 120,
  other: 1200,
};
export type BucketName = keyof typeof perMinute;

export interface Client {
  readonly connection: string;
  readonly log: OpenWith["log"];
  readonly size: {
    readonly members: number;
    readonly users: number;
    readonly groups: number;
    readonly appUsers: number;
  };
  call<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T>;
  /** Null where Okta says that it does not know exactly this kind of thing (`Resource not found: … (User)`). */
  find<T, P extends Params>(
    endpoint: Endpoint<T, P>,
    params: P,
    options: CallOptions & { readonly kind: RegExp },
  ): Promise<T | null>;
  /** A whole list, through its next links. */
  list<T, P extends Params>(
    endpoint: Endpoint<readonly T[], P>,
    params: P & { limit: number },
    walk: Walk<T>,
  ): Promise<readonly T[]>;
  /** Page by page, until `enough`. */
  eachPage<T, P extends Params>(
    endpoint: Endpoint<readonly T[], P>,
    params: P,
    walk: Pick<Walk<T>, "signal"> & { readonly enough: (page: readonly T[]) => boolean },
  ): Promise<void>;
  /** Scopes that the application has; null: an API token does not tell. */
  granted(signal: AbortSignal): Promise<readonly string[] | null>;
  requests(): number;
}
export interface Walk<T> {
  readonly what: string;
  readonly key: (item: T) => string;
  readonly signal: AbortSignal;
}

const errorOf = (error: unknown): { readonly code: string; readonly summary: string } => {
  const body = error instanceof HttpProblem ? error.body : null;
  const { errorCode, errorSummary } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  return {
    code: typeof errorCode === "string" ? errorCode : "",
    summary: typeof errorSummary === "string" ? errorSummary : "",
  };
};
/** Okta's own code of a refusal: `E0000046`. */
export const codeOf = (error: unknown): string => errorOf(error).code;
/** Is this Okta's "not found" of such a thing? Another 404 (a proxy's, a wrong address) proves nothing. */
export const isUnknown = (error: unknown, kind: RegExp): boolean =>
  codeOf(error) === "E0000007" && kind.test(errorOf(error).summary);

interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
const createHttps = (config: Config, using: OpenWith) => {
  const rates = Object.entries(perMinute).map(([name, limit]): [string, Rate] => [
    name,
    { limit: Math.max(1, Math.floor(limit * config.share)), perMs: 60_000 },
  ]);
  const https = new Map<string, Http>();
  const of = (scope: string): Http => {
    const known = https.get(scope);
    if (known) return known;
    const http = createHttp({
      ...opened(using),
      vendor: "Okta",
      baseUrl: rootOf(config),
      auth: authOf(config, using.connection, scope),
      budgets: Object.fromEntries(rates),
      concurrency,
      secrets: [config.apiToken, config.privateKey],
    });
    https.set(scope, http);
    return http;
  };
  return { of, requests: () => [...https.values()].reduce((sum, http) => sum + http.requests(), 0) };
};

const sizesOf = ({ pageSize }: Config): Client["size"] => {
  const most = (limit: number): number => Math.min(limit, pageSize ?? limit);
  return { members: most(1000), users: most(200), groups: most(200), appUsers: most(500) };
};

const probes: Readonly<Record<ScopeName, (http: Http, signal: AbortSignal) => Promise<unknown>>> = {
  [scopes.users]: (http, signal) => http.call(api.users, { limit: 1 }, { signal }),
  [scopes.groups]: (http, signal) => http.call(api.groups, { limit: 1 }, { signal }),
  [scopes.groupsWrite]: (http, signal) => http.call(api.groups, { limit: 1 }, { signal }),
  [scopes.apps]: (http, signal) => http.call(api.apps, { limit: 1 }, { signal }),
  [scopes.appsWrite]: (http, signal) => http.call(api.apps, { limit: 1 }, { signal }),
  [scopes.logs]: (http, signal) => http.call(api.logs, { limit: 1 }, { signal }),
};

export const createClient = (config: Config, using: OpenWith): Client => {
  const https = createHttps(config, using);
  // Wrong credentials are told when the connection opens, not at the first call.
  https.of(scopes.groups);
  const of = (endpoint: Endpoint<unknown, never>): Http => https.of(endpoint.scope ?? scopes.groups);
  const call: Client["call"] = (endpoint, params, options) =>
    of(endpoint as Endpoint<unknown, never>).call(endpoint, params, options); // only its scope is read
  const page = async <T, P extends Params>(
    endpoint: Endpoint<readonly T[], P>,
    params: P,
    options: CallOptions,
  ): Promise<PageOf<T>> => {
    const reply = await of(endpoint as Endpoint<unknown, never>).exchange(endpoint, params, options);
    return { items: reply.data ?? [], next: nextLink(reply.headers.link) };
  };
  const at = (cursor: string | null): { readonly at?: string } => (cursor === null ? {} : { at: cursor });
  return {
    connection: using.connection,
    log: using.log,
    size: sizesOf(config),
    call,
    async find(endpoint, params, { kind, ...options }) {
      try {
        return await call(endpoint, params, options);
      } catch (error) {
        if (isUnknown(error, kind)) return null;
        throw error;
      }
    },
    list: (endpoint, params, walk) => {
      const named = { ...walk, what: `connection "${using.connection}": ${walk.what}` };
      return byCursor({
        ...named,
        emptyPages: true,
        page: (cursor) => {
          const read = () => page(endpoint, params, { signal: walk.signal, ...at(cursor) });
          const whole = ({ items, next }: PageOf<unknown>): boolean =>
            (cursor === null && next === null) || items.length >= params.limit;
          return agreed(named, read, whole);
        },
      });
    },
    async eachPage(endpoint, params, { signal, enough }) {
      const seen = new Set<string>();
      for (let cursor: string | null = null; ; ) {
        const { items, next }: PageOf<unknown> = await page(endpoint, params, { signal, ...at(cursor) });
        if (enough(items as never) || next === null) return; // items of the same endpoint
        if (seen.has(next))
          throw new Problem("refused", `connection "${using.connection}": the next page's link came a second time`);
        seen.add(next);
        cursor = next;
      }
    },
    async granted(signal) {
      if (config.clientId === undefined) return null;
      const has = async (scope: ScopeName): Promise<string[]> => {
        try {
          await probes[scope](https.of(scope), signal);
          return [scope];
        } catch (error) {
          if (error instanceof Problem && error.code === "denied") return [];
          throw error;
        }
      };
      return (await Promise.all(Object.values(scopes).map(has))).flat();
    },
    requests: https.requests,
  };
};
