import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Source, sourceOf, sourcesIn } from "./testing/sources.ts";

/**
 * Who may import whom: STYLE section 2 as a test. A connector and a front end are layers of their own, so that none
 * knows another. `packages` are the packages of others; `node:` means any built-in of Node.
 */
interface Layer {
  readonly name: string;
  readonly ours: readonly string[];
  readonly packages: readonly string[];
  /** At least this many files must have been seen: a scan that finds nothing must not pass. */
  readonly files: number;
  /** Same answer at any time: no clock, no chance, no timer. */
  readonly pure?: true;
}
const layers: readonly Layer[] = [
  { name: "core", ours: [], packages: ["zod"], files: 7, pure: true },
  { name: "rules", ours: ["core"], packages: ["@marcbachmann/cel-js", "re2js"], files: 4, pure: true },
  { name: "planner", ours: ["core"], packages: ["node:crypto"], files: 4, pure: true },
  { name: "connectors/http", ours: ["core"], packages: ["axios", "jose", "zod", "node:"], files: 8 },
  { name: "connectors/simulator", ours: ["core", "connectors/http"], packages: ["zod", "node:"], files: 1 },
  {
    name: "connectors/*",
    ours: ["core", "connectors/http", "connectors/simulator"],
    packages: ["zod", "node:"],
    files: 6,
  },
  { name: "connectors/catalogue.ts", ours: ["core", "connectors/*"], packages: [], files: 1 },
  // Simulators, each loaded when it is asked for: for the sandbox and for tests, never for the provider.
  { name: "connectors/sandboxes.ts", ours: ["connectors/*"], packages: [], files: 1 },
  {
    name: "resources",
    ours: ["core", "rules", "planner"],
    packages: ["zod", "node:crypto", "node:zlib"],
    files: 5,
    pure: true,
  },
  // The engine knows connectors by their types alone, and those are core's.
  { name: "engine", ours: ["core", "resources"], packages: ["zod", "node:"], files: 4 },
  {
    name: "frontends/*",
    ours: ["core", "engine", "gen"],
    packages: ["@grpc/grpc-js", "google-protobuf", "@pulumi/pulumi/proto", "node:"],
    files: 4,
  },
  // Only what is read to describe the package: no server, no engine.
  {
    name: "emit",
    ours: ["core", "resources", "gen", "frontends/*/schema.ts", "frontends/terraform/*", "connectors/catalogue.ts"],
    packages: ["node:", "protobufjs"],
    files: 5,
  },
  // What `make generate` writes for the front ends: data and types alone.
  { name: "gen", ours: [], packages: [], files: 1 },
  { name: "testing", ours: ["*"], packages: ["*"], files: 1 },
  { name: "cmd", ours: ["*"], packages: ["zod", "node:", "@grpc/grpc-js"], files: 1 },
];

/** The walk's time is pinned (`ctx.now`), so that plan and apply agree; who looks at the clock all the same says why. */
const ownTime: Readonly<Record<string, string>> = {
  "resources/seat-pool.ts": "each apply has a new id that sorts by time",
  "resources/pool-removal.ts": "as above",
};

/** Tests and what only tests import: rows, generators, a world in memory. */
const isTest = (path: string): boolean => /\.(test|fixture)\.ts$/.test(path);

/** `connectors/scim/api.ts` is in `connectors/scim`, which is the table's `connectors/*`. */
const layerOf = (path: string): Layer | undefined => {
  const [top = "", second = ""] = path.split("/");
  const exact = layers.find(({ name }) => [path, `${top}/${second}`, top].includes(name));
  return exact ?? layers.find(({ name }) => name === `${top}/*`);
};
/** The layer's own folder: `connectors/scim`, never the whole of `connectors`. */
const homeOf = (path: string, layer: Layer): string => path.split("/").slice(0, layer.name.split("/").length).join("/");

const within = (path: string, place: string): boolean => {
  const parts = place.split("/");
  const steps = path.split("/");
  return place === "*" || parts.every((part, i) => part === "*" || part === steps[i]);
};

const mayImport = (from: Source, layer: Layer, target: string): boolean => {
  if (isTest(target) && !isTest(from.path) && layer.name !== "testing") return false;
  if (within(target, homeOf(from.path, layer))) return true;
  if (isTest(from.path) && within(target, "testing")) return true;
  if (target.startsWith("cmd/")) return false;
  return layer.ours.some((place) => within(target, place));
};

