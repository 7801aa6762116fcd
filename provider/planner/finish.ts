import type { Admitted } from "./admission.ts";
import { type Board, lists } from "./board.ts";
import { buying } from "./buying.ts";
import { seatAll, settle, underRule } from "./contest.ts";
import { refusalOf } from "./limit.ts";
import { type Ledger, ledger, lotDates, pricesOf } from "./money.ts";
import { positionOf } from "./position.ts";
import { sentenceOf } from "./sentence.ts";
import { sha256 } from "./sha256.ts";
import type { Listed, Plan, PlanStep, Situation, Tier } from "./situation.ts";
import { type Draft, inOrder, keyOf, staysInTier } from "./steps.ts";
import { byText, iso, ms } from "./time.ts";

/** From what was judged of each person to the plan: free seats are given, steps ordered, priced, worded and limited. */
export function finish(board: Board): Plan {
  const { situation } = board;
  const prices = pricesOf(situation.tiers, situation.now);
  const consumed = situation.tiers.map((tier, i) => Math.max(tier.consumed, board.seen[i] ?? 0));
  const { rooms, admitted, attribution, counted, free } = seatAll(board, consumed);
  const unseated = settle(board, admitted, rooms);
  const book = ledger(prices, situation.tiers, consumed);
  const drafts = bought(
    board.steps.map((step) => underRule(step, counted, board)),
    situation.tiers,
    consumed,
  );
  const steps = written(drafts, book, situation);
  const claimed = Object.fromEntries(situation.rules.map(({ name }, i) => [name, board.claimed[i] ?? 0]));
  const withheld = withheldOf(board, ledger(prices, situation.tiers, consumed));
  listSteps(board, steps);
  return {
    steps,
    withheld,
    refusal:
      situation.policy.enforce === "none" ? null : (refusalOf(situation, steps, claimed) ?? noSeats(board, unseated)),
    ...sorted(board),
    attribution,
    free,
    counts: positionOf(board, consumed, { rooms, admitted }),
    money: book.total(),
    buys: buysOf(drafts, situation),
    digest: digestOf(situation, steps, board.steps),
    nextDueAt: nextDue(board),
  };
}

/** In the order in which they are done. */
function bought(drafts: readonly Draft[], tiers: readonly Tier[], consumed: readonly number[]): Draft[] {
  const ordered = [...drafts].sort(inOrder);
  if (!tiers.some(({ buysOnAssign }) => buysOnAssign)) return ordered;
  const buys = buying(tiers, consumed);
  return ordered.map((step) => (buys(step) ? { ...step, buys: true } : step));
}

function buysOf(drafts: readonly Draft[], { tiers }: Situation): Plan["buys"] {
  const seats: Record<string, number> = {};
  for (const { buys, tier } of drafts) {
    const license = tiers[tier]?.title ?? tiers[tier]?.license ?? "";
    if (buys) seats[license] = (seats[license] ?? 0) + 1;
  }
  return seats;
}

function moneyOf(step: Draft, book: Ledger, situation: Situation): PlanStep["money"] {
  if (staysInTier(step)) return null;
  switch (step.kind) {
    case "assign":
      return step.back ? null : book.gain(step.tier);
    case "unassign":
      return step.faulty ? null : book.lose(step.tier);
    case "move":
      if (step.there) return step.faulty ? null : book.lose(step.from ?? step.tier);
      return step.faulty ? book.gain(step.tier) : book.move(step.from ?? step.tier, step.tier);
    case "leave":
      return step.faulty ? null : book.foresee(step.tier, iso(ms(situation.now) + step.grace));
    default:
      return null;
  }
}

/** Drafts in their order, with their money and their sentence. */
function written(drafts: Draft[], book: Ledger, situation: Situation): PlanStep[] {
  return drafts.sort(inOrder).map((step): PlanStep => {
    const money = moneyOf(step, book, situation);
    const { kind, person, name, tier, from, holder, account, lost, turn, back, reason, rule } = step;
    return {
      kind,
      person,
      name,
      tier,
      from,
      holder,
      account,
      ...(lost ? { lost } : {}),
      ...(turn > 0 ? { turn } : {}),
      ...(back ? { back } : {}),
      reason,
      rule,
      sentence: sentenceOf(step, money, situation),
      money,
    };
  });
}

