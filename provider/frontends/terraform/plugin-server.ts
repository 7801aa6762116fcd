/**
 * Serves a provider to Terraform or OpenTofu: handshake, TLS, gRPC, the end of the process. What cmd writes:
 *
 *   const { handlers, cancel, writing } = providerServer({ … });
 *   await servePlugin({ handlers, cancel, writing, surroundings: surroundingsOf(process), reattach: argv.includes("--reattach") });
 *
 * - `handlers`: the protocol's calls by name in camelCase (`planResourceChange`); `(request, { signal }) => Promise<response>`. Requests
 *   have all their fields, responses may leave out what is default (`Sendable`, see proto.ts). A call without a handler is UNIMPLEMENTED.
 *   `signal` is aborted when the caller is gone, but not while `writing()`: then `cancel()` is called, and the write comes to its end.
 *   Handlers answer with diagnostics; one that throws all the same becomes INTERNAL without the error's own words, which go to the log.
 * - Resolves when the handshake line is printed, or when nobody could have read it (started by hand, a protocol before 6): then null, after
 *   the reason was printed and the process told to exit. From then on it ends by itself: Shutdown, SIGTERM, the parent's death.
 * - `reattach`: prints TF_REATTACH_PROVIDERS='…' instead, serves plaintext and lives until SIGINT or SIGTERM.
 */
import {
  type handleUnaryCall,
  Server,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { type Certificate, selfSigned } from "./certificate.ts";
import { type Handshake, handshakeLine, plainHandshake, Refusal, readHandshake } from "./handshake.ts";
import { listen, type Place } from "./listen.ts";
import { endWithTerraform } from "./plugin-process.ts";
import { addPluginServices } from "./plugin-services.ts";
import { type ProviderRpcs, providerService, type Sendable } from "./proto.ts";
import { reattachLine } from "./reattach.ts";
import { Running } from "./running.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Call {
  readonly signal: AbortSignal;
}
export type ProviderHandlers = {
  readonly [M in keyof ProviderRpcs]?: (
    request: ProviderRpcs[M]["request"],
    call: Call,
  ) => Promise<Sendable<ProviderRpcs[M]["response"]>>;
};

export interface PluginOptions {
  readonly handlers: ProviderHandlers;
  readonly surroundings: Surroundings;
  /** Stops between writes. */
  readonly cancel: () => void;
  /** Is a write under way? */
  readonly writing: () => boolean;
  readonly reattach?: boolean;
  /** Takes secrets out of what a bug says; without it a bug is told by its place alone. */
  readonly redact?: (text: string) => string;
}

/** Whole states and schemas in one message: the limits are Terraform's. */
const limits = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** The frames of a stack name no values; the words above them may. */
const placeOf = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");

type Handler = (request: unknown, call: Call) => Promise<unknown>;
interface Serves extends PluginOptions {
  readonly running: Running;
  readonly redact: (text: string) => string;
}

const signalOf = (call: ServerUnaryCall<unknown, unknown>, serves: Serves, answered: () => boolean): AbortSignal => {
  const gone = new AbortController();
  // grpc-js says "cancelled" of every call whose stream closes, answered ones too.
  call.on("cancelled", () => {
    if (answered()) return;
    if (serves.writing()) serves.cancel();
    else gone.abort();
  });
  return gone.signal;
};

const unary =
  (name: string, handler: Handler, serves: Serves): handleUnaryCall<unknown, unknown> =>
  async (call, callback) => {
    let answered = false;
    const signal = signalOf(call, serves, () => answered);
    try {
      // Also one that throws before its first await.
      const response = await serves.running.add((async () => handler(call.request, { signal }))());
      answered = true;
      callback(null, response);
    } catch (error) {
      answered = true;
      const text = serves.redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
      serves.surroundings.log({ level: "error", text: `${name} failed, please report it: ${text}` });
      const details = `A bug in Seatwise: ${name} failed. TF_LOG=error shows where; please report it.`;
      callback({ code: status.INTERNAL, details });
    }
  };

/** Handlers are typed one by one for whoever writes them; here they are all the same. */
const implementation = (serves: Serves): UntypedServiceImplementation =>
  Object.fromEntries(
    Object.entries(serves.handlers as Readonly<Record<string, Handler>>).map(([name, handler]) => [
      name,
      unary(name, handler, serves),
    ]),
  );

const start = async (serves: Serves, handshake: Handshake): Promise<{ place: Place; own: Certificate | null }> => {
  const { surroundings, reattach = false, running, cancel, redact } = serves;
  const server = new Server(limits);
  let place: Place | null = null;
  const close = (): void => place?.remove();
  const end = endWithTerraform({ running, cancel, close }, surroundings, { reattach, redact });
  server.addService(providerService, implementation(serves));
  addPluginServices(server, end);
  const own = handshake.client === null ? null : selfSigned(new Date());
  place = await listen(server, handshake, own);
  return { place, own };
};

export const servePlugin = async (options: PluginOptions): Promise<Place | null> => {
  const { surroundings, reattach = false, redact = placeOf } = options;
  try {
    const handshake = reattach ? plainHandshake(surroundings) : readHandshake(surroundings);
    const { place, own } = await start({ ...options, redact, running: new Running() }, handshake);
    surroundings.print(reattach ? reattachLine(place, surroundings.pid) : handshakeLine(place, own?.der ?? null));
    return place;
  } catch (error) {
    // On stdout: Terraform shows that text, and nothing of stderr.
    const why = error instanceof Error ? error.message : String(error);
    surroundings.print(error instanceof Refusal ? why : `Seatwise cannot serve: ${why}`);
    surroundings.exit(1);
    return null;
  }
};
