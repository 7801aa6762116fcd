import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogueSource, connectorFolders, connectorName, sandboxesSource, sandboxFiles } from "./catalogue.ts";
import { write } from "./files.ts";
import { protocolFiles } from "./proto-descriptor.ts";

// The catalogue is written first and loaded after, so that one run serves a new connector. That works where Node runs
// this file as it is (it strips the types); a bundle holds the catalogue of before, and says so when that matters.
const root = process.cwd();
const packageFile = join(root, "package.json");
const connectors = "provider/connectors";

/** Gives the path if that changed anything. */
const writeList = (path: string, text: string): readonly string[] => {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return [];
  writeFileSync(file, text);
  return [path];
};

const main = async (): Promise<void> => {
  const { name, version } = JSON.parse(readFileSync(packageFile, "utf8")) as { name: string; version: string };
  if (name !== "seatwise") throw new Error(`run this in the repository's root, not in ${root}`);
  const folders = connectorFolders(join(root, connectors));
  const lists = [
    ...writeList(`${connectors}/catalogue.ts`, catalogueSource(folders)),
    ...writeList(`${connectors}/sandboxes.ts`, sandboxesSource(sandboxFiles(join(root, connectors)))),
  ];
  const { packageFiles, connectorNames } = await import("./package.ts");
  if (String(connectorNames) !== String(folders.map(connectorName)))
    throw new Error(
      `this program knows the connectors ${connectorNames}, the folders are ${folders}: run "make generate" again`,
    );
  const files = new Map([...packageFiles(version), ...protocolFiles(root)]);
  const touched = [...lists, ...write(root, files)];
  console.log(
    `generate: ${files.size + 2} files, ${touched.length === 0 ? "no change" : `changed: ${touched.join(", ")}`}`,
  );
};

await main();
