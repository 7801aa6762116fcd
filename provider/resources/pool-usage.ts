import type { UsageReport } from "../core/connector.ts";
import type { Person, PersonId } from "../core/person.ts";
import type { Ctx } from "../core/resource.ts";
import type { Tier } from "../planner/index.ts";
import type { ReadTier } from "./pool-tiers.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";

export interface Activity {
  readonly at: ReadonlyMap<PersonId, string | null>;
  readonly usage: Tier["usage"];
}

/**
 * When holders were last active, by the vendor's own signal, else by the directory's sign-ins. Read only where the
 * pool reclaims: it costs requests. No signal: nobody is ever a candidate.
 */
export const lastActivity = async (
  inputs: PoolInputs,
  tiers: readonly ReadTier[],
  holdersOf: () => readonly Person[],
  ctx: Ctx,
): Promise<Activity> => {
  const holders = inputs.reclaim ? holdersOf() : [];
  if (holders.length === 0) return { at: new Map(), usage: null };
  const directory = await ctx.directoryConnection();
  const sources = [...tiers.map((t) => t.reader), ...(directory === "unknown" ? [] : [directory])];
  const source = sources.find((c) => c.connector.usage !== undefined);
  if (!source?.connector.usage) {
    ctx.log({
      level: "warning",
      text: "reclaim is set, but no connection tells who was active: nobody becomes a candidate",
    });
    return { at: new Map(), usage: null };
  }
  const report: UsageReport = await source.connector.usage(holders, ctx.signal, source.accountOf);
  return {
    at: new Map(report.usage.map((u) => [u.person, u.at])),
    usage: { signal: report.signal, coverageFrom: report.coverageFrom, asOf: report.asOf },
  };
};
