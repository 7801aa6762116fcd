import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformPlan, TerraformState } from "./terraform-json.ts";
import { commandPath, repository } from "./tool-path.ts";
import { type Exit, watch } from "./watched-process.ts";

export type Ended = Exit;

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** To terraform alone: SIGKILL is an accident, SIGTERM a service that is stopped. */
  kill(signal: NodeJS.Signals): void;
  /** As a terminal does it: SIGINT to terraform and to every provider it started. */
  ctrlC(): void;
  /** Processes that this terraform runs now: providers, provisioners. */
  children(): readonly number[];
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

export interface CliOptions {
  /** The folder of the program: see `writeProgram`. */
  readonly cwd: string;
  /** Everything that is kept between commands besides the program's folder. One per test file or one per test. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly tool?: "terraform" | "tofu";
  /** Where providers come from; without one only those built into the CLI are there. */
  readonly providers?: { readonly mirror: string } | { readonly overrides: Readonly<Record<string, string>> };
}

export interface TerraformCli {
  /** Of every command: for a script that calls the CLI itself. */
  readonly env: NodeJS.ProcessEnv;
  /** Any command: `state rm`, `untaint`, `providers lock` … */
  start(command: string, options?: RunOptions): Running;
  run(command: string, options?: RunOptions): Promise<Ended>;
  init(options?: RunOptions): Promise<Ended>;
  validate(options?: RunOptions): Promise<Ended>;
  /** With `-detailed-exitcode`: 0 nothing to do, 1 an error, 2 changes. */
  plan(options?: RunOptions): Promise<Ended>;
  /** Without a question; a saved plan is named last in `args`. */
  apply(options?: RunOptions): Promise<Ended>;
  destroy(options?: RunOptions): Promise<Ended>;
  import(address: string, id: string, options?: RunOptions): Promise<Ended>;
  /** `show -json` of a saved plan. */
  showPlan(file: string): Promise<TerraformPlan>;
  /** `show -json` of the state: by resource address, without private state. */
  showState(): Promise<TerraformState>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Same home and providers in another folder: another checkout, another machine that shares what is kept. */
  in(folder: string, env?: Readonly<Record<string, string>>): TerraformCli;
}

/** Commands that would ask, and what answers them beforehand. */
const withoutQuestion: Readonly<Record<string, readonly string[]>> = {
  init: ["-input=false"],
  plan: ["-input=false"],
  apply: ["-input=false", "-auto-approve"],
  refresh: ["-input=false"],
  destroy: ["-input=false", "-auto-approve"],
  import: ["-input=false"],
};

/** The real CLI, cut off from whoever runs it: no configuration, plugin folder or credentials of theirs, no registry. */
export const terraformCli = (options: CliOptions): TerraformCli => {
  const { cwd, home, tool = "terraform" } = options;
  const file = commandPath(tool);
  mkdirSync(join(home, "temporary"), { recursive: true });
  const env = environment(options);

  const start = (command: string, run: RunOptions = {}): Running => {
    const words = command.split(" ");
    const args = [...words, "-no-color", ...(withoutQuestion[words[0] ?? ""] ?? []), ...(run.args ?? [])];
    const child = spawn(file, args, {
      cwd,
      env: { ...env, ...run.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own, for `ctrlC`
    });
    const pid = child.pid ?? 0;
    return {
      pid,
      ended: watch(child, run.onOutput),
      kill: (signal) => child.kill(signal),
      ctrlC: () => process.kill(-pid, "SIGINT"),
      children: () => childrenOf(pid),
    };
  };
  const run = (command: string, more?: RunOptions) => start(command, more).ended;
  const must = async (command: string, args: readonly string[]): Promise<Ended> => {
    const ended = await run(command, { args });
    if (ended.code === 0) return ended;
    throw new Error(`${tool} ${command} ended with ${ended.code ?? ended.signal}\n${ended.stdout}${ended.stderr}`);
  };
  const led = (more: RunOptions | undefined, ...args: string[]): RunOptions => ({
    ...more,
    args: [...args, ...(more?.args ?? [])],
  });

  return {
    env,
    start,
    run,
    init: (more) => run("init", more),
    validate: (more) => run("validate", more),
    plan: (more) => run("plan", led(more, "-detailed-exitcode")),
    apply: (more) => run("apply", more),
    destroy: (more) => run("destroy", more),
    import: (address, id, more = {}) => run("import", { ...more, args: [...(more.args ?? []), address, id] }),
    showPlan: async (plan) => JSON.parse((await must("show", ["-json", plan])).stdout) as TerraformPlan, // by its format
    showState: async () => JSON.parse((await must("show", ["-json"])).stdout) as TerraformState, // by its format
    outputs: async () => {
      const all = JSON.parse((await must("output", ["-json"])).stdout) as Record<string, { readonly value: unknown }>;
      return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
    },
    in: (folder, over = {}) => terraformCli({ ...options, cwd: folder, env: { ...options.env, ...over } }),
  };
};

const environment = (options: CliOptions): NodeJS.ProcessEnv => ({
  // A provider that is installed elsewhere takes Node from PATH: the lockfile's.
  PATH: `${join(repository(), "node_modules/.bin")}:${process.env.PATH}`,
  HOME: options.home,
  TMPDIR: join(options.home, "temporary"),
  LANG: "C.UTF-8",
  TF_CLI_CONFIG_FILE: configuration(options),
  TF_IN_AUTOMATION: "1",
  CHECKPOINT_DISABLE: "1",
  SEATWISE_HOME: join(options.home, "seatwise"),
  ...options.env,
});

/** A block for providers also turns off the folders where the CLI would look by itself. */
const configuration = ({ home, providers }: CliOptions): string => {
  const path = join(home, "cli.tfrc");
  const overrides = providers && "overrides" in providers ? Object.entries(providers.overrides) : [];
  const lines = [
    ...(providers && "mirror" in providers ? [`filesystem_mirror { path = ${JSON.stringify(providers.mirror)} }`] : []),
    ...(overrides.length > 0 ? ["dev_overrides {"] : []),
    ...overrides.map(([source, folder]) => `  ${JSON.stringify(source)} = ${JSON.stringify(folder)}`),
    ...(overrides.length > 0 ? ["}"] : []),
  ];
  writeFileSync(path, `disable_checkpoint = true\nprovider_installation {\n${lines.join("\n")}\n}\n`);
  return path;
};

const childrenOf = (pid: number): readonly number[] => {
  try {
    const text = execFileSync("ps", ["--no-headers", "-o", "pid", "--ppid", String(pid)], { encoding: "utf8" });
    return text.split("\n").filter(Boolean).map(Number);
  } catch {
    return []; // ps ends with 1 where there are none
  }
};
