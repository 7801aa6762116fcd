import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Transport } from "../../core/wire.ts";
import { NetworkFailure } from "../http/transport.ts";
import { createSimulatorClock, type SimulatorClock } from "./clock.ts";
import { createFaultPlan, type Fault, type FaultPlan, limitHeaders, mangle } from "./faults.ts";
import { type Answer, type Asked, createRouter, type Route } from "./router.ts";

/** One request that a simulator served. Bodies and headers are not kept: they may hold secrets. */
export interface Served {
  readonly at: number;
  readonly method: string;
  /** With its query, but for tokens in it. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly as: string;
  readonly write: boolean;
  readonly fault?: Fault["kind"];
}
export interface SimulatorConfig {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Whom these headers speak for, or the refusal in the system's own words. */
  readonly authenticate: (asked: Omit<Asked, "as">) => { readonly as: string } | { readonly refuse: Answer };
  /** The system's own words for what it does not know or cannot read. */
  readonly refusals: {
    readonly unknownPath: (asked: Omit<Asked, "as">) => Answer;
    readonly otherMethod: (asked: Omit<Asked, "as">, allowed: readonly string[]) => Answer;
    readonly malformed: (asked: Omit<Asked, "as">) => Answer;
    /** A limit (429, 403 or 503) or failure that was injected. */
    readonly fault: (status: number) => Answer;
  };
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  /** Called by the fault `expire`: the request's token is no longer good. */
  readonly expire?: (authorization: string | undefined) => void;
  /** Default: application/json. */
  readonly mediaType?: string;
  /** Is the system's rate limit reached? Asked before everything else. */
  readonly limit?: (asked: Omit<Asked, "as">) => Answer | null;
}
export interface Simulator {
  readonly name: string;
  readonly url: string;
  readonly clock: SimulatorClock;
  readonly faults: FaultPlan;
  readonly log: readonly Served[];
  counts(): { readonly total: number; readonly reads: number; readonly writes: number };
  /** Serves a request without a socket: give it to a connector as `OpenWith.transport`. Any origin will do. */
  readonly transport: Transport;
  /** Forgets log and counts, keeps the world. */
  resetLog(): void;
  /** Mistakes of the simulator itself; a test that ends asserts that there are none. */
  readonly bugs: readonly Error[];
  stop(): Promise<void>;
}

const maxBody = 64 * 1024 * 1024;
const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw new Error("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const decodeBody = (type: string, text: string): { body: unknown } | null => {
  if (text === "") return { body: undefined };
  if (type.includes("x-www-form-urlencoded")) return { body: Object.fromEntries(new URLSearchParams(text)) };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const secretNames = /^(access_token|token|client_secret|password|code)$/i;
const shown = (path: string, query: URLSearchParams): string => {
  const safe = [...query].map(([k, v]) => `${k}=${secretNames.test(k) ? "[redacted]" : v}`);
  return safe.length > 0 ? `${path}?${safe.join("&")}` : path;
};

/** What an injected fault answers in the system's place; null: the system answers. */
const instead = (fault: Fault | null, config: SimulatorConfig, now: number): Answer | null => {
  if (fault?.kind === "limit") {
    const own = config.refusals.fault(fault.status);
    return { ...own, status: fault.status, headers: { ...own.headers, ...limitHeaders(fault, now) } };
  }
  if (fault?.kind === "status")
    return fault.body === undefined
      ? { ...config.refusals.fault(fault.status), status: fault.status }
      : { status: fault.status, body: fault.body };
  return null;
};

/** Log and counters: what was served, without bodies and headers. */
const createLog = (clock: SimulatorClock) => {
  const log: Served[] = [];
  const sums = { total: 0, reads: 0, writes: 0 };
  const note = (served: Omit<Served, "ms">): void => {
    sums.total += 1;
    sums[served.write ? "writes" : "reads"] += 1;
    log.push({ ...served, ms: clock.now() - served.at });
  };
  const reset = (): void => {
    log.length = 0;
    Object.assign(sums, { total: 0, reads: 0, writes: 0 });
  };
  return { log, note, reset, counts: () => ({ ...sums }) };
};

interface Decided {
  readonly answer: Answer;
  readonly as: string;
  readonly write: boolean;
}
/** What the system itself answers: limit, credentials, route, body, in this order. */
const createSystem = (config: SimulatorConfig) => {
  const find = createRouter(config.routes);
  return async (asked: Omit<Asked, "as">, readable: boolean): Promise<Decided> => {
    const found = find(asked.method, asked.path);
    const route = found.is === "route" ? found.route : null;
    const write = route !== null && (route.write ?? (route.method !== "GET" && !route.open));
    const limited = config.limit?.(asked) ?? null;
    if (limited) return { answer: limited, as: "", write };
    const who = route?.open ? { as: "" } : config.authenticate(asked);
    if ("refuse" in who) return { answer: who.refuse, as: "", write };
    const { as } = who;
    if (found.is === "nothing") return { answer: config.refusals.unknownPath(asked), as, write };
    if (found.is === "other-method") return { answer: config.refusals.otherMethod(asked, found.allowed), as, write };
    if (!readable) return { answer: config.refusals.malformed(asked), as, write };
    return { answer: await found.route.handle({ ...asked, params: found.params, as }), as, write };
  };
};

interface Ready {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
const ready = ({ status, headers, body }: Answer, now: number, mediaType = "application/json"): Ready => {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type = body === undefined ? {} : { "content-type": mediaType };
  // The simulator's own time: it is what its limits and its tokens go by.
  const own = { date: new Date(now).toUTCString(), "content-length": String(Buffer.byteLength(text)) };
  return { status, text, headers: { ...type, ...own, ...headers } };
};

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}
const askedOf = (request: Request): { asked: Omit<Asked, "as">; readable: boolean; full: string } => {
  const url = new URL(request.url, "http://simulator");
  const lines = Object.entries(request.headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(", ") : v] as const);
  const headers: Asked["headers"] = Object.fromEntries(lines);
  const decoded = decodeBody(headers["content-type"] ?? "", request.text);
  const { pathname: path, searchParams: query } = url;
  const asked = { method: request.method, path, params: {}, query, headers, body: decoded?.body };
  return { asked, readable: decoded !== null, full: path + url.search };
};

