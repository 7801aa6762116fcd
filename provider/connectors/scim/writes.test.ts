import { asProblem } from "../../core/problem.ts";
import { ask, groupMembers } from "./hands.ts";
import { dialects } from "./simulator.ts";
import { at, holders, logins, people, results, seatsOf, signal, world } from "./world.fixture.ts";

describe("groups", () => {
  it("three thousand members are added in three requests: 100, 1,000, and the rest, as the answers are quick", async () => {
    const w = await world(dialects.complete, { people: people(3000), groups: [{ name: "crm", members: [] }] });
    const steps = logins(3000).map((l) => w.step("assign", "group:crm", l));
    expect(new Set(results(await w.run(steps)))).toEqual(new Set(["done"]));
    expect(w.writes()).toBeLessThanOrEqual(4);
    expect((await seatsOf(w, "group:crm")).length).toBe(3000);
  });
  it("groupChunk is obeyed", async () => {
    const w = await world(dialects.complete, { people: people(90), groups: [{ name: "crm", members: [] }] });
    const asked: number[] = [];
    const steps = logins(90).map((l) => w.step("assign", "group:crm", l));
    await w.run(steps, { groupChunk: 40 }, async (s) => void asked.push(s.length));
    expect(asked).toEqual([40, 40, 10]);
  });

  it.each([dialects.complete, dialects.modest, dialects.forEntra])(
    "adds and removes many in this dialect",
    async (dialect) => {
      const w = await world(dialect, { people: people(30), groups: [{ name: "crm", members: logins(10) }] });
      const all = logins(30);
      const steps = [
        ...all.slice(0, 5).map((l) => w.step("unassign", "group:crm", l)),
        ...all.slice(20).map((l) => w.step("assign", "group:crm", l)),
      ];
      expect(new Set(results(await w.run(steps)))).toEqual(new Set(["done"]));
      expect(await groupMembers(at(w), "crm")).toEqual([...all.slice(5, 10), ...all.slice(20)]);
    },
  );

  it("the declared dialect costs no trial", async () => {
    const w = await world(dialects.forEntra, { people: people(9), groups: [{ name: "crm", members: logins(9) }] });
    await w.run(
      logins(8).map((l) => w.step("unassign", "group:crm", l)),
      { patchDialect: "value-list" },
    );
    expect(w.writes()).toBe(1);
    expect(await groupMembers(at(w), "crm")).toEqual(["p0008"]);
  });

  it("a service that empties the group instead of removing one is found out on the first, and repaired", async () => {
    const dialect = { ...dialects.forEntra, removeByValue: "empties" as const };
    const w = await world(dialect, { people: people(9), groups: [{ name: "crm", members: logins(9) }] });
    const error = await w.run(logins(3).map((l) => w.step("unassign", "group:crm", l))).then(() => null, asProblem);
    expect(error).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("9 members out of the group instead of 1"),
    });
    expect(await groupMembers(at(w), "crm")).toEqual(logins(9).slice(1));
  });

  it("many are taken out by one operation, once that is known to do what it says", async () => {
    const w = await world(dialects.complete, { people: people(60), groups: [{ name: "crm", members: logins(60) }] });
    expect(new Set(results(await w.run(logins(50).map((l) => w.step("unassign", "group:crm", l)))))).toEqual(
      new Set(["done"]),
    );
    expect(await groupMembers(at(w), "crm")).toEqual(logins(60).slice(50));
    expect(w.writes()).toBe(2);
  });

  it("somebody deleted while we write fails alone: the chunk is split until they are found", async () => {
    const w = await world(dialects.complete, { people: people(64), groups: [{ name: "crm", members: [] }] });
    let first = true;
    const outcomes = await w.run(
      logins(64).map((l) => w.step("assign", "group:crm", l)),
      {},
      async () => {
        if (!first) return;
        first = false;
        await ask(at(w), "DELETE", `/Users/${w.ids.people.get("p0037")}`);
      },
    );
    expect(outcomes.filter((o) => o.result === "failed").map((o) => [o.step.account, o.problem?.code])).toEqual([
      ["p0037", "invalid"],
    ]);
    expect((await groupMembers(at(w), "crm")).length).toBe(63);
    expect(w.writes()).toBeLessThanOrEqual(1 + 2 * 6 + 1);
  });

  it("when licenses run out, those who come first have them, and nobody is asked for in vain", async () => {
    const dialect = { ...dialects.complete, seats: { crm: { purchased: 25 } } };
    const w = await world(dialect, { people: people(200), groups: [{ name: "crm", members: [] }] });
    const outcomes = await w.run(logins(200).map((l) => w.step("assign", "group:crm", l)));
    expect(results(outcomes)).toEqual([
      ...Array.from({ length: 25 }, () => "done"),
      ...Array.from({ length: 175 }, () => "no-seats"),
    ]);
    expect(outcomes[25]?.problem?.hint).toContain("Buy more");
    expect(w.writes()).toBeLessThanOrEqual(16);
  });

  it("leavers make room for those who come in the same apply", async () => {
    const w = await world(
      { ...dialects.complete, seats: { crm: { purchased: 3 } } },
      { people: people(6), groups: [{ name: "crm", members: logins(3) }] },
    );
    const steps = [
      ...logins(6)
        .slice(3)
        .map((l) => w.step("assign", "group:crm", l)),
      ...logins(3).map((l) => w.step("unassign", "group:crm", l)),
    ];
    expect(new Set(results(await w.run(steps)))).toEqual(new Set(["done"]));
    expect(await groupMembers(at(w), "crm")).toEqual(logins(6).slice(3));
  });

  it("a seat that is released at the end of the cycle is pending until then, and counts until then", async () => {
    const releasesAt = new Date(Date.now() + 3_600_000).toISOString();
    const urn = "urn:seatwise:scim:schemas:extension:2.0:SeatPool";
    const w = await world(
      { ...dialects.complete, seats: { crm: { purchased: 5, releasesAt } } },
      { people: people(5), groups: [{ name: "crm", members: logins(4) }] },
    );
    const config = { seatExtension: urn };
    expect(await w.run([w.step("unassign", "group:crm", "p0001")], config)).toMatchObject([
      { result: "pending", until: releasesAt },
    ]);
    expect((await seatsOf(w, "group:crm", config)).find((s) => s.account === "p0001")?.endsAt).toBe(releasesAt);
    expect(await w.open(config).counters?.({ sku: "group:crm" }, signal)).toMatchObject({
      purchased: { value: 5, source: "vendor" },
      consumed: { value: 4 },
    });
    w.sim.clock.advance(3_600_001);
    expect((await seatsOf(w, "group:crm", config)).length).toBe(3);
  });

  it("a group that is gone: nobody can be added, and everybody is out already", async () => {
    const w = await world(dialects.complete, { people: people(4), groups: [{ name: "crm", members: logins(2) }] });
    const gone = async () => void (await ask(at(w), "DELETE", `/Groups/${w.ids.groups.get("crm")}`));
    expect(
      results(
        await w.run([w.step("unassign", "group:crm", "p0000"), w.step("assign", "group:crm", "p0003")], {}, gone),
      ),
    ).toEqual(["already", "not-found"]);
  });

  it("members of a group in the group hold the seat through it", async () => {
    const w = await world(dialects.complete, {
      people: people(4),
      groups: [
        { name: "inner", members: ["p0001", "p0002"] },
        { name: "crm", members: ["inner", "p0000", "p0001"] },
      ],
    });
    const seats = await seatsOf(w, "group:crm");
    expect(seats.map((s) => [s.account, s.inheritedFrom]).sort()).toEqual([
      ["p0000", undefined],
      ["p0001", undefined],
      ["p0002", "inner"],
    ]);
  });

  it("two groups of one name are told apart by id, and never guessed at", async () => {
    const w = await world(dialects.likeScim2Server, {
      people: people(1),
      groups: [{ name: "crm", members: ["p0000"] }],
    });
    await ask(at(w), "POST", "/Groups", { displayName: "crm" });
    const problem = await seatsOf(w, "group:crm").then(() => null, asProblem);
    expect(problem).toMatchObject({
      code: "conflict",
      hint: expect.stringContaining(`group:${w.ids.groups.get("crm")}`),
    });
    expect((await seatsOf(w, `group:${w.ids.groups.get("crm")}`)).length).toBe(1);
  });
});

describe("a service that cannot", () => {
  it("without PATCH nothing is written, least of all by PUT", async () => {
    const w = await world(
      { ...dialects.complete, patch: false },
      { people: people(2), groups: [{ name: "crm", members: ["p0000"] }] },
    );
    expect(results(await w.run([w.step("assign", "group:crm", "p0001")]))).toEqual(["unsupported"]);
    expect(w.writes()).toBe(0);
  });
  it("without filters it is read as lists", async () => {
    const w = await world(
      { ...dialects.complete, filter: false },
      { people: people(3), groups: [{ name: "crm", members: ["p0000"] }] },
    );
    expect(await holders(w, "group:crm")).toEqual(["p0000"]);
    expect((await w.open().accounts?.(["P0002@ACME.test", "nobody"], signal))?.size).toBe(1);
  });
});
