import { seatSince } from "./reclaim.ts";
import { soldOut } from "./refusals.ts";
import { ringsOf } from "./rings.ts";
import { has, madeRoom, nextRound, type Rooms, roomInPool, type Seated, seat, shift, sit } from "./rooms.ts";
import type { Situation } from "./situation.ts";
import type { Draft, Reason } from "./steps.ts";
import { byText } from "./time.ts";
import { turnsOf } from "./turns.ts";
import type { View } from "./view.ts";

/** Somebody who wants a seat, or a better one. */
export interface Contender {
  readonly view: View;
  /** Had the seat until somebody took it by hand: goes before all who are new. */
  readonly first: boolean;
  /** Waiting since. */
  readonly since: string;
  /** The seat they give back when they get another; null: they have none. */
  readonly current: number | null;
  /** May another have that seat at once? */
  readonly frees: boolean;
  /** Tiers in order of preference. */
  readonly wants: readonly number[];
  readonly reason: Reason;
  /** Has the seat, and it is faulty: only a free one of the license is missing, and more must be free than this. */
  readonly again?: { readonly more: number };
  /** What is to be remembered of them when they do not move. */
  readonly otherwise?: Draft | null;
}
/** What became of a contender: `tier` is the seat they end up with; who moves does it in their turn. */
export interface Admitted {
  readonly contender: Contender;
  tier: number | null;
  rule: number | null;
  turn: number;
}

/**
 * Whose allotment each incumbent counts against: the rule it counted against before (`hint`), else the first with room,
 * else the first (an incumbent is never evicted, so a rule may be over its allotment).
 */
export function attribute(
  incumbents: readonly View[],
  rooms: Rooms,
  by: { limited: boolean; hint: (view: View) => number | null },
): Int32Array {
  const ruleOf = new Int32Array(incumbents.length).fill(-1);
  const settled: Placing[] = [];
  const rest: Placing[] = [];
  for (let i = 0; i < incumbents.length; i++) {
    const view = incumbents[i];
    if (!view) continue;
    const { claims } = view;
    const hint = by.hint(view);
    const known = hint !== null && (claims.length === 0 || claims.includes(hint)) ? hint : null;
    const rule = known ?? claims[0];
    if (by.limited && (known === null || claims.length > 1)) {
      const since = view.seat ? (seatSince(view.seat, view.ours ? view.owned : null) ?? "") : "";
      const person = seated(claims, i, ruleOf);
      (known === null ? rest : settled).push({ view, since, person, rule: known });
    } else if (rule !== undefined) {
      sit(rooms, rule, claims);
      ruleOf[i] = rule;
    }
  }
  for (const { rule, person } of settled.sort(order)) seat(rooms, rule ?? 0, person);
  for (const { person } of rest.sort(order)) {
    const { claims } = person;
    const rule = claims.find((r) => has(rooms.rule[r])) ?? claims.find((r) => madeRoom(rooms, r)) ?? claims[0];
    if (rule !== undefined) seat(rooms, rule, person);
  }
  for (const [rule, room] of rooms.rule.entries())
    for (let over = -room; over > 0 && shift(rooms, rule); ) over = -(rooms.rule[rule] ?? 0); // lowered since
  nextRound(rooms);
  return ruleOf;
}

interface Placing {
  readonly view: View;
  readonly since: string;
  readonly person: Seated;
  readonly rule: number | null;
}

const seated = (claims: readonly number[], i: number, ruleOf: Int32Array): Seated => ({
  claims,
  at: -1,
  to: (rule) => {
    ruleOf[i] = rule;
  },
});

const order = (a: Pick<Contender, "since" | "view">, b: Pick<Contender, "since" | "view">): number =>
  byText(a.since, b.since) ||
  byText(a.view.member.name, b.view.member.name) ||
  byText(a.view.member.id, b.view.member.id);

/**
 * Who gets a free seat: who had one goes first, then rule by rule in their order, in a rule the longest wait, then the
 * name. Free seats are all there is to give: an incumbent is never evicted for a newcomer. A move frees a seat for the
 * next round only, so that nobody later in line gets it before somebody earlier. People who would change places do it
 * before all that: as many seats are free afterwards.
 */
