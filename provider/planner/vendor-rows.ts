import type { Line } from "./row-lines.ts";
import { crowd, grace, reclaim } from "./row-words.ts";
import type { Row } from "./rows.ts";
import { day } from "./time.ts";

/** What only some vendors have: service plans inside a license, and seats that do not work. */
const plans: Line = "service plans that are on and should not be, or the other way round";
const full: Line = "claimed, no seat free (pool, rule or license)";
const faulty: Line = "a seat that the vendor shows as faulty";
const wants: Line = "what the vendor wants of a person and they have not, or refused them";
const sold: Line = "a vendor that does not tell what was purchased, and had no seat left";

// biome-ignore format: a table, one situation a line
export const servicePlanRows: readonly Row[] = [
  { name: "as the allow-list says: nothing happens", line: plans, rules: "release: ada", ours: "ada", plans: "mail chat", steps: "" },
  { name: "one that is on and may not be, one that is off and may be: the seat stays", line: plans, rules: "release: ada", ours: "ada", plans: "mail chat", on: "ada:mail+video", price: "flexible 10 19.00", steps: "~ada@0>0", says: { ada: "ada keeps the seat: service plans Video off; Chat on, as the pool allows" }, delta: "0.00" },
  { name: "a plan that the vendor adds stays off", line: plans, rules: "release: ada bob", ours: "ada bob", plans: "mail chat", on: "ada:mail+chat+video bob:mail+chat+video", steps: "~ada@0>0 ~bob@0>0", says: { bob: "service plans Video off, as" } },
  { name: "an empty list allows none", line: plans, rules: "release: ada", ours: "ada", plans: "none", on: "ada:mail", steps: "~ada@0>0" },
  { name: "nobody knows what is on: nothing happens", line: plans, rules: "release: ada", ours: "ada", plans: "mail", on: "ada:?", steps: "" },
  { name: "whoever gains a seat gains it so", line: plans, rules: "release: ada", plans: "mail", steps: "+ada" },
  { name: "a move gives the new seat its plans", line: plans, rules: "release: ada", ours: "ada@1", purchased: "5 5", plans: "mail | chat", on: "ada:video", steps: "~ada@1>0" },
  { name: "who cannot move yet has the old seat's plans put right", line: plans, rules: "release: ada", ours: "ada@1", purchased: "0 5", plans: "mail | chat", on: "ada:video", steps: "~ada@1>1", blocked: "ada:no-seat-to-move", says: { ada: "ada keeps the seat of vendor/sku1: service plans Video off; Chat on" } },
  { name: "somebody else's seat is left alone", line: plans, rules: "release: ada", others: "ada", plans: "mail", on: "ada:mail+video", steps: "", external: "ada:held-before" },
  { name: "adopted, and put right in the same run", line: plans, rules: "release: ada", others: "ada", plans: "mail", on: "ada:mail+video", policy: { ownership: "adopt" }, steps: "~ada@0>0 =ada" },
  { name: "who returns leaves no longer, and is put right", line: plans, rules: "release: ada", ours: "ada", leaving: "ada:3d", plans: "mail", on: "ada:mail+video", policy: grace(7 * day), steps: "~ada@0>0 .ada" },
  { name: "who leaves is not bothered any more", line: plans, rules: "release:", ours: "ada", leaving: "ada:3d", plans: "mail", on: "ada:mail+video", policy: grace(7 * day), steps: "" },
  { name: "exempt: nothing is taken, and no plan either", line: plans, rules: "release: ada", ours: "ada", exempt: "ada", plans: "mail", on: "ada:mail+video", steps: "" },
  { name: "through a team: the team's plans are not the person's", line: plans, rules: "release: ada", inherited: "ada", plans: "mail", on: "ada:mail+video", policy: { ownership: "adopt" }, steps: "", external: "ada:inherited" },
  { name: "released, and gets it back with its plans", line: plans, rules: "release: ada", ending: "ada", release: "endOfCycle", plans: "mail", on: "ada:mail+video", steps: "+ada" },
  { name: "no removal: any number at once", line: plans, rules: `release: ${crowd(12)}`, ours: crowd(12), plans: "mail", on: crowd(12).split(" ").map((p) => `${p}:mail+video`).join(" "), steps: crowd(12).split(" ").map((p) => `~${p}@0>0`).join(" ") },
  { name: "enforce assign: nothing is switched", line: plans, rules: "release: ada", ours: "ada", plans: "mail", on: "ada:mail+video", policy: { enforce: "assign" }, steps: "", withheld: "~ada@0>0" },
  { name: "approved: one person's, and no other's", line: plans, rules: "release: ada bob", ours: "ada bob", plans: "mail", on: "ada:video bob:video", approved: "~ada@0>0", steps: "~ada@0>0" },
];

