import { actionsOn, crm, eng, engWith, expectCode, openStand, person, type Stand } from "./stand.ts";

jest.setTimeout(240_000);

/** Whatever makes terraform destroy and create the pool, nobody loses a seat, even where a destroy would release them. */
describe.each(["retain", "release"])("on_destroy = %s", (on_destroy) => {
  let stand: Stand;
  const shape = engWith({ on_destroy });
  beforeEach(async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy"), person("dan", "sales")]);
    await stand.declare(shape);
    expectCode(await stand.cli.apply(), 0);
    stand.writes();
  });
  afterEach(() => stand.stop());

  /** Nobody lost a seat for a moment, and all of them are still ours. */
  const kept = async (): Promise<void> => {
    expect(stand.writes()).toEqual([]);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expect(await stand.pool()).toMatchObject({ owned: 3, external: { total: 0 } });
    expectCode(await stand.cli.plan(), 0);
  };

  test("a taint, applied in one go", async () => {
    expectCode(await stand.cli.run("taint", { args: [crm] }), 0);
    expectCode(await stand.cli.apply(), 0);
    await kept();
  });

  test("a taint, applied from a saved plan", async () => {
    expectCode(await stand.cli.run("taint", { args: [crm] }), 0);
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    await kept();
  });

  test("untaint keeps everything", async () => {
    expectCode(await stand.cli.run("taint", { args: [crm] }), 0);
    expectCode(await stand.cli.run("untaint", { args: [crm] }), 0);
    await kept();
  });

  test("-replace in one go, and the leaver of that moment leaves with the next run", async () => {
    expectCode(await stand.cli.apply({ args: [`-replace=${crm}`] }), 0);
    await kept();
    await stand.admin.setAttribute("ada", "department", "sales");
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["bob", "cy"]);
  });

  test("-replace while somebody leaves and somebody joins", async () => {
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.admin.setAttribute("dan", "department", "eng");
    expectCode(await stand.cli.plan({ args: [`-replace=${crm}`, "-out=a.plan"] }), 2);
    expect(actionsOn(await stand.cli.showPlan("a.plan"))).toBe("delete create");
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    expect([...stand.writes()].sort()).toEqual(["DELETE", "PUT"]);
    expect(await stand.seated()).toEqual(["bob", "cy", "dan"]);
    expect(await stand.pool()).toMatchObject({ owned: 3, external: { total: 0 } });
    expectCode(await stand.cli.plan(), 0);
  });

  test("create_before_destroy", async () => {
    await stand.declare(engWith({ on_destroy }, ["lifecycle { create_before_destroy = true }"]));
    expectCode(await stand.cli.apply(), 0);
    expectCode(await stand.cli.plan({ args: [`-replace=${crm}`, "-out=a.plan"] }), 2);
    expect(actionsOn(await stand.cli.showPlan("a.plan"))).toBe("create delete");
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    await kept();
  });

  test("a rename of the resource without a moved block", async () => {
    await stand.declare({
      ...eng,
      pools: { renamed: { args: { allotment: 50, on_destroy, name: "crm" }, rules: ["eng"] } },
    });
    expectCode(await stand.cli.apply(), 0);
    expect(stand.writes()).toEqual([]);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("prevent_destroy is an error at plan and touches nobody", async () => {
    await stand.declare(engWith({ on_destroy }, ["lifecycle { prevent_destroy = true }"]));
    expectCode(await stand.cli.plan({ args: [`-replace=${crm}`] }), 1);
    expect(stand.writes()).toEqual([]);
  });
});
