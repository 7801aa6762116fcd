import { z } from "zod";
import { field, named } from "../core/fields.ts";
import { claim, duration, licenseRef, moment } from "./shared-fields.ts";

const poolRule = named(
  "PoolRule",
  z.object({
    claim: field(claim(), { description: "The `claim` of an AssignmentRule." }),
    allotment: field(z.int().min(0).optional(), {
      description: "At most this many of the pool's seats for this rule.",
    }),
    reserve: field(z.int().min(0).default(0), {
      description: "Seats kept free for this rule: others may not take them.",
    }),
  }),
);
const tier = named(
  "Tier",
  z.object({
    license: field(licenseRef(), { description: "The `ref` of a License." }),
    when: field(z.string().optional(), {
      description: "Condition in the rule language; without one the tier takes everybody.",
    }),
    servicePlans: field(z.array(z.string()).optional(), {
      description:
        "Service plans that are on in this license's seats, by name or id; all others are off, also one that the vendor adds later. Default: whatever the vendor has on.",
    }),
  }),
);
const exempt = named(
  "Exempt",
  z.object({
    when: field(z.string().optional(), { description: "Condition in the rule language." }),
    accounts: field(z.array(z.string()).optional(), { description: "Accounts at the vendor, by name or id." }),
  }),
);
const gracePeriod = named(
  "GracePeriod",
  z.object({
    unclaimed: field(duration.default("0"), { description: "For people whom no rule claims any more." }),
    suspended: field(duration.default("0"), { description: "For people suspended in the directory." }),
    deleted: field(duration.default("0"), { description: "For people deleted from the directory." }),
  }),
);
const reclaim = named(
  "Reclaim",
  z.object({
    inactiveFor: field(duration, {
      description: "Inactive this long, on positive evidence, makes a candidate.",
      example: "60d",
    }),
    newSeatGrace: field(duration.default("30d"), { description: "A seat younger than this is never a candidate." }),
    notice: field(duration.default("7d"), { description: "Time between becoming a candidate and losing the seat." }),
    cooldown: field(duration.default("30d"), {
      description: "Not re-assigned before this, unless they sign in again.",
    }),
    action: field(z.enum(["release", "downgrade"]).default("release"), {
      description: "`downgrade`: to the next tier, and back up when active again.",
    }),
  }),
);
const executionLimit = named(
  "ExecutionLimit",
  z.object({
    removals: field(z.int().min(0).optional(), { description: "At most this many removals in 24 hours." }),
    percent: field(z.number().min(0).max(100).optional(), {
      description: "At most this share of the pool's seats in 24 hours, in percent.",
    }),
  }),
);
const acknowledge = named(
  "Acknowledge",
  z.object({
    removals: field(z.int().min(1), { description: "This many removals are wanted." }),
    until: field(moment, { description: "The acknowledgement ends then, RFC 3339." }),
  }),
);

export const poolInputs = z.object({
  name: field(z.string().min(1), {
    description: "The pool's name in plans and messages.",
  }),
  license: field(licenseRef().optional(), { description: "The `ref` of a License. Either this or `tiers`." }),
  tiers: field(z.array(tier).min(1).optional(), {
    description: "Licenses in order: a person gets the first whose condition matches.",
  }),
  allotment: field(z.int().min(0).optional(), {
    description: "How many seats this pool may use. Default: what the commitments or the vendor say was purchased.",
  }),
  rules: field(z.array(poolRule).default([]), { description: "Claims in order of priority." }),
  onExhaustion: field(z.enum(["wait", "fail", "nextTier"]).default("wait"), {
    description: "What happens to a claimed person when no seat is free.",
  }),
  exempt: field(exempt.optional(), { description: "Never unassigned: break-glass and service accounts, owners." }),
  scope: field(z.string().optional(), {
    description: "Condition in the rule language: whom this pool may touch at all.",
  }),
  gracePeriod: field(gracePeriod.prefault({}), {
    description: "How long a seat is kept after its reason is gone: `7d`, `36h`, or `0` for not at all.",
  }),
  onDestroy: field(z.enum(["retain", "release"]).default("retain"), {
    description: "What a destroy does with the seats that this pool owns.",
  }),
  enforce: field(z.enum(["none", "assign", "full"]).default("full"), {
    description: "`none` plans and never writes; `assign` never removes.",
  }),
  ownership: field(z.enum(["own", "adopt", "exclusive"]).default("own"), {
    description:
      "`own`: only what this pool assigned. `adopt`: also claimed people who held a seat before, and seats of suspended or deleted people whether claimed or not. `exclusive`: within `scope` also unassigns external seats.",
  }),
  reclaim: field(reclaim.optional(), { description: "Takes inactive seats back." }),
  executionLimit: field(executionLimit.optional(), {
    description:
      "How many removals may happen. Default, over 24 hours: more than 5 and more than 10 %, or more than 50, or one rule losing half its people (over 5), are refused.",
  }),
  acknowledge: field(acknowledge.optional(), {
    description: "Allows a number of removals above the limit, for a time.",
  }),
  allowDeactivation: field(z.boolean().default(false), {
    description: "Needed where unassigning deactivates the person at the vendor.",
  }),
  servicePlans: field(z.array(z.string()).optional(), {
    description:
      "With `license`: service plans that are on in its seats, by name or id; all others are off, also one that the vendor adds later. A pool with `tiers` has them there.",
  }),
});

