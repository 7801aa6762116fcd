import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../provider/testing/real/tool-path.ts";

jest.setTimeout(300_000);

const root = repository();
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "seatwise-cdk-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A user's project: the package as npm would unpack it, the libraries that it names as peers, and a compiler. */
const projectWith = (library: string): string => {
  const at = join(folder, library);
  const packages = join(at, "node_modules");
  mkdirSync(join(packages, "@seatwise", library), { recursive: true });
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", at, join(root, "sdk", library, "bin")], {
      encoding: "utf8",
    }),
  );
  const into = join(packages, "@seatwise", library);
  execFileSync("tar", ["xzf", join(at, packed.filename), "-C", into, "--strip-components=1"]);
  for (const name of [library, "constructs", "@types"])
    symlinkSync(join(root, "node_modules", name), join(packages, name));
  return at;
};

describe.each(["cdktf", "cdktn"])("@seatwise/%s, packed as npm would publish it", (library) => {
  let at: string;
  beforeAll(() => {
    at = projectWith(library);
  });
  const read = (path: string) => readFileSync(join(at, "node_modules/@seatwise", library, path), "utf8");

  test("names itself, its licence and its peers, and has a page", () => {
    const manifest = JSON.parse(read("package.json"));
    expect(manifest).toMatchObject({ name: `@seatwise/${library}`, version, license: "Apache-2.0", main: "index.js" });
    expect(Object.keys(manifest.peerDependencies)).toEqual([library, "constructs"]);
    expect(manifest.dependencies).toBeUndefined();
    expect(read("LICENSE")).toContain("Apache License");
    expect(read("README.md")).toMatch(/archived/);
    expect(read("provider/index.js")).toContain(`providerVersionConstraint: '~> ${version}'`);
  });

  test("compiles in a strict program, which it tells of a mistake", () => {
    const program = (sku: string) => `
import * as seatwise from "@seatwise/${library}";
import { App, TerraformStack } from "${library}";
const stack = new TerraformStack(new App(), "s");
const crm = new seatwise.License(stack, "crm", { name: "crm", connectionName: "crm", sku: ${sku} });
const sales = new seatwise.AssignmentRule(stack, "sales", { name: "sales", when: "true" });
new seatwise.SeatPool(stack, "pool", { name: "crm", license: crm.ref, rules: [{ claim: sales.claim }] });
`;
    const compile = (sku: string) => {
      writeFileSync(join(at, "main.ts"), program(sku));
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const args = ["--noEmit", "--strict", "--skipLibCheck", "--module", "commonjs", "--types", "node", "main.ts"];
      const { status, stdout } = spawnSync(join(root, "tools/node.sh"), [tsc, ...args], { cwd: at, encoding: "utf8" });
      return [status, stdout];
    };
    expect(compile('"active"')).toEqual([0, ""]);
    expect(compile("7")).toEqual([2, expect.stringContaining("Type 'number' is not assignable to type 'string'")]);
  });
});
