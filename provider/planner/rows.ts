import { type Line, lines } from "./row-lines.ts";
import { crowd, grace, reclaim } from "./row-words.ts";
import type { Policy } from "./situation.ts";
import { tierRows } from "./tier-rows.ts";
import { day } from "./time.ts";
import { buyingRows, faultyRows, refusalRows, servicePlanRows } from "./vendor-rows.ts";

export { type Line, lines };

/**
 * One situation and what is to come of it, in shorthand. Lists are words: `ada bob@1` (tier 1), `bob:3d` (three days
 * ago), `cy:suspended`. Steps: `+` assign, `-` unassign, `~ada@1>0` move, `=` adopt, `?` wait, `!` leave, `*` candidate,
 * `.` forget, in the plan's order.
 */
export interface Row {
  readonly name: string;
  readonly line: Line;
  /** `release: ada bob | trial(1): ada | ops(3, reserve 2): cy`; in brackets the allotment, `-` for none. */
  readonly rules: string;
  /** Seats that are ours, seats that somebody else gave, seats through a team, seats released until the cycle ends. */
  readonly ours?: string;
  readonly others?: string;
  readonly inherited?: string;
  readonly ending?: string;
  /** Seats of nobody whom the directory knows. */
  readonly strangers?: string;
  /** Owned by memory, but the vendor shows no seat. */
  readonly taken?: string;
  readonly status?: string;
  readonly undecided?: string;
  /** The tier that they want, by person; 0 where not said. */
  readonly tier?: string;
  readonly exempt?: string;
  readonly outOfScope?: string;
  readonly noAccount?: string;
  readonly active?: string;
  readonly waiting?: string;
  readonly leaving?: string;
  readonly candidates?: string;
  readonly cooldown?: string;
  /** Seats bought, per tier; `-`: unknown. One license of 100 where not said. */
  readonly purchased?: string;
  readonly release?: string;
  /** The vendor does not say when the cycle ends. */
  readonly cycleUnknown?: true;
  readonly buysOnAssign?: true;
  readonly usage?: "fresh" | "stale" | "none";
  readonly policy?: Partial<Policy>;
  /** `annual 10 19.00` or `flexible 10 19.00`, per tier. */
  readonly price?: string;
  readonly directory?: { readonly before: number; readonly now: number; readonly fault?: string };
  readonly ruleCounts?: Readonly<Record<string, number>>;
  readonly removals?: string;
  /** Whose seat is faulty, and how: `ada:CountViolation`, `ada:DependencyViolation` (no second try helps with that one). */
  readonly faulty?: string;
  /** Seats that were assigned anew in vain, how long ago, and how many were free then: `ada:2h+0`. */
  readonly tried?: string;
  /** Whose accounts lack what the vendor wants; whom it refused, and how long ago: `ada:2h`. */
  readonly lacks?: string;
  readonly denied?: string;
  /** The first license was sold out, how long ago, with so many in use (and another allotment then): `2h+3`, `2h+3:9`. */
  readonly soldOut?: string;
  /** Service plans that may be on, of mail, chat and video: `mail chat`; of each tier, with `|` between. */
  readonly plans?: string;
  /** What is on, where it is not what may be: `ada:mail+video`; `ada:?` where the vendor does not say. */
  readonly on?: string;
  /** Steps that somebody approved; nothing else is done. `+ada^`: gets the seat back that is about to end. */
  readonly approved?: string;
  readonly assignOnly?: true;

  readonly steps: string;
  readonly waits?: string;
  readonly blocked?: string;
  readonly external?: string;
  readonly refused?: string;
  readonly withheld?: string;
  readonly says?: Readonly<Record<string, string>>;
  readonly shortfall?: number;
  readonly delta?: string;
  readonly due?: string;
}

// biome-ignore format: a table, one situation a line
const several: readonly Row[] = [
  { name: "two rules, one seat", line: lines[0], rules: "release: ada | trial: ada", steps: "+ada", says: { ada: "rule release (1st of 2: release, trial)" } },
  { name: "the first rule is full: the next one's allotment takes them", line: lines[0], rules: "release(0): ada | trial(1): ada", steps: "+ada", says: { ada: "rule trial (2nd of 2: release, trial)" } },
  { name: "somebody can count for another rule, and so makes room", line: lines[0], rules: "release(1): ada bob | trial(1): ada", ours: "ada", steps: "+bob" },
  { name: "one claim goes, another stays: nothing happens", line: lines[0], rules: "release: bob | trial: ada", ours: "ada bob", steps: "" },
];

