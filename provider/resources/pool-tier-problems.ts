import { asProblem, type Path, Problem } from "../core/problem.ts";
import type { Ctx } from "../core/resource.ts";
import { canonical } from "../core/value.ts";
import { holderOf, type PoolRecord } from "./pool-record.ts";
import { openLicense, placeOf, type ReadTier, seatsAt } from "./pool-tiers.ts";

type Named = Pick<ReadTier, "license" | "ref" | "writer" | "seatSku" | "retired">;

const pathOf = (tiers: readonly Named[], i: number): Path =>
  tiers.filter((t) => !t.retired).length > 1 ? ["tiers", i, "license"] : ["license"];

/** One seat in two tiers would be counted twice, moved to where it is, and taken as somebody's second one. */
export const doubledTiers = (tiers: readonly Named[]): readonly Problem[] => {
  const first = new Map<string, number>();
  return tiers.flatMap((tier, i): Problem[] => {
    if (tier.retired) return [];
    const at = seatsAt(tier);
    const other = first.get(at) ?? first.get(tier.license);
    for (const name of [at, tier.license]) if (!first.has(name)) first.set(name, i);
    if (other === undefined) return [];
    const what =
      tiers[other]?.license === tier.license ? `the same license, ${tier.license}` : `the same seats, of ${at}`;
    return [
      new Problem("invalid", `tiers ${other + 1} and ${i + 1} are ${what}`, {
        path: pathOf(tiers, i),
        hint: "Name each license in one tier, and join the conditions with ||. Other service plans for some people need a pool of their own, with a scope.",
      }),
    ];
  });
};

/**
 * A license whose seats are written at another place from now on (directly before, through a group now): the list there says
 * nothing of the seats that this pool has given, and a leaver would keep theirs for ever.
 */
export const writtenElsewhere = async (
  tiers: readonly Named[],
  record: PoolRecord,
  ctx: Ctx,
): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const [i, tier] of tiers.entries()) {
    const seats = holderOf(record).get(tier.license)?.size ?? 0;
    const place = record.licenses?.[tier.license];
    if (seats === 0 || !place || tier.retired || canonical(place) === canonical(placeOf(tier.ref))) continue;
    const before = await openLicense(place, ["license"], ctx).catch((error: unknown): "unknown" => {
      if (asProblem(error).code === "not-found") return "unknown"; // renamed, or gone with its seats
      throw error;
    });
    if (before === "unknown" || seatsAt(before) === seatsAt(tier)) continue;
    const many = seats === 1 ? "1 seat" : `${seats} seats`;
    problems.push(
      new Problem(
        "refused",
        `pool ${ctx.name} has given ${many} of ${tier.license} at ${seatsAt(before)}, and would give them at ${seatsAt(tier)} from now on: nobody would take the old ones back`,
        {
          path: [...pathOf(tiers, i), "via"],
          hint: "Give the pool another name, so that a new one begins: what becomes of the old seats its onDestroy says (retain leaves them to you; release takes them, under the execution limit).",
        },
      ),
    );
  }
  return problems;
};
