import { type Kind, type PoolRun, type Run, total } from "../run.ts";
import { costs, type Finding, licenses, listed, refusals, wrapped } from "../screen.ts";
import { exits, pool, quiet, type Stage, type StoryStep, show, sum } from "../stage.ts";
import { type ConnectionName, connectionNames, type SeatSeen, type Servers } from "./servers.ts";
import type { Story } from "./story.ts";

export interface CompanyScene extends Stage {
  readonly servers: Servers;
  readonly story: Story;
}
type Step = StoryStep<CompanyScene>;

/** Where each pool's seats are, as its vendor lists them. */
const places: Readonly<Record<string, readonly (readonly [ConnectionName, string])[]>> = {
  microsoft: [
    ["entra", "SPE_E5"],
    ["entra", "SPE_E3"],
  ],
  visio: [["entra", "group:lic-visio"]],
  copilot: [["github", "copilot"]],
  figma: [["okta", "group:figma-editors"]],
  workspace: [
    ["google", "Google Workspace Enterprise Plus"],
    ["google", "Google Workspace Business Standard"],
  ],
};
const poolNames = Object.keys(places);

type Held = ReadonlyMap<string, readonly ReadonlyMap<string, SeatSeen>[]>;
/** Who has which seat, asked of the vendors themselves: by pool, a list for each license. */
const holders = async ({ servers }: CompanyScene): Promise<Held> => {
  const held = new Map<string, readonly ReadonlyMap<string, SeatSeen>[]>();
  for (const [name, at] of Object.entries(places))
    held.set(name, await Promise.all(at.map(([connection, sku]) => servers.holders(connection, sku))));
  return held;
};
/** Who has a seat that is not on its way out. */
const lasting = (held: Held, name: string): ReadonlySet<string> =>
  new Set(
    (held.get(name) ?? []).flatMap((license) =>
      [...license].flatMap(([who, { endsAt }]) => (endsAt === null ? [who] : [])),
    ),
  );

/** Who gained and who lost at each vendor by its own list, against what the plan said. */
const vendorsAgree = (lists: { readonly before: Held; readonly now: Held }, run: Run): Finding[] =>
  poolNames.map((name) => {
    const planned = pool(run, name);
    const [was, is] = [lasting(lists.before, name), lasting(lists.now, name)];
    const gained = [...is].filter((who) => !was.has(who)).length;
    const lost = [...was].filter((who) => !is.has(who)).length;
    // Who had two seats and loses one still has a seat, and so has a member whom Entra processes anew.
    const meant = planned
      ? [
          total(planned, "assign") - mentions(planned, / anew: /, "assign"),
          total(planned, "unassign") - mentions(planned, /loses a second seat/, "unassign"),
        ]
      : [0, 0];
    const holds = gained === meant[0] && lost === meant[1];
    return {
      holds,
      what: `${name}, asked itself: ${is.size} people with a seat, ${gained} gained and ${lost} lost it${holds ? ", as planned" : `; planned were ${meant.join(" and ")}`}`,
    };
  });

const named = (run: Run, kind: Kind): number => sum(run, kind);
const mentions = (one: PoolRun | undefined, text: RegExp, ...kinds: readonly Kind[]): number =>
  one ? kinds.reduce((all, kind) => all + Object.values(one.changes[kind]).filter((s) => text.test(s)).length, 0) : 0;

/** What the refusals of a run ask somebody to acknowledge, by pool; and ten more, since the day goes on. */
const asked = (run: Run): Readonly<Record<string, { removals: number; until: string }>> => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const found = run.said.flatMap(({ severity, message }) => {
    const [, name, removals] =
      /pool (\S+): \d+ removals[\s\S]*acknowledge = \{ removals: (\d+)/.exec(severity === "error" ? message : "") ?? [];
    return name === undefined ? [] : [[name, { removals: Number(removals) + 10, until }] as const];
  });
  return Object.fromEntries(found);
};

/** A plan; where it is above the execution limit, somebody gives their word for it and it is made again. */
const acknowledgedPlan = async (
  scene: CompanyScene,
): Promise<{ runs: readonly Run[]; run: Run; findings: Finding[] }> => {
  const { print, teller } = scene;
  const first = await teller.run("plan");
  const words = asked(first);
  if (Object.keys(words).length === 0) return { runs: [first], run: first, findings: [] };
  costs(print, first, scene.servers);
  refusals(print, first);
  await teller.set("acknowledge", words);
  const acknowledged = Object.entries(words).map(([name, { removals }]) => `${name}: ${removals}`);
  print(`   acknowledged in ${teller.words.settings}: ${acknowledged.join(", ")}`);
  const run = await teller.run("plan");
  const refused = {
    holds: first.code !== 0,
    what: `refused first, exit code ${first.code}: above the execution limit`,
  };
  return { runs: [first, run], run, findings: [refused, quiet(first)] };
};

const preview: Step = {
  name: "preview",
  tells: ({ plan }) =>
    `One ${plan} over four vendors: whose seats the pools take over, who gains one, who waits, whose idle E5 becomes an E3. Too many removals at once need somebody's word first.`,
  async tell(scene) {
    const { runs, run, findings } = await acknowledgedPlan(scene);
    show(scene, run);
    const idle = mentions(pool(run, "microsoft"), /no activity for/, "move");
    const waiting = pool(run, "copilot");
    const waits = waiting ? total(waiting, "wait") : 0;
    const explained = run.said.filter(({ message }) => message.includes("CountViolation")).length;
    return {
      about: run,
      runs,
      findings: [
        ...findings,
        exits(run, 0, "the plan can be applied"),
        quiet(run),
        { holds: named(run, "adopt") > 0, what: `${named(run, "adopt")} seats are taken over` },
        { holds: idle > 0, what: `${idle} idle E5 become E3` },
        { holds: waits > 0, what: `${waits} developers wait for Copilot` },
        { holds: explained > 0, what: "the group's errors are explained: CountViolation, seat by seat" },
      ],
    };
  },
};

