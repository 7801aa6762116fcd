import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogueSource, connectorFolders } from "./catalogue.ts";
import { differences } from "./files.ts";
import { connectorNames, packageFiles } from "./package.ts";
import { protocolFiles } from "./proto-descriptor.ts";

const root = join(__dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const { version } = JSON.parse(text("package.json")) as { version: string };

test("schema.json and the reference on disk are what the definitions give", () => {
  const files = packageFiles(version);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(["schema.json", "docs/reference/README.md", "docs/reference/provider.md"]),
  );
  expect(differences(root, files)).toEqual([]);
});

test("Terraform's protocol on disk is what the .proto files give", () => {
  const files = [...protocolFiles(root)];
  expect(files.map(([path]) => path)).toEqual(["provider/gen/tfplugin6.json", "provider/gen/tfplugin6.ts"]);
  for (const [path, made] of files) expect(text(path)).toBe(made);
});

test("the same definitions give the same bytes", () => {
  expect([...packageFiles(version)]).toEqual([...packageFiles(version)]);
});

test("the catalogue on disk is what the folders give, and a connector is named for its folder", () => {
  const folders = connectorFolders(join(root, "provider/connectors"));
  expect(folders.length).toBeGreaterThan(1);
  expect(text("provider/connectors/catalogue.ts")).toBe(catalogueSource(folders));
  expect(connectorNames).toEqual(folders);
});

test("every page has an example, every resource a way to import it, every seat vendor its SKUs", () => {
  const pages = [...packageFiles(version)].filter(([path]) => path.startsWith("docs/reference/"));
  const lacking = (kind: string, sign: RegExp) =>
    pages
      .filter(([path, body]) => path.includes(`/${kind}/`) && !path.endsWith("README.md") && !sign.test(body))
      .map(([path]) => path);
  expect(lacking("resources", /^```ts\n[\s\S]*^## Import$/m)).toEqual([]);
  expect(lacking("functions", /^```ts$/m)).toEqual([]);
  expect(lacking("connectors", /^```ts$/m)).toEqual([]);
  expect(lacking("connectors", /^## SKUs$|\| Seats are managed at it \| no \|/m)).toEqual([]);
});
