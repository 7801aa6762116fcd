import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFaultPlan, type Fault, type FaultPlan, limitHeaders, mangle } from "../connectors/simulator/faults.ts";

/** One request that came by. The body is kept for the test that asks which person a write was about; it is never printed. */
export interface Passed {
  /** From 1. */
  readonly nth: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** 0: no answer was given. */
  readonly status: number;
}
/** Stands before any server, simulated or real, counts what passes and breaks what the plan says. */
export interface FaultProxy {
  readonly url: string;
  readonly faults: FaultPlan;
  readonly passed: readonly Passed[];
  /** Called when a request arrives, before it is sent on. */
  onArrival: ((method: string, path: string) => void) | null;
  reset(): void;
  stop(): Promise<void>;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const collect = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const json = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};

/** Hop-by-hop, or wrong once the body has passed through our hands. */
const dropped = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "accept-encoding",
  "expect",
]);
const kept = (headers: Answered["headers"]): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).flatMap(([k, v]) => (v === undefined || dropped.has(k) ? [] : [[k, v]])));

const createUpstream = (target: URL) => {
  const agent = new Agent({ keepAlive: true });
  // The client's own Host goes along, so that addresses in answers lead back through the proxy.
  const send = (incoming: IncomingMessage, body: Buffer): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const headers = {
        ...kept(incoming.headers),
        ...(body.length > 0 ? { "content-length": String(body.length) } : {}),
      };
      const to = {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers,
        agent,
      };
      const outgoing = httpRequest(to, (answer) => {
        collect(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
};

const instead = (fault: Fault | null, expired: boolean, now: number): Answered | null => {
  const answer = (
    status: number,
    headers: Record<string, string> = {},
    body: unknown = { error: `injected ${status}` },
  ): Answered => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (expired) return answer(401, { "www-authenticate": 'Bearer error="invalid_token"' });
  if (fault?.kind === "limit") return answer(fault.status, limitHeaders(fault, now));
  if (fault?.kind === "status")
    return fault.body === undefined ? answer(fault.status) : answer(fault.status, {}, fault.body);
  return null;
};

interface Parts {
  readonly upstream: ReturnType<typeof createUpstream>;
  readonly faults: FaultPlan;
  readonly passed: Passed[];
  readonly expired: Set<string>;
  readonly now: () => number;
  readonly arrived: (method: string, path: string) => void;
}

/** What the client gets: the fault's answer, or the system's, perhaps with a damaged page. */
const createAnswerer = ({ upstream, expired, now }: Parts) => {
  const pages = new Map<string, unknown>();
  return async (incoming: IncomingMessage, body: Buffer, fault: Fault | null): Promise<Answered> => {
    const token = incoming.headers.authorization ?? "";
    if (fault?.kind === "expire") expired.add(token);
    const own = instead(fault, expired.has(token), now());
    if (own) return own;
    const real = await upstream.send(incoming, body);
    if (incoming.method !== "GET") return real;
    const list = (incoming.url ?? "").split("?")[0] ?? "";
    const page = json(real.body);
    const before = pages.get(list);
    pages.set(list, page);
    return fault?.kind === "page"
      ? { ...real, body: Buffer.from(JSON.stringify(mangle(fault.page, page, before))) }
      : real;
  };
};

const createService = (parts: Parts) => {
  const { faults, passed, now, arrived } = parts;
  const answerFor = createAnswerer(parts);
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [method, path] = [incoming.method ?? "GET", incoming.url ?? "/"];
    arrived(method, path);
    const nth = passed.length;
    const entry = { nth: nth + 1, at: now(), method, path, body: "", status: 0 };
    passed.push(entry);
    const bytes = await collect(incoming);
    const body = bytes.toString("utf8");
    passed[nth] = { ...entry, body };
    const fault = faults.meet(method, path);
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const broken = fault?.kind === "reset" || fault?.kind === "silence" ? fault : null;
    const answer = broken?.commit === "before" ? null : await answerFor(incoming, bytes, fault);
    if (broken?.kind === "reset") incoming.socket.resetAndDestroy();
    if (broken || answer === null) return;
    passed[nth] = { ...entry, body, status: answer.status };
    response.writeHead(answer.status, { ...kept(answer.headers), "content-length": String(answer.body.length) });
    response.end(answer.body);
  };
};

export const startFaultProxy = async (target: string, now: () => number = Date.now): Promise<FaultProxy> => {
  const upstream = createUpstream(new URL(target));
  const faults = createFaultPlan();
  const passed: Passed[] = [];
  const expired = new Set<string>();
  const arrived = (method: string, path: string): void => proxy.onArrival?.(method, path);
  const serve = createService({ upstream, faults, passed, expired, now, arrived });
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => {
      if (!response.headersSent) response.writeHead(502).end();
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    faults,
    passed,
    onArrival: null,
    reset() {
      passed.length = 0;
      faults.clear();
      expired.clear();
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        upstream.close();
      }),
  };
  return proxy;
};