// biome-ignore format: a table, one situation a line
const exhausted: readonly Row[] = [
  { name: "the last in line waits", line: lines[1], rules: "release: ada bob", policy: { allotment: 1 }, steps: "+ada ?bob", waits: "bob:pool-full" },
  { name: "a rule's own allotment", line: lines[1], rules: "release(1): ada bob", steps: "+ada ?bob", waits: "bob:rule-full" },
  { name: "the license has no more", line: lines[1], rules: "release: ada bob", purchased: "1", steps: "+ada ?bob", waits: "bob:license-full" },
  { name: "a leaver makes room", line: lines[1], rules: "release: bob", ours: "ada", policy: { allotment: 1 }, steps: "-ada +bob" },
  { name: "rule order goes before everything", line: lines[1], rules: "first: zoe | second: ada", waiting: "ada:9d", policy: { allotment: 1 }, steps: "+zoe", waits: "ada:pool-full" },
  { name: "then the longest wait", line: lines[1], rules: "release: ada zoe", waiting: "zoe:9d ada:2d", policy: { allotment: 1 }, steps: "+zoe", waits: "ada:pool-full", says: { zoe: "waiting since 2026-11-15" } },
  { name: "then the name", line: lines[1], rules: "release: zoe ada", waiting: "zoe:2d ada:2d", policy: { allotment: 1 }, steps: "+ada", waits: "zoe:pool-full" },
  { name: "in a rule the longest wait goes before somebody whom an earlier rule could not take", line: lines[1], rules: "first(0): ada | second(1): ada bob", waiting: "bob:2d", steps: "+bob ?ada" },
  { name: "who waited and is not claimed any more waits no longer", line: lines[1], rules: "release:", waiting: "bob:2d", steps: ".bob", says: { bob: "waits no longer" } },
  { name: "who waits already needs no step", line: lines[1], rules: "release: ada bob", ours: "ada", waiting: "bob:2d", policy: { allotment: 1 }, steps: "", waits: "bob:pool-full" },
  { name: "fail", line: lines[1], rules: "release: ada bob", policy: { allotment: 1, onExhaustion: "fail" }, steps: "+ada ?bob", refused: "no-seats" },
  { name: "nextTier", line: lines[1], rules: "release: ada bob", purchased: "1 5", policy: { onExhaustion: "nextTier" }, steps: "+ada +bob@1" },
  { name: "nextTier, all full", line: lines[1], rules: "release: ada bob cy", purchased: "1 1", policy: { onExhaustion: "nextTier" }, steps: "+ada +bob@1 ?cy", waits: "cy:license-full" },
  { name: "a reserve keeps seats free for its rule", line: lines[1], rules: "many: ada bob | few(-, reserve 1): cy", policy: { allotment: 2 }, steps: "+ada +cy ?bob", waits: "bob:pool-full" },
  { name: "a reserve nobody uses stays free", line: lines[1], rules: "many: ada bob | few(-, reserve 1):", policy: { allotment: 2 }, steps: "+ada ?bob", waits: "bob:reserved" },
  { name: "a vendor that sells on assign sells no more than our own cap", line: lines[1], rules: "release: ada bob", purchased: "0", buysOnAssign: true, policy: { allotment: 1 }, steps: "+ada ?bob" },
  { name: "without a cap it sells nothing", line: lines[1], rules: "release: ada", purchased: "0", buysOnAssign: true, policy: { allotment: null }, steps: "?ada" },
  { name: "no account, no seat", line: lines[1], rules: "release: ada bob", noAccount: "ada", steps: "+bob", blocked: "ada:no_account" },
  { name: "a seat that somebody took by hand comes back first", line: lines[1], rules: "first: bob | second: ada", taken: "ada", policy: { allotment: 1 }, steps: "+ada ?bob", says: { ada: "gets the seat back: taken away by hand" } },
];

