import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogueSource, connectorFolders } from "./catalogue.ts";
import { write } from "./files.ts";
import { protocolFiles } from "./proto-descriptor.ts";

// The catalogue is written first and loaded after, so that one run serves a new connector. That works where Node runs
// this file as it is (it strips the types); a bundle holds the catalogue of before, and says so when that matters.
const root = process.cwd();
const packageFile = join(root, "package.json");
const cataloguePath = "provider/connectors/catalogue.ts";

const writeCatalogue = (folders: readonly string[]): boolean => {
  const file = join(root, cataloguePath);
  const text = catalogueSource(folders);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  writeFileSync(file, text);
  return true;
};

const main = async (): Promise<void> => {
  const { name, version } = JSON.parse(readFileSync(packageFile, "utf8")) as { name: string; version: string };
  if (name !== "seatwise") throw new Error(`run this in the repository's root, not in ${root}`);
  const folders = connectorFolders(join(root, "provider/connectors"));
  const newCatalogue = writeCatalogue(folders);
  const { packageFiles, connectorNames } = await import("./package.ts");
  if (String(connectorNames) !== String(folders))
    throw new Error(
      `this program knows the connectors ${connectorNames}, the folders are ${folders}: run "make generate" again`,
    );
  const files = new Map([...packageFiles(version), ...protocolFiles(root)]);
  const touched = [...(newCatalogue ? [cataloguePath] : []), ...write(root, files)];
  console.log(
    `generate: ${files.size + 1} files, ${touched.length === 0 ? "no change" : `changed: ${touched.join(", ")}`}`,
  );
};

await main();
