import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository, toolPath } from "./tool-path.ts";

const run = promisify(execFile);
const schema = join(repository(), "schema.json");

/** Files below a folder with their texts, but for what is installed or compiled there. */
const texts = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    .filter((path) => !/^(bin|node_modules)\//.test(path))
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
  );
};

describe("Pulumi's own tools on schema.json", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatwise-schema-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const check = (file: string) =>
    run(toolPath("bin/pulumi"), ["schema", "check", file], {
      env: { PATH: "", PULUMI_HOME: join(folder, "home"), PULUMI_SKIP_UPDATE_CHECK: "true" },
    });

  test("the CLI accepts it, and refuses it with a reference that leads nowhere", async () => {
    await expect(check(schema)).resolves.toMatchObject({ stderr: expect.not.stringContaining("rror") });
    const broken = join(folder, "broken.json");
    await writeFile(
      broken,
      (await readFile(schema, "utf8")).replaceAll("#/types/seatwise:index:Claim", "#/types/seatwise:index:Nope"),
    );
    await expect(check(broken)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("Nope") });
  });

  test("the generator gives the SDK that is in the repository", async () => {
    const made = join(folder, "nodejs");
    await run(toolPath("bin/gen-sdk"), [schema, made]);
    const expected = await texts(made);
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining(["seatPool.ts", "license.ts", "assignmentRule.ts", "provider.ts"]),
    );
    expect(await texts(join(repository(), "sdk/nodejs"))).toEqual(expected);
  });

  test("the generator removes what it no longer makes, and leaves what is compiled", async () => {
    const made = join(folder, "again");
    await cp(join(folder, "nodejs"), made, { recursive: true });
    await writeFile(join(made, "gone.ts"), "");
    await run("mkdir", ["-p", join(made, "bin")]);
    await writeFile(join(made, "bin/kept.js"), "");
    await run(toolPath("bin/gen-sdk"), [schema, made]);
    expect(await readdir(made)).not.toContain("gone.ts");
    expect(await readdir(join(made, "bin"))).toEqual(["kept.js"]);
  });
});
