import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Values } from "../core/value.ts";
import { person, world } from "../testing/memory-world.ts";
import { lastPlans } from "./approval.ts";
import { harness, holders, owned, pool, rule } from "./runs.fixture.ts";
import type { Session } from "./verbs.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

type Pools = Readonly<Record<string, Values>>;

/** A preview and its update in one command, with all pools of the program, in the order of their names' list. */
const up = async (pools: Pools, order: readonly string[]): Promise<void> => {
  const run = h.nextRun();
  const enter = async (session: Session, name: string) => {
    const before = h.previous(name);
    const read = before ? await session.read(h.at(name), before) : null;
    const checked = await session.check(h.at(name), { name, ...pools[name] }, read);
    if (checked.problems[0]) throw checked.problems[0];
    const differs = read ? (await session.diff(h.at(name), checked.inputs, read)).differs : true;
    return { checked, differs, read };
  };
  const preview = h.open(run, run + 1);
  for (const name of order) await enter(preview, name);
  const update = h.open(run, run + 2);
  for (const name of order) {
    const { checked, differs, read } = await enter(update, name);
    if (differs) h.keep(name, await update.apply(h.at(name), checked.inputs, read));
  }
};

const eng = { claim: rule("eng", 'user.department == "eng"') };
const sales = { claim: rule("sales", 'user.department == "sales"') };
const two = () => world([person("ada", { department: "eng" }), person("bob", { department: "sales" })]);
const orders = [
  ["a", "b"],
  ["b", "a"],
];

test.each(orders)(
  "a pool that is split: who goes to the other pool keeps the seat (%s before %s)",
  async (...order) => {
    const of = two();
    h = harness(of);
    await up({ a: pool({ rules: [eng, sales] }) }, ["a"]);
    const split = { a: pool({ rules: [eng] }), b: pool({ rules: [sales], ownership: "adopt" }) };
    await up(split, order);
    expect(holders(of)).toEqual(["ada", "bob"]);
    expect(of.writes).toHaveLength(2);
    expect(owned(h.previous("a")?.record ?? null)).toEqual(["ada"]);
    expect(owned(h.previous("b")?.record ?? null)).toEqual(["bob"]);
    expect(h.messages.map(({ text }) => text)).toContainEqual(
      "pool a: 1 person keeps the seat that its plan takes, since pool b owns or claims them; a only lets go of them: bob",
    );
    const told = h.messages.length;
    await up(split, order);
    expect(of.writes).toHaveLength(2);
    expect(h.messages.slice(told).filter(({ level }) => level === "warning")).toEqual([]);
  },
);

test.each(orders)(
  "somebody who changes departments goes from pool to pool with their seat (%s before %s)",
  async (...order) => {
    const of = two();
    h = harness(of);
    const pools = { a: pool({ rules: [eng], ownership: "adopt" }), b: pool({ rules: [sales], ownership: "adopt" }) };
    await up(pools, order);
    of.people.set("ada", person("ada", { department: "sales" }));
    of.people.set("bob", person("bob", { department: "eng" }));
    await up(pools, order);
    expect(holders(of)).toEqual(["ada", "bob"]);
    expect(of.writes).toHaveLength(2);
    expect(owned(h.previous("a")?.record ?? null)).toEqual(["bob"]);
    expect(owned(h.previous("b")?.record ?? null)).toEqual(["ada"]);
  },
);

test.each(orders)(
  "an exclusive pool beside another one without a scope is an error that names people (%s before %s)",
  async (...order) => {
    const of = two();
    h = harness(of);
    const pools = { a: pool({ rules: [eng], ownership: "exclusive" }), b: pool({ rules: [sales] }) };
    await up({ b: pools.b }, ["b"]);
    await expect(up(pools, order)).rejects.toThrow(
      "pool a is exclusive and would take the seats of 1 person whom pool b owns or claims: bob",
    );
    expect(holders(of)).toEqual(["bob"]);
  },
);

test("without a preview nobody can know: what was taken is given back, and no message says that it stayed", async () => {
  const of = two();
  h = harness(of);
  await up({ a: pool({ rules: [eng, sales] }) }, ["a"]);
  const run = h.nextRun();
  const update = h.open(run, run + 1);
  const pools: Pools = { a: pool({ rules: [eng] }), b: pool({ rules: [sales] }) };
  for (const name of ["a", "b"]) {
    const before = h.previous(name);
    const checked = await update.check(h.at(name), { name, ...pools[name] }, before);
    h.keep(name, await update.apply(h.at(name), checked.inputs, before));
  }
  expect(holders(of)).toEqual(["ada", "bob"]);
  expect(h.messages.map(({ text }) => text).filter((text) => text.includes("keeps the seat"))).toEqual([]);
});

test.each(orders)(
  "an approval that is taken to another machine says whom to spare, too (%s before %s)",
  async (...order) => {
    const of = two();
    h = harness(of);
    await up({ a: pool({ rules: [eng, sales] }) }, ["a"]);
    const pools: Pools = { a: pool({ rules: [eng] }), b: pool({ rules: [sales], ownership: "adopt" }) };
    const run = h.nextRun();
    const preview = h.open(run, run + 1);
    for (const name of order) await preview.check(h.at(name), { name, ...pools[name] }, h.previous(name));
    const file = join(h.home, "approved.json");
    writeFileSync(file, JSON.stringify(lastPlans(h.home)));
    const elsewhere = h.open(run + 5000, 7, { SEATWISE_APPROVED: file });
    for (const name of order) {
      const before = h.previous(name);
      const checked = await elsewhere.check(h.at(name), { name, ...pools[name] }, before);
      h.keep(name, await elsewhere.apply(h.at(name), checked.inputs, before));
    }
    expect(holders(of)).toEqual(["ada", "bob"]);
    expect(of.writes).toHaveLength(2);
    expect(owned(h.previous("b")?.record ?? null)).toEqual(["bob"]);
  },
);
