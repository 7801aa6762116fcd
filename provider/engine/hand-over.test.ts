import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HandOver } from "./approval.ts";
import { betweenPlans, type HandOvers, type Sought } from "./hand-over.ts";
import { openPlanFolder } from "./plan-folder.ts";
import { openRunFolder, type Parent } from "./run-folder.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "seatwise-hand-over-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Terraform processes by number; the older ones are still there, as far as this machine can tell. */
const parent = (pid: number): Parent => ({ pid, started: "1", alive: () => true, living: () => true });

interface Process {
  readonly handOvers: HandOvers;
  /** What ValidateResourceConfig does in a process that nobody configures. */
  validates(): void;
}
/** A process of ours: `terraform` started it, in the folder `place`. */
const start = (terraform: number, pid: number, place = "/work/prod"): Process => {
  const run = openRunFolder(home, parent(terraform));
  return {
    handOvers: betweenPlans({
      approvals: new Map(),
      run,
      pid,
      engine: `${terraform}-1`,
      plans: openPlanFolder(home, place, () => 0),
    }),
    validates: () => run.write("validated", String(pid), { pid }),
  };
};
const shown = (pid: number, over: Partial<HandOver> = {}): HandOver => ({
  key: "SeatPool::crm",
  pid,
  inputs: "same",
  unknown: false,
  steps: [`by ${pid}`],
  planned: { changes: {} },
  fresh: true,
  ...over,
});
const sought = (over: Partial<Sought> = {}): Sought => ({
  key: "SeatPool::crm",
  inputs: "same",
  fresh: true,
  carried: null,
  ...over,
});
const stepsOf = (process: Process, of: Sought = sought()): unknown => {
  const { approval } = process.handOvers.find(of);
  return approval.is === "approved" ? approval.steps : approval.is;
};

/** `terraform plan`, or the first half of `terraform apply`. */
const plans = (terraform: number, over: Partial<HandOver> = {}, place?: string): void => {
  start(terraform, terraform + 1, place).validates();
  const process = start(terraform, terraform + 2, place);
  process.handOvers.leave(shown(terraform + 2, over));
};

test("a plan's own walk takes nobody's plan, not even that of an earlier command", () => {
  plans(10);
  start(20, 21).validates();
  expect(stepsOf(start(20, 22))).toBe("plan");
});

test("one-shot apply: the apply's walk takes what the plan's walk of the same terraform left", () => {
  plans(10);
  expect(stepsOf(start(10, 13))).toEqual(["by 12"]);
});

test("a saved plan is applied by another terraform, which validates nothing", () => {
  plans(10);
  expect(stepsOf(start(20, 21))).toEqual(["by 12"]);
});

test("a saved plan applied in another folder finds it too, and its own place's first", () => {
  plans(10, {}, "/work/prod");
  expect(stepsOf(start(20, 21, "/elsewhere"))).toEqual(["by 12"]);
  plans(30, {}, "/elsewhere");
  expect(stepsOf(start(40, 41, "/elsewhere"))).toEqual(["by 32"]);
  expect(stepsOf(start(40, 41, "/work/prod"))).toEqual(["by 12"]);
});

test("used once", () => {
  plans(10);
  const apply = start(20, 21, "/elsewhere");
  expect(stepsOf(apply)).toEqual(["by 12"]);
  apply.handOvers.used("SeatPool::crm");
  expect(readdirSync(join(home, "plans"))).toEqual([]);
  expect(stepsOf(start(30, 31))).toBe("plan");
});

test.each([
  ["other inputs", { inputs: "other" }],
  ["an update instead of a create", { fresh: false }],
  ["another pool", { key: "SeatPool::vpn" }],
])("%s: nobody approved that", (_what, over) => {
  plans(10);
  expect(stepsOf(start(10, 13), sought(over))).toBe("plan");
});

test("inputs that were unknown when it was shown: seen by nobody", () => {
  plans(10, { inputs: "with unknowns", unknown: true, planned: null });
  expect(stepsOf(start(10, 13))).toBe("unseen");
  expect(stepsOf(start(20, 21))).toBe("unseen");
  plans(30); // later they are known
  expect(stepsOf(start(40, 41))).toEqual(["by 32"]);
});

describe("what a plan's read put into private state", () => {
  const carried = (pid: number, over: Partial<HandOver> = {}): string =>
    JSON.stringify(shown(pid, { fresh: false, ...over }));
  const update = (text: string): Sought => sought({ fresh: false, carried: text });

  test("is in the saved plan, also where nothing else was carried over", () => {
    expect(stepsOf(start(20, 21), update(carried(12)))).toEqual(["by 12"]);
  });
  test("is not for other inputs", () => {
    expect(stepsOf(start(20, 21), update(carried(12, { inputs: "other" })))).toBe("plan");
  });
  test("is this plan's own while the reader and the planner are one process", () => {
    start(10, 11).validates();
    expect(stepsOf(start(10, 12), update(carried(12)))).toBe("plan");
  });
  test("of an older command, without a refresh: this plan computes", () => {
    start(20, 21).validates();
    expect(stepsOf(start(20, 22), update(carried(12)))).toBe("plan");
  });
  test("in a one-shot apply goes before the file", () => {
    plans(10, { fresh: false });
    expect(stepsOf(start(10, 13), update(carried(12, { steps: ["carried"] })))).toEqual(["carried"]);
  });
});

test("a record that a replaced instance leaves travels with the plan", () => {
  plans(10, { record: "seatwise1:abc" });
  expect(start(20, 21).handOvers.find(sought()).record).toBe("seatwise1:abc");
});
