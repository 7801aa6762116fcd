import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HandOver } from "./approval.ts";
import type { Sought } from "./hand-over.ts";
import { hash } from "./run-folder.ts";

/**
 * Plans that outlive the command which showed them, in SEATWISE_HOME/plans (0600): Terraform saves a plan and applies it
 * later, perhaps in another folder. One file per resource, inputs and place; the place is where the program stands, so that
 * two programs with a pool of the same name do not take each other's.
 */
export interface PlanFolder {
  read(of: Sought): HandOver | null;
  write(plan: HandOver): void;
  drop(key: string): void;
}

/** A plan older than this was never applied: the folder must not grow for ever. */
const KEPT_MS = 30 * 86_400_000;

const pool = (key: string): string => hash(key).slice(0, 16);
const subject = (of: Pick<Sought, "inputs" | "fresh">): string => hash(`${of.fresh} ${of.inputs}`).slice(0, 16);
const BLIND = "unknown-inputs";

export const openPlanFolder = (home: string | null, place: string, now: () => number): PlanFolder => {
  if (home === null) return { read: () => null, write: () => {}, drop: () => {} };
  const folder = join(home, "plans");
  const here = hash(place).slice(0, 16);
  const taken = new Map<string, string>();
  const parse = (name: string): HandOver | null => {
    try {
      return JSON.parse(readFileSync(join(folder, name), "utf8")) as HandOver;
    } catch {
      return null; // gone, or torn by a kill: the same as never written
    }
  };
  const names = (prefix: string): readonly string[] => {
    try {
      return readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".json"));
    } catch {
      return [];
    }
  };
  const age = (name: string): number => {
    try {
      return now() - statSync(join(folder, name)).mtimeMs;
    } catch {
      return 0;
    }
  };
  const best = (key: string, of: Pick<Sought, "inputs" | "fresh">): HandOver | null => {
    const prefix = `${pool(key)}-${subject(of)}-`;
    const found = names(prefix).toSorted((a, b) => age(a) - age(b));
    const name = found.find((one) => one === `${prefix}${here}.json`) ?? found[0];
    if (name === undefined) return null;
    taken.set(key, name);
    return parse(name);
  };
  const file = (plan: HandOver): string =>
    `${pool(plan.key)}-${subject({ fresh: plan.fresh ?? false, inputs: plan.unknown ? BLIND : plan.inputs })}-${here}.json`;
  return {
    read: ({ key, fresh, inputs }) => best(key, { fresh, inputs }) ?? best(key, { fresh, inputs: BLIND }),
    write(plan) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of names("")) if (age(name) > KEPT_MS) rmSync(join(folder, name), { force: true });
      const name = file(plan);
      // A plan of this place whose inputs were still unknown is not the last one any more, nor the other way round.
      const other = file({ ...plan, unknown: !plan.unknown });
      if (!plan.unknown) rmSync(join(folder, other), { force: true });
      const path = join(folder, name);
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(plan), { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    },
    drop(key) {
      const ours = names(`${pool(key)}-`).filter((name) => name.endsWith(`-${here}.json`) || name === taken.get(key));
      for (const name of ours) rmSync(join(folder, name), { force: true });
    },
  };
};