export function admit(contenders: readonly Contender[], rooms: Rooms, rules: number): Admitted[] {
  const all = contenders.map((contender): Admitted => ({ contender, tier: contender.current, rule: null, turn: 0 }));
  const free = [...rooms.tier];
  const full = rooms.pool <= 0 || !rooms.tier.some(has);
  if (full && contenders.every(({ current, again }) => current === null && !again)) return all; // nobody moves, so nothing comes free
  const queues: Admitted[][] = Array.from({ length: rules + 1 }, () => []);
  for (const one of [...all].sort((a, b) => order(a.contender, b.contender))) {
    if (one.contender.first) queues[0]?.push(one);
    else for (const rule of one.contender.view.claims) queues[rule + 1]?.push(one);
  }
  const rings = exchanges(all, rooms);
  for (let again = all.length > 0; again; ) {
    for (const [tier, seats] of rooms.tier.entries()) if (has(seats)) rings.turn(tier, takeBest);
    const freed: number[] = [];
    for (const [i, queue] of queues.entries())
      for (const one of queue) {
        const { contender, tier: before } = one;
        if (i === 0) contender.view.claims.some((rule) => tryRule(one, rule, rooms));
        else tryRule(one, i - 1, rooms);
        if (one.tier === before) continue;
        if (before !== null && (contender.frees || before !== contender.current)) freed.push(before);
      }
    for (const tier of freed) rooms.tier[tier] = (rooms.tier[tier] ?? 0) + 1;
    again = nextRound(rooms) || freed.length > 0;
  }
  takeTurns(all, free);
  return all;
}

const gone = ({ tier, contender: { current } }: Admitted): boolean => current !== null && tier !== current;
const inLine = (a: Contender, b: Contender): number => (a.view.claims[0] ?? 0) - (b.view.claims[0] ?? 0) || order(a, b);

/** Of what somebody wants only the best: who takes less may want to move again. */
function exchanges(all: readonly Admitted[], rooms: Rooms) {
  const movers = all.flatMap((who) => {
    const { current: from, frees, wants } = who.contender;
    const [to] = wants;
    return from !== null && frees && to !== undefined ? [{ who, from, to }] : [];
  });
  movers.sort((a, b) => inLine(a.who.contender, b.who.contender));
  return ringsOf(movers, { still: (one) => !gone(one), passable: (tier) => (rooms.tier[tier] ?? 0) >= 0 });
}
const takeBest = (one: Admitted): void => {
  one.tier = one.contender.wants[0] ?? one.tier;
};

/** The moves in an order that exceeds no license. It follows from who moves alone, so that an approved plan has the same. */
function takeTurns(all: readonly Admitted[], free: readonly number[]): void {
  const moved = all.filter(gone).sort((a, b) => inLine(a.contender, b.contender));
  const moves = moved.map(({ tier, contender: { current, frees } }) => ({ from: current ?? 0, to: tier ?? 0, frees }));
  for (const [i, turn] of turnsOf(moves, free).entries()) {
    const one = moved[i];
    if (!one) continue;
    if (turn === null) one.tier = one.contender.current;
    else one.turn = turn;
  }
}

function tryRule(one: Admitted, rule: number, rooms: Rooms): boolean {
  const { wants, current, view, again } = one.contender;
  const newcomer = current === null && one.rule === null && !again;
  if (newcomer && rooms.pool <= 0) return false; // most of a long queue
  let tier: number | undefined;
  for (const wanted of wants) {
    if (wanted === one.tier) return false; // has the best that is left
    if (has(rooms.tier[wanted])) tier = wanted;
    if (tier !== undefined) break;
  }
  if (tier === undefined) return false;
  if (newcomer) {
    if (!roomInPool(rooms, view.claims)) return false;
    if (!madeRoom(rooms, rule)) return false;
    rooms.pool -= 1;
    seat(rooms, rule, {
      claims: view.claims,
      at: rule,
      to: (r) => {
        one.rule = r;
      },
    });
  }
  rooms.tier[tier] = (rooms.tier[tier] ?? 0) - 1;
  one.tier = tier;
  return true;
}

/** Which limit keeps a contender waiting, the widest first: raising another would not help them. */
export function obstacle({ contender }: Admitted, rooms: Rooms, situation: Situation): Reason {
  const [first = -1] = contender.wants;
  if (!contender.wants.some((tier) => has(rooms.tier[tier])))
    return soldOut(situation, situation.tiers[first]) ? "sold-out" : "license-full";
  if (rooms.pool <= 0) return "pool-full";
  if (!contender.view.claims.some((rule) => has(rooms.rule[rule]))) return "rule-full";
  return "reserved";
}

/** The seats of each license that this pool may still take. Where the vendor buys on assign, only our own cap holds. */
export const freeSeats = (situation: Situation, consumed: readonly number[]): number[] =>
  situation.tiers.map((tier, i) => {
    const { allotment } = situation.policy;
    if (tier.retired) return 0;
    const none = soldOut(situation, tier);
    if (none) return Math.max(0, none.consumed - (consumed[i] ?? 0));
    if (tier.purchased === null || (tier.buysOnAssign && allotment !== null)) return Number.POSITIVE_INFINITY;
    return tier.purchased - (consumed[i] ?? 0);
  });
