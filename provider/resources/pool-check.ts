import { asProblem, Problem } from "../core/problem.ts";
import type { Ctx } from "../core/resource.ts";
import { duplicateProblems, poolRules } from "./pool-rules.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";

/** What is wrong with a pool's inputs beyond their types. */
export const checkPool = (inputs: PoolInputs, ctx: Pick<Ctx, "now">): readonly Problem[] => {
  const problems: Problem[] = [...duplicateProblems(inputs)];
  if ((inputs.license === undefined) === (inputs.tiers === undefined))
    problems.push(
      new Problem(
        "invalid",
        inputs.license ? "a pool has either a license or tiers, not both" : "a pool needs a license or tiers",
        { path: ["license"], hint: "Give license: theLicense.ref, or tiers: [{ license: … }, …]." },
      ),
    );
  if (inputs.tiers && inputs.servicePlans)
    problems.push(
      new Problem("invalid", "a pool with tiers has its service plans in the tiers", {
        path: ["servicePlans"],
        hint: "Each license has its own plans: tiers: [{ license: …, servicePlans: […] }, …].",
      }),
    );
  if (inputs.onExhaustion === "nextTier" && (inputs.tiers?.length ?? 0) < 2)
    problems.push(new Problem("invalid", "onExhaustion nextTier needs at least two tiers", { path: ["onExhaustion"] }));
  if (inputs.reclaim?.action === "downgrade" && (inputs.tiers?.length ?? 0) < 2)
    problems.push(
      new Problem("invalid", "reclaim by downgrade needs at least two tiers", { path: ["reclaim", "action"] }),
    );
  try {
    poolRules(inputs, ctx.now);
  } catch (error) {
    problems.push(asProblem(error));
  }
  return problems;
};
