import { readFileSync } from "node:fs";
import { join } from "node:path";
import { actionsOn, changesIn, crm, eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

let stand: Stand;
beforeEach(async () => {
  stand = await openStand([person("ada"), person("bob"), person("cy", "sales"), person("dan", "sales")]);
});
afterEach(() => stand.stop());

const importBlock = `import {
  to = ${crm}
  id = "people/group:crm-users"
}
`;

describe("import", () => {
  beforeEach(async () => {
    await stand.admin.join("ada", "crm-users");
    await stand.admin.join("dan", "crm-users");
  });

  /** Everybody who held a seat still does, as external; who is claimed is taken over when the program says so. */
  const adopts = async (): Promise<void> => {
    expect(await stand.seated()).toEqual(["ada", "bob", "dan"]);
    expectCode(await stand.cli.plan(), 0);
    await stand.declare(engWith({ ownership: "adopt" }));
    expect(changesIn(await stand.planned(2), "adopt")).toEqual(["ada"]);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.pool()).toMatchObject({ owned: 2, external: { total: 1 } });
    expectCode(await stand.cli.plan(), 0);
  };

  test("by command: all seats are external until adopted, and nobody loses one", async () => {
    await stand.declare(eng);
    expectCode(await stand.cli.import("seatwise_license.crm", "people/group:crm-users"), 0);
    expectCode(await stand.cli.import(crm, "people/group:crm-users"), 0);
    const plan = await stand.planned(2);
    expect(actionsOn(plan)).toBe("update");
    expect(actionsOn(plan, "seatwise_license.crm")).toBe("update"); // its commitments and name
    expect([changesIn(plan, "assign"), changesIn(plan, "unassign")]).toEqual([["bob"], []]);
    expectCode(await stand.cli.apply(), 0);
    await adopts();
  });

  test("by a block: imported and updated by one plan", async () => {
    await stand.declare({ ...eng, more: importBlock });
    const plan = await stand.planned(2);
    expect(actionsOn(plan)).toBe("update");
    expect([changesIn(plan, "assign"), changesIn(plan, "unassign")]).toEqual([["bob"], []]);
    expectCode(await stand.cli.apply(), 0);
    await adopts();
  });

  test("by a block with -generate-config-out: the configuration that is written plans, and then changes nothing", async () => {
    await stand.declare({ rules: {}, pools: {}, more: importBlock });
    const plan = await stand.cli.plan({ args: ["-generate-config-out=generated.tf"] });
    expect(said(plan)).not.toMatch(/Error/);
    expectCode(plan, 2);
    expect(readFileSync(join(stand.folder, "generated.tf"), "utf8")).toMatch(/resource "seatwise_seat_pool" "crm"/);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["ada", "dan"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("an id that names nothing is an error that says how to write one", async () => {
    await stand.declare(eng);
    expect(said(expectCode(await stand.cli.import(crm, "crm-users"), 1))).toMatch(/connection\/sku/);
    expect(said(expectCode(await stand.cli.import(crm, "people/group:nobody"), 1))).toMatch(/nobody/);
  });
});

describe("of a pool that exists", () => {
  beforeEach(async () => {
    await stand.declare(engWith({ on_destroy: "release" }));
    expectCode(await stand.cli.apply(), 0);
    stand.writes();
  });
  const stays = async (): Promise<void> => {
    expect(stand.writes()).toEqual([]);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
  };
  const renamed = { args: { allotment: 50, on_destroy: "release", name: "crm" }, rules: ["eng"] };

  test("moved: the same pool at another address", async () => {
    const more = `moved {\n  from = ${crm}\n  to   = seatwise_seat_pool.renamed\n}\n`;
    await stand.declare({ ...eng, pools: { renamed }, more });
    expect(said(expectCode(await stand.cli.plan(), 2))).toMatch(/has moved to seatwise_seat_pool\.renamed/);
    expectCode(await stand.cli.apply(), 0);
    await stays();
    expect(await stand.pool("seatwise_seat_pool.renamed")).toMatchObject({ owned: 2, external: { total: 0 } });
    expectCode(await stand.cli.plan(), 0);
  });

  test("state mv: the same", async () => {
    expectCode(await stand.cli.run("state mv", { args: [crm, "seatwise_seat_pool.renamed"] }), 0);
    await stand.declare({ ...eng, pools: { renamed } });
    expectCode(await stand.cli.plan(), 0);
    await stays();
  });

  test("another name for the pool: an update of it, and its seats stay ours", async () => {
    await stand.declare(engWith({ on_destroy: "release", name: "customers" }));
    expect(actionsOn(await stand.planned(2))).toBe("update");
    expectCode(await stand.cli.apply(), 0);
    await stays();
    expect(await stand.pool()).toMatchObject({ name: "customers", owned: 2, external: { total: 0 } });
    await stand.admin.setAttribute("ada", "department", "sales");
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["bob"]);
  });

  test("state rm forgets: the seats stay, and count as held before", async () => {
    expectCode(await stand.cli.apply(), 0); // reads the pool: before that the journal still knows its seats
    expectCode(await stand.cli.run("state rm", { args: [crm] }), 0);
    await stays();
    const plan = expectCode(await stand.cli.plan({ args: ["-out=look.plan"] }), 2);
    expect(changesIn(await stand.cli.showPlan("look.plan"), "assign")).toEqual([]);
    expect(said(plan)).toMatch(/did not assign/);
    expectCode(await stand.cli.apply(), 0);
    await stays();
  });

  test("a removed block with destroy = false releases nobody, though a destroy would", async () => {
    const more = `removed {\n  from = ${crm}\n  lifecycle { destroy = false }\n}\n`;
    await stand.declare({ ...eng, pools: {}, more });
    expectCode(await stand.cli.apply(), 0);
    await stays();
    expect(await stand.pool()).toBeUndefined();
  });

  test("a removed block without it releases whom its plan names", async () => {
    await stand.declare({ ...eng, pools: {}, more: `removed {\n  from = ${crm}\n}\n` });
    expect(said(expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2))).toMatch(/2 people lose a seat/);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual([]);
  });

  test("two pools of one name are an error that says so", async () => {
    const again = { args: { allotment: 5, name: "crm" }, rules: ["eng"] };
    const shape = engWith({ on_destroy: "release" });
    await stand.declare({ ...shape, pools: { ...shape.pools, again } });
    expect(said(expectCode(await stand.cli.plan(), 1))).toMatch(/crm/);
    await stays();
  });
});
