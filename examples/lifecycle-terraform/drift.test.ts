import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandPath, repository, toolPath } from "../../provider/testing/real/tool-path.ts";
import { eng, engWith, expectCode, openStand, person, type Stand } from "./stand.ts";

jest.setTimeout(240_000);

const page = readFileSync(join(repository(), "docs/terraform-drift.md"), "utf8");
/** The recipes by the file name that follows the language. */
const recipes = new Map(
  [...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => [name, text]),
);

interface Recipe {
  readonly code: number;
  readonly text: string;
}

let stand: Stand;
beforeEach(async () => {
  stand = await openStand([person("ada"), person("bob"), person("cy", "sales")]);
  await stand.declare(eng);
  for (const [name, text] of recipes) writeFileSync(join(stand.folder, name), text);
  expectCode(await stand.cli.apply(), 0);
});
afterEach(() => stand.stop());

/** As a job's shell runs it. */
const sh = (script: string): Promise<Recipe> => {
  const tools = [commandPath("terraform"), toolPath("bin/seatwise", "build")].map((path) => join(path, ".."));
  const { PATH } = stand.cli.env;
  return new Promise((resolve) => {
    const env = { ...stand.cli.env, PATH: [...tools, PATH].join(":") };
    execFile("sh", [script], { cwd: stand.folder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
};

test("the page has the recipes that are tested here, and its job runs one of them", () => {
  expect([...recipes.keys()].sort()).toEqual(["drift.mjs", "drift.sh", "refresh-jq.sh", "refresh.sh", "repair.sh"]);
  const runs = [...page.matchAll(/^ {6}- run: (.*)$/gm)].map(([, command]) => command);
  expect(runs).toEqual(["terraform init -input=false -no-color -lockfile=readonly", "sh drift.sh"]);
});

test("drift.sh: 0 nothing, 2 with names, 1 where nobody knows; init with the lock file as the job does it", async () => {
  expectCode(await stand.cli.init({ args: ["-lockfile=readonly"] }), 0);
  expect(await sh("drift.sh")).toMatchObject({ code: 0, text: expect.stringMatching(/No changes/) });
  await stand.admin.leave("ada", "crm-users");
  stand.writes();
  const drift = await sh("drift.sh");
  expect(drift.text).toMatch(/ada gains a seat/);
  expect(drift.code).toBe(2);
  expect(stand.writes()).toEqual([]);
  stand.proxy.faults.on({ path: /token/ }, { kind: "status", status: 401, body: { error: "invalid_client" } });
  expect((await sh("drift.sh")).code).toBe(1);
});

test.each(["refresh.sh", "refresh-jq.sh"])(
  "%s: 0 nothing, 2 where a seat was given or taken by hand, 1 an error",
  async (script) => {
    expect(await sh(script)).toEqual({ code: 0, text: "" });
    expect(await sh(script)).toEqual({ code: 0, text: "" });
    await stand.admin.join("cy", "crm-users"); // an apply would do nothing about it
    expectCode(await stand.cli.plan(), 0);
    const drift = await sh(script);
    expect(drift.text).toMatch(/seatwise_seat_pool\.crm: /);
    expect(drift.code).toBe(2);
    if (script === "refresh.sh") expect(drift.text).toMatch(/seatwise_seat_pool\.crm: consumed: 2 -> 3/);
    expectCode(await stand.cli.apply({ args: ["-refresh-only"] }), 0);
    expect((await sh(script)).code).toBe(0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    stand.proxy.faults.on({ path: /token/ }, { kind: "status", status: 401, body: { error: "invalid_client" } });
    expect((await sh(script)).code).toBe(1);
  },
);

test("plan -refresh-only -detailed-exitcode tells no drift where there is none, again and again", async () => {
  expectCode(await stand.cli.apply({ args: ["-refresh-only"] }), 0); // the license counts its pool's seats
  for (let i = 0; i < 4; i++) expectCode(await stand.cli.plan({ args: ["-refresh-only"] }), 0);
});

test("repair.sh takes a hand-made change back; enforce = none names who waits for it and writes nothing", async () => {
  await stand.admin.leave("ada", "crm-users");
  await stand.declare({ ...eng, provider: { enforce: "none" } });
  stand.writes();
  const frozen = await sh("repair.sh");
  expect(frozen.code).toBe(0);
  expect(frozen.text).toMatch(/planned, never written/);
  expect(frozen.text).toMatch(/ada/);
  expect(stand.writes()).toEqual([]);
  await stand.declare(engWith({}));
  expect((await sh("repair.sh")).code).toBe(0);
  expect(await stand.seated()).toEqual(["ada", "bob"]);
  expect((await sh("drift.sh")).code).toBe(0);
});
