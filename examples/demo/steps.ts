import { createRandom } from "../../provider/connectors/simulator/random.ts";
import { accountOf } from "../../provider/testing/sandbox.ts";
import { after, type Deed, directoryChange, type Holders, halfVanishes, perform, vendorDrift } from "./deeds.ts";
import { type Kind, type PoolRun, type Run, type Runner, total } from "./engine.ts";
import { costs, type Finding, listed, type Print, pools, refusals } from "./screen.ts";
import { crmGroup, type Servers, serviceAccount } from "./servers.ts";
import type { Story } from "./story.ts";

export interface Scene {
  readonly print: Print;
  readonly servers: Servers;
  readonly run: Runner;
  readonly seed: number;
  /** Sets a value of the stack's configuration. */
  readonly set: (key: string, value: string) => Promise<void>;
  /** As the directory is now: the story's company with every deed done so far. */
  story: Story;
  readonly deeds: Record<string, readonly Deed[]>;
}
export interface StepOutcome {
  /** The run whose plan the step is about. */
  readonly about: Run;
  readonly runs: readonly Run[];
  readonly findings: readonly Finding[];
  readonly costDelta?: string;
  readonly unassigned?: number;
}
export interface StoryStep {
  readonly name: string;
  readonly tells: string;
  tell(scene: Scene): Promise<StepOutcome>;
}

/** Who has a seat, asked of the vendors themselves. */
export const holders = async ({ servers, story }: Scene): Promise<Holders> => {
  const { company, vpn } = story;
  const logins = new Map(company.people.map((person) => [accountOf(company, person), person.login]));
  const [crm, full, standard] = await Promise.all(
    [crmGroup, vpn.fullGroup, vpn.standardGroup].map((group) => servers.members(group)),
  );
  return {
    crm: (crm ?? []).map((account) => logins.get(account) ?? account),
    full: full ?? [],
    standard: standard ?? [],
  };
};

const sum = (run: Run, ...of: Kind[]): number =>
  run.pools.reduce((all, pool) => all + of.reduce((part, kind) => part + total(pool, kind), 0), 0);
const writes = (...runs: readonly Run[]): number =>
  runs.reduce((all, { asked }) => all + asked.people.writes + asked.crm.writes, 0);
const pool = (run: Run, name: string): PoolRun | undefined => run.pools.find((one) => one.name === name);
export const quiet = (...runs: readonly Run[]): Finding => ({
  holds: writes(...runs) === 0,
  what: `${writes(...runs)} writes at the vendors`,
});
export const exits = (run: Run, code: number, meaning: string): Finding => ({
  holds: run.code === code,
  what: `exit code ${run.code}${run.code === code ? `: ${meaning}` : `, expected ${code} (${meaning})`}`,
});
const show = (scene: Scene, run: Run): void => {
  costs(scene.print, run, scene.servers);
  pools(scene.print, run);
  refusals(scene.print, run);
};

/** The vendor's own list after an update, against the list before it and what the plan said. */
const agrees = (
  name: string,
  lists: { before: readonly string[]; now: readonly string[] },
  run: PoolRun | undefined,
): Finding => {
  const [now, was] = [new Set(lists.now), new Set(lists.before)];
  const gained = lists.now.filter((who) => !was.has(who));
  const lost = lists.before.filter((who) => !now.has(who));
  if (!run) return { holds: false, what: `${name}: the engine told nothing of the pool` };
  const wrong = [
    ...Object.keys(run.changes.assign).filter((who) => !now.has(who)),
    ...Object.keys(run.changes.unassign).filter((who) => now.has(who)),
  ];
  const holds = wrong.length === 0 && gained.length === total(run, "assign") && lost.length === total(run, "unassign");
  const after = wrong.length === 0 ? "each named person among them" : `but not as planned: ${wrong.join(", ")}`;
  return {
    holds,
    what: `${name}, asked itself: ${lists.now.length} seats, ${gained.length} gained and ${lost.length} lost, ${after}`,
  };
};
const vendorsAgree = (scene: Scene, lists: { before: Holders; now: Holders }, run: Run): Finding[] => {
  const { before, now } = lists;
  const vpn = (all: Holders): string[] => [...new Set([...all.full, ...all.standard])];
  const twice = now.full.filter((who) => now.standard.includes(who));
  return [
    agrees(scene.servers.names.crm, { before: before.crm, now: now.crm }, pool(run, "crm")),
    agrees(scene.servers.names.people, { before: vpn(before), now: vpn(now) }, pool(run, "vpn")),
    { holds: twice.length === 0, what: `${twice.length} people with two seats in one pool` },
    { holds: run.pools.every((one) => listed(one, "failed").total === 0), what: "no step failed" },
  ];
};

