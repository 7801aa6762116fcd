// Writes sdk/cdktf and sdk/cdktn from provider/gen/terraform-schema.json: `node tools/cdk.mjs`. Part of `make generate`.
// The bindings are what the projects' own generators make, so they behave as users expect; no terraform is needed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { notice } from "../provider/emit/header.ts";
import { providersSchema } from "../provider/emit/providers-schema.ts";

// Importing the generators would ask HashiCorp for news, and a terraform for its version.
process.env.CHECKPOINT_DISABLE = "1";
process.env.TERRAFORM_BINARY_NAME = "terraform-is-not-asked";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const { version } = json("package.json");

/**
 * @typedef {object} Flavour
 * @property {string} name of the library, the folder and the package
 * @property {string} generator where its generator class stands
 * @property {string} peer versions of the library that the bindings work with
 * @property {string} constructs the same, of constructs
 * @property {string} about
 */
/** @type {readonly Flavour[]} */
const flavours = [
  {
    name: "cdktf",
    generator: "@cdktf/provider-generator/lib/get/generator/provider-generator.js",
    peer: "^0.21.0",
    constructs: "^10.4.2",
    about:
      "CDK for Terraform (`cdktf`) was archived by HashiCorp in December 2025 and gets no more releases. These bindings are for stacks that use it already. For a new one take its live successor, `cdktn`, and [`@seatwise/cdktn`](../cdktn).",
  },
  {
    name: "cdktn",
    generator: "@cdktn/provider-generator/build/get/generator/provider-generator.js",
    peer: ">=0.24.0 <1",
    constructs: ">=10.6.0 <10.8.0",
    about:
      "For CDK Terrain (`cdktn`), the live successor of CDK for Terraform, which HashiCorp archived in December 2025. Programs written for `cdktf` need another import and no other change.",
  },
];

/**
 * The generator's files by path in the package.
 * @param {Flavour} flavour
 * @returns {Promise<Map<string, string>>}
 */
