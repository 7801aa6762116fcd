import { foldersWith } from "../provider/testing/measured/fixtures.ts";
import { leastRequests, type Ours } from "../provider/testing/measured/least-requests.ts";
import type { Row } from "./row.ts";

const people = 10_000;

const time = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
};
const row = (name: string, ours: Ours): Row => {
  const calls = ours.calls === ours.requests ? "" : ` in ${ours.calls} calls`;
  const text = `requests${calls}; the least is ${ours.least.requests}. ${time(ours.ms)} of the vendor's ${time(ours.least.ms)}`;
  console.log(`      ${name}: ${ours.kinds}${ours.refused > 0 ? `; ${ours.refused} refused by a limit` : ""}`);
  const limit = Math.floor(ours.least.requests * 1.1);
  return { name: `minimum/${name}`, value: ours.requests, limit, ok: ours.requests <= limit, unit: text };
};

/** What 10,000 seats take, beside the least that the vendor's API and limits allow; in this process, on a virtual clock. */
export async function rows(): Promise<Row[]> {
  const all: Row[] = [];
  for (const folder of foldersWith("measured"))
    for (const { name, assign, refresh, alone } of await leastRequests(folder, people)) {
      all.push(row(`${name}/assign-10k`, assign), row(`${name}/refresh-10k`, refresh));
      console.log(
        `      ${name}: a refresh that has not read the directory: ${alone.requests} requests (${alone.kinds})`,
      );
    }
  return all;
}
