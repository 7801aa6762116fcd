import { person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

test("where a preview could not read whom a removal would release, the removal is refused and the pool stays", async () => {
  const of = world([person("ada")]);
  h = harness(of);
  await h.up(pool({ onDestroy: "release" }));
  const state = h.previous("crm");
  const seats = of.seats.get("crm");
  if (!state || !seats) throw new Error("nothing was applied");
  const destroy = async (run: number, disturbed: boolean) => {
    const preview = h.open(run, run + 1);
    if (disturbed) of.seats.delete("crm"); // as a vendor that is out of reach
    await preview.read(h.at("crm"), state);
    const told = await preview.farewell();
    of.seats.set("crm", seats);
    await h.open(run, run + 2).remove(h.at("crm"), state);
    return told;
  };
  await expect(destroy(h.nextRun(), true)).rejects.toThrow(
    /^crm is not removed: in the preview, whom a removal would release could not be read: there is no SKU/,
  );
  expect(holders(of)).toEqual(["ada"]);
  await destroy(h.nextRun(), false);
  expect(holders(of)).toEqual([]);
});