const builtIn = (specifier: string): boolean => specifier.startsWith("node:");
const mayUse = (from: Source, layer: Layer, specifier: string): boolean =>
  isTest(from.path) ||
  layer.packages.some(
    (name) => name === "*" || specifier === name || specifier.startsWith(name.endsWith(":") ? name : `${name}/`),
  );

/** What is wrong with one file, in words. The only judge: the tests below use it for the real files and for wrong ones. */
const faults = (source: Source): string[] => {
  const { path } = source;
  const layer = layerOf(path);
  // Tests of the whole stand at the top and belong to no layer.
  if (!layer) return isTest(path) && !path.includes("/") ? [] : [`${path}: is in no layer of the table`];
  const wrong = source.imports.flatMap((specifier) => {
    if (!specifier.startsWith(".")) return mayUse(source, layer, specifier) ? [] : [`must not use ${specifier}`];
    const target = posix.join(posix.dirname(path), specifier);
    if (!target.endsWith(".ts")) return target.endsWith(".json") ? [] : [`imports ${specifier} without its extension`];
    return mayImport(source, layer, target) ? [] : [`must not import ${target}`];
  });
  if (!["cmd", "testing"].includes(layer.name) && !isTest(path))
    wrong.push(...source.environment.map((name) => `reads ${name}: only cmd may`));
  if (layer.pure && !isTest(path) && !(path in ownTime))
    wrong.push(...source.impure.map((name) => `is not pure: ${name}`));
  return wrong.map((fault) => `${path}: ${fault}`);
};

const sources = sourcesIn(__dirname);

test("every layer was seen", () => {
  const seen = layers.map(({ name }) => ({
    name,
    files: sources.filter((s) => layerOf(s.path)?.name === name).length,
  }));
  const missing = seen.filter(({ files }, i) => files < (layers[i]?.files ?? 1));
  expect(missing).toEqual([]);
  expect(sources.reduce((sum, s) => sum + s.imports.length, 0)).toBeGreaterThan(100);
});

test("nobody imports what their layer must not", () => {
  expect(sources.flatMap(faults)).toEqual([]);
});

