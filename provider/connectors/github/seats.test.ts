import type { Person } from "../../core/person.ts";
import { applied, idOf, type Stand, seatsOf, shown, signal, stand, step } from "./world.fixture.ts";

const company = async (): Promise<Stand> => {
  const at = await stand();
  at.simulator.addAccount({ login: "boss", role: "admin" });
  for (const login of ["ada", "bob", "cem", "dee"]) at.simulator.addAccount({ login, email: `${login}@acme.test` });
  at.simulator.addTeam({ slug: "pilots", copilot: true });
  at.simulator.addTeam({ slug: "crew" });
  return at;
};
const writes = ({ simulator }: Stand): string[] =>
  simulator.log.filter((s) => s.write).map((s) => `${s.method} ${s.path} ${s.status}`);

describe("a Copilot seat", () => {
  test("that is cancelled stays until its cycle ends, and is gone then", async () => {
    const at = await company();
    at.simulator.giveCopilot("ada");
    expect(shown(await applied(at.open(), [step(at, "unassign", "copilot", "ada")]))).toEqual([
      "ada: pending until 2026-12-01",
    ]);
    const own = at.open();
    expect(await seatsOf(own, "copilot")).toMatchObject([{ account: "ada", endsAt: "2026-12-01T00:00:00.000Z" }]);
    expect(await own.counters?.({ sku: "copilot" }, signal)).toMatchObject({
      consumed: { value: 1 },
      cycleEndsAt: "2026-12-01T00:00:00.000Z",
    });
    at.clock.advance(21 * 86_400_000);
    expect(await seatsOf(at.open(), "copilot")).toEqual([]);
  });
  test("that waits for its end is pending again, not cancelled twice", async () => {
    const at = await company();
    at.simulator.giveCopilot("ada");
    at.simulator.takeCopilot("ada");
    expect(shown(await applied(at.open(), [step(at, "unassign", "copilot", "ada")]))).toEqual([
      "ada: pending until 2026-12-01",
    ]);
  });
  test("that waits for its end is revived by an assign", async () => {
    const at = await company();
    at.simulator.giveCopilot("ada");
    at.simulator.takeCopilot("ada");
    expect(shown(await applied(at.open(), [step(at, "assign", "copilot", "ada")]))).toEqual(["ada: done"]);
    expect(await seatsOf(at.open(), "copilot")).toEqual([expect.not.objectContaining({ endsAt: expect.anything() })]);
  });
  test("of a team is inherited, and nobody cancels it one by one; the others of the batch are", async () => {
    const at = await company();
    for (const login of ["ada", "bob", "cem"]) at.simulator.giveCopilot(login);
    at.simulator.addToTeam("pilots", "dee");
    expect((await seatsOf(at.open(), "copilot")).find((s) => s.account === "dee")?.inheritedFrom).toBe("team:pilots");
    const steps = ["ada", "dee", "bob", "cem"].map((who) => step(at, "unassign", "copilot", who));
    // A connector that has read the list does not ask; one that has not finds out.
    for (const known of [false, true]) {
      const own = at.open();
      if (known) await seatsOf(own, "copilot");
      const outcomes = await applied(own, steps);
      expect(outcomes.map((o) => o.result)).toEqual(["pending", "failed", "pending", "pending"]);
      expect(outcomes[1]?.problem?.message).toMatch(/dee has the Copilot seat through/);
      expect(outcomes[1]?.problem?.hint).toMatch(/team/);
    }
  });
  test("is bought for a hundred in one request, and asked about only where GitHub's count is another", async () => {
    const at = await company();
    const many = Array.from({ length: 250 }, (_x, i) => at.simulator.addAccount({ login: `n${i}` }).login);
    const own = at.open();
    await own.accounts?.(many, signal);
    at.simulator.resetLog();
    const outcomes = await applied(
      own,
      many.map((who) => step(at, "assign", "copilot", who)),
    );
    expect(outcomes.every((o) => o.result === "done")).toBe(true);
    expect(at.simulator.log.map((s) => s.path)).toEqual([
      "/orgs/acme/copilot/billing",
      ...Array.from({ length: 3 }, () => "/orgs/acme/copilot/billing/selected_users"),
    ]);
  });
  test("is not created for who is no member: only that one fails", async () => {
    const at = await company();
    at.simulator.addAccount({ login: "guest", role: "outside" });
    const outcomes = await applied(
      at.open(),
      ["ada", "guest", "bob"].map((who) => step(at, "assign", "copilot", who)),
    );
    expect(shown(outcomes)).toEqual(["ada: done", "guest: failed (invalid)", "bob: done"]);
  });
  test("is given to who the person is, whatever their login is now", async () => {
    const at = await company();
    const planned = step(at, "assign", "copilot", "ada");
    at.simulator.rename("ada", "countess");
    at.simulator.addAccount({ login: "ada" });
    expect(shown(await applied(at.open(), [planned]))).toEqual(["ada: done"]);
    expect((await seatsOf(at.open(), "copilot")).map((s) => s.account)).toEqual(["countess"]);
  });
  test("is neither given nor taken where everybody has one: no request is made in vain", async () => {
    const at = await company();
    at.simulator.setCopilot("assign_all");
    const outcomes = await applied(at.open(), [
      step(at, "assign", "copilot", "ada"),
      step(at, "unassign", "copilot", "bob"),
    ]);
    expect(outcomes.map((o) => o.problem?.code)).toEqual(["unsupported", "unsupported"]);
    expect(outcomes[0]?.problem?.message).toContain("assign_all");
    expect(writes(at)).toEqual([]);
  });
  test("that was bought though the answer was lost is not bought again", async () => {
    const at = await company();
    at.simulator.faults.on({ method: "POST", path: /selected_users/, nth: 1 }, { kind: "silence", commit: "after" });
    expect(shown(await applied(at.open(), [step(at, "assign", "copilot", "ada")]))).toEqual(["ada: done"]);
    expect(writes(at)).toHaveLength(1);
  });
  test("of an enterprise counts once though two of its organizations give it", async () => {
    const at = await company();
    at.simulator.giveCopilot("ada");
    const own = at.open({ organization: undefined, enterprise: "acme" });
    expect(await seatsOf(own, "copilot")).toHaveLength(1);
    expect(await own.counters?.({ sku: "copilot" }, signal)).toMatchObject({ consumed: { value: 1 } });
  });
});

