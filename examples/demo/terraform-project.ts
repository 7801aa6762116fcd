import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../provider/core/problem.ts";
import { type TerraformCli, terraformCli } from "../../provider/testing/real/terraform-cli.ts";
import { copyMirror } from "../../provider/testing/real/terraform-project.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";
import type { Program } from "./run.ts";

export interface TerraformProject {
  readonly cli: TerraformCli;
  set(key: string, value: unknown): Promise<void>;
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The example program in a folder of its own, with the provider from a mirror of the last build. */
export const openTerraform = async (
  tool: "terraform" | "tofu",
  folder: string,
  program: Program,
): Promise<TerraformProject> => {
  const [project, home] = [join(folder, "project"), join(folder, "home")];
  await mkdir(project, { recursive: true });
  const example = join(repository(), "examples", program.terraform);
  for (const name of await readdir(example))
    if (name.endsWith(".tf")) await cp(join(example, name), join(project, name));
  const variables: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(program.settings).map(([key, value]) => [snake(key), value])),
    ...program.addresses,
  };
  const write = (): Promise<void> =>
    writeFile(join(project, "terraform.tfvars.json"), JSON.stringify(variables, null, 2));
  await write();
  const cli = terraformCli({
    cwd: project,
    home,
    tool,
    env: program.env,
    providers: { mirror: copyMirror(join(folder, "mirror")) },
  });
  const { code, stdout, stderr } = await cli.init();
  if (code !== 0)
    throw new Problem("bug", `${tool} init ended with ${code}: ${(stderr || stdout).trim()}`, {
      hint: "Run make build, then the demo again.",
    });
  return {
    cli,
    async set(key, value) {
      variables[snake(key)] = value;
      await write();
    },
  };
};
