import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository, toolPath } from "../provider/testing/real/tool-path.ts";
import { atMost, median, type Row } from "./row.ts";

interface Start {
  /** Milliseconds of all its threads, until it printed. */
  readonly cpu: number;
  /** Its peak by then, in MB. */
  readonly rss: number;
}

/** Nanoseconds on a CPU, thread by thread: `stat` counts in steps of 10 ms. */
const cpuOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, ns) => sum + ns, 0) / 1e6;

const rssOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

const start = async (file: string, args: readonly string[]): Promise<Start> => {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (!/^\d+\n$/.test(String(printed))) throw new Error(`${file} did not start: ${printed}`);
  const seen = { cpu: cpuOf(child.pid ?? 0), rss: rssOf(child.pid ?? 0) };
  child.kill("SIGINT");
  await once(child, "exit");
  return seen;
};

/** From nothing to the port printed; against a Node of the same version that prints a number. */
export async function rows(): Promise<Row[]> {
  const node = join(repository(), "node_modules/.bin/node");
  const plugin = toolPath("plugin/pulumi-resource-seatwise", "build");
  const bare = () => start(node, ["-e", 'process.stdout.write("1\\n"); setInterval(() => {}, 1000)']);
  const provider = () => start(plugin, ["127.0.0.1:1"]);
  await provider(); // fills the cache of compiled code
  const pairs: { readonly ours: Start; readonly bare: Start }[] = [];
  for (let i = 0; i < 11; i++) pairs.push({ bare: await bare(), ours: await provider() });
  const ratio = median(pairs.map((pair) => pair.ours.cpu / pair.bare.cpu));
  const cpu = median(pairs.map(({ ours }) => ours.cpu));
  return [
    atMost("provider/start", ratio, 3, `x the CPU of a bare Node's start (ours: ${cpu.toFixed(0)} ms)`),
    atMost("provider/start-rss", median(pairs.map(({ ours }) => ours.rss)), 90, "MB at the port printed"),
  ];
}
