import { createHash } from "node:crypto";
import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { type CallOptions, createHttp, type Http, opened, type Reply } from "../http/http.ts";
import { byCursor, nextLink } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";
import { api } from "./api.ts";
import { authOf, type Config, checked, rootOf } from "./config.ts";

/** GitHub's largest page. */
export const size = 100;

/** What GitHub says of one page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** How many people the whole list is about. */
  readonly total: number | null;
}
export interface Paged<A, T> {
  readonly what: string;
  readonly endpoint: Endpoint<A, Params>;
  readonly params: Params;
  readonly key: (item: T) => string;
  readonly read: (answer: A) => Page<T>;
  /** Where GitHub counts them elsewhere. */
  readonly expect?: number;
}
export interface Client {
  readonly connection: string;
  readonly config: Config;
  readonly http: Http;
  readonly log: OpenWith["log"];
  call<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T>;
  /** Null where GitHub answers 404. */
  find<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, signal: AbortSignal): Promise<T | null>;
  exchange<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<Reply<T>>;
  /** Every item of a list, or an error. */
  list<A, T>(paged: Paged<A, T>, signal: AbortSignal): Promise<readonly T[]>;
  graphql(query: string, variables: Params, signal: AbortSignal): Promise<unknown>;
  /** `orgs/NAME`, or `enterprises/NAME` where only that is configured. */
  readonly owner: string;
  /** The organization, or a Problem that says what needs one. */
  organization(forWhat: string): string;
}

const headers = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
  // Requests without one are refused.
  "user-agent": "seatwise",
};

/** GitHub's own words, where a refusal has some. */
export const said = (error: unknown): string => {
  const body = error instanceof HttpProblem ? error.body : null;
  if (typeof body !== "object" || body === null) return "";
  const { message } = body as { message?: unknown }; // any JSON may come
  return typeof message === "string" ? message : "";
};
export const statusOf = (error: unknown): number => (error instanceof HttpProblem ? error.status : 0);

/** GitHub limits with 403 too: by the hour (nothing remains), or for a while (`retry-after`, or only in words). */
const isLimit = (status: number, told: Readonly<Record<string, string>>, body: unknown): boolean =>
  status === 403 &&
  (told["retry-after"] !== undefined ||
    told["x-ratelimit-remaining"] === "0" ||
    /rate limit/i.test(JSON.stringify(body ?? "")));

/** The documented rates. The hourly limit of all requests is told by headers. */
const budgets = {
  default: { limit: 900, perMs: 60_000 },
  graphql: { limit: 2000, perMs: 60_000 },
  "writes per minute": { limit: 80, perMs: 60_000 },
  "writes per hour": { limit: 500, perMs: 3_600_000 },
};

/** Limits are a user's or an installation's, whichever organization is asked about: two connections with one token share them. */
const whoseLimits = ({ installationId, token = "" }: Config): string =>
  installationId ?? createHash("sha256").update(token).digest("hex").slice(0, 16);

const open = (given: Config, using: OpenWith): Http =>
  createHttp({
    ...opened(using),
    vendor: "GitHub",
    baseUrl: rootOf(given),
    tenant: `${rootOf(given)} ${whoseLimits(given)}`,
    auth: authOf(given, using.connection),
    secrets: [given.token, given.privateKey],
    budgets,
    isLimit,
    // "Otherwise, wait for at least one minute before retrying."
    backoff: { limitMs: 60_000 },
    writeWaitMs: 3_700_000,
  });

/** A page number shifts when the list changes while it is read: the total tells, and then it is read again. */
const createList =
  (call: Client["exchange"]) =>
  async <A, T>(paged: Paged<A, T>, signal: AbortSignal): Promise<readonly T[]> => {
    const { what, endpoint, params, key, read, expect = null } = paged;
    const first: { total: number | null } = { total: null };
    const page = async (cursor: string | null) => {
      const nth = cursor ?? "1";
      const reply = await call(endpoint, { ...params, size, page: nth }, { signal });
      // `exchange` gives data for every success; okStatus is not used here.
      const { items, total } = read(reply.data as A);
      if (cursor === null) first.total = total;
      const next = nextLink(reply.headers.link);
      const following = next === null ? null : new URL(next, "http://link").searchParams.get("page");
      // Somebody left or came: what was on the next page may have moved to one that is read already.
      const shifted = total !== null && total !== first.total ? Math.max(total, first.total ?? 0) + 1 : null;
      const atLeast = Math.max(shifted ?? 0, total ?? 0, expect ?? 0);
      return { items, next: following, ...(atLeast > 0 ? { total: atLeast } : {}) };
    };
    return byCursor<T>({ what, key, page, even: true });
  };

export const createClient = (given: Config, using: OpenWith): Client => {
  const { connection, log } = using;
  const config = checked(given, connection);
  const http = open(config, using);
  const exchange: Client["exchange"] = (endpoint, params, options) =>
    http.exchange(endpoint, params, { ...options, headers: { ...headers, ...options.headers } });
  // `exchange` gives null only for an okStatus, which `call` has none of.
  const call: Client["call"] = async <T, P extends Params>(e: Endpoint<T, P>, p: P, o: CallOptions) =>
    (await exchange(e, p, o)).data as T;
  const { organization, enterprise } = config;
  return {
    connection,
    config,
    http,
    log,
    call,
    exchange,
    find: async (endpoint, params, signal) => (await exchange(endpoint, params, { signal, okStatus: [404] })).data,
    list: createList(exchange),
    async graphql(query, variables, signal) {
      const { data, errors } = await call(api.graphql, {}, { signal, body: { query, variables } });
      // Who is not found is null in the data; that is an answer.
      const error = errors?.find(({ type }) => type !== "NOT_FOUND");
      if (!error) return data;
      const denied = /FORBIDDEN|INSUFFICIENT_SCOPES/.test(error.type ?? "");
      throw new Problem(
        denied ? "denied" : "refused",
        `connection "${connection}": GitHub refused a query: ${error.message}`,
      );
    },
    owner: organization === undefined ? `enterprises/${enterprise}` : `orgs/${organization}`,
    organization(forWhat) {
      if (organization !== undefined) return organization;
      throw new Problem("invalid", `connection "${connection}": ${forWhat} needs an organization`, {
        path: ["organization"],
        hint: "Set `organization` besides `enterprise`.",
      });
    },
  };
};