const up: Step = {
  name: "up",
  tells: () => "The plan is carried out at all four; then each vendor is asked who has a seat.",
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.teller.run("apply");
    show(scene, run);
    const now = await holders(scene);
    const ending = [...(now.get("copilot")?.[0]?.values() ?? [])].flatMap(({ endsAt }) => endsAt ?? []);
    const failed = run.pools.reduce((all, one) => all + listed(one, "failed").total, 0);
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, 0, "done"),
        ...vendorsAgree({ before, now }, run),
        { holds: failed === 0, what: `${failed} steps failed` },
        {
          holds: ending.length > 0,
          what: `${ending.length} Copilot seats end with their cycle: consumed until ${ending[0]?.slice(0, 10)}`,
        },
      ],
    };
  },
};

const previewAgain: Step = {
  name: "preview-again",
  tells: () => "Asked again, there is nothing to do. The position of every license, with its money:",
  async tell(scene) {
    const run = await scene.teller.run("compare");
    costs(scene.print, run, scene.servers);
    licenses(scene.print, run);
    for (const one of run.pools) {
      const { total: blocked, people } = listed(one, "blocked");
      for (const { reason } of people.slice(0, 3))
        for (const line of wrapped(`! ${one.name}: ${reason}`, 3)) scene.print(line);
      if (blocked > 3) scene.print(`     … and ${blocked - 3} more`);
    }
    const errors = listed(pool(run, "visio") as PoolRun, "blocked");
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, 0, "no changes"),
        quiet(run),
        {
          holds: errors.people.some(({ reason }) => reason.includes("CountViolation")),
          what: `${errors.total} members of the Visio group hold no seat, and it is said why`,
        },
      ],
    };
  },
};

const mover: Step = {
  name: "mover",
  tells: ({ plan }) =>
    `Somebody moves from Engineering to Marketing. The next ${plan} moves their seats at all four vendors.`,
  async tell(scene) {
    const { before, after } = scene.story.mover;
    scene.print(
      `   by hand: ${before.login}, ${before.title} in ${before.department}, is now ${after.title} in ${after.department}`,
    );
    scene.servers.change(after);
    const run = await scene.teller.run("compare");
    show(scene, { ...run, said: run.said.filter(({ severity }) => severity !== "error") });
    const mine = ({ changes }: PoolRun): boolean => Object.values(changes).some((people) => before.email in people);
    const changed = run.pools.filter(mine).map(({ name }) => name);
    const vendors = new Set(changed.flatMap((name) => (places[name] ?? []).map(([connection]) => connection)));
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, scene.teller.differs, "changes are due"),
        {
          holds: changed.length === 4 && vendors.size === connectionNames.length,
          what: `${changed.length} pools change for ${before.login}: ${changed.join(", ")}`,
        },
        quiet(run),
      ],
    };
  },
};

const follow: Step = {
  name: "mover-up",
  tells: ({ plan, apply }) => `One ${apply} moves them; the ${plan} after it is empty.`,
  async tell(scene) {
    const { email } = scene.story.mover.before;
    const was = await holders(scene);
    const run = await scene.teller.run("apply");
    show(scene, run);
    const now = await holders(scene);
    const of = (held: Held, name: string, license: number): SeatSeen | undefined =>
      held.get(name)?.[license]?.get(email);
    const { github } = scene.story.mover.before;
    const copilot = github === null ? undefined : now.get("copilot")?.[0]?.get(github);
    const again = await scene.teller.run("compare");
    show(scene, again);
    return {
      about: run,
      runs: [run, again],
      findings: [
        exits(run, 0, "done"),
        ...vendorsAgree({ before: was, now }, run),
        {
          holds: !of(now, "microsoft", 0) && of(now, "microsoft", 1) !== undefined,
          what: "Entra itself: E3, and no E5",
        },
        {
          holds: copilot?.endsAt !== undefined && copilot.endsAt !== null,
          what: `GitHub itself: Copilot until ${copilot?.endsAt?.slice(0, 10)}, when its cycle ends`,
        },
        { holds: of(now, "figma", 0) !== undefined, what: "Okta itself: in the group that Figma follows" },
        {
          holds: of(now, "workspace", 0) !== undefined || of(now, "workspace", 1) !== undefined,
          what: "Google itself: a seat of Workspace",
        },
        exits(again, 0, "no changes"),
        quiet(again),
      ],
    };
  },
};

const destroy: Step = {
  name: "destroy",
  tells: () => "All pools are declared to retain their seats: nobody loses one.",
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.teller.run("destroy");
    costs(scene.print, run, scene.servers);
    const now = await holders(scene);
    const kept = poolNames.every((name) => lasting(before, name).size === lasting(now, name).size);
    return {
      about: run,
      runs: [run],
      unassigned: 0,
      waiting: 0,
      costDelta: "0.00",
      findings: [exits(run, 0, "destroyed"), quiet(run), { holds: kept, what: "the vendors' lists are as before" }],
    };
  },
};

export const steps: readonly Step[] = [preview, up, previewAgain, mover, follow, destroy];
