import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Company, inventCompany } from "../../provider/testing/company.ts";
import { type Expected, type Oracle, oracle, type Seats } from "./oracle.fixture.ts";
import { serviceAccount } from "./servers.ts";
import { holders, type Scene } from "./stage.ts";
import { tell } from "./story.ts";
import type { Summary, SummaryStep } from "./summary.ts";
import { play } from "./tale.ts";

const names = ["preview", "up", "preview-again", "vendor-drift", "directory-change", "repair", "limit", "destroy"];

/** What each step should have told, asked of the oracle in the story's order. */
const expected = (knows: Oracle, step: string, { deeds }: Pick<Scene, "deeds">): Expected => {
  if (step === "vendor-drift" || step === "directory-change") knows.hear(deeds[step] ?? []);
  if (step === "up" || step === "repair") return knows.apply();
  if (step === "preview-again" || step === "limit") return knows.quiet();
  return step === "destroy" ? knows.destroy() : knows.plan();
};
const numbers = ({ changes, assigned, unassigned, moved, waiting, costDelta }: SummaryStep): Expected => ({
  changes,
  assigned,
  unassigned,
  moved,
  waiting,
  costDelta,
});
const sorted = ({ crm, full, standard }: Seats): Seats => ({
  crm: [...crm].sort(),
  full: [...full].sort(),
  standard: [...standard].sort(),
});

interface Lived {
  readonly summary: Summary;
  readonly told: Record<string, Expected>;
  readonly should: Record<string, Expected>;
  readonly seats: Record<string, Seats>;
  readonly shouldSeats: Record<string, Seats>;
  readonly screen: string;
}
interface Cast {
  readonly name: string;
  readonly seed: number;
  /** As a file of people would give it: no e-mails, no departments, only groups. */
  readonly roster: boolean;
}
const casts: readonly Cast[] = [
  { name: "seed 1", seed: 1, roster: false },
  { name: "seed 7", seed: 7, roster: false },
  { name: "seed 42", seed: 42, roster: false },
  { name: "a roster", seed: 3, roster: true },
];
const companyOf = ({ seed, roster }: Cast): Company => {
  const { people, groups } = inventCompany(seed);
  if (!roster) return { people, groups };
  return { groups, people: people.map(({ login, groups: own }) => ({ login, groups: own ?? [], attributes: {} })) };
};

/** The story with this cast, while the oracle listens to what is done by hand and to nothing else. */
const live = async (cast: Cast, engine: Summary["engine"]): Promise<Lived> => {
  const { seed, roster } = cast;
  const folder = await mkdtemp(join(tmpdir(), "seatwise-demo-test-"));
  const company = companyOf(cast);
  const knows = oracle(tell(company, seed, roster), serviceAccount);
  const lived: Lived = { summary: {} as Summary, told: {}, should: {}, seats: {}, shouldSeats: {}, screen: "" }; // filled below
  const lines: string[] = [];
  try {
    await play({
      company,
      roster,
      engine,
      real: false,
      seed,
      folder,
      print: (line) => lines.push(line),
      signal: new AbortController().signal,
      async onStep(step, scene) {
        lived.told[step.name] = numbers(step);
        lived.should[step.name] = expected(knows, step.name, scene);
        lived.seats[step.name] = sorted(await holders(scene));
        lived.shouldSeats[step.name] = sorted(knows.seats());
      },
    });
    const summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8")) as Summary; // what play wrote
    return { ...lived, summary, screen: lines.join("\n") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const engines = ["pulumi", "terraform"] as const;
const told: Partial<Record<(typeof engines)[number], readonly Lived[]>> = {};

describe.each(engines)("the demo tells what the oracle expects: %s", (engine) => {
  let lives: readonly Lived[] = [];
  beforeAll(async () => {
    lives = await Promise.all(casts.map((cast) => live(cast, engine)));
    told[engine] = lives;
  }, 900_000);

  test.each(casts.map(({ name }, i) => [name, i] as const))("%s", (_name, i) => {
    const { summary, told, should, seats, shouldSeats, screen } = lives[i] as Lived; // one per cast
    expect(summary.steps.filter(({ ok }) => !ok).map(({ name }) => `${name}\n${screen}`)).toEqual([]);
    expect(summary.steps.map(({ name }) => name)).toEqual(names);
    expect(summary.engine).toBe(engine);
    expect(told).toEqual(should);
    expect(seats).toEqual(shouldSeats);
    const consumed = summary.licenses.map((license) => license.consumed);
    const { crm, full, standard } = shouldSeats.repair as Seats; // every step is there
    expect(consumed).toEqual([crm.length, full.length, standard.length]);
    expect(summary.seats).toBe(crm.length + full.length + standard.length);
  });

  test("the stories are different, and each has everything in it", () => {
    expect(new Set(lives.map(({ summary }) => JSON.stringify(summary.steps.map(numbers)))).size).toBe(casts.length);
    for (const { should } of lives) {
      expect(should.up?.waiting).toBeGreaterThan(0);
      expect(should["directory-change"]).toMatchObject({ moved: 1 });
      expect(should["directory-change"]?.unassigned).toBeGreaterThan(2);
    }
  });

  test("what the screen says fits it", () => {
    for (const { screen } of lives) expect(screen.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});

test.each(casts.map(({ name }, i) => [name, i] as const))("both engines tell the same story: %s", (_name, i) => {
  const [pulumi, terraform] = engines.map((engine) => {
    const lived = told[engine]?.[i];
    if (!lived) throw new Error(`${engine} has told nothing: see its own tests`);
    const { summary, seats } = lived;
    return { seats, licenses: summary.licenses, steps: summary.steps.map((step) => [step.name, numbers(step)]) };
  });
  expect(terraform).toEqual(pulumi);
  expect(pulumi?.steps).toHaveLength(names.length);
});

test("another allotment would be another story", () => {
  const story = tell(inventCompany(1), 1, false);
  const more = { ...story, crm: { ...story.crm, allotment: story.crm.allotment + 1 } };
  expect(oracle(more, serviceAccount).plan()).not.toEqual(oracle(story, serviceAccount).plan());
});
