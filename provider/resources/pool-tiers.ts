import type { Counters, Listing, Seat, Sku, SkuRef } from "../core/connector.ts";
import { asProblem, type Path, Problem } from "../core/problem.ts";
import type { Connection, Ctx } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import type { AllowedPlans, Commitment, Tier } from "../planner/index.ts";
import { unfinished } from "./pool-journal.ts";
import { holderOf, type Place, type PoolRecord } from "./pool-record.ts";
import { allowedPlans } from "./pool-service-plans.ts";
import { type PoolInputs, poolInputs } from "./seat-pool-fields.ts";
import type { LicenseRef } from "./shared-fields.ts";

/** One license of a pool, with the connections that count and write its seats. */
export interface OpenTier {
  readonly license: string;
  readonly ref: LicenseRef;
  readonly when: string | null;
  /** Absent: all of them may be on. */
  readonly servicePlans?: AllowedPlans;
  /** A license of an earlier run. */
  readonly retired?: boolean;
  readonly reader: Connection;
  readonly sku: Sku;
  /** Where seats are listed and written: the vendor itself, or `via`. */
  readonly writer: Connection;
  readonly seatSku: Sku;
}
export interface ReadTier extends OpenTier {
  readonly seats: readonly Seat[];
  readonly situation: Tier;
}

export const commitmentsOf = (ref: LicenseRef): readonly Commitment[] =>
  (ref.commitments ?? []).map((c) => ({
    quantity: c.quantity,
    type: c.type,
    startsOn: c.startsOn ?? null,
    endsOn: c.endsOn ?? null,
    price: c.price ? { amount: c.price.amount, currency: c.price.currency, per: c.price.per } : null,
  }));

/** Seats of the lots that run on this day. null: nothing was declared. */
export const declared = (commitments: readonly Commitment[], now: number): number | null => {
  const today = new Date(now).toISOString().slice(0, 10);
  const running = commitments.filter((c) => (c.startsOn ?? "") <= today && today <= (c.endsOn ?? "9999-12-31"));
  return commitments.length === 0 ? null : running.reduce((sum, c) => sum + c.quantity, 0);
};

const vendorOf = (connection: Connection, path: Path) => {
  const { connector } = connection;
  if (connector.sku && connector.seats && connector.counters)
    return {
      sku: connector.sku.bind(connector),
      seats: connector.seats.bind(connector),
      counters: connector.counters.bind(connector),
    };
  throw new Problem(
    "unsupported",
    `connection "${connection.name}" (${connection.kind.name}) has no seats: it can only serve as a directory`,
    { path },
  );
};

/** Finds the SKU and the connections; "unknown" while one of them is. */
export const openLicense = async (
  ref: LicenseRef,
  path: Path,
  ctx: Ctx,
): Promise<Omit<OpenTier, "when"> | "unknown"> => {
  const reader = await ctx.connection(ref.connection, [...path, "connection"]);
  if (reader === "unknown") return "unknown";
  const found = (where: Connection, sku: string, at: Path): Promise<Sku> =>
    vendorOf(where, at)
      .sku(sku, ctx.signal)
      .catch((error: unknown) => {
        throw asProblem(error).under(...at);
      });
  const sku = await found(reader, ref.sku, [...path, "sku"]);
  const license = `${reader.name}/${sku.sku}`;
  if (!ref.via) return { license, ref, reader, sku, writer: reader, seatSku: sku };
  const writer = await ctx.connection(ref.via.connection, [...path, "via", "connection"]);
  if (writer === "unknown") return "unknown";
  const name =
    ref.via.group !== undefined ? `group:${ref.via.group}` : ref.via.app !== undefined ? `app:${ref.via.app}` : null;
  if (name === null) throw new Problem("invalid", "via needs a group or an app", { path: [...path, "via"] });
  return { license, ref, reader, sku, writer, seatSku: await found(writer, name, [...path, "via"]) };
};

export const openTiers = async (inputs: PoolInputs, ctx: Ctx): Promise<readonly OpenTier[] | "unknown"> => {
  const { license, servicePlans } = inputs;
  const wanted: readonly Pick<NonNullable<PoolInputs["tiers"]>[number], "license" | "when" | "servicePlans">[] =
    inputs.tiers ?? (license ? [{ license, servicePlans }] : []);
  const place = (i: number): Path => (inputs.tiers ? ["tiers", i] : []);
  const open = await Promise.all(
    wanted.map(async (tier, i) => {
      const of = await openLicense(tier.license, [...place(i), "license"], ctx);
      if (of === "unknown") return of;
      const plans = tier.servicePlans;
      const servicePlans = plans && { servicePlans: allowedPlans(of, plans, [...place(i), "servicePlans"]) };
      return { ...of, when: tier.when ?? null, ...servicePlans };
    }),
  );
  return open.some((t) => t === "unknown") ? "unknown" : open.flatMap((t) => (t === "unknown" ? [] : [t]));
};

/** A license or connection that is gone: its seats stay remembered. Whatever else went wrong is an error. */
const openIfThere = (ref: LicenseRef, ctx: Ctx): Promise<Omit<OpenTier, "when"> | "unknown"> =>
  openLicense(ref, ["license"], ctx).catch((error: unknown): "unknown" => {
    if (asProblem(error).code === "not-found") return "unknown";
    throw error;
  });

/**
 * Licenses that the pool had in an earlier run and still owns seats of: their people move away. A license that no
 * longer can be opened is left out: its seats stay remembered, and the plan says so.
 */
