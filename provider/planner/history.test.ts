import fc from "fast-check";
import { happens, histories, policies, worlds } from "./arbitrary.ts";
import { livesOn } from "./invariants.ts";
import type { Plan } from "./situation.ts";

const seen = new Map<string, number>();
const saw = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
const note = (made: Plan): void => {
  for (const step of made.steps) saw(`${step.kind} ${step.reason}`);
  for (const list of ["waiting", "leaving", "candidates", "external", "blocked", "undecided"] as const)
    for (const { code } of made[list]) saw(`${list}: ${code}`);
  if (made.refusal) saw(`refused: ${made.refusal.code}`);
};

test("thirty days of anything: every plan keeps its promises, and once applied nothing is left to do", () => {
  fc.assert(
    fc.property(worlds, histories, fc.option(policies, { nil: null, freq: 4 }), (first, days, later) => {
      const world = structuredClone(first);
      const past: { at: number; count: number }[] = [];
      livesOn(world, past, note);
      for (const [i, today] of days.entries()) {
        if (i === 2 && later) world.policy = later;
        for (const event of today) {
          happens(world, event);
          saw(`event ${event.is}`);
        }
        livesOn(world, past, note);
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 1500), ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
  );
});

test("the histories met every reason, list and refusal", () => {
  console.log(
    [...seen]
      .sort()
      .map(([k, v]) => `${k} ${v}`)
      .join("\n"),
  );
});
