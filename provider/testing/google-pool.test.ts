import {
  type GoogleWorkspaceSimulator,
  startGoogleWorkspaceSimulator,
} from "../connectors/google-workspace/simulator.ts";
import { isRecord, type Value, type Values } from "../core/value.ts";
import { poolRuns } from "./pool-runs.fixture.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** A pool of Google Workspace, which does not tell what was purchased, from plan to plan. */
const hour = 3_600_000;
const plus = "1010020020";
let clock: VirtualClock;
let google: GoogleWorkspaceSimulator;
let runs: ReturnType<typeof poolRuns>;

beforeEach(async () => {
  clock = createVirtualClock(1, Date.UTC(2026, 10, 24, 12));
  google = await startGoogleWorkspaceSimulator({
    clock: { now: clock.now, advance: clock.advance, set: () => undefined },
    purchased: { [plus]: 2 },
    quotas: { licensing: { limit: 1000, perMs: 1000 } },
  });
  for (const login of ["ada", "bob", "cy", "dee"])
    google.hands.addUser({ email: `${login}@acme.test`, lastName: login, department: "eng" });
  const { administrator, credentials, url } = google;
  runs = poolRuns({
    name: "google",
    clock,
    configuration: {
      directory: "google",
      connections: {
        google: { googleWorkspace: { administrator, credentials, baseUrl: url, licensesPerMinute: 6000 } },
      },
    },
  });
});
afterEach(async () => {
  expect(google.bugs).toEqual([]);
  await google.stop();
  runs.close();
});

const plan: typeof runs.plan = (inputs) => runs.plan(inputs);
const up: typeof runs.up = (inputs) => runs.up(inputs);
const who = (changes: Value, kind: string): string[] => {
  const of = isRecord(changes) ? changes[kind] : undefined;
  return isRecord(of) ? Object.keys(of).sort() : [];
};
const pool = (allotment: number, license: Values = {}): Values => ({
  license: { connection: "google", sku: plus, ...license },
  allotment,
  rules: [{ claim: { name: "eng", when: 'user.department == "eng"' } }],
});

test("an allotment above what was sold: once refused, nobody is promised what the vendor has not", async () => {
  const done = await up(pool(4));
  expect(done.failures).toHaveLength(2);
  expect(done.outputs).toMatchObject({ consumed: 2, failed: { total: 2 }, waiting: { total: 2 } });
  const said = JSON.stringify(done.outputs.waiting);
  expect(said).toContain("for want of seats (2 in use), and is asked again on");
  expect(said).toContain("buy more, declare what was bought (commitments of the License), or lower the allotment");
  const due = Date.parse(String(done.outputs.nextDueAt)) - clock.now();
  expect([due > 23 * hour, due <= 24 * hour]).toEqual([true, true]);
  for (const hours of [0, 1, 19]) {
    clock.advance(hours * hour);
    const second = await plan(pool(4));
    expect([second.differs, second.state.nextDueAt]).toEqual([false, done.outputs.nextDueAt]);
  }
  const writes = () =>
    google.log.filter(({ method, path }) => method === "POST" && path.includes("/licensing/")).length;
  const before = writes();
  // Somebody's seat comes free: exactly one of those who wait has it.
  google.hands.unlicense(plus, "ada@acme.test");
  const freed = await plan(pool(4));
  expect(who(freed.changes, "assign")).toHaveLength(1);
  expect((await up(pool(4))).failures).toEqual([]);
  expect(writes()).toBe(before + 1);
  expect((await plan(pool(4))).differs).toBe(false);
});

test("it is asked again when the allotment changes, when what was bought is declared, and a day later", async () => {
  await up(pool(4));
  expect((await plan(pool(4))).differs).toBe(false);
  expect(who((await plan(pool(3))).changes, "assign")).toHaveLength(1);
  const declared = { commitments: [{ quantity: 3, type: "annual", startsOn: "2020-01-01" }] };
  expect(who((await plan(pool(4, declared))).changes, "assign")).toHaveLength(1); // two are in use
  clock.advance(25 * hour);
  google.purchased.set(plus, 4);
  expect(who((await plan(pool(4))).changes, "assign")).toHaveLength(2);
  expect((await up(pool(4))).failures).toEqual([]);
  const after = await plan(pool(4));
  expect([after.differs, after.state]).toMatchObject([false, { consumed: 4, waiting: { total: 0 } }]);
});