async function bindings({ name, generator }) {
  const own = createRequire(require.resolve(generator)); // its own codemaker and commons, not another version's
  const { TerraformProviderGenerator } = own(require.resolve(generator));
  const { CodeMaker } = own("codemaker");
  const { ConstructsMakerProviderTarget, LANGUAGES, TerraformProviderConstraint } = own(`@${name}/commons`);
  const schema = providersSchema("registry.terraform.io/seatwise/seatwise", json("provider/gen/terraform-schema.json"));
  const made = new TerraformProviderGenerator(new CodeMaker(), schema);
  const constraint = new TerraformProviderConstraint({
    name: "seatwise",
    source: "seatwise/seatwise",
    version: `~> ${version}`,
  });
  made.generate(new ConstructsMakerProviderTarget(constraint, LANGUAGES[0]));
  const folder = mkdtempSync(join(tmpdir(), "seatwise-cdk-"));
  try {
    await made.save(folder);
    const from = join(folder, "providers/seatwise");
    return new Map(filesIn(from).map((path) => [path, readFileSync(join(from, path), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {readonly string[]}
 */
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/**
 * A map of another resource is a StringMap, which the generator forgets to accept: to TypeScript a license's `ref`, with
 * the map in its `via`, would be no license of a pool.
 * @param {string} text
 * @param {string} library
 */
const withMaps = (text, library) =>
  text.replaceAll(
    /(readonly \w+\??|_\w+\?|set \w+\(value): ([{] \[key: string\]: string [}])/g,
    `$1: $2 | ${library}.StringMap`,
  );

/**
 * The registry has no page of this provider: links to it would lead nowhere.
 * @param {string} text
 */
const withoutLinks = (text) =>
  `// ${notice}\n${text}`
    .replaceAll(/^\/\/ https:.*\n/gm, "")
    .replaceAll(/^ *\*\n *\* Docs at Terraform Registry: .*\n/gm, "")
    .replaceAll(/\{@link https:\/\/registry\S+ ([^}]+)\}/g, "$1")
    .replaceAll(/ +$/gm, "");

/**
 * Each class by its name too: `new seatwise.SeatPool(…)`, as in the Pulumi SDK. The generator avoids the name License.
 * @param {ReadonlyMap<string, string>} files
 */
const index = (files) => {
  const lines = [...files].flatMap(([path, text]) => {
    const folder = dirname(path);
    const classes = [...text.matchAll(/^export class (\w+) extends \w+\.Terraform(?:Resource|DataSource|Provider) /gm)];
    const names = [
      ...classes.map(([, name = ""]) => name),
      ...(folder === "provider-functions" ? ["SeatwiseProviderFunctions"] : []),
    ];
    const exported = names.map((name) =>
      name === "LicenseResource" ? "LicenseResource, LicenseResource as License" : name,
    );
    return folder === "." ? [] : exported.map((name) => `export { ${name} } from './${folder}/index';`);
  });
  return lines.join("\n");
};

/** @param {Flavour} flavour */
const manifest = ({ name, peer, constructs }) => ({
  name: `@seatwise/${name}`,
  version,
  description:
    "Software licenses, seat pools and assignment rules as infrastructure, with plans that name people and money.",
  keywords: [name, "terraform", "seatwise", "licenses", "seats"],
  license: "Apache-2.0",
  main: "index.js",
  types: "index.d.ts",
  scripts: { build: "tsc" },
  peerDependencies: { [name]: peer, constructs },
});

const compilerOptions = {
  outDir: "bin",
  declaration: true,
  target: "ES2022",
  module: "commonjs",
  moduleResolution: "node10",
  strict: true,
  skipLibCheck: true,
  types: ["node"],
};

/** @param {Flavour} flavour */
const readme = ({ name, about }) => `<!-- ${notice} -->
# @seatwise/${name}

${about}

\`\`\`ts
import * as seatwise from "@seatwise/${name}";

new seatwise.SeatwiseProvider(this, "seatwise", { directory: "people", connections: { … } });
const crm = new seatwise.License(this, "crm", { name: "crm", connectionName: "crm", sku: "group:crm-users" });
const sales = new seatwise.AssignmentRule(this, "sales", { name: "sales", when: 'user.department == "Sales"' });
new seatwise.SeatPool(this, "pool", { name: "crm", license: crm.ref, rules: [{ claim: sales.claim }] });
\`\`\`

A whole stack is in [examples/${name}](../../examples/${name}). The provider itself comes from a mirror: \`make mirror\` or
\`make install-terraform\` in the repository. Generated by the project's own generator from the same schema that the provider serves.
`;

/** @param {Flavour} flavour */
async function packageOf(flavour) {
  const made = await bindings(flavour);
  /** @type {Map<string, string>} */
  const files = new Map();
  // Their pages point to the registry; what loads lazily is for packages of hundreds of resources.
  for (const [path, text] of made)
    if (path.endsWith(".ts") && path !== "lazy-index.ts") files.set(path, withMaps(withoutLinks(text), flavour.name));
  files.set("index.ts", `${files.get("index.ts")?.trimEnd()}\n${index(files)}\n`);
  files.set("package.json", `${JSON.stringify(manifest(flavour), null, 2)}\n`);
  files.set("tsconfig.json", `${JSON.stringify({ compilerOptions, exclude: ["bin"] }, null, 2)}\n`);
  files.set("README.md", readme(flavour));
  return files;
}

for (const flavour of flavours) {
  const folder = join(root, "sdk", flavour.name);
  const files = await packageOf(flavour);
  mkdirSync(folder, { recursive: true });
  const gone = filesIn(folder).filter((path) => !path.startsWith("bin/") && !files.has(path));
  for (const path of gone) rmSync(join(folder, path));
  const changed = [...files].filter(
    ([path, text]) => !existsSync(join(folder, path)) || readFileSync(join(folder, path), "utf8") !== text,
  );
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const touched = [...changed.map(([path]) => path), ...gone];
  console.log(
    `generate: sdk/${flavour.name}: ${files.size} files, ${touched.length === 0 ? "no change" : `changed: ${touched.join(", ")}`}`,
  );
}
