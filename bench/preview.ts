import { type Bench, type Declared, openBench } from "./cli.ts";
import { type Cost, least, told } from "./meter.ts";
import { atMost, type Row } from "./row.ts";
import { startSimulatorProcess } from "./simulator.ts";

const people = 100_000;
const sizes = [10, 10_000, 100_000];
const runs = Number(process.env.BENCH_RUNS ?? 3);

/** No look-up answers it, so that everybody is read whatever the size of the pool. */
const shape = (size: number, parts: Declared["parts"]): Declared => ({
  size,
  parts,
  when: `user.attributes.pools.contains("|${size}|")`,
  allotment: size,
});

/** Makes it so, then previews that change nothing. */
const noChange = async (bench: Bench, declared: Declared, what: string): Promise<Cost> => {
  await bench.declare(declared);
  await bench.run("up", ["--skip-preview"]);
  const costs: Cost[] = [];
  for (let i = 0; i < runs; i++) costs.push(await bench.run("preview", ["--expect-no-changes"]));
  const cost = least(costs);
  told(what, cost);
  return cost;
};

/**
 * Previews of one pool that change nothing, before one directory of 100,000 people. Reading it costs the same whatever the
 * pool's size, so it is taken off: what a preview of the rule alone costs the provider, less one of nothing.
 */
export async function rows(): Promise<Row[]> {
  const simulator = await startSimulatorProcess({ people, pools: sizes });
  const bench = await openBench(simulator.url);
  try {
    const empty = await noChange(bench, shape(10, "nothing"), "nothing");
    const rule = await noChange(bench, shape(10, "rule"), "a rule");
    const reading = rule.provider - empty.provider;
    const own: number[] = [];
    for (const size of sizes) {
      const { cli, provider } = await noChange(bench, shape(size, "pool"), `a pool of ${size}`);
      own.push(cli + provider - reading);
    }
    const [ten = Number.NaN, tenThousand = Number.NaN, all = Number.NaN] = own;
    return [
      atMost("pulumi/preview-10k-vs-10", tenThousand / ten, 1.5, "x the CPU of a pool of 10"),
      atMost("pulumi/preview-100k-vs-10", all / ten, 3, "x the CPU of a pool of 10"),
    ];
  } finally {
    await bench.stop();
    await simulator.stop();
  }
}
