import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PulumiCli, pulumiCli } from "../../provider/testing/real/pulumi-cli.ts";
import { repository, toolPath } from "../../provider/testing/real/tool-path.ts";
import type { Program } from "./run.ts";

/** The example program in a folder of its own, with the plugin's address; a stack whose state is beside it. */
export const openProject = async (folder: string, program: Program): Promise<PulumiCli> => {
  const root = repository();
  const [project, home] = [join(folder, "project"), join(folder, "pulumi")];
  await mkdir(project, { recursive: true });
  const example = join(root, "examples", program.pulumi);
  await cp(join(example, "index.ts"), join(project, "index.ts"));
  const yaml = await readFile(join(example, "Pulumi.yaml"), "utf8");
  const plugin = join(toolPath("plugin/pulumi-resource-seatwise", "build"), "..");
  await writeFile(join(project, "Pulumi.yaml"), yaml.replace("../../build/plugin", plugin));
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  const cli = pulumiCli({ cwd: project, home, stack: "demo", env: program.env });
  await cli.init({
    ...Object.fromEntries(
      Object.entries(program.settings).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]),
    ),
    "seatwise:directory": program.directory,
    "seatwise:connections": JSON.stringify(program.connections),
  });
  return cli;
};
