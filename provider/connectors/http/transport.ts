import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import tls from "node:tls";
import type { AxiosInstance } from "axios";
import type { Raw, Sent, Transport } from "../../core/wire.ts";

export type { Raw, Sent, Transport };

export const decode = (raw: Raw): unknown => {
  if (raw.body === "") return undefined;
  try {
    return JSON.parse(raw.body) as unknown;
  } catch {
    return raw.body;
  }
};

/** The request did not bring an answer. `sent: false` only when it certainly never reached the server. */
export class NetworkFailure extends Error {
  readonly kind: "refused" | "reset" | "timeout" | "tls" | "too-large";
  readonly sent: boolean;
  constructor(kind: NetworkFailure["kind"], sent: boolean, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.sent = sent;
  }
}

const before = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);
const late = new Set(["ETIMEDOUT", "ECONNABORTED", "ERR_CANCELED"]);

const failure = (error: unknown): NetworkFailure => {
  const { code = "", message = "" } = error as { code?: string; message?: string }; // axios gives no narrower type
  // Never axios' own error: it carries the request with its Authorization header, and a careless print shows it.
  const cause = new Error(code || "no code");
  if (before.has(code)) return new NetworkFailure("refused", false, cause);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_/i.test(code)) return new NetworkFailure("tls", false, cause);
  if (/maxContentLength|maxBodyLength/.test(message)) return new NetworkFailure("too-large", true, cause);
  return new NetworkFailure(late.has(code) ? "timeout" : "reset", true, cause);
};

export interface WireConfig {
  readonly proxy?: string;
  readonly ca?: string;
  readonly maxBytes: number;
  readonly sockets: number;
}

export interface Wire {
  readonly send: Transport;
  close(): void;
}

const proxyOf = (proxy: string | undefined) => {
  if (!proxy) return false as const;
  const { protocol, hostname, port, username, password } = new URL(proxy);
  const auth = username
    ? { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }
    : {};
  return { protocol, host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)), ...auth };
};

/** What this Node trusts, and `ca` besides. `getCACertificates` is missing from Node 22 before 22.15. */
const trusting = (ca: string | undefined) =>
  ca ? { ca: [...(tls.getCACertificates?.("default") ?? tls.rootCertificates), ca] } : {};

/** axios is loaded at the first request: a provider that starts only to tell its schema does not pay for it. */
export const createTransport = (wire: WireConfig): Wire => {
  const agent = { keepAlive: true, maxSockets: wire.sockets, ...trusting(wire.ca) };
  const httpAgent = new HttpAgent(agent);
  const httpsAgent = new HttpsAgent(agent);
  let client: Promise<AxiosInstance> | null = null;
  const make = async (): Promise<AxiosInstance> =>
    (await import("axios")).default.create({
      httpAgent,
      httpsAgent,
      proxy: proxyOf(wire.proxy),
      // A redirect could carry the token to a host that nobody configured.
      maxRedirects: 0,
      maxContentLength: wire.maxBytes,
      maxBodyLength: wire.maxBytes,
      responseType: "text",
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
    });
  const send: Transport = async (sent) => {
    client ??= make();
    const axios = await client;
    try {
      const reply = await axios.request<unknown>({
        method: sent.method,
        url: sent.url,
        headers: sent.headers,
        data: sent.body,
        signal: sent.signal,
        timeout: sent.timeoutMs,
      });
      const headers = Object.entries(reply.headers).map(
        ([name, value]) => [name.toLowerCase(), String(value)] as const,
      );
      return {
        status: reply.status,
        headers: Object.fromEntries(headers),
        body: typeof reply.data === "string" ? reply.data : "",
      };
    } catch (error) {
      if (sent.signal.aborted) throw sent.signal.reason;
      throw failure(error);
    }
  };
  const close = (): void => {
    httpAgent.destroy();
    httpsAgent.destroy();
  };
  return { send, close };
};
