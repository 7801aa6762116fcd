import type { HeldSeat, Member, Owned, Situation } from "./situation.ts";

export type Cause = "unclaimed" | "suspended" | "deleted";

/** One person as this pool has to treat them: which seat counts, whether it is ours, which claims hold. */
export interface View {
  readonly member: Member;
  readonly owned: Owned | null;
  /** The tier of the owned license; -1: not among this pool's licenses. */
  readonly ownedTier: number;
  /** The seat that counts; null: none. */
  readonly seat: HeldSeat | null;
  /** Proven: we remember the license and the vendor's id of the holder. */
  readonly ours: boolean;
  /** Seats beyond the first: somebody gave them by hand, or a move stopped half-way. */
  readonly spare: readonly HeldSeat[];
  /** Claims that hold: those of a suspended or deleted person do not. */
  readonly claims: readonly number[];
  readonly cause: Cause;
  /** Why nothing may change for them; null: decided. */
  readonly undecided: string | null;
}

const none: readonly never[] = [];

export function viewOf(member: Member, { memory, tiers }: Situation, tierOf: ReadonlyMap<string, number>): View {
  const owned = memory.owned.get(member.id) ?? null;
  const ownedTier = owned ? (tierOf.get(owned.license) ?? -1) : -1;
  const gone = member.status === "suspended" || member.status === "deleted";
  const claims = gone ? none : member.claims;
  const remembered = owned && member.held.length > 0 ? ownedSeat(member.held, owned, ownedTier) : null;
  const ownSeat = remembered && claims.length > 0 && given(member.held, remembered, tiers) ? null : remembered;
  const others = member.held.length < (ownSeat ? 2 : 1) ? none : othersOf(member.held, ownSeat, tiers);
  const seat = ownSeat ?? bestOf(others);
  return {
    member,
    owned,
    ownedTier,
    seat,
    ours: ownSeat !== null,
    spare: others.length === 0 ? none : others.filter((other) => other !== seat),
    claims,
    cause: member.status === "suspended" || member.status === "deleted" ? member.status : "unclaimed",
    undecided: undecidedBy(member, gone),
  };
}

const othersOf = (held: readonly HeldSeat[], ours: HeldSeat | null, tiers: Situation["tiers"]): readonly HeldSeat[] =>
  held.filter((seat) => seat !== ours && !tiers[seat.tier]?.retired);

const ownedSeat = (held: readonly HeldSeat[], owned: Owned, tier: number): HeldSeat | null => {
  let found: HeldSeat | null = null;
  for (const seat of held)
    if (seat.tier === tier && seat.holder === owned.holder && (!found || found.inheritedFrom !== null)) found = seat;
  return found;
};

/** Claimed; ours is released already, and somebody has given them another one since. */
const given = (held: readonly HeldSeat[], ours: HeldSeat, tiers: Situation["tiers"]): boolean =>
  ours.endsAt !== null && held.some((seat) => seat.endsAt === null && !faulty(seat) && !tiers[seat.tier]?.retired);

/** Of seats that are not ours: one that stays, in the best tier, given directly. */
export const bestOf = (seats: readonly HeldSeat[]): HeldSeat | null => {
  let best: HeldSeat | null = null;
  for (const seat of seats) if (!best || worth(seat) < worth(best)) best = seat;
  return best;
};
const worth = (seat: HeldSeat): number =>
  seat.tier * 4 + (seat.endsAt === null ? 0 : 1000) + (faulty(seat) ? 500 : 0) + (seat.inheritedFrom === null ? 0 : 1);

function undecidedBy(member: Member, gone: boolean): string | null {
  if (member.scope === "undecided") return "the pool's scope is undecided for them";
  if (gone) return null; // the directory has decided, whatever the rules could not say
  const [first] = member.undecided;
  if (member.claims.length === 0) return first ? `${first.missing} is missing` : null;
  return member.tier === "undecided" ? "no tier's condition can be decided for them" : null;
}

/** The holder cannot use it. It counts against the allotment, since it is promised; the vendor does not count it as consumed. */
export const faulty = (seat: Pick<HeldSeat, "state">): boolean => seat.state === "error";

/** Against the allotment: our seats, and others' whose holder is claimed here. */
export const counts = (view: View): boolean =>
  view.seat !== null && (view.ours || (view.claims.length > 0 && view.member.scope !== "out"));