// biome-ignore format: a table, one situation a line
const stays: readonly Row[] = [
  { name: "an incumbent keeps it", line: lines[2], rules: "release: ada", ours: "ada", steps: "" },
  { name: "a newcomer of an earlier rule evicts nobody", line: lines[2], rules: "first: bob | second: ada", ours: "ada", policy: { allotment: 1 }, steps: "?bob" },
  { name: "an allotment below what is held evicts nobody", line: lines[2], rules: "release: ada bob cy", ours: "ada bob cy", policy: { allotment: 1 }, steps: "", shortfall: 2 },
  { name: "a rule's allotment below what is held evicts nobody", line: lines[2], rules: "release(1): ada bob", ours: "ada bob", steps: "" },
];

// biome-ignore format: a table, one situation a line
const leaves: readonly Row[] = [
  { name: "no grace: unassigned at once", line: lines[3], rules: "release:", ours: "bob", steps: "-bob", says: { bob: "no rule claims them any more" } },
  { name: "grace begins", line: lines[3], rules: "release:", ours: "bob", policy: grace(7 * day), steps: "!bob", says: { bob: "loses it after 7d" }, due: "2026-12-01T12:00:00.000Z" },
  { name: "grace runs", line: lines[3], rules: "release:", ours: "bob", leaving: "bob:3d", policy: grace(7 * day), steps: "", due: "2026-11-28T12:00:00.000Z" },
  { name: "grace is over", line: lines[3], rules: "release:", ours: "bob", leaving: "bob:7d", policy: grace(7 * day), steps: "-bob" },
  { name: "suspended: by its own grace", line: lines[3], rules: "release: bob", ours: "bob", status: "bob:suspended", policy: grace(0, 3 * day), steps: "!bob", says: { bob: "suspended in the directory" } },
  { name: "deleted: by its own grace", line: lines[3], rules: "release: bob", ours: "bob", status: "bob:deleted", policy: grace(9 * day, 9 * day, 0), steps: "-bob", says: { bob: "deleted from the directory" } },
  { name: "another cause begins its own grace", line: lines[3], rules: "release: bob", ours: "bob", status: "bob:suspended", leaving: "bob:3d", policy: grace(7 * day, 2 * day), steps: "!bob" },
  { name: "claimed again: leaves no longer", line: lines[3], rules: "release: bob", ours: "bob", leaving: "bob:3d", policy: grace(7 * day), steps: ".bob", says: { bob: "leaves no longer" } },
  { name: "taken away by hand, and nobody claims it: forgotten", line: lines[3], rules: "release:", taken: "bob", steps: ".bob" },
  { name: "who leaves counts until the grace is over", line: lines[3], rules: "release: ada", ours: "bob", leaving: "bob:3d", policy: { ...grace(7 * day), allotment: 1 }, steps: "?ada" },
  { name: "where unassigning deactivates the person, it must be allowed", line: lines[3], rules: "release:", ours: "bob", release: "deactivatesUser", steps: "", blocked: "bob:deactivates" },
  { name: "and then it is done", line: lines[3], rules: "release:", ours: "bob", release: "deactivatesUser", policy: { allowDeactivation: true }, steps: "-bob" },
  { name: "no tier's condition holds any more", line: lines[3], rules: "release: bob", ours: "bob", tier: "bob:none", steps: "-bob", says: { bob: "no tier's condition holds" } },
];

// biome-ignore format: a table, one situation a line
const undecided: readonly Row[] = [
  { name: "without a seat: gets none", line: lines[4], rules: "release:", undecided: "ada:release", steps: "" },
  { name: "with a seat: keeps it", line: lines[4], rules: "release:", ours: "ada", undecided: "ada:release", steps: "" },
  { name: "leaving: neither sooner nor later", line: lines[4], rules: "release:", ours: "ada", leaving: "ada:9d", undecided: "ada:release", policy: grace(7 * day), steps: "" },
  { name: "another rule claims them for sure", line: lines[4], rules: "release: | trial: ada", undecided: "ada:release", steps: "+ada" },
  { name: "no tier can be decided", line: lines[4], rules: "release: ada bob", ours: "bob", tier: "ada:? bob:?", steps: "" },
  { name: "the directory has decided: suspended", line: lines[4], rules: "release:", ours: "ada", undecided: "ada:release", status: "ada:suspended", steps: "-ada" },
];