// biome-ignore format: a table, one situation a line
export const faultyRows: readonly Row[] = [
  { name: "said in the vendor's words; no seat is free: nothing to do", line: faulty, rules: "release: ada bob", ours: "ada bob", faulty: "ada:CountViolation", purchased: "1", steps: "", blocked: "ada:seat-error" },
  { name: "it is consumed by nobody, so a seat is free: tried again", line: faulty, rules: "release: ada bob", ours: "ada bob", faulty: "ada:CountViolation", purchased: "2", steps: "+ada", blocked: "ada:seat-error", says: { ada: "ada is assigned the seat anew: rule release, tried again after CountViolation: seats are free now" } },
  { name: "its holder goes before all who are new", line: faulty, rules: "first: bob | second: ada", ours: "ada", faulty: "ada:CountViolation", purchased: "1", steps: "+ada ?bob", waits: "bob:license-full", blocked: "ada:seat-error" },
  { name: "a leaver frees the seat that it needs", line: faulty, rules: "release: ada", ours: "ada bob", faulty: "ada:CountViolation", purchased: "1", steps: "-bob +ada", blocked: "ada:seat-error" },
  { name: "it counts against the allotment: it is promised", line: faulty, rules: "release: ada bob", ours: "ada", faulty: "ada:CountViolation", purchased: "1", policy: { allotment: 1 }, steps: "+ada ?bob", waits: "bob:license-full", blocked: "ada:seat-error" },
  { name: "where a second try cannot help there is none", line: faulty, rules: "release: ada", ours: "ada", faulty: "ada:DependencyViolation", steps: "", blocked: "ada:seat-error" },
  { name: "tried an hour ago with as many free seats: not again", line: faulty, rules: "release: ada", ours: "ada", faulty: "ada:CountViolation", purchased: "1", tried: "ada:1h+1", steps: "", blocked: "ada:seat-error", due: "2026-11-25T11:00:00.000Z" },
  { name: "more are free than then: again", line: faulty, rules: "release: ada", ours: "ada", faulty: "ada:CountViolation", purchased: "2", tried: "ada:1h+1", steps: "+ada", blocked: "ada:seat-error" },
  { name: "a day later: again", line: faulty, rules: "release: ada", ours: "ada", faulty: "ada:CountViolation", purchased: "1", tried: "ada:24h+1", steps: "+ada", blocked: "ada:seat-error" },
  { name: "something else is wrong now: again", line: faulty, rules: "release: ada", ours: "ada", faulty: "ada:Other", purchased: "1", tried: "ada:1h+1", steps: "+ada", blocked: "ada:seat-error" },
  { name: "not claimed any more: it goes, frees nothing and saves nothing", line: faulty, rules: "release: bob", ours: "ada", faulty: "ada:CountViolation", purchased: "0", price: "flexible 10 19.00", steps: "-ada ?bob", waits: "bob:license-full", says: { ada: "ada loses the seat: no rule claims them any more" }, delta: "0.00" },
  { name: "somebody else's: shown, and left alone", line: faulty, rules: "release: ada", others: "ada", faulty: "ada:CountViolation", steps: "", blocked: "ada:seat-error", external: "ada:held-before" },
  { name: "adopted, and tried again in the same run", line: faulty, rules: "release: ada", others: "ada", faulty: "ada:CountViolation", policy: { ownership: "adopt" }, steps: "+ada =ada", blocked: "ada:seat-error" },
  { name: "through a team: the team is processed, not the person", line: faulty, rules: "release: ada", inherited: "ada", faulty: "ada:CountViolation", steps: "", blocked: "ada:seat-error", external: "ada:inherited" },
  { name: "inactive on evidence: nobody can use it, so it proves nothing", line: faulty, rules: "release: ada", ours: "ada:200d", active: "ada:90d", faulty: "ada:DependencyViolation", policy: reclaim(), steps: "", blocked: "ada:seat-error" },
  { name: "who should have another license moves there, and pays for the new seat alone", line: faulty, rules: "release: ada", ours: "ada@1", faulty: "ada:DependencyViolation", purchased: "5 5", price: "flexible 10 19.00", steps: "~ada@1>0", blocked: "ada:seat-error", delta: "19.00" },
  { name: "approved: tried again", line: faulty, rules: "release: ada bob", ours: "ada bob", faulty: "ada:CountViolation bob:CountViolation", approved: "+ada", steps: "+ada", blocked: "ada:seat-error bob:seat-error" },
];

