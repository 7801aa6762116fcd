import type { ConnectorKind } from "../core/connector.ts";
import { fieldsOf } from "../core/fields.ts";
import type { Connection, Ctx } from "../core/resource.ts";
import { canonical } from "../core/value.ts";
import { OwnedPeople } from "./owned-people.ts";
import type { PoolRecord } from "./pool-record.ts";
import type { OpenTier } from "./pool-tiers.ts";

/** Fields that say which system is meant; all others say how to work with it. */
const telling = ({ config }: ConnectorKind): ReadonlySet<string> =>
  new Set(fieldsOf(config).flatMap(({ name, identifies }) => (identifies ? [name] : [])));
const plain = (value: unknown): string => (typeof value === "string" ? value.replace(/\/+$/, "") : canonical(value));

/**
 * Whether two connections are one system under two names. "maybe": nothing proves that they are not, for credentials,
 * spelling in capitals, or what only one of them says may all be of one system.
 */
const compared = (a: Connection, b: Connection): "same" | "maybe" | "other" => {
  if (a.name === b.name) return "same";
  if (a.kind.name !== b.kind.name) return "other";
  const tells = telling(a.kind);
  let all: "same" | "maybe" = "same";
  for (const name of new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])) {
    const [mine, yours] = [a.settings[name], b.settings[name]];
    if (mine === undefined && yours === undefined) continue;
    const both = mine !== undefined && yours !== undefined;
    if (both && plain(mine) === plain(yours)) continue;
    if (both && tells.has(name) && plain(mine).toLowerCase() !== plain(yours).toLowerCase()) return "other";
    all = "maybe";
  }
  return all;
};

type Place = Pick<OpenTier, "writer" | "seatSku">;
/** Whether these are the same seats, though under two names. */
export const seatsCompared = (a: Place, b: Place): "same" | "maybe" | "other" =>
  a.seatSku.sku === b.seatSku.sku ? compared(a.writer, b.writer) : "other";

const renamedRecord = (record: PoolRecord, names: ReadonlyMap<string, string>): PoolRecord => {
  const now = <T extends { readonly license: string }>(one: T): T => {
    const license = names.get(one.license);
    return license === undefined ? one : { ...one, license };
  };
  const { owned, cooldown, refused, soldOut } = record.memory;
  const { licenses = {}, ...rest } = record;
  const places = Object.entries(licenses).filter(([license]) => !names.has(license));
  return {
    ...rest,
    unsure: record.unsure.map(now),
    memory: {
      ...record.memory,
      owned: owned instanceof OwnedPeople ? owned.renamed(names) : new Map([...owned].map(([id, o]) => [id, now(o)])),
      cooldown: Object.fromEntries(Object.entries(cooldown).map(([id, c]) => [id, now(c)])),
      ...(refused
        ? { refused: Object.fromEntries(Object.entries(refused).map(([id, all]) => [id, all.map(now)])) }
        : {}),
      ...(soldOut
        ? { soldOut: Object.fromEntries(Object.entries(soldOut).map(([l, s]) => [names.get(l) ?? l, s])) }
        : {}),
    },
    ...(places.length > 0 ? { licenses: Object.fromEntries(places) } : {}),
  };
};

/** What a killed run wrote under the old name is known under the new one too. */
const renamedJournal = (ctx: Ctx, names: ReadonlyMap<string, string>): Ctx => ({
  ...ctx,
  journal: {
    ...ctx.journal,
    unconfirmed: (ids, confirmed) =>
      ctx.journal.unconfirmed(ids, confirmed).map((e) => ({ ...e, license: names.get(e.license) ?? e.license })),
  },
});

interface Known {
  readonly tiers: readonly OpenTier[];
  readonly record: PoolRecord;
  readonly ctx: Ctx;
}
/**
 * A retired license whose seats are those of a license that the pool has now was only renamed: nobody moves, for the
 * move's second half would take the very seat that they keep. Its seats are known by the present name from here on.
 */
export const underPresentNames = ({ tiers, record, ctx }: Known): Known => {
  const present = tiers.filter((t) => !t.retired);
  const names = new Map<string, string>();
  for (const tier of tiers) {
    const now = tier.retired ? present.find((t) => seatsCompared(t, tier) === "same") : undefined;
    if (now) names.set(tier.license, now.license);
  }
  if (names.size === 0) return { tiers, record, ctx };
  return {
    tiers: tiers.filter((t) => !t.retired || !names.has(t.license)),
    record: renamedRecord(record, names),
    ctx: renamedJournal(ctx, names),
  };
};
