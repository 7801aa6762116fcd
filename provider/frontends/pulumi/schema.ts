import { configuration } from "../../core/configuration.ts";
import type { ConnectorKind } from "../../core/connector.ts";
import { type Field, fieldsOf } from "../../core/fields.ts";
import type { Fn, Resource } from "../../core/resource.ts";
import { PACKAGE } from "./package-facts.ts";
import { type ObjectSpec, type PropertySpec, present, required, SchemaTypes } from "./schema-types.ts";

export interface PackageSource {
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly connectors: readonly ConnectorKind[];
}

const repository = "https://github.com/seatwise/pulumi-seatwise";
const description =
  "Software licenses, seat pools and assignment rules as infrastructure, with plans that name people and money.";

const identity = (version: string) => ({
  name: PACKAGE,
  displayName: "Seatwise",
  version,
  description: `Seatwise: ${description}`,
  keywords: ["category/infrastructure", "kind/native", PACKAGE, "licenses", "seats"],
  homepage: repository,
  repository,
  license: "Apache-2.0",
  publisher: "Seatwise",
  pluginDownloadURL: "github://api.github.com/seatwise/pulumi-seatwise",
});

/** The Node package's page. */
const readme = `# Seatwise for Pulumi

${description}

\`\`\`ts
import * as seatwise from "@seatwise/pulumi";

const crm = new seatwise.License("crm", { connection: "crm", sku: "group:crm-users" });
const sales = new seatwise.AssignmentRule("sales", { when: 'user.department == "Sales"' });
export const pool = new seatwise.SeatPool("crm", { license: crm.ref, allotment: 60, rules: [{ claim: sales.claim }] });
\`\`\`

Reference, configuration and connectors: ${repository}/tree/main/docs/reference
`;

const languages = {
  nodejs: { packageName: "@seatwise/pulumi", packageDescription: description, readme, respectSchemaVersion: true },
  python: { packageName: "pulumi_seatwise", respectSchemaVersion: true, pyproject: { enabled: true } },
  go: {
    importBasePath: "github.com/seatwise/pulumi-seatwise/sdk/go/seatwise",
    respectSchemaVersion: true,
    generateResourceContainerTypes: true,
  },
  csharp: { rootNamespace: "Seatwise", respectSchemaVersion: true },
  java: { basePackage: "com.seatwise" },
};

const documented = ({ doc, examples = [] }: Pick<Resource, "doc" | "examples">, more: readonly string[] = []): string =>
  [
    doc,
    ...(examples.length > 0
      ? ["## Example Usage", ...examples.map(({ typescript }) => `\`\`\`typescript\n${typescript.trim()}\n\`\`\``)]
      : []),
    ...more,
  ].join("\n\n");

/** Pulumi programs have a logical name already. */
const withLogicalName = (field: Field): Field =>
  field.name === "name"
    ? { ...field, description: `${field.description} Default: the resource's logical name.` }
    : field;

const resourceSpec = (resource: Resource, types: SchemaTypes) => {
  const inputs = fieldsOf(resource.inputs).map(withLogicalName);
  const outputs = fieldsOf(resource.outputs);
  const clash = outputs.find((o) => inputs.some((i) => i.name === o.name));
  if (clash) throw new Error(`${resource.name}.${clash.name} is an input and an output`);
  const inputProperties = types.properties(inputs, resource.name);
  return {
    description: documented(resource, [
      "## Import",
      `\`pulumi import ${PACKAGE}:index:${resource.name} NAME ${resource.importId}\``,
    ]),
    type: "object",
    properties: { ...inputProperties, ...types.properties(outputs, resource.name) },
    required: [...present(inputs), ...required(outputs)],
    inputProperties,
    requiredInputs: required(inputs).filter((name) => name !== "name"),
  };
};

const functionSpec = (fn: Fn, types: SchemaTypes) => {
  const owner = fn.name.charAt(0).toUpperCase() + fn.name.slice(1);
  const inputs: ObjectSpec = types.object(fieldsOf(fn.inputs), owner);
  return { description: fn.doc, inputs, outputs: types.object(fieldsOf(fn.outputs), `${owner}Result`) };
};

/** The SDK of a language sends a provider's configuration as text: an enumeration there is a string, its words are in the description. */
const asText = (field: Field): Field => {
  if (field.kind.is !== "string" || !field.kind.oneOf) return field;
  const words = field.kind.oneOf.map((word) => `\`${word}\``).join(", ");
  return { ...field, kind: { is: "string" }, description: `${field.description} One of ${words}.` };
};

const keyed = <T extends { readonly name: string }, S>(all: readonly T[], spec: (of: T) => S): Record<string, S> =>
  Object.fromEntries(
    all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((of) => [`${PACKAGE}:index:${of.name}`, spec(of)]),
  );

/** The Pulumi package schema: what SDKs, documentation and `pulumi package info` are made from. Same definitions, same schema. */
export const pulumiSchema = ({ version, resources, functions, connectors }: PackageSource): object => {
  const types = new SchemaTypes();
  const config = fieldsOf(configuration(connectors)).map(asText);
  const variables: Record<string, PropertySpec> = types.properties(config, "Provider");
  const resourceSpecs = keyed(resources, (resource) => resourceSpec(resource, types));
  const functionSpecs = keyed(functions, (fn) => functionSpec(fn, types));
  return {
    ...identity(version),
    config: { variables },
    // Nothing is required: a stack's own configuration may give it, and CheckConfig says what is missing.
    provider: {
      description: "Which systems there are, how to reach them, and how people are named.",
      type: "object",
      properties: variables,
      inputProperties: variables,
    },
    resources: resourceSpecs,
    functions: functionSpecs,
    types: types.all(),
    language: languages,
  };
};
