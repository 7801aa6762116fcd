import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Surroundings {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  whenCancelled(stop: () => void): void;
}

/** The programs that run now: none of them may outlive this process. */
export class Programs {
  readonly #running = new Set<ChildProcess>();

  run(executor: { module: string; from: string }, flags: readonly string[], around: Surroundings): Promise<Ended> {
    // The program's own SDK, not ours: both must share one copy of its settings.
    const module = createRequire(join(executor.from, "package.json")).resolve(executor.module);
    const child = spawn(process.execPath, [module, ...flags], {
      cwd: around.directory,
      env: { ...process.env, ...around.environment },
      stdio: ["ignore", "inherit", "inherit"], // the engine shows what comes out of this process
    });
    this.#running.add(child);
    around.whenCancelled(() => child.kill("SIGKILL"));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        this.#running.delete(child);
        resolve({ code, signal });
      });
    });
  }

  /** At once: a program has nothing to save, what it declared is the engine's. */
  stop(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }
}
