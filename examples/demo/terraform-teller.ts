import type { Ended, RunOptions, TerraformCli } from "../../provider/testing/real/terraform-cli.ts";
import type { TerraformPlan } from "../../provider/testing/real/terraform-json.ts";
import { measured, type Program, type Run, type Said, type Surroundings, type Teller, type Verb } from "./run.ts";
import { openTerraform } from "./terraform-project.ts";
import { type Known, printedIn, resourcesIn, saidIn } from "./terraform-report.ts";

const file = "seats.tfplan";

const commands: Readonly<Record<Verb, readonly [command: "plan" | "apply" | "destroy", ...args: string[]]>> = {
  plan: ["plan", `-out=${file}`],
  compare: ["plan", "-detailed-exitcode", `-out=${file}`],
  apply: ["apply"],
  // Its own exit code cannot be relied upon (1.11.4): what it found is read from the plan.
  refresh: ["plan", "-refresh-only", `-out=${file}`],
  "plan-destroy": ["plan", "-destroy", `-out=${file}`],
  destroy: ["destroy"],
};

/** A plan that somebody has seen, and may still be applied. */
interface Seen {
  readonly plan: TerraformPlan;
  readonly said: readonly Said[];
}

/** A Ctrl-C, as the terminal would send it to Terraform and the provider. */
const interruptible = async (
  cli: TerraformCli,
  { command, ...options }: RunOptions & { readonly command: string },
  signal: AbortSignal,
): Promise<Ended> => {
  const running = cli.start(command, options);
  const interrupt = (): void => running.ctrlC();
  signal.addEventListener("abort", interrupt, { once: true });
  return await running.ended.finally(() => signal.removeEventListener("abort", interrupt));
};

export const terraformTeller = async (
  tool: "terraform" | "tofu",
  folder: string,
  program: Program,
  around: Surroundings,
): Promise<Teller> => {
  const { cli, set } = await openTerraform(tool, folder, program);
  let seen: Seen | null = null;

  /** After a refused plan there may be no file; then the state is all that is known. */
  const planned = async (ended: Ended): Promise<Known> => {
    const plan = ended.code === 1 ? null : await cli.showPlan(file);
    return { plan, state: plan?.prior_state ?? (await cli.showState()) };
  };

  const run = async (verb: Verb): Promise<Run> => {
    const [command, ...args] = commands[verb];
    const approved = verb === "apply" ? seen : null;
    const words = [...args, ...(approved ? [file] : [])];
    const { done, seconds, asked } = await measured(around, () =>
      interruptible(cli, { command, args: ["-json", ...words] }, around.signal),
    );
    const said = saidIn(done.stdout);
    const known =
      command === "plan" ? await planned(done) : { plan: approved?.plan ?? null, state: await cli.showState() };
    seen = (verb === "plan" || verb === "compare") && known.plan ? { plan: known.plan, said } : null;
    return {
      verb,
      command: [tool, command, ...words].join(" "),
      code: done.code,
      seconds,
      asked,
      ...resourcesIn(known, approved ? approved.said : said),
      said,
      printed: done.stderr || printedIn(done.stdout),
    };
  };
  return {
    engine: tool,
    words: { plan: "plan", apply: "apply", settings: "terraform.tfvars.json" },
    differs: 2,
    run,
    set: async (key, value) => {
      seen = null;
      await set(key, value);
    },
  };
};
