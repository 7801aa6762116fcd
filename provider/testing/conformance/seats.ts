import { duty, holdersOf, idOf, problemOf, seatsOf, textOf } from "./ask.ts";
import { reads, type Test } from "./subject.ts";

export const seats: readonly Test[] = [
  reads("a SKU is found by its friendly name and by its id", async (bench) => {
    const connector = bench.open();
    const sku = await duty(connector, "sku")(bench.subject.vendor.sku, bench.signal);
    const again = await duty(connector, "sku")(sku.sku, bench.signal);
    expect(again.sku).toBe(sku.sku);
  }),
  reads("skus lists the SKU that is found by name", async (bench) => {
    const connector = bench.open();
    const id = await idOf(connector, bench.subject.vendor.sku, bench.signal);
    expect((await duty(connector, "skus")(bench.signal)).map((s) => s.sku)).toContain(id);
  }),
  reads("an unknown SKU is not found, and the nearest names are told", async (bench) => {
    const { sku, misspelt } = bench.subject.vendor;
    const problem = await problemOf(duty(bench.open(), "sku")(misspelt, bench.signal));
    expect(problem.code).toBe("not-found");
    expect(textOf(problem)).toContain(sku);
    expect(textOf(problem)).toContain("bench");
  }),
  reads("seats gives every seat, once", async (bench) => {
    const connector = bench.open();
    const id = await idOf(connector, bench.subject.vendor.sku, bench.signal);
    expect(await holdersOf(connector, id, bench.signal)).toEqual([...bench.subject.vendor.holders].sort());
  }),
  reads("a seat says its state, and an account where the vendor names one", async (bench) => {
    const connector = bench.open();
    const id = await idOf(connector, bench.subject.vendor.sku, bench.signal);
    for (const seat of await seatsOf(connector, id, bench.signal)) {
      expect(["active", "invited", "error", "suspended"]).toContain(seat.state);
      expect(seat.account === null || seat.account.length > 0).toBe(true);
      expect(seat.since === null || !Number.isNaN(Date.parse(seat.since))).toBe(true);
    }
  }),
  reads("a SKU that nobody holds gives no seat", async (bench) => {
    const connector = bench.open();
    const id = await idOf(connector, bench.subject.vendor.empty, bench.signal);
    expect(await seatsOf(connector, id, bench.signal)).toEqual([]);
  }),
  reads("the seats of an unknown SKU are an error, not none", async (bench) => {
    const problem = await problemOf(seatsOf(bench.open(), bench.subject.vendor.misspelt, bench.signal));
    expect(problem.code).toBe("not-found");
  }),
  reads("counters count what seats lists", async (bench) => {
    const connector = bench.open();
    const { sku, empty, holders } = bench.subject.vendor;
    const full = await duty(connector, "counters")({ sku: await idOf(connector, sku, bench.signal) }, bench.signal);
    const none = await duty(connector, "counters")({ sku: await idOf(connector, empty, bench.signal) }, bench.signal);
    expect([full.consumed.value, none.consumed.value]).toEqual([holders.length, 0]);
  }),
  reads("accounts are found by name, the unknown are left out", async (bench) => {
    const { free, nobody } = bench.subject.vendor;
    const names = [...free.slice(0, 3).map((a) => a.name), nobody.name];
    const found = await duty(bench.open(), "accounts")(names, bench.signal);
    expect([...found.keys()].sort()).toEqual(names.slice(0, 3).sort());
    for (const account of free.slice(0, 3))
      expect(found.get(account.name)).toMatchObject({ id: account.id, active: account.active });
  }),
  reads("an account is found whatever the case of its name, under the name that was asked", async (bench) => {
    const account = bench.subject.vendor.free[0];
    const name = account?.name.toUpperCase() ?? "";
    expect(name).not.toBe(account?.name);
    const found = await duty(bench.open(), "accounts")([name], bench.signal);
    expect(found.get(name)?.id).toBe(account?.id);
  }),
  reads("names with quotes, blanks and slashes are data, not syntax", async (bench) => {
    const hostile = ['a" or userName pr or "', "a/../b", "a b&max=1", "a*", "\\", "é#?%"];
    expect((await duty(bench.open(), "accounts")(hostile, bench.signal)).size).toBe(0);
    for (const name of hostile) await problemOf(duty(bench.open(), "sku")(`group:${name}`, bench.signal));
  }),
  reads("requests() counts what the server's log counts", async (bench) => {
    const connector = bench.open();
    bench.proxy.reset();
    const before = connector.requests();
    await connector.verify(bench.signal);
    await seatsOf(connector, await idOf(connector, bench.subject.vendor.sku, bench.signal), bench.signal);
    expect(connector.requests() - before).toBe(bench.proxy.passed.length);
    expect(bench.proxy.passed.length).toBeGreaterThan(0);
  }),
  reads("parallel calls share one read of a list", async (bench) => {
    const id = await idOf(bench.open(), bench.subject.vendor.sku, bench.signal);
    const lists = (): number => bench.proxy.passed.filter((p) => bench.subject.paths.seats.test(p.path)).length;
    bench.proxy.reset();
    await seatsOf(bench.open(), id, bench.signal);
    const single = lists();
    bench.proxy.reset();
    const connector = bench.open();
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => holdersOf(connector, id, bench.signal)));
    await duty(connector, "counters")({ sku: id }, bench.signal);
    expect(new Set(five.map((h) => h.join())).size).toBe(1);
    expect(lists()).toBe(single);
    expect(single).toBeGreaterThan(1);
  }),
  reads("a walk that is given up stops asking", async (bench) => {
    const id = await idOf(bench.open(), bench.subject.vendor.sku, bench.signal);
    const stop = new AbortController();
    stop.abort();
    bench.proxy.reset();
    await expect(seatsOf(bench.open(), id, stop.signal)).rejects.toBeDefined();
    expect(bench.proxy.passed).toEqual([]);
  }),
  reads("the capabilities say what the connector can do", async (bench) => {
    const { capabilities } = bench.kind;
    const connector = bench.open();
    const has = (name: keyof typeof connector): boolean => typeof connector[name] === "function";
    expect(has("people") && has("groups") && has("person")).toBe(capabilities.directory);
    expect(has("seats") && has("counters") && has("skus") && has("sku") && has("accounts")).toBe(
      capabilities.vendorOfSeats,
    );
    expect(has("usage")).toBe(capabilities.activity !== null);
    expect(capabilities.scopes.length).toBeGreaterThan(0);
    if (!capabilities.directory) return;
    const { people } = await duty(connector, "people")({ match: null, groups: null, also: [] }, bench.signal);
    const filled = new Set(
      people.flatMap((p) =>
        Object.entries(p)
          .filter(([, v]) => v !== null && v !== undefined)
          .map(([k]) => k),
      ),
    );
    for (const field of ["id", "status"]) filled.delete(field);
    if (!people.some((p) => Object.keys(p.attributes).length > 0)) filled.delete("attributes");
    const declared = new Set<string>(capabilities.fills);
    expect([...filled].filter((f) => !declared.has(f))).toEqual([]);
  }),
];
