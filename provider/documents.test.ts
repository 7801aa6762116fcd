import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./core/problem.ts";
import { compileRule } from "./rules/index.ts";
import { ada } from "./rules/people.fixture.ts";
import { fieldNames, functionNames } from "./rules/vocabulary.ts";

/** What the page on the rule language says is what the rules do. */
const page = readFileSync(join(__dirname, "../docs/rule-language.md"), "utf8");
const now = Date.parse("2026-11-24T12:00:00Z");

const rowsBelow = (head: string): string[][] => {
  const [, body = ""] = page.split(`${head}\n`);
  const [table = ""] = body.split("\n\n");
  const lines = table.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return lines.map((line) =>
    line
      .slice(2, -2)
      .split(/ (?<!\\)\| /)
      .map((cell) => cell.replaceAll("\\|", "|")),
  );
};
const code = (cell = ""): string => cell.slice(1, -1);

test("the examples are rules", () => {
  const [, examples = ""] = /^```cel\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const rules = examples.trim().split("\n");
  expect(rules.length).toBeGreaterThan(4);
  for (const rule of rules) expect(compileRule(rule).source).toBe(rule);
});

const answers = rowsBelow("| Rule | For Ada |");
test.each(answers)("for Ada %s is %s", (rule, expected) => {
  const answer = compileRule(code(rule)).decide(ada, now);
  expect(answer.is === "undecided" ? `undecided: ${answer.missing}` : answer.is).toBe(expected);
});

const mistakes = rowsBelow("| Written | Problem | Hint |");
test.each(mistakes)("%s: %s", (rule, message, hint = "") => {
  const problem = ((): unknown => {
    try {
      return compileRule(code(rule));
    } catch (error) {
      return error;
    }
  })();
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ code: "invalid", message, hint: expect.stringContaining(hint.split("…")[0] ?? "") });
});

test("the tables are read, and every field and function is on the page", () => {
  expect(answers.length).toBeGreaterThan(10);
  expect(mistakes.length).toBeGreaterThan(5);
  expect(fieldNames.filter((name) => !page.includes(`\`user.${name}\``))).toEqual([]);
  expect(functionNames.filter((name) => !page.includes(`${name}(`))).toEqual([]);
});
