export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The `{name}` parts of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded JSON, a form as an object, or undefined. */
  readonly body: unknown;
  /** Whom the request speaks for; empty on an open route. */
  readonly as: string;
}
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it is, undefined as no body. */
  readonly body?: unknown;
}
export type Handler = (asked: Asked) => Answer | Promise<Answer>;

export interface Route {
  readonly method: string;
  /** `/realms/{realm}/users/{id}`; a last `{+rest}` takes slashes too. */
  readonly path: string;
  readonly handle: Handler;
  /** Needs no credentials (a token endpoint, discovery). */
  readonly open?: boolean;
  /** Counts as a write. Default: all but GET and open routes. */
  readonly write?: boolean;
}

const maker =
  (method: string) =>
  (path: string, handle: Handler, facts: Pick<Route, "open" | "write"> = {}): Route => ({
    method,
    path,
    handle,
    ...facts,
  });
export const on = {
  get: maker("GET"),
  post: maker("POST"),
  put: maker("PUT"),
  patch: maker("PATCH"),
  del: maker("DELETE"),
};

export type Found =
  | { readonly is: "route"; readonly route: Route; readonly params: Record<string, string> }
  | { readonly is: "other-method"; readonly allowed: readonly string[] }
  | { readonly is: "nothing" };

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const compile = (route: Route): Compiled => {
  const names: string[] = [];
  const source = route.path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const hole = /^\{(\+?)([^}]+)\}$/.exec(part);
      if (!hole?.[2]) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(hole[2]);
      return hole[1] ? "(.+)" : "([^/]+)";
    })
    .join("");
  return { route, names, pattern: new RegExp(`^${source}/?$`) };
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** Fixed parts win over `{parts}`, as written: the first route that fits is taken. */
export const createRouter = (routes: readonly Route[]): ((method: string, path: string) => Found) => {
  const compiled = routes.map(compile);
  return (method, path) => {
    const fitting = compiled.flatMap((one) => {
      const match = one.pattern.exec(path);
      const values = match?.slice(1).map(decoded);
      if (!values || values.includes(null)) return [];
      return [{ route: one.route, params: Object.fromEntries(one.names.map((name, i) => [name, values[i] ?? ""])) }];
    });
    const found = fitting.find(({ route }) => route.method === method);
    if (found) return { is: "route", ...found };
    return fitting.length > 0
      ? { is: "other-method", allowed: [...new Set(fitting.map((f) => f.route.method))] }
      : { is: "nothing" };
  };
};
