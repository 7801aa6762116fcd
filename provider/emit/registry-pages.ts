import type { ConnectorKind } from "../core/connector.ts";
import type { Fn, Resource } from "../core/resource.ts";
import type { DataSourceSchema, FunctionSchema, PackageSchema, ResourceSchema } from "../frontends/terraform/schema.ts";
import { providerExamples } from "../resources/examples.ts";
import { notice } from "./header.ts";
import { code, linked, list, ticked } from "./markdown.ts";
import { schemaSection, told, typeText } from "./registry-schema.ts";

/** Documentation as the Terraform Registry wants it below `docs/`: its names of files, its front matter, its sections. */
export interface Documented {
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly connectors: readonly ConnectorKind[];
}

const firstSentence = (doc: string): string => /^[\s\S]*?[.!?](?=\s|$)/.exec(doc)?.[0] ?? doc;

/** YAML first, or the Registry shows it as text. `up` is the way to `docs/`. */
const page = (title: string, doc: string, up: string, ...blocks: readonly string[]): string => {
  const front = ["---", `# ${notice}`, `page_title: ${JSON.stringify(title)}`, 'subcategory: ""', "description: |-"];
  const body = blocks.filter((block) => block !== "").join("\n\n");
  return `${[...front, `  ${firstSentence(doc)}`, "---"].join("\n")}\n\n${linked(body, up)}\n`;
};

const example = (...programs: readonly (string | undefined)[]): string => {
  const given = programs.filter((text) => text !== undefined);
  return given.length === 0 ? "" : `## Example Usage\n\n${given.map((text) => code("terraform", text)).join("\n\n")}`;
};

const short = (terraform: string): string => terraform.replace(/^seatwise_/, "");

/** The import block of the first example's resource: a reader sees both on one page, and a test plans them together. */
const importSection = ({ terraform, importId }: ResourceSchema, programs: readonly string[]): string => {
  const [, name = "example"] = new RegExp(`resource "${terraform}" "([^"]+)"`).exec(programs[0] ?? "") ?? [];
  const id = /`([^`]+)`/.exec(importId)?.[1] ?? name;
  return [
    "## Import",
    `Import takes ${importId}. In a program (Terraform 1.5 and later), so that the plan shows it:`,
    code("terraform", `import {\n  to = ${terraform}.${name}\n  id = "${id}"\n}`),
    "Or on the command line:",
    code("shell", `terraform import ${terraform}.${name} '${id}'`),
  ].join("\n\n");
};

const resourcePage = (schema: ResourceSchema, definition: Resource | undefined): string => {
  const programs = definition?.examples?.map(({ hcl }) => hcl) ?? [];
  return page(
    `${schema.terraform} Resource - seatwise`,
    schema.doc,
    "../",
    `# ${schema.terraform} (Resource)`,
    schema.doc,
    "[How a plan of people works on Terraform](../terraform.md) tells what is shown where, and what a failed or killed run leaves.",
    example(...programs),
    schemaSection(schema.fields),
    importSection(schema, programs),
  );
};

const dataSourcePage = (schema: DataSourceSchema, definition: Fn | undefined): string =>
  page(
    `${schema.terraform} Data Source - seatwise`,
    schema.doc,
    "../",
    `# ${schema.terraform} (Data Source)`,
    schema.doc,
    "It reads through the configured connections at every plan, and changes nothing.",
    example(definition?.hcl),
    schemaSection(schema.fields),
  );

const signature = ({ terraform, parameters }: FunctionSchema): string =>
  `${terraform}(${parameters.map(({ terraform: name, kind }) => `${name} ${kind.is === "object" ? "object" : typeText(kind).toLowerCase()}`).join(", ")}) object`;

