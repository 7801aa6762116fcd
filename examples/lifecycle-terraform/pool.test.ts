import { actionsOn, changesIn, crm, eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

describe("a pool's life through the real terraform", () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy", "sales"), person("dan", "sales")]);
    await stand.declare(eng);
  });
  afterEach(() => stand.stop());

  test("create, empty second plan, drift, repair, destroy that retains", async () => {
    expectCode(await stand.cli.validate(), 0);
    const plan = expectCode(await stand.cli.plan({ args: ["-out=first.plan"] }), 2);
    expect(changesIn(await stand.cli.showPlan("first.plan"), "assign")).toEqual(["ada", "bob"]);
    expect(said(plan)).toMatch(/ada gains a seat: rule eng, 19\.00 USD per month from now/);
    expect(stand.writes()).toEqual([]);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
    expectCode(await stand.cli.plan(), 0);

    await stand.admin.leave("ada", "crm-users");
    await stand.admin.join("cy", "crm-users");
    const drift = await stand.planned(2);
    expect(changesIn(drift, "assign")).toEqual(["ada"]);
    expect(actionsOn(drift)).toBe("update");
    stand.writes();
    expectCode(await stand.cli.apply(), 0);
    expect(stand.writes()).toEqual(["PUT"]);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expectCode(await stand.cli.plan(), 0);
    expect(await stand.pool()).toMatchObject({ owned: 2, consumed: 3, external: { total: 1 }, id: "crm" });
    expectCode(await stand.cli.destroy(), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
  });

  test("update: people move, leave, are suspended; the plan names them and only these are written", async () => {
    expectCode(await stand.cli.apply(), 0);
    await stand.admin.setAttribute("cy", "department", "eng");
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.admin.setEnabled("bob", false);
    const plan = await stand.planned(2);
    expect(changesIn(plan, "assign")).toEqual(["cy"]);
    expect(changesIn(plan, "unassign")).toEqual(["ada", "bob"]);
    stand.writes();
    expectCode(await stand.cli.apply(), 0);
    expect([...stand.writes()].sort()).toEqual(["DELETE", "DELETE", "PUT"]);
    expect(await stand.seated()).toEqual(["cy"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("changed provider configuration replaces nothing and touches nobody", async () => {
    expectCode(await stand.cli.apply(), 0);
    await stand.declare({ ...eng, provider: { log_level: "warning" } });
    stand.writes();
    expectCode(await stand.cli.plan(), 0);
    expectCode(await stand.cli.apply(), 0);
    expect(stand.writes()).toEqual([]);
  });

  test("a changed license moves its people and releases none", async () => {
    expectCode(await stand.cli.apply(), 0);
    await stand.declare({ ...engWith({ execution_limit: { removals: 10 } }), sku: "group:crm-old" });
    expect(changesIn(await stand.planned(2), "move")).toEqual(["ada", "bob"]);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated("crm-old")).toEqual(["ada", "bob"]);
    expect(await stand.seated()).toEqual([]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("-target reads and writes only the target", async () => {
    const sales = { when: 'user.department == "sales"' };
    const license = { connection: "people", sku: "group:crm-old" };
    await stand.declare({
      rules: { ...eng.rules, sales },
      pools: { ...eng.pools, old: { args: { allotment: 5, license }, rules: ["sales"] } },
    });
    expectCode(await stand.cli.apply({ args: ["-target=seatwise_seat_pool.old"] }), 0);
    expect(await stand.seated("crm-old")).toEqual(["cy", "dan"]);
    expect(await stand.seated()).toEqual([]);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
  });
});

describe("removal", () => {
  let stand: Stand;
  const release = engWith({ on_destroy: "release" });
  beforeEach(async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy"), person("dan", "sales")]);
    await stand.declare(release);
    expectCode(await stand.cli.apply(), 0);
  });
  afterEach(() => stand.stop());

  test("destroy names whom it releases, releases only these, and a failure keeps the pool", async () => {
    await stand.admin.join("dan", "crm-users");
    const plan = expectCode(await stand.cli.plan({ args: ["-destroy"] }), 2);
    expect(said(plan)).toMatch(/ada[\s\S]*3 people lose a seat|3 people lose a seat[\s\S]*ada/);
    stand.proxy.faults.on({ method: "DELETE", nth: 2 }, { kind: "status", status: 400, body: { error: "no" } });
    expectCode(await stand.cli.destroy(), 1);
    expect(await stand.pool()).toBeDefined();
    stand.proxy.faults.clear();
    expectCode(await stand.cli.destroy(), 0);
    expect(await stand.seated()).toEqual(["dan"]);
  });

  test("a pool removed from the program is named in the plan; a saved plan releases those and no other", async () => {
    await stand.declare({ ...release, pools: {} });
    const plan = expectCode(await stand.cli.plan({ args: ["-out=gone.plan"] }), 2);
    expect(said(plan)).toMatch(/3 people lose a seat/);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expectCode(await stand.cli.apply({ args: ["gone.plan"] }), 0);
    expect(await stand.seated()).toEqual([]);
  });
});

test("half a department vanishes: refused with the numbers, nothing written; acknowledge lets it pass", async () => {
  const people = Array.from({ length: 30 }, (_x, i) => person(`p${String(i).padStart(2, "0")}`));
  const stand = await openStand(people);
  try {
    await stand.declare(eng);
    expectCode(await stand.cli.apply(), 0);
    stand.writes();
    for (const p of people.slice(0, 12)) await stand.admin.setAttribute(p.login, "department", "sales");
    const refused = expectCode(await stand.cli.apply(), 1);
    expect(said(refused)).toMatch(/12 removals/);
    expect(said(refused)).toMatch(/acknowledge/);
    expect(stand.writes()).toEqual([]);
    await stand.declare(engWith({ acknowledge: { removals: 12, until: "2099-01-01T00:00:00Z" } }));
    expectCode(await stand.cli.apply(), 0);
    expect((await stand.seated()).length).toBe(18);
    expect((await stand.pool(crm))?.owned).toBe(18);
  } finally {
    await stand.stop();
  }
});
