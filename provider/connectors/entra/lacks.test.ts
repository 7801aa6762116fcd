import { apply, ask, need, signal, sku, start, stopAll } from "./world.fixture.ts";

afterEach(stopAll);

const world = () =>
  start({
    skus: [{ sku: "SPE_E5", enabled: 5 }],
    groups: [{ name: "lic-e5", licenses: ["SPE_E5"] }],
    people: [
      { login: "ada" },
      { login: "dee", properties: { usageLocation: null } },
      { login: "eve", properties: { usageLocation: "" } },
    ],
  });

it("whoever has no usage location is known to be refused a license before anybody asks for one, and a group's membership is not", async () => {
  const w = await world();
  const c = w.open();
  await ask(c);
  const before = w.paths().length;
  const lacks = (login: string, of: string) => need(c.lacks)({ sku: of }, w.id(login))?.code ?? null;
  expect(["ada", "dee", "eve"].map((login) => lacks(login, sku.e5))).toEqual([
    null,
    "no-usage-location",
    "no-usage-location",
  ]);
  expect(["ada", "dee", "eve"].map((login) => lacks(login, "group:lic-e5"))).toEqual([null, null, null]);
  expect(w.paths()).toHaveLength(before); // nothing was asked
  // The same is what Entra says: of the license no, of the group yes.
  const step = (of: string) => ({ act: "assign", holder: w.id("dee"), account: "dee", sku: of }) as const;
  expect((await apply(c, [step(sku.e5)])).join()).toContain("dee failed");
  expect(await apply(c, [step("group:lic-e5")])).toEqual(["dee accepted"]);
});

it("where another system is the directory, the look-up of accounts tells it, one by one and all at once", async () => {
  const w = await world();
  for (const names of [["dee@acme.test"], ["ada@acme.test", "dee@acme.test", "eve@acme.test"]]) {
    const c = w.open();
    expect(need(c.lacks)({ sku: sku.e5 }, w.id("dee"))).toBeNull(); // nobody was read
    const found = await need(c.accounts)(names, signal);
    expect(found.size).toBe(names.length);
    expect(need(c.lacks)({ sku: sku.e5 }, w.id("dee"))?.text).toContain("Set it (two letters, DE or US)");
    expect(need(c.lacks)({ sku: sku.e5 }, w.id("ada"))).toBeNull();
  }
});
