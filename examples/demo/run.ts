type Values = Readonly<Record<string, unknown>>;

/** Requests that a server was asked. */
export interface Asked {
  readonly reads: number;
  readonly writes: number;
}
export type Kind = "assign" | "unassign" | "move" | "adopt" | "wait" | "leave" | "candidate" | "forget";
export const kinds: readonly Kind[] = ["unassign", "leave", "move", "assign", "adopt", "wait", "candidate", "forget"];

export interface PoolRun {
  readonly name: string;
  readonly op: string;
  /** What the plan does, a sentence by person. Empty where the engine found nothing to do. */
  readonly changes: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
  /** How many more there are than are named. */
  readonly more: Readonly<Partial<Record<Kind, number>>>;
  readonly costDelta: string | null;
  /** Counters and lists as the run ended: read from the vendor, or what an apply left. */
  readonly outputs: Values;
  /** As the state had them before. */
  readonly before: Values;
}
export interface LicenseRun {
  readonly name: string;
  readonly outputs: Values;
  readonly before: Values;
}
/** What the provider said, and by resource name who it is about. */
export interface Said {
  readonly from: string;
  readonly severity: string;
  readonly message: string;
}
/** `plan` is made to be applied; `compare` ends with another exit code where there is something to do. */
export type Verb = "plan" | "compare" | "apply" | "refresh" | "plan-destroy" | "destroy";

/** What one command did, from what the engine reports and the servers' request logs. */
export interface Run {
  readonly verb: Verb;
  /** As a user types it. */
  readonly command: string;
  readonly code: number | null;
  readonly seconds: number;
  /** By server. */
  readonly asked: Readonly<Record<string, Asked>>;
  readonly pools: readonly PoolRun[];
  readonly licenses: readonly LicenseRun[];
  /** In the engine's order. */
  readonly said: readonly Said[];
  /** What a refresh found changed by hand, where the engine lists it; null: its exit code tells. */
  readonly drifted: readonly string[] | null;
  /** What the command printed, for a failure that no resource explains. */
  readonly printed: string;
}

/** One engine that tells the story. */
export interface Teller {
  readonly engine: "pulumi" | "terraform" | "tofu";
  /** What the engine calls these things. */
  readonly words: { readonly plan: string; readonly apply: string; readonly settings: string };
  /** The exit code of a comparison that found something to do. */
  readonly differs: number;
  run(verb: Verb): Promise<Run>;
  /** Changes a value that the program takes from outside. */
  set(key: string, value: unknown): Promise<void>;
}
/** A program of examples/ and what it takes from outside; names in camelCase, as Pulumi has them. */
export interface Program {
  /** Folders below examples/; both may be one. */
  readonly pulumi: string;
  readonly terraform: string;
  /** Name of the connection that people are read from. */
  readonly directory: string;
  readonly connections: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** The stack's configuration, or variables. */
  readonly settings: Values;
  /** Addresses, which are variables for Terraform and part of `connections` for Pulumi. */
  readonly addresses: Values;
  readonly env: Readonly<Record<string, string>>;
}
/** Where the engines meet the story: servers to count requests at, and a Ctrl-C. */
export interface Surroundings {
  /** Requests so far, by server, from the servers' own logs. */
  readonly asked: () => Readonly<Record<string, Asked>>;
  readonly signal: AbortSignal;
}

/** Times the command, and counts what it asked of the servers. */
export const measured = async <T>(
  { asked, signal }: Surroundings,
  work: () => Promise<T>,
): Promise<Pick<Run, "seconds" | "asked"> & { readonly done: T }> => {
  const minus = (a: Asked, b: Asked): Asked => ({ reads: a.reads - b.reads, writes: a.writes - b.writes });
  signal.throwIfAborted();
  const [before, started] = [asked(), performance.now()];
  const done = await work();
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  signal.throwIfAborted();
  const none = { reads: 0, writes: 0 };
  const since = Object.entries(asked()).map(([name, now]) => [name, minus(now, before[name] ?? none)] as const);
  return { done, seconds, asked: Object.fromEntries(since) };
};

export const record = (value: unknown): Values =>
  typeof value === "object" && value !== null ? (value as Values) : {};

const named = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(value)).map(([who, sentence]) => [who, String(sentence)]));

/** A plan as a pool's `changes` has it. */
export const plannedIn = (changes: Values): Pick<PoolRun, "changes" | "more" | "costDelta"> => {
  const { more, monthlyCostDelta } = changes;
  return {
    changes: Object.fromEntries(kinds.map((kind) => [kind, named(changes[kind])])) as PoolRun["changes"], // every kind
    more: Object.fromEntries(Object.entries(record(more)).map(([kind, n]) => [kind, Number(n)])),
    costDelta: typeof monthlyCostDelta === "string" ? monthlyCostDelta : null,
  };
};

/** The provider's own last line on a pool's plan: `38 of 40 seats used after this, 2 left; cost …`. */
export const planLine = (said: readonly Said[], pool: string): string | null => {
  const lines = said.filter(({ from }) => from === pool).flatMap(({ message }) => message.split("\n"));
  return lines.findLast((line) => /seats used after this/.test(line)) ?? null;
};

export const total = (pool: PoolRun, kind: Kind): number =>
  Object.keys(pool.changes[kind]).length + (pool.more[kind] ?? 0);

export const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
