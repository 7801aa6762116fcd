import type { Ctx } from "../core/resource.ts";
import { isRecord, UNKNOWN, type Value, type Values } from "../core/value.ts";
import { changes, type Listed, type Plan } from "../planner/index.ts";

/** How many names a list in state holds; its total says the rest. Engines are slow with long ones. */
const BOUND = 50;

const entry = (l: Listed): Value => ({
  person: l.name,
  ...(l.since ? { since: l.since } : {}),
  ...(l.until ? { until: l.until } : {}),
  code: l.code,
  reason: l.sentence,
});

export const peopleList = (all: readonly Listed[], how: Ctx["people"]): Value => ({
  total: all.length,
  people: how === "count" ? [] : all.slice(0, BOUND).map(entry),
});

/** Where nobody is to be named, only the counts stay. */
const counted = (of: Values): Values => {
  const more = isRecord(of.more) ? { ...of.more } : {};
  const kept: Record<string, Value | undefined> = { monthlyCostDelta: of.monthlyCostDelta };
  for (const [kind, people] of Object.entries(of)) {
    if (kind === "more" || !isRecord(people)) continue;
    const total = Object.keys(people).length + Number(more[kind] ?? 0);
    if (total > 0) more[kind] = total;
  }
  return { ...kept, ...(Object.keys(more).length > 0 ? { more } : {}) };
};

const compact = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([, v]) => v !== undefined && v !== null && !(isRecord(v) && Object.keys(v).length === 0),
    ),
  );

/** `changes` as state and previews hold them. */
export const changesValue = (plan: Plan, how: Ctx["people"]): Values => {
  const all = compact({ ...changes(plan, BOUND) });
  return how === "count" ? compact(counted(all)) : all;
};

const numbers = (plan: Plan): Values => {
  const c = plan.counts;
  return {
    purchased: c.purchased,
    consumed: c.consumed,
    available: c.available,
    used: c.used,
    owned: c.owned,
    shortfall: c.shortfall,
    surplus: c.surplus,
    active: c.active,
    inactive: c.inactive,
    unknown: c.unknown,
    monthlyCost: plan.money.monthlyCost,
    currency: plan.money.currency,
  };
};

/** Everything but `changes` and `digest`. */
export const poolState = (
  plan: Plan,
  failed: Value,
  of: { readonly how: Ctx["people"]; readonly dueAt: string | null },
): Values =>
  Object.fromEntries(
    Object.entries({
      ...numbers(plan),
      failed,
      blocked: peopleList(plan.blocked, of.how),
      waiting: peopleList(plan.waiting, of.how),
      leaving: peopleList(plan.leaving, of.how),
      candidates: peopleList(plan.candidates, of.how),
      external: peopleList(plan.external, of.how),
      undecided: peopleList(plan.undecided, of.how),
      nextDueAt: of.dueAt,
    }).filter(([, v]) => v !== null && v !== undefined),
  ) as Values;

const live = [
  "purchased",
  "consumed",
  "available",
  "used",
  "owned",
  "shortfall",
  "surplus",
  "active",
  "inactive",
  "unknown",
  "monthlyCost",
  "currency",
  "failed",
  "blocked",
  "waiting",
  "leaving",
  "candidates",
  "external",
  "undecided",
  "nextDueAt",
] as const;

/** What depends on the vendor's answers is unknown while there are steps. */
export const unknownState = (): Values => Object.fromEntries(live.map((name) => [name, UNKNOWN]));

export const nobodyFailed: Value = { total: 0, people: [] };