/** Serves one request, as the fault plan lets it. `reset`, `silence`: what the client gets instead of an answer. */
const createService = (
  config: SimulatorConfig,
  parts: { clock: SimulatorClock; faults: FaultPlan; note: (s: Omit<Served, "ms">) => void },
) => {
  const { clock, faults, note } = parts;
  const decide = createSystem(config);
  const pages = new Map<string, unknown>();
  const page = (fault: Fault | null, { method, path, query }: Omit<Asked, "as">, answer: Answer): Answer => {
    if (method !== "GET") return answer;
    // The page before of the same question: one path may answer many.
    const list = `${path} ${query.get("$filter") ?? query.get("filter") ?? ""}`;
    const before = pages.get(list);
    if (answer.status === 200) pages.set(list, answer.body);
    return fault?.kind === "page" ? { ...answer, body: mangle(fault.page, answer.body, before) } : answer;
  };
  return async (request: Request): Promise<Ready | "reset" | "silence"> => {
    const at = clock.now();
    const { asked, readable, full } = askedOf(request);
    const fault = faults.meet(asked.method, full);
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === "expire") config.expire?.(asked.headers.authorization);
    const broken = fault?.kind === "reset" || fault?.kind === "silence" ? fault : null;
    const unheard = { answer: { status: 0 }, as: "", write: asked.method !== "GET" };
    const injected = instead(fault, config, clock.now());
    const own = injected ? { ...unheard, answer: injected } : null;
    const { answer, as, write } = broken?.commit === "before" ? unheard : (own ?? (await decide(asked, readable)));
    const kind = fault ? { fault: fault.kind } : {};
    const status = broken ? 0 : answer.status;
    note({ at, method: asked.method, path: shown(asked.path, asked.query), status, as, write, ...kind });
    return broken ? broken.kind : ready(page(fault, asked, answer), clock.now(), config.mediaType);
  };
};

type Service = ReturnType<typeof createService>;
const overSocket = async (serve: Service, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = "GET", url = "/", headers } = request;
  const answer = await serve({ method, url, headers, text: await readBody(request) });
  if (answer === "reset") request.socket.resetAndDestroy();
  else if (answer !== "silence") response.writeHead(answer.status, answer.headers).end(answer.text);
};
const inProcess =
  (serve: Service, bug: (error: unknown) => void): Transport =>
  async ({ method, url, headers, body = "", signal }) => {
    signal.throwIfAborted();
    const { pathname, search } = new URL(url);
    const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    try {
      const answer = await serve({ method, url: pathname + search, headers: small, text: body });
      if (answer === "reset") throw new NetworkFailure("reset", true);
      // Nobody waits here: the time-out has passed.
      if (answer === "silence") throw new NetworkFailure("timeout", true);
      const lower = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
      return { status: answer.status, headers: Object.fromEntries(lower), body: answer.text };
    } catch (error) {
      if (error instanceof NetworkFailure) throw error;
      bug(error);
      return { status: 500, headers: {}, body: "" };
    }
  };

export const startSimulator = async (config: SimulatorConfig, port = 0): Promise<Simulator> => {
  const clock = config.clock ?? createSimulatorClock();
  const faults = createFaultPlan(config.seed);
  const bugs: Error[] = [];
  const { log, note, reset, counts } = createLog(clock);
  const serve = createService(config, { clock, faults, note });
  const bug = (error: unknown): void => {
    bugs.push(error instanceof Error ? error : new Error(String(error)));
  };
  const transport = inProcess(serve, bug);
  const server = createServer((request, response) => {
    overSocket(serve, request, response).catch((error: unknown) => {
      bug(error);
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo; // listening on TCP
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://127.0.0.1:${address.port}`;
  return { name: config.name, url, clock, faults, log, bugs, counts, resetLog: reset, transport, stop };
};
