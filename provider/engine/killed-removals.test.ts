import { Problem } from "../core/problem.ts";
import type { Values } from "../core/value.ts";
import { give, person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

/** As after a kill: the vendor has the writes and the journal has their lines, and the state is the old one. */
const killed = async (work: () => Promise<unknown>): Promise<void> => {
  const before = new Map(h.state);
  await work();
  h.state.clear();
  for (const [name, state] of before) h.state.set(name, state);
};

test("whom an exclusive pool took a seat from before it was killed counts towards its limit", async () => {
  const outsiders = Array.from({ length: 8 }, (_x, i) => `x${i}`);
  const of = world([person("ada"), ...outsiders.map((id) => person(id, { department: "sales" }))]);
  h = harness(of);
  const inputs = pool({ ownership: "exclusive", executionLimit: { removals: 4 } });
  await h.up(inputs);
  for (const id of outsiders.slice(0, 4)) give(of, "crm", id);
  await killed(() => h.up(inputs));
  expect(holders(of)).toEqual(["ada"]);
  for (const id of outsiders.slice(4)) give(of, "crm", id);
  await expect(h.up(inputs)).rejects.toThrow(
    /8 removals in 24 hours \(4 in this plan, of the 5 seats held now, and 4 before it\)/,
  );
});

test("who was leaving already is not counted a second time", async () => {
  const ids = Array.from({ length: 4 }, (_x, i) => `p${i}`);
  const of = world([person("ada"), ...ids.map((id) => person(id))]);
  h = harness(of);
  const inputs = (over: Values = {}) =>
    pool({ executionLimit: { removals: 4 }, gracePeriod: { unclaimed: "2d" }, ...over });
  await h.up(inputs());
  for (const id of ids) of.people.set(id, person(id, { department: "sales" }));
  await h.up(inputs());
  h.advance(2 * 86_400_000);
  await killed(() => h.up(inputs()));
  expect(holders(of)).toEqual(["ada"]);
  of.people.set("ada", person("ada", { department: "sales" }));
  const left = await h.up(inputs());
  expect(left).not.toBeInstanceOf(Problem);
  expect(left?.outputs.leaving).toMatchObject({ total: 1 });
});
