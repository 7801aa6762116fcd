import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Enterprise, Worker } from "./connectors/simulator/company.ts";
import type { Person } from "./core/person.ts";
import { compileRule } from "./rules/index.ts";
import { inventEnterprise } from "./testing/enterprise.ts";

// A rule that a newcomer pastes from an example or a page claims somebody in the sandbox, and not nearly everybody.

const root = join(__dirname, "..");
const now = Date.parse("2026-11-24T12:00:00Z");

/** The rule language's own page speaks of attributes of other directories; `documents.test.ts` tries its rules. */
const elsewhere = /^docs\/(rule-language\.md|decisions\/)/;
const pages = ["README.md", "docs/*.md", "docs/**/*.md", "examples/*/README.md"];
const programs = ["tf", "tfvars", "yaml", "json", "ts"].map((ending) => `examples/*/*.${ending}`);
const listed = (patterns: readonly string[]): string[] =>
  execFileSync("git", ["ls-files", ...patterns.map((one) => `:(glob)${one}`)], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && !elsewhere.test(path) && !path.startsWith("examples/lifecycle"))
    .filter((path) => !path.startsWith("examples/demo/") && !path.endsWith(".test.ts"));

/** Prose has apostrophes: on a page only what stands between fences is read. */
const code = (path: string, text: string): string =>
  path.endsWith(".md") ? [...text.matchAll(/^```[a-z]+\n([\s\S]*?)^```$/gm)].map(([, body]) => body).join("\n") : text;
const unescaped = (text: string): string => text.replace(/\\(["'\\])/g, "$1");
const literals = (text: string): string[] => {
  const documents = [...text.matchAll(/<<-?(\w+)\n([\s\S]*?)\n\s*\1$/gm)].map(([, , body = ""]) => body.trim());
  const quoted = [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`\n]*)`/g)];
  return [...documents, ...quoted.map(([, double, single, tick]) => unescaped(double ?? single ?? tick ?? ""))];
};
/** An account's expression names a field and compares nothing. */
const isRule = (text: string): boolean =>
  /\buser\.[a-zA-Z]+/.test(text) && /==|!=| in |\.(contains|endsWith|startsWith|exists|matches)\(/.test(text);
const rulesOf = (path: string, text: string): string[] => literals(code(path, text)).filter(isRule);

const found = new Map<string, string[]>();
for (const path of listed([...pages, ...programs]))
  for (const rule of rulesOf(path, readFileSync(join(root, path), "utf8")))
    found.set(rule, [...(found.get(rule) ?? []), path]);

const company = inventEnterprise({ seed: 1, now });
const personOf = (worker: Worker, { groups }: Enterprise): Person => {
  const parents = new Map(groups.map(({ name, parent }) => [name, parent]));
  const all = new Set<string>();
  for (const name of worker.groups) for (let at: string | undefined = name; at; at = parents.get(at)) all.add(at);
  return { ...worker, id: worker.login, groups: [...all].sort(), attributes: {} };
};
const people = company.people.map((worker) => personOf(worker, company));
const claimedBy = (rule: string): number => {
  const compiled = compileRule(rule);
  return people.filter((person) => compiled.decide(person, now).is === "yes").length;
};

test("rules were found on the pages and in every example that has its own", () => {
  const paths = new Set([...found.values()].flat());
  for (const folder of ["entra", "github", "google-workspace", "okta", "main-job", "main-job-terraform", "cdktn"])
    expect([folder, [...paths].some((path) => path.startsWith(`examples/${folder}/`))]).toEqual([folder, true]);
  for (const path of ["README.md", "docs/terraform.md", "docs/reference/resources/seat-pool.md"])
    expect(paths).toContain(path);
  expect(found.size).toBeGreaterThan(12);
});

test.each([...found.keys()])("%s claims somebody, and not nearly everybody", (rule) => {
  const claimed = claimedBy(rule);
  const where = found.get(rule)?.join(", ");
  expect({ where, few: claimed < 1, all: claimed > 0.95 * people.length }).toEqual({ where, few: false, all: false });
});

test("a rule of another company would be found, however it is written", () => {
  const written: readonly (readonly [path: string, text: string])[] = [
    ["main.tf", 'when = "user.department == \\"Design\\""'],
    ["main.tf", "when = <<-CEL\n    user.department == 'Design'\n  CEL"],
    ["Pulumi.yaml", "pool:when: 'user.department == \"Design\"'"],
    ["index.ts", "when: `user.department == 'Design'`"],
    ["page.md", "GitHub's\n```sh\npulumi config set who 'user.department == \"Design\"'\n```\n"],
  ];
  for (const [path, text] of written) expect(rulesOf(path, text).map(claimedBy)).toEqual([0]);
  expect(rulesOf("main.tf", "account = \"user.attributes['login']\"")).toEqual([]);
});
