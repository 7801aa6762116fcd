import { z } from "zod";

/** Terraform has every attribute, with null for none. */
const named = z.record(z.string(), z.string()).nullish();
export const changes = z.looseObject({
  unassign: named,
  leave: named,
  move: named,
  assign: named,
  adopt: named,
  wait: named,
  candidate: named,
  forget: named,
  more: z.record(z.string(), z.number()).nullish(),
  monthlyCostDelta: z.string().nullish(),
});
export type Changes = z.infer<typeof changes>;

const titles = [
  ["unassign", "Losing a seat", "-"],
  ["leave", "Beginning to leave", "-"],
  ["move", "Moving", "~"],
  ["assign", "Gaining a seat", "+"],
  ["adopt", "Adopted", "="],
  ["wait", "Waiting", "?"],
  ["candidate", "Candidates", "!"],
  ["forget", "Remembered no longer", "."],
] as const;

/** Who gains, loses, moves or waits, removals first. */
export const peopleLines = (plan: Changes): string[] =>
  titles.flatMap(([kind, title, sign]) => {
    const sentences = Object.values(plan[kind] ?? {});
    const more = plan.more?.[kind] ?? 0;
    if (sentences.length + more === 0) return [];
    return [
      `  ${title} (${sentences.length + more}):`,
      ...sentences.map((sentence) => `    ${sign} ${sentence}`),
      ...(more > 0 ? [`    … and ${more} more`] : []),
    ];
  });