function withheldOf(board: Board, book: Ledger): Plan["withheld"] {
  const { situation } = board;
  if (board.withheld.length === 0 && !situation.approved) return [];
  const why = new Map(board.withheld.map(({ step, why }) => [keyOf(step), why]));
  const steps = written(
    board.withheld.map(({ step }) => step),
    book,
    situation,
  ).map((step) => ({ step, why: why.get(keyOf(step)) ?? "" }));
  const planned = new Set([...board.steps, ...board.withheld.map(({ step }) => step)].map(keyOf));
  const dropped = (situation.approved ?? []).filter((step) => !planned.has(keyOf(step)));
  return [
    ...steps,
    ...dropped.map((approved) => {
      const name = situation.people.get(approved.person)?.name ?? approved.person;
      const sentence = `${name}: the approved ${approved.kind} is dropped`;
      return {
        step: {
          ...approved,
          name,
          holder: null,
          account: null,
          reason: "unjustified",
          rule: null,
          sentence,
          money: null,
        },
        why: approved.back
          ? "changed since: the seat that they were to get back has ended, and another would be bought; the next plan says so"
          : "approved, but not justified any more; the next plan says what is",
      };
    }),
  ];
}

function noSeats({ situation: { policy, pool, approved } }: Board, unseated: readonly Admitted[]): Plan["refusal"] {
  if (policy.onExhaustion !== "fail" || unseated.length === 0 || approved) return null;
  const names = unseated.map(({ contender }) => contender.view.member.name).sort(byText);
  const shown = names.slice(0, 10).join(", ") + (names.length > 10 ? ` and ${names.length - 10} more` : "");
  const unnamed = `pool ${pool}: ${names.length} claimed ${names.length === 1 ? "person has" : "people have"} no seat`;
  return {
    code: "no-seats",
    message: `${unnamed}: ${shown}`,
    unnamed,
    hint: 'Raise the allotment (of the pool or the rule) or buy seats, or set onExhaustion = "wait" to let them wait.',
  };
}

/** People whom this plan puts on a list are on it. */
function listSteps(board: Board, steps: readonly PlanStep[]): void {
  const { policy } = board.situation;
  for (const { kind, person, name, reason, sentence } of steps) {
    if (kind !== "leave" && kind !== "candidate") continue;
    const cause = reason === "suspended" || reason === "deleted" ? reason : "unclaimed";
    const until = board.now + (kind === "leave" ? policy.gracePeriod[cause] : (policy.reclaim?.notice ?? 0));
    board.due.push(until);
    board.listed[kind === "leave" ? "leaving" : "candidates"].push({
      person,
      name,
      since: iso(board.now),
      until: iso(until),
      code: reason,
      sentence,
    });
  }
}

const sorted = ({ listed }: Board): Record<(typeof lists)[number], Listed[]> => {
  for (const name of lists)
    listed[name].sort((a, b) => byText(a.name, b.name) || byText(a.person, b.person) || byText(a.code, b.code));
  return listed;
};

const digestOf = ({ pool, tiers }: Situation, steps: readonly PlanStep[], drafts: readonly Draft[]): string =>
  sha256(
    JSON.stringify([
      pool,
      ...steps.map(({ kind, person, tier, from, reason }) => [
        kind,
        person,
        tiers[tier]?.license,
        from === null ? null : tiers[from]?.license,
        reason,
      ]),
      ...drafts.flatMap(({ person, plans }) => (plans ? [[person, plans.off, plans.on]] : [])).sort(byFirst),
    ]),
  );
const byFirst = ([a = ""]: readonly unknown[], [b = ""]: readonly unknown[]): number => byText(String(a), String(b));

function nextDue(board: Board): string | null {
  const later = [...board.due, ...lotDates(board.situation.tiers)].filter((at) => at > board.now);
  return later.length === 0 ? null : iso(later.reduce((a, b) => Math.min(a, b)));
}
