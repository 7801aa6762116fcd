import type { HclogLine } from "./hclog.ts";

/** The process as cmd sees it: no front end reads it by itself. `cmd/plugin-surroundings.ts` makes one. */
export interface Surroundings {
  readonly pid: number;
  readonly platform: string;
  /** Folder for a socket's folder. */
  readonly temporary: string;
  readonly env: (name: string) => string | undefined;
  /** A line to stdout: the first one is read by Terraform. */
  readonly print: (line: string) => void;
  /** A line of Terraform's log. Must not throw, nor fail later: stderr may be gone. */
  readonly log: (line: HclogLine) => void;
  /** Who started us, asked again and again. */
  readonly parent: () => number;
  readonly on: (event: ProcessEvent, act: (reason: unknown) => void) => void;
  readonly exit: (code: number) => void;
}
export type ProcessEvent = "SIGINT" | "SIGTERM" | "unhandledRejection" | "uncaughtException" | "exit";
