import { readFileSync } from "node:fs";
import { catalogue } from "../connectors/catalogue.ts";
import { connectionFields } from "../core/configuration.ts";
import { camel, fieldsOf } from "../core/fields.ts";
import { Problem } from "../core/problem.ts";
import { Redactor } from "../core/redactor.ts";
import { isRecord, Secret, type Value, type Values } from "../core/value.ts";
import { checkConfig, type Env, settingsOf } from "../engine/config.ts";
import { doctorLines } from "./doctor-lines.ts";
import { type Trouble, troubleOf, type Visit, visit } from "./doctor-visit.ts";

export interface DoctorCommand {
  /** `-`: standard input. */
  readonly file: string;
  /** Only what planning needs. */
  readonly readOnly: boolean;
  readonly json: boolean;
}
/** 0: all is well. 1: an error, or a right is missing. 2: there are more rights than needed. */
export interface Diagnosis {
  readonly code: 0 | 1 | 2;
  readonly lines: readonly string[];
}

const hint =
  'Give the provider\'s configuration: {"directory": "people", "connections": {"people": {"keycloak": {…}}}}, or the connections alone, as `pulumi config get seatwise:connections` prints them.';
const read = (file: string): string => {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Problem("invalid", `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};
const parsed = (file: string, text: string): Values => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words quote the text, and that may hold a secret.
    throw new Problem("invalid", `${file}: is no JSON`, { hint });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new Problem("invalid", `${file}: is no JSON object`, { hint });
  return json as Values; // what JSON.parse gives is what a Values holds
};

/** Terraform's names are taken, too: `base_url`, `google_workspace`. */
const inOurNames = (connection: Value | undefined): Value | undefined => {
  if (!isRecord(connection)) return connection;
  return Object.fromEntries(
    Object.entries(connection).map(([name, block]) => {
      const kind = catalogue.find((one) => one.name === name || one.name === camel(name));
      if (!kind || !isRecord(block)) return [name, block];
      const known = new Set(fieldsOf(connectionFields(kind)).map((field) => field.name));
      const fields = Object.entries(block).map(([key, value]) => [known.has(key) ? key : camel(key), value]);
      return [kind.name, Object.fromEntries(fields)];
    }),
  );
};
const configurationIn = (file: string, given: Values): Values => {
  const whole = isRecord(given.connections) ? given : { connections: given };
  const { connections } = whole;
  if (!isRecord(connections) || Object.keys(connections).length === 0)
    throw new Problem("invalid", `${file}: there are no connections in it`, { hint });
  const named = Object.entries(connections).map(([name, one]) => [name, inOurNames(one)] as const);
  return { ...whole, connections: Object.fromEntries(named) };
};

/** Fields that are secret by definition, wherever they came from: their values are in no line of ours. */
const redactorOf = (config: Values, env: Env): Redactor => {
  const redactor = new Redactor();
  const names = new Set(
    catalogue.flatMap(({ config: c }) =>
      fieldsOf(c)
        .filter((f) => f.secret)
        .map((f) => f.name),
    ),
  );
  redactor.learnConfiguration(config, names);
  for (const { config: filled, kind } of settingsOf(config, catalogue, env).connections.values())
    for (const { name, secret } of fieldsOf(kind.config))
      if (secret && typeof filled?.[name] === "string") redactor.learn({ value: new Secret(filled[name]) });
  return redactor;
};

const codeOf = (visits: readonly Visit[], configured: readonly Trouble[]): Diagnosis["code"] => {
  const lacks = (one: Visit): boolean =>
    one.problem !== null ||
    one.rightsProblem !== null ||
    one.found.some(({ state, when }) => state === "missing" && when !== "optional");
  if (configured.length > 0 || visits.some(lacks)) return 1;
  return visits.some(({ surplus }) => surplus.length > 0) ? 2 : 0;
};

/** Whether the provider could work with this configuration and these secrets: address, credentials, rights, clock. */
export const diagnose = async (text: string, { file, readOnly, json }: DoctorCommand, env: Env): Promise<Diagnosis> => {
  const config = configurationIn(file, parsed(file, text));
  const redactor = redactorOf(config, env);
  const { problems } = checkConfig(config, catalogue, env);
  const configured = problems.map((problem) => troubleOf(problem, redactor));
  const settings = settingsOf(config, catalogue, env);
  const broken = new Set(problems.flatMap(({ path }) => (path[0] === "connections" ? [path[1]] : [])));
  const whole = [...settings.connections.values()].filter(({ name, config: c }) => c !== null && !broken.has(name));
  const visits = await Promise.all(whole.map((one) => visit(one, { settings, readOnly, redactor })));
  const code = codeOf(visits, configured);
  return {
    code,
    lines: json
      ? JSON.stringify({ code, configuration: configured, connections: visits }, null, 2).split("\n")
      : doctorLines(visits, configured),
  };
};

export const runDoctor = (command: DoctorCommand, env: Env): Promise<Diagnosis> =>
  diagnose(read(command.file), command, env);
