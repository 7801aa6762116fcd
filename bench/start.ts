import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "../provider/frontends/terraform/certificate.ts";
import { repository, toolPath } from "../provider/testing/real/tool-path.ts";
import { asTerraform } from "../provider/testing/terraform-plugin.ts";
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

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints when it can be used. */
  readonly says: RegExp;
}

const start = async ({ file, args, env = {}, says }: Program): Promise<Start> => {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const [printed] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (!says.test(String(printed))) throw new Error(`${file} did not start: ${printed}`);
  const seen = { cpu: cpuOf(child.pid ?? 0), rss: rssOf(child.pid ?? 0) };
  child.kill("SIGTERM");
  await once(child, "exit");
  return seen;
};

/** A Node of the same version that prints a number and waits. */
const bare = (): Program => ({
  file: join(repository(), "node_modules/.bin/node"),
  args: ["-e", 'process.stdout.write("1\\n"); setInterval(() => {}, 1000)'],
  says: /^1\n$/,
});
const pulumi = (): Program => ({
  file: toolPath("plugin/pulumi-resource-seatwise", "build"),
  args: ["127.0.0.1:1"],
  says: /^\d+\n$/,
});
/** As Terraform starts it: with a certificate of its own, so that ours is made too. */
const terraform = (): Program => ({
  file: toolPath("terraform/terraform-provider-seatwise", "build"),
  args: [],
  env: { ...asTerraform, PLUGIN_CLIENT_CERT: selfSigned(new Date()).pem },
  says: /^1[|]6[|]unix[|]\S+[|]grpc[|]\S{300,}\n$/,
});

interface Compared {
  /** Times the CPU of a bare start. */
  readonly ratio: number;
  readonly cpu: number;
  readonly rss: number;
}
const compare = async (program: Program): Promise<Compared> => {
  await start(program); // fills the cache of compiled code
  const pairs: { readonly ours: Start; readonly bare: Start }[] = [];
  for (let i = 0; i < 11; i++) pairs.push({ bare: await start(bare()), ours: await start(program) });
  return {
    ratio: median(pairs.map((pair) => pair.ours.cpu / pair.bare.cpu)),
    cpu: median(pairs.map(({ ours }) => ours.cpu)),
    rss: median(pairs.map(({ ours }) => ours.rss)),
  };
};

const unit = ({ cpu }: Compared): string => `x the CPU of a bare Node's start (ours: ${cpu.toFixed(0)} ms)`;

/** From nothing to the port or the handshake line printed. */
export async function rows(): Promise<Row[]> {
  const [provider, plugin] = [await compare(pulumi()), await compare(terraform())];
  return [
    atMost("provider/start", provider.ratio, 3, unit(provider)),
    atMost("provider/start-rss", provider.rss, 90, "MB at the port printed"),
    atMost("terraform/start-vs-node", plugin.ratio, 3, unit(plugin)),
    atMost("terraform/start-rss", plugin.rss, 90, "MB at the handshake"),
  ];
}
