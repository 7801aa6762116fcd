import { execFileSync } from "node:child_process";
import { decodeRecord } from "../../provider/resources/pool-record.ts";
import type { Running } from "../../provider/testing/real/pulumi-cli.ts";
import {
  changesIn,
  eng,
  expectCode,
  noChanges,
  openStand,
  person,
  quiet,
  type Shape,
  type Stand,
  said,
} from "./stand.ts";
import { isWrite } from "./vendor.ts";

jest.setTimeout(300_000);

const n = 3;

/** The plugin that this CLI started: the child that runs our bundle. */
const pluginOf = (cli: number): number => {
  const children = execFileSync("ps", ["--no-headers", "-o", "pid,args", "--ppid", String(cli)], { encoding: "utf8" });
  const line = children.split("\n").find((l) => l.includes("/build/plugin/seatwise."));
  if (!line) throw new Error(`no plugin below ${cli}:\n${children}`);
  return Number(line.trim().split(" ")[0]);
};

/** Runs `up` and kills one of the two processes when write k arrives at the vendor; the write itself goes through. */
const killAt = async (stand: Stand, k: number, victim: "plugin" | "cli"): Promise<void> => {
  let running: Running | null = null;
  let seen = 0;
  let plugin = 0;
  stand.proxy.onArrival = (method, path) => {
    if (!isWrite(method, path) || running === null) return;
    seen += 1;
    if (seen !== k) return;
    plugin = pluginOf(running.pid);
    process.kill(victim === "plugin" ? plugin : running.pid, "SIGKILL");
  };
  running = stand.cli.start("up", quiet);
  const ended = await running.ended;
  stand.proxy.onArrival = null;
  expect(plugin).toBeGreaterThan(0); // it was killed where it should be
  expect(ended.code === null || ended.code > 0).toBe(true);
  if (victim === "plugin") return;
  for (let i = 0; i < 40 && alive(plugin); i++) await new Promise((resolve) => setTimeout(resolve, 250));
  expect(alive(plugin)).toBe(false); // an orphan goes within seconds
  expectCode(await stand.cli.run("cancel", { args: ["--yes", "--stack", "test"] }), 0);
};
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const owned = async (stand: Stand): Promise<number> => {
  const [pool] = await stand.pools();
  return Number(pool?.outputs.owned);
};

const people = () => [person("ada"), person("bob"), person("cy"), person("dan", "sales"), person("eve", "sales")];
const seatedAll = ["ada", "bob", "cy"];

/** Create: three assigns. Update: one loses, two gain. */
const phases = {
  create: { before: async () => {}, after: seatedAll },
  update: {
    before: async (stand: Stand) => {
      expectCode(await stand.cli.up(quiet), 0);
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
    await stand.writes();
  });
  afterEach(() => stand.stop());

  /** The next run finishes the rest; the seats written before are ours; nothing is doubled, lost or mass-removed. */
  const finishes = async (): Promise<void> => {
    expectCode(await stand.cli.up({ args: ["--suppress-outputs"] }), 0);
    expect(await stand.seated()).toEqual(phases[phase].after);
    expect(await owned(stand)).toBe(phases[phase].after.length);
    expectCode(await stand.cli.preview(noChanges), 0);
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
    const failed = expectCode(await stand.cli.up(quiet), 1);
    expect(stand.proxy.faults.met()).toBe(1);
    expect(said(failed)).toMatch(/seat of (ada|bob|cy|dan|eve)[^\n]*failed/);
    const [pool] = await stand.pools();
    expect(pool?.outputs.failed).toMatchObject({ total: 1 });
    expect(pool?.initErrors?.length).toBe(1);
    stand.proxy.faults.clear();
    await stand.writes();
    await finishes();
    expect((await stand.writes()).length).toBe(1);
  });

  test.each([1, 2, n])("the plugin is killed at write %i", async (k) => {
    await killAt(stand, k, "plugin");
    await finishes();
  });

  test.each([1, 2, n])("the CLI is killed at write %i", async (k) => {
    await killAt(stand, k, "cli");
    await finishes();
  });
});

