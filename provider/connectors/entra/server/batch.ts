import { type Answer, type Asked, createRouter, on, type Route } from "../../simulator/router.ts";
import { badRequest, refusals, refuse } from "./refusals.ts";
import type { Server } from "./state.ts";

interface Request {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly url?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly dependsOn?: unknown;
}
interface Response {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What makes the whole batch malformed. */
const malformed = (requests: readonly Request[]): Answer | null => {
  if (requests.length > 20)
    return refuse(400, "MaximumValueExceeded", "Number of batch request steps exceeds the maximum value of 20.");
  const ids = requests.map(({ id }) => (typeof id === "string" ? id.toLowerCase() : null));
  if (ids.includes(null)) return badRequest("Each request in a batch needs an id.");
  if (new Set(ids).size < ids.length) return badRequest("Request Id must be unique in a batch.");
  for (const { id, method, url, headers, body } of requests) {
    if (typeof method !== "string" || typeof url !== "string")
      return badRequest(`Write request id : ${String(id)} needs method and url.`);
    const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
    if (body !== undefined && !names.includes("content-type"))
      return badRequest(`Write request id : ${String(id)} does not contain Content-Type header or body.`);
  }
  return null;
};

/** `POST /$batch`: each request on its own, answered in any order; who depends on a failed one fails with 424. */
export const batchRoute = (
  server: Server,
  routes: readonly Route[],
  also: { readonly meet: (inner: { method: string; url: string }) => Answer | null },
): Route => {
  const find = createRouter(routes);
  const serve = async (asked: Asked, { method, url, headers, body }: Request): Promise<Answer> => {
    const target = new URL(String(url).replace(/^\/?/, "/v1.0/"), "http://graph");
    const injected = also.meet({ method: String(method), url: target.pathname });
    if (injected) return injected;
    const found = find(String(method), target.pathname);
    if (found.is === "nothing") return refusals.noSegment(target.pathname);
    if (found.is === "other-method") return refusals.otherMethod();
    const lower = Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const { host } = asked.headers;
    const inner = {
      ...asked,
      method: String(method),
      path: target.pathname,
      query: target.searchParams,
      params: found.params,
      body,
      headers: { ...lower, ...(host ? { host } : {}) },
    };
    return found.route.handle(inner);
  };
  const handle = async (asked: Asked): Promise<Answer> => {
    const { requests } = (asked.body ?? {}) as { requests?: unknown };
    if (!Array.isArray(requests)) return badRequest("Invalid batch payload format.");
    const all = requests as readonly Request[];
    const bad = malformed(all);
    if (bad) return bad;
    const done: Response[] = [];
    for (const request of all) {
      const failed = (Array.isArray(request.dependsOn) ? request.dependsOn : []).some(
        (id) => (done.find((r) => r.id === id)?.status ?? 500) >= 400,
      );
      const answer = failed
        ? refuse(424, "FailedDependency", "A request that this one depends on failed.")
        : await serve(asked, request);
      const type = answer.body === undefined ? {} : { "Content-Type": "application/json" };
      const names = Object.entries(answer.headers ?? {}).map(([name, value]) => [
        name === "retry-after" ? "Retry-After" : name,
        value,
      ]);
      done.push({
        id: String(request.id),
        status: answer.status,
        headers: { "Cache-Control": "no-cache", ...type, ...Object.fromEntries(names) },
        ...(answer.body === undefined ? {} : { body: answer.body }),
      });
    }
    return { status: 200, body: { responses: server.random.shuffle(done) } };
  };
  return on.post("/v1.0/$batch", handle);
};
