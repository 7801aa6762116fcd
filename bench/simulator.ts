import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type CompanyPerson, realmOf } from "../provider/connectors/keycloak/seed.ts";
import { startKeycloakSimulator } from "../provider/connectors/keycloak/simulator.ts";

/** A company that one process serves: whoever holds the first `seats` places of the directory holds a seat. */
export interface CompanyShape {
  readonly people: number;
  /** Seat groups `seats-N`, with N members each, and for each a group of `team-N` that claims the same people. */
  readonly pools: readonly number[];
}
export const secret = "bench-client-secret";

const person =
  ({ pools }: CompanyShape) =>
  (_: unknown, i: number): CompanyPerson => {
    const number = String(i).padStart(6, "0");
    return {
      login: `person-${number}`,
      email: `person-${number}@acme.test`,
      firstName: "Ada",
      lastName: `Person ${i}`,
      attributes: {
        pools: `|${pools.filter((size) => i < size).join("|")}|`,
        department: ["Engineering", "Sales", "Finance", "Support"][i % 4] ?? "",
      },
      groups: pools.filter((size) => i < size).flatMap((size) => [`seats-${size}`, `team-${size}`]),
    };
  };

/** Runs in a process of its own, so that its CPU is in nobody's figure. One command a line on stdin, one answer each. */
export const serveSimulator = async (shape: CompanyShape): Promise<void> => {
  const groups = shape.pools.flatMap((size) => [{ name: `seats-${size}` }, { name: `team-${size}` }]);
  const people = Array.from({ length: shape.people }, person(shape));
  const simulator = await startKeycloakSimulator({ realms: [realmOf({ people, groups }, { clientSecret: secret })] });
  console.log(simulator.url);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "reset") simulator.resetLog();
    console.log(JSON.stringify(simulator.log.map(({ method, path, status }) => ({ method, path, status }))));
  }
  await simulator.stop();
  if (simulator.bugs.length > 0) throw simulator.bugs[0];
};

export interface Served {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}
export interface SimulatorProcess {
  readonly url: string;
  /** What came since the last reset. */
  log(): Promise<readonly Served[]>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export const startSimulatorProcess = async (shape: CompanyShape): Promise<SimulatorProcess> => {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "simulator", JSON.stringify(shape)], {
    stdio: ["pipe", "pipe", "inherit"], // it ends when our end of its stdin closes, so also when we are killed
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the simulator's process ended with ${child.exitCode ?? child.signalCode}`);
    return value;
  };
  const ask = (command: string): Promise<string> => {
    child.stdin.write(`${command}\n`);
    return next();
  };
  return {
    url: await next(),
    log: async () => JSON.parse(await ask("log")) as Served[],
    reset: async () => void (await ask("reset")),
    stop: async () => {
      const ended = new Promise<void>((resolve, reject) =>
        child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the simulator ended with ${code}`)))),
      );
      child.stdin.end();
      await ended;
    },
  };
};
