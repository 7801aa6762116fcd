import { type Configuration, configuration, connectionFields } from "../core/configuration.ts";
import type { ConnectorKind } from "../core/connector.ts";
import { type Field, fieldsOf } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";
import { hasUnknown, isRecord, isUnknown, reveal, Secret, type Value, type Values } from "../core/value.ts";
import { milliseconds } from "../resources/shared-fields.ts";
import { problemsOf, withDefaults } from "./inputs.ts";

/** Reads one environment variable; given by cmd, the only reader of the environment. */
export type Env = (name: string) => string | undefined;

export interface ConnectionSettings {
  readonly name: string;
  readonly kind: ConnectorKind;
  /** Fields of the block, secrets filled in; null while any of it is unknown. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly account: string | null;
  /** Milliseconds; null: the connector's own. */
  readonly settleMs: number | null;
}
export interface Settings extends Omit<Configuration, "connections" | "directory"> {
  readonly directory: string | null;
  readonly connections: ReadonlyMap<string, ConnectionSettings>;
  /** Not even the names of the connections are known. */
  readonly unknown: boolean;
}

export const envName = (connection: string, name: string): string =>
  `SEATWISE_${connection}_${name.replace(/[A-Z]/g, (c) => `_${c}`)}`.replace(/[^A-Za-z0-9_]/g, "_").toUpperCase();

/** `SEATWISE_<CONNECTION>_<FIELD>` first, then the vendor's customary variable, then the argument. */
const withSecrets = (name: string, kind: ConnectorKind, given: Values, env: Env, only: boolean): Values => {
  const secret = fieldsOf(kind.config).filter((f) => f.secret);
  const found = secret.flatMap((f: Field) => {
    const customary = kind.customaryEnv?.[f.name];
    // A variable that is set to nothing is one that a pipeline had no value for: as good as absent.
    const value =
      env(envName(name, f.name)) ||
      (given[f.name] === undefined && only && customary ? env(customary) : undefined) ||
      undefined;
    return value === undefined ? [] : [[f.name, new Secret(value)] as const];
  });
  return { ...given, ...Object.fromEntries(found) };
};

interface Checked {
  readonly config: Values;
  readonly problems: readonly Problem[];
}

const blockOf = (
  name: string,
  value: Value | undefined,
  kinds: readonly ConnectorKind[],
): { kind: ConnectorKind; block: Values } | Problem | null => {
  const plain = value instanceof Secret ? value.value : value;
  const path = ["connections", name];
  if (isUnknown(plain)) return null;
  if (!isRecord(plain)) return new Problem("invalid", "a connection is a block such as { keycloak = { … } }", { path });
  const given = Object.entries(plain).filter(([, v]) => v !== undefined && v !== null);
  const [only] = given;
  if (!only || given.length > 1)
    return new Problem("invalid", `connection "${name}" needs exactly one connector block, not ${given.length}`, {
      path,
      hint: `Choose one of ${kinds.map((k) => k.name).join(", ")}.`,
    });
  const kind = kinds.find((k) => k.name === only[0]);
  if (!kind)
    return new Problem("invalid", `there is no connector "${only[0]}"`, {
      path: [...path, only[0]],
      hint:
        didYouMean(
          only[0],
          kinds.map((k) => k.name),
        ) ?? `Connectors: ${kinds.map((k) => k.name).join(", ")}.`,
    });
  const inner = only[1] instanceof Secret ? only[1].value : only[1];
  if (isUnknown(inner)) return null;
  return isRecord(inner)
    ? { kind, block: inner }
    : new Problem("invalid", `connector "${kind.name}" takes a block of fields`, { path: [...path, kind.name] });
};

const directoryProblems = (config: Values, names: readonly string[]): Problem[] => {
  const directory = config.directory;
  if (typeof directory !== "string" || names.includes(directory)) return [];
  const hint = didYouMean(directory, names) ?? `Connections here: ${names.join(", ") || "none"}.`;
  return [
    new Problem("invalid", `directory "${directory}" is not one of the connections`, { path: ["directory"], hint }),
  ];
};

/** Everything wrong with a provider configuration. Makes no call. Secret values are never in a message. */
export const checkConfig = (raw: Values, kinds: readonly ConnectorKind[], env: Env): Checked => {
  const schema = configuration(kinds);
  const config = withDefaults(fieldsOf(schema), raw);
  const connections = config.connections instanceof Secret ? config.connections.value : (config.connections ?? null);
  if (connections === null)
    return {
      config,
      problems: [
        new Problem("invalid", "no connections are configured", {
          path: ["connections"],
          hint: "Add at least one: connections = { people = { keycloak = { … } } }.",
        }),
      ],
    };
  const top = problemsOf(schema.omit({ connections: true }), { ...config, connections: undefined });
  if (!isRecord(connections)) return { config, problems: top };
  const names = Object.keys(connections);
  const nested = names.flatMap((name) => {
    const found = blockOf(name, connections[name], kinds);
    if (found === null) return [];
    if (found instanceof Problem) return [found];
    const offline = config.offline === true;
    const block = withSecrets(name, found.kind, found.block, env, usesOnce(connections, found.kind));
    return problemsOf(connectionFields(found.kind), withDefaults(fieldsOf(connectionFields(found.kind)), block))
      .filter((p) => !(offline && fieldsOf(found.kind.config).some((f) => f.secret && f.name === p.path[0])))
      .map((p) => p.under("connections", name, found.kind.name));
  });
  return { config, problems: [...top, ...directoryProblems(config, names), ...nested] };
};

const usesOnce = (connections: Values, kind: ConnectorKind): boolean =>
  Object.values(connections).filter((c) => isRecord(c) && c[kind.name] !== undefined && c[kind.name] !== null)
    .length === 1;

/** The configuration as the engine uses it. Assumes that `checkConfig` found no problem. */
export const settingsOf = (raw: Values, kinds: readonly ConnectorKind[], env: Env): Settings => {
  const { config } = checkConfig(raw, kinds, env);
  const plain = (name: string): unknown => (isUnknown(config[name]) ? undefined : reveal(config[name]));
  const connections = config.connections instanceof Secret ? config.connections.value : config.connections;
  const list = isRecord(connections) ? Object.entries(connections) : [];
  const entries = list.flatMap(([name, value]): [string, ConnectionSettings][] => {
    const found = blockOf(name, value, kinds);
    if (found instanceof Problem || found === null) return [];
    const all = withDefaults(
      fieldsOf(connectionFields(found.kind)),
      withSecrets(name, found.kind, found.block, env, usesOnce(connections as Values, found.kind)),
    );
    const account = reveal(all.account);
    return [
      [
        name,
        {
          name,
          kind: found.kind,
          account: typeof account === "string" ? account : null,
          settleMs: typeof all.settle === "string" ? milliseconds(all.settle) : null,
          config: hasUnknown(all)
            ? null
            : (reveal({ ...all, account: undefined, settle: undefined }) as Record<string, unknown>),
        },
      ],
    ];
  });
  return {
    directory: typeof plain("directory") === "string" ? String(plain("directory")) : null,
    connections: new Map(entries),
    unknown: hasUnknown(config.connections),
    people: (plain("people") ?? "account") as Configuration["people"],
    enforce: (plain("enforce") ?? "full") as Configuration["enforce"],
    offline: plain("offline") === true,
    logLevel: (plain("logLevel") ?? "info") as Configuration["logLevel"],
    ...(typeof plain("proxy") === "string" ? { proxy: String(plain("proxy")) } : {}),
    ...(typeof plain("ca") === "string" ? { ca: String(plain("ca")) } : {}),
  };
};
