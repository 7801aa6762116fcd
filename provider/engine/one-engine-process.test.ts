import { person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

/** `terraform test` and `pulumi watch` run one command after another in one process: what marks a replace in one is none in the next. */
test("a pool that an earlier command of the same engine process created is destroyed as any other", async () => {
  const of = world([person("ada"), person("bob")]);
  h = harness(of);
  const inputs = pool({ onDestroy: "release" });
  const run = h.nextRun();
  const creating = h.open(run, run + 1);
  const checked = await creating.check(h.at("crm"), inputs, null);
  const made = h.keep("crm", await creating.apply(h.at("crm"), checked.inputs, null));
  expect(holders(of)).toEqual(["ada", "bob"]);

  const destroying = h.open(run, run + 2);
  const seen = await destroying.read(h.at("crm"), { ...made, inputs: made.inputs });
  if (!seen) throw new Error("the pool is gone");
  const removal = await destroying.planRemoval(h.at("crm"), seen);
  expect(removal.seats.map(({ holder }) => holder).sort()).toEqual(["ada", "bob"]);
  await h.open(run, run + 3).remove(h.at("crm"), seen, removal);
  expect(holders(of)).toEqual([]);
});
