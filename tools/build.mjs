// Bundles what is shipped and what starts often: `node tools/build.mjs [NAME…]`, all of them when none is named.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launcher, sharedCache } from "./launcher.mjs";

/**
 * @typedef {object} Bundle
 * @property {string} from entry point
 * @property {string} to the bundle: `.cjs` holds everything it imports, `.mjs` finds packages in node_modules
 * @property {string} [launcher] a script that finds Node and becomes it
 * @property {string} [cache] where Node keeps compiled code; default: beside the bundle
 * @property {boolean} [onStdout] does who starts the launcher show what that prints there?
 * @property {string[]} [beside] files to put next to it
 */

/** @type {Record<string, Bundle>} */
const bundles = {
  "language-host": {
    from: "tools/language-host/main.ts",
    to: "build/tools/language-host.cjs",
    launcher: "build/tools/bin/pulumi-language-nodejs",
  },
  plugin: {
    from: "provider/cmd/pulumi-resource-seatwise.ts",
    to: "build/plugin/seatwise.cjs",
    launcher: "build/plugin/pulumi-resource-seatwise",
    beside: ["schema.json"],
  },
  terraform: {
    from: "provider/cmd/terraform-provider-seatwise.ts",
    to: "build/terraform/seatwise.cjs",
    launcher: "build/terraform/terraform-provider-seatwise",
    cache: sharedCache,
    onStdout: true,
  },
  seatwise: { from: "provider/cmd/seatwise.ts", to: "build/bin/seatwise.cjs", launcher: "build/bin/seatwise" },
  demo: { from: "examples/demo/demo.ts", to: "build/demo.mjs" },
  bench: { from: "bench/main.ts", to: "build/bench.mjs" },
};

/**
 * What starts with every command of the CLI is CommonJS: 165 ms of processor time against 240 for the same provider as
 * an ES module, since Node compiles a function of it when it is first called and keeps the compiled code in a cache.
 * (Node 24.21, bare start 30 ms.) Names stay: stack traces of a bug report are read by people.
 * @type {import("esbuild").BuildOptions}
 */
const fastStart = {
  format: "cjs",
  packages: "bundle",
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "importMetaUrl" },
  plugins: [englishOnly(), awaitingEntry()],
};

/** @type {import("esbuild").BuildOptions} */
const ownTool = { format: "esm", packages: "external" };

/** zod brings its messages in fifty languages, a sixth of the bundle; we show the English ones. */
function englishOnly() {
  return {
    name: "english-only",
    /** @param {import("esbuild").PluginBuild} build */
    setup(build) {
      build.onLoad({ filter: /zod[/]v4[/]locales[/]index[.]js$/ }, () => ({
        contents: 'export { default as en } from "./en.js";',
      }));
    },
  };
}

/** CommonJS has no top-level await: an entry point's statements go into a function that may wait. */
function awaitingEntry() {
  return {
    name: "awaiting-entry",
    /** @param {import("esbuild").PluginBuild} build */
    setup(build) {
      const entries = Object.values(bundles).map(({ from }) => resolve(from));
      build.onLoad({ filter: /[.]ts$/ }, ({ path }) => {
        if (!entries.includes(path)) return undefined;
        const lines = readFileSync(path, "utf8").split("\n");
        const end = lines.findLastIndex((line) => /^(import .*|[}] from .*);$/.test(line)) + 1;
        const head = [...lines.slice(0, end), "const main = async () => {", ...lines.slice(end), "};"];
        const failed = "main().catch((error) => { console.error(error); process.exit(1); });";
        return { contents: [...head, failed].join("\n"), loader: "ts" };
      });
    },
  };
}

/**
 * Renamed into place: a test may be starting the old one right now.
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} mode
 */
function put(file, content, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, content, { mode });
  renameSync(`${file}.${process.pid}`, file);
}

/** @param {string} file */
const upToRoot = (file) => dirname(file).split("/").fill("..").join("/");

/** @param {Bundle} bundle */
async function make({ from, to, beside = [], ...more }) {
  const { outputFiles } = await build({
    ...(to.endsWith(".cjs") ? fastStart : ownTool),
    absWorkingDir: process.cwd(), // esbuild takes the one of when it was loaded
    entryPoints: [from],
    outfile: to,
    bundle: true,
    write: false,
    platform: "node",
    target: "node22",
    legalComments: "none",
    logLevel: "warning",
  });
  for (const file of outputFiles) put(to, file.contents);
  for (const file of beside) if (existsSync(file)) copyFileSync(file, join(dirname(to), file));
  if (!more.launcher) return;
  const { cache, onStdout } = more;
  const place = { bundle: relative(more.launcher, to), root: upToRoot(more.launcher), cache, onStdout };
  put(more.launcher, launcher(place), 0o755);
}

/**
 * @param {string} from
 * @param {string} to
 */
function relative(from, to) {
  return to.startsWith(`${dirname(from)}/`) ? to.slice(dirname(from).length + 1) : `${upToRoot(from)}/${to}`;
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(bundles);
for (const name of names) {
  const bundle = bundles[name];
  if (!bundle) throw new Error(`there is no bundle "${name}"; there are ${Object.keys(bundles).join(", ")}`);
  if (existsSync(bundle.from))
    await make(bundle).catch(() => {
      process.exitCode = 1; // esbuild has told why
      console.error(`build: ${name}: FAILED; see above`);
    });
  else {
    // In CI an entry point that vanished is a mistake; on the way there it is merely not written yet.
    console.error(`build: ${name}: there is no ${bundle.from}`);
    if (process.env.CI || process.argv.length > 2) process.exitCode = 1;
  }
}
