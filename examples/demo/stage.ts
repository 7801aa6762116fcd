import { accountOf } from "../../provider/testing/sandbox.ts";
import { after, type Deed, type Holders, perform } from "./deeds.ts";
import { type Kind, type PoolRun, type Run, type Teller, total } from "./run.ts";
import { costs, type Finding, listed, type Print, pools, refusals, wrapped } from "./screen.ts";
import { crmGroup, type Servers } from "./servers.ts";
import type { Story } from "./story.ts";

/** What every story is told on. */
export interface Stage {
  readonly print: Print;
  readonly servers: { readonly names: Readonly<Record<string, string>> };
  readonly teller: Teller;
  /** Plans by pool, as they were shown last. */
  readonly shown: Map<string, string>;
}
export interface Scene extends Stage {
  readonly servers: Servers;
  readonly seed: number;
  /** As the directory is now: the story's company with every deed done so far. */
  story: Story;
  /** By account at the CRM, also of those who have left. */
  readonly logins: Map<string, string>;
  readonly deeds: Record<string, readonly Deed[]>;
}
export interface StepOutcome {
  /** The run whose plan the step is about. */
  readonly about: Run;
  readonly runs: readonly Run[];
  readonly findings: readonly Finding[];
  readonly costDelta?: string;
  readonly unassigned?: number;
  readonly waiting?: number;
}
export interface StoryStep<S extends Stage = Scene> {
  readonly name: string;
  tells(words: Teller["words"]): string;
  tell(scene: S): Promise<StepOutcome>;
}

/** Who has a seat, asked of the vendors themselves. */
export const holders = async ({ servers, story: { vpn }, logins }: Scene): Promise<Holders> => {
  const [crm, full, standard] = await Promise.all(
    [crmGroup, vpn.fullGroup, vpn.standardGroup].map((group) => servers.members(group)),
  );
  return {
    crm: (crm ?? []).map((account) => logins.get(account) ?? account),
    full: full ?? [],
    standard: standard ?? [],
  };
};

export const sum = (run: Run, ...of: Kind[]): number =>
  run.pools.reduce((all, pool) => all + of.reduce((part, kind) => part + total(pool, kind), 0), 0);
export const writes = (...runs: readonly Run[]): number =>
  runs.reduce((all, { asked }) => all + Object.values(asked).reduce((sum, { writes: some }) => sum + some, 0), 0);
export const pool = (run: Run, name: string): PoolRun | undefined => run.pools.find((one) => one.name === name);
export const quiet = (...runs: readonly Run[]): Finding => ({
  holds: writes(...runs) === 0,
  what: `${writes(...runs)} writes at the vendors`,
});
export const exits = (run: Run, code: number, meaning: string): Finding => ({
  holds: run.code === code,
  what: `exit code ${run.code}${run.code === code ? `: ${meaning}` : `, expected ${code} (${meaning})`}`,
});
/** A refresh is judged by its exit code only where that can be relied upon. */
export const finds = (refresh: Run, { differs }: Teller): Finding => {
  if (refresh.drifted === null) return exits(refresh, differs, "refresh found a difference");
  const { length } = refresh.drifted;
  return {
    holds: refresh.code === 0 && length > 0,
    what: `refresh found ${length} resources changed (resource_drift)`,
  };
};

export const show = (scene: Stage, run: Run): void => {
  costs(scene.print, run, scene.servers);
  pools(scene.print, run, scene.shown);
  refusals(scene.print, run);
  if (run.code !== 0 && run.code !== scene.teller.differs && run.said.every(({ severity }) => severity !== "error"))
    for (const line of run.printed.trim().split("\n").slice(-12)) scene.print(`     ${line}`);
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
export const vendorsAgree = (scene: Scene, lists: { before: Holders; now: Holders }, run: Run): Finding[] => {
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

export const act = async (scene: Scene, step: string, deeds: readonly Deed[]): Promise<void> => {
  scene.deeds[step] = [...(scene.deeds[step] ?? []), ...deeds];
  const next = after(scene.story.company, deeds);
  await perform(deeds, scene.servers, {
    ...scene.story.company,
    people: [...scene.story.company.people, ...next.people],
  });
  for (const deed of deeds) if (deed.does === "hire") scene.logins.set(accountOf(next, deed.person), deed.person.login);
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
export const byHand = ({ print }: Scene, deeds: readonly Deed[]): void => {
  print("   by hand:");
  for (const deed of deeds.slice(0, 10)) for (const line of wrapped(`* ${told(deed)}`, 5)) print(line);
  if (deeds.length > 10) print(`     … and ${deeds.length - 10} more`);
};
