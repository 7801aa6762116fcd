import { Problem } from "../core/problem.ts";
import type { Approval, Ctx, Declared, Planned, Previous } from "../core/resource.ts";
import type { At } from "./verbs.ts";

/** A plan made in this process, with what it was made for. */
export interface Made {
  readonly of: string;
  readonly approval: Approval;
  readonly planned: Planned;
}

/** What this process knows of one resource that it has read. */
export interface Known {
  readonly at: At;
  readonly previous: Previous;
  checked: boolean;
  removed: boolean;
}

interface Pool {
  readonly key: string;
  /** A name is empty where nobody is to be named. */
  readonly whom: () => { readonly holders: ReadonlySet<string>; readonly claimed: ReadonlyMap<string, string> };
}

/** What one process remembers between the calls of one run. */
export interface RunState {
  readonly made: Map<string, Made>;
  readonly known: Map<string, Known>;
  readonly created: Set<string>;
  /** Records that a plan of an earlier process left for the instance that replaces another. */
  readonly left: Map<string, string>;
  /** Resources that the program declares in this run: living ones. */
  readonly checked: Set<string>;
  readonly alone: Ctx["alone"];
  readonly writes: Ctx["writes"];
  readonly wrote: Ctx["wrote"];
  declare(key: string): Ctx["declare"];
  /** Throws where this pool and another that the program declares claim the same people. */
  refuseOverlap(key: string): void;
  rivals(key: string): Ctx["rivals"];
}

/** Most runs have one pool for a license, and then nobody asks. */
const once = (whom: () => Declared): Pool["whom"] => {
  let known: ReturnType<Pool["whom"]> | null = null;
  return () => {
    if (known) return known;
    const { holders, claimed } = whom();
    known = { holders: new Set(holders), claimed };
    return known;
  };
};

/** A URN's last part, for messages. */
export const nameOf = (key: string): string => key.split("::").at(-1) ?? key;

const overlap = (mine: Pool, other: Pool, license: string): Problem | null => {
  const { claimed } = other.whom();
  const both = [...mine.whom().claimed].filter(([holder]) => claimed.has(holder)).map(([, name]) => name);
  if (both.length === 0) return null;
  const names = both.filter((name) => name !== "");
  const named = names.length === 0 ? "" : `: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
  const who = `${both.length === 1 ? "person" : `${both.length} people`} for ${license}${named}`;
  return new Problem("conflict", `two pools claim the same ${who}`, {
    path: ["rules"],
    hint: `The other pool is ${nameOf(other.key)}. Give each pool a scope so that they do not overlap, or make them one pool with two rules.`,
  });
};

export const createRunState = (): RunState => {
  const known = new Map<string, Known>();
  const written = new Map<string, number>();
  const queues = new Map<string, Promise<unknown>>();
  const pools = new Map<string, readonly Pool[]>();
  const checked = new Set<string>();
  const living = (key: string): boolean => checked.has(key) && !known.get(key)?.removed;
  return {
    known,
    made: new Map(),
    created: new Set(),
    left: new Map(),
    checked,
    alone: async (licenses, work) => {
      const result = Promise.allSettled(licenses.map((l) => queues.get(l))).then(work);
      for (const l of licenses) queues.set(l, result);
      return result;
    },
    writes: (licenses) => licenses.reduce((sum, l) => sum + (written.get(l) ?? 0), 0),
    wrote: (licenses) => {
      for (const l of licenses) written.set(l, (written.get(l) ?? 0) + 1);
    },
    declare: (key) => (license, whom) => {
      const others = (pools.get(license) ?? []).filter((p) => p.key !== key);
      pools.set(license, [...others, { key, whom: once(whom) }]);
    },
    refuseOverlap: (key) => {
      for (const [license, all] of pools) {
        const mine = all.find((p) => p.key === key);
        for (const other of all) {
          const problem = mine && other !== mine && living(other.key) ? overlap(mine, other, license) : null;
          if (problem) throw problem;
        }
      }
    },
    rivals: (key) => (license) =>
      new Map(
        (pools.get(license) ?? [])
          .filter((p) => p.key !== key && living(p.key))
          .flatMap((p) => {
            const { holders, claimed } = p.whom();
            return [...holders, ...claimed.keys()].map((h): [string, string] => [h, nameOf(p.key)]);
          }),
      ),
  };
};
