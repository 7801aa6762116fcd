import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** What a source file says of the world outside it. */
export interface Source {
  /** From the scanned folder, with `/`. */
  readonly path: string;
  readonly lines: number;
  /** Module names as written: static, `import type`, `export … from`, `import()`, `import("…").T`, `require()`. */
  readonly imports: readonly string[];
  /** `process.env`, `process.argv`, in any spelling. */
  readonly environment: readonly string[];
  /** What gives another answer at another time: `Date.now`, `new Date()`, `Math.random`, timers, `fetch`. */
  readonly impure: readonly string[];
}

const guarded = ["env", "argv"];
const clocks = ["Date.now", "Math.random", "performance.now", "crypto.randomUUID", "process.hrtime", "process.uptime"];
const globals = ["setTimeout", "setInterval", "setImmediate", "fetch"];

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined;

/** The module that this node names, if it names one. */
const moduleOf = (node: ts.Node): string | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  const loads =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === "require") ||
    ["require.resolve", "jest.requireActual", "jest.mock"].includes(dotted(callee) ?? "");
  // A computed import could be anything: it is reported as such, and no layer may have it.
  return loads ? (textOf(node.arguments[0]) ?? "(computed)") : undefined;
};

/** `a.b` and `a["b"]` as text. */
const dotted = (node: ts.Node): string | undefined => {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    return `${node.expression.text}.${node.name.text}`;
  if (ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression))
    return `${node.expression.text}.${textOf(node.argumentExpression) ?? "(computed)"}`;
  return undefined;
};

const isProcess = (text: string | undefined): boolean => text === "process" || text === "node:process";

/** `process.env`, `const { env } = process`, `import { env } from "node:process"`. */
const environmentOf = (node: ts.Node): string | undefined => {
  const name = dotted(node);
  if (name && [...guarded, "(computed)"].some((member) => name === `process.${member}`)) return name;
  const taken =
    ts.isVariableDeclaration(node) &&
    ts.isObjectBindingPattern(node.name) &&
    node.initializer &&
    ts.isIdentifier(node.initializer) &&
    isProcess(node.initializer.text)
      ? node.name.elements.map((element) => (element.propertyName ?? element.name).getText())
      : ts.isImportDeclaration(node) && isProcess(textOf(node.moduleSpecifier))
        ? namesImported(node)
        : [];
  const found = taken.find((member) => guarded.includes(member));
  return found && `process.${found}`;
};

const namesImported = (node: ts.ImportDeclaration): string[] => {
  const bindings = node.importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings.elements.map((e) => (e.propertyName ?? e.name).text) : [];
};

const impureOf = (node: ts.Node): string | undefined => {
  const name = dotted(node);
  if (name && clocks.includes(name)) return name;
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) return "new Date()";
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const called = node.expression.text;
    if (globals.includes(called) || called === "Date") return called;
  }
  return undefined;
};

/** Reads one file's text; comments and strings that merely mention an import do not count. */
export const sourceOf = (path: string, text: string): Source => {
  const imports: string[] = [];
  const environment: string[] = [];
  const impure: string[] = [];
  const visit = (node: ts.Node): void => {
    const found: [string[], string | undefined][] = [
      [imports, moduleOf(node)],
      [environment, environmentOf(node)],
      [impure, impureOf(node)],
    ];
    for (const [list, name] of found) if (name !== undefined) list.push(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, lines: text.split("\n").length - 1, imports, environment, impure };
};

/** Every TypeScript file below `root`. */
export const sourcesIn = (root: string): readonly Source[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => sourceOf(file.slice(root.length + 1).replaceAll("\\", "/"), readFileSync(file, "utf8")));
