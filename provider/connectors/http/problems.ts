import { type Code, Problem, type ProblemDetails } from "../../core/problem.ts";
import type { NetworkFailure, Raw } from "./transport.ts";

/** A vendor's refusal, with what a connector may need to tell one from another (SCIM's `scimType`). */
export class HttpProblem extends Problem {
  readonly status: number;
  /** The decoded answer; never printed: only a connector reads it. */
  readonly #body: unknown;
  constructor(
    code: Code,
    message: string,
    details: ProblemDetails & { readonly status: number; readonly body: unknown },
  ) {
    super(code, message, details);
    this.status = details.status;
    this.#body = details.body;
  }
  get body(): unknown {
    return this.#body;
  }
}

/** A write whose answer was lost: it may have been done. List again before anything else. */
export class AfterTimeout extends Problem {
  constructor(message: string, cause?: unknown) {
    super("unreachable", message, {
      hint: "The write may have been done. It is looked up before anything is repeated.",
      cause,
    });
  }
}

/** Who asks whom, for messages. */
export interface Whom {
  readonly connection: string;
  readonly vendor: string;
  readonly host: string;
  readonly method: string;
  /** The template, never the filled path: it holds no person and no secret. */
  readonly path: string;
  readonly scope?: string;
}
const asked = (w: Whom): string => `connection "${w.connection}": ${w.vendor} at ${w.host}`;
const call = (w: Whom): string => `${w.method} ${w.path.split("?")[0]}`;

const fields = [
  "detail",
  "error_description",
  "errorMessage",
  "errorSummary",
  "error",
  "message",
  "description",
  "title",
] as const;
/** What the vendor itself says, one line of at most 200 letters. The caller redacts it. */
const vendorSays = (body: unknown): string => {
  if (typeof body !== "object" || body === null) return "";
  const values: Readonly<Record<string, unknown>> = { ...body };
  const found = fields.map((name) => values[name]).find((value) => typeof value === "string" && value !== "");
  if (typeof found === "string") return `: ${found.replace(/\s+/g, " ").slice(0, 200)}`;
  // Google and Graph: { error: { code, message } }.
  return typeof values.error === "object" ? vendorSays(values.error) : "";
};

const unauthorised = (w: Whom): string =>
  `Check the secret of connection "${w.connection}" (SEATWISE_${w.connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_…): it may be wrong, expired or of another tenant.`;

const rows: Readonly<Record<number, readonly [Code, string]>> = {
  400: ["invalid", "refused the request"],
  401: ["denied", "did not accept the credentials"],
  403: ["denied", "denied"],
  404: ["not-found", "does not know"],
  405: ["unsupported", "does not support"],
  409: ["conflict", "reports a conflict for"],
  412: ["conflict", "saw a change since we read:"],
  413: ["invalid", "finds too large"],
  422: ["invalid", "refused the request"],
  429: ["throttled", "keeps limiting"],
  501: ["unsupported", "does not support"],
};

const hintFor = (status: number, w: Whom): string | undefined => {
  if (status === 401) return unauthorised(w);
  if (status === 403)
    return w.scope
      ? `Grant ${w.scope} to the client of connection "${w.connection}".`
      : `Grant the client of connection "${w.connection}" the permission for ${call(w)}.`;
  if (status === 429) return "Try again later, or lower the concurrency: others may be using the same limit.";
  if (status >= 300 && status < 400)
    return "Redirects are not followed, because the token would travel with them: configure the final address.";
  if (status >= 500) return "The system itself fails: see its own log.";
  return undefined;
};

/** What a refusal means to us. `body` is decoded JSON or text. */
export const refusal = (w: Whom, raw: Raw, body: unknown, redact: (s: string) => string): HttpProblem => {
  const { status } = raw;
  const redirect = status >= 300 && status < 400;
  const [code, verb] = rows[status] ?? (status >= 500 ? ["unreachable", "failed at"] : ["invalid", "refused"]);
  const scope = status === 403 && w.scope ? ` (needs ${w.scope})` : "";
  const text = redirect
    ? `${asked(w)} answered ${call(w)} with a redirect (${status})`
    : `${asked(w)} ${verb} ${call(w)}${scope} (${status})${vendorSays(body)}`;
  const hint = hintFor(status, w);
  const details = { status, body, ...(hint === undefined ? {} : { hint }) };
  return new HttpProblem(code as Code, redact(text), details); // the table's tuple widens to string
};

const network: Readonly<Record<NetworkFailure["kind"], readonly [string, string]>> = {
  refused: ["cannot be reached", "Is the address right, and the system up?"],
  reset: ["closed the connection", "Try again; a proxy or load balancer in between may be cutting it."],
  timeout: ["did not answer in time", "Try again; the system may be overloaded."],
  tls: ["has a certificate that is not trusted", "Add its authority to `ca`."],
  "too-large": ["sent an answer that is too large", "Is this the right address?"],
};

export const unreachable = (w: Whom, failure: NetworkFailure): Problem => {
  const [what, hint] = network[failure.kind];
  return new Problem("unreachable", `${asked(w)} ${what} (${call(w)})`, { hint, cause: failure });
};

export const lost = (w: Whom, cause: unknown): AfterTimeout =>
  new AfterTimeout(`${asked(w)} did not answer ${call(w)}; the write may have been done`, cause);

export const breakerOpen = (w: Whom): Problem =>
  new Problem("unreachable", `${asked(w)} failed several times in a row; ${call(w)} was not sent`, {
    hint: "Nothing more is sent for some seconds. See the system's own log, then try again.",
  });

export const throttled = (w: Whom, waitMs: number): Problem =>
  new Problem("throttled", `${asked(w)} limits ${call(w)} and asks to wait ${Math.ceil(waitMs / 1000)} s`, {
    hint: "That is longer than one run may wait: try again after that time.",
  });

/** Said of an answer that our table does not describe: which field, never its value. */
export const unreadable = (w: Whom, where: string): Problem =>
  new Problem("bug", `${asked(w)} answered ${call(w)} with something unexpected: ${where}`, {
    hint: "Either this address is not that system, or its version differs from those tested. If it is right, please report it.",
  });

/** What a cancelled call throws: the reason that was given, if it is one for humans. */
export const cancelled = (signal: AbortSignal): Problem =>
  signal.reason instanceof Problem
    ? signal.reason
    : new Problem("cancelled", "the request was cancelled", { cause: signal.reason });