// biome-ignore format: a table, one situation a line
export const buyingRows: readonly Row[] = [
  { name: "a vendor that sells on assign: the plan says what is bought, and for whom", line: full, rules: "release: ada bob", purchased: "1", buysOnAssign: true, policy: { allotment: 2 }, price: "flexible 10 19.00", steps: "+ada +bob", says: { bob: "rule release, the vendor sells a seat for it, 19.00 USD per month from now" }, delta: "38.00" },
  { name: "seats given by hand there use our cap, too", line: full, rules: "release: ada bob", others: "ada", purchased: "1", buysOnAssign: true, policy: { allotment: 1 }, steps: "?bob", waits: "bob:pool-full", external: "ada:held-before" },
  { name: "a rule's own cap holds as well", line: full, rules: "release(1): ada bob | trial(0): cy", purchased: "0", buysOnAssign: true, policy: { allotment: 9 }, steps: "+ada ?bob ?cy", waits: "bob:rule-full cy:rule-full" },
  { name: "a leaver's seat that ends with its cycle is nobody's: another is bought, within the cap", line: full, rules: "release: ada", ours: "bob", purchased: "1", buysOnAssign: true, release: "endOfCycle", policy: { allotment: 2 }, steps: "-bob +ada", says: { ada: "the vendor sells a seat for it" } },
  { name: "and with no room under the cap until then: waits", line: full, rules: "release: ada", ours: "bob", purchased: "1", buysOnAssign: true, release: "endOfCycle", policy: { allotment: 1 }, steps: "-bob ?ada", waits: "ada:pool-full" },
  { name: "a leaver's seat that is free at once: nothing is bought", line: full, rules: "release: ada", ours: "bob", purchased: "1", buysOnAssign: true, policy: { allotment: 1 }, price: "flexible 10 19.00", steps: "-bob +ada", says: { ada: "ada gains a seat: rule release, 19.00 USD per month from now" }, delta: "0.00" },
  { name: "who has the other license's seat already moves without another: nothing is bought, one is saved", line: full, rules: "release: ada", ours: "ada@1", others: "ada", purchased: "- -", buysOnAssign: true, price: "flexible 10 19.00", steps: "~ada@1>0", says: { ada: "saves 19.00 USD per month from now" }, delta: "-19.00" },
];

