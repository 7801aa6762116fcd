import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "./tool-path.ts";

export interface ProjectFiles {
  readonly name: string;
  /** TypeScript that Node can run as it is: an ES module, types that can be erased. */
  readonly program: string;
  /** Provider plugins by name: the folder that holds `pulumi-resource-NAME`. */
  readonly plugins?: Readonly<Record<string, string>>;
}

/** A Pulumi project in any folder: its program imports @pulumi/pulumi and @seatwise/pulumi from this repository. */
export const writeProject = async (folder: string, { name, program, plugins = {} }: ProjectFiles): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const providers = Object.entries(plugins).map(([plugin, path]) => ({ name: plugin, path }));
  const project = {
    name,
    main: "index.ts",
    runtime: { name: "nodejs", options: { typescript: false } },
    ...(providers.length > 0 ? { plugins: { providers } } : {}),
  };
  await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify(project)); // JSON is YAML
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  await writeFile(join(folder, "index.ts"), program);
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) await symlink(join(repository(), "node_modules"), modules);
};
