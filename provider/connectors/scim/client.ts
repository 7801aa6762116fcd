import type { z } from "zod";
import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { createHttp, type Http, opened } from "../http/http.ts";
import type { Memo } from "../http/memo.ts";
import { byCursor, byOffset } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type ServiceProviderConfig } from "./api.ts";
import { authOf, type Config } from "./config.ts";

/** What the service says it can, or what is assumed where it says nothing. */
export interface Features {
  /** It told us; otherwise all of this is the RFC's minimum and tried with care. */
  readonly told: boolean;
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number } | null;
  readonly paging: "index" | "cursor";
  /** Asked for per page; the service may give fewer. */
  readonly page: number;
}
const unspoken: Features = {
  told: false,
  patch: true,
  filter: true,
  etag: false,
  bulk: null,
  paging: "index",
  page: 1000,
};

const least = (...limits: readonly (number | null | undefined)[]): number =>
  Math.min(10_000, ...limits.filter((n) => typeof n === "number" && n > 0).map(Number));

export const featuresOf = (said: z.infer<typeof ServiceProviderConfig>): Features => {
  const { bulk, pagination, filter } = said;
  const maxResults = filter?.maxResults;
  const limited = (maxResults ?? 0) > 0 || (pagination?.maxPageSize ?? 0) > 0;
  return {
    told: true,
    patch: said.patch?.supported ?? false,
    filter: filter?.supported ?? false,
    etag: said.etag?.supported ?? false,
    bulk: bulk?.supported
      ? { maxOperations: bulk.maxOperations || 100, maxPayloadSize: bulk.maxPayloadSize || 1_000_000 }
      : null,
    paging: pagination?.cursor ? "cursor" : "index",
    page: limited ? least(maxResults, pagination?.maxPageSize) : unspoken.page,
  };
};

export interface ListQuery {
  readonly filter?: string;
  readonly attributes?: string;
  readonly excluded?: string;
}
interface Listed<T> {
  readonly totalResults?: number | null | undefined;
  readonly itemsPerPage?: number | null | undefined;
  readonly startIndex?: number | null | undefined;
  readonly nextCursor?: string | null | undefined;
  readonly Resources?: readonly T[] | null | undefined;
}
/** The first page of a list says how long it is: enough to decide whether to read on. */
export interface Opening<T> {
  /** Null: the service does not say. */
  readonly total: number | null;
  readonly items: readonly T[];
  readonly rest: (signal: AbortSignal) => Promise<readonly T[]>;
}
type ListEndpoint<T> = Endpoint<Listed<T>, Params>;

export interface Client {
  readonly connection: string;
  readonly http: Http;
  readonly log: OpenWith["log"];
  features(signal: AbortSignal): Promise<Features>;
  /** Every item of a list, or an error. */
  list<T extends { readonly id: string }>(
    endpoint: ListEndpoint<T>,
    query: ListQuery,
    signal: AbortSignal,
  ): Promise<readonly T[]>;
  begin<T extends { readonly id: string }>(
    endpoint: ListEndpoint<T>,
    query: ListQuery,
    signal: AbortSignal,
  ): Promise<Opening<T>>;
}

/** RFC 7644 section 3.12: what kind of mistake the service sees. */
export const scimTypeOf = (error: unknown): string => {
  const body = error instanceof HttpProblem ? error.body : null;
  if (typeof body !== "object" || body === null) return "";
  const { scimType } = body as { scimType?: unknown }; // any JSON may come
  return typeof scimType === "string" ? scimType : "";
};

const torn = (what: string, said: number, gave: number): Problem =>
  new Problem("refused", `${what}: a page promised ${said} and held ${gave}`, {
    hint: "A list that may be incomplete is never used, because whoever is missing from it could lose a seat. Try again; if it stays, the system's paging is at fault.",
  });

export const createClient = (given: Config, using: OpenWith, memo: Memo): Client => {
  const { connection, log } = using;
  const http = createHttp({
    ...opened(using),
    vendor: "SCIM",
    baseUrl: given.baseUrl.replace(/\/+$/, ""),
    auth: authOf(given, connection),
    mediaType: "application/scim+json",
    secrets: [given.token, given.clientSecret, given.password],
  });

  const features = (signal: AbortSignal): Promise<Features> =>
    memo("features", signal, async (s) => {
      const said = await http.call(api.config, {}, { signal: s, okStatus: [403, 404, 405, 501] });
      if (said !== null) return featuresOf(said);
      log("info", `${connection}: the SCIM service says nothing about itself; the RFC's minimum is assumed`);
      return unspoken;
    });

  const begin: Client["begin"] = async (endpoint, query, signal) => {
    type Item = NonNullable<Awaited<ReturnType<typeof ask>>["Resources"]>[number];
    const { paging, page: size } = await features(signal);
    const what = `connection "${connection}": ${endpoint.path.split("?")[0]}`;
    const ask = async (at: Params, s: AbortSignal) => {
      const got = await http.call(endpoint, { ...query, count: size, ...at }, { signal: s });
      // By index a short page is followed by the next item; by cursor what is missing from it would be skipped.
      const [said, gave] = [got.itemsPerPage ?? null, (got.Resources ?? []).length];
      if (said !== null && said > gave && got.nextCursor && said <= size) throw torn(what, said, gave);
      return got;
    };
    const first = await ask(paging === "cursor" ? { cursor: "" } : { start: 1 }, signal);
    let held: typeof first | null = first;
    // The page that is here already is used once; a list that tore is read anew from its beginning.
    const page = async (at: Params, isFirst: boolean, s: AbortSignal) => {
      const ready = isFirst ? held : null;
      if (isFirst) held = null;
      return ready ?? (await ask(at, s));
    };
    const key = (item: Item): string => item.id;
    const rest = (s: AbortSignal): Promise<readonly Item[]> =>
      paging === "cursor"
        ? byCursor<Item>({
            what,
            key,
            page: async (cursor) => {
              const got = await page({ cursor: cursor ?? "" }, cursor === null, s);
              return { items: got.Resources ?? [], next: got.nextCursor || null, total: got.totalResults ?? null };
            },
          })
        : byOffset<Item>({
            what,
            key,
            first: 1,
            size,
            page: async (start) => {
              const got = await page({ start }, start === 1, s);
              return { items: got.Resources ?? [], total: got.totalResults ?? null, start: got.startIndex ?? null };
            },
          });
    return { total: first.totalResults ?? null, items: first.Resources ?? [], rest };
  };

  return {
    connection,
    http,
    log,
    features,
    begin,
    list: async (endpoint, query, signal) => (await begin(endpoint, query, signal)).rest(signal),
  };
};