const argumentText = (parameters: FunctionSchema["parameters"]): string =>
  parameters
    .map((field, i) => {
      const type = field.kind.is === "object" ? "Object" : typeText(field.kind);
      const members = field.kind.is === "object" ? field.kind.fields : [];
      const inside = members.map(
        (one) =>
          `   - ${ticked(one.terraform)} (${typeText(one.kind)}${one.presence === "required" ? "" : ", optional"}) ${told(one)}`,
      );
      return [`${i + 1}. ${ticked(field.terraform)} (${type}) ${told(field)}`, ...inside].join("\n");
    })
    .join("\n");

const functionPage = (schema: FunctionSchema, definition: Fn | undefined): string =>
  page(
    `${schema.terraform} function - seatwise`,
    schema.doc,
    "../",
    `# function: ${schema.terraform}`,
    schema.doc,
    "It makes no request and needs no configured connection: the answer depends on the arguments alone. Provider functions need Terraform 1.8 or OpenTofu 1.7.",
    example(definition?.hcl),
    `## Signature\n\n${code("text", signature(schema))}`,
    `## Arguments\n\n${argumentText(schema.parameters)}`,
    `## Return Type\n\nAn object:\n\n${list(schema.result.fields.map((field) => `${ticked(field.terraform)} (${typeText(field.kind)}) ${told(field)}`))}`,
  );

/** A secret that comes from elsewhere, not from the environment: it passes through the run and is kept nowhere. */
const ephemeralExample = `
variable "crm_token" {
  type      = string
  ephemeral = true
}

provider "seatwise" {
  directory = "people"
  connections = {
    people = { keycloak = { base_url = "https://id.example", realm = "acme" } }
    crm    = { scim = { base_url = "https://crm.example/scim/v2", token = var.crm_token } }
  }
}
`;

const indexPage = (schema: PackageSchema, { connectors }: Documented): string =>
  page(
    "Provider: seatwise",
    "Software licenses, seat pools and assignment rules as infrastructure.",
    "",
    "# seatwise Provider",
    "Software licenses, seat pools and assignment rules as infrastructure: the plan names every person who would gain or lose a seat, by which rule and at what price; the apply makes the vendor agree. People come from one connection, the directory; seats are managed at any of them.",
    "Start with [a pool](resources/seat_pool.md), and read [how a plan of people works on Terraform](terraform.md). The provider is a program for Node: version 22 or newer must be on the `PATH`.",
    example(...providerExamples.map(({ hcl }) => hcl)),
    [
      "## Secrets",
      "Each secret argument is best left out: `SEATWISE_<CONNECTION>_<FIELD>` in the environment is asked first (for `client_secret` of the connection `people`, `SEATWISE_PEOPLE_CLIENT_SECRET`), then the argument, then the vendor's customary variable. Where a secret has to pass through the program, an ephemeral variable (Terraform 1.10 and later) keeps it out of state and saved plans:",
      code("terraform", ephemeralExample),
      "No secret is ever in state, a saved plan, a log or an error text.",
    ].join("\n\n"),
    `## Connectors\n\nA connection is one block of one connector; each has a page with its SKUs, the rights that it needs and what it can do.\n\n${list(connectors.map(({ name, doc }) => `[${ticked(name)}](reference/connectors/${name}.md) – ${doc}`))}`,
    schemaSection(schema.provider.fields),
  );

/** Every page of the Registry by its path below `docs`. */
export const registryPages = (schema: PackageSchema, from: Documented): ReadonlyMap<string, string> => {
  const named = <T extends { readonly name: string }>(all: readonly T[], name: string) =>
    all.find((one) => one.name === name);
  return new Map([
    ["index.md", indexPage(schema, from)],
    ...schema.resources.map((r): [string, string] => [
      `resources/${short(r.terraform)}.md`,
      resourcePage(r, named(from.resources, r.type)),
    ]),
    ...schema.dataSources.map((d): [string, string] => [
      `data-sources/${short(d.terraform)}.md`,
      dataSourcePage(d, named(from.functions, d.name)),
    ]),
    ...schema.functions.map((f): [string, string] => [
      `functions/${f.terraform}.md`,
      functionPage(f, named(from.functions, f.name)),
    ]),
  ]);
};