const preview: StoryStep = {
  name: "preview",
  tells: "What would happen, before anything does: who gains a seat, by which rule, at what price.",
  async tell(scene) {
    const run = await scene.run("preview");
    show(scene, run);
    const findings = [
      exits(run, 0, "the plan can be applied"),
      quiet(run),
      {
        holds: sum(run, "assign") > 0,
        what: `${sum(run, "assign")} people are named or counted, ${sum(run, "wait")} will wait`,
      },
    ];
    return { about: run, runs: [run], findings };
  },
};

const up: StoryStep = {
  name: "up",
  tells: "The plan is carried out; then the vendors are asked who has a seat.",
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.run("up");
    show(scene, run);
    const now = await holders(scene);
    const kept = now.crm.includes(serviceAccount);
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, 0, "done"),
        ...vendorsAgree(scene, { before, now }, run),
        { holds: kept, what: `${serviceAccount}, whose seat nobody declared, still has it` },
      ],
    };
  },
};

const previewAgain: StoryStep = {
  name: "preview-again",
  tells: "Asked again, there is nothing to do.",
  async tell(scene) {
    const run = await scene.run("preview", "--expect-no-changes");
    show(scene, run);
    return { about: run, runs: [run], findings: [exits(run, 0, "no changes"), quiet(run)] };
  },
};

const act = async (scene: Scene, step: string, deeds: readonly Deed[]): Promise<void> => {
  scene.deeds[step] = [...(scene.deeds[step] ?? []), ...deeds];
  const next = after(scene.story.company, deeds);
  await perform(deeds, scene.servers, {
    ...scene.story.company,
    people: [...scene.story.company.people, ...next.people],
  });
  scene.story = { ...scene.story, company: next };
};
const told = (deed: Deed): string => {
  switch (deed.does) {
    case "take":
      return `seat taken from ${deed.login} (${deed.group})`;
    case "give":
      return `seat given to ${deed.login} (${deed.group})`;
    case "hire":
      return `${deed.person.login} joins${deed.account ? "" : ", without an account at the CRM"}`;
    case "transfer":
      return `${deed.login} moves${deed.department ? ` to ${deed.department}` : ""}${deed.leaves.length > 0 ? `, leaves ${deed.leaves.join(", ")}` : ""}${deed.joins.length > 0 ? `, joins ${deed.joins.join(", ")}` : ""}`;
    case "suspend":
      return `${deed.login} is suspended`;
    case "reinstate":
      return `${deed.login} is active again`;
    case "delete":
      return `${deed.login} is deleted`;
  }
};
const byHand = ({ print }: Scene, deeds: readonly Deed[]): void => {
  print("   by hand:");
  for (const deed of deeds.slice(0, 10)) print(`     * ${told(deed)}`);
  if (deeds.length > 10) print(`     … and ${deeds.length - 10} more`);
};

