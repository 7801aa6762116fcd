import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The engine process (pulumi, terraform) that started us, as cmd found it. */
export interface Parent {
  readonly pid: number;
  /** When it started, in whatever form the system tells it: guards against a reused pid. */
  readonly started: string;
  /** Is it still the parent of this process? Checked before each write. */
  alive(): boolean;
  /** Is that process (of an older run) still there? */
  living(pid: number, started: string): boolean;
}

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/**
 * What the processes of one engine run tell each other, in files below SEATWISE_HOME/runs/<pid>-<start>/
 * (0600): a preview's approved steps for the update that follows, records read in this run, who checked
 * what. Entries are bound to the engine process: nobody else's are ever seen.
 */
export interface RunFolder {
  read<T>(kind: string, key: string): T | null;
  write(kind: string, key: string, value: unknown): void;
  drop(kind: string, key: string): void;
  all<T>(kind: string): readonly T[];
}

const clean = (runs: string, parent: Parent): void => {
  let names: string[] = [];
  try {
    names = readdirSync(runs);
  } catch {
    return; // nothing there yet
  }
  for (const name of names) {
    const [pid, ...started] = name.split("-");
    if (!parent.living(Number(pid), started.join("-"))) rmSync(join(runs, name), { recursive: true, force: true });
  }
};

const memory = (): RunFolder => {
  const entries = new Map<string, Map<string, string>>();
  const of = (kind: string): Map<string, string> => {
    const found = entries.get(kind) ?? new Map<string, string>();
    entries.set(kind, found);
    return found;
  };
  return {
    read: <T>(kind: string, key: string) => JSON.parse(of(kind).get(key) ?? "null") as T | null,
    write: (kind, key, value) => void of(kind).set(key, JSON.stringify(value)),
    drop: (kind, key) => void of(kind).delete(key),
    all: <T>(kind: string) => [...of(kind).values()].map((text) => JSON.parse(text) as T),
  };
};

/** `home` null: nothing is kept (tests, a home that cannot be written); plans are then made anew at apply. */
export const openRunFolder = (home: string | null, parent: Parent): RunFolder => {
  if (home === null) return memory();
  const runs = join(home, "runs");
  const folder = join(runs, `${parent.pid}-${parent.started}`);
  let made = false;
  const file = (kind: string, key: string): string => join(folder, `${kind}-${hash(key)}.json`);
  const parse = <T>(path: string): T | null => {
    try {
      return JSON.parse(readFileSync(path, "utf8")) as T;
    } catch {
      return null; // absent, or torn by a kill: the same as never written
    }
  };
  return {
    read: (kind, key) => parse(file(kind, key)),
    write(kind, key, value) {
      if (!made) {
        clean(runs, parent);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        made = true;
      }
      const path = file(kind, key);
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    },
    drop: (kind, key) => rmSync(file(kind, key), { force: true }),
    all<T>(kind: string): readonly T[] {
      try {
        return readdirSync(folder)
          .filter((name) => name.startsWith(`${kind}-`) && name.endsWith(".json"))
          .flatMap((name) => parse<T>(join(folder, name)) ?? []);
      } catch {
        return [];
      }
    },
  };
};
