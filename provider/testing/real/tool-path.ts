import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
