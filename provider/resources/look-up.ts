import { didYouMean } from "../core/nearest.ts";
import { label, type Person } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import type { Ctx, DirectoryView } from "../core/resource.ts";
import { finder, peopleNeeded, poolRules } from "./pool-rules.ts";
import { poolInputs } from "./seat-pool-fields.ts";

/** The directory for these conditions; an error while it is unknown, since a look-up must answer. */
export const directoryFor = async (whens: readonly string[], ctx: Ctx): Promise<DirectoryView> => {
  const rules = poolRules(
    poolInputs.parse({
      name: "look-up",
      allotment: 0,
      rules: whens.map((when, i) => ({ claim: { name: `rule ${i + 1}`, when } })),
    }),
    ctx.now,
  );
  const view = await ctx.directory(peopleNeeded(rules, () => [], false));
  if (view === "unknown")
    throw new Problem("invalid", "the directory's configuration is not known yet", {
      hint: "Look people up once its connection exists.",
    });
  return view;
};

export const one = (user: string, view: DirectoryView): Person => {
  const found = finder(view.people)(user);
  if (found) return found;
  throw new Problem("not-found", `the directory knows nobody called "${user}"`, {
    path: ["user"],
    hint: didYouMean(user, view.people.slice(0, 20_000).map(label)) ?? "Give a login, an e-mail or a directory id.",
  });
};
