import fc from "fast-check";
import { happens, histories, policies, worlds } from "./arbitrary.fixture.ts";
import { livesOn } from "./invariants.fixture.ts";
import type { Plan } from "./situation.ts";
import { reasons } from "./steps.ts";

const seen = new Map<string, number>();
const saw = (what: string): void => {
  seen.set(what, (seen.get(what) ?? 0) + 1);
};
const note = (made: Plan): void => {
  for (const step of made.steps) saw(`${step.kind} ${step.reason}`);
  for (const list of ["waiting", "leaving", "candidates", "external", "blocked", "undecided"] as const)
    for (const { code } of made[list]) saw(`${list}: ${code}`);
  if (made.refusal) saw(`refused: ${made.refusal.code}`);
};

test("weeks of anything: every plan keeps its promises, and once applied nothing is left to do", () => {
  fc.assert(
    fc.property(worlds, histories, fc.option(policies, { nil: null, freq: 4 }), (first, days, later) => {
      const world = structuredClone(first);
      const past: { at: number; count: number }[] = [];
      livesOn(world, past, note);
      for (const [i, today] of days.entries()) {
        if (i === 2 && later) world.policy = later;
        for (const event of today) happens(world, event);
        livesOn(world, past, note);
      }
    }),
    // The seed is fixed so that what is met below is met each time; RUNS and SEED look further.
    { numRuns: Number(process.env.RUNS ?? 2000), seed: Number(process.env.SEED ?? 7) },
  );
});

/** One of a destroy; one that only a second pool gives (engine/sparing.test.ts). */
const elsewhere: readonly string[] = ["destroyed", "other-pool"];

test("the histories met every reason of one living pool, and what keeps people from a step", () => {
  const met = [...seen.keys()];
  expect(
    reasons.filter((reason) => !elsewhere.includes(reason) && !met.some((what) => what.endsWith(` ${reason}`))),
  ).toEqual([]);
  for (const kind of ["assign", "unassign", "move", "adopt", "wait", "leave", "candidate", "forget"])
    expect(met.filter((what) => what.startsWith(`${kind} `))).not.toEqual([]);
  for (const code of [
    "no_account",
    "no-tier",
    "deactivates",
    "exempt",
    "out-of-scope",
    "inherited",
    "cooldown",
    "no-seat-to-move",
    "no-usage-location",
    "refused",
  ])
    expect(met).toContain(`blocked: ${code}`);
  for (const code of [
    "held-before",
    "unclaimed",
    "stranger",
    "exempt",
    "inherited",
    "out-of-scope",
    "second-seat",
    "ends-later",
  ])
    expect(met).toContain(`external: ${code}`);
  for (const code of ["limit", "directory", "no-seats"]) expect(met).toContain(`refused: ${code}`);
  expect(met).toContain("candidates: activity-unknown");
});
