import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { raw } from "../../provider/testing/real/terraform-project.ts";
import { changesIn, eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

/** Every file below a folder. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : []; // not the link to the provider
  });

describe("secrets", () => {
  let stand: Stand;
  afterEach(() => stand.stop());

  test("no canary in state, plan, trace, output, hand-over, journal or any other file, whatever goes wrong", async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy")], { TF_LOG: "trace" });
    await stand.declare(eng);
    const outputs = [
      await stand.cli.plan({ args: ["-out=a.plan"] }),
      await stand.cli.run("show", { args: ["-json", "a.plan"] }),
    ];
    stand.proxy.faults.on({ method: "PUT", nth: 2 }, { kind: "status", status: 403, body: { error: "not allowed" } });
    outputs.push(expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0));
    stand.proxy.faults.clear();
    const body = { error: "invalid_client", error_description: `${stand.secret} is wrong` };
    stand.proxy.faults.on({ path: /token/ }, { kind: "status", status: 401, body });
    outputs.push(expectCode(await stand.cli.plan(), 1));
    stand.proxy.faults.clear();
    outputs.push(
      expectCode(await stand.cli.apply(), 0),
      await stand.cli.run("show", { args: ["-json"] }),
      await stand.cli.run("state pull"),
    );
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(stand.secret);
    execFileSync("python3", ["-m", "zipfile", "-e", "a.plan", "unzipped"], { cwd: stand.folder });
    const files = filesBelow(stand.home);
    expect(files.some((f) => f.includes("unzipped/tfplan"))).toBe(true);
    expect(files.length).toBeGreaterThan(8);
    const leaking = files.filter((f) => statSync(f).size < 50_000_000 && readFileSync(f).includes(stand.secret));
    expect(leaking).toEqual([]);
  });

  test("the trace was on, and names no person's token either", async () => {
    stand = await openStand([person("ada")], { TF_LOG: "trace" });
    await stand.declare(eng);
    const { stderr } = expectCode(await stand.cli.apply(), 0);
    expect(stderr).toMatch(/\[TRACE\]|"@level":"trace"/);
    expect(stderr).not.toMatch(/eyJ[\w-]{20,}\./);
  });

  test("the secret may come from a variable of the environment, and a wrong one is an error without it", async () => {
    stand = await openStand([person("ada")]);
    const connections = raw('{ people = { keycloak = { base_url = var.base_url, realm = "acme" } } }');
    await stand.declare({ ...eng, provider: { connections } });
    const missing = expectCode(await stand.cli.plan(), 1);
    expect(said(missing)).toMatch(/SEATWISE_PEOPLE_CLIENT_SECRET/);
    const wrong = "canary-wrong-91";
    const denied = expectCode(await stand.cli.plan({ env: { SEATWISE_PEOPLE_CLIENT_SECRET: wrong } }), 1);
    expect(said(denied)).toMatch(/people/);
    expect(said(denied)).not.toContain(wrong);
    const env = { SEATWISE_PEOPLE_CLIENT_SECRET: stand.secret };
    expectCode(await stand.cli.apply({ env }), 0);
    expect(await stand.seated()).toEqual(["ada"]);
  });

  test("offline: a plan without secrets names nobody, and an apply is refused", async () => {
    stand = await openStand([person("ada")]);
    await stand.declare({ ...eng, provider: { offline: true } });
    expect(said(expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2))).toMatch(/offline/);
    expect(changesIn(await stand.cli.showPlan("a.plan"), "assign")).toEqual([]);
    expect(said(expectCode(await stand.cli.apply(), 1))).toMatch(/offline/);
    expect(stand.proxy.passed).toEqual([]);
  });

  test("people = count: nobody is named in plan or state", async () => {
    stand = await openStand([person("ada"), person("bob")]);
    await stand.declare({ ...engWith({}), provider: { people: "count" } });
    const plan = expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    expect(said(plan)).not.toMatch(/\bada\b/);
    expect(JSON.stringify(await stand.cli.showPlan("a.plan"))).not.toMatch(/\bada\b/);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
    expect(JSON.stringify(await stand.pool())).not.toMatch(/\bada\b/);
  });
});
