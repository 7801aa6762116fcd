import { snake } from "../provider/core/fields.ts";
import { faultedNames, faultedSystem } from "../provider/testing/faulted/faulted-runs.ts";
import { sharedBudget } from "../provider/testing/measured/shared-budget.ts";
import { atMost, type Row } from "./row.ts";

const people = 2000;

/** Resources of one program side by side before a vendor's exact limits, which they keep together at the default budget. */
export async function rows(): Promise<Row[]> {
  const all: Row[] = [];
  for (const folder of faultedNames()) {
    const { name, requests, selfInflicted, failed, ms } = await sharedBudget(await faultedSystem(folder), people);
    const [seconds, unit] = [Math.round(ms / 1000), "refused by a limit, of 8 resources side by side"];
    console.log(
      `      budget/${snake(name)}: ${requests} requests in ${seconds} s of the vendor's time, ${failed} steps failed`,
    );
    if (failed > 0) throw new Error(`budget/${snake(name)}: ${failed} steps failed`);
    all.push(atMost(`budget/${snake(name)}/self-inflicted`, selfInflicted, 0, `${unit}: ${requests} requests`));
  }
  return all;
}
