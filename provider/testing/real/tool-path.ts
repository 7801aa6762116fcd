import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Problem } from "../../core/problem.ts";

/** The repository, found from the working directory: this code runs from its sources, under jest and in bundles. */
export const repository = (from = process.cwd()): string => {
  const manifest = join(from, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "seatwise") return from;
  if (dirname(from) === from)
    throw new Problem("not-found", "the working directory is not in the Seatwise repository", {
      hint: "Run this from the repository's folder.",
    });
  return repository(dirname(from));
};

/** A tool that `make tools` gets, or a bundle that `make build` makes. A missing one is a failure, never a skipped test. */
export const toolPath = (name: string, from: "tools" | "build" = "tools"): string => {
  const path = join(repository(), "build", ...(from === "tools" ? ["tools", name] : [name]));
  if (existsSync(path)) return path;
  throw new Problem("not-found", `${name} is not there (looked for ${path})`, { hint: `Run "make ${from}".` });
};

/** A command line that `make tools` links or builds, else the one on PATH. */
export const commandPath = (name: string): string => {
  const folders = [join(repository(), "build/tools/bin"), ...(process.env.PATH ?? "").split(delimiter)];
  const path = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (path !== undefined) return path;
  const hint = name === "tofu" ? "Put OpenTofu's tofu on PATH." : 'Run "make tools".';
  throw new Problem("not-found", `${name} is neither in build/tools/bin nor on PATH`, { hint });
};
