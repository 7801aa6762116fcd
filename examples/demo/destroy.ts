import { planLine, type Run } from "./run.ts";
import { costs, pools, refusals } from "./screen.ts";
import { exits, holders, quiet, type StoryStep } from "./stage.ts";
import { added } from "./summary.ts";

/** What the provider says a removal saves. */
const delta = (run: Run, pool: string): string =>
  /cost \+?(-?[\d.]+) to/.exec(planLine(run.said, pool) ?? "")?.[1] ?? "0.00";

/** The number that the refusal asks somebody to acknowledge: removals of the last 24 hours are in it. */
const asksFor = (run: Run): number =>
  Number(/acknowledge = \{ removals: (\d+)/.exec(run.said.map(({ message }) => message).join("\n"))?.[1] ?? 0);

/** The CRM's pool retains its seats, the VPN's releases them; so many at once need somebody's word first. */
export const destroy: StoryStep = {
  name: "destroy",
  tells: () =>
    "The CRM's pool is declared to retain its seats, the VPN's to release them. So many at once are above the limit, so somebody acknowledges the number first.",
  async tell(scene) {
    const { print, servers, teller } = scene;
    const before = await holders(scene);
    const asked = await teller.run("plan-destroy");
    costs(print, asked, servers);
    refusals(print, asked, ["info", "warning", "error"]);
    const owned = asked.pools.find(({ name }) => name === "vpn")?.outputs.owned;
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await teller.set("acknowledge", { removals: asksFor(asked), until });
    print(`   in ${teller.words.settings}: acknowledge { removals: ${asksFor(asked)}, until: ${until} }`);
    const declared = await teller.run("apply");
    costs(print, declared, servers);
    pools(print, declared, scene.shown);
    const gone = await teller.run("destroy");
    costs(print, gone, servers);
    refusals(print, gone, ["warning", "error"]);
    const now = await holders(scene);
    const [had, has] = [before.full.length + before.standard.length, now.full.length + now.standard.length];
    return {
      about: gone,
      runs: [asked, declared, gone],
      unassigned: had - has,
      waiting: 0,
      costDelta: added(asked.pools.map(({ name }) => delta(asked, name))),
      findings: [
        quiet(asked, declared),
        exits(declared, 0, "the acknowledgement is declared"),
        exits(gone, 0, "destroyed"),
        {
          holds: JSON.stringify(now.crm) === JSON.stringify(before.crm),
          what: `retained: ${now.crm.length} seats at the CRM, as before`,
        },
        { holds: has === 0 && had === Number(owned), what: `released: ${had - has} of ${had} seats of the VPN` },
      ],
    };
  },
};
