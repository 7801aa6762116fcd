import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pulumiCli, type Running } from "../provider/testing/real/pulumi-cli.ts";
import { writeProject } from "../provider/testing/real/pulumi-project.ts";
import { repository } from "../provider/testing/real/tool-path.ts";
import { secret } from "./simulator.ts";

/** CPU in milliseconds, by process: the CLI's own, and all providers of the run together. */
export interface Cost {
  readonly cli: number;
  readonly provider: number;
  /** Of the largest provider process, in MB. */
  readonly rss: number;
  readonly wall: number;
}

/** What the program declares: one pool, or only its rule. */
export interface Declared {
  readonly size: number;
  readonly when: string;
  readonly parts: "nothing" | "rule" | "pool";
  readonly allotment: number;
}

const program = `
import { readFileSync } from "node:fs";
import * as seatwise from "@seatwise/pulumi";
const { url, secret, size, when, parts, allotment } = JSON.parse(readFileSync(new URL("./shape.json", import.meta.url), "utf8"));
const provider = new seatwise.Provider("sw", {
  directory: "people",
  connections: { people: { keycloak: { baseUrl: url, realm: "acme", clientSecret: secret } } },
});
if (parts !== "nothing") {
  const rule = new seatwise.AssignmentRule("rule-" + size, { when }, { provider });
  if (parts === "pool") {
    const license = new seatwise.License("license-" + size, { connection: "people", sku: "group:seats-" + size }, { provider });
    new seatwise.SeatPool("pool-" + size, { license: license.ref, allotment, ownership: "adopt", rules: [{ claim: rule.claim }] }, { provider });
  }
}
`;

/** Loaded into every Node of the run: at its end a process says what it took. */
const meter = `
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeFileSync(
    require("node:path").join(__dirname, "cost", String(process.pid)),
    JSON.stringify({ main: process.argv[1] ?? "", cpu: (user + system) / 1000, rss: process.resourceUsage().maxRSS / 1024 }),
  );
});
`;
interface Told {
  readonly main: string;
  readonly cpu: number;
  readonly rss: number;
}

/** CPU of a process that runs, in milliseconds, as the kernel counts it: in steps of 10. */
const cpuOf = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
};
const watch = async (running: Running): Promise<number> => {
  let last = 0;
  for (let over = false; !over; ) {
    last = cpuOf(running.pid) ?? last;
    over = await Promise.race([running.ended.then(() => true), wait(10, false)]);
  }
  return last;
};

export interface Bench {
  declare(shape: Declared): Promise<void>;
  /** Fails unless it exits with 0. */
  run(command: "preview" | "up" | "refresh", args?: readonly string[]): Promise<Cost>;
  stop(): Promise<void>;
}

/** The real CLI and the spawned plugin, metered. */
export const openBench = async (url: string): Promise<Bench> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-bench-"));
  const project = join(home, "project");
  await writeProject(project, {
    name: "bench",
    program,
    plugins: { seatwise: join(repository(), "build/plugin") },
  });
  writeFileSync(join(home, "meter.cjs"), meter);
  const costs = join(home, "cost");
  const cli = pulumiCli({
    cwd: project,
    home: join(home, "cli"),
    events: false,
    env: { NODE_OPTIONS: `--require ${join(home, "meter.cjs")}` },
  });
  await cli.init();
  const told = (): readonly Told[] =>
    readdirSync(costs).map((name) => JSON.parse(readFileSync(join(costs, name), "utf8")) as Told);
  return {
    declare: (shape) => writeFile(join(project, "shape.json"), JSON.stringify({ url, secret, ...shape })),
    async run(command, args = []) {
      rmSync(costs, { recursive: true, force: true });
      mkdirSync(costs);
      const from = performance.now();
      const running = cli.start(command, { args: ["--suppress-outputs", ...args] });
      const cpu = await watch(running);
      const ended = await running.ended;
      const wall = performance.now() - from;
      if (ended.code !== 0) throw new Error(`pulumi ${command}: ${ended.code}\n${ended.stdout}${ended.stderr}`);
      const providers = told().filter(({ main }) => main.endsWith("/seatwise.cjs"));
      if (providers.length === 0) throw new Error("no provider said what it took");
      return {
        cli: cpu,
        provider: providers.reduce((sum, one) => sum + one.cpu, 0),
        rss: Math.max(...providers.map((one) => one.rss)),
        wall,
      };
    },
    stop: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
};
