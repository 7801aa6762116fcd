import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../provider/testing/real/tool-path.ts";
import * as budget from "./budget.ts";
import * as faults from "./faults.ts";
import * as firstApply from "./first-apply.ts";
import * as least from "./least.ts";
import * as planner from "./planner.ts";
import * as preview from "./preview.ts";
import * as requests from "./requests.ts";
import type { Row } from "./row.ts";
import * as rules from "./rules.ts";
import { type CompanyShape, serveSimulator } from "./simulator.ts";
import * as start from "./start.ts";
import * as terraform from "./terraform.ts";

const parts: readonly { readonly name: string; readonly rows: () => Promise<readonly Row[]> }[] = [
  { name: "rules", rows: rules.rows },
  { name: "planner", rows: planner.rows },
  { name: "start", rows: start.rows },
  { name: "faults", rows: faults.rows },
  { name: "budget", rows: budget.rows },
  { name: "minimum", rows: least.rows },
  { name: "requests", rows: requests.rows },
  { name: "preview", rows: preview.rows },
  { name: "terraform", rows: terraform.rows },
  { name: "first-apply", rows: firstApply.rows },
];

const line = ({ name, value, limit, ok, unit }: Row): string =>
  `${ok ? "ok  " : "MISS"}  ${name.padEnd(28)} ${String(value).padStart(9)}  limit ${String(limit).padStart(6)}  ${unit}`;

const run = async (wanted: readonly string[]): Promise<void> => {
  const rows: Row[] = [];
  for (const part of parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    for (const row of await part.rows()) {
      rows.push(row);
      console.log(line(row));
    }
  const folder = join(repository(), "build");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bench.json"), `${JSON.stringify(rows, null, 2)}\n`);
  const missed = rows.filter((row) => !row.ok).map((row) => row.name);
  console.log(missed.length === 0 ? `${rows.length} within their limits` : `over the limit: ${missed.join(", ")}`);
  process.exitCode = rows.length > 0 && missed.length === 0 ? 0 : 1;
};

/** `node build/bench.mjs [PART…]`: all parts, or those named. It starts itself again as the simulator's process, and for runs of faults. */
const [word, ...more] = process.argv.slice(2);
if (word === "simulator") await serveSimulator(JSON.parse(more[0] ?? "{}") as CompanyShape);
else if (word === "faults-of") await faults.playFaults(more[0] ?? "");
else await run(process.argv.slice(2));
