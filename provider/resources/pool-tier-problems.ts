import { asProblem, type Path, Problem } from "../core/problem.ts";
import type { Ctx } from "../core/resource.ts";
import { canonical } from "../core/value.ts";
import { holderOf, type PoolRecord } from "./pool-record.ts";
import { openLicense, placeOf, type ReadTier, seatsAt } from "./pool-tiers.ts";
import { seatsCompared } from "./renamed-license.ts";

type Named = Pick<ReadTier, "license" | "ref" | "writer" | "seatSku" | "retired">;

const pathOf = (tiers: readonly Named[], i: number): Path =>
  tiers.filter((t) => !t.retired).length > 1 ? ["tiers", i, "license"] : ["license"];

/** One seat in two tiers would be counted twice, moved to where it is, and taken as somebody's second one. */
const doubledTiers = (tiers: readonly Named[]): readonly Problem[] => {
  return tiers.flatMap((tier, i): Problem[] => {
    if (tier.retired) return [];
    const same = (t: Named): boolean => t.license === tier.license || seatsCompared(t, tier) === "same";
    const other = tiers.slice(0, i).findIndex((t) => !t.retired && same(t));
    if (other < 0) return [];
    const what =
      tiers[other]?.license === tier.license
        ? `the same license, ${tier.license}`
        : `the same seats, of ${seatsAt(tier)}`;
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
const writtenElsewhere = async (tiers: readonly Named[], record: PoolRecord, ctx: Ctx): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const [i, tier] of tiers.entries()) {
    const seats = holderOf(record).get(tier.license)?.size ?? 0;
    const place = record.licenses?.[tier.license];
    if (seats === 0 || !place || tier.retired || canonical(place) === canonical(placeOf(tier.ref))) continue;
    const before = await openLicense(place, ["license"], ctx).catch((error: unknown): "unknown" => {
      if (asProblem(error).code === "not-found") return "unknown"; // renamed, or gone with its seats
      throw error;
    });
    if (before === "unknown" || seatsCompared(before, tier) === "same") continue;
    problems.push(
      new Problem(
        "refused",
        `pool ${ctx.name} has given ${seatsOf(seats)} of ${tier.license} at ${seatsAt(before)}, and would give them at ${seatsAt(tier)} from now on: nobody would take the old ones back`,
        {
          path: [...pathOf(tiers, i), "via"],
          hint: "Give the pool another name, so that a new one begins: what becomes of the old seats its onDestroy says (retain leaves them to you; release takes them, under the execution limit).",
        },
      ),
    );
  }
  return problems;
};

const seatsOf = (many: number): string => (many === 1 ? "1 seat" : `${many} seats`);

/** A move between two names of perhaps one system would take the seat that it has just given. */
const perhapsRenamed = (tiers: readonly Named[]): readonly Problem[] =>
  tiers.flatMap((old): Problem[] => {
    const i = old.retired ? tiers.findIndex((t) => !t.retired && seatsCompared(t, old) === "maybe") : -1;
    const now = tiers[i];
    if (!now) return [];
    return [
      new Problem(
        "conflict",
        `the pool's seats of ${old.license} are to move to ${now.license}, but the connections "${old.writer.name}" and "${now.writer.name}" may be one system: a move would then take the very seats that people keep`,
        {
          path: pathOf(tiers, i),
          hint: `Is it one system? Give both connections the same settings (only secrets may differ) for one apply: then the seats are known by the new name and nobody moves. Are there two? Give the pool another name, so that a new one begins; what becomes of the old seats its onDestroy says.`,
        },
      ),
    ];
  });

const isThere = (name: string, ctx: Ctx): Promise<boolean> =>
  ctx.connection(name, []).then(
    () => true,
    (error: unknown) => {
      if (asProblem(error).code === "not-found") return false;
      throw error;
    },
  );

/** Seats at a connection that is configured no more, while the pool has the same license elsewhere: most likely renamed. */
const lostConnections = async (tiers: readonly Named[], record: PoolRecord, ctx: Ctx): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const [license, { size }] of holderOf(record)) {
    const slash = license.indexOf("/");
    const place = record.licenses?.[license] ?? { connection: license.slice(0, slash), sku: license.slice(slash + 1) };
    const alike = (t: Named): boolean =>
      !t.retired && (t.ref.sku === place.sku || t.license.slice(t.license.indexOf("/")) === license.slice(slash));
    const i = tiers.findIndex(alike);
    const now = tiers[i];
    if (!now || tiers.some((t) => t.license === license)) continue;
    let gone: string | null = null;
    for (const name of [place.connection, ...(place.via ? [place.via.connection] : [])])
      if (gone === null && !(await isThere(name, ctx))) gone = name;
    if (gone === null) continue;
    problems.push(
      new Problem(
        "not-found",
        `the state remembers ${seatsOf(size)} of this pool at connection "${gone}" (${license}), which is not in the provider configuration any more`,
        {
          path: pathOf(tiers, i),
          hint: `Was it renamed? Keep both names in connections for one apply, with the same settings: the seats are then known as ${now.license}, nobody loses theirs, and "${gone}" can go. Is that system gone? Give the pool another name, so that a new one begins.`,
        },
      ),
    );
  }
  return problems;
};

/** What is wrong with the pool's licenses, seen beside those of the runs before. */
export const tierProblems = async (
  tiers: readonly Named[],
  record: PoolRecord,
  ctx: Ctx,
): Promise<readonly Problem[]> => [
  ...doubledTiers(tiers),
  ...perhapsRenamed(tiers),
  ...(await writtenElsewhere(tiers, record, ctx)),
  ...(await lostConnections(tiers, record, ctx)),
];
