import * as grpc from "@grpc/grpc-js";
import { asProblem, Problem } from "../../core/problem.ts";
import type { Message } from "../../core/resource.ts";
import type { LateProvider, Provider } from "../../engine/verbs.ts";
import { checkConfig, configure, diffConfig, handshake } from "./configuration-calls.ts";
import { messageLimits } from "./engine-log.ts";
import { RpcFailure, toFailure, unimplemented } from "./errors.ts";
import type { Instance } from "./instance.ts";
import { Instances } from "./instances.ts";
import { invoke } from "./invoke-call.ts";
import { PackageFacts } from "./package-facts.ts";
import { emptyPb, type IResourceProviderServer, pluginPb, providerPb, type rpc } from "./proto.ts";
import { type Call, check, create, diff, read, remove, update } from "./resource-calls.ts";
import { service as definition } from "./wire.ts";

export interface ServeOptions {
  /** The package schema as JSON, read when first asked for. */
  readonly schema: () => string;
  /** The engine's own server, for messages; null where it says so later (Handshake, Attach). */
  readonly engineAddress: string | null;
  /** Lines that only a developer wants: stacks of bugs. */
  readonly debug: (line: string) => void;
  /** Does this command delete what it does not check? Asked at its end; a refresh does not, though its calls look alike. */
  readonly mayDelete?: () => boolean;
}
export interface Serving {
  readonly port: number;
  /** Stops between writes. */
  cancel(): void;
  /** A message of the provider as a whole, to the engine of the latest command. */
  say(message: Message): void;
  /** Takes no new calls and waits for those that run, at most so long. */
  drain(ms: number): Promise<void>;
  close(): void;
}

type Unary<Q, R> = grpc.handleUnaryCall<Q, R>;
type Work<Q, R> = (call: Call, request: Q) => R | Promise<R>;
interface Serves {
  readonly instances: Instances;
  readonly debug: (line: string) => void;
  readonly mayDelete: () => boolean;
}

const reportBug = ({ debug }: Serves, instance: Instance, error: unknown): void => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = instance.redactor.clean(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  instance.say("", { level: "debug", text });
  debug(text);
};

/** `customTimeouts` arrives in seconds, 0 for none. A caller that is gone stops writes between two of them and reads at once. */
const signalOf = <Q>(call: grpc.ServerUnaryCall<Q, unknown>, instance: Instance): AbortSignal => {
  const gone = new AbortController();
  // grpc-js says "cancelled" of every call whose stream closes, answered ones too: another call may be writing then.
  call.on("cancelled", () => {
    if (answered.has(call)) return;
    if (instance.writing) instance.cancel();
    else gone.abort();
  });
  const seconds = (call.request as { getTimeout?: () => number }).getTimeout?.() ?? 0; // only four requests have one
  if (seconds <= 0) return gone.signal;
  const late = new Problem("cancelled", `not done within the ${seconds} s that \`customTimeouts\` allows`);
  const timeout = new AbortController();
  setTimeout(() => timeout.abort(late), seconds * 1000).unref();
  return AbortSignal.any([gone.signal, timeout.signal]);
};

/** Calls that have their answer. */
const answered = new WeakSet<object>();

/** What was said during a call is heard before its answer. */
const unary =
  <Q, R>(serves: Serves, work: Work<Q, R>): Unary<Q, R> =>
  async (call, callback) => {
    const instance = serves.instances.of(call);
    try {
      const response = await work({ instance, signal: signalOf(call, instance) }, call.request);
      await instance.flushed();
      answered.add(call);
      callback(null, response);
    } catch (error) {
      if (!(error instanceof RpcFailure) && asProblem(error).code === "bug") reportBug(serves, instance, error);
      await instance.flushed();
      answered.add(call);
      callback(toFailure(error, instance.redactor));
    }
  };

const empty = () => new emptyPb.Empty();
const never =
  <Q, R>(what: string): Unary<Q, R> =>
  (_call, callback) =>
    callback(unimplemented(what));

/** The engine cancels at the end of every command too; only then is it known whom it read and did not check. */
const cancel =
  ({ mayDelete }: Serves) =>
  async ({ instance }: Call) => {
    const stopped = instance.writing;
    instance.cancel();
    if (!stopped && mayDelete()) await instance.farewell();
    return empty();
  };

const getSchema = ({ instance }: Call, request: rpc.GetSchemaRequest): rpc.GetSchemaResponse => {
  if (request.getVersion() === 0) return new providerPb.GetSchemaResponse().setSchema(instance.setting.schema());
  throw new Problem("unsupported", `there is no package schema of format ${request.getVersion()}`, {
    hint: "Use a Pulumi CLI of version 3.",
  });
};

const handlers = (serves: Serves, version: string): IResourceProviderServer => ({
  handshake: async (call, callback) => {
    serves.instances.begin(call, call.request.getEngineAddress());
    callback(null, handshake());
  },
  attach: unary(serves, ({ instance }, request) => {
    instance.reach(request.getAddress());
    return empty();
  }),
  getPluginInfo: unary(serves, () => new pluginPb.PluginInfo().setVersion(version)),
  getSchema: unary(serves, getSchema),
  checkConfig: unary(serves, ({ instance }, request) => checkConfig(instance, request)),
  diffConfig: unary(serves, ({ instance }, request) => diffConfig(instance, request)),
  configure: unary(serves, ({ instance }, request) => configure(instance, request)),
  check: unary(serves, check),
  diff: unary(serves, diff),
  create: unary(serves, create),
  read: unary(serves, read),
  update: unary(serves, update),
  delete: unary(serves, async (call, request) => {
    await remove(call, request);
    return empty();
  }),
  invoke: unary(serves, invoke),
  cancel: unary(serves, cancel(serves)),
  getMapping: unary(serves, () => new providerPb.GetMappingResponse()),
  getMappings: unary(serves, () => new providerPb.GetMappingsResponse()),
  parameterize: never("Parameterize"),
  call: never("Call"),
  construct: never("Construct"),
  list: (call) => {
    call.destroy(Object.assign(new Error("List"), unimplemented("List")));
  },
});

const listen = (server: grpc.Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });

/** Serves a provider to the Pulumi engine on a port of the system's choice. Prints nothing. */
export const serve = async (
  provider: Provider | LateProvider,
  { schema, engineAddress, debug, mayDelete = () => true }: ServeOptions,
): Promise<Serving> => {
  const setting = {
    provider: "load" in provider ? provider.load : async () => provider,
    schema,
    facts: new PackageFacts(schema),
    debug,
  };
  const instances = new Instances(setting, engineAddress);
  const server = new grpc.Server(messageLimits);
  server.addService(definition, handlers({ instances, debug, mayDelete }, provider.version));
  const port = await listen(server);
  const close = () => {
    server.forceShutdown();
    for (const instance of instances.all()) instance.close();
  };
  return {
    port,
    cancel: () => {
      for (const instance of instances.all()) instance.cancel();
    },
    say: (message) => instances.latest().say("", message),
    drain: async (ms) => {
      const late = setTimeout(close, ms);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(late);
      close();
    },
    close,
  };
};
