import type { OpenWith } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Endpoint, Params } from "../http/endpoint.ts";
import { type CallOptions, createHttp, type Http, opened } from "../http/http.ts";
import { memo } from "../http/memo.ts";
import { agreed, byCursor } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";
import { serviceAccount } from "../http/signed.ts";
import { api, type ScopeName, scopes } from "./api.ts";
import { type Config, keyOf } from "./config.ts";

/** What we use of a quota; the rest is for everybody else who uses the organisation's. */
export const share = 0.9;
/** 2,400 requests a minute per administrator and Google Cloud project: the Directory API's and the Reports API's default. */
const perMinute = 2400;
export const directoryPerMinute = perMinute * share;

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export interface Pages<T> {
  readonly what: string;
  readonly key: (item: T) => string;
  /** What Google allows at most. */
  readonly size: number;
  readonly page: (cursor: string | null, size: number) => Promise<Page<T>>;
}
export interface Client {
  readonly connection: string;
  readonly log: OpenWith["log"];
  readonly administrator: string;
  call<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T>;
  /** Null where Google says of exactly this that it does not exist. */
  find<T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions): Promise<T | null>;
  pages<T>(pages: Pages<T>): Promise<readonly T[]>;
  /** The organisation's id; proves, too, that the directory answers us. */
  customer(signal: AbortSignal): Promise<string>;
  /** Does Google give a token for this scope? */
  isDelegated(scope: string, signal: AbortSignal): Promise<boolean>;
  requests(): number;
}

interface GoogleError {
  readonly message?: unknown;
  readonly status?: unknown;
  readonly errors?: readonly { readonly reason?: unknown }[];
}
const errorOf = (body: unknown): GoogleError | null => {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  return typeof body.error === "object" ? (body.error as GoogleError) : null; // any JSON may come: fields are checked where read
};
export const reasons = (error: unknown): readonly string[] => {
  const found = errorOf(error instanceof HttpProblem ? error.body : error)?.errors;
  return Array.isArray(found) ? found.flatMap(({ reason }) => (typeof reason === "string" ? [reason] : [])) : [];
};
/** The newer word for much the same: `NOT_FOUND`. */
const statusOf = (error: unknown): unknown => errorOf(error instanceof HttpProblem ? error.body : error)?.status;
/** What Google itself said. */
export const said = (error: unknown): string => {
  const message = error instanceof HttpProblem ? errorOf(error.body)?.message : undefined;
  return typeof message === "string" ? message : "";
};
/** Google's own "does not exist", and not just any 404 (a proxy's, a wrong address). */
export const isMissing = (error: unknown): boolean =>
  error instanceof HttpProblem &&
  error.status === 404 &&
  (reasons(error).includes("notFound") || statusOf(error) === "NOT_FOUND");

const limits = new Set(["userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"]);

const rootOf = (url: string): string => url.replace(/\/+$/, "");

/** Google advises to begin at 5 s, and to try 5 to 7 times. */
const ofLicensing = { attempts: 7, baseMs: 5000, capMs: 60_000 };
const ofOthers = { attempts: 8, baseMs: 500, capMs: 20_000 };

