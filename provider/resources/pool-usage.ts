import type { Person, PersonId } from "../core/person.ts";
import type { Connection, Ctx } from "../core/resource.ts";
import type { Tier } from "../planner/index.ts";
import type { ReadTier } from "./pool-tiers.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";

type At = ReadonlyMap<PersonId, string | null>;
export interface Activity {
  /** By the one signal that there is. */
  readonly at: At;
  /** Where tiers have signals of their own: by tier. */
  readonly byTier: readonly At[] | null;
  readonly usage: readonly Tier["usage"][];
}
const nothing: Activity = { at: new Map(), byTier: null, usage: [] };

interface Source {
  readonly from: Connection;
  readonly tiers: ReadonlySet<number>;
}

/**
 * Who tells of each tier's use: its own vendor, where that does; else the directory, by sign-ins. What one vendor tells is
 * never taken for the use of another's product.
 */
const sourcesOf = (tiers: readonly ReadTier[], directory: Connection | "unknown"): readonly Source[] => {
  const tells = (one: Connection | "unknown"): one is Connection =>
    one !== "unknown" && one.connector.usage !== undefined;
  const found = new Map<Connection, Set<number>>();
  for (const [i, { reader, sku }] of tiers.entries()) {
    const own = tells(reader) && (reader.connector.tells?.(sku) ?? true) ? reader : null;
    const from = own ?? (tells(directory) && directory !== reader ? directory : null);
    if (from) found.set(from, (found.get(from) ?? new Set()).add(i));
  }
  return [...found].map(([from, of]) => ({ from, tiers: of }));
};

/** Read only where the pool reclaims: it costs requests. No signal: nobody is ever a candidate. */
export const lastActivity = async (
  inputs: PoolInputs,
  tiers: readonly ReadTier[],
  holdersOf: (tiers: ReadonlySet<number>) => readonly Person[],
  ctx: Ctx,
): Promise<Activity> => {
  const everyTier = new Set(tiers.keys());
  if (!inputs.reclaim || holdersOf(everyTier).length === 0) return nothing;
  const sources = sourcesOf(tiers, await ctx.directoryConnection());
  warn(tiers, sources, ctx);
  const told = await Promise.all(sources.map((source) => ask(source, holdersOf(source.tiers), ctx)));
  const of = (tier: number) => told[sources.findIndex((source) => source.tiers.has(tier))] ?? null;
  const usage = tiers.map((_tier, i) => of(i)?.usage ?? null);
  const [only] = told;
  if (only && sources[0]?.tiers.size === tiers.length) return { at: only.at, byTier: null, usage };
  return { at: new Map(), byTier: tiers.map((_tier, i) => of(i)?.at ?? new Map()), usage };
};

const ask = async ({ from }: Source, holders: readonly Person[], ctx: Ctx) => {
  const report = holders.length === 0 ? undefined : await from.connector.usage?.(holders, ctx.signal, from.accountOf);
  if (!report) return null;
  const { signal, coverageFrom, asOf } = report;
  return { at: new Map(report.usage.map((u) => [u.person, u.at])), usage: { signal, coverageFrom, asOf } };
};

const warn = (tiers: readonly ReadTier[], sources: readonly Source[], ctx: Ctx): void => {
  const silent = tiers.filter((tier, i) => !tier.retired && !sources.some((source) => source.tiers.has(i)));
  const who = silent.map(({ license }) => license).join(" or ");
  if (sources.length === 0)
    ctx.log({
      level: "warning",
      text: "reclaim is set, but no connection tells who was active: nobody becomes a candidate",
    });
  else if (silent.length > 0)
    ctx.log({
      level: "warning",
      text: `reclaim is set, but no connection tells who uses ${who}: nobody there becomes a candidate`,
    });
};
