import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SeatStep } from "../core/connector.ts";
import type { JournalEntry } from "../core/resource.ts";
import { hash } from "./run-folder.ts";

interface Head {
  readonly v: 1;
  readonly key: string;
  readonly apply: string;
}

/**
 * A line before each write, so that after a kill the next run knows its own seats. One file per resource and
 * apply below SEATWISE_HOME/journal; dropped when the state holds the apply's id, which means that it has the outcome.
 */
export interface Journal {
  unconfirmed(key: string, confirmed: string | null): readonly JournalEntry[];
  /** The state (not only this process) holds the outcome of this apply and of all older ones: they are dropped. */
  confirm(key: string, confirmed: string): void;
  begin(key: string, apply: string): (entries: readonly JournalEntry[]) => void;
  /** The resource is gone: nothing of it need be remembered. */
  forget(key: string): void;
}

const lines = (path: string): readonly unknown[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return []; // the last line of a process that was killed while writing it: its write was never sent
      }
    });

/** An id in the record confirms itself and all older ones. */
const covers = (key: string, confirmed: string | null, name: string): boolean =>
  confirmed !== null && name <= `${hash(key)}-${confirmed}.jsonl`;

export const openJournal = (home: string | null): Journal => {
  if (home === null) return { unconfirmed: () => [], confirm: () => {}, begin: () => () => {}, forget: () => {} };
  const folder = join(home, "journal");
  const names = (key: string): readonly string[] => {
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith(`${hash(key)}-`))
        .sort(); // apply ids begin with their time
    } catch {
      return [];
    }
  };
  return {
    unconfirmed(key, confirmed) {
      return names(key)
        .filter((name) => !covers(key, confirmed, name))
        .flatMap((name) => {
          const [head, ...entries] = lines(join(folder, name)) as [Head | undefined, ...JournalEntry[]];
          return head?.v === 1 && head.key === key ? entries : [];
        });
    },
    confirm: (key, confirmed) => {
      for (const name of names(key)) if (covers(key, confirmed, name)) rmSync(join(folder, name), { force: true });
    },
    forget: (key) => {
      for (const name of names(key)) rmSync(join(folder, name), { force: true });
    },
    begin(key, apply) {
      const path = join(folder, `${hash(key)}-${apply}.jsonl`);
      let open = false;
      return (entries) => {
        if (!open) {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          writeFileSync(path, `${JSON.stringify({ v: 1, key, apply } satisfies Head)}\n`, { mode: 0o600 });
          open = true;
        }
        appendFileSync(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      };
    },
  };
};

export const entry = (
  of: Pick<JournalEntry, "person" | "license" | "ref">,
  step: SeatStep,
  apply: string,
  at: string,
): JournalEntry => ({ ...of, step, apply, at });
