import { type Admitted, type Contender, freeSeats } from "./admission.ts";
import type { Board } from "./board.ts";
import type { Counts } from "./counts.ts";
import type { Rooms } from "./rooms.ts";
import type { Situation } from "./situation.ts";

/** How many people each rule claims now; suspended and deleted people are nobody's. */
export function claimedPerRule({ rules, people }: Situation): Record<string, number> {
  const claimed = new Uint32Array(rules.length);
  for (const { status, claims } of people.values()) {
    if (status === "suspended" || status === "deleted") continue;
    for (const rule of claims) claimed[rule] = (claimed[rule] ?? 0) + 1;
  }
  return Object.fromEntries(rules.map(({ name }, i) => [name, claimed[i] ?? 0]));
}

const total = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce<number | null>((sum, n) => (sum === null || n === null ? null : sum + n), 0);

/** Seats that the pool may still take: under its allotment, and of its licenses. null: no end in sight. */
function open(pool: number, tiers: readonly number[]): number | null {
  const free = Math.min(
    pool,
    tiers.reduce((sum, seats) => sum + Math.max(0, seats), 0),
  );
  return Number.isFinite(free) ? Math.max(0, free) : null;
}

/** The license position: what is bought against what is used, before the steps and after them. */
export function positionOf(
  board: Board,
  consumed: readonly number[],
  end: { rooms: Rooms; admitted: readonly Admitted[] },
): Counts {
  const { tiers, policy } = board.situation;
  const live = tiers.map((tier, i) => ({ tier, seats: consumed[i] ?? 0 })).filter(({ tier }) => !tier.retired);
  const purchased = total(live.map(({ tier }) => tier.purchased));
  const used = live.reduce((sum, { seats }) => sum + seats, 0);
  const gained = end.admitted.filter(({ contender, tier }) => isNew(contender) && tier !== null).length;
  const cap = policy.allotment ?? purchased;
  const held = policy.allotment === null ? used : board.used;
  return {
    allotment: policy.allotment,
    purchased,
    consumed: used,
    used: board.used,
    usedAfter: board.used + board.usedTaken - board.usedFreed + gained,
    available: open((policy.allotment ?? Number.POSITIVE_INFINITY) - board.used, freeSeats(board.situation, consumed)),
    availableAfter: open(end.rooms.pool, end.rooms.tier),
    shortfall: Math.max(0, cap === null ? 0 : held - cap, purchased === null ? 0 : used - purchased),
    surplus: Math.max(0, cap === null ? 0 : cap - held),
    owned: board.owned,
    external: board.external,
    ...board.activity,
    perRule: perRule(board, end),
  };
}

/** Has no seat yet that counts. */
const isNew = ({ current, again }: Contender): boolean => current === null && !again;

function perRule(
  { situation: { rules }, claimed, undecidedPerRule }: Board,
  end: { rooms: Rooms; admitted: readonly Admitted[] },
): Counts["perRule"] {
  const waiting = rules.map(() => 0);
  for (const { contender, tier } of end.admitted) {
    const first = contender.view.claims[0];
    if (tier === null && isNew(contender) && first !== undefined) waiting[first] = (waiting[first] ?? 0) + 1;
  }
  return Object.fromEntries(
    rules.map(({ name }, i) => [
      name,
      {
        claimed: claimed[i] ?? 0,
        seated: end.rooms.seated[i] ?? 0,
        waiting: waiting[i] ?? 0,
        undecided: undecidedPerRule[i] ?? 0,
      },
    ]),
  );
}
