// Writes the built provider into a filesystem mirror of Terraform and OpenTofu: node tools/mirror.mjs FOLDER [PLATFORM…]
// The same build gives the same bytes, and one hash for all platforms: what runs is a script and what it starts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launcher, sharedCache } from "./launcher.mjs";
import { zip } from "./zip.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const name = "terraform-provider-seatwise";
/** What the two make of a source address without a host. */
const hosts = ["registry.terraform.io", "registry.opentofu.org"];
/** In Terraform's words, where both it and Node run. Not Windows: it cannot start a script. */
const platforms = [
  ...["darwin_amd64", "darwin_arm64", "freebsd_amd64", "linux_amd64", "linux_arm", "linux_arm64"],
  ...["linux_ppc64le", "linux_riscv64", "linux_s390x", "openbsd_amd64", "solaris_amd64"],
];

/**
 * @param {string} what
 * @param {string} next
 * @returns {never}
 */
function fail(what, next) {
  console.error(`mirror: ${what}\n  next:  ${next}`);
  process.exit(1);
}

/** @returns {{ version: string, entries: import("./zip.mjs").Entry[] }} */
function provider() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const bundle = join(root, "build/terraform/seatwise.cjs");
  if (!existsSync(bundle)) fail(`there is no ${bundle}`, 'run "make mirror DIR=FOLDER", which builds it first');
  const script = launcher({ bundle: "seatwise.cjs", cache: sharedCache, onStdout: true });
  const entries = [
    { name: "LICENSE", content: readFileSync(join(root, "LICENSE")), mode: 0o644 },
    { name: "seatwise.cjs", content: readFileSync(bundle), mode: 0o644 },
    { name: `${name}_v${version}`, content: Buffer.from(script), mode: 0o755 },
  ];
  return { version, entries };
}

/** @param {string | Uint8Array} content */
const sha256 = (content) => createHash("sha256").update(content);

/**
 * The hash that a lock file holds: Go's dirhash.Hash1 of names and contents.
 * @param {readonly import("./zip.mjs").Entry[]} entries
 */
const h1 = (entries) => {
  const lines = entries.map((entry) => `${sha256(entry.content).digest("hex")}  ${entry.name}\n`);
  const byName = lines.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  return `h1:${sha256(byName.join("")).digest("base64")}`;
};

/**
 * Renamed into place: somebody may be running init.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function put(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * @param {string} folder
 * @param {readonly string[]} wanted
 */
function write(folder, wanted) {
  const { version, entries } = provider();
  const hash = h1(entries);
  const hashFile = join(folder, `${name}_${version}.h1`);
  const before = existsSync(hashFile) ? readFileSync(hashFile, "utf8").trim() : hash;
  const packed = zip(entries);
  for (const host of hosts)
    for (const platform of wanted)
      put(join(folder, host, "seatwise/seatwise", `${name}_${version}_${platform}.zip`), packed);
  put(hashFile, `${hash}\n`);
  console.log(`mirror: seatwise/seatwise ${version} for ${wanted.join(", ")} in ${folder}\nmirror: ${hash}`);
  if (before !== hash)
    console.log(
      `mirror: another build of ${version} was here (${before}): a project whose .terraform.lock.hcl names that one needs its entry for seatwise/seatwise removed, and "terraform init" again`,
    );
}

const [folder, ...named] = process.argv.slice(2);
if (!folder) fail("no folder was named", "make mirror DIR=FOLDER");
const unknown = named.find((platform) => !platforms.includes(platform));
if (unknown?.startsWith("windows"))
  fail(`not for ${unknown}: Windows cannot start a script`, "run Terraform in WSL, as linux_amd64");
if (unknown) fail(`not for ${unknown}`, `name some of: ${platforms.join(", ")}`);
try {
  write(resolve(folder), named.length > 0 ? named : platforms);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error), "name a folder that can be written to");
}
