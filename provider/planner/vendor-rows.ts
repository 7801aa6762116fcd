import { crowd, grace } from "./row-words.ts";
import type { Line, Row } from "./rows.ts";
import { day } from "./time.ts";

/** What only some vendors have: service plans inside a license. */
const plans: Line = "service plans that are on and should not be, or the other way round";

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
