import { all, duty, emails, plus, results, signal, standard, world } from "./world.fixture.ts";

const licensing = /^\/apps\/licensing\//;

it("10,000 seats are read with the fewest licence pages, one a second, and never refused", async () => {
  const people = emails(10_000);
  const w = await world(people);
  for (const email of people) w.google.hands.license(plus, email);
  const began = w.clock.now();
  expect((await all(w.open(), plus)).length).toBe(10_000);
  const asked = w.google.log.filter(({ path }) => licensing.test(path));
  // 100 pages of 100; the first is read four times, because more was asked for than came.
  expect(asked.length).toBe(103);
  expect(w.google.log.filter(({ path }) => path.startsWith("/admin/directory/v1/users?")).length).toBeLessThanOrEqual(
    24,
  );
  expect(w.google.log.filter(({ status }) => status >= 400)).toEqual([]);
  // 90 % of one a second.
  expect((w.clock.now() - began) / 1000).toBeLessThan(103 / 0.9 + 2);
});

it("assigning is one request a person, told as it is done, at nine in ten seconds", async () => {
  const people = emails(300);
  const w = await world(people);
  const steps = people.map((email) => w.step("assign", plus, email));
  const connector = w.open();
  const began = w.clock.now();
  const told: number[] = [];
  for await (const { result } of duty(connector, "apply")(steps, async () => undefined, signal)) {
    expect(result).toBe("done");
    told.push(w.clock.now() - began);
  }
  const asked = w.google.log.filter(({ path }) => licensing.test(path));
  expect([asked.length, asked.filter(({ status }) => status !== 200).length]).toEqual([300, 0]);
  // The first outcome comes at once, and not with the last.
  expect(told[0]).toBeLessThan(5000);
  const promised = duty(connector, "takesMs")(steps);
  expect(told.at(-1)).toBeGreaterThan(0.95 * promised);
  expect(told.at(-1)).toBeLessThan(1.05 * promised);
});

it("says how long writes will take: 10,000 licences 3 h 5 min, a move within a product as long as an assign", async () => {
  const w = await world([]);
  const of = (n: number, sku: string, to?: string): number =>
    duty(w.open(), "takesMs")(Array.from({ length: n }, () => w.step(to ? "move" : "assign", sku, "a@acme.test", to)));
  expect(of(10_000, plus)).toBe(11_111_111);
  expect(of(9, plus, standard)).toBe(10_000);
  expect(of(9, plus, "Google Vault")).toBe(20_000);
  expect(of(2160, "group:team@acme.test")).toBe(60_000);
  expect(duty(w.open({ licensesPerMinute: 600 }), "takesMs")([w.step("assign", plus, "a@acme.test")])).toBe(111);
});

it("two connections to one organisation share the quota, so neither is refused", async () => {
  const people = emails(40);
  const w = await world(people);
  const [one, two] = [people.slice(0, 20), people.slice(20)].map((some) => some.map((e) => w.step("assign", plus, e)));
  const outcomes = await Promise.all([w.run(one ?? []), w.run(two ?? [])]);
  expect(results(outcomes.flat()).every((r) => r === "done")).toBe(true);
  expect(w.google.log.filter(({ status }) => status === 503)).toEqual([]);
});

it("a run that ends early loses nothing: the next one does the rest, and only that", async () => {
  const people = emails(30);
  const w = await world(people);
  const steps = people.map((email) => w.step("assign", plus, email));
  const stop = new AbortController();
  const done: string[] = [];
  const first = (async () => {
    for await (const { step } of duty(w.open(), "apply")(steps, async () => undefined, stop.signal)) {
      done.push(step.account);
      if (done.length === 12) stop.abort();
    }
  })();
  await expect(first).rejects.toBeDefined();
  expect(w.google.hands.licensed(plus)).toEqual(expect.arrayContaining(done));
  const again = results(await w.run(steps));
  expect(again.filter((r) => r === "already").length).toBeGreaterThanOrEqual(12);
  expect(again.filter((r) => r === "done").length + again.filter((r) => r === "already").length).toBe(30);
  expect(w.google.hands.licensed(plus)).toEqual([...people].sort());
});

it("others who use the quota too are waited for: a 503 is a limit, and no seat is lost or given twice", async () => {
  const people = emails(12);
  const w = await world(people);
  w.google.faults.on({ path: licensing, probability: 0.3 }, { kind: "limit", status: 503 });
  const outcomes = await w.run(people.map((email) => w.step("assign", plus, email)));
  expect(w.google.faults.met()).toBeGreaterThan(2);
  expect(results(outcomes).filter((r) => r !== "done")).toEqual([]);
  expect(w.google.hands.licensed(plus)).toEqual([...people].sort());
});

it("when the License Manager answers nothing, an apply ends in an hour and not in weeks, and says of whom it was not tried", async () => {
  const people = emails(500);
  const w = await world(people);
  w.google.faults.on({ path: licensing }, { kind: "status", status: 503 });
  const began = w.clock.now();
  const outcomes = await w.run(people.map((email) => w.step("assign", plus, email)));
  expect(results(outcomes)).toEqual(people.map(() => "unreachable"));
  expect(w.clock.now() - began).toBeLessThan(3_600_000);
  expect(outcomes.filter(({ problem }) => problem?.message.includes("was not tried")).length).toBeGreaterThan(480);
  w.google.faults.clear();
  const again = await w.run(people.slice(0, 20).map((email) => w.step("assign", plus, email)));
  expect(results(again)).toEqual(again.map(() => "done"));
});

it("the Directory's 403 userRateLimitExceeded is a limit and no refusal", async () => {
  const w = await world(emails(3), { quotas: { directory: { limit: 2, perMs: 60_000 } } });
  const { people } = await duty(w.open({ pageSize: 2 }), "people")({ match: null, groups: [], also: [] }, signal);
  expect(people.length).toBe(4);
  expect(w.google.log.some(({ status }) => status === 403)).toBe(true);
});
