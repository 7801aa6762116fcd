import { systemClock } from "../connectors/http/clock.ts";
import type { Connector } from "../core/connector.ts";
import { fieldsOf } from "../core/fields.ts";
import { asProblem, type Problem } from "../core/problem.ts";
import type { Redactor } from "../core/redactor.ts";
import type { ConnectionSettings, Settings } from "../engine/config.ts";
import { compareRights, type Rights } from "./doctor-rights.ts";
import { type Watched, watchedWire } from "./doctor-wire.ts";

/** Longer than any answer that is worth waiting for here. */
const patienceMs = 60_000;
/** From here on signed tokens are refused (GitHub and Google take a minute), so it is said early. */
const skewLimit = 10;

export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
/** What was found of one connection. */
export interface Visit extends Rights {
  readonly connection: string;
  readonly connector: string;
  readonly address: string | null;
  readonly directory: boolean;
  /** null: the credentials work. */
  readonly problem: Trouble | null;
  /** Why the rights could not be asked for, though the credentials work. */
  readonly rightsProblem: Trouble | null;
  readonly skewSeconds: number | null;
  readonly requests: number;
  readonly ms: number;
}
export interface VisitWith {
  readonly settings: Settings;
  readonly readOnly: boolean;
  readonly redactor: Redactor;
}

export const troubleOf = (problem: Problem, redactor: Redactor): Trouble => {
  const at = problem.path.length > 0 ? `${problem.path.join(".")}: ` : "";
  return {
    code: problem.code,
    message: redactor.clean(at + problem.message),
    ...(problem.hint === undefined ? {} : { hint: redactor.clean(problem.hint) }),
  };
};

const attempt = async <T>(does: () => Promise<T>): Promise<{ readonly value: T } | { readonly problem: Problem }> => {
  try {
    return { value: await does() };
  } catch (error) {
    return { problem: asProblem(error) };
  }
};

const openAt = ({ name, kind, config }: ConnectionSettings, settings: Settings, wire: Watched): Connector =>
  // Everything that `config` must hold was checked against the connector's fields.
  kind.open(config as never, {
    connection: name,
    clock: systemClock,
    log: () => undefined,
    transport: wire.send,
    ...(settings.proxy === undefined ? {} : { proxy: settings.proxy }),
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });

const addressOf = ({ kind, config }: ConnectionSettings, wire: Watched): string | null => {
  const given = config?.baseUrl;
  if (typeof given === "string" && fieldsOf(kind.config).some(({ name, secret }) => name === "baseUrl" && !secret))
    return given;
  return wire.origins()[0] ?? null;
};

/** Asks one system whether we may come in, and what for. Writes nothing there. */
export const visit = async (one: ConnectionSettings, of: VisitWith): Promise<Visit> => {
  const { settings, readOnly, redactor } = of;
  const started = Date.now();
  const wire = watchedWire({
    ...(settings.proxy === undefined ? {} : { proxy: settings.proxy }),
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const opened = await attempt(async () => openAt(one, settings, wire));
    const connector = "value" in opened ? opened.value : null;
    const entered = connector === null ? opened : await attempt(() => connector.verify(signal));
    const works = !("problem" in entered);
    const asked =
      works && connector?.granted ? await attempt(async () => connector.granted?.(signal)) : { value: null };
    const granted = "value" in asked ? (asked.value ?? null) : null;
    const trouble = (result: object): Trouble | null =>
      "problem" in result ? troubleOf(asProblem(result.problem), redactor) : null;
    return {
      connection: one.name,
      connector: one.kind.name,
      address: addressOf(one, wire),
      directory: settings.directory === one.name,
      problem: trouble(entered),
      rightsProblem: trouble(asked),
      skewSeconds: wire.skewSeconds(),
      requests: connector?.requests() ?? 0,
      ms: Date.now() - started,
      ...compareRights(one.kind.capabilities.scopes, granted, { readOnly }),
    };
  } finally {
    wire.close();
  }
};

export const isSkewed = ({ skewSeconds }: Visit): boolean => Math.abs(skewSeconds ?? 0) > skewLimit;