describe("usage", () => {
  test("is the last use of Copilot; who never used it, or nobody saw, is unknown", async () => {
    const at = await company();
    for (const login of ["ada", "bob"]) at.simulator.giveCopilot(login);
    const used = at.clock.now() - 5 * 86_400_000;
    at.simulator.useCopilot("ada", used);
    const person = (login: string) => ({ id: `p-${login}`, login, email: `${login}@acme.test` }) as Person; // what usage() reads
    const report = await at.open().usage?.(["ada", "bob", "cem"].map(person), signal);
    expect(report?.usage.map((u) => [u.person, u.at])).toEqual([
      ["p-ada", new Date(used).toISOString()],
      ["p-bob", null],
      ["p-cem", null],
    ]);
    expect(Date.parse(report?.coverageFrom ?? "")).toBe(at.clock.now() - 90 * 86_400_000);
    const named = await at.open().usage?.([person("x")], signal, () => "ada");
    expect(named?.usage[0]?.at).toBe(new Date(used).toISOString());
  });
});

describe("a team", () => {
  test("keeps its maintainers: assigning one again asks first and writes nothing", async () => {
    const at = await company();
    at.simulator.addToTeam("crew", "ada");
    at.simulator
      .state()
      .teams.get("crew")
      ?.members.set(Number(idOf(at, "ada")), "maintainer");
    expect(shown(await applied(at.open(), [step(at, "assign", "team:crew", "ada")]))).toEqual(["ada: already"]);
    expect(writes(at)).toEqual([]);
  });
  test("invites who is not in the organization; the seat is an invitation until it is accepted", async () => {
    const at = await company();
    at.simulator.addAccount({ login: "guest", role: "outside" });
    expect(shown(await applied(at.open(), [step(at, "assign", "team:crew", "guest")]))).toEqual(["guest: accepted"]);
    expect(await seatsOf(at.open(), "team:crew")).toMatchObject([
      { account: "guest", state: "invited", holder: idOf(at, "guest") },
    ]);
    at.simulator.acceptInvitation("guest");
    expect(await seatsOf(at.open(), "team:crew")).toMatchObject([{ account: "guest", state: "active" }]);
  });
  test("shows who is in it through a team below", async () => {
    const at = await company();
    at.simulator.addTeam({ slug: "night", parent: "crew" });
    at.simulator.addToTeam("night", "ada");
    at.simulator.addToTeam("crew", "bob");
    const seats = await seatsOf(at.open(), "team:crew");
    expect(seats.map((s) => [s.account, s.inheritedFrom !== undefined])).toEqual([
      ["bob", false],
      ["ada", true],
    ]);
  });
  test.each(["team:crew", "enterprise"])(
    "of managed users has no invitations (%s): 404 is not an error there",
    async (sku) => {
      const at = await company();
      at.simulator.addToTeam("crew", "ada");
      at.simulator.faults.on({ path: /invitations/ }, { kind: "status", status: 404 });
      expect((await seatsOf(at.open(), sku)).map((s) => s.account)).toContain("ada");
      at.simulator.faults.clear();
      at.simulator.faults.on({ path: /invitations/ }, { kind: "status", status: 403 });
      await expect(seatsOf(at.open(), sku)).rejects.toMatchObject({ code: "denied" });
    },
  );
  test("is found by its name as well as by its slug", async () => {
    const at = await company();
    at.simulator.addTeam({ slug: "night-shift", name: "Night Shift" });
    expect(await at.open().sku?.("team:Night Shift", signal)).toEqual({ sku: "team:night-shift", name: "Night Shift" });
  });
});

