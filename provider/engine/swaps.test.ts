import { Problem } from "../core/problem.ts";
import { isRecord, type Value, type Values } from "../core/value.ts";
import { person, type World, world } from "../testing/memory-world.ts";
import { harness, pool } from "./runs.fixture.ts";

/** Two people have each other's license, by hand: what the plan says of it, and in which order it is undone. */
let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const tiers = ["crm", "crm-lite"].map((sku) => ({
  license: { connection: "people", sku },
  when: `user.title == "${sku}"`,
}));
const wanted: Values = { ...pool({ tiers }), license: undefined };
const seatsOf = (of: World, sku: string): string[] => [...(of.seats.get(sku)?.keys() ?? [])].sort();

/** ada and bob, each with their own license; and `others` who have the lesser one. */
const swapped = async (others: readonly string[]): Promise<World> => {
  const of = world([
    person("ada", { title: "crm" }),
    person("bob", { title: "crm-lite" }),
    ...others.map((id) => person(id, { title: "crm-lite" })),
  ]);
  h = harness(of);
  of.onWrite = (_n, { act, sku, to = sku, holder }) => {
    const seats = of.seats.get(to);
    if (act !== "unassign" && !seats?.has(holder) && (seats?.size ?? 0) >= (of.purchased ?? 99))
      throw new Problem("no-seats", `all ${of.purchased} seats of ${to} are taken`);
  };
  await h.up(wanted);
  // The connection is the same tenant, and somebody exchanged the two there.
  const [full, lite] = [of.seats.get("crm"), of.seats.get("crm-lite")];
  const [ada, bob] = [full?.get("ada"), lite?.get("bob")];
  if (!ada || !bob) throw new Error("nobody was assigned");
  for (const seats of [full, lite]) for (const who of ["ada", "bob"]) seats?.delete(who);
  lite?.set("ada", ada);
  full?.set("bob", bob);
  of.writes.length = 0;
  h.messages.length = 0;
  return of;
};
const adopting: Values = { ...wanted, ownership: "adopt" };
const listed = (list: Value | undefined): string =>
  isRecord(list) && Array.isArray(list.people)
    ? list.people.map((one) => (isRecord(one) ? `${String(one.person)} ${String(one.code)}` : "")).join(", ")
    : "";

test("over one free seat it is undone in one run, whatever the vendor does with a batch", async () => {
  const of = await swapped(["cy"]);
  for (let n = 0; n < 2; n++)
    of.seats.get("crm")?.set(`x${n}`, { holder: `x${n}`, account: `x${n}`, since: null, state: "active" });
  of.purchased = 3; // crm: bob and two others, none free; crm-lite: ada and cy, one free
  of.batched = (steps) => steps.toReversed();
  const done = await h.up(adopting);
  expect(done?.failures).toEqual([]);
  expect(of.writes).toEqual(["move bob crm→crm-lite", "move ada crm-lite→crm"]);
  expect([seatsOf(of, "crm"), seatsOf(of, "crm-lite")]).toEqual([
    ["ada", "x0", "x1"],
    ["bob", "cy"],
  ]);
  expect((await h.preview(adopting)).differs).toBe(false);
});

test("the first move fails: the second is not tried, since it has no seat; the next run does both", async () => {
  const of = await swapped([]);
  of.seats.get("crm")?.set("x0", { holder: "x0", account: "x0", since: null, state: "active" });
  of.purchased = 2;
  const allows = of.onWrite;
  of.onWrite = () => {
    throw new Problem("throttled", "the vendor answered 429");
  };
  const failed = await h.up(adopting);
  expect(listed(failed?.outputs.failed)).toBe("bob throttled, ada no-seats");
  expect(of.writes).toEqual([]);
  of.onWrite = allows;
  await h.up(adopting);
  expect(of.writes).toEqual(["move bob crm→crm-lite", "move ada crm-lite→crm"]);
});

test("a removal fails: the seat it would have freed is not given to anybody", async () => {
  const of = world([person("ada"), person("bob", { department: "ops" })]);
  h = harness(of);
  const one = (department: string): Values =>
    pool({ allotment: 1, rules: [{ claim: { name: "all", when: `user.department == "${department}"` } }] });
  await h.up(one("ops"));
  of.onWrite = (_n, { act }) => {
    if (act === "unassign") throw new Problem("throttled", "the vendor answered 429");
  };
  const failed = await h.up(one("eng"));
  expect(listed(failed?.outputs.failed)).toBe("bob throttled, ada no-seats");
  expect(seatsOf(of, "crm")).toEqual(["bob"]);
});

test("no seat is free: the plan has no step, and says all the same who is blocked, why, and what would help", async () => {
  const of = await swapped([]);
  of.purchased = 1;
  const first = await h.up(adopting);
  expect(of.writes).toEqual([]);
  expect(listed(first?.outputs.blocked)).toBe("ada no-seat-to-move, bob no-seat-to-move");
  h.messages.length = 0;
  expect((await h.preview(adopting)).differs).toBe(false);
  expect(h.messages.map(({ text }) => text).filter((text) => text.includes("2 people"))).toEqual([
    [
      "pool crm: 2 people cannot move to the license that they should have, since no seat of it is free. Free a seat or buy one. Where people would change places, one free seat of either license is enough.",
      "  - ada stays on people/crm-lite: no seat of people/crm is free. A free seat of either license would let them change places with others: free or buy one",
      "  - bob stays on people/crm: no seat of people/crm-lite is free. A free seat of either license would let them change places with others: free or buy one",
    ].join("\n"),
  ]);
});
