import { join } from "node:path";
import { Problem, sentence } from "../../provider/core/problem.ts";
import { inventCompany } from "../../provider/testing/company.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { readRoster } from "../../provider/testing/roster.ts";
import { play, type TaleOptions } from "./tale.ts";

const { REAL = "", PEOPLE = "", SEED = "", ENGINE = "" } = process.env;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

const engines = ["pulumi", "terraform", "tofu"] as const;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const options = (): TaleOptions => {
  const seed = SEED === "" ? 1 : Number(SEED);
  if (!Number.isInteger(seed) || seed < 0)
    throw new Problem("invalid", `SEED is ${JSON.stringify(SEED)}, not a whole number`, { hint: "Use SEED=7, say." });
  const engine = engines.find((one) => one === (ENGINE || "pulumi"));
  if (!engine)
    throw new Problem("invalid", `ENGINE is ${JSON.stringify(ENGINE)}, which tells no story`, {
      hint: `Use ENGINE=${engines.join(", ENGINE=")}.`,
    });
  return {
    engine,
    company: PEOPLE === "" ? inventCompany(seed) : readRoster(PEOPLE),
    roster: PEOPLE !== "",
    real: REAL !== "" && REAL !== "0",
    seed,
    folder: join(repository(), "build", "demo"),
    print,
    signal: stop.signal,
  };
};

try {
  const chosen = options();
  const program = chosen.engine === "pulumi" ? "a Pulumi program" : `a configuration of ${chosen.engine}`;
  print(`Seatwise: seats declared in ${program}, planned by name, made true, kept true`);
  const { summary, ok } = await play(chosen);
  print("");
  for (const { name, ok: good, seconds, requests } of summary.steps)
    print(
      `   ${good ? "✓" : "✗"} ${name.padEnd(18)} ${String(seconds).padStart(6)} s ${String(requests).padStart(6)} requests`,
    );
  print("   build/demo/summary.json has the numbers");
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  if (stop.signal.aborted) {
    print("\ninterrupted; the CLI and the servers are ended");
    process.exit(130);
  }
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`demo: ${sentence(error)}\n`);
  process.exitCode = 1;
}
