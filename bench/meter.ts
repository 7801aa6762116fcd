import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** CPU in milliseconds, by process: the CLI's own, and all providers of the run together. */
export interface Cost {
  readonly cli: number;
  readonly provider: number;
  /** How many of them started. */
  readonly providers: number;
  /** Of the largest provider process, in MB. */
  readonly rss: number;
  /** Of the CLI itself, in MB. */
  readonly cliRss: number;
  readonly wall: number;
}

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
const rssOf = (pid: number): number | null => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024 || null;
  } catch {
    return null;
  }
};

interface Running {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}
const watch = async (running: Running): Promise<{ readonly cpu: number; readonly rss: number }> => {
  let last = { cpu: 0, rss: 0 };
  for (let over = false; !over; ) {
    last = { cpu: cpuOf(running.pid) ?? last.cpu, rss: rssOf(running.pid) ?? last.rss };
    over = await Promise.race([running.ended.then(() => true), wait(10, false)]);
  }
  return last;
};

export interface Meter {
  /** For the CLI: every Node of the run reports. */
  readonly env: Readonly<Record<string, string>>;
  /** Fails unless the command ends with one of these codes. */
  measure(what: string, start: () => Running, codes?: readonly number[]): Promise<Cost>;
}

export const openMeter = (home: string): Meter => {
  writeFileSync(join(home, "meter.cjs"), meter);
  const costs = join(home, "cost");
  const told = (): readonly Told[] =>
    readdirSync(costs).map((name) => JSON.parse(readFileSync(join(costs, name), "utf8")) as Told);
  return {
    env: { NODE_OPTIONS: `--require ${join(home, "meter.cjs")}` },
    async measure(what, start, codes = [0]) {
      rmSync(costs, { recursive: true, force: true });
      mkdirSync(costs);
      const from = performance.now();
      const running = start();
      const { cpu, rss } = await watch(running);
      const ended = await running.ended;
      const wall = performance.now() - from;
      if (ended.code === null || !codes.includes(ended.code))
        throw new Error(`${what}: ${ended.code}\n${ended.stdout}${ended.stderr}`);
      const providers = told().filter(({ main }) => main.endsWith("/seatwise.cjs"));
      return {
        cli: cpu,
        cliRss: rss,
        provider: providers.reduce((sum, one) => sum + one.cpu, 0),
        providers: providers.length,
        rss: Math.max(0, ...providers.map((one) => one.rss)),
        wall,
      };
    },
  };
};

/** The least of some runs: what other processes do to caches and clock only ever adds. */
export const least = (costs: readonly Cost[]): Cost => {
  const of = (figure: keyof Cost): number => Math.min(...costs.map((cost) => cost[figure]));
  return {
    cli: of("cli"),
    cliRss: of("cliRss"),
    provider: of("provider"),
    providers: of("providers"),
    rss: of("rss"),
    wall: of("wall"),
  };
};
export const told = (what: string, { cli, provider, rss, wall }: Cost): void =>
  console.log(
    `      ${what.padEnd(20)} CLI ${cli.toFixed(0)} ms, provider ${provider.toFixed(0)} ms CPU, ${rss.toFixed(0)} MB, ${(wall / 1000).toFixed(1)} s`,
  );
