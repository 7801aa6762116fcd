import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "./tool-path.ts";

/** The launcher where an installed plugin stands: no repository around it, and only this on PATH. */
describe("a launcher outside the repository", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatwise-launcher-"));
    await mkdir(join(folder, "path"));
    for (const tool of ["dirname", "basename"]) await symlink(`/usr/bin/${tool}`, join(folder, "path", tool));
    await copyFile(toolPath("bin/pulumi-language-nodejs"), join(folder, "launcher"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const launch = () =>
    spawnSync("/bin/sh", [join(folder, "launcher"), "127.0.0.1:1"], {
      env: { PATH: join(folder, "path") },
      encoding: "utf8",
    });
  const putNode = (script: string) => writeFile(join(folder, "path/node"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  test("says which Node it needs where there is none", () => {
    const { status, stderr } = launch();
    expect([status, stderr]).toEqual([1, expect.stringContaining("needs Node 22 or newer on PATH; found: none")]);
  });

  test("says so where it is too old", async () => {
    await putNode("echo v20.11.1");
    const { status, stderr } = launch();
    expect([status, stderr]).toEqual([1, expect.stringContaining("found: v20.11.1")]);
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