// biome-ignore format: a table, one situation a line
const inactive: readonly Row[] = [
  { name: "notice first", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:90d", policy: reclaim({ notice: 7 * day }), steps: "*ada", due: "2026-12-01T12:00:00.000Z" },
  { name: "notice runs", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:90d", candidates: "ada:3d", policy: reclaim({ notice: 7 * day }), steps: "" },
  { name: "released after notice, and somebody who waits has the seat", line: lines[6], rules: "release: ada bob", ours: "ada:200d", active: "ada:90d", candidates: "ada:7d", waiting: "bob:2d", policy: { ...reclaim({ notice: 7 * day }), allotment: 1 }, steps: "-ada +bob" },
  { name: "signed in meanwhile: no candidate any more", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:1d", candidates: "ada:3d", policy: reclaim({ notice: 7 * day }), steps: ".ada" },
  { name: "not re-assigned until the cooldown ends", line: lines[6], rules: "release: ada", cooldown: "ada:3d", active: "ada:90d", policy: reclaim(), steps: "", blocked: "ada:cooldown", due: "2026-12-21T12:00:00.000Z" },
  { name: "or until they sign in again", line: lines[6], rules: "release: ada", cooldown: "ada:3d", active: "ada:1d", policy: reclaim(), steps: "+ada" },
  { name: "or the cooldown has ended", line: lines[6], rules: "release: ada", cooldown: "ada:30d", active: "ada:90d", policy: reclaim(), steps: "+ada" },
  { name: "downgrade", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:90d", purchased: "5 5", policy: reclaim({ action: "downgrade" }), steps: "~ada@0>1" },
  { name: "downgraded stays down, whatever the calendar says", line: lines[6], rules: "release: ada", ours: "ada@1:40d", cooldown: "ada:40d", active: "ada:130d", purchased: "5 5", policy: reclaim({ action: "downgrade" }), steps: "" },
  { name: "active again: back up", line: lines[6], rules: "release: ada", ours: "ada@1:40d", cooldown: "ada:40d", active: "ada:1d", purchased: "5 5", policy: reclaim({ action: "downgrade" }), steps: "~ada@1>0", says: { ada: "active again" } },
  { name: "no reclaim, no candidates", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:90d", candidates: "ada:3d", steps: ".ada" },
  { name: "active: kept", line: lines[6], rules: "release: ada", ours: "ada:200d", active: "ada:59d", policy: reclaim(), steps: "" },
];

// biome-ignore format: a table, one situation a line
const unknown: readonly Row[] = [
  { name: "never seen is not inactive", line: lines[7], rules: "release: ada", ours: "ada:200d", policy: reclaim(), steps: "" },
  { name: "no telemetry", line: lines[7], rules: "release: ada", ours: "ada:200d", active: "ada:90d", usage: "none", policy: reclaim(), steps: "" },
  { name: "data too old", line: lines[7], rules: "release: ada", ours: "ada:200d", active: "ada:90d", usage: "stale", policy: reclaim(), steps: "" },
  { name: "the seat is too new", line: lines[7], rules: "release: ada", ours: "ada:20d", active: "ada:90d", policy: reclaim(), steps: "" },
  { name: "newSeatGrace", line: lines[7], rules: "release: ada", ours: "ada:70d", active: "ada:90d", policy: reclaim({ newSeatGrace: 90 * day }), steps: "", due: "2026-12-14T12:00:00.000Z" },
  { name: "a candidate whose telemetry stops keeps the seat", line: lines[7], rules: "release: ada", ours: "ada:200d", active: "ada:90d", candidates: "ada:9d", usage: "stale", policy: reclaim({ notice: 7 * day }), steps: "" },
];

// biome-ignore format: a table, one situation a line
const before: readonly Row[] = [
  { name: "own: counted and left alone", line: lines[8], rules: "release: ada bob", others: "ada", policy: { allotment: 1 }, steps: "?bob", external: "ada:held-before" },
  { name: "adopt", line: lines[8], rules: "release: ada", others: "ada", policy: { ownership: "adopt" }, steps: "=ada", says: { ada: "is adopted" } },
  { name: "exclusive adopts too", line: lines[8], rules: "release: ada", others: "ada", policy: { ownership: "exclusive" }, steps: "=ada" },
  { name: "own: of another tier, and left alone", line: lines[8], rules: "release: ada", others: "ada@1", purchased: "5 5", steps: "", external: "ada:held-before" },
  { name: "adopt: of another tier, and moved", line: lines[8], rules: "release: ada", others: "ada@1", purchased: "5 5", policy: { ownership: "adopt" }, steps: "~ada@1>0" },
  { name: "got a seat by hand while waiting", line: lines[8], rules: "release: ada", others: "ada", waiting: "ada:2d", steps: ".ada", external: "ada:held-before" },
];

// biome-ignore format: a table, one situation a line
const nobody: readonly Row[] = [
  { name: "own: external, not touched", line: lines[9], rules: "release:", others: "cy", steps: "", external: "cy:unclaimed" },
  { name: "adopt: of somebody suspended, taken over and let go", line: lines[9], rules: "release:", others: "cy dee", status: "cy:suspended", policy: { ownership: "adopt" }, steps: "-cy", external: "dee:unclaimed" },
  { name: "exclusive", line: lines[9], rules: "release:", others: "cy", policy: { ownership: "exclusive" }, steps: "-cy", says: { cy: "this pool is exclusive" } },
  { name: "exclusive, with grace", line: lines[9], rules: "release:", others: "cy", policy: { ownership: "exclusive", ...grace(7 * day) }, steps: "!cy" },
  { name: "a holder whom the directory does not know", line: lines[9], rules: "release:", strangers: "x1", steps: "", external: "x1:stranger" },
  { name: "exclusive, whom the directory does not know", line: lines[9], rules: "release:", strangers: "x1", policy: { ownership: "exclusive" }, steps: "-x1" },
  { name: "a second seat by hand", line: lines[9], rules: "release: ada", ours: "ada", others: "ada@1", purchased: "5 5", steps: "", external: "ada:second-seat" },
  { name: "exclusive tolerates no second seat", line: lines[9], rules: "release: ada", ours: "ada", others: "ada@1", purchased: "5 5", policy: { ownership: "exclusive" }, steps: "-ada@1" },
];

// biome-ignore format: a table, one situation a line
const untouched: readonly Row[] = [
  { name: "exempt", line: lines[10], rules: "release:", ours: "ada", exempt: "ada", steps: "", blocked: "ada:exempt" },
  { name: "exempt while leaving", line: lines[10], rules: "release:", ours: "ada", exempt: "ada", leaving: "ada:3d", policy: grace(7 * day), steps: ".ada", blocked: "ada:exempt" },
  { name: "exempt and inactive", line: lines[10], rules: "release: ada", ours: "ada:200d", active: "ada:90d", exempt: "ada", policy: reclaim(), steps: "" },
  { name: "exempt, in an exclusive pool", line: lines[10], rules: "release:", others: "ada", exempt: "ada", policy: { ownership: "exclusive" }, steps: "", external: "ada:exempt" },
  { name: "outside the scope", line: lines[10], rules: "release:", ours: "ada", outOfScope: "ada", steps: "", blocked: "ada:out-of-scope" },
  { name: "outside the scope gets no seat", line: lines[10], rules: "release: ada", outOfScope: "ada", steps: "", blocked: "ada:out-of-scope" },
  { name: "outside the scope, in an exclusive pool", line: lines[10], rules: "release:", others: "ada", outOfScope: "ada", policy: { ownership: "exclusive" }, steps: "", external: "ada:out-of-scope" },
  { name: "inherited", line: lines[10], rules: "release:", inherited: "ada", policy: { ownership: "exclusive" }, steps: "", external: "ada:inherited" },
  { name: "inherited and claimed: has a seat", line: lines[10], rules: "release: ada", inherited: "ada", policy: { ownership: "adopt" }, steps: "", external: "ada:inherited" },
];

// biome-ignore format: a table, one situation a line
const later: readonly Row[] = [
  { name: "the plan says until when", line: lines[11], rules: "release:", ours: "bob", release: "endOfCycle", steps: "-bob", says: { bob: "consumed until 2026-12-15" } },
  { name: "consumed until then: nobody gets it now", line: lines[11], rules: "release: ada", ours: "bob", release: "endOfCycle", policy: { allotment: 1 }, steps: "-bob ?ada" },
  { name: "released once, not twice", line: lines[11], rules: "release:", ending: "bob", release: "endOfCycle", steps: "", due: "2026-12-15T00:00:00.000Z" },
  { name: "claimed again before it ends", line: lines[11], rules: "release: bob", ending: "bob", release: "endOfCycle", policy: { allotment: 1 }, steps: "+bob", says: { bob: "gets the seat back: it would have ended on 2026-12-15" } },
  { name: "saves from the cycle's end", line: lines[11], rules: "release:", ours: "bob", release: "endOfCycle", price: "flexible 10 19.00", steps: "-bob", says: { bob: "saves 19.00 USD per month from the cycle's end on 2026-12-15" }, delta: "-19.00" },
  { name: "the vendor does not say when", line: lines[11], rules: "release:", ours: "bob", release: "endOfCycle", cycleUnknown: true, price: "flexible 10 19.00", steps: "-bob", says: { bob: "consumed until the end of the billing cycle, saves 19.00 USD per month from the cycle's end" }, delta: "-19.00" },
  { name: "claimed again before it ends: nothing is paid for it", line: lines[11], rules: "release: bob", ending: "bob", release: "endOfCycle", price: "flexible 10 19.00", steps: "+bob", delta: "0.00" },
  { name: "approved to get it back, while it has not ended", line: lines[11], rules: "release: bob", ending: "bob", release: "endOfCycle", approved: "+bob^", steps: "+bob" },
  { name: "approved to get it back, and it has ended since: another one is not bought", line: lines[11], rules: "release: bob", release: "endOfCycle", purchased: "0", buysOnAssign: true, approved: "+bob^", steps: "", withheld: "+bob" },
  { name: "annual: saves only at renewal", line: lines[11], rules: "release:", ours: "bob", price: "annual 10 19.00", steps: "-bob", says: { bob: "saves 19.00 USD per month from renewal after 2026-12-31" }, delta: "0.00" },
  { name: "annual: covered by the commitment", line: lines[11], rules: "release: ada", price: "annual 10 19.00", steps: "+ada", says: { ada: "covered by the commitment" }, delta: "0.00" },
  { name: "flexible: costs from now", line: lines[11], rules: "release: ada", price: "flexible 10 19.00", steps: "+ada", says: { ada: "19.00 USD per month from now" }, delta: "19.00" },
];

// biome-ignore format: a table, one situation a line
const limited: readonly Row[] = [
  { name: "five may go", line: lines[12], rules: "release:", ours: crowd(5), steps: crowd(5).replace(/(^| )/g, "$1-") },
  { name: "six of ten may not", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), steps: "-p04 -p05 -p06 -p07 -p08 -p09", refused: "limit" },
  { name: "six of sixty may", line: lines[12], rules: `release: ${crowd(54)}`, ours: crowd(60), steps: "-p54 -p55 -p56 -p57 -p58 -p59" },
  { name: "four, after two of the same day", line: lines[12], rules: `release: ${crowd(6)}`, ours: crowd(10), removals: "2:3h", steps: "-p06 -p07 -p08 -p09", refused: "limit" },
  { name: "four, after two of the day before", line: lines[12], rules: `release: ${crowd(6)}`, ours: crowd(10), removals: "2:25h", steps: "-p06 -p07 -p08 -p09" },
  { name: "counted when the leaving begins", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), policy: grace(7 * day), steps: "!p04 !p05 !p06 !p07 !p08 !p09", refused: "limit" },
  { name: "and not again when it ends", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), leaving: crowd(10) .split(" ") .slice(4) .map((p) => `${p}:7d`) .join(" "), policy: grace(7 * day), steps: "-p04 -p05 -p06 -p07 -p08 -p09" },
  { name: "acknowledged", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), policy: { acknowledge: { removals: 6, until: "2026-11-25T00:00:00Z" } }, steps: "-p04 -p05 -p06 -p07 -p08 -p09" },
  { name: "acknowledged for fewer", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), policy: { acknowledge: { removals: 5, until: "2026-11-25T00:00:00Z" } }, steps: "-p04 -p05 -p06 -p07 -p08 -p09", refused: "limit" },
  { name: "acknowledged until yesterday", line: lines[12], rules: `release: ${crowd(4)}`, ours: crowd(10), policy: { acknowledge: { removals: 6, until: "2026-11-23T00:00:00Z" } }, steps: "-p04 -p05 -p06 -p07 -p08 -p09", refused: "limit" },
  { name: "one rule loses half its people", line: lines[12], rules: `small: ${crowd(6)} | big: ${crowd(100).split(" ").slice(12).join(" ")}`, ours: crowd(100), ruleCounts: { small: 12, big: 88 }, steps: "-p06 -p07 -p08 -p09 -p10 -p11", refused: "rule-half" },
  { name: "an empty directory, whatever is acknowledged", line: lines[12], rules: "release:", ours: "ada", directory: { before: 100, now: 0 }, policy: { acknowledge: { removals: 99, until: "2027-01-01T00:00:00Z" } }, steps: "-ada", refused: "directory" },
  { name: "under half of the last count", line: lines[12], rules: "release: ada", ours: "ada", directory: { before: 100, now: 49 }, steps: "", refused: "directory" },
  { name: "half of it", line: lines[12], rules: "release: ada", ours: "ada", directory: { before: 100, now: 50 }, steps: "" },
  { name: "a total that disagrees", line: lines[12], rules: "release: ada", ours: "ada", directory: { before: 100, now: 100, fault: "it says 120 people and listed 100" }, steps: "", refused: "directory" },
  { name: "a changed license is a move of its people, under the limit", line: lines[12], rules: `release: ${crowd(10)}`, ours: crowd(10).replace(/( |$)/g, "@1$1"), purchased: "20 retired", steps: crowd(10) .split(" ") .map((p) => `~${p}@1>0`) .join(" "), refused: "limit" },
  { name: "executionLimit of one's own", line: lines[12], rules: "release:", ours: "ada bob cy", policy: { executionLimit: { removals: 2, percent: null } }, steps: "-ada -bob -cy", refused: "limit" },
];

