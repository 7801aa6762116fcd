/** For tests only: what a plan promises nobody. */
import { seatsOf, type World } from "./model.fixture.ts";
import type { Plan } from "./situation.ts";
import { day, ms } from "./time.ts";

/** Nobody is promised what is known to be refused: for want of something of theirs, or since a day ago. */
export function checkHindered(world: World, plan: Plan): void {
  for (const step of plan.steps) {
    if ((step.kind !== "assign" && step.kind !== "move") || step.tier === step.from) continue;
    const one = world.people.find(({ id }) => id === step.person);
    const license = world.tiers[step.tier]?.license ?? "";
    if (seatsOf(world, license).has(step.person)) continue; // what they hold they keep
    if (one?.lacks?.[step.tier]) throw new Error(`known to be refused: ${step.sentence}`);
    for (const told of world.memory.refused?.[step.person] ?? [])
      if (told.license === license && ms(told.at) + day > ms(world.now))
        throw new Error(`refused at ${told.at}: ${step.sentence}`);
  }
}
