import { Problem } from "../core/problem.ts";
import type { Contender } from "./admission.ts";
import { releasesLater } from "./money.ts";
import type { Approved, Listed, PlanStep, Situation } from "./situation.ts";
import { type Draft, keyOf, reasons, switched } from "./steps.ts";
import { ms } from "./time.ts";
import { faulty, type View } from "./view.ts";

type List = "waiting" | "leaving" | "candidates" | "external" | "blocked" | "undecided";
export const lists: readonly List[] = ["waiting", "leaving", "candidates", "external", "blocked", "undecided"];

/** What judging everybody fills in; it lives as long as one call of `plan`. */
export interface Board {
  readonly situation: Situation;
  readonly now: number;
  readonly tierOf: ReadonlyMap<string, number>;
  readonly ruleOf: ReadonlyMap<string, number>;
  readonly steps: Draft[];
  readonly withheld: { readonly step: Draft; readonly why: string }[];
  readonly listed: Readonly<Record<List, Listed[]>>;
  readonly incumbents: View[];
  readonly contenders: Contender[];
  /** Seats seen per tier, and those that this plan's removals free at once. */
  readonly seen: number[];
  readonly freed: number[];
  /** Seats that count against the allotment now, and those this plan takes back. */
  used: number;
  usedFreed: number;
  /** Seats of unclaimed people that this plan takes over, to let them leave: from now on they count. */
  usedTaken: number;
  /** Who leaves, in this plan or since an earlier one; do they count against the allotment after it? */
  readonly leavers: Map<string, boolean>;
  owned: number;
  external: number;
  readonly activity: { active: number; inactive: number; unknown: number };
  /** People per rule. */
  readonly claimed: Uint32Array;
  readonly undecidedPerRule: number[];
  /** Is there any? Asking an empty record for each of 100,000 people is a third of a quiet plan. */
  readonly remembers: { readonly leaving: boolean; readonly candidates: boolean };
  readonly due: number[];
  /** Of what is approved, by person; null: nothing was asked for approval. */
  readonly approved: {
    readonly keys: ReadonlySet<string>;
    readonly of: ReadonlyMap<string, readonly Approved[]>;
  } | null;
}

const any = (record: Readonly<Record<string, unknown>>): boolean => Object.keys(record).length > 0;

export function boardOf(situation: Situation): Board {
  const { tiers, rules, approved, memory } = situation;
  const named = new Set<string>();
  for (const [i, { name }] of rules.entries()) {
    if (named.has(name))
      throw new Problem("invalid", `pool ${situation.pool} has two rules named "${name}"`, {
        path: ["rules", i],
        hint: "Rename one of them: a plan names people's rules.",
      });
    named.add(name);
  }
  const of = new Map<string, Approved[]>();
  for (const step of approved ?? []) of.set(step.person, [...(of.get(step.person) ?? []), step]);
  return {
    situation,
    now: ms(situation.now),
    tierOf: new Map(tiers.map(({ license }, i) => [license, i])),
    ruleOf: new Map(rules.map(({ name }, i) => [name, i])),
    steps: [],
    withheld: [],
    listed: { waiting: [], leaving: [], candidates: [], external: [], blocked: [], undecided: [] },
    incumbents: [],
    contenders: [],
    seen: tiers.map(() => 0),
    freed: tiers.map(() => 0),
    used: 0,
    usedFreed: 0,
    usedTaken: 0,
    leavers: new Map(),
    owned: 0,
    external: 0,
    activity: { active: 0, inactive: 0, unknown: 0 },
    claimed: new Uint32Array(rules.length),
    undecidedPerRule: rules.map(() => 0),
    remembers: { leaving: any(memory.leaving), candidates: any(memory.candidates) },
    due: [],
    approved: approved ? { keys: new Set(approved.map(keyOf)), of } : null,
  };
}

/** A draft for one person; the rest says what is special. */
export function draft(board: Board, view: View, step: Pick<Draft, "kind" | "tier" | "reason"> & Partial<Draft>): Draft {
  const { member, claims, owned } = view;
  const first = claims[0];
  const rule =
    step.rule ?? (first === undefined ? (owned?.rule ?? null) : (board.situation.rules[first]?.name ?? null));
  return {
    person: member.id,
    name: member.name,
    from: null,
    holder: view.seat?.holder ?? owned?.holder ?? null,
    account: view.seat?.account ?? owned?.account ?? null,
    rank: rule === null ? Number.MAX_SAFE_INTEGER : (board.ruleOf.get(rule) ?? Number.MAX_SAFE_INTEGER),
    turn: 0,
    sources: claims,
    since: null,
    due: null,
    grace: 0,
    ...(view.seat && faulty(view.seat) ? { faulty: true } : {}),
    ...step,
    rule,
  };
}

/** Why policy withholds a kind of step; null: it may happen. */
export function withholds({ situation: { policy, assignOnly } }: Board, kind: PlanStep["kind"]): string | null {
  const takes = kind === "unassign" || kind === "leave" || kind === "move" || kind === "candidate";
  if (policy.enforce === "none") return 'enforce is "none": planned, never written';
  if (policy.enforce === "assign" && takes) return 'enforce is "assign": nobody loses or changes a seat';
  if (assignOnly && (takes || kind === "adopt"))
    return "nobody saw this plan, because inputs were unknown: only assigns are done";
  return null;
}

