import { sandboxes } from "../connectors/sandboxes.ts";
import { createSimulatorClock, type SimulatorClock } from "../connectors/simulator/clock.ts";
import type { Enterprise, Serving } from "../connectors/simulator/company.ts";
import { snake } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";

export interface RunningSystem extends Serving {
  /** The connector's name. */
  readonly name: string;
  readonly title: string;
  /** What the connection to it is called in everything that we print. */
  readonly connectionName: string;
}
export interface Systems {
  readonly company: Enterprise;
  /** The time of all of them. */
  readonly clock: SimulatorClock;
  readonly systems: readonly RunningSystem[];
  stop(): Promise<void>;
}

export const systemNames: readonly string[] = sandboxes.map(({ name }) => name);

/** `--systems entra,github`: those names, in either spelling; nothing: all. */
export const chosenSystems = (text: string | undefined): readonly string[] => {
  if (text === undefined) return systemNames;
  const asked = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (asked.length === 0)
    throw new Problem("invalid", "--systems names no system", { hint: `Systems: ${systemNames.join(", ")}.` });
  return [...new Set(asked)].map((name) => {
    const found = systemNames.find((known) => [known, snake(known), snake(known).replaceAll("_", "-")].includes(name));
    if (found !== undefined) return found;
    const all = `Systems: ${systemNames.join(", ")}.`;
    const meant = didYouMean(name, systemNames);
    throw new Problem("invalid", `there is no system ${JSON.stringify(name)}`, {
      hint: meant === undefined ? all : `${meant} ${all}`,
    });
  });
};

/** These keep their places, which pages and examples name; the control endpoint has the third. */
const places: Readonly<Record<string, number>> = { keycloak: 0, scim: 1 };
export const controlPlace = 2;
/** A system's port does not depend on which others are started with it. 0: any free one. */
export const portOf = (name: string, base: number): number => {
  if (base === 0) return 0;
  const others = systemNames.filter((other) => !(other in places));
  return base + (places[name] ?? controlPlace + 1 + others.indexOf(name));
};

/** As our examples call them; the others are called what they are. */
const connectionNames: Readonly<Record<string, string>> = {
  keycloak: "people",
  scim: "crm",
  googleWorkspace: "google",
};

/** By its code alone: Node's errors are of another world in Jest. */
export const isTaken = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "EADDRINUSE";
const portTaken = (error: unknown, title: string, port: number): unknown =>
  isTaken(error)
    ? new Problem("conflict", `port ${port} for ${title} is in use`, {
        hint: "Choose another with --port, or --port 0 for any free ones.",
      })
    : error;

const startOne = async (
  name: string,
  of: { company: Enterprise; port: number; seed: number; clock: SimulatorClock },
) => {
  const found = sandboxes.find((one) => one.name === name);
  if (!found) throw new Error(`no sandbox ${name}`);
  const { title, start } = await found.load();
  const { company, ...using } = of;
  const serving = await start(company, using).catch((error: unknown) => {
    throw portTaken(error, title, of.port);
  });
  serving.simulator.resetLog(); // what it took to seed it is nobody's request
  return { ...serving, name, title, connectionName: connectionNames[name] ?? snake(name) };
};

/** Starts the systems that are named, one company in all of them and one clock. Any that fails stops the others. */
export const startSystems = async (of: {
  readonly company: Enterprise;
  readonly names: readonly string[];
  readonly seed: number;
  /** 0: any free ports. */
  readonly port: number;
  readonly clock?: SimulatorClock;
}): Promise<Systems> => {
  const { company, names, seed, port, clock = createSimulatorClock() } = of;
  const systems: RunningSystem[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(systems.map(({ simulator }) => simulator.stop())));
  try {
    for (const name of names) systems.push(await startOne(name, { company, port: portOf(name, port), seed, clock }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { company, clock, systems, stop };
};