describe("between preview and update", () => {
  let stand: Stand;
  afterEach(() => stand.stop());

  test("the hired get nothing now, the unjustified step is dropped, the next preview says so", async () => {
    stand = await openStand(people());
    await stand.declare(eng);
    let updates = 0;
    // The update's plugin asks for its own token: the second one of this run.
    const changed: Promise<unknown>[] = [];
    stand.proxy.onArrival = (method, path) => {
      if (method !== "POST" || !path.includes("/token")) return;
      updates += 1;
      if (updates === 2)
        changed.push(
          stand.admin.setAttribute("dan", "department", "eng"),
          stand.admin.setAttribute("bob", "department", "sales"),
        );
    };
    const up = expectCode(await stand.cli.up(quiet), 0);
    await Promise.all(changed);
    stand.proxy.onArrival = null;
    expect(changed.length).toBe(2);
    expect(changesIn(up, "assign")).toEqual(["ada", "bob", "cy"]);
    expect((await stand.seated()).includes("dan")).toBe(false);
    const next = expectCode(await stand.cli.preview(quiet), 0);
    expect(changesIn(next, "assign")).toEqual(["dan"]);
  });

  test("up --plan holds the update to the people who were shown", async () => {
    stand = await openStand(people());
    await stand.declare(eng);
    const env = { PULUMI_EXPERIMENTAL: "true" };
    expectCode(await stand.cli.preview({ args: ["--save-plan", "plan.json", "--suppress-outputs"], env }), 0);
    await stand.admin.setAttribute("dan", "department", "eng");
    const refused = expectCode(await stand.cli.up({ args: ["--plan", "plan.json", "--suppress-outputs"], env }), 1);
    expect(said(refused)).toMatch(/violates plan/);
    expect(await stand.writes()).toEqual([]);
    await stand.admin.setAttribute("dan", "department", "sales");
    expectCode(await stand.cli.up({ args: ["--plan", "plan.json", "--suppress-outputs"], env }), 0);
    expect(await stand.seated()).toEqual(seatedAll);
  });
});

describe("removal", () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand(people());
    await stand.declare(release);
    expectCode(await stand.cli.up(quiet), 0);
  });
  afterEach(() => stand.stop());
  const release: Shape = { ...eng, pools: { crm: { args: { allotment: 50, onDestroy: "release" }, rules: ["eng"] } } };

  test("destroy names whom it releases, releases only these, and a failure keeps the pool", async () => {
    await stand.admin.join("dan", "crm-users");
    stand.proxy.faults.on({ method: "DELETE", nth: 2 }, { kind: "status", status: 400, body: { error: "no" } });
    const failed = expectCode(await stand.cli.destroy(quiet), 1);
    expect(said(failed)).toMatch(/3 people lose a seat/);
    expect(said(failed)).toMatch(/could not be released/);
    expect((await stand.pools()).length).toBe(1);
    stand.proxy.faults.clear();
    expectCode(await stand.cli.destroy(quiet), 0);
    expect(await stand.seated()).toEqual(["dan"]);
  });

  test("a pool removed from the program is named in the preview", async () => {
    await stand.declare({ ...release, pools: {} });
    const preview = expectCode(await stand.cli.preview(quiet), 0);
    expect(said(preview)).toMatch(/3 people lose a seat[\s\S]*ada/);
    expect(await stand.seated()).toEqual(seatedAll);
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated()).toEqual([]);
  });

  test("a rename: with an alias nothing changes; without one nobody loses a seat", async () => {
    const args = release.pools.crm?.args ?? {};
    await stand.declare({
      ...release,
      pools: { renamed: { args: { ...args, name: "crm" }, rules: ["eng"], options: { aliases: [{ name: "crm" }] } } },
    });
    await stand.writes();
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.writes()).toEqual([]);
    await stand.declare({ ...release, pools: { third: { args, rules: ["eng"] } } });
    expectCode(await stand.cli.up(quiet), 0);
    expect(await stand.seated()).toEqual(seatedAll);
  });

  test("a forced replace inherits: nobody loses a seat, and all are still ours", async () => {
    const urn = "urn:pulumi:test::lifecycle::seatwise:index:SeatPool::crm";
    expectCode(await stand.cli.up({ args: ["--replace", urn, "--suppress-outputs"] }), 0);
    expect(await stand.seated()).toEqual(seatedAll);
    expect(await owned(stand)).toBe(3);
    expectCode(await stand.cli.preview(noChanges), 0);
  });

  test("the record holds ids and accounts and is a secret in the state", async () => {
    const text = JSON.stringify(await stand.cli.state());
    expect(text).toMatch(/"__record"/);
    expect(text).not.toMatch(/seatwise1:/); // encrypted
    const [pool] = await stand.pools();
    expect(() => decodeRecord(String(pool?.outputs.__record))).toThrow();
  });
});
