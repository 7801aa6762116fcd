import { Problem, Problems } from "../core/problem.ts";
import type { Ctx, Done, NamedSeat, Planned, Previous } from "../core/resource.ts";
import { type Plan, planRelease, seatKey, summary } from "../planner/index.ts";
import { act } from "./pool-apply.ts";
import { left, stopped, unnamed } from "./pool-failures.ts";
import { stricter } from "./pool-policy.ts";
import { applyId, decodeRecord } from "./pool-record.ts";
import { type PoolView, viewPool } from "./pool-situation.ts";
import { namesOf, seatsAt } from "./pool-tiers.ts";
import { type PoolInputs, poolInputs } from "./seat-pool-fields.ts";

interface Carry {
  readonly view: PoolView;
  readonly plan: Plan;
}

const quiet = (text: string | null, level: "info" | "warning" = "info"): Planned => ({
  outputs: {},
  planned: {},
  outstanding: false,
  approved: [],
  refusal: null,
  messages: text === null ? [] : [{ level, text }],
});

/** Why nobody is released, whatever they hold; null: who may be, is. */
const retains = ({ onDestroy, enforce: own }: PoolInputs, ctx: Ctx): string | null => {
  const enforce = stricter(own, ctx.enforce);
  if (onDestroy === "retain") return "onDestroy: retain";
  return enforce === "full" ? null : `enforce: ${enforce}`;
};

/** Removal is judged where it happens, since a replace or a taint asks no plan. */
export const planPoolRemoval = async (previous: Previous, ctx: Ctx): Promise<Planned> => {
  if (!previous.record || !previous.inputs) return quiet(null);
  const record = decodeRecord(previous.record);
  const inputs = poolInputs.parse(previous.inputs);
  const owned = record.memory.owned.size;
  if (ctx.replaced) return quiet(null); // a newer instance of this run inherited the record: nobody loses a seat
  if (owned === 0) return quiet(null);
  const why = retains(inputs, ctx);
  if (why !== null)
    return quiet(
      `if this run deletes the pool ${inputs.name}, its ${owned} ${owned === 1 ? "seat is" : "seats are"} retained (${why})`,
    );
  const view = await viewPool({ ...inputs, rules: [] }, record, { ctx, before: null });
  if (view === "unknown")
    throw new Problem("invalid", "the pool's connection is not known: whom a removal would release cannot be read", {
      hint: "Delete the pool before its connection's system.",
    });
  const seats = new Set(
    view.tiers.flatMap((t) =>
      namesOf([t]).flatMap((name) => [...ctx.rivals(name).keys()].map((holder) => seatKey(t.license, holder))),
    ),
  );
  const all = planRelease(view.situation, { seats, claims: new Map() });
  const { named } = ctx; // what the preview of this run named; nobody else is released
  const seatOf = ({ tier, holder }: Plan["steps"][number]): NamedSeat => {
    const of = view.tiers[tier];
    return { license: of ? seatsAt(of) : "", holder: holder ?? "" };
  };
  const names = new Set(named?.map(({ license, holder }) => seatKey(license, holder)));
  const isNamed = (seat: NamedSeat): boolean => names.has(seatKey(seat.license, seat.holder));
  const plan = named === null ? all : { ...all, steps: all.steps.filter((s) => isNamed(seatOf(s))) };
  const people = ctx.people === "count" ? [] : plan.steps.map((s) => `  - ${s.sentence}`);
  const head = `if this run deletes the pool ${inputs.name}, ${plan.steps.length} ${plan.steps.length === 1 ? "person loses" : "people lose"} a seat (onDestroy: release):`;
  const text = [head, ...people, summary(plan)].join("\n");
  const refusal = plan.refusal
    ? new Problem("refused", plan.refusal.message, {
        path: ["executionLimit"],
        hint: `${plan.refusal.hint ?? ""} A removal goes by what was applied last: apply that before you remove the pool. Was the resource only renamed? Then say so, and nobody loses a seat: Terraform by a moved block, Pulumi by an alias.`,
      })
    : null;
  return {
    ...quiet(
      plan.steps.length === 0 ? null : refusal ? `${text}\n${refusal.message}\n${refusal.hint ?? ""}` : text,
      "warning",
    ),
    approved: plan.steps.map(seatOf),
    outstanding: plan.steps.length > 0,
    refusal,
    carry: { view, plan } satisfies Carry,
  };
};

export const removePool = async (planned: Planned, previous: Previous, ctx: Ctx): Promise<Done> => {
  const carry = planned.carry as Carry | undefined; // made by planPoolRemoval
  const done: Done = {
    id: previous.id,
    outputs: previous.outputs,
    record: previous.record,
    failures: [],
    messages: [],
  };
  if (!carry || carry.plan.steps.length === 0) return done;
  const acted = await ctx.alone(namesOf(carry.view.tiers), () => {
    const { view, plan } = carry;
    const journal = view.record.apply === null ? ctx.key : view.record.id;
    return act({ view, plan, apply: applyId(Date.now(), view.record.apply), ctx, journal });
  });
  const failed = acted.filter((a) => a.outcome.result === "failed");
  if (failed.length > 0)
    throw new Problems([
      ...left(acted),
      ...failed
        .filter((a) => !stopped(a))
        .map(
          ({ step, problem }) =>
            new Problem(
              problem?.code ?? "bug",
              `seat of ${ctx.people === "count" ? "a person" : step.name} could not be released: ${unnamed(problem?.message ?? "no answer", step, ctx.people)}`,
              { hint: "The pool stays in the state; run the same command again." },
            ),
        ),
    ]);
  return done;
};
