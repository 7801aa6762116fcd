import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { type CallOptions, createHttp, type Http, opened } from "../http/http.ts";
import { HttpProblem } from "../http/problems.ts";
import { api } from "./api.ts";
import { authOf, type Config } from "./config.ts";
import { inPages, type Pace, type Pages } from "./pages.ts";

/** Keycloak answers faster up to here; its own CPU is the limit beyond (0.6 ms per membership written). */
export const concurrency = 12;
/** Users per page. One full page of 20,000 took 73 s; brief ones cost the same per user at any size. */
const sizes = { full: 2000, brief: 4000 };
/**
 * Whom Keycloak 26.7 does not hold in its cache (after a start, or after their memberships changed) costs several queries
 * each in the full representation, and every query looks through all that the request has loaded: 10,000 such people took
 * 18 to 48 s in pages of 2,000 and 3.6 s in pages of 250, and 0.7 and 1.0 s once they were cached (0.2 ms each, against 1.4
 * and more). So a small page tells how it is with this server, now.
 */
const carefully = { size: 250, slow: 1 };

export interface Client {
  readonly connection: string;
  readonly realm: string;
  readonly log: OpenWith["log"];
  /** Items per page, with attributes and without. */
  readonly size: { readonly full: number; readonly brief: number };
  /** For pages with attributes. None where the configuration says how large a page is. */
  readonly pace: Pace | undefined;
  call<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T>;
  /** Null where Keycloak says that exactly this is what it does not know (`User not found`). */
  find<T, P extends Params>(
    endpoint: Endpoint<T, P>,
    params: P,
    options: CallOptions & { readonly missing: RegExp },
  ): Promise<T | null>;
  pages<T extends { readonly id: string }>(what: string, pages: Omit<Pages<T>, "what">): Promise<readonly T[]>;
  /** Users exist and none is shown. */
  hidden(): Problem;
  /** For a list of people that came back empty: proves that there is nobody, and not that we may see nobody. */
  mayBeEmpty(signal: AbortSignal): Promise<void>;
  /** The access token, for what it says of itself; null: these credentials need none. */
  token(signal: AbortSignal): Promise<string | null>;
  requests(): number;
}

/** What Keycloak itself said, if it said it in its own words. */
export const said = (error: unknown): string => {
  const body = error instanceof HttpProblem ? error.body : null;
  if (typeof body !== "object" || body === null) return "";
  const { error: text } = body as { error?: unknown }; // any JSON may come
  return typeof text === "string" ? text : "";
};

const noRealm = /^Realm (not found|does not exist)/;

export const createClient = (config: Config, using: OpenWith): Client => {
  const http: Http = createHttp({
    ...opened(using),
    vendor: "Keycloak",
    baseUrl: `${config.baseUrl.replace(/\/+$/, "")}/admin/realms/${encodeURIComponent(config.realm)}`,
    auth: authOf(config, using.connection),
    concurrency,
    secrets: [config.clientSecret, config.password],
  });
  const { connection } = using;

  const explained = (error: unknown): unknown =>
    noRealm.test(said(error))
      ? new Problem("not-found", `connection "${connection}": Keycloak has no realm "${config.realm}"`, {
          hint: `Check \`realm\`${config.authRealm ? " and `authRealm`" : ""} of the connection; names are case-sensitive.`,
          cause: error,
        })
      : error;

  // Seen on 26.7.4: with query-users alone every list of users is 200 and empty, while the count is right.
  const hidden = (): Problem =>
    new Problem("denied", `connection "${connection}": Keycloak shows none of the users of realm "${config.realm}"`, {
      hint: `Grant the realm-management role view-users to client "${config.clientId}": query-users alone lists nobody.`,
    });

  const call: Client["call"] = async (endpoint, params, options) => {
    try {
      return await http.call(endpoint, params, options);
    } catch (error) {
      throw explained(error);
    }
  };
  const find: Client["find"] = async (endpoint, params, { missing, ...options }) => {
    try {
      return await call(endpoint, params, options);
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 404 && missing.test(said(error))) return null;
      throw error;
    }
  };
  return {
    connection,
    realm: config.realm,
    log: using.log,
    size: config.pageSize === undefined ? sizes : { full: config.pageSize, brief: config.pageSize },
    pace: config.pageSize === undefined ? { ...carefully, now: () => using.clock.now() } : undefined,
    call,
    find,
    pages: (what, pages) => inPages({ ...pages, what: `connection "${connection}": ${what}` }),
    hidden,
    async mayBeEmpty(signal) {
      const one = await call(api.users, { brief: true, first: 0, max: 1 }, { signal });
      if (one.length === 0 && (await call(api.userCount, {}, { signal })) > 0) throw hidden();
    },
    token: http.token,
    requests: http.requests,
  };
};
