/** The left column of DESIGN's table of situations; every one has rows below. */
export const lines = [
  "claimed by several rules",
  "claimed, no seat free (pool, rule or license)",
  "holds a seat, still claimed",
  "holds a seat, no longer claimed",
  "rule undecided for a person",
  "moves between tiers",
  "inactive longer than inactiveFor, on positive evidence",
  "activity unknown (no telemetry, too new, data too old)",
  "claimed, and held a seat before this pool did",
  "holds a seat nobody claims",
  "exempt, outside scope, or inherited through a group or team at the vendor",
  "release ends later (billing cycle, queue)",
  "removals above the execution limit",
  "what policy and approval leave",
  "service plans that are on and should not be, or the other way round",
  "a seat that the vendor shows as faulty",
  "what the vendor wants of a person and they have not, or refused them",
  "a vendor that does not tell what was purchased, and had no seat left",
] as const;
export type Line = (typeof lines)[number];
