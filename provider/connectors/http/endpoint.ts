import type { z } from "zod";
import { Problem } from "../../core/problem.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Param = string | number | boolean | readonly string[] | null | undefined;
export type Params = Readonly<Record<string, Param>>;

/** What a vendor's table says of one call, besides its path and answer. */
export interface EndpointFacts {
  /** The permission this call needs, in the vendor's own words; named when the vendor answers 401 or 403. */
  readonly scope?: string;
  /** The same request twice does what it did once. Default: all but POST and PATCH. Decides what a lost answer may be followed by. */
  readonly idempotent?: boolean;
  /** Counts as a write. Default: all but GET (a POST that only searches says false). */
  readonly write?: boolean;
  /** The vendor's rate bucket, where it has several. Default: one for everything. */
  readonly bucket?: string;
  /** Further buckets in which a call counts once, waited for before its own (GitHub's writes per minute and per hour). */
  readonly also?: readonly string[];
  /** What one call counts for in its bucket, where the vendor weighs them (Graph's resource units). Default: 1. */
  readonly cost?: number;
}
export interface Endpoint<T, P = Params> extends EndpointFacts {
  readonly method: Method;
  /** `/users/{id}?first={first}`; `{+path}` keeps slashes. */
  readonly path: string;
  readonly schema: z.ZodType<T> | null;
  /**
   * For lists of 100,000: a check by hand that holds only where `schema` holds. Then the answer is taken as it is, without
   * the copy of every item that zod makes; where it does not hold, `schema` decides and says what is wrong.
   */
  readonly fits?: ((body: unknown) => body is T) | undefined;
  /** Only for the compiler. */
  readonly accepts?: P;
}

type Braced<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Braced<Rest> : never;
type Plain<N extends string> = N extends `+${infer Name}` ? Name : N;
type Before<S extends string> = S extends `${infer Path}?${string}` ? Path : S;
type After<S extends string> = S extends `${string}?${infer Query}` ? Query : "";
/** The names in a path are required; those in its query may be left out, and then their part is dropped. */
export type ParamsOf<S extends string> = { readonly [N in Plain<Braced<Before<S>>>]: string | number } & {
  readonly [N in Braced<After<S>>]?: Param;
};

interface Make {
  <Path extends string>(path: Path, schema?: null, facts?: EndpointFacts): Endpoint<undefined, ParamsOf<Path>>;
  <Path extends string, S extends z.ZodType>(
    path: Path,
    schema: S,
    facts?: EndpointFacts,
  ): Endpoint<z.infer<S>, ParamsOf<Path>>;
}

const make = (method: Method): Make =>
  // The implementation is one signature; the two overloads only tell the compiler what an answer is.
  ((path: string, schema: z.ZodType | null = null, facts: EndpointFacts = {}) => ({
    method,
    path,
    schema,
    ...facts,
  })) as Make;

/** The same call with a check by hand before the schema's. */
export const checked = <T, P>(endpoint: Endpoint<T, P>, fits: (body: unknown) => body is T): Endpoint<T, P> => ({
  ...endpoint,
  fits,
});

export const get = make("GET");
export const post = make("POST");
export const put = make("PUT");
export const patch = make("PATCH");
export const del = make("DELETE");

export const isWrite = (e: Endpoint<unknown, never>): boolean => e.write ?? e.method !== "GET";
export const isIdempotent = (e: Endpoint<unknown, never>): boolean =>
  e.idempotent ?? (e.method !== "POST" && e.method !== "PATCH");

const encode = (template: string, text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new Problem("invalid", `${template}: a value has half a character (a lone surrogate) and cannot be sent`);
  }
};

/** Dots would be resolved away and an empty part would name the whole list: DELETE /users/ is not DELETE /users/{id}. */
const segment = (template: string, name: string, value: Param): string => {
  const text = value === undefined || value === null ? "" : String(value);
  if (text === "" || text === "." || text === "..")
    throw new Problem("bug", `${template}: {${name}} is ${JSON.stringify(text)}, which is no path segment`);
  return encode(template, text);
};

const query = (template: string, params: Params): string => {
  const parts = template.split("&").flatMap((part) => {
    const hole = /^([^=]+)=\{([^}]+)\}$/.exec(part);
    if (!hole?.[1] || !hole[2]) return [part];
    const key = hole[1];
    const value = params[hole[2]];
    if (value === undefined || value === null) return [];
    const values: readonly (string | number | boolean)[] = typeof value === "object" ? value : [value];
    return values.map((v) => `${key}=${encode(template, String(v))}`);
  });
  return parts.length > 0 ? `?${parts.join("&")}` : "";
};

/** The path and query that an endpoint and its parameters make. */
export const fill = (template: string, params: Params): string => {
  const cut = template.indexOf("?");
  const path = cut < 0 ? template : template.slice(0, cut);
  const filled = path.replace(/\{(\+?)([^}]+)\}/g, (_all, plus: string, name: string) =>
    plus
      ? String(params[name] ?? "")
          .split("/")
          .filter((part, i) => part !== "" || i > 0)
          .map((part) => segment(template, name, part))
          .join("/")
      : segment(template, name, params[name]),
  );
  return filled + (cut < 0 ? "" : query(template.slice(cut + 1), params));
};
