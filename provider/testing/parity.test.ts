import { lines as plannerLines, rows } from "../planner/rows.ts";
import { changesIn, expectedChanges, gaps, listedIn, notStaged, playRow, rowsPerLine, sentenceFor } from "./parity.ts";

/** The same situation through Pulumi's protocol and through Terraform's, against the same systems: nothing may differ. */
describe("the planner's rows", () => {
  const staged = rows.filter((row) => !notStaged.some(({ name }) => name === row.name));
  test.each(staged.map((row) => [`${row.line}: ${row.name}`, row] as const))("%s", async (_name, row) => {
    const pulumi = await playRow(row, "pulumi");
    const terraform = await playRow(row, "terraform");
    expect(terraform).toEqual(pulumi);
    const planned = pulumi.run.plan;
    expect(planned.problems.length > 0).toBe(row.refused !== undefined);
    if (row.refused !== undefined) return expect(pulumi.writes).toEqual([]);
    const { acts, resources } = pulumi.run.plan;
    if (row.approved === undefined) expect(changesIn(resources["SeatPool.pool"])).toEqual(expectedChanges(row.steps));
    const idle = row.steps === "" && row.approved === undefined && acts["SeatPool.pool"] !== "create";
    expect(acts["SeatPool.pool"] === "same").toBe(idle);
    const acted = pulumi.writes.map((write) => write.split(" ").slice(0, 2).join(" ")).sort();
    expect(acted).toEqual(expectedChanges(row.steps).filter((step) => /^(assign|unassign|move) /.test(step)));
    for (const [list, wanted] of Object.entries({ waiting: row.waits, blocked: row.blocked, external: row.external }))
      if (idle && wanted !== undefined) expect(listedIn(resources["SeatPool.pool"], list)).toBe(wanted);
    for (const [who, words] of Object.entries(row.says ?? {}))
      expect(sentenceFor(resources["SeatPool.pool"], who)).toContain(words);
    if (row.approved === undefined) expect(pulumi.second.acts).toEqual({ "SeatPool.pool": "same" });
  });
});

describe("completeness", () => {
  test("every line of the table has its rows, and every row is played or has its reason", () => {
    expect(gaps(rows, plannerLines)).toEqual([]);
  });
  test("a row that is taken away is missed", () => {
    for (const row of rows)
      expect(
        gaps(
          rows.filter((one) => one !== row),
          plannerLines,
        ),
      ).not.toEqual([]);
  });
  test("a line that is taken away is missed, and so is one without rows", () => {
    for (const line of plannerLines) {
      expect(
        gaps(
          rows.filter((row) => row.line !== line),
          plannerLines,
        ),
      ).not.toEqual([]);
      expect(
        gaps(
          rows,
          plannerLines.filter((one) => one !== line),
        ),
      ).not.toEqual([]);
    }
    expect(gaps(rows, [...plannerLines, "a new line"])).toEqual([
      'no row for "a new line": how many there are stands in rowsPerLine',
    ]);
  });
  test("a reason for what is not there any more is one too many", () => {
    expect(notStaged.length).toBeLessThanOrEqual(3);
    const [one] = notStaged;
    expect(
      gaps(
        rows.filter(({ name }) => name !== one?.name),
        plannerLines,
      ).join(),
    ).toContain("reason");
    expect(Object.keys(rowsPerLine)).toEqual([...plannerLines]);
  });
});
