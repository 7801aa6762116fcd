import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inventEnterprise } from "../../../provider/testing/enterprise.ts";
import type { Summary, SummaryStep } from "../summary.ts";
import { playCompany } from "./tale.ts";

const names = ["preview", "up", "preview-again", "mover", "mover-up", "destroy"];
const engines = ["pulumi", "terraform"] as const;
const numbers = ({ name, changes, assigned, unassigned, moved, waiting, costDelta }: SummaryStep) => ({
  name,
  changes,
  assigned,
  unassigned,
  moved,
  waiting,
  costDelta,
});

const live = async (engine: Summary["engine"], company: ReturnType<typeof inventEnterprise>) => {
  const folder = await mkdtemp(join(tmpdir(), "seatwise-company-test-"));
  const lines: string[] = [];
  try {
    const signal = new AbortController().signal;
    await playCompany({ company, engine, seed: 1, folder, print: (line) => lines.push(line), signal });
    const summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8")) as Summary; // what it wrote
    return { summary, screen: lines.join("\n") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

describe("one company, four vendors, one plan", () => {
  const told = new Map<string, Awaited<ReturnType<typeof live>>>();
  beforeAll(async () => {
    const company = inventEnterprise({ seed: 1, people: 1200, now: Date.now() });
    for (const engine of engines) told.set(engine, await live(engine, company));
  }, 900_000);
  const of = (engine: string) => {
    const lived = told.get(engine);
    if (!lived) throw new Error(`${engine} has told nothing`);
    return lived;
  };

  test.each(engines)("%s: every step proves what it says", (engine) => {
    const { summary, screen } = of(engine);
    expect(summary.steps.filter(({ ok }) => !ok).map(({ name }) => `${name}\n${screen}`)).toEqual([]);
    expect(summary.steps.map(({ name }) => name)).toEqual(names);
  });

  test.each(engines)("%s: licenses of all four vendors, with their money", (engine) => {
    const { licenses } = of(engine).summary;
    expect(new Set(licenses.map(({ vendor }) => vendor))).toEqual(
      new Set(["entra", "github", "okta", "google_workspace"]),
    );
    for (const { consumed, purchased, monthlyCost } of licenses) {
      expect(consumed).toBeGreaterThan(0);
      expect(purchased).toBeGreaterThan(0);
      expect(monthlyCost).toMatch(/^\d+\.\d\d$/);
    }
  });

  test("both engines tell the same story", () => {
    const [pulumi, terraform] = engines.map((engine) => of(engine).summary);
    expect(terraform?.steps.map(numbers)).toEqual(pulumi?.steps.map(numbers));
    expect(terraform?.licenses).toEqual(pulumi?.licenses);
  });

  test("what the screen says fits it", () => {
    for (const engine of engines)
      expect(
        of(engine)
          .screen.split("\n")
          .filter((line) => line.length > 100),
      ).toEqual([]);
  });
});
