import { Problem, Problems } from "../../core/problem.ts";
import { Redactor } from "../../core/redactor.ts";
import { Secret } from "../../core/value.ts";
import { diagnostic, errors, warning } from "./diagnostics.ts";
import { packageSchema } from "./package-schema.ts";

const redactor = new Redactor();
redactor.learn({ clientSecret: new Secret("hunter2-secret") });
const pool = packageSchema.resources.find(({ type }) => type === "SeatPool") ?? null;
const told = { redactor, schema: pool };

test("an error says what, where and what next, in Terraform's names", () => {
  const problem = new Problem("refused", "12 removals are above the executionLimit", {
    path: ["executionLimit"],
    hint: "Set acknowledge, or raise executionLimit.removals; onDestroy: retain keeps the seats.",
  });
  expect(diagnostic(problem, "ERROR", told)).toEqual({
    severity: "ERROR",
    summary: "12 removals are above the execution_limit",
    detail: "Set acknowledge, or raise execution_limit.removals; on_destroy: retain keeps the seats.",
    attribute: { steps: [{ attributeName: "execution_limit" }] },
  });
});

test("the rule language has its own names on both engines", () => {
  const problem = new Problem("invalid", "1:6: unknown field user.startOn; did you mean user.startsOn?", {
    path: ["rules", 1, "claim", "when"],
  });
  const { summary, detail, attribute } = diagnostic(problem, "ERROR", told);
  expect(detail).toBe("At rules[1].claim.when.");
  expect(summary).toContain("user.startsOn?");
  // Behind a nested attribute's element Terraform would show no source line.
  expect(attribute).toEqual({ steps: [{ attributeName: "rules" }, { elementKeyInt: 1 }] });
});

test("a secret is in no message, a bug asks for a report", () => {
  const [first, second] = errors(
    new Problems([new Problem("denied", "401: hunter2-secret is wrong"), new Problem("bug", "hunter2-secret")]),
    told,
  );
  expect(JSON.stringify([first, second])).not.toContain("hunter2");
  expect(first?.detail).toBe("");
  expect(second?.detail).toContain("report it");
});

test("what is no Problem is a bug, whatever was thrown", () => {
  expect(errors(new TypeError("x is not a function"), told)[0]?.detail).toContain("report it");
});

test("a plan's warning is summed up by its last line, and names its pool: Terraform folds those that are alike", () => {
  const text = "Losing a seat (1):\n  - bob loses the seat\n4 of 5 seats used after this, 1 left";
  expect(warning({ level: "info", text }, { name: "crm", redactor })).toEqual({
    severity: "WARNING",
    summary: "crm: 4 of 5 seats used after this, 1 left",
    detail: "Losing a seat (1):\n  - bob loses the seat",
  });
  expect(warning({ level: "warning", text: "pool crm: no telemetry\nmore" }, { name: "crm", redactor })).toEqual({
    severity: "WARNING",
    summary: "pool crm: no telemetry",
    detail: "more",
  });
});
