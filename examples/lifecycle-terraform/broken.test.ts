import type { Running } from "../../provider/testing/real/terraform-cli.ts";
import { lives, until } from "../../provider/testing/real/watched-process.ts";
import { isWrite } from "../lifecycle/vendor.ts";
import { eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(300_000);

const n = 3;
const people = () => [person("ada"), person("bob"), person("cy"), person("dan", "sales"), person("eve", "sales")];

/** Runs `apply` and kills one of the two processes when write k arrives at the vendor; the write itself goes through. */
const killAt = async (stand: Stand, k: number, victim: "provider" | "terraform"): Promise<void> => {
  let running: Running | null = null;
  let seen = 0;
  let providers: readonly number[] = [];
  stand.proxy.onArrival = (method, path) => {
    if (!isWrite(method, path) || running === null) return;
    seen += 1;
    if (seen !== k) return;
    providers = running.children();
    for (const pid of victim === "provider" ? providers : [running.pid]) process.kill(pid, "SIGKILL");
  };
  running = stand.cli.start("apply");
  const ended = await running.ended;
  stand.proxy.onArrival = null;
  expect(providers.length).toBeGreaterThan(0); // it was killed where it should be
  expect(ended.code === null || ended.code > 0).toBe(true);
  await until(() => !providers.some(lives)); // an orphan goes within seconds
};

/** Create: three assigns. Update: one loses, two gain. */
const phases = {
  create: { before: async () => {}, after: ["ada", "bob", "cy"] },
  update: {
    before: async (stand: Stand) => {
      expectCode(await stand.cli.apply(), 0);
      await stand.admin.setAttribute("ada", "department", "sales");
      await stand.admin.setAttribute("dan", "department", "eng");
      await stand.admin.setAttribute("eve", "department", "eng");
    },
    after: ["bob", "cy", "dan", "eve"],
  },
} as const;

describe.each(["create", "update"] as const)("in a %s", (phase) => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand(people());
    await stand.declare(eng);
    await phases[phase].before(stand);
    stand.writes();
  });
  afterEach(() => stand.stop());

  /** The next run finishes the rest; the seats written before are ours; nothing is doubled, lost or replaced. */
  const finishes = async (): Promise<void> => {
    expect(await stand.isTainted()).toBe(false);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(phases[phase].after);
    expect(await stand.pool()).toMatchObject({ owned: phases[phase].after.length, external: { total: 0 } });
    expectCode(await stand.cli.plan(), 0);
  };

  test.each([1, 2, n])("the vendor refuses write %i", async (k) => {
    stand.proxy.faults.on(
      {
        path: /\/users\/[^/]+\/groups\//,
        method: phase === "update" && k === 1 ? "DELETE" : "PUT",
        nth: phase === "update" && k > 1 ? k - 1 : k,
      },
      { kind: "status", status: 400, body: { error: "the vendor's own words" } },
    );
    // An error of a create would taint it: it is a warning there, and `failed`.
    const failed = expectCode(await stand.cli.apply(), phase === "create" ? 0 : 1);
    expect(stand.proxy.faults.met()).toBe(1);
    expect(said(failed)).toMatch(/seat of (ada|bob|cy|dan|eve)[^\n]*failed/);
    expect(said(failed)).toMatch(/the vendor's own words/);
    expect(await stand.pool()).toMatchObject({ failed: { total: 1 } });
    stand.proxy.faults.clear();
    stand.writes();
    await finishes();
    expect(stand.writes().length).toBe(1);
    expect(await stand.pool()).toMatchObject({ failed: { total: 0 } });
  });

  test.each([1, 2, n])("the provider is killed at write %i", async (k) => {
    await killAt(stand, k, "provider");
    await finishes();
  });

  test.each([1, 2, n])("terraform is killed at write %i", async (k) => {
    await killAt(stand, k, "terraform");
    await finishes();
  });
});

describe("stopped on purpose", () => {
  let stand: Stand;
  afterEach(() => stand.stop());
  const many = Array.from({ length: 60 }, (_x, i) => person(`p${String(i).padStart(2, "0")}`));

  test.each(["create", "update"] as const)(
    "Ctrl-C in a %s: what is done is told, nothing is tainted, the next run does the rest",
    async (phase) => {
      stand = await openStand(many);
      await stand.declare(
        phase === "create"
          ? { ...eng, pools: { crm: { args: { allotment: 80 }, rules: ["eng"] } } }
          : { ...eng, pools: { crm: { args: { allotment: 0 }, rules: ["eng"] } } },
      );
      if (phase === "update") {
        expectCode(await stand.cli.apply(), 0);
        await stand.declare({ ...eng, pools: { crm: { args: { allotment: 80 }, rules: ["eng"] } } });
      }
      stand.proxy.faults.on({ method: "PUT" }, { kind: "slow", ms: 300 });
      let running: Running | null = null;
      let seen = 0;
      stand.proxy.onArrival = (method, path) => {
        if (isWrite(method, path) && ++seen === 20) running?.ctrlC();
      };
      running = stand.cli.start("apply");
      const ended = expectCode(await running.ended, 1);
      stand.proxy.onArrival = null;
      stand.proxy.faults.clear();
      expect(said(ended)).toMatch(/[Ii]nterrupt/);
      const done = (await stand.seated()).length;
      expect(done).toBeGreaterThan(0);
      expect(done).toBeLessThan(60);
      expect(await stand.isTainted()).toBe(false);
      expect(await stand.pool()).toMatchObject({ owned: done, failed: { total: 60 - done } });
      stand.writes();
      expectCode(await stand.cli.apply(), 0);
      expect(stand.writes().length).toBe(60 - done);
      expect(await stand.pool()).toMatchObject({ owned: 60, external: { total: 0 } });
      expectCode(await stand.cli.plan(), 0);
    },
  );

  test("a timeout is kept: writes under way end, no other is begun, the next run does the rest", async () => {
    stand = await openStand(many);
    const limited = (create: string) => engWith({ allotment: 80 }, [`timeouts { create = "${create}" }`]);
    await stand.declare(limited("2s"));
    stand.proxy.faults.on({ method: "PUT" }, { kind: "slow", ms: 1500 });
    expect(said(await stand.cli.apply())).toMatch(/timeouts\.create/);
    stand.proxy.faults.clear();
    const done = (await stand.seated()).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(60);
    expect(await stand.isTainted()).toBe(false);
    expect(await stand.pool()).toMatchObject({ owned: done });
    await stand.declare(limited("10m"));
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.pool()).toMatchObject({ owned: 60, external: { total: 0 } });
    expectCode(await stand.cli.plan(), 0);
  });

  test("a timeout that is no duration is an error at its line", async () => {
    stand = await openStand(people());
    await stand.declare(engWith({}, ['timeouts { create = "soon" }']));
    const invalid = expectCode(await stand.cli.validate(), 1);
    expect(said(invalid)).toMatch(/soon/);
  });
});
