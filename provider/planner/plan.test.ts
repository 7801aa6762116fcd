import { plan } from "./plan.ts";
import { situationOfRow, stepsOf, withheldOf } from "./row-world.fixture.ts";
import { lines, rows } from "./rows.ts";
import type { Listed } from "./situation.ts";

const listed = (list: readonly Listed[]): string => list.map(({ name, code }) => `${name}:${code}`).join(" ");

for (const line of lines)
  describe(line, () => {
    const mine = rows.filter((row) => row.line === line);
    test("has rows", () => expect(mine.length).toBeGreaterThan(0));
    test.each(mine.map((row) => [row.name, row] as const))("%s", (_name, row) => {
      const made = plan(situationOfRow(row));
      expect(stepsOf(made)).toBe(row.steps);
      expect(made.refusal?.code ?? "").toBe(row.refused ?? "");
      if (row.waits !== undefined) expect(listed(made.waiting)).toBe(row.waits);
      expect(listed(made.blocked)).toBe(row.blocked ?? "");
      if (row.external !== undefined) expect(listed(made.external)).toBe(row.external);
      expect(withheldOf(made)).toBe(row.withheld ?? "");
      if (row.shortfall !== undefined) expect(made.counts.shortfall).toBe(row.shortfall);
      if (row.delta !== undefined) expect(made.money.monthlyCostDelta).toBe(row.delta);
      if (row.due !== undefined) expect(made.nextDueAt).toBe(row.due);
      for (const [who, words] of Object.entries(row.says ?? {}))
        expect(made.steps.find(({ name }) => name === who)?.sentence).toContain(words);
    });
  });

test("no two rows have one name", () => {
  expect(new Set(rows.map(({ line, name }) => `${line}: ${name}`)).size).toBe(rows.length);
});
