import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providersSchema } from "../../emit/providers-schema.ts";
import { packageSchema } from "../../frontends/terraform/package-schema.ts";
import { terraformCli } from "./terraform-cli.ts";
import { requiredProviders, writeProgram } from "./terraform-project.ts";
import { commandPath, repository, toolPath } from "./tool-path.ts";

jest.setTimeout(300_000);

const root = repository();
const node = join(root, "tools/node.sh");
const folder = mkdtempSync(join(tmpdir(), "seatwise-mirror-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string, ...args: string[]) => spawnSync(node, [join(root, script), ...args], { encoding: "utf8" });
const mirrorIn = (name: string, ...platforms: string[]) => {
  const at = join(folder, name);
  const { status, stdout, stderr } = run("tools/mirror.mjs", at, ...platforms);
  if (status !== 0) throw new Error(stderr);
  return { at, stdout, hash: /^mirror: (h1:\S+)$/m.exec(stdout)?.[1] ?? "" };
};
const filesOf = (at: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(at.length + 1), readFileSync(path).toString("base64")]),
  );

/** A project of its own that installs from this mirror and from nowhere else. */
const project = async (name: string, mirror: string) => {
  const cwd = join(folder, name);
  await writeProgram(cwd, requiredProviders());
  const cli = terraformCli({ cwd, home: join(folder, `${name}-home`), providers: { mirror } });
  const lock = () => readFileSync(join(cwd, ".terraform.lock.hcl"), "utf8");
  return { cwd, cli, lock, hashes: () => [...lock().matchAll(/"(\w+:[^"]+)"/g)].map(([, hash]) => hash) };
};

/** Builds from a copy of the sources: `build/` is others' too, and a copy made there while we write would differ. */
const builtIn = (name: string): Buffer => {
  const at = join(folder, name);
  for (const part of ["provider", "tools", "package.json", "tsconfig.json"])
    cpSync(join(root, part), join(at, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(at, "node_modules"));
  const { status, stderr } = spawnSync(node, [join(at, "tools/build.mjs"), "terraform"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(join(at, "build/terraform/seatwise.cjs"));
};

test("built twice, in two folders: the same bytes, without a path of this machine", () => {
  const [first, second] = [builtIn("one"), builtIn("two")];
  expect(first.length).toBeGreaterThan(100_000);
  expect(first.equals(second)).toBe(true);
  const bundle = readFileSync(toolPath("terraform/seatwise.cjs", "build"), "utf8");
  expect([bundle.includes(root), bundle.includes("node_modules/zod")]).toEqual([false, true]);
});

test("written twice: the same bytes", () => {
  const [a, b] = [mirrorIn("a"), mirrorIn("b")];
  expect(filesOf(a.at).size).toBe(2 * 11 + 1);
  expect(filesOf(b.at)).toEqual(filesOf(a.at));
  expect(filesOf(mirrorIn("a").at)).toEqual(filesOf(b.at));
});

describe("the real Terraform", () => {
  test("locks one hash for all platforms, and installs by it offline", async () => {
    const { at, hash } = mirrorIn("a");
    const { cli, hashes, lock } = await project("locked", at);
    const platforms = ["linux_amd64", "linux_arm64", "darwin_arm64", "darwin_amd64"];
    const locked = await cli.run("providers lock", {
      args: [`-fs-mirror=${at}`, ...platforms.map((platform) => `-platform=${platform}`)],
    });
    expect(locked).toMatchObject({ code: 0 });
    expect(hashes()).toEqual([hash]);
    const before = lock();
    expect(await cli.init({ args: ["-lockfile=readonly"] })).toMatchObject({ code: 0, stderr: "" });
    expect(lock()).toBe(before);
  });

  test("installs by the configuration on the page, which keeps registries for everything else", async () => {
    const { at } = mirrorIn("a");
    const { cli } = await project("by the page", folder);
    const page = readFileSync(join(root, "docs/terraform-install.md"), "utf8");
    const [, block = ""] = /^```\n(provider_installation [\s\S]*?)^```$/m.exec(page) ?? [];
    const config = join(folder, "page.tfrc");
    expect(block).toContain('"/srv/terraform"');
    writeFileSync(config, block.replace("/srv/terraform", at));
    expect(await cli.init({ env: { TF_CLI_CONFIG_FILE: config } })).toMatchObject({ code: 0 });
  });

  test("gets the very schema that the CDK bindings are generated from", async () => {
    const { cli } = await project("schema", mirrorIn("a").at);
    expect(await cli.init()).toMatchObject({ code: 0 });
    const { code, stdout } = await cli.run("providers schema", { args: ["-json"] });
    expect(code).toBe(0);
    const expected = providersSchema("registry.terraform.io/seatwise/seatwise", packageSchema);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test("refuses another build of the same version, and the mirror says beforehand that it is one", async () => {
    const { at } = mirrorIn("changed");
    const { cli, cwd, lock } = await project("refused", at);
    expect(await cli.init()).toMatchObject({ code: 0 });
    writeFileSync(join(at, "terraform-provider-seatwise_0.1.0.h1"), "h1:anotherBuild=\n");
    expect(mirrorIn("changed").stdout).toMatch(/another build of 0\.1\.0 was here \(h1:anotherBuild=\)/);
    writeFileSync(join(cwd, ".terraform.lock.hcl"), lock().replace(/h1:.{4}/, "h1:AAAA"));
    rmSync(join(cwd, ".terraform"), { recursive: true });
    const { code, stderr } = await cli.init();
    expect([code, stderr.replace(/[│\s]+/g, " ")]).toEqual([
      1,
      expect.stringMatching(/doesn't match any of the checksums/),
    ]);
  });

  test.each([
    ["none at all", null, "found: none"],
    ["one that is too old", "echo v20.11.1", "found: v20.11.1"],
  ])("on a machine with %s shows in words which Node is needed", async (name, script, found) => {
    const { cli } = await project(`without ${name}`, mirrorIn("a").at);
    const path = join(folder, `path ${name}`);
    mkdirSync(path);
    symlinkSync("/bin/sh", join(path, "sh"));
    if (script !== null) writeFileSync(join(path, "node"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    expect(await cli.init()).toMatchObject({ code: 0 });
    const { code, stderr } = await cli.validate({ env: { PATH: path } });
    const words = stderr.replace(/[│\s]+/g, " ");
    expect([code, words]).toEqual([1, expect.stringContaining(`needs Node 22 or newer on PATH; ${found}`)]);
    expect(words).toContain("Unrecognized remote plugin message: terraform-provider-seatwise_v0.1.0 needs");
  });
});

test("installing it for oneself: found without any configuration", async () => {
  const home = join(folder, "someone");
  mkdirSync(home);
  const env = { HOME: home, PATH: process.env.PATH ?? "" };
  const { status, stdout } = spawnSync(join(root, "tools/install-terraform.sh"), { env, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, expect.stringContaining('source = "seatwise/seatwise", version = "0.1.0"')]);
  expect(stdout).not.toContain("filesystem_mirror");
  const cwd = join(folder, "someones-project");
  await writeProgram(cwd, requiredProviders());
  const ended = spawnSync(commandPath("terraform"), ["init", "-input=false", "-no-color"], {
    cwd,
    env,
    encoding: "utf8",
  });
  expect([ended.status, ended.stdout]).toEqual([0, expect.stringContaining("Installed seatwise/seatwise v0.1.0")]);
  writeFileSync(join(home, ".terraformrc"), "provider_installation {\n}\n");
  const warned = spawnSync(join(root, "tools/install-terraform.sh"), { env, encoding: "utf8" });
  expect(warned.stdout).toContain(`filesystem_mirror { path = "${join(home, ".terraform.d/plugins")}" }`);
});

test.each([
  [[], "mirror: no folder was named\n  next:  make mirror DIR=FOLDER\n"],
  [["/dev/null/x"], /^mirror: ENOTDIR: .*\n {2}next: {2}name a folder that can be written to\n$/],
  [["never-made", "windows_amd64"], /Windows cannot start a script\n {2}next: {2}run Terraform in WSL/],
  [["never-made", "linux_mips"], /not for linux_mips\n {2}next: {2}name some of: darwin_amd64, /],
])("%j: what is wrong and what to do", (args, words) => {
  const { status, stderr } = run("tools/mirror.mjs", ...args);
  expect(status).toBe(1);
  if (typeof words === "string") expect(stderr).toBe(words);
  else expect(stderr).toMatch(words);
});
