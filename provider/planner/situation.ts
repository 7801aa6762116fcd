import type { Lacking, SeatProblem } from "../core/connector.ts";
import type { PersonId, Status } from "../core/person.ts";
import type { Counts, PlanMoney } from "./counts.ts";
import type { Refused, SoldOut } from "./refused.ts";

/** Everything the planner may know. Built by the resources layer; no client, clock or log in it. Times: RFC 3339, UTC. */
export interface Situation {
  readonly now: string;
  readonly pool: string;
  readonly policy: Policy;
  /** In order of preference; one entry where the pool has one license. */
  readonly tiers: readonly Tier[];
  /** In order of priority. */
  readonly rules: readonly Claim[];
  /** Everybody who matters: claimed, undecided, holding a seat, owned, remembered. Keyed by directory id. */
  readonly people: ReadonlyMap<PersonId, Member>;
  /** Seats whose holder no directory person could be linked to. */
  readonly strangers: readonly Stranger[];
  readonly memory: Memory;
  readonly directory: {
    /** How many people the directory holds now. */
    readonly people: number;
    /** Set when the read is known to be partial (a total that disagrees): always refused. */
    readonly fault: string | null;
  };
  /** At apply: the steps somebody approved. The plan then holds those still justified, and never another. */
  readonly approved?: readonly Approved[];
  /** `seatKey`s of seats that another pool of the same plan owns or claims: never taken here, only let go of. */
  readonly spared?: ReadonlySet<string>;
  /** Nobody saw this plan (inputs were unknown): only assigns are done. */
  readonly assignOnly?: boolean;
}

export interface Policy {
  /** How many seats this pool may use over all tiers; null: as many as the licenses have. */
  readonly allotment: number | null;
  readonly onExhaustion: "wait" | "fail" | "nextTier";
  readonly ownership: "own" | "adopt" | "exclusive";
  readonly enforce: "none" | "assign" | "full";
  /** Milliseconds. */
  readonly gracePeriod: { readonly unclaimed: number; readonly suspended: number; readonly deleted: number };
  readonly reclaim: Reclaim | null;
  readonly executionLimit: { readonly removals: number | null; readonly percent: number | null } | null;
  readonly acknowledge: { readonly removals: number; readonly until: string } | null;
  readonly allowDeactivation: boolean;
  readonly onDestroy: "retain" | "release";
}
export interface Reclaim {
  /** Milliseconds, all. */
  readonly inactiveFor: number;
  readonly newSeatGrace: number;
  readonly notice: number;
  readonly cooldown: number;
  readonly action: "release" | "downgrade";
}

export interface Tier {
  /** `connection/sku`. */
  readonly license: string;
  /** What people call it, where that is another word: `entra/SPE_E5`. */
  readonly title?: string;
  /** The connection that gives its seats, where that is not the vendor's own. */
  readonly via?: string;
  readonly purchased: number | null;
  /** The vendor's own count; may exceed the seats listed. */
  readonly consumed: number;
  readonly buysOnAssign: boolean;
  readonly release: "immediate" | "endOfCycle" | "queued" | "deactivatesUser" | "downgrades";
  /** Where release waits for a cycle: when that ends, if known. */
  readonly cycleEndsAt: string | null;
  readonly commitments: readonly Commitment[];
  /** How old the vendor's usage evidence may be and since when it is kept; null: no telemetry. */
  readonly usage: { readonly signal: string; readonly coverageFrom: string; readonly asOf: string } | null;
  /** Service plans that may be on; absent: all of them, and nobody compares. */
  readonly servicePlans?: AllowedPlans;
  /** How long the vendor's lists may trail its writes, in milliseconds; absent: not at all. */
  readonly settles?: number;
  /** A license the pool had before (last in the list): nobody gains a seat of it, and our people on it move away. */
  readonly retired?: boolean;
}
/** Plans by id, sorted, and what people call each plan of the SKU. */
export interface AllowedPlans {
  readonly on: readonly string[];
  readonly names: Readonly<Record<string, string>>;
}
export interface Commitment {
  readonly quantity: number;
  readonly type: "annual" | "flexible";
  /** Dates (YYYY-MM-DD); the lot runs on both. null: open. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly price: { readonly amount: string; readonly currency: string; readonly per: "month" | "year" } | null;
}

export interface Claim {
  readonly name: string;
  readonly allotment: number | null;
  /** Seats kept free for this rule's people: others may not take them. */
  readonly reserve: number;
}