// biome-ignore format: a table, one situation a line
const policed: readonly Row[] = [
  { name: "enforce none: nothing is done", line: lines[13], rules: "release: ada", ours: "bob", policy: { enforce: "none" }, steps: "", withheld: "-bob +ada" },
  { name: "enforce assign: nobody loses a seat", line: lines[13], rules: "release: ada", ours: "bob", policy: { enforce: "assign" }, steps: "+ada", withheld: "-bob" },
  { name: "enforce assign: and so no room", line: lines[13], rules: "release: ada", ours: "bob", policy: { enforce: "assign", allotment: 1 }, steps: "?ada", withheld: "-bob" },
  { name: "nobody saw the plan: only assigns", line: lines[13], rules: "release: ada", ours: "bob", assignOnly: true, steps: "+ada", withheld: "-bob" },
  { name: "hired since the approval: gets nothing now", line: lines[13], rules: "release: ada bob", approved: "+bob", policy: { allotment: 1 }, steps: "+bob" },
  { name: "an approved removal that is not justified any more is dropped", line: lines[13], rules: "release: ada", ours: "ada bob", approved: "-ada -bob", steps: "-bob", withheld: "-ada" },
  { name: "and so the seat it would have freed is not there", line: lines[13], rules: "release: ada bob", ours: "ada", approved: "-ada +bob", policy: { allotment: 1 }, steps: "", withheld: "-ada +bob" },
  { name: "an approved removal is no licence for another", line: lines[13], rules: "release:", ours: "ada bob", approved: "-ada", steps: "-ada" },
  { name: "approved to wait: waits, and is promoted by the next plan", line: lines[13], rules: "release: ada", approved: "?ada", steps: "?ada" },
];

export const rows: readonly Row[] = [
  ...several,
  ...exhausted,
  ...stays,
  ...leaves,
  ...undecided,
  ...tierRows,
  ...inactive,
  ...unknown,
  ...before,
  ...nobody,
  ...untouched,
  ...later,
  ...limited,
  ...policed,
  ...servicePlanRows,
  ...faultyRows,
  ...buyingRows,
  ...refusalRows,
];
