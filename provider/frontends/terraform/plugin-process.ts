import type { Running } from "./running.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Ending {
  readonly running: Running;
  /** Stops between writes. */
  readonly cancel: () => void;
  /** Takes the socket away. */
  readonly close: () => void;
}

/** Terraform kills 2 s after Shutdown and SIGTERM is followed by SIGKILL: what runs gets a moment below that. */
const GRACE_MS = 1500;
/** With Terraform gone nobody hurries us: the write that is out there is told in the journal, when its answer is here. */
const ORPHAN_MS = 30_000;
const PARENT_MS = 1000;

const told = (reason: unknown): string => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
/** Someone does not read any more. That alone is no bug. */
const unread = (reason: unknown): boolean => reason instanceof Error && "code" in reason && reason.code === "EPIPE";

/**
 * Ends the process when Terraform says so, and when Terraform is gone. Ctrl-C reaches us too, since we are in its process group: Terraform
 * then calls StopProvider, waits for the apply to save what was done, and ends us itself, so the signal must change nothing.
 */
export const endWithTerraform = (
  { running, cancel, close }: Ending,
  surroundings: Surroundings,
  { reattach, redact }: { readonly reattach: boolean; readonly redact: (text: string) => string },
): (() => void) => {
  const { on, onUnread, exit, log, parent } = surroundings;
  let ending = false;
  const end = async (code: number, grace: number): Promise<void> => {
    if (ending) return;
    ending = true;
    cancel();
    await running.idle(grace);
    close();
    exit(code);
  };
  const bug = (reason: unknown): void => {
    if (!unread(reason)) log({ level: "error", text: `A bug in Seatwise, please report it: ${redact(told(reason))}` });
  };
  on("unhandledRejection", bug); // said aloud, but no reason to leave an apply half-way
  on("uncaughtException", bug);
  on("exit", close);
  on("SIGTERM", () => void end(0, GRACE_MS));
  on("SIGINT", () => {
    if (reattach) void end(0, GRACE_MS);
  });
  // Whoever debugs may have started us in the background of a shell that is gone.
  if (!reattach) {
    const first = parent();
    const orphaned = (): void => void end(1, ORPHAN_MS);
    setInterval(() => {
      if (parent() !== first) orphaned();
    }, PARENT_MS).unref();
    onUnread(orphaned); // it was killed before we looked who it is
  }
  return () => void end(0, GRACE_MS);
};