test("only Copilot is bought by an assign and ends with its cycle", async () => {
  const { open } = await company();
  expect(["copilot", "team:crew", "enterprise"].map((sku) => open().terms?.({ sku }))).toEqual([
    {},
    { release: "immediate", buysOnAssign: false },
    { release: "immediate", buysOnAssign: false },
  ]);
});

describe("a license of the enterprise", () => {
  test("is an invitation, then a membership; purchased is the enterprise's number", async () => {
    const at = await company();
    at.simulator.addAccount({ login: "new", role: "outside" });
    at.simulator.setPurchased(6);
    const own = () => at.open({ enterprise: "acme" });
    expect(shown(await applied(own(), [step(at, "assign", "enterprise", "new")]))).toEqual(["new: accepted"]);
    expect(await own().counters?.({ sku: "enterprise" }, signal)).toMatchObject({
      purchased: { value: 6 },
      consumed: { value: 6 },
    });
    expect((await seatsOf(own(), "enterprise")).find((s) => s.account === "new")?.state).toBe("invited");
    at.simulator.acceptInvitation("new");
    expect((await seatsOf(own(), "enterprise")).find((s) => s.account === "new")?.state).toBe("active");
  });
  test("that is not there is not given, and the reason is told", async () => {
    const at = await company();
    at.simulator.addAccount({ login: "new", role: "outside" });
    at.simulator.setPurchased(5);
    const [outcome] = await applied(at.open(), [step(at, "assign", "enterprise", "new")]);
    expect(outcome?.problem?.code).toBe("no-seats");
    expect(outcome?.problem?.hint).toMatch(/Buy/);
  });
  test("makes no ordinary member of an owner", async () => {
    const at = await company();
    expect(shown(await applied(at.open(), [step(at, "assign", "enterprise", "boss")]))).toEqual(["boss: already"]);
    expect(at.simulator.state().members.get(Number(idOf(at, "boss")))?.role).toBe("admin");
  });
  test("takes the person out when it is taken, and says so beforehand", async () => {
    const at = await company();
    expect(at.open().deactivates?.({ sku: "enterprise" })).toBe(true);
    expect(at.open().deactivates?.({ sku: "copilot" })).toBe(false);
    expect(shown(await applied(at.open(), [step(at, "unassign", "enterprise", "ada")]))).toEqual(["ada: done"]);
    expect(at.simulator.state().members.has(Number(idOf(at, "ada")))).toBe(false);
  });
  test("that comes through an enterprise team is not taken here", async () => {
    const at = await company();
    at.simulator.through("ada", "ent:everybody");
    const [outcome] = await applied(at.open(), [step(at, "unassign", "enterprise", "ada")]);
    expect(outcome?.problem?.message).toMatch(/ent:everybody/);
  });
});
