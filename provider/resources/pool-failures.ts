import { Problem } from "../core/problem.ts";
import type { Ctx, Previous } from "../core/resource.ts";
import { isRecord, type Value } from "../core/value.ts";
import { type Plan, type PlanStep, staysInTier, vendorSteps } from "../planner/index.ts";
import { type Acted, maybeDone } from "./pool-apply.ts";
import { nobodyFailed } from "./pool-outputs.ts";
import type { PoolRecord } from "./pool-record.ts";
import type { PoolView } from "./pool-situation.ts";

/** A connector names accounts in what went wrong; where people are not named so, neither are these. */
export const unnamed = (text: string, step: PlanStep, how: Ctx["people"]): string => {
  if (how === "account") return text;
  const accounts = [
    step.account,
    step.lost?.account,
    ...(how === "count" ? [step.holder, step.lost?.holder, step.person] : []),
  ];
  const names = accounts.filter((name): name is string => Boolean(name)).sort((a, b) => b.length - a.length);
  return names.reduce((said, name) => {
    const alone = new RegExp(`(?<![\\w@-])${name.replace(/[^\w ]/g, "\\$&")}(?![\\w@-])`, "g"); // not inside another word
    return said.replace(alone, () => (how === "count" ? "this person" : step.name));
  }, text);
};

/** `failed`: who, with the cause. */
export const failedOf = (acted: readonly Acted[], ctx: Ctx): Value => {
  const failed = acted.filter((a) => a.outcome.result === "failed");
  const entry = (a: Acted): Value => ({
    person: a.step.name,
    code: a.problem?.code ?? "bug",
    reason: unnamed(a.problem?.message ?? "failed", a.step, ctx.people),
    since: new Date(ctx.now).toISOString(),
  });
  return { total: failed.length, people: ctx.people === "count" ? [] : failed.slice(0, 50).map(entry) };
};

/** The same as problems: the resource exists, the next run touches only the rest. */
export const failuresOf = (acted: readonly Acted[], how: Ctx["people"]): readonly Problem[] => [
  ...acted
    .filter((a) => a.outcome.result === "failed" && !stopped(a))
    .map(({ step, problem }) => {
      const cause = unnamed(problem?.message ?? "no answer", step, how);
      const where = `seat of ${how === "count" ? "a person" : step.name}${step.rule ? ` (rule ${step.rule})` : ""}: ${step.kind} failed: ${cause}`;
      return new Problem(problem?.code ?? "bug", where, {
        hint: unnamed(problem?.hint ?? "Run the same command again: it does only the rest.", step, how),
      });
    }),
  ...left(acted),
];

/** The run ended before it came to this one. */
export const stopped = ({ begun, problem }: Acted): boolean => !begun && problem?.code === "cancelled";
/** Of a run that ended early: how many are left, and not each of them. */
export const left = (acted: readonly Acted[]): readonly Problem[] => {
  const rest = acted.filter(stopped);
  const [first] = rest;
  if (!first?.problem) return [];
  const many = rest.length === 1 ? "1 step is" : `${rest.length.toLocaleString("en")} steps are`;
  const message = `${many} left of ${acted.length.toLocaleString("en")}: ${first.problem.message}`;
  return [
    new Problem("cancelled", message, {
      hint: "What was done is in the state, and the rest in the next plan: run the same command again.",
    }),
  ];
};

/** Steps whose fate nobody knows: settled by the next list. */
export const unsureOf = (acted: readonly Acted[], view: PoolView, at: string): PoolRecord["unsure"] =>
  acted
    .filter(({ outcome, step }) => outcome.result === "failed" && !staysInTier(step))
    // A vendor that answers first and fails later shows a faulty seat: it is ours all the same.
    .filter(({ begun, problem, step }) => begun && (step.kind === "assign" || maybeDone.has(problem?.code ?? "bug")))
    .map(({ step, problem }) => ({
      act: step.kind === "unassign" ? "unassign" : step.kind === "move" ? "move" : "assign",
      person: step.person,
      license: view.tiers[step.tier]?.license ?? "",
      holder: step.holder ?? "",
      account: step.account ?? step.name,
      at,
      ...(maybeDone.has(problem?.code ?? "bug") ? { unanswered: true } : {}),
    }));

/** Of an earlier run, and nothing has been asked about them since. */
export const stillOpen = (unsure: PoolRecord["unsure"], acted: readonly Acted[]): PoolRecord["unsure"] => {
  const asked = new Set(acted.filter(({ begun }) => begun).map(({ step }) => step.person));
  return unsure.filter(({ person }) => !asked.has(person));
};

/** Failures stay shown until their step is no longer outstanding; who is beyond the list's bound, or named nowhere, is counted as long. */
export const stillFailed = (previous: Previous, made: Plan): Value => {
  const old = previous.outputs.failed;
  if (!isRecord(old) || !Array.isArray(old.people)) return nobodyFailed;
  const refused = made.blocked.filter(({ code }) => code === "refused"); // asked again later
  const open = new Set([...made.steps, ...refused].map(({ name }) => name));
  const people: readonly Value[] = old.people.filter((p) => isRecord(p) && open.has(String(p.person)));
  const unlisted = Math.max(0, (typeof old.total === "number" ? old.total : 0) - old.people.length);
  const total =
    people.length + Math.min(unlisted, Math.max(0, vendorSteps(made).length + refused.length - people.length));
  return total > 0 ? { total, people } : nobodyFailed;
};
