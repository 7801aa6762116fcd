import { z } from "zod";
import { Problem } from "../core/problem.ts";
import { isRecord } from "../core/value.ts";
import { lastPlans } from "../engine/approval.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const pulumi = z.looseObject({
  op: z.string(),
  urn: z.string(),
  newState: z.looseObject({ inputs: z.looseObject({ digest }) }),
});
const terraform = z.looseObject({
  type: z.literal("seatwise_seat_pool"),
  change: z.looseObject({ actions: z.array(z.string()), after: z.looseObject({ name: z.string(), digest }) }),
});
const file = z.looseObject({
  steps: z.array(z.unknown()).default([]),
  resource_changes: z.array(z.unknown()).default([]),
});

interface Shown {
  readonly digest: string;
  /** Not only named: to be created or updated. */
  readonly acts: boolean;
}
/** The plan of each pool, by the key under which a preview leaves it. */
const shownIn = (text: string): ReadonlyMap<string, Shown> => {
  const { steps, resource_changes: changes } = file.parse(JSON.parse(text));
  const found = new Map<string, Shown>();
  for (const one of steps) {
    const { data } = pulumi.safeParse(one);
    if (data)
      found.set(data.urn, { digest: data.newState.inputs.digest, acts: data.op === "create" || data.op === "update" });
  }
  for (const one of changes) {
    const { data } = terraform.safeParse(one);
    if (!data) continue;
    const { actions, after } = data.change;
    found.set(`SeatPool::${after.name}`, { digest: after.digest, acts: !actions.includes("no-op") });
  }
  return found;
};

/** Whoever approves has read FILE: the plans that this machine's last preview left must be the same. */
export const approvedBy = (text: string, home: string): ReturnType<typeof lastPlans> => {
  const plans = lastPlans(home);
  for (const [key, { digest: wanted, acts }] of shownIn(text)) {
    const plan = plans.pools[key];
    const left: unknown = isRecord(plan?.planned) ? plan.planned.digest : undefined;
    if (left === wanted || (plan === undefined && !acts)) continue;
    throw new Problem("refused", `nothing is approved: the last preview on this machine planned ${key} otherwise`, {
      hint: "Give the output of that preview, or run it again and check what it says.",
    });
  }
  return plans;
};
