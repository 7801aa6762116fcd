import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogueSource, connectorFolders } from "./catalogue.ts";
import { write } from "./files.ts";

// `make generate` runs this file as it is (Node strips the types), from the repository's root: a bundle would hold
// the catalogue of before. The catalogue is written first and loaded after, so one run serves a new connector.
const root = process.cwd();
const packageFile = join(root, "package.json");
const cataloguePath = "provider/connectors/catalogue.ts";

const writeCatalogue = (): boolean => {
  const file = join(root, cataloguePath);
  const text = catalogueSource(connectorFolders(join(root, "provider/connectors")));
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  writeFileSync(file, text);
  return true;
};

const main = async (): Promise<void> => {
  const { name, version } = JSON.parse(readFileSync(packageFile, "utf8")) as { name: string; version: string };
  if (name !== "seatwise") throw new Error(`run this in the repository's root, not in ${root}`);
  const newCatalogue = writeCatalogue();
  const { packageFiles } = await import("./package.ts");
  const files = packageFiles(version);
  const touched = [...(newCatalogue ? [cataloguePath] : []), ...write(root, files)];
  console.log(
    `generate: ${files.size + 1} files, ${touched.length === 0 ? "no change" : `changed: ${touched.join(", ")}`}`,
  );
};

await main();