// biome-ignore format: a table, one situation a line
export const refusalRows: readonly Row[] = [
  { name: "who lacks something gets no step, and those behind move up", line: wants, rules: "release: ada bob", lacks: "ada", purchased: "1", steps: "+bob", blocked: "ada:no-usage-location" },
  { name: "heads the line, and keeps the place while others go past", line: wants, rules: "release: ada bob cy", lacks: "ada", waiting: "ada:9d bob:2d", purchased: "1", steps: "+bob ?cy", waits: "cy:license-full", blocked: "ada:no-usage-location" },
  { name: "it was set: the longest wait goes first again", line: wants, rules: "release: ada bob", waiting: "ada:9d bob:2d", purchased: "1", steps: "+ada", waits: "bob:license-full", says: { ada: "waiting since 2026-11-15" } },
  { name: "nobody else wants the seat: nothing to do", line: wants, rules: "release: ada", ours: "bob", lacks: "ada", waiting: "ada:9d", steps: "-bob", blocked: "ada:no-usage-location" },
  { name: "who holds a seat keeps it, and a leaver loses it", line: wants, rules: "release: ada", ours: "ada bob", lacks: "ada bob", steps: "-bob" },
  { name: "taken away by hand: not given back before it is set", line: wants, rules: "release: ada bob", taken: "ada", lacks: "ada", purchased: "1", steps: "+bob", blocked: "ada:no-usage-location" },
  { name: "no move to a license that would be refused", line: wants, rules: "release: ada", ours: "ada@1", lacks: "ada", purchased: "5 5", steps: "", blocked: "ada:no-usage-location" },
  { name: "no downgrade to one, either", line: wants, rules: "release: ada", ours: "ada:200d", active: "ada:90d", lacks: "ada", purchased: "5 5", policy: reclaim({ action: "downgrade" }), steps: "", blocked: "ada:no-usage-location" },
  { name: "the next license wants nothing: they get that one", line: wants, rules: "release: ada", lacks: "ada@0", purchased: "5 5", policy: { onExhaustion: "nextTier" }, steps: "+ada@1" },
  { name: "service plans stay as they are: the vendor would refuse the switch", line: wants, rules: "release: ada", ours: "ada", lacks: "ada", plans: "mail", on: "ada:mail+video", steps: "", blocked: "ada:no-usage-location" },
  { name: "onExhaustion fail: nobody is waiting for a seat", line: wants, rules: "release: ada", lacks: "ada", policy: { onExhaustion: "fail" }, ours: "bob", steps: "-bob", blocked: "ada:no-usage-location" },
  { name: "no longer claimed: the wait is forgotten", line: wants, rules: "release: bob", ours: "bob", lacks: "ada", waiting: "ada:9d", steps: ".ada" },
  { name: "refused an hour ago: not asked again, and those behind move up", line: wants, rules: "release: ada bob", denied: "ada:1h", waiting: "ada:9d bob:2d", purchased: "1", steps: "+bob", blocked: "ada:refused", due: "2026-11-25T11:00:00.000Z" },
  { name: "refused, and nobody behind: nothing to do", line: wants, rules: "release: ada", denied: "ada:1h", steps: "", blocked: "ada:refused", due: "2026-11-25T11:00:00.000Z" },
  { name: "refused a day ago: asked again", line: wants, rules: "release: ada", denied: "ada:24h", steps: "+ada" },
  { name: "refused one license, and wants another now: asked", line: wants, rules: "release: ada", tier: "ada:1", denied: "ada:1h", purchased: "5 5", steps: "+ada@1" },
  { name: "refused a move: stays", line: wants, rules: "release: ada", ours: "ada@1", denied: "ada:1h", purchased: "5 5", steps: "", blocked: "ada:refused", due: "2026-11-25T11:00:00.000Z" },
  { name: "refused for want of seats: whoever is in line waits, and nothing is promised", line: sold, rules: "release: ada bob cy", ours: "ada", soldOut: "2h+1", purchased: "-", waiting: "bob:2d cy:1d", steps: "", waits: "bob:sold-out cy:sold-out", due: "2026-11-25T10:00:00.000Z" },
  { name: "whoever is new waits, too, and the plan says what to do", line: sold, rules: "release: ada bob", ours: "ada", soldOut: "2h+1", purchased: "-", steps: "?bob", waits: "bob:sold-out", says: { bob: "the vendor refused on 2026-11-24 10:00 UTC for want of seats (1 in use), and is asked again on 2026-11-25 10:00 UTC or when one comes free: buy more, declare what was bought (commitments of the License), or lower the allotment" }, due: "2026-11-25T10:00:00.000Z" },
  { name: "fewer are in use than then: as many are free", line: sold, rules: "release: ada bob cy", ours: "ada", soldOut: "2h+2", purchased: "-", waiting: "bob:2d cy:1d", steps: "+bob", waits: "cy:sold-out" },
  { name: "a leaver makes room", line: sold, rules: "release: bob", ours: "ada", soldOut: "2h+1", purchased: "-", waiting: "bob:2d", steps: "-ada +bob" },
  { name: "more are in use than then: no more is known, and none is promised", line: sold, rules: "release: ada bob cy", ours: "ada bob", soldOut: "2h+1", purchased: "-", waiting: "cy:1d", steps: "", waits: "cy:sold-out" },
  { name: "a day later: asked again", line: sold, rules: "release: ada bob", ours: "ada", soldOut: "24h+1", purchased: "-", waiting: "bob:2d", steps: "+bob" },
  { name: "another allotment than then: asked again", line: sold, rules: "release: ada bob", ours: "ada", soldOut: "2h+1:99", purchased: "-", waiting: "bob:2d", steps: "+bob" },
  { name: "what was bought is known now: that alone counts", line: sold, rules: "release: ada bob cy", ours: "ada", soldOut: "2h+1", purchased: "2", waiting: "bob:2d cy:1d", steps: "+bob", waits: "cy:license-full" },
  { name: "nextTier: the next license has seats", line: sold, rules: "release: ada bob", ours: "ada", soldOut: "2h+1", purchased: "- 5", policy: { onExhaustion: "nextTier" }, steps: "+bob@1" },
  { name: "who should move there stays", line: sold, rules: "release: ada bob", ours: "ada bob@1", soldOut: "2h+1", purchased: "- 5", steps: "", blocked: "bob:no-seat-to-move", due: "2026-11-25T10:00:00.000Z" },
];
