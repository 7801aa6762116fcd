import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type EngineEvent, readEvents } from "./engine-event.ts";
import { toolPath } from "./tool-path.ts";
import { type Exit, watch } from "./watched-process.ts";

export interface Ended extends Exit {
  /** Of commands that run the engine; else empty. */
  readonly events: readonly EngineEvent[];
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** To the CLI alone: SIGINT is a person's Ctrl-C, SIGKILL an accident. */
  kill(signal: NodeJS.Signals): void;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Aborting it is a Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

export interface CliOptions {
  /** The project's folder: see `writeProject`. */
  readonly cwd: string;
  /** Everything the CLI keeps: plugins, credentials, the state of all stacks. One per test file or one per test. */
  readonly home: string;
  readonly stack?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** False: no event log, as users run it. Writing one costs the CLI much where a state is large. Default: true. */
  readonly events?: boolean;
  /** Port of a provider that runs already, in this process even; else the project names a plugin. */
  readonly attach?: { readonly provider: string; readonly port: number };
}

export interface PulumiCli {
  /** Any command, and the engine's events when it is one of the five below. */
  start(command: string, options?: RunOptions): Running;
  run(command: string, options?: RunOptions): Promise<Ended>;
  /** Makes the stack if there is none, and sets its configuration: plain values, and secret ones. */
  init(config?: Readonly<Record<string, string>>, secret?: Readonly<Record<string, string>>): Promise<void>;
  preview(options?: RunOptions): Promise<Ended>;
  up(options?: RunOptions): Promise<Ended>;
  refresh(options?: RunOptions): Promise<Ended>;
  destroy(options?: RunOptions): Promise<Ended>;
  /** `type`, `name` and the id at the vendor; generates no code: our language host cannot. */
  import(resource: readonly [type: string, name: string, id: string], options?: RunOptions): Promise<Ended>;
  /** The stack's outputs, secret ones as `[secret]`. */
  outputs(): Promise<Record<string, unknown>>;
  /** The state, as `pulumi stack export` gives it. */
  state(): Promise<unknown>;
}

const withEngine = new Set(["preview", "up", "refresh", "destroy", "import"]);
const withoutQuestion: Readonly<Record<string, readonly string[]>> = {
  up: ["--yes"],
  refresh: ["--yes"],
  destroy: ["--yes"],
  import: ["--yes", "--generate-code=false", "--protect=false"],
};

/** The real CLI, cut off from whoever runs it: no account, no plugins but ours, no network, state in a folder. */
export const pulumiCli = (options: CliOptions): PulumiCli => {
  const { cwd, home, stack = "test" } = options;
  const file = toolPath("bin/pulumi");
  toolPath("bin/pulumi-language-nodejs"); // the CLI finds it beside itself; missing, it would say so less clearly
  mkdirSync(join(home, "state"), { recursive: true });
  mkdirSync(join(home, "temporary"), { recursive: true });
  const env = environment(options);

  const start = (command: string, run: RunOptions = {}): Running => {
    const words = command.split(" ");
    const engine = withEngine.has(words[0] ?? "");
    const events = join(home, "temporary", `${randomUUID()}.events`);
    const args = [
      ...words,
      "--non-interactive",
      "--color=never",
      ...(engine ? ["--stack", stack] : []),
      ...(engine && options.events !== false ? ["--event-log", events] : []),
      ...(run.args?.includes("--preview-only") ? [] : (withoutQuestion[words[0] ?? ""] ?? [])), // nothing to ask about
      ...(run.args ?? []),
    ];
    const child = spawn(file, args, { cwd, env: { ...env, ...run.env }, stdio: ["ignore", "pipe", "pipe"] });
    const exit = watch(child, run.onOutput);
    return {
      pid: child.pid ?? 0,
      ended: told(child, { exit, events, stop: run.signal }),
      kill: (by) => child.kill(by),
    };
  };
  const run = (command: string, more?: RunOptions) => start(command, more).ended;
  const must = async (command: string, args: readonly string[]): Promise<Ended> => {
    const ended = await run(command, { args });
    if (ended.code === 0) return ended;
    throw new Error(`pulumi ${command} ended with ${ended.code ?? ended.signal}\n${ended.stdout}${ended.stderr}`);
  };

  return {
    start,
    run,
    init: async (config = {}, secret = {}) => {
      await must("stack select", ["--create", stack]);
      const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
        Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
      const args = [...pairs("--plaintext", config), ...pairs("--secret", secret)];
      if (args.length > 0) await must("config set-all", ["--stack", stack, ...args]);
    },
    preview: (more) => run("preview", more),
    up: (more) => run("up", more),
    refresh: (more) => run("refresh", more),
    destroy: (more) => run("destroy", more),
    import: (resource, more = {}) => run("import", { ...more, args: [...resource, ...(more.args ?? [])] }),
    outputs: async () => JSON.parse((await must("stack output", ["--json", "--stack", stack])).stdout),
    state: async () => JSON.parse((await must("stack export", ["--stack", stack])).stdout),
  };
};

const environment = ({ home, env = {}, attach, events = true }: CliOptions): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  TMPDIR: join(home, "temporary"),
  LANG: "C.UTF-8",
  PULUMI_HOME: join(home, "pulumi"),
  PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_IGNORE_AMBIENT_PLUGINS: "true", // another installation's plugins on PATH
  ...(events ? { PULUMI_DEBUG_COMMANDS: "true" } : {}), // makes --event-log available
  SEATWISE_HOME: join(home, "seatwise"),
  ...(attach ? { PULUMI_DEBUG_PROVIDERS: `${attach.provider}:${attach.port}` } : {}),
  ...env,
});

interface Telling {
  readonly exit: Promise<Exit>;
  readonly events: string;
  readonly stop: AbortSignal | undefined;
}

const told = async (child: ChildProcess, { exit, events, stop }: Telling): Promise<Ended> => {
  const interrupt = () => child.kill("SIGINT");
  if (stop?.aborted) interrupt();
  stop?.addEventListener("abort", interrupt, { once: true });
  const ended = await exit.finally(() => stop?.removeEventListener("abort", interrupt));
  const all = await readEvents(events);
  await rm(events, { force: true });
  return { ...ended, events: all };
};
