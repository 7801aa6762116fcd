import type { ChildProcess } from "node:child_process";

export interface Exit {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command printed and how it ended. */
export const watch = (child: ChildProcess, onOutput?: (text: string) => void): Promise<Exit> => {
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      printed[stream] += text;
      onOutput?.(text);
    });
  return new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    // Not "close": after a SIGKILL a provider that lives on holds the pipes open.
    child.once("exit", async (code, signal) => {
      if (signal === null) await outputEnd(child);
      resolve({ code, signal, ...printed });
    });
  });
};

const outputEnd = (child: ChildProcess): Promise<unknown> =>
  Promise.all(
    [child.stdout, child.stderr].map((stream) =>
      stream === null || stream.readableEnded ? undefined : new Promise((resolve) => stream.once("close", resolve)),
    ),
  );

/** Fails by the test's own limit. */
export const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 50));
};

export const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