const person = () =>
  named(
    "PoolPerson",
    z.object({
      person: field(z.string(), { description: "Account, id or nothing, as the provider's `people` says." }),
      since: field(z.string().optional(), { description: "Since when, RFC 3339." }),
      until: field(z.string().optional(), { description: "When it ends or becomes due, RFC 3339." }),
      code: field(z.string(), { description: "Reason code." }),
      reason: field(z.string(), { description: "The reason as a sentence." }),
    }),
  );
const people = (description: string) =>
  field(
    named(
      "PoolPeople",
      z.object({
        total: field(z.int(), { description: "How many there are." }),
        people: field(z.array(person()), { description: "The first of them." }),
      }),
    ),
    { description },
  );
const sentences = (description: string) => field(z.record(z.string(), z.string()).optional(), { description });

export const changesFields = named(
  "PoolChanges",
  z.object({
    assign: sentences("Who gains a seat, by which rule and at what cost."),
    unassign: sentences("Who loses a seat and why. Always in full."),
    move: sentences("Who changes to another license."),
    adopt: sentences("Whose seat, held before, becomes this pool's."),
    wait: sentences("Who starts to wait for a seat."),
    leave: sentences("Whose grace period begins."),
    candidate: sentences("Who becomes a candidate for reclaim."),
    forget: sentences("Who stops waiting, stays after all, or lost the seat elsewhere."),
    more: field(z.record(z.string(), z.int()).optional(), {
      description: "How many more there are of each kind than are listed.",
    }),
    monthlyCostDelta: field(z.string().optional(), { description: "Change of the monthly cost, signed decimal." }),
  }),
);

const count = (description: string) => field(z.int().optional(), { description });

export const poolOutputs = z.object({
  changes: field(changesFields, {
    description: "What the last plan with steps does, person by person.",
    planned: true,
  }),
  digest: field(z.string(), { description: "Changes when, and only when, the plan's steps do.", planned: true }),
  purchased: count("Seats bought."),
  consumed: count("Seats in use at the vendor."),
  available: count("Seats that this pool may still assign."),
  used: count("Seats that count against the allotment."),
  owned: count("Seats that this pool assigned or adopted."),
  shortfall: count("Seats in use above the allotment or the purchase."),
  surplus: count("Purchased seats that nobody uses."),
  active: count("Holders with recent activity."),
  inactive: count("Holders inactive on evidence."),
  unknown: count("Holders whose activity is unknown."),
  monthlyCost: field(z.string().optional(), { description: "Cost per month as a decimal string." }),
  currency: field(z.string().optional(), { description: "ISO 4217 code of all money of this pool." }),
  failed: people("Steps that could not be done, with the cause. The next run does only these."),
  blocked: people("Acts that the vendor cannot or may not do."),
  waiting: people("Who wants a seat and none is free."),
  leaving: people("Who is claimed no more and keeps the seat until their grace period ends."),
  candidates: people("Who is inactive on evidence."),
  external: people("Seats that this pool neither assigned nor adopted."),
  undecided: people("For whom a rule cannot be decided: nothing changes for them."),
  nextDueAt: field(z.string().optional(), {
    description: "When time alone will change something, RFC 3339: for schedulers.",
  }),
});
export type PoolInputs = z.infer<typeof poolInputs>;
