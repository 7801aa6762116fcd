import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { eng, expectCode, openStand, person, quiet, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

/** Every file below a folder. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : []; // not the links to node_modules and the plugin
  });

describe("secrets", () => {
  let stand: Stand;
  afterEach(() => stand.stop());

  test("no canary in state, plan, events, output, hand-over, journal or any other file, whatever goes wrong", async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy")], {
      SEATWISE_DEBUG: "1",
      PULUMI_EXPERIMENTAL: "true",
    });
    await stand.declare(eng);
    const outputs = [
      await stand.cli.preview({ args: ["--diff", "--save-plan", "plan.json"] }),
      await stand.cli.preview({ args: ["--json"] }),
    ];
    stand.proxy.faults.on({ method: "PUT", nth: 2 }, { kind: "status", status: 403, body: { error: "not allowed" } });
    outputs.push(expectCode(await stand.cli.up(quiet), 1));
    stand.proxy.faults.clear();
    stand.proxy.faults.on(
      { path: /token/ },
      {
        kind: "status",
        status: 401,
        body: { error: "invalid_client", error_description: "canary-client-secret-7f3a is wrong" },
      },
    );
    outputs.push(await stand.cli.preview(quiet));
    stand.proxy.faults.clear();
    outputs.push(
      expectCode(await stand.cli.up({ args: ["--diff"] }), 0),
      await stand.cli.run("stack export"),
      await stand.cli.refresh(quiet),
    );
    const tokens = stand.proxy.passed.flatMap((p) => /access_token":"([^"]+)/.exec(p.body)?.[1] ?? []);
    for (const text of outputs.map(said))
      for (const secret of [stand.secret, ...tokens]) expect(text).not.toContain(secret);
    const files = filesBelow(stand.home).filter((f) => !f.includes("/node_modules/"));
    expect(files.length).toBeGreaterThan(10);
    const leaking = files.filter((f) => statSync(f).size < 50_000_000 && readFileSync(f).includes(stand.secret));
    expect(leaking).toEqual([]);
  });
});
