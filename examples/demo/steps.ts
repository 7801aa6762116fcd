import { createRandom } from "../../provider/connectors/simulator/random.ts";
import { accountOf } from "../../provider/testing/sandbox.ts";
import { type Deed, directoryChange, halfVanishes, vendorDrift } from "./deeds.ts";
import type { Run } from "./run.ts";
import { costs, differences, licenses, listed, refusals } from "./screen.ts";
import { serviceAccount } from "./servers.ts";
import { act, byHand, exits, finds, holders, pool, quiet, type StoryStep, show, sum, vendorsAgree } from "./stage.ts";

const preview: StoryStep = {
  name: "preview",
  tells: () => "What would happen, before anything does: who gains a seat, by which rule, at what price.",
  async tell(scene) {
    const run = await scene.teller.run("plan");
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
  tells: () => "The plan is carried out; then the vendors are asked who has a seat.",
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.teller.run("apply");
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
  tells: () => "Asked again, there is nothing to do.",
  async tell(scene) {
    const run = await scene.teller.run("compare");
    show(scene, run);
    licenses(scene.print, run);
    return { about: run, runs: [run], findings: [exits(run, 0, "no changes"), quiet(run)] };
  },
};

const drift: StoryStep = {
  name: "vendor-drift",
  tells: ({ plan }) =>
    `Somebody gives and takes seats by hand at the vendors. A refresh finds it, and so does a plain ${plan}.`,
  async tell(scene) {
    const deeds = vendorDrift(scene.story, await holders(scene), createRandom(scene.seed + 1));
    await act(scene, "vendor-drift", deeds);
    byHand(scene, deeds);
    const refresh = await scene.teller.run("refresh");
    costs(scene.print, refresh, scene.servers);
    const differing = differences(scene.print, refresh);
    const run = await scene.teller.run("compare");
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
        finds(refresh, scene.teller),
        { holds: differing === 2, what: `in ${differing} pools, and left the state as it is` },
        exits(run, scene.teller.differs, `${scene.teller.words.plan} found it too`),
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
  tells: ({ plan }) => `In the directory people join, move, are suspended and leave. The next ${plan} names them.`,
  async tell(scene) {
    const { people } = scene.story.company;
    const deeds = directoryChange(scene.story, await holders(scene), createRandom(scene.seed + 2));
    await act(scene, "directory-change", deeds);
    byHand(scene, deeds);
    const run = await scene.teller.run("compare");
    show(scene, { ...run, said: run.said.filter(({ severity }) => severity !== "error") });
    const losing = new Set(run.pools.flatMap(({ changes }) => Object.keys(changes.unassign)));
    const was = new Map(people.map((person) => [person.login, accountOf(scene.story.company, person)]));
    const loses = (who: string): boolean => losing.has(who) || losing.has(was.get(who) ?? who); // the deleted have no login any more
    const gone = deeds.flatMap((d) => (d.does === "suspend" || d.does === "delete" ? [d.login] : []));
    return {
      about: run,
      runs: [run],
      findings: [
        exits(run, scene.teller.differs, "changes are due"),
        {
          holds: gone.every(loses),
          what: `who was suspended or deleted loses the seat: ${gone.join(", ")}`,
        },
        quiet(run),
      ],
    };
  },
};

const repair: StoryStep = {
  name: "repair",
  tells: ({ plan, apply }) => `One ${apply} repairs both; the ${plan} after it is empty.`,
  async tell(scene) {
    const before = await holders(scene);
    const run = await scene.teller.run("apply");
    show(scene, run);
    const now = await holders(scene);
    const again = await scene.teller.run("compare");
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
  tells: () =>
    "A faulty import switches off half a department in the directory. The plan is refused before anybody loses a seat.",
  async tell(scene) {
    const before = await holders(scene);
    const deeds = halfVanishes(scene.story, createRandom(scene.seed + 3));
    await act(scene, "limit", deeds);
    byHand(scene, deeds);
    const run = await scene.teller.run("plan");
    costs(scene.print, run, scene.servers);
    refusals(scene.print, run);
    const tried = await scene.teller.run("apply");
    costs(scene.print, tried, scene.servers);
    await act(
      scene,
      "limit",
      deeds.map((deed) => ({ ...deed, does: "reinstate" }) as Deed),
    );
    scene.print("   the import is corrected, everybody is active again:");
    const again = await scene.teller.run("compare");
    show(scene, again);
    const now = await holders(scene);
    const refused = (of: Run): boolean =>
      of.code !== 0 &&
      of.said.some((said) => said.severity === "error" && /above the execution limit/.test(said.message));
    return {
      // Nothing came of the refused ones, and how far each engine gets before it stops is a matter of luck.
      about: again,
      runs: [run, tried, again],
      findings: [
        {
          holds: refused(run),
          what: `the ${scene.teller.words.plan} is refused, exit code ${run.code}, with its numbers`,
        },
        { holds: refused(tried), what: `so is ${scene.teller.words.apply}, exit code ${tried.code}` },
        quiet(run, tried, again),
        { holds: JSON.stringify(before) === JSON.stringify(now), what: "the vendors' lists are as before" },
        exits(again, 0, "no changes, once the directory is right again"),
      ],
    };
  },
};

export const steps: readonly StoryStep[] = [preview, up, previewAgain, drift, directory, repair, limit];
