import { type Admitted, admit, attribute, freeSeats, obstacle } from "./admission.ts";
import { type Board, draft, list, moveDraft, offer } from "./board.ts";
import { type Rooms, roomsOf } from "./rooms.ts";
import { sentenceOf } from "./sentence.ts";
import type { Situation } from "./situation.ts";
import type { Draft } from "./steps.ts";
import { byText } from "./time.ts";
import type { View } from "./view.ts";

/** Free seats go to contenders; incumbents only say which rule they count for. */
export function seatAll(board: Board, consumed: readonly number[]) {
  const { rules, tiers, policy } = board.situation;
  const free = freeSeats(tiers, consumed, policy).map((seats, i) =>
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
  const admitted = admit(board.contenders, rooms, rules.length);
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
  return { rooms, admitted, counted, attribution: Object.fromEntries(attribution) };
}

/** A step names the rule that the seat counts against, and takes its place in the order. */
export const underRule = (step: Draft, counted: ReadonlyMap<string, string>, { ruleOf }: Board): Draft => {
  const rule =
    step.kind === "adopt" || step.kind === "move" || step.kind === "assign" ? counted.get(step.person) : undefined;
  return rule === undefined ? step : { ...step, rule, rank: ruleOf.get(rule) ?? step.rank };
};

/** Steps of those who competed; answers who got nothing. */
export function settle(board: Board, admitted: readonly Admitted[], rooms: Rooms): Admitted[] {
  const { memory, rules, now } = board.situation;
  const unseated: Admitted[] = [];
  for (const one of admitted) {
    const { contender, tier } = one;
    const { view, current } = contender;
    const account = tier === null ? null : view.member.accounts[tier];
    const rule = rules[one.rule ?? -1]?.name ?? null;
    if (tier !== null && tier !== current) {
      if (current !== null) offer(board, { ...moveDraft(board, contender, tier), pass: one.pass });
      else
        offer(
          board,
          draft(board, view, {
            kind: "assign",
            tier,
            reason: contender.reason,
            rule,
            holder: account?.id ?? null,
            account: account?.name ?? null,
            since: contender.reason === "promoted" ? contender.since : null,
          }),
        );
      continue;
    }
    if (current !== null) {
      if (contender.otherwise) offer(board, contender.otherwise);
      list(board, "blocked", view, {
        code: "no-seat-to-move",
        since: contender.since,
        sentence: "stays on the old license: the one they should move to has no free seat",
      });
      continue;
    }
    unseated.push(one);
    const reason = obstacle(one, rooms);
    const known = memory.waiting[view.member.id];
    const first = contender.wants[0] ?? 0;
    const wait = draft(board, view, { kind: "wait", tier: first, reason, holder: null, account: null });
    if (known)
      list(board, "waiting", view, { code: reason, since: known.since, sentence: waits(wait, board.situation) });
    else if (offer(board, wait))
      list(board, "waiting", view, {
        code: reason,
        since: contender.first ? contender.since : now,
        sentence: waits(wait, board.situation),
      });
  }
  return unseated;
}

const waits = (step: Draft, situation: Situation): string =>
  sentenceOf(step, null, situation).slice(step.name.length + 1);
