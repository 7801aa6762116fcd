import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { Problem } from "../../core/problem.ts";

export interface ServerCommand {
  /** For messages. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the server can be used. */
  readonly ready: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs: number;
}

export interface RunningServer {
  readonly pid: number;
  /** The end of what the server printed. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * A test run that is killed leaves no server behind: within a second this shell sees that its parent is gone, and ends
 * its whole group, since Keycloak's script runs Java as a child while it starts.
 */
const untilParentIsGone = `
"$@" &
server=$!
(while kill -0 "$PPID" 2>/dev/null; do sleep 1; done; kill -9 "-$$") >/dev/null 2>&1 &
watch=$!
trap 'kill -9 "$server" "$watch" 2>/dev/null; exit 0' TERM INT
wait "$server"; code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

/** Ports free a moment ago, each another: for servers that cannot choose one themselves. */
export const freePorts = async (count: number): Promise<number[]> => {
  const held = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = held.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

export const startServer = async (command: ServerCommand): Promise<RunningServer> => {
  const child = spawn("/bin/sh", ["-c", untilParentIsGone, "sh", command.file, ...command.args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, JAVA_HOME: process.env.JAVA_HOME, ...command.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that stop() reaches what the server itself started
  });
  let log = "";
  const keep = (text: string) => {
    log = (log + text).slice(-20_000);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    endGroup(child);
    await ended;
  };
  try {
    await untilReady(command, child);
  } catch (error) {
    await stop();
    throw new Problem("unreachable", `${command.name} did not start: ${String(error)}\n${log.slice(-2_000)}`, {
      hint: "See its last words above.",
    });
  }
  return { pid: child.pid ?? 0, log: () => log, stop };
};

const untilReady = async (command: ServerCommand, child: ChildProcess): Promise<void> => {
  const deadline = Date.now() + command.withinMs;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(command.ready, {
      headers: command.headers ?? {},
      signal: AbortSignal.timeout(5_000),
    }).catch(() => null);
    await answer?.arrayBuffer().catch(() => null); // a body that is not read holds its connection
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`it was not ready after ${command.withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** Not gently: what these servers keep is temporary. */
const endGroup = (child: ChildProcess): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone in this moment.
  }
};
