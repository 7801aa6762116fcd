import type { ConnectorKind } from "../core/connector.ts";
import { isRecord, isUnknown, reveal, UNKNOWN, type Value, type Values } from "../core/value.ts";
import { createProvider } from "../engine/provider.ts";
import type { Provider } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";
import { decodeRecord } from "../resources/pool-record.ts";

/** An output of another resource of the program: known as soon as the engine knows it. */
export class From {
  readonly address: string;
  readonly output: string;
  constructor(address: string, output: string) {
    this.address = address;
    this.output = output;
  }
}
export type Input = Value | From | readonly Input[] | { readonly [name: string]: Input | undefined };
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: { readonly [name: string]: Input | undefined };
  /** Takes over what exists under this id. */
  readonly imports?: string;
}
/** In an order in which each comes after those that it reads from. */
export type Program = readonly Declared[];
export const addressOf = ({ type, name }: Pick<Declared, "type" | "name">): string => `${type}.${name}`;

const isPlainObject = (input: Input | undefined): input is { readonly [name: string]: Input | undefined } =>
  typeof input === "object" && input !== null && !Array.isArray(input) && !(input instanceof From);

/** The inputs with what other resources have given by now; UNKNOWN for what they have not. */
export const resolved = (input: Input, outputs: ReadonlyMap<string, Values>): Value => {
  if (input instanceof From) return outputs.get(input.address)?.[input.output] ?? UNKNOWN;
  if (Array.isArray(input)) return (input as readonly Input[]).map((item) => resolved(item, outputs)); // isArray widens to any[]
  if (!isPlainObject(input)) return input as Value;
  return Object.fromEntries(
    Object.entries(input).map(([name, item]) => [name, item === undefined ? undefined : resolved(item, outputs)]),
  );
};
export const resolvedInputs = (declared: Declared, outputs: ReadonlyMap<string, Values>): Values =>
  resolved(declared.inputs, outputs) as Values; // an object stays one

/** What is known before any resource is. */
export const fromOutside = ({ outside }: Pick<Setting, "outside">): Map<string, Values> =>
  new Map(outside ? [["outside", outside()]] : []);

export type Act = "create" | "update" | "replace" | "delete" | "same";
/** One walk of an engine, in words that both engines share. */
export interface Walked {
  readonly acts: Readonly<Record<string, Act>>;
  /** Resources as planned, or as they are after it. What is unknown says so. */
  readonly resources: Readonly<Record<string, Value>>;
  /** Lines, sorted: the engines lay them out differently. */
  readonly said: readonly string[];
  readonly problems: readonly string[];
}
export interface Run {
  readonly plan: Walked;
  /** null: there was nothing to do, or the plan was refused. */
  readonly apply: Walked | null;
}
/** Both engines, driven alike. State is kept from run to run. */
export interface Engine {
  readonly name: "pulumi" | "terraform";
  /** A state that is there already, as this engine would have written it. */
  given(resource: Given): void;
  preview(program: Program): Promise<Walked>;
  /** Plan and apply of one command; `between` happens after the plan was shown. */
  up(program: Program, between?: () => void | Promise<void>): Promise<Run>;
  refresh(): Promise<Walked>;
  destroy(): Promise<Run>;
  close(): void;
}
export interface Given {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** With their defaults. */
  readonly inputs: Values;
  readonly outputs: Values;
  readonly record: string | null;
}

export interface Setting {
  readonly configuration: Values;
  readonly connectors: readonly ConnectorKind[];
  readonly now: () => number;
  readonly home: string | null;
  readonly env: (name: string) => string | undefined;
  /** What the program takes from elsewhere (`new From("outside", …)`): known only once it is there. */
  readonly outside?: () => Values;
  /** Tells what happens at the vendor from now on belongs to. */
  readonly phase: (phase: "plan" | "apply") => void;
}

