import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { eng, expectCode, noChanges, openStand, person, quiet, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

/**
 * The state that version 0.1.0 left, exported by `pulumi stack export`; its secrets are this test's own. Later versions
 * must take it without a change. `RECORD_STATE=1` writes it anew: only together with a version that says so.
 */
const recorded = join(repository(), "examples/lifecycle/state-0.1.0.json");
const address = "http://recorded.test";

describe("an upgrade", () => {
  let stand: Stand;
  afterEach(() => stand.stop());
  const people = [person("ada"), person("bob"), person("cy", "sales")];
  const program = { ...eng, pools: { crm: { args: { allotment: 1 }, rules: ["eng"] } } };

  test("state of 0.1.0: nothing to change, the seats are still ours, who waits still waits since then", async () => {
    stand = await openStand(people);
    await stand.declare(program);
    if (process.env.RECORD_STATE) {
      expectCode(await stand.cli.up(quiet), 0);
      const state = await stand.cli.run("stack export", { args: ["--stack", "test", "--show-secrets"] });
      writeFileSync(recorded, state.stdout.replaceAll(stand.proxy.url, address));
    } else {
      await stand.admin.join("ada", "crm-users");
      const file = join(stand.home, "state.json");
      writeFileSync(file, readFileSync(recorded, "utf8").replaceAll(address, stand.proxy.url));
      expectCode(await stand.cli.run("stack import", { args: ["--stack", "test", "--file", file] }), 0);
    }
    const preview = expectCode(await stand.cli.preview(noChanges), 0);
    expect(said(preview)).not.toMatch(/replace|loses/i);
    const [pool] = await stand.pools();
    expect(pool?.outputs).toMatchObject({ owned: 1, waiting: { total: 1, people: [{ person: "bob" }] } });
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.writes();
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated()).toEqual(["bob"]);
  });
});
