import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { toolPath } from "../../provider/testing/real/tool-path.ts";
import { changesIn, eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(300_000);

const people = () => [person("ada"), person("bob"), person("cy"), person("dan", "sales"), person("eve", "sales")];

/** Somebody is hired (dan), somebody planned for a seat goes (bob). */
const turnover = async (stand: Stand): Promise<void> => {
  await stand.admin.setAttribute("dan", "department", "eng");
  await stand.admin.setAttribute("bob", "department", "sales");
};

/** Seats of ada and cy, given to eve who leaves: what an update's plan has approved. */
const leaverPlanned = async (stand: Stand): Promise<void> => {
  expectCode(await stand.cli.apply(), 0);
  await stand.admin.setAttribute("ada", "department", "sales");
  await stand.admin.setAttribute("eve", "department", "eng");
  stand.writes();
};

let stand: Stand;
beforeEach(async () => {
  stand = await openStand(people());
  await stand.declare(eng);
});
afterEach(() => stand.stop());

/** The hired gets nothing now, and the next plan names them; the unjustified step was dropped. */
const onlyApproved = async (): Promise<void> => {
  expect(await stand.seated()).toEqual(["ada", "cy"]);
  const next = await stand.planned(2);
  expect(changesIn(next, "assign")).toEqual(["dan"]);
  expectCode(await stand.cli.apply(), 0);
  expect(await stand.seated()).toEqual(["ada", "cy", "dan"]);
  expect(await stand.pool()).toMatchObject({ owned: 3, external: { total: 0 } });
};

describe("a create", () => {
  test("one-shot: people hired and gone between its plan and its apply", async () => {
    const changed: Promise<unknown>[] = [];
    // The apply walk's provider asks for its own token: the second one of this run.
    let tokens = 0;
    stand.proxy.onArrival = (_method, path) => {
      if (path.includes("/token") && ++tokens === 2) changed.push(turnover(stand));
    };
    const apply = expectCode(await stand.cli.apply(), 0);
    await Promise.all(changed);
    stand.proxy.onArrival = null;
    expect(changed.length).toBe(1);
    expect(said(apply)).not.toMatch(/dan gains/);
    expect((await stand.seated()).includes("dan")).toBe(false);
    expect(changesIn(await stand.planned(2), "assign")).toEqual(["dan"]);
  });

  test("a saved plan does what it showed, as far as that is still justified", async () => {
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    await turnover(stand);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    await onlyApproved();
  });

  test("a saved plan whose people are all as they were", async () => {
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("a saved plan in another folder, SEATWISE_HOME carried over", async () => {
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    const other = await stand.copy();
    await turnover(stand);
    expectCode(await other.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "cy"]);
    expect(changesIn(await plannedBy(other), "assign")).toEqual(["dan"]);
  });

  test("a saved plan without SEATWISE_HOME: the same people pass, other people are refused before a write", async () => {
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    const other = await stand.copy({ SEATWISE_HOME: `${stand.home}/elsewhere` });
    await turnover(stand);
    stand.writes();
    const refused = expectCode(await other.apply({ args: ["a.plan"] }), 1);
    expect(said(refused)).toMatch(/inconsistent final plan/);
    expect(stand.writes()).toEqual([]);
    await stand.admin.setAttribute("dan", "department", "sales");
    await stand.admin.setAttribute("bob", "department", "eng");
    const again = await stand.copy({ SEATWISE_HOME: `${stand.home}/elsewhere-2` });
    expectCode(await again.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]);
  });
});

test("an approval that was written down: another machine does what was shown", async () => {
  expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
  const approved = join(stand.home, "approved.json");
  const check = `terraform show -json a.plan | "${toolPath("bin/seatwise", "build")}" check - --approve "${approved}"`;
  // 2: there are changes.
  expect(spawnSync("bash", ["-o", "pipefail", "-c", check], { cwd: stand.folder, env: stand.cli.env }).status).toBe(2);
  const other = await stand.copy({ SEATWISE_HOME: `${stand.home}/elsewhere`, SEATWISE_APPROVED: approved });
  await turnover(stand);
  expectCode(await other.apply({ args: ["a.plan"] }), 0);
  expect(await stand.seated()).toEqual(["ada", "cy"]);
});

const plannedBy = async (cli: Stand["cli"]) => {
  expectCode(await cli.plan({ args: ["-out=look.plan"] }), 2);
  return cli.showPlan("look.plan");
};

describe("an update", () => {
  const afterwards = async (): Promise<void> => {
    expect(await stand.seated()).toEqual(["bob", "cy", "eve"]);
    expect(await stand.pool()).toMatchObject({ owned: 3, external: { total: 0 } });
  };

  test("one-shot: somebody is hired between its plan and its apply", async () => {
    await leaverPlanned(stand);
    const changed: Promise<unknown>[] = [];
    let tokens = 0;
    stand.proxy.onArrival = (_method, path) => {
      if (path.includes("/token") && ++tokens === 2) changed.push(stand.admin.setAttribute("dan", "department", "eng"));
    };
    expectCode(await stand.cli.apply(), 0);
    await Promise.all(changed);
    stand.proxy.onArrival = null;
    expect(changed.length).toBe(1);
    await afterwards();
    expect(changesIn(await stand.planned(2), "assign")).toEqual(["dan"]);
  });

  test("a saved plan with unchanged inputs carries its people itself: no SEATWISE_HOME is needed", async () => {
    await leaverPlanned(stand);
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    const other = await stand.copy({ SEATWISE_HOME: `${stand.home}/elsewhere` });
    await stand.admin.setAttribute("dan", "department", "eng");
    await stand.admin.setAttribute("ada", "department", "eng"); // came back: her removal is not justified any more
    expectCode(await other.apply({ args: ["a.plan"] }), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy", "eve"]);
    expect(changesIn(await plannedBy(other), "assign")).toEqual(["dan"]);
  });

  test("a saved plan with changed inputs: here by the hand-over, elsewhere refused", async () => {
    await leaverPlanned(stand);
    await stand.declare(engWith({ allotment: 40 }));
    expectCode(await stand.cli.plan({ args: ["-out=a.plan"] }), 2);
    const other = await stand.copy({ SEATWISE_HOME: `${stand.home}/elsewhere` });
    await stand.admin.setAttribute("dan", "department", "eng");
    stand.writes();
    const refused = expectCode(await other.apply({ args: ["a.plan"] }), 1);
    expect(said(refused)).toMatch(/inconsistent final plan/);
    expect(stand.writes()).toEqual([]);
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    await afterwards();
  });

  test("-refresh=false plans from the vendor all the same, one-shot and saved", async () => {
    await leaverPlanned(stand);
    expectCode(await stand.cli.plan({ args: ["-refresh=false", "-out=a.plan"] }), 2);
    const plan = await stand.cli.showPlan("a.plan");
    expect([changesIn(plan, "assign"), changesIn(plan, "unassign")]).toEqual([["eve"], ["ada"]]);
    await stand.admin.setAttribute("dan", "department", "eng");
    expectCode(await stand.cli.apply({ args: ["a.plan"] }), 0);
    await afterwards();
    expectCode(await stand.cli.apply({ args: ["-refresh=false"] }), 0);
    expect(await stand.seated()).toEqual(["bob", "cy", "dan", "eve"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("a plan saved before a later run is stale, says terraform, and writes nothing", async () => {
    await leaverPlanned(stand);
    expectCode(await stand.cli.plan({ args: ["-out=old.plan"] }), 2);
    expectCode(await stand.cli.apply(), 0);
    stand.writes();
    expect(said(expectCode(await stand.cli.apply({ args: ["old.plan"] }), 1))).toMatch(/stale/);
    expect(stand.writes()).toEqual([]);
  });
});
