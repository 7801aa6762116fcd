import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Enterprise } from "../../../provider/connectors/simulator/company.ts";
import { snake } from "../../../provider/core/fields.ts";
import type { Program, Run, Teller } from "../run.ts";
import { type Print, wrapped } from "../screen.ts";
import type { StepOutcome } from "../stage.ts";
import { licensesRead, type Summary, type SummaryStep } from "../summary.ts";
import { openTeller, tellAll } from "../tale.ts";
import { connectionNames, connectionOf, type Servers, startCompany } from "./servers.ts";
import { type CompanyScene, steps } from "./steps.ts";
import { licenseNames, placeOf, type Story, settings, tell } from "./story.ts";

export interface CompanyTale {
  readonly company: Enterprise;
  readonly seed: number;
  readonly engine: Teller["engine"];
  /** For summary.json; project and state are in a temporary one. */
  readonly folder: string;
  readonly print: Print;
  readonly signal: AbortSignal;
}

const snaked = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [snake(name), value]));

const programOf = (story: Story, { serving }: Servers): Program => {
  const blocks = connectionNames.map((name) => [name, { [connectionOf[name]]: serving[name].connection }] as const);
  const addresses = connectionNames.map((name) => [name, snaked(serving[name].connection)] as const);
  const secrets = connectionNames.flatMap((name) =>
    Object.entries(serving[name].secrets).map(([field, value]) => [
      `SEATWISE_${name}_${snake(field)}`.toUpperCase(),
      value,
    ]),
  );
  return {
    pulumi: "company",
    terraform: "company",
    directory: "entra",
    connections: Object.fromEntries(blocks),
    settings: settings(story),
    addresses: Object.fromEntries(addresses),
    env: Object.fromEntries(secrets),
  };
};

const introduce = (print: Print, { company, bought }: Story, { names }: Servers): void => {
  const lines = [
    `${company.people.length} people in ${names.entra}, the same people at ${names.github}, ${names.okta} and ${names.google} (simulated)`,
    `bought: ${Object.entries(bought)
      .map(([name, { seats }]) => `${seats} ${name}`)
      .join(", ")}`,
  ];
  for (const line of lines) for (const part of wrapped(line, 3)) print(part);
};

/** The licenses as they stood after the last apply, under their vendor's and SKU's own names. */
const licensesIn = (outcomes: readonly StepOutcome[]): Summary["licenses"] => {
  const vendors: Readonly<Record<string, string>> = Object.fromEntries(
    connectionNames.map((name) => [name, snake(connectionOf[name])]),
  );
  const read: Run["licenses"] = licensesRead(outcomes);
  return licenseNames.flatMap((product) => {
    const found = read.find(({ name }) => name === product)?.outputs;
    if (!found) return [];
    const { connection, purchased, consumed, monthlyCost } = found;
    return [
      {
        vendor: vendors[String(connection)] ?? String(connection),
        sku: placeOf(product).sku,
        purchased: Number(purchased),
        consumed: Number(consumed),
        monthlyCost: String(monthlyCost),
      },
    ];
  });
};

/** One company, four vendors and one plan, with the real CLI. What it finds goes to summary.json. */
export const playCompany = async (tale: CompanyTale): Promise<{ readonly summary: Summary; readonly ok: boolean }> => {
  const { folder, print, signal, engine, seed, company } = tale;
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(join(tmpdir(), "seatwise-demo-"));
  const story = tell(company);
  const servers = await startCompany(company, seed);
  const outcomes: StepOutcome[] = [];
  const told: SummaryStep[] = [];
  try {
    const around = { asked: servers.asked, signal };
    const teller = await openTeller(engine, temporary, { program: programOf(story, servers), around });
    introduce(print, story, servers);
    const scene: CompanyScene = { print, servers, teller, story, shown: new Map() };
    await tellAll(steps, scene, async (outcome, summary) => {
      outcomes.push(outcome);
      told.push(summary);
    });
  } finally {
    await servers.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
  const licenses = licensesIn(outcomes);
  const summary: Summary = {
    engine,
    real: false,
    story: "company",
    people: company.people.length,
    seats: licenses.reduce((sum, { consumed }) => sum + consumed, 0),
    allotment: Object.values(story.bought).reduce((sum, { seats }) => sum + seats, 0),
    licenses,
    steps: told,
  };
  await writeFile(join(folder, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return { summary, ok: told.length === steps.length && told.every(({ ok }) => ok) };
};
