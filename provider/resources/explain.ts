import { z } from "zod";
import type { Seat } from "../core/connector.ts";
import { field } from "../core/fields.ts";
import type { Person } from "../core/person.ts";
import { type Ctx, defineFunction } from "../core/resource.ts";
import { compileRule, explain as explainRule } from "../rules/index.ts";
import { functionExamples } from "./function-examples.ts";
import { directoryFor, one } from "./look-up.ts";
import { finder } from "./pool-rules.ts";
import { allSeats, openLicense } from "./pool-tiers.ts";
import { claim, type LicenseRef, licenseRef } from "./shared-fields.ts";

/** What the vendor shows of one person's seat, in words. */
const shown = (seat: Seat): string => {
  const through = seat.inheritedFrom === undefined ? "" : `, through ${seat.inheritedFrom}`;
  const until = seat.endsAt === undefined ? "" : `, released and consumed until ${seat.endsAt}`;
  const { problem } = seat;
  if (seat.state !== "error") return `${seat.state}${through}${until}`;
  return `does not work${through}${until}: ${problem ? `${problem.code}: ${problem.text}` : "the vendor shows it as faulty"}`;
};

const seatOf = async (person: Person, license: LicenseRef, ctx: Ctx): Promise<readonly string[]> => {
  const open = await openLicense(license, ["license"], ctx);
  const called = `${license.connection}/${license.sku}`;
  if (open === "unknown") return [`seat of ${called}: the connection is not known yet`];
  const { writer, seatSku } = open;
  const name = writer.accountOf(person);
  const accounts = name === null ? undefined : await writer.connector.accounts?.([name], ctx.signal);
  const account = writer.isDirectory ? person.id : name === null ? undefined : accounts?.get(name)?.id;
  if (account === undefined) return [`seat of ${called}: no account at ${writer.name}`];
  const mine = (await allSeats(writer, seatSku, ctx)).filter(({ holder }) => holder === account);
  return mine.length === 0 ? [`seat of ${called}: none`] : mine.map((seat) => `seat of ${called}: ${shown(seat)}`);
};

export const explainFn = defineFunction({
  name: "explain",
  doc: "Why a person is claimed or not, rule by rule, with every part of each condition.",
  pure: false,
  hcl: functionExamples.explain,
  inputs: z.object({
    user: field(z.string(), { description: "Login, e-mail or directory id.", example: "ada" }),
    rules: field(z.array(claim()).min(1), { description: "The `claim`s of the rules, in the pool's order." }),
    license: field(licenseRef().optional(), {
      description: "The `ref` of a License: then the answer also says what its vendor shows of their seat.",
    }),
  }),
  outputs: z.object({
    claimed: field(z.boolean(), { description: "Does any rule claim them?" }),
    text: field(z.string(), { description: "The explanation, several lines." }),
  }),
  async call({ user, rules, license }, ctx) {
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
    const seat = license ? await seatOf(person, license, ctx) : [];
    return { claimed: parts.some((p) => p.yes), text: [...parts.flatMap((p) => p.lines), ...seat].join("\n") };
  },
});
