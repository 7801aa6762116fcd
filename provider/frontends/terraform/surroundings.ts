import { tmpdir } from "node:os";
import { type HclogLine, hclog } from "./hclog.ts";

/** The process as cmd gives it: no front end reaches for it by itself. */
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
  /** Nobody reads what we print: Terraform drains it as long as it lives. */
  readonly onUnread: (act: () => void) => void;
  readonly exit: (code: number) => void;
}
export type ProcessEvent = "SIGINT" | "SIGTERM" | "unhandledRejection" | "uncaughtException" | "exit";

/** Terraform's pipes close when it is killed: what is written then is for nobody, and no reason to stop a write at a vendor. */
const neverFails = (stream: NodeJS.WriteStream): void => {
  stream.on("error", () => {});
};

export const surroundingsOf = (own: NodeJS.Process): Surroundings => {
  neverFails(own.stdout);
  neverFails(own.stderr);
  return {
    pid: own.pid,
    platform: own.platform,
    temporary: tmpdir(),
    env: (name) => own.env[name],
    print: (line) => own.stdout.write(`${line}\n`),
    log: (line) => own.stderr.write(`${hclog(line, new Date())}\n`),
    parent: () => own.ppid,
    on: (event, act) => own.on(event, act),
    onUnread: (act) => own.stdout.on("error", act),
    exit: (code) => own.exit(code),
  };
};
