import { all, duty, emails, plus, results, signal, standard, world } from "./world.fixture.ts";

const holders = async (...given: Parameters<typeof all>): Promise<string[]> =>
  (await all(...given)).map(({ holder }) => holder).sort();

describe("the License Manager knows addresses, we know people", () => {
  it("a rename is neither a leaver nor a joiner", async () => {
    const [a = "", b = ""] = emails(2);
    const w = await world([a, b]);
    for (const email of [a, b]) w.google.hands.license(plus, email);
    const before = await holders(w.open(), plus);
    w.google.hands.changeUser(a, { email: "ada.lovelace@acme.test" });
    expect(await holders(w.open(), plus)).toEqual(before);
    const [renamed] = (await all(w.open(), plus)).filter(({ holder }) => holder === w.id(a));
    expect(renamed?.account).toBe("ada.lovelace@acme.test");
  });

  it("who was renamed between plan and apply is written under the new address", async () => {
    const [a = "", b = ""] = emails(2);
    const w = await world([a, b]);
    w.google.hands.license(plus, b);
    const steps = [w.step("assign", plus, a), w.step("move", plus, b, standard)];
    w.google.hands.changeUser(a, { email: "new-a@acme.test" });
    w.google.hands.changeUser(b, { email: "new-b@acme.test" });
    expect(results(await w.run(steps))).toEqual(["done", "done"]);
    expect(w.google.hands.licensed(plus)).toEqual(["new-a@acme.test"]);
    expect(w.google.hands.licensed(standard)).toEqual(["new-b@acme.test"]);
  });

  it("who is renamed while the apply runs is written under the new address", async () => {
    const people = emails(6);
    const w = await world(people);
    const steps = people.map((email) => w.step("assign", plus, email));
    const last = people.at(-1) ?? "";
    const outcomes = [];
    for await (const one of duty(w.open(), "apply")(steps, async () => undefined, signal)) {
      outcomes.push(one);
      if (outcomes.length === 1) w.google.hands.changeUser(last, { email: "renamed@acme.test" });
    }
    expect(results(outcomes)).toEqual(people.map(() => "done"));
    expect(w.google.hands.licensed(plus)).toContain("renamed@acme.test");
  });

  it("an address of another organisation, or of a group, is nobody's account and no error", async () => {
    const [a = ""] = emails(1);
    const w = await world([a]);
    w.google.hands.addGroup("team@acme.test");
    const found = await duty(w.open(), "accounts")(["ada@elsewhere.test", "team@acme.test", a], signal);
    expect([...found.keys()]).toEqual([a]);
    w.google.deny("users");
    await expect(duty(w.open(), "accounts")(["ada@elsewhere.test"], signal)).rejects.toMatchObject({ code: "denied" });
    await expect(duty(w.open(), "accounts")([a], signal)).rejects.toMatchObject({ code: "denied" });
  });

  it("an address that was given to somebody else is theirs", async () => {
    const [a = ""] = emails(1);
    const w = await world([a]);
    w.google.hands.license(plus, a);
    w.google.hands.deleteUser(a);
    const other = w.google.hands.addUser({ email: a, lastName: "Another" });
    w.google.hands.license(plus, a);
    expect(await holders(w.open(), plus)).toEqual([other]);
    // The one who left holds nothing, and taking nothing is done; the newcomer's licence stays.
    expect(results(await w.run([w.step("unassign", plus, a)]))).toEqual(["already"]);
    expect(w.google.hands.licensed(plus)).toEqual([a]);
  });

  it("more holders than a few are found in the list of people, few by themselves", async () => {
    const people = emails(60);
    const w = await world(people);
    for (const email of people.slice(0, 5)) w.google.hands.license(plus, email);
    const asked = (path: RegExp): number => w.google.log.filter((l) => path.test(l.path)).length;
    await all(w.open(), plus);
    expect([asked(/\/directory\/v1\/users\?/), asked(/\/users\/p0/)]).toEqual([0, 5]);
    for (const email of people.slice(5)) w.google.hands.license(plus, email);
    w.google.resetLog();
    await all(w.open(), plus);
    expect([asked(/\/directory\/v1\/users\?/), asked(/\/users\/p0/)]).toEqual([1, 0]);
  });

  it("a licence whose address the directory does not know is a seat all the same, and said", async () => {
    const people = emails(3);
    const w = await world(people);
    for (const email of people) w.google.hands.license(plus, email);
    w.google.faults.on(
      { path: /\/users\/p00001/ },
      {
        kind: "status",
        status: 404,
        body: { error: { code: 404, message: "Resource Not Found: userKey", errors: [{ reason: "notFound" }] } },
      },
    );
    const seats = await all(w.open(), plus);
    expect(seats.length).toBe(3);
    expect(seats.find(({ holder }) => holder === "p00001@acme.test")?.state).toBe("suspended");
    expect(w.logged.join("\n")).toContain("p00001@acme.test");
  });
});

