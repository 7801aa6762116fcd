import { Problem, Problems } from "../core/problem.ts";
import { isRecord, type Values } from "../core/value.ts";
import { person, type World, world } from "../testing/memory-world.ts";
import { changesOf, harness, pool } from "./runs.fixture.ts";

/** Seats that are counted at one system and written at another: an app's group at an identity provider in front of a vendor. */
let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const group = "group:crm-app";
const people = (): World => world([person("ada"), person("bob"), person("cy", { department: "sales" })]);
/** The vendor is `people`, whose seats are `crm`; the group is at `idp`. */
const systems = (): { vendor: World; idp: World } => {
  const [vendor, idp] = [people(), people()];
  idp.seats.set(group, new Map());
  vendor.purchased = 3;
  return { vendor, idp };
};
const commitments = [{ quantity: 3, type: "flexible", price: { amount: "19.00", currency: "USD", per: "month" } }];
const license = (sku = "crm"): Values => ({
  connection: "people",
  sku,
  commitments,
  via: { connection: "idp", group: "crm-app" },
});
const inputs = (over: Values = {}): Values => pool({ license: license(), ...over });
const problemOf = async (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: unknown) => {
      const first = error instanceof Problems ? error.all[0] : error;
      return first instanceof Problem ? first : Promise.reject(error);
    },
  );

test("the vendor's counters, the other system's seats; nothing is written at the vendor", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  const done = await h.up(inputs());
  expect(idp.writes).toEqual([`assign ada ${group}`, `assign bob ${group}`]);
  expect(vendor.writes).toEqual([]);
  expect(done?.outputs).toMatchObject({ purchased: 3, owned: 2, consumed: 2, monthlyCost: "38.00" });
  expect((await h.preview(inputs())).differs).toBe(false);
});

test("its position has the vendor's counts and their money", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  vendor.seats.get("crm")?.set("ada", { holder: "ada", account: "ada", since: null, state: "active" });
  expect(await session.invoke("licensePosition", { license: license() }, h.at("x"))).toEqual({
    purchased: 3,
    consumed: 1,
    available: 2,
    shortfall: 0,
    monthlyCost: "19.00",
    currency: "USD",
  });
});

test("who has no account where seats are written is named, with the system that lacks it", async () => {
  const { vendor, idp } = systems();
  idp.strangers = new Set(["bob"]);
  h = harness(vendor, "account", { idp });
  const done = await h.up(inputs());
  expect(idp.writes).toEqual([`assign ada ${group}`]);
  const { blocked } = done?.outputs ?? {};
  expect(isRecord(blocked) && blocked.people).toEqual([
    {
      person: "bob",
      code: "no_account",
      reason: "bob has no account at idp, through which seats of people/crm are given",
    },
  ]);
});

test("no account at the vendor itself does not matter: nobody writes there", async () => {
  const { vendor, idp } = systems();
  vendor.strangers = new Set(["bob"]);
  h = harness(vendor, "account", { idp });
  await h.up(inputs());
  expect(idp.writes).toHaveLength(2);
});

describe("a condition that reads the group which the pool writes", () => {
  const own = (): Values => ({ ...license(), via: { connection: "people", group: "crm-app" } });
  const reads = '"crm-app" in user.groups';
  const writing = (): World => {
    const { vendor } = systems();
    vendor.seats.set(group, new Map());
    vendor.writesTo = () => ["crm-app"];
    return vendor;
  };
  test.each([
    [
      "a rule",
      { rules: [{ claim: { name: "eng", when: reads } }] },
      'rule "eng" reads group "crm-app"',
      "rules.0.claim.when",
    ],
    ["the scope", { scope: reads }, 'the scope reads group "crm-app"', "scope"],
    ["the exemption", { exempt: { when: reads } }, 'the exemption reads group "crm-app"', "exempt.when"],
    [
      "a tier's condition",
      { license: undefined, tiers: [{ license: own(), when: reads }] },
      'tier 1\'s condition reads group "crm-app"',
      "tiers.0.when",
    ],
  ])("%s: a cycle, with its place", async (_what, over, says, path) => {
    h = harness(writing());
    const problem = await problemOf(h.preview(inputs({ license: own(), ...over })));
    expect(problem.message).toContain(says);
    expect(problem.path.join(".")).toBe(path);
  });
  test("at a system that people are not read from it is another group of that name", async () => {
    const { vendor, idp } = systems();
    idp.writesTo = () => ["crm-app"];
    vendor.people.set("ada", person("ada", { groups: ["crm-app"] }));
    h = harness(vendor, "account", { idp });
    const rules = [{ claim: { name: "eng", when: reads } }];
    expect(changesOf((await h.preview(inputs({ rules }))).checked.inputs)).toEqual({ assign: ["ada"] });
  });
});

test("two licenses through one group: pools that claim the same people are refused, and people named", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  const first = await session.check(h.at("one"), inputs({ name: "one" }), null);
  expect(first.problems).toEqual([]);
  const problem = await problemOf(session.check(h.at("two"), inputs({ license: license("crm-lite") }), null));
  expect(problem.message).toBe(`two pools claim the same 2 people for idp/${group}: ada, bob`);
});

test("a pool that goes releases nobody whom another one claims through the same group", async () => {
  const { vendor, idp } = systems();
  h = harness(vendor, "account", { idp });
  await h.up(inputs({ onDestroy: "release" }), () => {}, "one");
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  const ada = { rules: [{ claim: { name: "ada", when: 'user.login == "ada"' } }] };
  expect((await session.check(h.at("two"), inputs({ license: license("crm-lite"), ...ada }), null)).problems).toEqual(
    [],
  );
  const before = h.previous("one");
  if (!before) throw new Error("there is no pool");
  await session.read(h.at("one"), before);
  await session.remove(h.at("one"), before);
  expect(idp.writes.slice(2)).toEqual([`unassign bob ${group}`]);
});

describe("a move between two systems that stops half-way", () => {
  const tiers = (wanted: string): Values => ({
    license: undefined,
    tiers: [
      { license: { connection: "people", sku: "crm" }, when: `user.login == "${wanted}"` },
      { license: { connection: "idp", sku: "crm" } },
    ],
    rules: [{ claim: { name: "eng", when: 'user.login == "ada"' } }],
  });
  test.each([
    ["no answer came for the old seat's removal", new Problem("unreachable", "no answer came")],
    ["the plug-in died between the two", null],
  ])("%s: the old seat stays ours, and the next run takes it", async (_what, problem) => {
    const { vendor, idp } = systems();
    h = harness(vendor, "account", { idp });
    await h.up(pool(tiers("nobody")));
    expect(idp.writes).toEqual(["assign ada crm"]);
    idp.onWrite = () => {
      throw problem ?? new Error("killed");
    };
    const before = h.previous("crm");
    const done = await h.up(pool(tiers("ada")));
    expect([vendor.writes, done?.failures.length]).toEqual([["assign ada crm"], 1]);
    if (!problem && before) h.state.set("crm", before); // the state never learned of it
    idp.onWrite = () => {};
    expect(changesOf((await h.preview(pool(tiers("ada")))).checked.inputs)).toEqual({ move: ["ada"] });
    await h.up(pool(tiers("ada")));
    expect(idp.seats.get("crm")?.has("ada")).toBe(false);
    expect(vendor.seats.get("crm")?.has("ada")).toBe(true);
    expect((await h.preview(pool(tiers("ada")))).differs).toBe(false);
  });
});