describe("a wrong import would be found", () => {
  const rows: [path: string, text: string, fault: string | null][] = [
    ["core/x.ts", 'import { plan } from "../planner/plan.ts";', "must not import planner/plan.ts"],
    ["core/x.ts", 'import type { Plan } from "../planner/plan.ts";', "must not import planner/plan.ts"],
    ["core/x.ts", 'export * from "../rules/check.ts";', "must not import rules/check.ts"],
    ["core/x.ts", 'const a: import("../rules/check.ts").A = 1;', "must not import rules/check.ts"],
    ["core/x.ts", 'import axios from "axios";', "must not use axios"],
    ["core/x.ts", 'import { readFileSync } from "node:fs";', "must not use node:fs"],
    ["core/x.ts", 'import { z } from "zod";\nimport { same } from "./value.ts";', null],
    ["core/x.ts", '// import a from "axios"\nconst text = `import "axios"`;', null],
    ["core/x.test.ts", 'import fc from "fast-check";\nimport { clock } from "../testing/clock.ts";', null],
    ["core/x.test.ts", 'import { plan } from "../planner/plan.ts";', "must not import planner/plan.ts"],
    ["core/x.ts", 'import { clock } from "../testing/clock.ts";', "must not import testing/clock.ts"],
    ["rules/x.ts", 'import { plan } from "../planner/plan.ts";', "must not import planner/plan.ts"],
    ["planner/x.ts", 'const m = await import("../rules/check.ts");', "must not import rules/check.ts"],
    ["planner/x.ts", "const now = Date.now();", "is not pure: Date.now"],
    ["planner/x.ts", "const now = new Date();", "is not pure: new Date()"],
    ["planner/x.ts", "const at = new Date(now);", null],
    ["planner/x.ts", "const lot = Math.random();", "is not pure: Math.random"],
    ["connectors/scim/x.ts", 'import { a } from "../keycloak/api.ts";', "must not import connectors/keycloak/api.ts"],
    ["connectors/scim/x.ts", 'import { a } from "../http/http.ts";', null],
    ["connectors/scim/server/x.ts", 'import { a } from "../filter.ts";', null],
    ["connectors/scim/x.ts", 'import axios from "axios";', "must not use axios"],
    ["connectors/http/x.ts", 'import { a } from "../scim/api.ts";', "must not import connectors/scim/api.ts"],
    [
      "resources/x.ts",
      'import { a } from "../connectors/scim/connector.ts";',
      "must not import connectors/scim/connector.ts",
    ],
    ["resources/x.ts", 'import { a } from "../connectors/catalogue.ts";', "must not import connectors/catalogue.ts"],
    ["emit/x.ts", 'import { a } from "../connectors/sandboxes.ts";', "must not import connectors/sandboxes.ts"],
    ["connectors/scim/x.ts", 'import { a } from "../sandboxes.ts";', "must not import connectors/sandboxes.ts"],
    ["cmd/x.ts", 'import { a } from "../connectors/sandboxes.ts";', null],
    ["engine/x.ts", 'import type { C } from "../connectors/http/http.ts";', "must not import connectors/http/http.ts"],
    ["engine/x.ts", 'import type { Connector } from "../core/connector.ts";', null],
    [
      "frontends/pulumi/x.ts",
      'import { a } from "../terraform/schema.ts";',
      "must not import frontends/terraform/schema.ts",
    ],
    ["frontends/pulumi/x.ts", 'import { a } from "../../resources/index.ts";', "must not import resources/index.ts"],
    ["frontends/pulumi/x.ts", 'import * as p from "@pulumi/pulumi";', "must not use @pulumi/pulumi"],
    ["frontends/pulumi/x.ts", 'import p from "@pulumi/pulumi/proto/provider_pb.js";', null],
    ["emit/x.ts", 'import { a } from "../frontends/pulumi/server.ts";', "must not import frontends/pulumi/server.ts"],
    ["emit/x.ts", 'import { a } from "../frontends/pulumi/schema.ts";', null],
    ["emit/x.ts", 'import { a } from "../engine/check.ts";', "must not import engine/check.ts"],
    ["testing/x.ts", 'import { a } from "../cmd/seatwise.ts";', "must not import cmd/seatwise.ts"],
    ["engine/x.ts", "const home = process.env.SEATWISE_HOME;", "reads process.env: only cmd may"],
    ["engine/x.ts", 'const home = process["env"].SEATWISE_HOME;', "reads process.env: only cmd may"],
    ["engine/x.ts", "const { env: e } = process;", "reads process.env: only cmd may"],
    ["engine/x.ts", 'import { argv } from "node:process";', "reads process.argv: only cmd may"],
    ["cmd/x.ts", "const [, , verb] = process.argv;", null],
    ["engine/x.ts", "const a = await import(name);", "must not use (computed)"],
    ["core/x.ts", 'import { a } from "./value";', "imports ./value without its extension"],
    ["core/x.ts", 'import { rows } from "./value.fixture.ts";', "must not import core/value.fixture.ts"],
    ["core/x.test.ts", 'import { rows } from "./value.fixture.ts";', null],
    ["utils/x.ts", "", "is in no layer of the table"],
  ];
  test.each(rows)("%s: %s", (path, text, fault) => {
    expect(faults(sourceOf(path, text))).toEqual(fault === null ? [] : [`${path}: ${fault}`]);
  });
});

test("every package that is used is declared", () => {
  const text = readFileSync(join(__dirname, "../package.json"), "utf8");
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>;
  const nameOf = (specifier: string) =>
    specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
  const undeclared = sources.flatMap((source) => {
    const declared = {
      ...dependencies,
      ...(isTest(source.path) || /^(testing|emit)[/]/.test(source.path) ? devDependencies : {}),
    };
    const foreign = source.imports.filter((name) => !name.startsWith(".") && !builtIn(name) && name !== "(computed)");
    return foreign.filter((name) => !(nameOf(name) in declared)).map((name) => `${source.path}: ${name}`);
  });
  expect(undeclared).toEqual([]);
});

test("folders and files are named for what they hold", () => {
  const vague = /^(utils?|helpers?|common|types?|managers?|misc|lib)(\.ts|\.test\.ts)?$/;
  const entries = readdirSync(__dirname, { recursive: true, withFileTypes: true });
  const wrong = entries
    .filter(({ name }) => vague.test(name) || !/^[a-z0-9.-]+$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(__dirname.length + 1));
  expect(entries.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test("a file over 300 lines is cut or has its reason here", () => {
  const reasons: Readonly<Record<string, string>> = {};
  const long = sources.filter(({ path, lines }) => lines > 300 && !isTest(path) && !path.startsWith("gen/"));
  expect(long.filter(({ path }) => !(path in reasons)).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  expect(Object.keys(reasons).filter((path) => !long.some((s) => s.path === path))).toEqual([]);
});
