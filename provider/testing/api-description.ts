import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv/dist/2019";
import type { Transport } from "../core/wire.ts";
import { convert, isJson, type Json, json, place } from "./api-schema.ts";

/** One request and its answer, bodies decoded; undefined: none. */
export interface Exchange {
  readonly method: string;
  /** Path with query; an origin before it is left alone. */
  readonly url: string;
  readonly sent: unknown;
  readonly status: number;
  readonly got: unknown;
}
/** A vendor's published API description (OpenAPI 3.0), as a judge of exchanges. */
export interface ApiDescription {
  /** `GET /orgs/{org}` */
  readonly operations: readonly string[];
  /** Which operation a request is; null: none that is described. */
  operation(method: string, url: string): string | null;
  /** What is wrong, in words; empty: nothing. */
  violations(exchange: Exchange): readonly string[];
}
export interface DescribedBy {
  /** The schema of every refusal that an operation does not list itself. */
  readonly refusal?: string;
  /** Paths that are no part of this API (a token endpoint, GraphQL). */
  readonly outside?: RegExp;
}

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (s) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(s) && !Number.isNaN(Date.parse(s)),
  date: (s) => /^\d{4}-\d\d-\d\d$/.test(s) && !Number.isNaN(Date.parse(s)),
  uri: (s) => URL.canParse(s),
  email: (s) => /^[^@\s]+@[^@\s]+$/.test(s),
};

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly parameters: readonly Json[];
  readonly body: { readonly required: boolean; readonly check: ValidateFunction } | null;
  readonly replies: ReadonlyMap<string, ValidateFunction | null>;
}

const resolved = (document: Json, part: unknown): Json => {
  const { $ref } = json(part);
  if (typeof $ref !== "string") return json(part);
  const found = $ref
    .slice(2)
    .split("/")
    .reduce<unknown>((node, key) => json(node)[key.replaceAll("~1", "/")], document);
  if (!isJson(found)) throw new Error(`the description lacks ${$ref}`);
  return resolved(document, found);
};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(json(value));

const compileAll = (document: Json) => {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, unicodeRegExp: false, formats });
  const schemas = entries(json(document.components).schemas);
  const modes = ["strict", "loose"] as const;
  const $defs = Object.fromEntries(
    schemas.flatMap(([name, schema]) => modes.map((mode) => [place(mode, name), convert(json(schema), mode)])),
  );
  ajv.addSchema({ $id: "api", $defs });
  const compile = (schema: unknown): ValidateFunction => ajv.compile({ ...convert(json(schema), "strict") });
  const ofContent = (content: unknown): ValidateFunction | null => {
    const media = entries(content).find(([type]) => /json/.test(type));
    return media ? compile(json(media[1]).schema) : null;
  };
  return { compile, ofContent };
};

const operationsOf = (document: Json, ofContent: (content: unknown) => ValidateFunction | null): Operation[] =>
  entries(document.paths).flatMap(([path, item]) => {
    const names = [...path.matchAll(/\{\+?([^}]+)\}/g)].map((m) => m[1] ?? "");
    const source = path.split(/\{[^}]+\}/).map((fixed) => fixed.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const methods = entries(item).filter(([key]) => /^(get|put|post|delete|patch)$/.test(key));
    return methods.map(([method, given]): Operation => {
      const operation = json(given);
      const body = operation.requestBody === undefined ? null : resolved(document, operation.requestBody);
      const check = body === null ? null : ofContent(body.content);
      const replies = entries(operation.responses).map(
        ([status, reply]) => [status, ofContent(resolved(document, reply).content)] as const,
      );
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        pattern: new RegExp(`^${source.join("([^/]+?)")}$`),
        names,
        parameters: [...list(json(item).parameters), ...list(operation.parameters)].map((p) => resolved(document, p)),
        body: check === null ? null : { check, required: body?.required === true },
        replies: new Map(replies),
      };
    });
  });

const told = (what: string, errors: readonly ErrorObject[] | null | undefined): string[] =>
  (errors ?? []).map(({ instancePath, message, params }) => {
    const field = "unevaluatedProperty" in params ? ` (${String(params.unevaluatedProperty)})` : "";
    return `${what}${instancePath}: ${message ?? "wrong"}${field}`;
  });

