import { join } from "node:path";
import { Problem, sentence } from "../../provider/core/problem.ts";
import { inventCompany } from "../../provider/testing/company.ts";
import { inventEnterprise } from "../../provider/testing/enterprise.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { readRoster } from "../../provider/testing/roster.ts";
import { playCompany } from "./company/tale.ts";
import type { Summary } from "./summary.ts";
import { play } from "./tale.ts";

const { REAL = "", PEOPLE = "", SEED = "", ENGINE = "", STORY = "" } = process.env;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

const engines = ["pulumi", "terraform", "tofu"] as const;
const stories = ["main-job", "company"] as const;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const oneOf = <T extends string>(name: string, given: string, all: readonly T[]): T => {
  const found = all.find((one) => one === given);
  if (found !== undefined) return found;
  throw new Problem("invalid", `${name} is ${JSON.stringify(given)}, which is nothing to tell`, {
    hint: `Use ${all.map((one) => `${name}=${one}`).join(" or ")}.`,
  });
};
const seedOf = (): number => {
  const seed = SEED === "" ? 1 : Number(SEED);
  if (Number.isInteger(seed) && seed >= 0) return seed;
  throw new Problem("invalid", `SEED is ${JSON.stringify(SEED)}, not a whole number`, { hint: "Use SEED=7, say." });
};
const real = REAL !== "" && REAL !== "0";

/** How many people to invent for the company's story; it needs one of each kind. */
const sizeOf = (): number => {
  if (PEOPLE === "") return 10_000;
  if (/^\d+$/.test(PEOPLE) && Number(PEOPLE) >= 500) return Number(PEOPLE);
  throw new Problem("invalid", `PEOPLE is ${JSON.stringify(PEOPLE)}: the company's story takes a number from 500 on`, {
    hint: "Use PEOPLE=2000, say. With people of your own: PEOPLE=FILE and the story main-job.",
  });
};

const tell = (): Promise<{ readonly summary: Summary; readonly ok: boolean }> => {
  const [story, seed] = [oneOf("STORY", STORY || "main-job", stories), seedOf()];
  const engine = oneOf("ENGINE", ENGINE || "pulumi", engines);
  const common = { engine, seed, folder: join(repository(), "build", "demo"), print, signal: stop.signal };
  const program = engine === "pulumi" ? "a Pulumi program" : `a configuration of ${engine}`;
  print(`Seatwise: seats declared in ${program}, planned by name, made true, kept true`);
  if (story === "main-job")
    return play({
      ...common,
      company: PEOPLE === "" ? inventCompany(seed) : readRoster(PEOPLE),
      roster: PEOPLE !== "",
      real,
    });
  if (real)
    throw new Problem("invalid", "REAL=1: the company's story has no real Entra, GitHub, Okta and Google to run on", {
      hint: "Leave REAL out, or tell the story main-job on a real Keycloak and SCIM server.",
    });
  return playCompany({ ...common, company: inventEnterprise({ seed, people: sizeOf(), now: Date.now() }) });
};

try {
  const { summary, ok } = await tell();
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
