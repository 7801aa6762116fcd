import { z } from "zod";
import { Problem } from "../core/problem.ts";
import { same, type Value } from "../core/value.ts";
import type { Checked } from "./check-command.ts";
import { type Changes, changes, peopleLines } from "./check-lines.ts";

const snakeChanges = z
  .looseObject({ monthly_cost_delta: z.string().nullish() })
  .transform((of) => changes.parse({ ...of, monthlyCostDelta: of.monthly_cost_delta }));
const pool = z.looseObject({
  name: z.string().nullish(),
  changes: snakeChanges.nullish(),
  on_destroy: z.string().nullish(),
  owned: z.number().nullish(),
});
const plan = z.looseObject({
  terraform_version: z.string(),
  errored: z.boolean().optional(),
  resource_changes: z
    .array(
      z.looseObject({
        address: z.string(),
        type: z.string(),
        change: z.looseObject({
          actions: z.array(z.string()),
          before: z.unknown(),
          after: z.unknown(),
          after_unknown: z.unknown(),
        }),
      }),
    )
    .default([]),
});
type Change = z.infer<typeof plan>["resource_changes"][number];

/** Told from Pulumi's by a word that only Terraform and OpenTofu write. */
export const isPlan = (json: unknown): boolean =>
  typeof json === "object" && json !== null && "terraform_version" in json && "format_version" in json;

const money = ({ monthlyCostDelta }: Changes): string[] =>
  monthlyCostDelta
    ? [`  monthly cost ${monthlyCostDelta.startsWith("-") ? "" : "+"}${monthlyCostDelta.replace(/^[+]/, "")}`]
    : [];

const unknown = ({ change }: Change): boolean =>
  typeof change.after_unknown === "object" && change.after_unknown !== null && "changes" in change.after_unknown
    ? change.after_unknown.changes === true
    : false;

/** Steps that failed are planned again in the very same words: what the vendor will answer is unknown while there are steps. */
const outstanding = ({ change }: Change): boolean =>
  typeof change.after_unknown === "object" && change.after_unknown !== null && "failed" in change.after_unknown
    ? change.after_unknown.failed === true
    : false;

const linesOf = (one: Change): string[] => {
  const { address, change } = one;
  const [before, after] = [pool.nullable().parse(change.before ?? null), pool.nullable().parse(change.after ?? null)];
  if (change.actions.includes("delete") && !change.actions.includes("create"))
    return before?.on_destroy === "release"
      ? [
          `pool ${address} is destroyed: its ${before.owned ?? 0} seats are released, as far as the plan's warning names them`,
        ]
      : [`pool ${address} is destroyed: its ${before?.owned ?? 0} seats are retained (on_destroy: retain)`];
  if (change.actions.every((action) => action === "no-op" || action === "read")) return [];
  if (unknown(one)) return [`pool ${address}: who gains or loses a seat is not known before other resources exist`];
  if (!after?.changes) return [];
  if (same(before?.changes as Value, after.changes as Value) && !outstanding(one)) return []; // updated for another reason
  const people = peopleLines(after.changes);
  return people.length === 0 ? [] : [`pool ${address}:`, ...people, ...money(after.changes)];
};

/** What a saved Terraform plan would do to people, seats and money: `terraform show -json PLANFILE`. */
export const checkPlan = (json: unknown): Checked => {
  const parsed = plan.safeParse(json);
  if (!parsed.success)
    throw new Problem("invalid", `this is no plan: ${parsed.error.issues[0]?.path.join(".")}`, {
      hint: "Give the output of `terraform show -json PLANFILE`.",
    });
  const pools = parsed.data.resource_changes.filter(({ type }) => type === "seatwise_seat_pool");
  const lines = pools.flatMap(linesOf);
  if (parsed.data.errored)
    return { code: 1, lines: [...lines, "the plan ended with errors: see terraform's own output"] };
  return lines.length > 0 ? { code: 2, lines } : { code: 0, lines: ["nobody gains, loses or moves"] };
};
