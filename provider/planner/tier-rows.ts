import type { Line, Row } from "./rows.ts";

const tiers: Line = "moves between tiers";

// biome-ignore format: a table, one situation a line
export const tierRows: readonly Row[] = [
  { name: "one move", line: tiers, rules: "release: ada", ours: "ada@1", purchased: "5 5", steps: "~ada@1>0" },
  { name: "down as well", line: tiers, rules: "release: ada", ours: "ada", tier: "ada:1", purchased: "5 5", steps: "~ada@0>1" },
  { name: "new seat before old: no seat, no move", line: tiers, rules: "release: ada bob", ours: "bob ada@1", purchased: "1 5", steps: "", blocked: "ada:no-seat-to-move" },
  { name: "a move frees a seat for the next in line", line: tiers, rules: "release: ada bob", ours: "ada@1", tier: "bob:1", purchased: "1 1", steps: "~ada@1>0 +bob@1" },
  { name: "a chain of moves, each into the seat freed before", line: tiers, rules: "release: ada bob", ours: "bob@1 ada@2", tier: "ada:1", purchased: "1 1 1", steps: "~bob@1>0 ~ada@2>1" },
  { name: "two who would swap full tiers stay", line: tiers, rules: "release: ada bob", ours: "ada bob@1", tier: "ada:1", purchased: "1 1", steps: "", blocked: "ada:no-seat-to-move bob:no-seat-to-move" },
  { name: "two who would change places do it over one free seat", line: tiers, rules: "release: ada bob", ours: "ada bob@1", tier: "ada:1", purchased: "1 2", steps: "~ada@0>1 ~bob@1>0" },
  { name: "three in a ring, whoever is named first", line: tiers, rules: "release: ada bob cy", ours: "ada bob@1 cy@2", tier: "ada:1 bob:2", purchased: "1 2 1", steps: "~ada@0>1 ~cy@2>0 ~bob@1>2" },
  { name: "a ring turns before somebody uses the seat up that it needs", line: tiers, rules: "first: cy dee | second: ada bob", ours: "ada bob@1 cy@2", tier: "ada:1 cy:1 dee:1", purchased: "1 2 1", steps: "~ada@0>1 ~bob@1>0 ~cy@2>1 ?dee", waits: "dee:license-full" },
  { name: "back to the better tier when it has room", line: tiers, rules: "release: ada", ours: "ada@1", purchased: "1 5", policy: { onExhaustion: "nextTier" }, steps: "~ada@1>0", says: { ada: "the preferred license has a free seat again" } },
  { name: "the old seat ends with its cycle", line: tiers, rules: "release: ada", ours: "ada@1", purchased: "5 5", release: "endOfCycle", steps: "~ada@1>0", says: { ada: "consumed until 2026-12-15" } },
];
