import type { Admitted } from "./admission.ts";
import type { Board } from "./board.ts";
import type { Rooms } from "./rooms.ts";
import type { Counts, Situation } from "./situation.ts";

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

/** The license position: what is bought against what is used, before the steps and after them. */
export function positionOf(
  board: Board,
  consumed: readonly number[],
  claimed: Readonly<Record<string, number>>,
  end: { rooms: Rooms; admitted: readonly Admitted[] },
): Counts {
  const { tiers, policy, rules } = board.situation;
  const live = tiers.map((tier, i) => ({ tier, consumed: consumed[i] ?? 0 })).filter(({ tier }) => !tier.retired);
  const purchased = total(live.map(({ tier }) => tier.purchased));
  const used = live.reduce((sum, { consumed: seats }) => sum + seats, 0);
  const gained = end.admitted.filter(({ contender, tier }) => contender.current === null && tier !== null).length;
  const cap = policy.allotment ?? purchased;
  const held = policy.allotment === null ? used : board.used;
  const waiting = rules.map(() => 0);
  for (const { contender, tier } of end.admitted) {
    const first = contender.view.claims[0];
    if (tier === null && first !== undefined) waiting[first] = (waiting[first] ?? 0) + 1;
  }
  const after = board.used + board.usedTaken - board.usedFreed + gained;
  const available = (usedSeats: number, delta: number): number | null => {
    const free = [
      policy.allotment === null ? null : policy.allotment - usedSeats,
      purchased === null ? null : purchased - used - delta,
    ].filter((n) => n !== null);
    return free.length === 0 ? null : Math.max(0, Math.min(...free));
  };
  return {
    allotment: policy.allotment,
    purchased,
    consumed: used,
    used: board.used,
    usedAfter: after,
    available: available(board.used, 0),
    availableAfter: available(after, gained - board.freed.reduce((sum, seats) => sum + seats, 0)),
    shortfall: Math.max(0, cap === null ? 0 : held - cap, purchased === null ? 0 : used - purchased),
    surplus: Math.max(0, cap === null ? 0 : cap - held),
    owned: board.owned,
    external: board.external,
    ...board.activity,
    perRule: Object.fromEntries(
      rules.map(({ name }, i) => [
        name,
        {
          claimed: claimed[name] ?? 0,
          seated: end.rooms.seated[i] ?? 0,
          waiting: waiting[i] ?? 0,
          undecided: board.undecidedPerRule[i] ?? 0,
        },
      ]),
    ),
  };
}
