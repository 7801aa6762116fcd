// Exits 0 when node_modules holds what package-lock.json locks, 1 when "npm ci" has to run.
// Versions are compared, not dates: a checkout dates every file anew, and "npm ci" in a tree that is right
// already would pull the modules from under whoever is running on them.
import { readFileSync } from "node:fs";

/** @param {string} file */
function packages(file) {
  try {
    return JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")).packages;
  } catch {
    return undefined;
  }
}

const locked = packages("package-lock.json");
const installed = packages("node_modules/.package-lock.json"); // npm writes it last
/** @param {[string, any]} entry */
const same = ([path, wanted]) => {
  if (path === "" || wanted.link) return true;
  const found = installed[path];
  return found === undefined ? Boolean(wanted.optional) : found.version === wanted.version;
};
process.exitCode = locked && installed && Object.entries(locked).every(same) ? 0 : 1;
