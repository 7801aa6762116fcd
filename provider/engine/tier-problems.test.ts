import { Problem, Problems } from "../core/problem.ts";
import type { Values } from "../core/value.ts";
import { person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const direct: Values = { connection: "people", sku: "crm" };
const through = (group: string): Values => ({ ...direct, via: { connection: "idp", group } });
const systems = () => {
  const [vendor, idp] = [world([person("ada"), person("bob")]), world([person("ada"), person("bob")])];
  idp.seats.set("group:crm-app", new Map()).set("group:crm-new", new Map());
  vendor.purchased = 10;
  return { vendor, idp };
};
const refusals = async (work: Promise<unknown>): Promise<readonly string[]> =>
  work.then(
    () => [],
    (error: unknown) => {
      const all = error instanceof Problems ? error.all : error instanceof Problem ? [error] : null;
      return all ? all.map(({ path, message }) => `${path.join(".")}: ${message}`) : Promise.reject(error);
    },
  );

test("one license in two tiers is refused: an exclusive pool would find a second seat with everybody", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  const interns = 'user.department == "interns"';
  const tiers = (...licenses: Values[]) =>
    pool({
      license: undefined,
      tiers: licenses.map((license, i) => (i === 0 ? { license, when: interns } : { license })),
      ownership: "exclusive",
    });
  expect(await refusals(h.up(tiers(direct, direct)))).toEqual([
    "tiers.1.license: tiers 1 and 2 are the same license, people/crm",
  ]);
  const lite = { ...direct, sku: "crm-lite", via: { connection: "idp", group: "crm-app" } };
  expect(await refusals(h.up(tiers(through("crm-app"), lite)))).toEqual([
    "tiers.1.license: tiers 1 and 2 are the same seats, of idp/group:crm-app",
  ]);
  expect([...vendor.writes, ...idp.writes]).toEqual([]);
});

describe("seats that are written at another place from now on would stay with their leavers for ever", () => {
  test.each([
    {
      name: "directly, then through a group",
      before: direct,
      after: through("crm-app"),
      from: "people/crm",
      to: "idp/group:crm-app",
    },
    {
      name: "through a group, then directly",
      before: through("crm-app"),
      after: direct,
      from: "idp/group:crm-app",
      to: "people/crm",
    },
    {
      name: "through another group",
      before: through("crm-app"),
      after: through("crm-new"),
      from: "idp/group:crm-app",
      to: "idp/group:crm-new",
    },
  ])("refused: $name", async ({ before, after, from, to }) => {
    const { vendor, idp } = systems();
    h = harness(vendor, "account", { idp });
    await h.up(pool({ license: before }));
    const written = [...vendor.writes, ...idp.writes];
    expect(await refusals(h.up(pool({ license: after })))).toEqual([
      `license.via: pool crm has given 2 seats of people/crm at ${from}, and would give them at ${to} from now on: nobody would take the old ones back`,
    ]);
    expect([...vendor.writes, ...idp.writes]).toEqual(written);
    expect((await h.preview(pool({ license: before }))).differs).toBe(false);
  });

  test("a pool of another name begins anew, and the old one's seats go by its onDestroy", async () => {
    const { vendor, idp } = systems();
    h = harness(vendor, "account", { idp });
    await h.up(pool({ license: direct, onDestroy: "release" }));
    const old = h.previous("crm");
    if (!old) throw new Error("nothing was applied");
    await h.up(pool({ name: "crm-via", license: through("crm-app") }), undefined, "crm-via");
    const run = h.nextRun();
    await h.open(run, run + 1).remove(h.at("crm"), old);
    expect(holders(vendor)).toEqual([]);
    expect([...(idp.seats.get("group:crm-app")?.keys() ?? [])]).toEqual(["ada", "bob"]);
  });

  test("a group that was renamed or is gone keeps nobody", async () => {
    const { vendor, idp } = systems();
    h = harness(vendor, "account", { idp });
    await h.up(pool({ license: through("crm-app") }));
    idp.seats.set("group:crm-new", idp.seats.get("group:crm-app") ?? new Map());
    idp.seats.delete("group:crm-app");
    await h.up(pool({ license: through("crm-new") }));
    expect(idp.writes).toEqual(["assign ada group:crm-app", "assign bob group:crm-app"]);
  });
});

test("a group that is gone stops no refresh: the plan of what the program names now says what is wrong, and a destroy goes on", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  await h.up(pool({ license: through("crm-app") }));
  idp.seats.delete("group:crm-app");
  expect(await refusals(h.preview(pool({ license: through("crm-app") })))).toEqual([
    'license.via: there is no SKU "group:crm-app"',
  ]);
  expect(h.messages.map(({ text }) => text)).toContain(
    'pool crm is not refreshed, and keeps what its state has: there is no SKU "group:crm-app"',
  );
  const state = h.previous("crm");
  if (!state) throw new Error("nothing was applied");
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  const seen = await session.read(h.at("crm"), state);
  expect(seen?.record).toBe(state.record);
  const license = { type: "License", key: "urn::license", name: "license" };
  const sold = { ...h.at("license"), ...license };
  const made = await session.apply(sold, { name: "license", ...direct }, null);
  vendor.seats.delete("crm");
  const after = h.open(run + 1, run + 2);
  const kept = { id: made.id, inputs: made.inputs, outputs: made.outputs, record: null };
  expect((await after.read(sold, kept))?.outputs).toEqual(made.outputs);
  await expect(after.read(sold, { ...kept, inputs: null })).rejects.toThrow(/there is no SKU/);
});
