import { isJson, type Json } from "./evaluate.ts";
import { Refusal, refuse, unsupported } from "./refusal.ts";
import { type Model, urns } from "./schema.ts";
import type { Condition, Service } from "./service.ts";
import type { Resource } from "./store.ts";

/** One request of a bulk (RFC 7644 section 3.7). */
interface Step {
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | null;
  readonly version: string | null;
  readonly data: unknown;
}
type Result = Record<string, unknown>;

const readStep = (raw: unknown): Step => {
  if (!isJson(raw)) return refuse("invalidSyntax", "an operation is an object");
  const string = (name: string): string | null => (typeof raw[name] === "string" ? raw[name] : null);
  return {
    method: (string("method") ?? "").toUpperCase(),
    path: string("path") ?? "",
    bulkId: string("bulkId"),
    version: string("version"),
    data: raw.data,
  };
};

const referenced = (value: unknown, into: Set<string>): Set<string> => {
  if (typeof value === "string") {
    for (const part of value.split("/")) if (part.startsWith("bulkId:")) into.add(part.slice(7));
  } else if (Array.isArray(value)) for (const item of value) referenced(item, into);
  else if (isJson(value)) for (const item of Object.values(value)) referenced(item, into);
  return into;
};
const replaced = (value: unknown, id: (bulkId: string) => string): unknown => {
  if (typeof value === "string")
    return value
      .split("/")
      .map((part) => (part.startsWith("bulkId:") ? id(part.slice(7)) : part))
      .join("/");
  if (Array.isArray(value)) return value.map((item: unknown) => replaced(item, id));
  return isJson(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, replaced(v, id)])) : value;
};

interface Run {
  readonly service: Service;
  readonly steps: readonly Step[];
  readonly results: Map<number, Result>;
  readonly created: Map<string, string>;
  readonly running: Set<number>;
  readonly locate: (model: Model, id: string) => string;
}

const route = (service: Service, path: string): { model: Model; id: string | null } => {
  const [endpoint, id, ...more] = path.replace(/^\//, "").split("/");
  const model = service.models.find((m) => m.endpoint.slice(1).toLowerCase() === endpoint?.toLowerCase());
  if (!model || more.length > 0) throw new Refusal(404, null, `No resource type found at '${path}'`);
  return { model, id: id === undefined || id === "" ? null : id };
};

const act = (
  run: Run,
  step: Step,
  path: string,
  data: unknown,
): { status: string; model: Model; resource: Resource | null } => {
  const { model, id } = route(run.service, path);
  const condition: Condition = { ifMatch: step.version, ifNoneMatch: null };
  if (step.method === "POST" && id === null) return { status: "201", model, resource: run.service.create(model, data) };
  if (id === null || !["PUT", "PATCH", "DELETE"].includes(step.method))
    throw new Refusal(405, null, "The endpoint does not support this method");
  if (step.method === "PUT") return { status: "200", model, resource: run.service.replace(model, id, data, condition) };
  if (step.method === "PATCH") return { status: "200", model, resource: run.service.patch(model, id, data, condition) };
  run.service.remove(model, id, condition);
  return { status: "204", model, resource: null };
};

const perform = (run: Run, at: number): void => {
  const step = run.steps[at];
  if (!step || run.results.has(at) || run.running.has(at)) return;
  run.running.add(at);
  const creation = (bulkId: string): number => run.steps.findIndex((s) => s.method === "POST" && s.bulkId === bulkId);
  for (const bulkId of referenced([step.path, step.data], new Set())) perform(run, creation(bulkId));
  const id = (bulkId: string): string => {
    const found = run.created.get(bulkId);
    if (found === undefined) throw new Refusal(409, null, `No resource was created with the bulkId ${bulkId}`);
    return found;
  };
  const base = { method: step.method, ...(step.bulkId === null ? {} : { bulkId: step.bulkId }) };
  try {
    const path = String(replaced(step.path, id));
    const done = act(run, step, path, replaced(step.data, id));
    const target = done.resource?.id ?? route(run.service, path).id ?? "";
    if (step.bulkId !== null && done.resource && step.method === "POST") run.created.set(step.bulkId, done.resource.id);
    const version = done.resource && run.service.dialect.etag ? { version: `W/"${done.resource.version}"` } : {};
    run.results.set(at, { ...base, ...version, location: run.locate(done.model, target), status: done.status });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const location =
      step.method === "POST" ? {} : { location: `${run.locate(run.service.models[0] as Model, "")}${step.path}` };
    run.results.set(at, { ...base, ...location, response: error.body(), status: String(error.status) });
  }
  run.running.delete(at);
};

export const runBulk = (service: Service, body: unknown, size: number, locate: Run["locate"]): Json => {
  const limits = service.dialect.bulk;
  if (!limits) throw unsupported("Bulk");
  const tooLarge = (what: string): never => {
    throw new Refusal(413, null, what);
  };
  if (size > limits.maxPayloadSize) tooLarge(`The payload exceeds the maxPayloadSize (${limits.maxPayloadSize} bytes)`);
  if (!isJson(body)) return refuse("invalidSyntax", "a JSON object was expected");
  const { Operations: operations, failOnErrors } = body;
  if (!Array.isArray(operations) || operations.length === 0) return refuse("invalidValue", "'Operations' is required");
  if (operations.length > limits.maxOperations)
    tooLarge(`The number of operations exceeds the maxOperations (${limits.maxOperations})`);
  const run: Run = {
    service,
    steps: operations.map(readStep),
    results: new Map(),
    created: new Map(),
    running: new Set(),
    locate,
  };
  for (const at of run.steps.keys()) {
    const errors = [...run.results.values()].filter((r) => r.response !== undefined).length;
    if (typeof failOnErrors === "number" && errors > 0 && errors >= failOnErrors) break;
    perform(run, at);
  }
  const inOrder = [...run.results].sort(([a], [b]) => a - b).map(([, result]) => result);
  return { schemas: [urns.bulkAnswer], Operations: inOrder };
};
