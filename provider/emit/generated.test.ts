import { readFileSync } from "node:fs";
import { join } from "node:path";
import { functions, resources } from "../resources/index.ts";
import { catalogueSource, connectorFolders, connectorName, sandboxesSource, sandboxFiles } from "./catalogue.ts";
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
  expect(connectorNames).toEqual(folders.map(connectorName));
});

test("the sandboxes on disk are what the folders give", () => {
  const files = sandboxFiles(join(root, "provider/connectors"));
  expect(files.length).toBeGreaterThan(1);
  expect(text("provider/connectors/sandboxes.ts")).toBe(sandboxesSource(files));
});

test("every page of the Registry has its front matter and a program; what exists is in it under Terraform's name", () => {
  const pages = [...packageFiles(version)].filter(([path]) =>
    /^docs\/(index\.md|(resources|data-sources|functions)\/)/.test(path),
  );
  const lacking = (folder: string, sign: RegExp) =>
    pages.filter(([path, body]) => path.startsWith(`docs/${folder}`) && !sign.test(body)).map(([path]) => path);
  expect(pages.length).toBe(1 + resources.length + functions.length);
  expect(
    lacking("", /^---\n# GENERATED[^\n]*\npage_title: "[^\n]+"\nsubcategory: ""\ndescription: \|-\n {2}\S/),
  ).toEqual([]);
  expect(lacking("", /^```terraform$/m)).toEqual([]);
  expect(lacking("resources", /^## Schema$[\s\S]*^### Required$[\s\S]*^### Optional$[\s\S]*^### Read-Only$/m)).toEqual(
    [],
  );
  expect(lacking("resources", /^## Import$[\s\S]*^import \{$[\s\S]*^```shell$/m)).toEqual([]);
  expect(lacking("functions", /^## Signature$[\s\S]*^## Arguments$[\s\S]*^## Return Type$/m)).toEqual([]);
  expect(lacking("data-sources", /^### Required$[\s\S]*^### Read-Only$/m)).toEqual([]);
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
