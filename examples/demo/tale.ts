import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Company } from "../../provider/testing/company.ts";
import { accountBy, accountOf } from "../../provider/testing/sandbox.ts";
import { destroy } from "./destroy.ts";
import { pulumiTeller } from "./pulumi-teller.ts";
import type { Program, Surroundings, Teller } from "./run.ts";
import { heading, type Print, verdict, wrapped } from "./screen.ts";
import { type Servers, startReal, startSimulated } from "./servers.ts";
import type { Scene, Stage, StepOutcome, StoryStep } from "./stage.ts";
import { steps } from "./steps.ts";
import { type Story, settings, type Team, tell } from "./story.ts";
import { licensesOf, licensesRead, type Summary, type SummaryStep, summarized } from "./summary.ts";
import { terraformTeller } from "./terraform-teller.ts";

export interface TaleOptions {
  readonly company: Company;
  /** The people are somebody's own, not invented. */
  readonly roster: boolean;
  readonly real: boolean;
  readonly seed: number;
  readonly engine: Teller["engine"];
  /** For summary.json; project and state are in a temporary one. */
  readonly folder: string;
  readonly print: Print;
  readonly signal: AbortSignal;
  /** After each step, while the servers still run: for a test that looks by itself. */
  readonly onStep?: (step: SummaryStep, scene: Scene) => Promise<void>;
}
export interface Told {
  readonly summary: Summary;
  readonly story: Story;
  readonly ok: boolean;
}

const all: readonly StoryStep[] = [...steps, destroy];

const introduce = (print: Print, story: Story, servers: Servers): void => {
  const { company, crm, vpn } = story;
  const teams = (all: readonly Team[]): string => all.map(({ name }) => name).join(", ");
  const lines = [
    `${company.people.length} people and ${company.groups.length} groups in ${servers.names.people}; accounts of all of them in ${servers.names.crm}`,
    `pool crm: ${crm.allotment} seats, ${crm.annual} of them bought for the year, for ${teams(crm.teams)}, trial`,
    `pool vpn: ${vpn.allotment} seats, full or standard, for ${teams(vpn.teams)}`,
  ];
  for (const line of lines) for (const part of wrapped(line, 3)) print(part);
};

/** A Ctrl-C need not wait for Java: servers that are still starting end with this process. */
const unlessAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });

export const openTeller = (
  engine: Teller["engine"],
  folder: string,
  told: { readonly program: Program; readonly around: Surroundings },
): Promise<Teller> =>
  engine === "pulumi"
    ? pulumiTeller(folder, told.program, told.around)
    : terraformTeller(engine, folder, told.program, told.around);

const programOf = (story: Story, { people, crm }: Servers): Program => {
  const byLogin = accountBy(story.company) === "login" ? { account: "user.login" } : {};
  return {
    pulumi: "main-job",
    terraform: "main-job-terraform",
    directory: "people",
    connections: {
      people: { keycloak: { baseUrl: people.url, realm: people.realm } },
      crm: { scim: { baseUrl: crm.url, ...byLogin } },
    },
    settings: settings(story),
    addresses: { keycloak: { base_url: people.url, realm: people.realm }, crm: { base_url: crm.url, ...byLogin } },
    env: { SEATWISE_PEOPLE_CLIENT_SECRET: people.secret, SEATWISE_CRM_TOKEN: crm.token },
  };
};

/** The steps have one name for all engines in summary.json; on the screen, the engine's own. */
const titled = (name: string, { words: { plan, apply } }: Teller): string =>
  name === "up" ? apply : name.replace(/^preview/, plan);

/** Step by step, until one of the first two fails: nothing was made true that the rest could be about. */
export const tellAll = async <S extends Stage>(
  steps: readonly StoryStep<S>[],
  scene: S,
  heard: (outcome: StepOutcome, summary: SummaryStep) => Promise<void>,
): Promise<void> => {
  for (const [i, step] of steps.entries()) {
    heading(scene.print, i + 1, titled(step.name, scene.teller), step.tells(scene.teller.words));
    const outcome = await step.tell(scene);
    verdict(scene.print, outcome.findings);
    const summary = summarized(step.name, outcome);
    await heard(outcome, summary);
    if (i < 2 && !summary.ok) return;
  }
};

/** The whole story with the real CLI. What it finds goes to summary.json, also when it ends early. */
export const play = async (options: TaleOptions): Promise<Told> => {
  const { folder, print, real, seed, signal } = options;
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(join(tmpdir(), "seatwise-demo-"));
  const first = tell(options.company, seed, options.roster);
  const begun = performance.now();
  const say = (what: string): void => print(`   … ${what} (${Math.round((performance.now() - begun) / 1000)} s)`);
  const servers = await unlessAborted(signal, real ? startReal(first, say) : startSimulated(first, seed));
  const outcomes: StepOutcome[] = [];
  const told: SummaryStep[] = [];
  try {
    say(`${options.engine}: the program of the story`);
    const teller = await openTeller(options.engine, temporary, {
      program: programOf(first, servers),
      around: { asked: servers.asked, signal },
    });
    introduce(print, first, servers);
    const logins = new Map(first.company.people.map((person) => [accountOf(first.company, person), person.login]));
    const scene: Scene = {
      print,
      servers,
      teller,
      seed,
      story: first,
      shown: new Map(),
      logins,
      deeds: {},
    };
    await tellAll(all, scene, async (outcome, summary) => {
      outcomes.push(outcome);
      told.push(summary);
      await options.onStep?.(summary, scene);
    });
  } finally {
    await servers.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
  const licenses = licensesOf(licensesRead(outcomes));
  const summary: Summary = {
    engine: options.engine,
    real,
    story: "main-job",
    people: first.company.people.length,
    seats: licenses.reduce((sum, { consumed }) => sum + consumed, 0),
    allotment: first.crm.allotment + first.vpn.allotment,
    licenses,
    steps: told,
  };
  await writeFile(join(folder, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return { summary, story: first, ok: told.length === all.length && told.every(({ ok }) => ok) };
};
