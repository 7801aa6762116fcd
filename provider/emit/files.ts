import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { canonical } from "../core/value.ts";
import type { PackageSchema } from "../frontends/terraform/schema.ts";
import { type Package, referencePages } from "./reference.ts";
import { registryPages } from "./registry-pages.ts";

const reference = "docs/reference";
/** Everything below these is generated: what a run does not make is removed. `docs` itself holds pages by hand, too. */
const folders = [reference, "docs/resources", "docs/data-sources", "docs/functions"];

/** Sorted keys: the order of definitions in the sources is no difference in the package. */
export const schemaText = (schema: object): string => `${JSON.stringify(JSON.parse(canonical(schema)), null, 2)}\n`;

/** What each front end says of the package. */
export interface Schemas {
  readonly pulumi: object;
  readonly terraform: PackageSchema;
}

/** All generated texts by path from the repository's root, but for the lists of connectors and sandboxes: they must exist before this can be called. */
export const generatedFiles = (from: Package, schemas: Schemas): ReadonlyMap<string, string> =>
  new Map([
    ["schema.json", schemaText(schemas.pulumi)],
    ["provider/gen/terraform-schema.json", schemaText(schemas.terraform)],
    ...[...referencePages(from)].map(([path, text]): [string, string] => [`${reference}/${path}`, text]),
    ...[...registryPages(schemas.terraform, from)].map(([path, text]): [string, string] => [`docs/${path}`, text]),
  ]);

/** Files on disk below the generated folders, from the root. */
const present = (root: string): readonly string[] => folders.flatMap((folder) => filesIn(root, join(root, folder)));
const filesIn = (root: string, folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    );
};

/** What differs between disk and memory; the answer is empty after `write`. */
export const differences = (root: string, files: ReadonlyMap<string, string>): readonly string[] => {
  const changed = [...files].filter(([path, text]) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  return [...changed.map(([path]) => path), ...present(root).filter((path) => !files.has(path))].sort();
};

/** Writes what differs and removes pages of things that are gone. Gives the paths it touched. */
export const write = (root: string, files: ReadonlyMap<string, string>): readonly string[] => {
  const touched = differences(root, files);
  for (const path of touched) {
    const file = join(root, path);
    const text = files.get(path);
    if (text === undefined) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  return touched;
};
