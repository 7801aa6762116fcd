import { z } from "zod";
import { field, named } from "../core/fields.ts";
import { Problem } from "../core/problem.ts";
import { defineFunction } from "../core/resource.ts";
import { licenseCost } from "../planner/license-position.ts";
import { compileRule } from "../rules/index.ts";
import { explainFn } from "./explain.ts";
import { functionExamples } from "./function-examples.ts";
import { directoryFor } from "./look-up.ts";
import { personName } from "./pool-rules.ts";
import { commitmentsOf, declared, endingSeats, openLicense } from "./pool-tiers.ts";
import { pureFunctions } from "./pure-functions.ts";
import { licenseRef } from "./shared-fields.ts";

const LISTED = 200;

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

export const functions = [usersFn, skusFn, positionFn, explainFn, ...pureFunctions];
