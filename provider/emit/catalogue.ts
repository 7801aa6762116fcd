import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { notice } from "./header.ts";

/** Folders that serve all connectors; one with `connector.ts` is a connector. */
const shared = ["http", "simulator"];

export const connectorFolders = (connectors: string): readonly string[] =>
  readdirSync(connectors, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !shared.includes(entry.name))
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(connectors, name, "connector.ts")))
    .sort();

/** `google-workspace` → `googleWorkspace`: a folder's name as a variable. */
const variable = (folder: string): string =>
  folder.replace(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** The catalogue's source: nobody edits a list to add a connector. */
export const catalogueSource = (folders: readonly string[]): string =>
  [
    `// ${notice}`,
    'import type { ConnectorKind } from "../core/connector.ts";',
    ...folders.map((folder) => `import { connector as ${variable(folder)} } from "./${folder}/connector.ts";`),
    "",
    `export const catalogue: readonly ConnectorKind[] = [${folders.map(variable).join(", ")}];`,
    "",
  ].join("\n");