describe("what Google refuses is told per person, with what to do", () => {
  it("no licence left, another SKU of the product, automatic licences: one fails, the others do not", async () => {
    const people = emails(4);
    const [a = "", b = "", c = "", d = ""] = people;
    const w = await world(people, {
      purchased: { "1010020020": 2, "1010020028": 5 },
      automatic: { "1010020028": ["/Sales"] },
    });
    const { hands } = w.google;
    hands.license(plus, a);
    hands.license(standard, b);
    hands.changeUser(c, { orgUnitPath: "/Sales" });
    hands.license(standard, c);
    const outcomes = await w.run([
      w.step("assign", plus, b),
      w.step("unassign", standard, c),
      w.step("assign", plus, d),
      w.step("move", standard, b, plus),
    ]);
    expect(results(outcomes)).toEqual(["conflict", "unsupported", "done", "no-seats"]);
    const told = outcomes.map(({ problem }) => `${problem?.message} ${problem?.hint}`);
    expect(told[0]).toMatch(/tiers/);
    expect(told[1]).toMatch(/autoLicensed/);
    expect(told[3]).toMatch(/Buy more/);
    expect(told.filter((_t, i) => i !== 2).every((t, i) => t.includes([b, c, b][i] ?? ""))).toBe(true);
    // The move that found no licence left its person with the old one.
    expect(hands.licensed(standard)).toContain(b);
  });

  it("seats in units that Google licenses automatically are inherited, where the units are named", async () => {
    const [a = "", b = ""] = emails(2);
    const w = await world([a, b]);
    w.google.hands.changeUser(a, { orgUnitPath: "/Sales/EMEA" });
    w.google.hands.changeUser(b, { orgUnitPath: "/Salesforce" });
    for (const email of [a, b]) w.google.hands.license(plus, email);
    const seats = await all(w.open({ autoLicensed: ["/Sales"] }), plus);
    const inherited = new Map(seats.map((s) => [s.account, s.inheritedFrom]));
    expect([inherited.get(a), inherited.get(b)]).toEqual(["organisational unit /Sales", undefined]);
  });

  it("a move across products gives before it takes, and says so when the second half fails", async () => {
    const [a = "", b = ""] = emails(2);
    const w = await world([a, b]);
    for (const email of [a, b]) w.google.hands.license(plus, email);
    expect(results(await w.run([w.step("move", plus, a, "Google Vault")]))).toEqual(["done"]);
    w.google.faults.on({ method: "DELETE" }, { kind: "status", status: 500 });
    const [outcome] = await w.run([w.step("move", plus, b, "Google Vault")]);
    expect(outcome?.problem?.message).toMatch(/has Google Vault now and still has/);
    expect(w.google.hands.licensed("Google Vault")).toEqual([a, b].sort());
    expect(w.google.hands.licensed(plus)).toEqual([b]);
  });

  it.each(["silence", "reset"] as const)("an answer lost to %s is looked up and never written twice", async (kind) => {
    const people = emails(3);
    const [a = "", b = "", c = ""] = people;
    const w = await world(people);
    w.google.hands.license(plus, b);
    w.google.hands.license(plus, c);
    for (const method of ["POST", "PATCH", "DELETE"])
      w.google.faults.on({ method, nth: 1, path: /^\/apps/ }, { kind, commit: "after" });
    const outcomes = await w.run([
      w.step("assign", plus, a),
      w.step("move", plus, b, standard),
      w.step("unassign", plus, c),
    ]);
    expect(results(outcomes).every((r) => r === "done" || r === "already")).toBe(true);
    const writes = (method: string): number =>
      w.google.log.filter((l) => l.method === method && /^\/apps/.test(l.path)).length;
    expect([writes("POST"), writes("PATCH")]).toEqual([1, 1]);
    expect([w.google.hands.licensed(plus), w.google.hands.licensed(standard)]).toEqual([[a], [b]]);
  });

  it("lists that lag behind a write harm nothing: single questions are answered at once", async () => {
    const people = emails(5);
    const w = await world(people);
    w.google.setLag(60_000);
    const steps = people.map((email) => w.step("assign", plus, email));
    expect(results(await w.run(steps)).every((r) => r === "done")).toBe(true);
    expect(results(await w.run(steps)).every((r) => r === "already")).toBe(true);
    w.clock.advance(60_000);
    expect((await all(w.open(), plus)).length).toBe(5);
  });
});

describe("groups as seats", () => {
  it("members of groups inside it, and the whole organisation, are inherited; direct ones can be taken", async () => {
    const people = emails(4);
    const [a = "", b = "", c = ""] = people;
    const w = await world(people);
    const { hands } = w.google;
    for (const name of ["figma", "design", "all"]) hands.addGroup(`${name}@acme.test`, name);
    hands.join("figma@acme.test", a);
    hands.join("figma@acme.test", "design@acme.test");
    hands.join("design@acme.test", b);
    const through = (await all(w.open(), "group:figma@acme.test")).map((s) => [
      s.account,
      s.inheritedFrom !== undefined,
    ]);
    expect(through.sort()).toEqual([
      [a, false],
      [b, true],
    ]);
    hands.join("all@acme.test", "CUSTOMER");
    const everybody = await all(w.open(), "group:all");
    expect([everybody.length, everybody.every((s) => s.inheritedFrom)]).toEqual([5, true]);
    expect(
      results(
        await w.run([w.step("unassign", "group:figma@acme.test", a), w.step("assign", "group:figma@acme.test", c)]),
      ),
    ).toEqual(["done", "done"]);
    const { people: known } = await duty(w.open(), "people")(
      { match: null, groups: ["all", "figma@acme.test"], also: [] },
      signal,
    );
    const groupsOf = new Map(known.map((p) => [p.email, p.groups]));
    expect(groupsOf.get(b)).toEqual(["all", "figma", "figma@acme.test"]);
    expect(groupsOf.get(a)).toEqual(["all"]);
  });
});
