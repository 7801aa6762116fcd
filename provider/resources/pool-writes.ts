import type { SeatStep } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Connection, JournalEntry, Message } from "../core/resource.ts";
import { type Plan, type PlanStep, vendorSteps } from "../planner/index.ts";
import { placeOf, type ReadTier } from "./pool-tiers.ts";

/** One write at one vendor. */
export interface Write {
  readonly connection: Connection;
  readonly seatStep: SeatStep;
  readonly step: PlanStep;
}

interface SkuAt {
  readonly connection: Connection;
  readonly sku: string;
  /** For whoever gains a seat there. */
  readonly plans: Pick<SeatStep, "servicePlans">;
}
const skuAt = (tiers: readonly ReadTier[], tier: number): SkuAt => {
  const found = tiers[tier];
  if (!found) throw new Problem("bug", `the plan names tier ${tier}, which the pool does not have`);
  const plans = found.servicePlans ? { servicePlans: found.servicePlans.on } : {};
  return { connection: found.writer, sku: found.seatSku.sku, plans };
};

/** A step of the plan as writes at vendors: a move between two systems is two, the new seat first. */
export const writesOf = (step: PlanStep, tiers: readonly ReadTier[]): readonly Write[] => {
  const to = skuAt(tiers, step.tier);
  const who = { holder: step.holder ?? "", account: step.account ?? step.name };
  if (step.kind !== "move")
    return [
      {
        connection: to.connection,
        step,
        seatStep:
          step.kind === "assign"
            ? { act: "assign", ...who, sku: to.sku, ...to.plans }
            : { act: "unassign", ...who, sku: to.sku },
      },
    ];
  const from = skuAt(tiers, step.from ?? step.tier);
  if (from.connection === to.connection)
    return [
      { connection: to.connection, step, seatStep: { act: "move", ...who, sku: from.sku, to: to.sku, ...to.plans } },
    ];
  const lost = step.lost ?? who;
  return [
    { connection: to.connection, step, seatStep: { act: "assign", ...who, sku: to.sku, ...to.plans } },
    { connection: from.connection, step, seatStep: { act: "unassign", ...lost, sku: from.sku } },
  ];
};

export const keyOf = (s: SeatStep): string => `${s.act}\n${s.holder}\n${s.sku}\n${s.to ?? ""}`;

/** What the journal says of a write besides the write itself. */
export type Subject = Pick<JournalEntry, "person" | "license" | "ref">;
export const subjectOf = ({ step, seatStep }: Write, tiers: readonly ReadTier[]): Subject => {
  const tier = tiers[step.kind === "move" && seatStep.act === "unassign" ? (step.from ?? step.tier) : step.tier];
  return { person: step.person, license: tier?.license ?? "", ...(tier ? { ref: placeOf(tier.ref) } : {}) };
};

const minute = 60_000;
/** `2 h 47 min`, `12 min`. */
export const lasting = (ms: number): string => {
  const minutes = Math.max(1, Math.round(ms / minute));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
};
const pace = (writes: number, ms: number): string => {
  const perMinute = (writes * minute) / ms;
  const said = (n: number): string => String(n < 10 ? Math.round(n * 10) / 10 : Math.round(n));
  return perMinute < 60 ? `${said(perMinute)} a minute` : `${said(perMinute / 60)} a second`;
};

/** What will take its time, at the rate that the vendor allows: said before anybody approves it. */
export const takesLong = (plan: Plan, tiers: readonly ReadTier[]): readonly Message[] => {
  if (!tiers.some(({ writer }) => writer.connector.takesMs)) return [];
  const writes = vendorSteps(plan).flatMap((step) => writesOf(step, tiers));
  return [...new Set(writes.map(({ connection }) => connection))].flatMap((connection): Message[] => {
    const mine = writes.filter((one) => one.connection === connection);
    const ms = connection.connector.takesMs?.(mine.map(({ seatStep }) => seatStep)) ?? 0;
    if (ms <= minute) return [];
    const what = mine.length === 1 ? "this write takes" : `these ${mine.length.toLocaleString("en")} writes take`;
    const text = `${what} about ${lasting(ms)} at what ${connection.connector.vendor} allows (${pace(mine.length, ms)}). A run that ends earlier, by a time-out or by hand, is taken up by the next one: it does the rest.`;
    return [{ level: "info", text }];
  });
};
