import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { createHttp, type Http, opened } from "../http/http.ts";
import { byCursor } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";
import type { Page } from "./api.ts";
import { authOf, type Config } from "./config.ts";

/**
 * Our share of what Graph allows one app in one tenant: of 3,500 resource units per 10 s (the smallest tenants') and of
 * 3,000 writes per 150 s. A burst and what flows in meanwhile stay below the limit in any window, and leave a fifth to others.
 */
export const budgets = {
  default: { limit: 2200, perMs: 10_000, burst: 500 },
  writes: { limit: 2400, perMs: 150_000, burst: 600 },
};

export interface Client {
  readonly connection: string;
  readonly log: OpenWith["log"];
  readonly clock: OpenWith["clock"];
  readonly http: Http;
  readonly top: number;
  readonly batchSize: number;
  /** Graph's own address, as links in bodies name it. */
  readonly root: string;
  /** A whole list, by its next links. `counted`: with Graph's own count, so that a page that lacks somebody is noticed. */
  list<T extends { readonly id: string }, P extends Params>(
    what: string,
    of: { readonly endpoint: Endpoint<Page<T>, P>; readonly params: P; readonly counted: boolean },
    signal: AbortSignal,
  ): Promise<readonly T[]>;
  problem(code: Problem["code"], text: string, hint?: string): Problem;
}

/** Counts, `not`, `ne`, casts and some properties are answered from another index, and only with this header. */
export const advanced = { consistencylevel: "eventual" };

/** A value in a filter: quotes are doubled. */
export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Graph takes at most 15 values in one `in`. */
export const fifteen = 15;
export const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** What Graph says in a refusal: `{ error: { code, message } }`. */
export const saidIn = (body: unknown): { readonly code: string; readonly message: string } => {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null) return { code: "", message: "" };
  const { code, message } = error as { code?: unknown; message?: unknown }; // any JSON may come
  return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : "" };
};
export const saidBy = (error: unknown): { readonly status: number; readonly code: string; readonly message: string } =>
  error instanceof HttpProblem ? { status: error.status, ...saidIn(error.body) } : { status: 0, code: "", message: "" };
/** Graph's own word for "there is no such object": a 404 of anything else on the way proves nothing. */
export const isUnknown = (error: unknown): boolean => {
  const { status, code } = saidBy(error);
  return status === 404 && code === "Request_ResourceNotFound";
};

/** The address of a cloud alone (`https://graph.microsoft.us`) means its v1.0. */
const rootOf = (baseUrl: string): string => {
  const root = baseUrl.replace(/\/+$/, "");
  return URL.canParse(root) && new URL(root).pathname === "/" ? `${root}/v1.0` : root;
};

export const createClient = (config: Config, using: OpenWith): Client => {
  const { connection } = using;
  const root = rootOf(config.baseUrl);
  const http = createHttp({
    ...opened(using),
    vendor: "Microsoft Graph",
    baseUrl: root,
    tenant: `${root} ${config.tenantId} ${config.clientId}`,
    auth: authOf(config, connection),
    budgets,
    secrets: [config.clientSecret, config.privateKey],
  });
  return {
    connection,
    log: using.log,
    clock: using.clock,
    http,
    root,
    top: config.pageSize ?? 999,
    batchSize: config.batchSize ?? 20,
    list: (what, { endpoint, params, counted }, signal) =>
      byCursor({
        what: `connection "${connection}": ${what}`,
        key: ({ id }) => id,
        // Graph may send a page without items that goes on.
        emptyPages: true,
        page: async (cursor) => {
          const at = cursor === null ? {} : { at: cursor };
          const answer = await http.call(endpoint, params, {
            signal,
            ...at,
            ...(counted ? { headers: advanced } : {}),
          });
          const total = answer["@odata.count"];
          if (counted && cursor === null && total === undefined)
            throw new Problem("bug", `connection "${connection}": Microsoft Graph gave ${what} without their count`, {
              hint: "Without it a list that lacks somebody cannot be told from a whole one. Is `baseUrl` Microsoft Graph v1.0?",
            });
          return {
            items: answer.value,
            next: answer["@odata.nextLink"] ?? null,
            ...(total === undefined ? {} : { total }),
          };
        },
      }),
    problem: (code, text, hint) =>
      new Problem(code, `connection "${connection}": ${text}`, hint === undefined ? {} : { hint }),
  };
};
