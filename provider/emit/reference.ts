import { configuration } from "../core/configuration.ts";
import type { ConnectorKind } from "../core/connector.ts";
import { fieldsOf } from "../core/fields.ts";
import type { Fn, Resource } from "../core/resource.ts";
import { providerExamples } from "../resources/examples.ts";
import { connectorPage, connectorsPage } from "./connector-page.ts";
import { inputTable, objectTables } from "./field-table.ts";
import { code, kebab, linked, list, page } from "./markdown.ts";
import { functionPage, resourcePage } from "./resource-page.ts";

export interface Package {
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly connectors: readonly ConnectorKind[];
}

/** Up to the first full stop: what a list can say of an entry. */
const firstSentence = (doc: string): string => /^[\s\S]*?[.!?](?=\s|$)/.exec(doc)?.[0].replaceAll(/\s+/g, " ") ?? doc;

const providerPage = (connectors: readonly ConnectorKind[]): string => {
  const fields = fieldsOf(configuration(connectors));
  return page(
    "# Provider configuration",
    "Which systems there are and how to reach them. Connections open at first use; nothing in the configuration ever replaces a resource.",
    `## Example\n\n${providerExamples.map(({ typescript }) => code("ts", typescript)).join("\n\n")}`,
    `## Inputs\n\n${inputTable(fields)}`,
    "Each connection is one block of one [connector](connectors/README.md); secrets are best given as `SEATWISE_<CONNECTION>_<FIELD>` in the environment.",
    objectTables(fields, []),
  );
};

const indexPage = ({ resources, functions, connectors }: Package): string => {
  // A connector's page is called as its block is.
  const fileOf = (folder: string, name: string): string => (folder === "connectors" ? name : kebab(name));
  const entries = (folder: string, all: readonly { readonly name: string; readonly doc: string }[]) =>
    list(all.map(({ name, doc }) => `[${name}](${folder}/${fileOf(folder, name)}.md) – ${firstSentence(doc)}`));
  return page(
    "# Reference",
    "Made from the definitions in `provider/`: what is written here is what the provider checks. These pages have Pulumi's names; Terraform's have [pages of their own](../index.md), from the same definitions.",
    `## Resources\n\n${entries("resources", resources)}`,
    functions.length === 0 ? "" : `## Functions\n\n${entries("functions", functions)}`,
    `## Connectors\n\n${entries("connectors", connectors)}\n\n[What each can do](connectors/README.md), side by side.`,
    "## Configuration\n\n[Provider configuration](provider.md)",
  );
};

const upFrom = (path: string): string => "../".repeat(path.split("/").length);

/** Every page of the reference by its path below `docs/reference`. */
export const referencePages = (from: Package): ReadonlyMap<string, string> =>
  new Map(pagesOf(from).map(([path, text]) => [path, linked(text, upFrom(path))]));

const pagesOf = (from: Package): readonly (readonly [string, string])[] => [
  ["README.md", indexPage(from)],
  ["provider.md", providerPage(from.connectors)],
  ...from.resources.map((r): [string, string] => [`resources/${kebab(r.name)}.md`, resourcePage(r)]),
  ...from.functions.map((f): [string, string] => [`functions/${kebab(f.name)}.md`, functionPage(f)]),
  ["connectors/README.md", connectorsPage(from.connectors)],
  ...from.connectors.map((c): [string, string] => [`connectors/${c.name}.md`, connectorPage(c)]),
];
