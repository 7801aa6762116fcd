import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedSeat } from "../core/resource.ts";
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
  /** Every plan of this resource that is waiting for its apply. */
  all(key: string): readonly HandOver[];
  /** Seats that the removal of a resource must keep, as planned by one walk. */
  spare(key: string, walk: string, seats: readonly NamedSeat[]): void;
  spared(key: string, walk: string): readonly NamedSeat[];
}

/** A plan older than this was never applied: the folder must not grow for ever. */
const KEPT_MS = 30 * 86_400_000;

const pool = (key: string): string => hash(key).slice(0, 16);
const subject = (of: Pick<Sought, "inputs" | "fresh">): string => hash(`${of.fresh} ${of.inputs}`).slice(0, 16);
const BLIND = "unknown-inputs";

export const openPlanFolder = (home: string | null, place: string, now: () => number): PlanFolder => {
  if (home === null)
    return { read: () => null, write: () => {}, drop: () => {}, all: () => [], spare: () => {}, spared: () => [] };
  const folder = join(home, "plans");
  const here = hash(place).slice(0, 16);
  const taken = new Map<string, string>();
  const parse = <T = HandOver>(name: string): T | null => {
    try {
      return JSON.parse(readFileSync(join(folder, name), "utf8")) as T; // our own text
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
  const spareFile = (key: string, walk: string): string => `spare-${hash(`${key} ${walk}`)}.json`;
  const put = (name: string, content: unknown): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${name}.${process.pid}`);
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
    renameSync(temporary, join(folder, name));
  };
  return {
    read: ({ key, fresh, inputs }) => best(key, { fresh, inputs }) ?? best(key, { fresh, inputs: BLIND }),
    write(plan) {
      for (const name of names("")) if (age(name) > KEPT_MS) rmSync(join(folder, name), { force: true });
      // A plan of this place whose inputs were still unknown is not the last one any more.
      if (!plan.unknown) rmSync(join(folder, file({ ...plan, unknown: true })), { force: true });
      put(file(plan), plan);
    },
    drop(key) {
      const ours = names(`${pool(key)}-`).filter((name) => name.endsWith(`-${here}.json`) || name === taken.get(key));
      for (const name of ours) rmSync(join(folder, name), { force: true });
    },
    all: (key) => names(`${pool(key)}-`).flatMap((name) => parse(name) ?? []),
    spare: (key, walk, seats) => put(spareFile(key, walk), seats),
    spared: (key, walk) => parse<readonly NamedSeat[]>(spareFile(key, walk)) ?? [],
  };
};
