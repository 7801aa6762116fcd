import { existsSync, readdirSync, readFileSync } from "node:fs";
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

/** `google-workspace` → `googleWorkspace`: a folder's connector, and a variable for it. */
export const connectorName = (folder: string): string =>
  folder.replace(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** As the formatter has it: in one line while that has room. */
const catalogueList = (names: readonly string[]): string => {
  const start = "export const catalogue: readonly ConnectorKind[] = [";
  const line = `${start}${names.join(", ")}];`;
  return line.length <= 120 ? line : [start, ...names.map((name) => `  ${name},`), "];"].join("\n");
};

/** The catalogue's source: nobody edits a list to add a connector. */
export const catalogueSource = (folders: readonly string[]): string =>
  [
    `// ${notice}`,
    'import type { ConnectorKind } from "../core/connector.ts";',
    ...folders.map((folder) => `import { connector as ${connectorName(folder)} } from "./${folder}/connector.ts";`),
    "",
    catalogueList(folders.map(connectorName)),
    "",
  ].join("\n");

/** The file of a folder that exports `sandbox`: beside the simulator, or the simulator's own. */
const sandboxFile = (connectors: string, folder: string): string | null => {
  const exports = /^export (const sandbox\b|\{[^}]*\bsandbox\b[^}]*\})/m;
  const files = ["sandbox.ts", "simulator.ts"].map((name) => [name, join(connectors, folder, name)] as const);
  return files.find(([, path]) => existsSync(path) && exports.test(readFileSync(path, "utf8")))?.[0] ?? null;
};
export interface SandboxFile {
  readonly folder: string;
  readonly file: string;
}
export const sandboxFiles = (connectors: string): readonly SandboxFile[] =>
  connectorFolders(connectors).flatMap((folder) => {
    const file = sandboxFile(connectors, folder);
    return file === null ? [] : [{ folder, file }];
  });

/** The sandboxes' source. Each is imported when it is asked for: to start two systems nobody loads six. */
export const sandboxesSource = (files: readonly SandboxFile[]): string =>
  [
    `// ${notice}`,
    'import type { SandboxSystem } from "./simulator/company.ts";',
    "",
    "export const sandboxes: readonly { readonly name: string; readonly load: () => Promise<SandboxSystem> }[] = [",
    ...files.map(
      ({ folder, file }) =>
        `  { name: "${connectorName(folder)}", load: async () => (await import("./${folder}/${file}")).sandbox },`,
    ),
    "];",
    "",
  ].join("\n");