/** One HTTP client per scope: a token that is asked for several scopes is refused when one of them was not delegated. */
const createHttps = (config: Config, using: OpenWith) => {
  const key = keyOf(config, using.connection);
  const base = rootOf(config.baseUrl ?? "https://admin.googleapis.com");
  const licensing = rootOf(config.licensingUrl ?? config.baseUrl ?? "https://licensing.googleapis.com");
  const domain = config.administrator.split("@").at(-1)?.toLowerCase() ?? "";
  const minute = { limit: directoryPerMinute, perMs: 60_000, burst: 40 };
  const make = (name: ScopeName, scope: string = scopes[name]): Http => {
    const baseUrl = name === "licensing" ? licensing : base;
    const http: Http = createHttp({
      ...opened(using),
      vendor: "Google Workspace",
      baseUrl,
      tenant: `${baseUrl} ${domain}`,
      auth: serviceAccount({
        tokenUrl: key.tokenUrl,
        email: key.email,
        privateKey: key.privateKey,
        keyId: key.keyId,
        subject: config.administrator,
        scopes: [scope],
      }),
      secrets: [config.credentials, config.privateKey],
      budgets: {
        directory: minute,
        reports: minute,
        // One after the other, evenly: the quota is one in each second.
        licensing: { limit: config.licensesPerMinute * share, perMs: 60_000, burst: 1 },
      },
      backoff: name === "licensing" ? ofLicensing : ofOthers,
      isLimit: (status, _headers, body) => {
        if (name === "licensing" && status === 503) return true;
        if (status !== 403 || !reasons(body).some((reason) => limits.has(reason))) return false;
        // Google does not say until when, and the quota is one by the minute: nobody asks for a sixth of it.
        http.pause(name === "reports" ? "reports" : name === "licensing" ? "licensing" : "directory", 10_000);
        return true;
      },
    });
    return http;
  };
  const made = new Map<ScopeName, Http>();
  const others: Http[] = [];
  return {
    of(scope: string | undefined): Http {
      const name = (Object.keys(scopes) as ScopeName[]).find((one) => scopes[one] === scope) ?? "users";
      const known = made.get(name) ?? make(name);
      made.set(name, known);
      return known;
    },
    /** A client that only asks for a token. */
    asking(scope: string): Http {
      const http = make("users", scope);
      others.push(http);
      return http;
    },
    requests: () => [...made.values(), ...others].reduce((sum, http) => sum + http.requests(), 0),
  };
};

export const createClient = (config: Config, using: OpenWith): Client => {
  const https = createHttps(config, using);
  const once = memo();
  const { connection } = using;
  const call: Client["call"] = (endpoint, params, options) => https.of(endpoint.scope).call(endpoint, params, options);
  const find: Client["find"] = async (endpoint, params, options) => {
    try {
      return await call(endpoint, params, options);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  return {
    connection,
    log: using.log,
    administrator: config.administrator,
    call,
    find,
    async pages<T>(pages: Pages<T>) {
      const what = `connection "${connection}": ${pages.what}`;
      let size = Math.min(pages.size, config.pageSize ?? pages.size);
      let full = size;
      const read = async (cursor: string | null): Promise<Page<T>> => {
        // Google tells no total: nothing else would notice a torn page.
        const whole = ({ items, next }: Page<T>): boolean =>
          (cursor === null && next === null) || items.length >= (cursor === null ? size : full);
        const page = await agreed({ what, key: pages.key }, () => pages.page(cursor, size), whole);
        if (cursor === null) full = page.items.length;
        return page;
      };
      const page = async (cursor: string | null): Promise<Page<T>> => {
        try {
          return await read(cursor);
        } catch (error) {
          // Google's limits page says 100 licences, its API description 1,000: whoever means the first refuses the second.
          if (!(error instanceof HttpProblem) || error.status !== 400 || cursor !== null || size <= 100) throw error;
          size = 100;
          return read(cursor);
        }
      };
      return byCursor({ what, key: pages.key, page });
    },
    customer: (signal) =>
      once("customer", signal, async (inner) => {
        if (config.customer !== undefined) return config.customer;
        const me = await find(api.user, { key: config.administrator }, { signal: inner });
        if (me?.customerId) return me.customerId;
        throw new Problem(
          "not-found",
          `connection "${connection}": Google knows no administrator ${config.administrator}`,
          {
            path: ["administrator"],
            hint: "It is the primary e-mail address of an administrator of the organisation.",
          },
        );
      }),
    async isDelegated(scope, signal) {
      try {
        return (await https.asking(scope).token(signal)) !== null;
      } catch (error) {
        if (error instanceof Problem && error.code === "denied") return false;
        throw error;
      }
    },
    requests: https.requests,
  };
};