export const retiredTiers = async (
  before: Values | null,
  now: readonly OpenTier[],
  record: PoolRecord,
  ctx: Ctx,
): Promise<readonly OpenTier[]> => {
  const owned = new Set(holderOf(record).keys());
  const places = new Map<string, Place>(Object.entries(record.licenses ?? {}));
  for (const { license } of record.unsure) owned.add(license);
  for (const { license, ref } of unfinished(record, ctx)) {
    owned.add(license);
    if (ref) places.set(license, ref);
  }
  for (const tier of now) owned.delete(tier.license);
  if (owned.size === 0) return [];
  const past = before === null ? null : poolInputs.safeParse(before);
  const refs: readonly LicenseRef[] = past?.success
    ? (past.data.tiers?.map((t) => t.license) ?? (past.data.license ? [past.data.license] : []))
    : [];
  const found = new Map<string, OpenTier>();
  for (const ref of refs) {
    const tier = await openIfThere(ref, ctx);
    if (tier !== "unknown" && owned.has(tier.license)) found.set(tier.license, { ...tier, when: null, retired: true });
  }
  // Of a run before that one: a move failed, and the inputs have named another license since.
  for (const license of owned) {
    const ref = found.has(license) ? undefined : places.get(license);
    const tier = ref ? await openIfThere(ref, ctx) : "unknown";
    if (tier !== "unknown" && tier.license === license) found.set(license, { ...tier, when: null, retired: true });
  }
  return [...found.values()];
};

const all = async <T>(list: Listing<T>): Promise<readonly T[]> => {
  if (list.whole) return list.whole();
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
};

/** Where its seats are listed and written: two licenses may be written through one group. */
export const seatsAt = ({ writer, seatSku }: Pick<OpenTier, "writer" | "seatSku">): string =>
  `${writer.name}/${seatSku.sku}`;
/** Under which names others of the run may know these seats. */
export const namesOf = (tiers: readonly OpenTier[]): readonly string[] => [
  ...new Set(tiers.flatMap((tier) => [tier.license, seatsAt(tier)])),
];

export const placeOf = ({ connection, sku, via }: LicenseRef): Place => ({ connection, sku, ...(via ? { via } : {}) });

/** Where to find the licenses of the seats that are owned now, for a run whose inputs no longer name them. */
export const licensesOwned = (
  record: Pick<PoolRecord, "memory" | "licenses" | "unsure">,
  tiers: readonly OpenTier[],
): Pick<PoolRecord, "licenses"> => {
  const known = new Map(Object.entries(record.licenses ?? {}));
  for (const { license, ref } of tiers) known.set(license, placeOf(ref));
  const owned = new Set<string>();
  for (const { license } of record.memory.owned.values()) owned.add(license);
  for (const { license } of record.unsure) owned.add(license);
  const kept = [...known].filter(([license]) => owned.has(license));
  return kept.length > 0 ? { licenses: Object.fromEntries(kept) } : {};
};

export const allSeats = (connection: Connection, sku: Sku, ctx: Ctx): Promise<readonly Seat[]> =>
  all(vendorOf(connection, []).seats(sku, ctx.signal));

/** What the capabilities say, where the SKU's own terms say nothing else. */
const termsOf = ({ kind, connector }: Connection, sku: SkuRef) => ({ ...kind.capabilities, ...connector.terms?.(sku) });

/** Where a release waits for the billing cycle: how many seats do. null: there is no such wait. A pool of the license reads the same list. */
export const endingSeats = async (
  { reader, sku }: Pick<OpenTier, "reader" | "sku">,
  ctx: Ctx,
): Promise<number | null> => {
  if (termsOf(reader, sku).release !== "endOfCycle" || !reader.connector.seats) return null;
  const seats = await all(reader.connector.seats(sku, ctx.signal));
  return seats.filter(({ endsAt }) => endsAt !== undefined).length;
};

/** What nobody can use the vendor does not count as consumed. */
const working = (seats: readonly Seat[]): number => {
  let count = seats.length;
  for (const { state } of seats) if (state === "error") count -= 1;
  return count;
};

/** Every seat or an error, and the counters beside it. */
export const readTier = async (tier: OpenTier, ctx: Ctx): Promise<ReadTier> => {
  const writer = vendorOf(tier.writer, []);
  const [seats, counters]: [readonly Seat[], Counters] = await Promise.all([
    all(writer.seats(tier.seatSku, ctx.signal)),
    vendorOf(tier.reader, []).counters(tier.sku, ctx.signal),
  ]);
  const commitments = commitmentsOf(tier.ref);
  const terms = termsOf(tier.reader, tier.sku);
  const deactivates = tier.writer.connector.deactivates?.(tier.seatSku) ?? false;
  return {
    ...tier,
    seats,
    situation: {
      license: tier.license,
      ...(tier.ref.via ? { via: tier.ref.via.connection } : {}),
      ...(tier.ref.sku === tier.sku.sku ? {} : { title: `${tier.reader.name}/${tier.ref.sku}` }),
      purchased: counters.purchased?.value ?? declared(commitments, ctx.now),
      consumed: Math.max(counters.consumed.value, working(seats)),
      buysOnAssign: terms.buysOnAssign,
      release: deactivates ? "deactivatesUser" : terms.release === "deactivatesUser" ? "immediate" : terms.release,
      cycleEndsAt: counters.cycleEndsAt ?? null,
      commitments,
      usage: null,
      ...(tier.servicePlans ? { servicePlans: tier.servicePlans } : {}),
      ...(tier.writer.settleMs > 0 ? { settles: tier.writer.settleMs } : {}),
      ...(tier.retired ? { retired: true } : {}),
    },
  };
};
