import { readFileSync } from "node:fs";
import type { Parent } from "../engine/run-folder.ts";

/** When a process started: clock ticks since boot on Linux, else nothing (the pid alone must do). */
const startOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null; // the name may hold spaces and brackets
  } catch {
    return null;
  }
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

/** The engine process that started us. Our ppid changes within 0.1 s when it dies. */
export const parentOf = (pid: number = process.ppid): Parent => ({
  pid,
  started: startOf(pid) ?? "0",
  alive: () => process.ppid === pid,
  living: (other, started) => exists(other) && (startOf(other) ?? "0") === started,
});