/** A person as this pool sees them. */
export interface Member {
  readonly id: PersonId;
  /** What messages call them (account, id or a count's placeholder: already chosen). */
  readonly name: string;
  /** `deleted` also when the directory proved that they are gone. */
  readonly status: Status;
  /** Their account at the vendor(s), one per tier; null: none (`blocked: no_account`). */
  readonly accounts: readonly (MemberAccount | null)[];
  /** Indexes of rules that claim them, ascending. */
  readonly claims: readonly number[];
  readonly undecided: readonly { readonly rule: number; readonly missing: string }[];
  /** The first tier whose condition matches; "undecided" when that cannot be said; null: none matches. */
  readonly tier: number | "undecided" | null;
  /** Seats they hold at the vendor, whoever gave them. */
  readonly held: readonly HeldSeat[];
  readonly exempt: boolean;
  readonly scope: "in" | "out" | "undecided";
  /** Last activity; null: unknown. */
  readonly lastActive: string | null;
  /** By tier, where their vendors tell each their own; absent: `lastActive` for all tiers. */
  readonly lastActiveIn?: readonly (string | null)[];
}
export interface MemberAccount {
  readonly id: string;
  readonly name: string;
  /** Known already: the vendor would refuse it a seat of this tier. A seat that they hold they keep. */
  readonly lacks?: Lacking;
}
export interface HeldSeat {
  readonly tier: number;
  readonly holder: string;
  readonly account: string;
  readonly since: string | null;
  readonly inheritedFrom: string | null;
  readonly endsAt: string | null;
  /** `error`: the holder cannot use it, and the vendor does not count it as consumed. */
  readonly state: "active" | "invited" | "error" | "suspended";
  readonly problem?: SeatProblem;
  /** Ids of the service plans that are on, sorted; absent: nobody says. */
  readonly servicePlans?: readonly string[];
}
export interface Stranger extends HeldSeat {
  readonly name: string;
  readonly exempt: boolean;
  /** "in" where the pool has no `scope`. Absent: cannot be said, so an `exclusive` pool leaves the seat alone. */
  readonly scope?: "in" | "out" | "undecided";
}

/** What a pool remembers, kept in its record. Every change to it is a step. */
export interface Memory {
  /** A map, for there may be 100,000 of them; the others are few. */
  readonly owned: ReadonlyMap<PersonId, Owned>;
  readonly waiting: Readonly<Record<PersonId, { readonly since: string; readonly rule: string }>>;
  readonly leaving: Readonly<
    Record<PersonId, { readonly since: string; readonly cause: "unclaimed" | "suspended" | "deleted" }>
  >;
  readonly candidates: Readonly<Record<PersonId, { readonly since: string; readonly lastActive: string }>>;
  /** Reclaimed people: not re-assigned until then, or until they sign in again. */
  readonly cooldown: Readonly<
    Record<PersonId, { readonly since: string; readonly until: string; readonly license: string }>
  >;
  /** Seats that the vendor showed as faulty and that were assigned anew, for what it was worth. */
  readonly tried?: Readonly<Record<PersonId, Tried>>;
  /** Service plans set lately, where lists trail writes. */
  readonly switched?: Readonly<Record<PersonId, { readonly at: string; readonly on: readonly string[] }>>;
  /** Whom a vendor refused a seat for a reason of their own: asked again a day later. */
  readonly refused?: Readonly<Record<PersonId, readonly Refused[]>>;
  /** By license: its vendor does not tell what was purchased, and had no seat left. */
  readonly soldOut?: Readonly<Record<string, SoldOut>>;
  /** Removals (counted on entering `leaving`) of the last 24 hours. */
  readonly removals: readonly RecentRemovals[];
  /** People per rule and in the directory at the last apply, for the limits. */
  readonly ruleCounts: Readonly<Record<string, number>>;
  readonly directory: number | null;
}
export interface Tried {
  readonly at: string;
  /** The vendor's word for what was wrong. */
  readonly code: string;
  /** Seats of the license that were free then, or became so by the same plan; null: no end of them. */
  readonly free: number | null;
}
export interface RecentRemovals {
  readonly at: string;
  readonly count: number;
  /** How many people each rule lost by then, where it lost any: half a rule's people may not go in small bites. */
  readonly lost?: Readonly<Record<string, number>>;
}
export interface Owned {
  readonly license: string;
  /** Pinned vendor id. */
  readonly holder: string;
  readonly account: string;
  readonly since: string;
  readonly how: "assigned" | "adopted";
  /** Whose allotment the seat counts against. */
  readonly rule?: string;
  /** The vendor has taken our release: consumed until then, and not released a second time before. */
  readonly releaseUntil?: string;
}
export const nothing: Memory = {
  owned: new Map(),
  waiting: {},
  leaving: {},
  candidates: {},
  cooldown: {},
  removals: [],
  ruleCounts: {},
  directory: null,
};

