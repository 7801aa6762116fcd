import { catalogue } from "../connectors/catalogue.ts";
import { snake } from "../core/fields.ts";
import { envName } from "../engine/config.ts";
import { hcl } from "./real/terraform-project.ts";
import type { RunningSystem } from "./sandbox-systems.ts";

/** Whose people are meant where several systems know them: the company's directory first. */
const directories = ["entra", "keycloak", "okta"];

export const directoryOf = (systems: readonly RunningSystem[]): string | null => {
  const serves = systems.filter(({ name }) => catalogue.find((kind) => kind.name === name)?.capabilities.directory);
  const first = directories.flatMap((name) => serves.find((one) => one.name === name) ?? [])[0] ?? serves[0];
  return first?.connectionName ?? null;
};

/** The provider's configuration without secrets: what `seatwise doctor` reads, too. */
export const configurationOf = (systems: readonly RunningSystem[]) => {
  const directory = directoryOf(systems);
  return {
    ...(directory === null ? {} : { directory }),
    connections: Object.fromEntries(
      systems.map(({ connectionName, name, connection }) => [connectionName, { [name]: connection }]),
    ),
  };
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const plain = (text: string): string => (/^[\w.:/@+-]+$/.test(text) ? text : quoted(text));

/** Each secret as a line for a shell. */
export const exports = (systems: readonly RunningSystem[]): readonly string[] =>
  systems.flatMap(({ connectionName, secrets }) =>
    Object.entries(secrets).map(([field, value]) => `export ${envName(connectionName, field)}=${plain(value)}`),
  );

export const pulumiLines = (systems: readonly RunningSystem[]): readonly string[] => {
  const { directory, connections } = configurationOf(systems);
  return [
    ...(directory === undefined ? [] : [`pulumi config set seatwise:directory ${directory}`]),
    `pulumi config set seatwise:connections ${quoted(JSON.stringify(connections))}`,
  ];
};

const snaked = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value]));
export const terraformLines = (systems: readonly RunningSystem[]): readonly string[] => {
  const directory = directoryOf(systems);
  const width = Math.max(...systems.map(({ connectionName }) => connectionName.length));
  return [
    'provider "seatwise" {',
    ...(directory === null ? [] : [`  directory = ${hcl(directory)}`]),
    "  connections = {",
    ...systems.map(
      ({ connectionName, name, connection }) =>
        `    ${connectionName.padEnd(width)} = { ${snake(name)} = ${hcl(snaked(connection))} }`,
    ),
    "  }",
    "}",
  ];
};

/** Secrets that fit on a line are shown; keys and certificates are fetched. */
export const environmentLines = (systems: readonly RunningSystem[], control: string): readonly string[] => {
  const lines = exports(systems);
  return lines.every((line) => line.length < 100 && !line.includes("\n"))
    ? lines
    : [`eval "$(curl -s ${control}/env)"`];
};
