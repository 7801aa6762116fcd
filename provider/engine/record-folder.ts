import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "./run-folder.ts";

/**
 * The record that a resource had before an apply, in SEATWISE_HOME/records (0600): Terraform wipes private state where the
 * provider is killed in an update, and with it whose seats are whose. Dropped once a state shows a record again.
 */
export interface RecordFolder {
  read(key: string): string | null;
  keep(key: string, record: string): void;
  drop(key: string): void;
}

export const openRecordFolder = (home: string | null): RecordFolder => {
  if (home === null) return { read: () => null, keep: () => {}, drop: () => {} };
  const folder = join(home, "records");
  const file = (key: string): string => join(folder, hash(key));
  return {
    read(key) {
      try {
        return readFileSync(file(key), "utf8");
      } catch {
        return null;
      }
    },
    keep(key, record) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = `${file(key)}.${process.pid}`;
      writeFileSync(temporary, record, { mode: 0o600 });
      renameSync(temporary, file(key));
    },
    drop: (key) => rmSync(file(key), { force: true }),
  };
};
