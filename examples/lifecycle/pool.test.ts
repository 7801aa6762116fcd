import { changesIn, eng, expectCode, noChanges, openStand, person, quiet, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

describe("a pool's life through the real CLI", () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy", "sales"), person("dan", "sales")]);
    await stand.declare(eng);
  });
  afterEach(() => stand.stop());

  test("create, empty second preview, drift, repair, destroy that retains", async () => {
    const preview = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(preview, "assign")).toEqual(["ada", "bob"]);
    expect(said(preview)).toMatch(/ada gains a seat: rule eng, 19\.00 USD per month from now/);
    expect(await stand.writes()).toEqual([]);
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
    expectCode(await stand.cli.preview(noChanges), 0);

    await stand.admin.leave("ada", "crm-users");
    await stand.admin.join("cy", "crm-users");
    const drift = expectCode(await stand.cli.preview(noChanges), 7);
    expect(changesIn(drift, "assign")).toEqual(["ada"]);
    expectCode(await stand.cli.refresh(noChanges), 7);
    await stand.writes();
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.writes()).toEqual(["PUT"]);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expectCode(await stand.cli.preview(noChanges), 0);
    const [pool] = await stand.pools();
    expect(pool?.outputs).toMatchObject({ owned: 2, consumed: 3, external: { total: 1 } });
    expectCode(await stand.cli.destroy(quiet), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
  });

  test("update: people move, leave, are suspended; the plan names them and only these are written", async () => {
    expectCode(await stand.cli.up(quiet), 0);
    await stand.admin.setAttribute("cy", "department", "eng");
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.admin.setEnabled("bob", false);
    const preview = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(preview, "assign")).toEqual(["cy"]);
    expect(changesIn(preview, "unassign")).toEqual(["ada", "bob"]);
    await stand.writes();
    expectCode(await stand.cli.up(quiet), 0);
    expect([...(await stand.writes())].sort()).toEqual(["DELETE", "DELETE", "PUT"]);
    expect(await stand.seated()).toEqual(["cy"]);
  });

  test("import: all seats are external until adopted, and nobody loses one", async () => {
    await stand.admin.join("ada", "crm-users");
    await stand.admin.join("dan", "crm-users");
    await stand.declare({
      ...eng,
      pools: { crm: { ...eng.pools.crm, options: { import: "people/group:crm-users" } } },
    });
    const up = expectCode(await stand.cli.up(quiet), 0);
    expect(said(up)).not.toMatch(/loses/i);
    expect(await stand.seated()).toEqual(["ada", "bob", "dan"]);
    await stand.declare({ ...eng, pools: { crm: { args: { allotment: 50, ownership: "adopt" }, rules: ["eng"] } } });
    const adopt = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(adopt, "adopt")).toEqual(["ada"]);
    expectCode(await stand.cli.up(quiet), 0);
    const [pool] = await stand.pools();
    expect(pool?.outputs).toMatchObject({ owned: 2, external: { total: 1 } });
    expectCode(await stand.cli.preview(noChanges), 0);
  });

  test("unknown claims: changes are unknown in the preview, and the update only assigns", async () => {
    expectCode(await stand.cli.up(quiet), 0);
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.admin.setAttribute("cy", "department", "eng");
    await stand.declare({ ...eng, late: true });
    const preview = expectCode(await stand.cli.preview(quiet), 0);
    expect(said(preview)).toMatch(/not known before other resources exist/);
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    const next = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(next, "unassign")).toEqual(["ada"]);
  });

  test("changed connection: a new address replaces nothing and touches nobody", async () => {
    expectCode(await stand.cli.up(quiet), 0);
    await stand.writes();
    await stand.declare({ ...eng, provider: { logLevel: "warning" } });
    const up = expectCode(await stand.cli.up(quiet), 0);
    expect(said(up)).not.toMatch(/replace|loses/i);
    expect(await stand.writes()).toEqual([]);
    expectCode(await stand.cli.preview(noChanges), 0);
  });

  test("--target reads and writes only the target; --skip-preview acts within the limit", async () => {
    await stand.declare({
      rules: { ...eng.rules, sales: { when: 'user.department == "sales"' } },
      pools: {
        crm: eng.pools.crm,
        old: { args: { allotment: 5, license: { connection: "people", sku: "group:crm-old" } }, rules: ["sales"] },
      },
    });
    const urn = (type: string, name: string) => ["--target", `urn:pulumi:test::lifecycle::${type}::${name}`];
    const targets = [
      ...urn("pulumi:providers:seatwise", "sw"),
      ...urn("seatwise:index:License", "crm"),
      ...urn("seatwise:index:AssignmentRule", "sales"),
      ...urn("seatwise:index:SeatPool", "old"),
    ];
    expectCode(await stand.cli.up({ args: [...targets, "--suppress-outputs"] }), 0);
    expect(await stand.seated("crm-old")).toEqual(["cy", "dan"]);
    expect(await stand.seated()).toEqual([]);
    expectCode(await stand.cli.up({ args: ["--skip-preview", "--suppress-outputs"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
  });

  test("a changed license moves its people and releases none", async () => {
    expectCode(await stand.cli.up(quiet), 0);
    await stand.declare({
      ...eng,
      sku: "group:crm-old",
      pools: { crm: { args: { allotment: 50, executionLimit: { removals: 10 } }, rules: ["eng"] } },
    });
    const preview = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(preview, "move")).toEqual(["ada", "bob"]);
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated("crm-old")).toEqual(["ada", "bob"]);
    expect(await stand.seated()).toEqual([]);
    expectCode(await stand.cli.preview(noChanges), 0);
  });
});

describe("plans that are refused", () => {
  let stand: Stand;
  afterEach(() => stand.stop());

  test("half a department vanishes: refused with the numbers, nothing written; acknowledge lets it pass", async () => {
    const people = Array.from({ length: 30 }, (_x, i) => person(`p${String(i).padStart(2, "0")}`));
    stand = await openStand(people);
    await stand.declare(eng);
    expectCode(await stand.cli.up(quiet), 0);
    await stand.writes();
    for (const p of people.slice(0, 12)) await stand.admin.setAttribute(p.login, "department", "sales");
    const refused = expectCode(await stand.cli.up(quiet), 1);
    expect(said(refused)).toMatch(/12 removals/);
    expect(said(refused)).toMatch(/acknowledge/);
    expect(await stand.writes()).toEqual([]);
    await stand.declare({
      ...eng,
      pools: {
        crm: { args: { allotment: 50, acknowledge: { removals: 12, until: "2099-01-01T00:00:00Z" } }, rules: ["eng"] },
      },
    });
    expectCode(await stand.cli.up(quiet), 0);
    expect((await stand.seated()).length).toBe(18);
  });
});