export interface ProcessOf {
  readonly engine: number;
  readonly pid: number;
  readonly savedPlans?: { readonly place: string };
}
export const processOf = (setting: Setting, { engine, pid, savedPlans }: ProcessOf): Provider =>
  createProvider({
    version: "0.0.0",
    resources,
    functions,
    connectors: setting.connectors,
    env: setting.env,
    parent: { pid: engine, started: "1", alive: () => true, living: (other) => other >= engine },
    clock: { now: setting.now, sleep: async () => {}, random: () => 0.5 },
    pid,
    ...(savedPlans ? { savedPlans } : {}),
    log: () => {},
    home: setting.home,
  });

/** Without what is absent, whatever an engine writes for that; unknowns in words. */
export const plain = (value: Value | undefined): Value => {
  const open = reveal(value) ?? null;
  if (isUnknown(open)) return "(unknown)";
  if (Array.isArray(open)) return open.map((item: Value) => plain(item));
  if (!isRecord(open)) return open;
  return Object.fromEntries(
    Object.entries(open)
      .filter(([, item]) => item !== undefined && item !== null)
      .map(([name, item]) => [name, plain(item)]),
  );
};

/** What a pool remembers; ids of record and apply are drawn by chance. */
export const remembered = (record: string | null): Value => {
  if (record === null) return null;
  const { generation, memory, unsure, licenses } = decodeRecord(record);
  return JSON.parse(
    JSON.stringify({ generation, memory: { ...memory, owned: Object.fromEntries(memory.owned) }, unsure, licenses }),
  ) as Value; // plain JSON
};

/** `on_destroy` → `onDestroy`: each engine is told of fields in its own language's names. */
const inOneLanguage = (text: string): string =>
  text.replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Each line of a message once, without its indentation and without the resource's name in front, which one engine adds. */
export const lines = (texts: readonly string[], names: readonly string[]): readonly string[] => {
  const found = texts
    .flatMap((text) => text.split("\n"))
    .map((line) =>
      names.reduce((rest, name) => (rest.startsWith(`${name}: `) ? rest.slice(name.length + 2) : rest), line.trim()),
    )
    .filter((line) => line !== "");
  return [...new Set(found.map(inOneLanguage))].sort();
};

const walks = (run: Run | Walked): Run => ("plan" in run ? run : { plan: run, apply: null });
export interface Observed {
  readonly run: Run | Walked;
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** The world was another one when the plan was applied. */
  readonly moved?: boolean;
}
/**
 * What of two engines' doings must be equal, with the few differences taken out that are the engines' own:
 * - Where a plan is refused, Terraform forgets what it planned until then.
 * - A seat that fails on create is a warning on Terraform, since an error would taint the pool, and an error on Pulumi.
 * - Before it updates, Pulumi refreshes once more what does not change or goes. These reads must be among those of the plan, and where
 *   the world has moved since, such a resource's state is newer than Terraform's.
 */
export const comparable = <T extends Observed>(one: T, other: Observed): T => {
  const { plan, apply } = walks(one.run);
  const refused: Walked = { acts: {}, resources: {}, said: [], problems: plan.problems };
  if (plan.problems.length > 0) return { ...one, run: refused, reads: {} };
  const acts = Object.values(apply?.acts ?? {});
  const refreshes = acts.some((act) => act === "same" || act === "delete" || act === "replace");
  const { plan: planned = [], apply: applied = [] } = one.reads;
  const own = refreshes
    ? applied.filter((read) => other.reads.apply?.includes(read) || !planned.includes(read))
    : applied;
  if (!apply) return one;
  const changed = Object.entries(apply.resources).filter(([address]) => !one.moved || apply.acts[address] !== "same");
  const told = [...new Set([...apply.said, ...apply.problems])].sort();
  const run: Run = { plan, apply: { ...apply, resources: Object.fromEntries(changed), said: told, problems: [] } };
  return { ...one, run, reads: { ...one.reads, apply: own } };
};
