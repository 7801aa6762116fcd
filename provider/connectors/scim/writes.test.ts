import type { Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem } from "../../core/problem.ts";
import { systemClock } from "../http/clock.ts";
import type { Config } from "./config.ts";
import { connector } from "./connector.ts";
import { ask, enterpriseUrn, groupMembers, type ScimSeed, type Seeded, seedScim, setAttribute } from "./hands.ts";
import { type Dialect, dialects, type ScimSimulator, startScimSimulator } from "./simulator.ts";

const signal = AbortSignal.timeout(120_000);
const logins = (n: number, prefix = "p"): string[] =>
  Array.from({ length: n }, (_v, i) => `${prefix}${String(i).padStart(4, "0")}`);
const people = (n: number) => logins(n).map((login) => ({ login, email: `${login}@acme.test` }));

interface World {
  readonly sim: ScimSimulator;
  readonly ids: Seeded;
  open(config?: Partial<Config>): ReturnType<typeof connector.open>;
  step(act: SeatStep["act"], sku: string, login: string, to?: string): SeatStep;
  run(
    steps: readonly SeatStep[],
    config?: Partial<Config>,
    before?: (s: readonly SeatStep[]) => Promise<void>,
  ): Promise<Outcome[]>;
  /** Writes that the service saw. */
  writes(): number;
}
const running: ScimSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) {
    await sim.stop();
    expect(sim.bugs).toEqual([]);
  }
});
const world = async (dialect: Partial<Dialect>, seed: ScimSeed): Promise<World> => {
  const sim = await startScimSimulator({ dialect });
  running.push(sim);
  const ids = await seedScim({ baseUrl: sim.baseUrl, token: sim.token }, seed);
  sim.resetLog();
  const open = (config: Partial<Config> = {}) =>
    connector.open(
      { baseUrl: sim.baseUrl, token: sim.token, ...config },
      { connection: "crm", clock: systemClock, log: () => undefined },
    );
  return {
    sim,
    ids,
    open,
    step: (act, sku, login, to) => ({
      act,
      sku,
      holder: ids.people.get(login) ?? login,
      account: login,
      ...(to === undefined ? {} : { to }),
    }),
    async run(steps, config, before = async () => undefined) {
      const outcomes: Outcome[] = [];
      const apply = open(config).apply;
      if (!apply) throw new Error("the connector writes nothing");
      for await (const o of apply(steps, before, signal)) outcomes.push(o);
      return outcomes;
    },
    writes: () => sim.log.filter((l) => l.write).length,
  };
};
const at = ({ sim }: World) => ({ baseUrl: sim.baseUrl, token: sim.token });
const results = (outcomes: readonly Outcome[]): string[] => outcomes.map((o) => o.problem?.code ?? o.result);
const seatsOf = async (w: World, sku: string, config: Partial<Config> = {}) => {
  const seats = [];
  for await (const seat of w.open(config).seats?.({ sku }, signal) ?? []) seats.push(seat);
  return seats;
};
const holders = async (w: World, sku: string): Promise<(string | null)[]> =>
  (await seatsOf(w, sku)).map((s) => s.account).sort();

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
