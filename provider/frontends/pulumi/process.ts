import type { Serving } from "./server.ts";

/** The process as cmd sees it: no front end reads it by itself. */
export interface Surroundings {
  /** Who started us, asked again and again. */
  readonly parent: () => number;
  readonly on: (signal: "SIGINT" | "SIGTERM", act: () => void) => void;
  readonly exit: (code: number) => void;
}

/** The engine waits 5 s after its SIGINT and adds them to every command: whoever has not ended within this is ended. */
const GRACE_MS = 800;
const PARENT_MS = 1000;

/**
 * Ends the process when the engine says so, and when the engine is gone: a killed CLI leaves its plugins behind, and they would go
 * on writing for nobody. What is being written gets a moment to come to its end and be told; no further write is begun.
 */
export const endWithEngine = (serving: Pick<Serving, "cancel" | "drain">, { parent, on, exit }: Surroundings): void => {
  let ending = false;
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    serving.cancel();
    await serving.drain(GRACE_MS);
    exit(code);
  };
  on("SIGINT", () => void end(0));
  on("SIGTERM", () => void end(0));
  const first = parent();
  setInterval(() => {
    if (parent() !== first) void end(1);
  }, PARENT_MS).unref();
};
