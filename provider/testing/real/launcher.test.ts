import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository, toolPath } from "./tool-path.ts";

/** The launcher where an installed plugin stands: no repository around it, and only this on PATH. */
const launchers = [
  { name: "pulumi-language-nodejs", path: toolPath("bin/pulumi-language-nodejs"), first: "" },
  {
    name: "terraform-provider-seatwise",
    path: toolPath("terraform/terraform-provider-seatwise", "build"),
    first: "launcher needs Node 22 or newer on PATH",
  },
];
describe.each(launchers)("$name outside the repository", ({ path, first }) => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatwise-launcher-"));
    await mkdir(join(folder, "path"));
    await copyFile(path, join(folder, "launcher"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const launch = (env = {}) =>
    spawnSync("/bin/sh", [join(folder, "launcher"), "127.0.0.1:1"], {
      env: { PATH: join(folder, "path"), ...env },
      encoding: "utf8",
    });
  const putNode = (script: string) => writeFile(join(folder, "path/node"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  test("says which Node it needs where there is none", () => {
    const { status, stdout, stderr } = launch();
    expect([status, stderr]).toEqual([1, expect.stringContaining("needs Node 22 or newer on PATH; found: none")]);
    expect([stdout.includes(first), stdout === ""]).toEqual([true, first === ""]); // Terraform shows its first line
  });

  test("says so where it is too old", async () => {
    await putNode("echo v20.11.1");
    const { status, stderr } = launch();
    expect([status, stderr]).toEqual([1, expect.stringContaining("found: v20.11.1")]);
  });

  test("takes the one that is named, and says so where that is none", async () => {
    await putNode("echo v20.11.1");
    const { status, stdout } = launch({ SEATWISE_NODE: join(repository(), "node_modules/.bin/node") });
    expect([status, stdout]).toEqual([1, ""]); // Node itself: there is no bundle beside it
    const wrong = launch({ SEATWISE_NODE: "/nowhere/node" });
    expect([wrong.status, wrong.stderr]).toEqual([
      1,
      expect.stringContaining("found: none (SEATWISE_NODE names /nowhere/node)"),
    ]);
  });

  test("becomes the Node that is new enough, with the bundle and its arguments", async () => {
    await putNode('[ "$1" = --version ] && echo v22.4.0 || echo "ran $*"');
    const { status, stdout } = launch();
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^ran --min-semi-space-size=16 \/.*\.cjs 127\.0\.0\.1:1\n$/),
    ]);
  });
});
