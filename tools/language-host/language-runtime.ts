import type { handleUnaryCall, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Ended, Programs } from "./programs.ts";

/** The executor's way of saying: failed, and the person was told why. */
const alreadyReported = 32;

/** The calls of pulumirpc.LanguageRuntime that running a program takes; the others answer "unimplemented". */
export function languageRuntime(engineFromArguments: string, programs: Programs): UntypedServiceImplementation {
  let engine = engineFromArguments;

  const run = async (call: ServerUnaryCall<language.RunRequest, language.RunResponse>) => {
    const ended = await programs.run(executorOf(call.request), runArguments(call.request, engine), {
      directory: call.request.getPwd(),
      environment: configuration(call.request),
      whenCancelled: (stop) => call.on("cancelled", stop),
    });
    return outcome(ended);
  };

  return {
    handshake: answer((call: ServerUnaryCall<language.LanguageHandshakeRequest, unknown>) => {
      engine = call.request.getEngineAddress() || engine;
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion("1.0.0")),
    // Providers are found when a resource asks for one: by the project's `plugins`, PATH, or PULUMI_DEBUG_PROVIDERS.
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
    getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
    runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
    about: answer(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    installDependencies: (call: { end(): void }) => call.end(), // the repository's lockfile is what there is
    cancel: answer(() => {
      programs.stop();
      return new empty.Empty();
    }),
    run: answer(run),
  };
}

function answer<Q, A>(reply: (call: ServerUnaryCall<Q, A>) => A | Promise<A>): handleUnaryCall<Q, A> {
  return async (call, done) => {
    try {
      done(null, await reply(call));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

function executorOf(request: language.RunRequest) {
  return { module: "@pulumi/pulumi/cmd/run", from: request.getInfo()?.getProgramDirectory() || request.getPwd() };
}

/** As the executor's usage text lists them. */
function runArguments(request: language.RunRequest, engine: string): string[] {
  const program = request.getInfo()?.getEntryPoint() || request.getProgram() || ".";
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}=${value}`])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    program,
    ...request.getArgsList(),
  ];
}

/** The SDK reads configuration from the environment, its keys in the older of their two forms. */
function configuration(request: language.RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  for (const [key, value] of request.getConfigMap().entries()) config[olderForm(key)] = value;
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList().map(olderForm)),
    PULUMI_NODEJS_TYPESCRIPT: "false", // Node strips the types itself; ts-node is not in the lockfile
  };
}

function olderForm(key: string): string {
  const [namespace = "", ...name] = key.split(":");
  return name[0] === "config" ? key : `${namespace}:config:${name.join(":")}`;
}

function outcome(ended: Ended): language.RunResponse {
  const response = new language.RunResponse();
  if (ended.code === 0) return response;
  if (ended.code === alreadyReported) return response.setBail(true);
  return response.setError(
    ended.signal ? `the program was ended by ${ended.signal}` : `the program ended with exit code ${ended.code}`,
  );
}
