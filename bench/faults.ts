import { spawn } from "node:child_process";
import { snake } from "../provider/core/fields.ts";
import {
  faultedNames,
  faultedRuns,
  faultedSystem,
  faultRate,
  leastShare,
  type Tally,
} from "../provider/testing/faulted/faulted-runs.ts";
import { atLeast, atMost, type Row } from "./row.ts";

const runs = Number(process.env.BENCH_FAULT_RUNS ?? 10_000);

/** In a process of its own: its answer is the tally, one line of JSON. */
export const playFaults = async (folder: string): Promise<void> => {
  console.log(JSON.stringify(await faultedRuns(await faultedSystem(folder), { runs })));
};
const played = (folder: string): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [process.argv[1] ?? "", "faults-of", folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(text) as Tally) : reject(new Error(`faults of ${folder}: ended with ${code}`)),
    );
  });

const rowsOf = (tally: Tally, seconds: number): Row[] => {
  const name = `faults/${snake(tally.name)}`;
  const sum = Object.values(tally.injected).reduce((total, n) => total + n, 0);
  const parts = Object.entries(tally.injected).map(([kind, n]) => `${kind} ${n}`);
  console.log(`      ${name}: ${sum} faults in ${tally.requests} requests (${parts.join(", ")})`);
  console.log(`      ${seconds} s; ${tally.failures} steps and ${tally.refused} runs failed and said so`);
  for (const words of tally.words) console.log(`      ${words}`);
  return [
    atLeast(
      `${name}/runs`,
      tally.runs,
      10_000,
      `tiny worlds; 1 request in ${1 / faultRate} fails, of writes and later pages twice as many`,
    ),
    atMost(`${name}/duplicates`, tally.duplicates, 0, "second seats, invitations or purchases for one person"),
    atMost(`${name}/lost`, tally.lost, 0, "people not as declared when a plan was empty"),
    atMost(`${name}/above`, tally.above, 0, "seats given above the allotment"),
    atMost(`${name}/early`, tally.early, 0, "calls before Retry-After had passed"),
    atMost(`${name}/untrue`, tally.untrue, 0, "outcomes that the vendor's truth did not bear out"),
    atMost(`${name}/bugs`, tally.bugs, 0, "plans or applies that ended in an error of ours"),
    atMost(`${name}/amplification`, tally.amplification, 1.25, "x the requests of the same run without faults"),
    atLeast(`${name}/least-share`, leastShare(tally) * 100, 5, "% of all faults are of the rarest kind"),
  ];
};

/** Every connector that has a tiny world, two at a time: each in one process, on a virtual clock. */
export async function rows(): Promise<Row[]> {
  const found = new Map<string, Row[]>();
  const names = faultedNames();
  const waiting = [...names];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const began = performance.now();
      const tally = await played(name);
      found.set(name, rowsOf(tally, Math.round((performance.now() - began) / 1000)));
    }
  };
  await Promise.all([work(), work()]);
  return names.flatMap((name) => found.get(name) ?? []);
}
