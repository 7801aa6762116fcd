import { asProblem } from "../../core/problem.ts";
import { enterpriseUrn, type ScimSeed, setAttribute } from "./hands.ts";
import { dialects } from "./simulator.ts";
import { at, holders, logins, people, results, seatsOf, world } from "./world.fixture.ts";

describe("people's attributes", () => {
  const seat = 'attribute:roles[type eq "seatType"].value=Full';
  const view = 'attribute:roles[type eq "seatType"].value=View';
  const crowd: ScimSeed = {
    people: people(12).map((p, i) => ({
      ...p,
      attributes: {
        userType: i < 4 ? "Pro" : "Basic",
        ...(i < 2
          ? { roles: [{ type: "seatType", value: "Full" }] }
          : i < 4
            ? { roles: [{ type: "seatType", value: "View" }] }
            : {}),
      },
    })),
    groups: [],
  };
  it.each([dialects.complete, dialects.modest, { ...dialects.complete, etag: false, filter: false }])(
    "every kind of value is read, given, moved and taken",
    async (dialect) => {
      const w = await world(dialect, crowd);
      expect(await holders(w, seat)).toEqual(["p0000", "p0001"]);
      expect(await holders(w, "attribute:userType=pro")).toEqual(logins(4));
      expect(await holders(w, "attribute:userType=Nobody")).toEqual([]);
      const department = `attribute:${enterpriseUrn}:department=Sales`;
      const outcomes = await w.run([
        w.step("assign", seat, "p0004"),
        w.step("assign", seat, "p0005"),
        w.step("unassign", seat, "p0000"),
        w.step("move", seat, "p0001", view),
        w.step("unassign", "attribute:userType=Pro", "p0002"),
        w.step("unassign", "attribute:userType=Pro", "p0011"),
        w.step("assign", department, "p0003"),
        w.step("assign", "attribute:entitlements=crm", "p0003"),
        w.step("assign", "attribute:entitlements=crm", "p0004"),
      ]);
      expect(results(outcomes)).toEqual(["done", "done", "done", "done", "done", "already", "done", "done", "done"]);
      expect(await holders(w, seat)).toEqual(["p0004", "p0005"]);
      expect(await holders(w, view)).toEqual(["p0001", "p0002", "p0003"]);
      expect(await holders(w, "attribute:userType=Pro")).toEqual(["p0000", "p0001", "p0003"]);
      expect(await holders(w, department)).toEqual(["p0003"]);
      expect(results(await w.run([w.step("unassign", "attribute:entitlements=crm", "p0003")]))).toEqual(["done"]);
      expect(await holders(w, "attribute:entitlements=crm")).toEqual(["p0004"]);
    },
  );

  it("`active` deactivates, and says so; nobody else's `active` is touched", async () => {
    const w = await world(dialects.complete, crowd);
    const c = w.open();
    expect([
      c.deactivates?.({ sku: "active" }),
      c.deactivates?.({ sku: seat }),
      c.deactivates?.({ sku: "group:x" }),
    ]).toEqual([true, false, false]);
    expect(results(await w.run([w.step("unassign", "active", "p0000"), w.step("assign", "active", "p0001")]))).toEqual([
      "done",
      "done",
    ]);
    expect(await holders(w, "active")).toEqual(logins(12).slice(1));
  });

  it("Bulk takes many in one request; without it they go side by side", async () => {
    for (const [dialect, most] of [
      [dialects.complete, 2],
      [dialects.modest, 12],
    ] as const) {
      const w = await world(dialect, crowd);
      expect(new Set(results(await w.run(logins(12).map((l) => w.step("assign", "attribute:title=Boss", l)))))).toEqual(
        new Set(["done"]),
      );
      expect(w.writes()).toBeLessThanOrEqual(most);
      expect((await holders(w, "attribute:title=Boss")).length).toBe(12);
    }
  });

  it("in a Bulk, somebody who is gone fails alone", async () => {
    const w = await world(dialects.complete, crowd);
    const steps = [
      ...logins(3).map((l) => w.step("assign", "attribute:title=Boss", l)),
      w.step("assign", "attribute:title=Boss", "nobody-id"),
      w.step("unassign", "attribute:title=Boss", "nobody-id"),
    ];
    expect(results(await w.run(steps))).toEqual(["done", "done", "done", "not-found", "already"]);
  });

  it("a value that somebody changed meanwhile is not taken: the version does not fit, and it is read again", async () => {
    const w = await world(dialects.complete, crowd);
    const sku = "attribute:userType=Pro";
    const changed = await w.run([w.step("unassign", sku, "p0000")], {}, async () =>
      setAttribute(at(w), "p0000", "userType", "Enterprise"),
    );
    expect(results(changed)).toEqual(["already"]);
    expect(await holders(w, "attribute:userType=Enterprise")).toEqual(["p0000"]);
    let first = true;
    const other = await w.run([w.step("unassign", sku, "p0001")], {}, async () => {
      if (first) await setAttribute(at(w), "p0001", "title", "unrelated");
      first = false;
    });
    expect(results(other)).toEqual(["done"]);
    expect(await holders(w, sku)).toEqual(["p0002", "p0003"]);
  });

  it.each([
    "attribute:",
    "attribute:userType",
    "attribute:=x",
    "attribute:a[=x",
    "attribute:roles[type eq]=x",
    "seats",
    "role:x",
  ])("%s is no SKU", async (sku) => {
    const w = await world(dialects.complete, { people: [], groups: [] });
    expect((await seatsOf(w, sku).then(() => null, asProblem))?.code).toMatch(/invalid|not-found/);
  });
});
