import { type Cost, least, told } from "./meter.ts";
import { atMost, type Row } from "./row.ts";
import { startSimulatorProcess } from "./simulator.ts";
import { openTerraformBench, type PoolShape, type TerraformBench } from "./terraform-stand.ts";

const people = 100_000;
const sizes = [10, 10_000, 100_000];
const runs = Number(process.env.BENCH_RUNS ?? 3);

/** No look-up answers it, so that everybody is read whatever the size of the pool. */
const poolOf = (size: number): PoolShape => ({
  name: `pool-${size}`,
  group: `seats-${size}`,
  when: `user.attributes.pools.contains("|${size}|")`,
  allotment: size,
});

/** Makes it so, then plans that change nothing. */
const noChange = async (bench: TerraformBench, pools: readonly PoolShape[], what: string): Promise<Cost> => {
  await bench.declare(pools);
  await bench.apply();
  const costs: Cost[] = [];
  for (let i = 0; i < runs; i++) costs.push(await bench.plan(0));
  const cost = least(costs);
  told(what, cost);
  console.log(
    `      ${"".padEnd(20)} ${cost.providers} starts of the provider, terraform itself ${cost.cliRss.toFixed(0)} MB`,
  );
  return cost;
};

/** As for Pulumi: reading the directory costs the same whatever the pool's size, so it is taken off. */
const growth = async (): Promise<Row[]> => {
  const simulator = await startSimulatorProcess({ people, pools: sizes });
  const bench = await openTerraformBench({ url: simulator.url });
  try {
    const rule = await noChange(bench, [{ ...poolOf(10), ruleOnly: true }], "a rule");
    const small = await noChange(
      bench,
      [{ ...poolOf(10), ruleOnly: true, when: '"nobody" in user.groups' }],
      "a rule of nobody",
    );
    const reading = rule.provider - small.provider;
    const costs: Cost[] = [];
    for (const size of sizes) costs.push(await noChange(bench, [poolOf(size)], `a pool of ${size}`));
    const own = costs.map(({ cli, provider }) => cli + provider - reading);
    const [ten = Number.NaN, tenThousand = Number.NaN, all = Number.NaN] = own;
    return [
      atMost("terraform/plan-10k-vs-10", tenThousand / ten, 1.5, "x the CPU of a pool of 10"),
      atMost("terraform/plan-100k-vs-10", all / ten, 3, "x the CPU of a pool of 10"),
      atMost("terraform/rss-100k", costs.at(-1)?.cliRss ?? Number.NaN, 150, "MB of terraform itself"),
    ];
  } finally {
    await bench.stop();
    await simulator.stop();
  }
};

/** A small company (a list of one seat is proved whole by asking for it again): what a plan costs that has nothing to do, and what 50 pools read. */
const small = async (): Promise<Row[]> => {
  const groups = Array.from({ length: 50 }, (_, i) => i + 2);
  const simulator = await startSimulatorProcess({ people: 200, pools: groups });
  const bench = await openTerraformBench({ url: simulator.url });
  try {
    const none = await noChange(bench, [], "no provider");
    const one = await noChange(bench, [poolOf(10)], "one pool of 10");
    const start = one.provider / one.providers;
    const starts = (one.cli + one.provider - none.cli) / start;
    await noChange(bench, groups.map(poolOf), "50 pools");
    await simulator.reset();
    await bench.plan(0);
    const reads = (await simulator.log()).filter(
      ({ method, path }) => method === "GET" && /\/acme\/users(\?|$)/.test(path),
    );
    const lists = (await simulator.log()).filter(({ method, path }) => method === "GET" && /\/members/.test(path));
    console.log(`      50 pools: ${reads.length} reads of people, ${lists.length} of seats`);
    const twice = lists.length - new Set(lists.map(({ path }) => path)).size;
    return [
      atMost(
        "terraform/no-change-plan",
        starts,
        4,
        `x a start of the provider (${start.toFixed(0)} ms), beyond a plan without one`,
      ),
      atMost("requests/50-pools-one-directory", reads.length, 1, "reads of the directory in a plan of 50 pools"),
      atMost("requests/50-pools-lists-twice", twice, 0, "seat lists read more than once"),
    ];
  } finally {
    await bench.stop();
    await simulator.stop();
  }
};

export async function rows(): Promise<Row[]> {
  return [...(await small()), ...(await growth())];
}
