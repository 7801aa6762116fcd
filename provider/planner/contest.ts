import { type Admitted, admit, attribute, type Contender, freeSeats, obstacle } from "./admission.ts";
import { adjust, type Board, draft, list, moveDraft, offer, tierName } from "./board.ts";
import { askedAgain, soldOut } from "./refusals.ts";
import { type Rooms, roomsOf } from "./rooms.ts";
import { sentenceOf } from "./sentence.ts";
import type { Draft, Reason } from "./steps.ts";
import { byText, ms } from "./time.ts";
import type { View } from "./view.ts";

/** Free seats go to contenders; incumbents only say which rule they count for. */
export function seatAll(board: Board, consumed: readonly number[]) {
  const { rules, tiers, policy } = board.situation;
  const free = freeSeats(board.situation, consumed).map((seats, i) =>
    tiers[i]?.retired ? 0 : seats + (board.freed[i] ?? 0),
  );
  const pool =
    policy.allotment === null
      ? Number.POSITIVE_INFINITY
      : policy.allotment - board.used - board.usedTaken + board.usedFreed;
  const rooms = roomsOf(rules, pool, free);
  const limited = rules.some((rule) => rule.allotment !== null || rule.reserve > 0);
  const hint = ({ ours, owned }: View): number | null =>
    ours && owned?.rule !== undefined ? (board.ruleOf.get(owned.rule) ?? null) : null;
  const ruleOf = attribute(board.incumbents, rooms, { limited, hint });
  const mayTry = ({ again, wants: [tier = -1] }: Contender): boolean => !again || (free[tier] ?? 0) > again.more;
  const admitted = admit(board.contenders.filter(mayTry), rooms, rules.length);
  const attribution: [string, string][] = [];
  const stepping = new Set(
    [...board.steps, ...board.contenders.map(({ view }) => ({ person: view.member.id }))].map(({ person }) => person),
  );
  const counted = new Map<string, string>();
  for (let i = 0; i < board.incumbents.length; i++) {
    const view = board.incumbents[i];
    const name = rules[ruleOf[i] ?? -1]?.name;
    if (!view || name === undefined) continue;
    if (view.ours && name !== view.owned?.rule) attribution.push([view.member.id, name]);
    if (view.claims.length > 1 && stepping.has(view.member.id)) counted.set(view.member.id, name);
  }
  attribution.sort(([a], [b]) => byText(a, b));
  const freed = (tier: number): number =>
    admitted.filter(({ contender, tier: to }) => contender.current === tier && to !== tier).length;
  const open = free.map((seats, tier) => (Number.isFinite(seats) ? seats + freed(tier) : null));
  return { rooms, admitted, counted, attribution: Object.fromEntries(attribution), free: open };
}

/** A step names the rule that the seat counts against, and takes its place in the order. */
export const underRule = (step: Draft, counted: ReadonlyMap<string, string>, { ruleOf }: Board): Draft => {
  const rule =
    step.kind === "adopt" || step.kind === "move" || step.kind === "assign" ? counted.get(step.person) : undefined;
  return rule === undefined ? step : { ...step, rule, rank: ruleOf.get(rule) ?? step.rank };
};

/** Steps of those who competed; answers who got nothing. */
export function settle(board: Board, admitted: readonly Admitted[], rooms: Rooms): Admitted[] {
  const unseated: Admitted[] = [];
  const stays = stuck(board, admitted);
  for (const one of admitted) {
    const { contender, tier, turn } = one;
    const { view, current, otherwise } = contender;
    if (tier === current) awaits(board, contender);
    if (current !== null && tier !== null && tier !== current)
      offer(board, { ...moveDraft(board, contender, tier), turn: turn + 1 }); // what needs no seat comes before
    else if (current !== null) {
      if (otherwise) offer(board, otherwise);
      adjust(board, view);
      list(board, "blocked", view, {
        code: "no-seat-to-move",
        since: contender.since,
        sentence: stays(contender),
      });
    } else if (tier !== null) gains(board, one, tier);
    else if (!contender.again) {
      unseated.push(one);
      waits(board, one, obstacle(one, rooms, board.situation));
    }
  }
  return unseated;
}

/** Why somebody cannot move, and what would help: where others want what they have, any seat of these licenses does. */
function stuck(board: Board, admitted: readonly Admitted[]): (one: Contender) => string {
  const edges = admitted.flatMap(({ contender: { current, frees, wants }, tier }) =>
    current !== null && tier === current && frees ? [{ from: current, to: wants[0] ?? current }] : [],
  );
  const reach = (start: number): ReadonlySet<number> => {
    const found = new Set([start]);
    for (const at of found) for (const { from, to } of edges) if (from === at) found.add(to);
    return found;
  };
  const places = new Map([...new Set(edges.map(({ from }) => from))].map((from) => [from, reach(from)]));
  return ({ current, wants, frees }) => {
    const [at, to] = [current ?? 0, wants[0] ?? 0];
    const head = `stays on ${tierName(board, at)}: no seat of ${wants.map((tier) => tierName(board, tier)).join(" or ")} is free`;
    if (!frees || !places.get(to)?.has(at)) return `${head}: free or buy one`;
    const ring = [...(places.get(at) ?? [])].filter((tier) => places.get(tier)?.has(at)).sort((a, b) => a - b);
    const which =
      ring.length === 2 ? "either license" : `any of ${ring.map((tier) => tierName(board, tier)).join(", ")}`;
    return `${head}. A free seat of ${which} would let them change places with others: free or buy one`;
  };
}

/** Without the seat they want: a license that was sold out is asked for again a day later. */
function awaits(board: Board, { wants }: Contender): void {
  for (const tier of wants) {
    const none = soldOut(board.situation, board.situation.tiers[tier]);
    if (none) board.due.push(ms(askedAgain(none)));
  }
}

function gains(board: Board, { contender, rule }: Admitted, tier: number): void {
  const { view, reason, since, again } = contender;
  const { seat } = view;
  const account = again && seat ? { id: seat.holder, name: seat.account } : view.member.accounts[tier];
  offer(
    board,
    draft(board, view, {
      kind: "assign",
      tier,
      reason,
      rule: board.situation.rules[rule ?? -1]?.name ?? null,
      holder: account?.id ?? null,
      account: account?.name ?? null,
      since: reason === "promoted" ? since : null,
      ...(seat?.problem ? { problem: seat.problem.code } : {}),
    }),
  );
}

/** On the list with everybody who waits; a step only for those who begin to. */
function waits(board: Board, { contender }: Admitted, reason: Reason): void {
  const { view, wants, first, since } = contender;
  const { memory, now } = board.situation;
  const step = draft(board, view, { kind: "wait", tier: wants[0] ?? 0, reason, holder: null, account: null });
  const known = memory.waiting[view.member.id];
  if (!known && !offer(board, step)) return;
  const sentence = sentenceOf(step, null, board.situation).slice(step.name.length + 1);
  list(board, "waiting", view, { code: reason, since: known?.since ?? (first ? since : now), sentence });
}