/**
 * Takes a step into the plan if policy and approval let it; says whether it will happen, as far as planning goes.
 * `implied`: whoever approved another step has approved this one with it.
 */
export function offer(board: Board, step: Draft, implied = false): boolean {
  if (board.approved && !implied && !board.approved.keys.has(keyOf(step))) return false;
  const why = withholds(board, step.kind);
  if (why !== null) board.withheld.push({ step, why });
  else board.steps.push(step);
  return why === null || board.situation.policy.enforce === "none"; // a freeze still shows the whole plan
}

export function list(
  board: Board,
  where: List,
  view: Pick<View, "member">,
  entry: Pick<Listed, "code" | "sentence"> & Partial<Listed>,
): void {
  const { id, name } = view.member;
  board.listed[where].push({
    person: id,
    name,
    since: null,
    until: null,
    ...entry,
    sentence: `${name} ${entry.sentence}`,
  });
}

/** Lets somebody compete, for what approval leaves them. `otherwise` is the step they need when they get nothing. */
export function compete(board: Board, wanting: Omit<Contender, "frees">): void {
  const contender = { ...wanting, frees: freesAtOnce(board, wanting) };
  const { view, current, otherwise } = contender;
  const why = current === null ? null : withholds(board, "move");
  if (why !== null && board.situation.policy.enforce !== "none") {
    board.withheld.push({ step: moveDraft(board, contender, contender.wants[0] ?? 0), why });
    if (otherwise) offer(board, otherwise);
    return;
  }
  const approved = board.approved?.of.get(view.member.id) ?? [];
  const wants = board.approved
    ? contender.wants.filter((tier) =>
        approved.some(
          (step) =>
            step.tier === tier &&
            step.kind === (current === null ? "assign" : "move") &&
            step.from === current &&
            !step.back, // whoever competes has no seat to get back, or another one
        ),
      )
    : contender.wants;
  const waits = current === null ? approved.find((step) => step.kind === "wait") : undefined;
  if (wants.length > 0) board.contenders.push(wants === contender.wants ? contender : { ...contender, wants });
  else if (waits && !board.situation.memory.waiting[view.member.id])
    // Approved to wait: that is all they get now, even if a seat is free meanwhile. The next plan promotes them.
    offer(
      board,
      draft(board, view, {
        kind: "wait",
        tier: waits.tier,
        reason: reasons.find((one) => one === waits.reason) ?? "pool-full",
        holder: null,
        account: null,
      }),
    );
  else {
    if (otherwise) offer(board, otherwise);
    if (current !== null) adjust(board, view);
  }
}

/** The seat stays where it is: other service plans of it are on than the allow-list has. */
export function adjust(board: Board, view: View): void {
  const { seat, member } = view;
  if (!seat || member.exempt || seat.inheritedFrom !== null || seat.endsAt !== null || faulty(seat)) return;
  if (view.ours && ms(view.owned?.releaseUntil ?? "1970-01-01") > board.now) return; // released, though the list does not say so
  const { tiers, memory } = board.situation;
  const told = memory.switched?.[member.id];
  const trails = told !== undefined && ms(told.at) + (tiers[seat.tier]?.settles ?? 0) > board.now;
  const plans = switched(trails ? { servicePlans: told.on } : seat, tiers[seat.tier]);
  const { tier } = seat;
  const lacks = plans && member.accounts[tier]?.lacks;
  if (lacks)
    list(board, "blocked", view, { code: lacks.code, sentence: `keeps the service plans as they are: ${lacks.text}` });
  else if (plans) offer(board, draft(board, view, { kind: "move", tier, from: tier, reason: "service-plans", plans }));
}

const freesAtOnce = (
  { situation: { tiers } }: Board,
  { view, current }: Pick<Contender, "view" | "current">,
): boolean => {
  const tier = current === null ? undefined : tiers[current];
  return (
    tier !== undefined &&
    !tier.retired &&
    !releasesLater(tier) &&
    !(view.seat && faulty(view.seat)) &&
    view.member.held.filter((seat) => seat.tier === current).length < 2
  );
};

/** A move to a tier. The new account may be another one: tiers may have different vendors. */
export function moveDraft(
  board: Board,
  { view, current, reason }: Pick<Contender, "view" | "current" | "reason">,
  tier: number,
): Draft {
  const to = view.member.accounts[tier];
  const seat = view.seat;
  return draft(board, view, {
    kind: "move",
    tier,
    from: current,
    reason,
    holder: to?.id ?? null,
    account: to?.name ?? null,
    ...(seat ? { lost: { holder: seat.holder, account: seat.account } } : {}),
  });
}

/** Where a vendor deactivates whom it takes a seat from, the pool must allow that. */
export const releasable = ({ situation: { tiers, policy } }: Board, tier: number): boolean =>
  tiers[tier]?.release !== "deactivatesUser" || policy.allowDeactivation;

/** The seat counts for a rule and stays where it is. */
export function stays(board: Board, view: View): void {
  board.incumbents.push(view);
}

export const tierName = ({ situation: { tiers } }: Board, tier: number): string =>
  tiers[tier]?.title ?? tiers[tier]?.license ?? `tier ${tier}`;
