import { z } from "zod";
import { field } from "../core/fields.ts";
import { asProblem, Problem } from "../core/problem.ts";
import { type Ctx, defineResource, type Lifecycle } from "../core/resource.ts";
import { same, UNKNOWN, type Values } from "../core/value.ts";
import { compileRule } from "../rules/index.ts";
import { ruleExamples } from "./examples.ts";
import { claimsOf } from "./pool-claims.ts";
import { peopleNeeded, poolRules } from "./pool-rules.ts";
import { poolInputs } from "./seat-pool-fields.ts";
import { claim, grants, moment } from "./shared-fields.ts";
export const ruleInputs = z.object({
  name: field(z.string().min(1), {
    description: "The rule's name in plans and messages.",
  }),
  when: field(z.string().min(1).optional(), {
    description: "Condition in the rule language. Either this or `grants`.",
    example: '"sig-release" in user.groups',
  }),
  grants: field(grants().optional(), { description: "People named one by one." }),
  startsAt: field(moment.optional(), { description: "Before this time the rule claims nobody, RFC 3339." }),
  expiresAt: field(moment.optional(), { description: "From this time on the rule claims nobody, RFC 3339." }),
});
export const ruleOutputs = z.object({
  claim: field(claim(), { description: "What a SeatPool takes.", derived: true }),
  matched: field(z.int().optional(), { description: "People whom the rule claims, at the last read." }),
});
type RuleInputs = z.infer<typeof ruleInputs>;

/** What a SeatPool takes, from inputs alone: known in the very first preview. */
const derive = ({ name, when, grants: named, startsAt, expiresAt }: Values): Values => ({
  claim: Object.fromEntries(
    Object.entries({ name, when, grants: named, startsAt, expiresAt }).filter(([, v]) => v !== undefined),
  ) as Values,
});

/** A rule that ends before it begins claims nobody, ever. */
const windowProblems = ({ startsAt, expiresAt }: RuleInputs): readonly Problem[] =>
  startsAt === undefined || expiresAt === undefined || Date.parse(startsAt) < Date.parse(expiresAt)
    ? []
    : [
        new Problem("invalid", `the rule ends (${expiresAt}) before it begins (${startsAt})`, {
          path: ["expiresAt"],
          hint: "It would claim nobody: give a later expiresAt, or an earlier startsAt.",
        }),
      ];

const check = (inputs: RuleInputs): readonly Problem[] => {
  if ((inputs.when === undefined) === (inputs.grants === undefined))
    return [
      new Problem(
        "invalid",
        inputs.when ? "a rule has either when or grants, not both" : "a rule needs when or grants",
        { path: ["when"], hint: "Use two rules if you need both." },
      ),
    ];
  const window = windowProblems(inputs);
  if (window.length > 0) return window;
  try {
    if (inputs.when !== undefined) compileRule(inputs.when);
    return [];
  } catch (error) {
    return [asProblem(error).under("when")];
  }
};

/** How many people the rule claims now; "unknown" while the directory is. */
const matched = async (inputs: RuleInputs, ctx: Ctx): Promise<number | "unknown"> => {
  if (ctx.offline) return "unknown";
  const rules = poolRules(poolInputs.parse({ name: inputs.name, allotment: 0, rules: [{ claim: inputs }] }), ctx.now);
  const view = await ctx.directory(peopleNeeded(rules, () => [], true));
  return view === "unknown" ? "unknown" : claimsOf(rules, view, ctx).people.length;
};

const lifecycle: Lifecycle<RuleInputs> = {
  id: (inputs) => inputs.name,
  check,
  async plan(want, previous) {
    const kept = previous !== null && same(previous.inputs, want.inputs);
    return {
      outputs: { matched: kept ? (previous.outputs.matched ?? UNKNOWN) : UNKNOWN },
      planned: {},
      outstanding: false,
      approved: [],
      refusal: null,
      messages: [],
    };
  },
  async read(previous, ctx) {
    const inputs = previous.inputs ?? { name: previous.id };
    const count = previous.inputs ? await matched(ruleInputs.parse(inputs), ctx) : "unknown";
    return {
      id: previous.id,
      inputs,
      outputs: count === "unknown" ? previous.outputs : { matched: count },
      record: null,
    };
  },
  async apply(want, _planned, previous, ctx) {
    const count = await matched(want.inputs, ctx);
    return {
      id: previous?.id ?? want.inputs.name,
      outputs: count === "unknown" ? {} : { matched: count },
      record: null,
      failures: [],
      messages: [],
    };
  },
};

export const assignmentRule = defineResource({
  name: "AssignmentRule",
  doc: "Condition to seat: whom a rule claims. It changes nothing by itself; a SeatPool takes its `claim`.",
  inputs: ruleInputs,
  outputs: ruleOutputs,
  importId: "the rule's name, for example `release`",
  examples: ruleExamples,
  derive,
  lifecycle,
});