/** What a step is for the vendor: `assign`, `unassign`, `move`; the others only change memory. */
export type StepKind = "assign" | "unassign" | "move" | "adopt" | "wait" | "leave" | "candidate" | "forget";

export interface PlanStep {
  readonly kind: StepKind;
  readonly person: PersonId;
  readonly name: string;
  /** Tier gained (assign, move, adopt, wait) or lost (unassign). */
  readonly tier: number;
  /** move: the tier lost. The same as `tier`: the seat stays, its service plans change. */
  readonly from: number | null;
  /** The account that gains (assign, move, adopt) or loses (unassign) the seat. */
  readonly holder: string | null;
  readonly account: string | null;
  /** move: the account that loses the old seat; another one where the tiers have different vendors. */
  readonly lost?: { readonly holder: string; readonly account: string };
  /** move: may need a seat that a move of an earlier turn frees, so it begins when those are done. */
  readonly turn?: number;
  /** assign: the seat is theirs until it ends, so nothing is bought. Once it has ended this would be another step. */
  readonly back?: true;
  /** Closed list in steps.ts. */
  readonly reason: string;
  readonly rule: string | null;
  /** For people: what happens, by which rule, why, at what cost and when. */
  readonly sentence: string;
  readonly money: StepMoney | null;
}
export interface StepMoney {
  /** Signed decimal per month, `19.00`, `-19.00`, `0.00`. */
  readonly monthly: string;
  readonly currency: string;
  readonly real: "now" | "cycle-end" | "renewal" | "never";
  readonly on: string | null;
}
/** Enough of a step to know it again; of a wait also why, since nothing at apply tells it any more. */
export type Approved = Pick<PlanStep, "kind" | "person" | "tier" | "from"> & Partial<Pick<PlanStep, "reason" | "back">>;

export interface Listed {
  readonly person: PersonId;
  readonly name: string;
  readonly since: string | null;
  /** When it ends or becomes due, as a date; never "days left". */
  readonly until: string | null;
  readonly code: string;
  readonly sentence: string;
}

export interface Plan {
  /** Stable order: unassign, move, assign, then memory; inside by turn, then rule order, then name, then id. */
  readonly steps: readonly PlanStep[];
  /** Steps that policy withholds (`enforce`, assignOnly) or that approval dropped, with the reason. */
  readonly withheld: readonly { readonly step: PlanStep; readonly why: string }[];
  /** The plan may not be applied; says the numbers. No step may then be done. */
  readonly refusal: {
    readonly code: "limit" | "directory" | "no-seats" | "rule-half";
    readonly message: string;
    /** The same without names, where it has some. */
    readonly unnamed?: string;
    readonly hint: string;
  } | null;
  readonly waiting: readonly Listed[];
  readonly leaving: readonly Listed[];
  readonly candidates: readonly Listed[];
  readonly external: readonly Listed[];
  readonly blocked: readonly Listed[];
  readonly undecided: readonly Listed[];
  /** People whose seat counts against another rule than memory says; remembered with the next steps. */
  readonly attribution: Readonly<Record<PersonId, string>>;
  readonly counts: Counts;
  /** Free seats of each tier, with all that this plan frees; null: no end of them. */
  readonly free: readonly (number | null)[];
  readonly money: PlanMoney;
  /** Seats that the vendor sells with the assignment, by license. */
  readonly buys: Readonly<Record<string, number>>;
  readonly digest: string;
  /** When time alone will change something; null: never. */
  readonly nextDueAt: string | null;
}