/** A parameter is text; its schema speaks of numbers. */
const typed = (schema: Json, texts: readonly string[]): unknown => {
  const [text = ""] = texts;
  if (schema.type === "array") return texts;
  if (/^(integer|number)$/.test(String(schema.type)) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (schema.type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
};

const createParameters = (compile: (schema: unknown) => ValidateFunction) => {
  const compiled = new Map<Json, ValidateFunction>();
  const check = (parameter: Json, texts: readonly string[]): string[] => {
    const validate = compiled.get(parameter) ?? compile(parameter.schema);
    compiled.set(parameter, validate);
    const right = validate(typed(json(parameter.schema), texts));
    return right ? [] : told(`${String(parameter.in)} parameter ${String(parameter.name)}`, validate.errors);
  };
  return (operation: Operation, path: string, query: URLSearchParams): string[] => {
    const values = operation.pattern.exec(path)?.slice(1).map(decodeURIComponent) ?? [];
    const known = (where: string, name: string) =>
      operation.parameters.find((p) => p.in === where && p.name === name) ?? null;
    const inPath = operation.names.flatMap((name, i) => {
      const parameter = known("path", name);
      return parameter === null ? [] : check(parameter, [values[i] ?? ""]);
    });
    const inQuery = [...new Set(query.keys())].flatMap((name) => {
      const parameter = known("query", name);
      return parameter === null ? [`query parameter ${name} is not described`] : check(parameter, query.getAll(name));
    });
    const missing = operation.parameters
      .filter((p) => p.in === "query" && p.required === true && !query.has(String(p.name)))
      .map((p) => `query parameter ${String(p.name)} is missing`);
    return [...inPath, ...inQuery, ...missing];
  };
};

const ofBody = ({ body }: Operation, sent: unknown): string[] => {
  if (sent === undefined) return body?.required ? ["the request has no body"] : [];
  if (body === null) return ["the request has a body, and none is described"];
  return body.check(sent) ? [] : told("request", body.check.errors);
};
const ofReply = ({ replies }: Operation, { status, got }: Exchange, refusal: ValidateFunction | null): string[] => {
  const known = [String(status), `${Math.floor(status / 100)}XX`, "default"].find((key) => replies.has(key));
  // 304 and refusals are common to all operations and rarely listed.
  if (known === undefined && status < 300) return [`status ${status} is not described`];
  const check = known === undefined ? (status === 304 ? null : refusal) : (replies.get(known) ?? null);
  if (status === 204 || status === 304) return got === undefined ? [] : [`${status} has a body`];
  if (check === null) return [];
  return check(got) ? [] : told("reply", check.errors);
};

export const apiDescription = (document: unknown, { refusal, outside }: DescribedBy = {}): ApiDescription => {
  const { compile, ofContent } = compileAll(json(document));
  // Fixed parts win over parameters, as with servers.
  const operations = operationsOf(json(document), ofContent).sort((a, b) => a.names.length - b.names.length);
  const parameters = createParameters(compile);
  const refused = refusal === undefined ? null : compile({ $ref: `#/components/schemas/${refusal}` });
  const find = (method: string, path: string): Operation | undefined =>
    operations.find((o) => o.method === method && o.pattern.test(path));
  const located = (url: string): URL => new URL(url, "http://description");
  return {
    operations: operations.map((o) => o.name).sort(),
    operation: (method, url) => find(method, located(url).pathname)?.name ?? null,
    violations(exchange) {
      const { pathname, searchParams } = located(exchange.url);
      if (outside?.test(pathname)) return [];
      const operation = find(exchange.method, pathname);
      if (!operation) return [`${exchange.method} ${pathname} is not described`];
      const found = [
        ...parameters(operation, pathname, searchParams),
        ...ofBody(operation, exchange.sent),
        ...ofReply(operation, exchange, refused),
      ];
      return found.map((text) => `${operation.name} ${exchange.status}: ${text}`);
    },
  };
};

/** What `make specs` wrote for a connector. */
export const readDescription = (folder: string, name: string, by: DescribedBy = {}): ApiDescription =>
  apiDescription(
    JSON.parse(readFileSync(join(__dirname, "../connectors", folder, "spec", `${name}.json`), "utf8")),
    by,
  );

export interface Watch {
  readonly transport: Transport;
  /** Each once. */
  readonly violations: readonly string[];
  /** Operations that were used, and with which statuses: `GET /orgs/{org} 200`. */
  readonly seen: ReadonlySet<string>;
}
const decoded = (text: string | undefined): unknown => {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
/** Stands between a connector and its simulator and holds all that passes against the description. */
export const watched = (inner: Transport, description: ApiDescription): Watch => {
  const violations: string[] = [];
  const seen = new Set<string>();
  const transport: Transport = async (request) => {
    const reply = await inner(request);
    const { method, url } = request;
    const exchange = { method, url, sent: decoded(request.body), status: reply.status, got: decoded(reply.body) };
    for (const text of description.violations(exchange)) if (!violations.includes(text)) violations.push(text);
    const operation = description.operation(method, new URL(url).pathname);
    if (operation !== null) seen.add(`${operation} ${reply.status}`);
    return reply;
  };
  return { transport, violations, seen };
};
