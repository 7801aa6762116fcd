import { readFileSync } from "node:fs";
import path from "node:path";
import { compileAccount, compileRule } from "./index.ts";

/** Every expression in the user's page is one that works. */
const page = readFileSync(path.join(__dirname, "../../docs/rule-language.md"), "utf8");
const sections = page.split(/^## /m);
const examples = sections.flatMap((section) =>
  [...section.matchAll(/```cel\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? "")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("//"))
      .map((source) => ({ source, compile: section.startsWith("Accounts") ? compileAccount : compileRule })),
  ),
);

test.each(examples)("$source", ({ source, compile }) => {
  expect(compile(source).source).toBe(source);
});

test("the page has examples", () => {
  expect(examples.length).toBeGreaterThan(12);
});
