import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageFiles } from "./package.ts";

/** Every TypeScript program that a page shows must compile against the SDK: a reader will paste it. */
const root = join(__dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const { version } = JSON.parse(text("package.json")) as { version: string };

interface Snippet {
  readonly page: string;
  readonly code: string;
}
const snippetsOf = (page: string, body: string): Snippet[] =>
  [...body.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)]
    .map(([, code = ""]) => ({ page, code }))
    .filter(({ code }) => code.includes("seatwise."));

const beside = ["README.md", "CONTRIBUTING.md", "sdk/README.md", "sdk/nodejs/README.md"].filter((path) =>
  existsSync(join(root, path)),
);
const snippets = [
  ...[...packageFiles(version)]
    .filter(([path]) => path.endsWith(".md"))
    .flatMap(([path, body]) => snippetsOf(path, body)),
  ...beside.flatMap((path) => snippetsOf(path, text(path))),
];

const prelude = 'import * as seatwise from "@seatwise/pulumi";\n';
const program = (code: string): string => (code.includes(prelude.trim()) ? code : `${prelude}${code}`);

/** The compiler's complaints about programs that import the SDK's sources. */
const complaints = (all: readonly Snippet[]): string[] => {
  const name = (i: number) => join(root, "examples", `snippet-${i}.ts`);
  const texts = new Map(all.map(({ code }, i) => [name(i), `${program(code)}\nexport {};\n`]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    baseUrl: root,
    paths: { "@seatwise/pulumi": ["sdk/nodejs/index.ts"] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const body = texts.get(path);
    return body === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, body, ts.ScriptTarget.ES2022);
  };
  const checked = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path, i) =>
    [
      ...checked.getSyntacticDiagnostics(checked.getSourceFile(path)),
      ...checked.getSemanticDiagnostics(checked.getSourceFile(path)),
    ].map((d) => `${all[i]?.page}: ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`),
  );
};

test("the programs on the pages compile against the SDK, and wrong ones would not", () => {
  expect(existsSync(join(root, "sdk/nodejs/index.ts"))).toBe(true);
  expect(snippets.length).toBeGreaterThan(6);
  const wrong = [
    { page: "wrong name", code: 'new seatwise.License("a", { connection: "crm", skew: "x" });' },
    { page: "wrong type", code: 'new seatwise.SeatPool("a", { allotment: "many" });' },
    { page: "no such thing", code: "new seatwise.Seat();" },
    { page: "no program", code: "new seatwise.License(" },
  ];
  const found = complaints([...snippets, ...wrong]);
  const bad = (line: string) => wrong.some(({ page }) => line.startsWith(`${page}:`));
  expect(found.filter((line) => !bad(line))).toEqual([]);
  for (const { page } of wrong) expect(found.some((line) => line.startsWith(`${page}:`))).toBe(true);
});

test("no generated file is left out of git", () => {
  const tracked = execFileSync("git", ["ls-files", "docs", "schema.json", "provider/gen"], {
    cwd: root,
    encoding: "utf8",
  });
  expect([...packageFiles(version).keys()].filter((path) => !tracked.split("\n").includes(path))).toEqual([]);
});