const drift: StoryStep = {
  name: "vendor-drift",
  tells: "Somebody gives and takes seats by hand at the vendors. A refresh finds it, and so does a plain preview.",
  async tell(scene) {
    const deeds = vendorDrift(scene.story, await holders(scene), createRandom(scene.seed + 1));
    await act(scene, "vendor-drift", deeds);
    byHand(scene, deeds);
    const refresh = await scene.run("refresh", "--preview-only", "--expect-no-changes");
    costs(scene.print, refresh, scene.servers);
    refusals(scene.print, refresh, ["warning"]);
    const run = await scene.run("preview", "--expect-no-changes");
    show(scene, { ...run, said: run.said.filter(({ severity }) => severity !== "error") });
    const taken = deeds.flatMap((deed) => (deed.does === "take" ? [deed.login] : []));
    const given = deeds.filter(({ does }) => does === "give").length;
    const named = new Set(run.pools.flatMap(({ changes }) => Object.keys(changes.assign)));
    const outside = pool(run, "crm");
    const external = outside ? listed(outside, "external").total : 0;
    return {
      about: run,
      runs: [refresh, run],
      findings: [
        exits(refresh, 7, "refresh found a difference"),
        exits(run, 7, "preview found it too"),
        { holds: taken.every((who) => named.has(who)), what: `all ${taken.length} who lost a seat get it back` },
        {
          holds: external === given + 1,
          what: `${external} external seats at the CRM: ${given} given by hand, and ${serviceAccount}; they are counted and left alone`,
        },
        quiet(refresh, run),
      ],
    };
  },
};

const directory: StoryStep = {
  name: "directory-change",
  tells: "In the directory people join, move, are suspended and leave. The next preview names them.",
  async tell(scene) {
    const deeds = directoryChange(scene.story, await holders(scene), createRandom(scene.seed + 2));
    await act(scene, "directory-change", deeds);
    byHand(scene, deeds);
    const run = await scene.run("preview", "--expect-no-changes");
    show(scene, { ...run, said: run.said.filter(({ severity }) => severity !== "error") });
    const losing = new Set(run.pools.flatMap(({ changes }) => Object.keys(changes.unassign)));
    const gone = deeds.flatMap((d) => (d.does === "suspend" || d.does === "delete" ? [d.login] : []));
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, 7, "changes are due"),
        {
          holds: gone.every((who) => losing.has(who)),
          what: `who was suspended or deleted loses the seat: ${gone.join(", ")}`,
        },
        quiet(run),
      ],
    };
  },
};

const repair: StoryStep = {
  name: "repair",
  tells: "One up repairs both; the preview after it is empty.",
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.run("up");
    show(scene, run);
    const now = await holders(scene);
    const again = await scene.run("preview", "--expect-no-changes");
    show(scene, again);
    return {
      about: run,
      runs: [run, again],
      findings: [
        exits(run, 0, "done"),
        ...vendorsAgree(scene, { before, now }, run),
        exits(again, 0, "no changes"),
        quiet(again),
      ],
    };
  },
};

const limit: StoryStep = {
  name: "limit",
  tells:
    "A faulty import switches off half a department in the directory. The plan is refused before anybody loses a seat.",
  async tell(scene) {
    const before = await holders(scene);
    const deeds = halfVanishes(scene.story, createRandom(scene.seed + 3));
    await act(scene, "limit", deeds);
    byHand(scene, deeds);
    const run = await scene.run("preview");
    costs(scene.print, run, scene.servers);
    refusals(scene.print, run);
    const tried = await scene.run("up");
    costs(scene.print, tried, scene.servers);
    await act(
      scene,
      "limit",
      deeds.map((deed) => ({ ...deed, does: "reinstate" }) as Deed),
    );
    scene.print("   the import is corrected, everybody is active again:");
    const again = await scene.run("preview", "--expect-no-changes");
    show(scene, again);
    const now = await holders(scene);
    const refused = run.said.some(
      ({ severity, message }) => severity === "error" && /above the execution limit/.test(message),
    );
    return {
      about: run,
      runs: [run, tried, again],
      findings: [
        { holds: run.code !== 0 && refused, what: `the preview is refused, exit code ${run.code}, with its numbers` },
        { holds: tried.code !== 0, what: `so is an up, exit code ${tried.code}` },
        quiet(run, tried, again),
        { holds: JSON.stringify(before) === JSON.stringify(now), what: "the vendors' lists are as before" },
        exits(again, 0, "no changes, once the directory is right again"),
      ],
    };
  },
};

export const steps: readonly StoryStep[] = [preview, up, previewAgain, drift, directory, repair, limit];
