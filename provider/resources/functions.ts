import { z } from "zod";
import { field, named } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import { label, type Person } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import { type Ctx, type DirectoryView, defineFunction } from "../core/resource.ts";
import { licenseCost } from "../planner/license-position.ts";
import { compileRule, explain as explainRule } from "../rules/index.ts";
import { functionExamples } from "./function-examples.ts";
import { finder, peopleNeeded, personName, poolRules } from "./pool-rules.ts";
import { commitmentsOf, declared, endingSeats, openLicense } from "./pool-tiers.ts";
import { pureFunctions } from "./pure-functions.ts";
import { poolInputs } from "./seat-pool-fields.ts";
import { claim, licenseRef } from "./shared-fields.ts";

const LISTED = 200;

/** The directory for these conditions; an error while it is unknown, since a look-up must answer. */
const directoryFor = async (whens: readonly string[], ctx: Ctx): Promise<DirectoryView> => {
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

const one = (user: string, view: DirectoryView): Person => {
  const found = finder(view.people)(user);
  if (found) return found;
  throw new Problem("not-found", `the directory knows nobody called "${user}"`, {
    path: ["user"],
    hint: didYouMean(user, view.people.slice(0, 20_000).map(label)) ?? "Give a login, an e-mail or a directory id.",
  });
};

const usersFn = defineFunction({
  name: "users",
  doc: "The people whom a condition matches now.",
  pure: false,
  hcl: functionExamples.users,
  inputs: z.object({
    when: field(z.string(), { description: "Condition in the rule language.", example: 'user.department == "Sales"' }),
  }),
  outputs: z.object({
    total: field(z.int(), { description: "How many match." }),
    users: field(z.array(z.string()), { description: `The first ${LISTED}, by name.` }),
    undecided: field(z.int(), { description: "For how many it cannot be decided." }),
  }),
  async call({ when }, ctx) {
    const rule = compileRule(when);
    const view = await directoryFor([when], ctx);
    const answers = view.people.map((person) => ({ person, is: rule.decide(person, ctx.now).is }));
    const yes = answers
      .filter((a) => a.is === "yes")
      .map((a) => personName(a.person, ctx.people))
      .sort();
    return {
      total: yes.length,
      users: ctx.people === "count" ? [] : yes.slice(0, LISTED),
      undecided: answers.filter((a) => a.is === "undecided").length,
    };
  },
});

const skusFn = defineFunction({
  name: "skus",
  doc: "The SKUs that a connection offers.",
  pure: false,
  hcl: functionExamples.skus,
  inputs: z.object({ connection: field(z.string(), { description: "Name of the connection.", example: "crm" }) }),
  outputs: z.object({
    skus: field(
      z.array(
        named(
          "SkuListing",
          z.object({
            sku: field(z.string(), { description: "What License takes as sku." }),
            name: field(z.string(), { description: "A name for people." }),
          }),
        ),
      ),
      { description: "All of them." },
    ),
  }),
  async call({ connection }, ctx) {
    const open = await ctx.connection(connection, ["connection"]);
    if (open === "unknown")
      throw new Problem("invalid", `connection "${connection}" is not known yet`, { path: ["connection"] });
    if (!open.connector.skus)
      throw new Problem("unsupported", `connection "${connection}" (${open.kind.name}) has no SKUs`, {
        path: ["connection"],
      });
    return { skus: (await open.connector.skus(ctx.signal)).map(({ sku, name }) => ({ sku, name })) };
  },
});

const positionFn = defineFunction({
  name: "licensePosition",
  doc: "The effective license position: purchased against consumed, and what it costs.",
  pure: false,
  hcl: functionExamples.licensePosition,
  inputs: z.object({
    license: field(licenseRef(), { description: "The `ref` of a License, or { connection, sku }." }),
  }),
  outputs: z.object({
    purchased: field(z.int().optional(), { description: "Seats bought." }),
    consumed: field(z.int(), { description: "Seats in use." }),
    available: field(z.int().optional(), { description: "Purchased and not in use." }),
    ending: field(z.int().optional(), {
      description: "Of the consumed ones: released already, and consumed until their billing cycle ends.",
    }),
    shortfall: field(z.int().optional(), { description: "In use above what was bought." }),
    monthlyCost: field(z.string().optional(), { description: "Cost per month, decimal string." }),
    currency: field(z.string().optional(), { description: "ISO 4217 code." }),
  }),
  async call({ license }, ctx) {
    const open = await openLicense(license, ["license"], ctx);
    if (open === "unknown" || !open.reader.connector.counters)
      throw new Problem("invalid", `the seats of "${license.connection}/${license.sku}" cannot be counted`, {
        path: ["license"],
      });
    const counters = await open.reader.connector.counters(open.sku, ctx.signal);
    const commitments = commitmentsOf(license);
    const purchased = counters.purchased?.value ?? declared(commitments, ctx.now);
    const consumed = counters.consumed.value;
    const at = licenseCost(commitments, consumed, new Date(ctx.now).toISOString());
    const counts =
      purchased === null
        ? {}
        : { purchased, available: Math.max(0, purchased - consumed), shortfall: Math.max(0, consumed - purchased) };
    const ending = await endingSeats(open, ctx);
    return {
      consumed,
      ...counts,
      ...(ending === null ? {} : { ending }),
      ...(at.monthlyCost ? { monthlyCost: at.monthlyCost } : {}),
      ...(at.currency ? { currency: at.currency } : {}),
    };
  },
});

const explainFn = defineFunction({
  name: "explain",
  doc: "Why a person is claimed or not, rule by rule, with every part of each condition.",
  pure: false,
  hcl: functionExamples.explain,
  inputs: z.object({
    user: field(z.string(), { description: "Login, e-mail or directory id.", example: "ada" }),
    rules: field(z.array(claim()).min(1), { description: "The `claim`s of the rules, in the pool's order." }),
  }),
  outputs: z.object({
    claimed: field(z.boolean(), { description: "Does any rule claim them?" }),
    text: field(z.string(), { description: "The explanation, several lines." }),
  }),
  async call({ user, rules }, ctx) {
    const view = await directoryFor(
      rules.flatMap((r) => r.when ?? []),
      ctx,
    );
    const person = one(user, view);
    const parts = rules.map((r) => {
      if (r.when === undefined)
        return {
          yes: (r.grants ?? []).some((g) => finder([person])(g.user) !== null),
          lines: [`rule ${r.name}: people named one by one`],
        };
      const rule = compileRule(r.when);
      const answer = rule.decide(person, ctx.now);
      return {
        yes: answer.is === "yes",
        lines: [
          `rule ${r.name}: ${answer.is}${answer.is === "undecided" ? ` (${answer.missing})` : ""}`,
          ...explainRule(rule, person, ctx.now).render(),
        ],
      };
    });
    return { claimed: parts.some((p) => p.yes), text: parts.flatMap((p) => p.lines).join("\n") };
  },
});

export const functions = [usersFn, skusFn, positionFn, explainFn, ...pureFunctions];
