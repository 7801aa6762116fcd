import { inspect } from "node:util";
import { apply } from "./conformance/apply.ts";
import { faults } from "./conformance/faults.ts";
import { people } from "./conformance/people.ts";
import { seats } from "./conformance/seats.ts";
import { storm } from "./conformance/storm.ts";
import type { Bench, Subject, Suite, Test } from "./conformance/subject.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type { DirectoryFacts, Opening, Skip, Subject, Suite, VendorFacts } from "./conformance/subject.ts";
export { noDirectory } from "./conformance/subject.ts";

const groups: readonly (readonly [string, readonly Test[]])[] = [
  ["directory", people],
  ["seats", seats],
  ["apply", apply],
  ["faults", [...faults, ...storm]],
];
export const testNames: readonly string[] = groups.flatMap(([, tests]) => tests.map((t) => t.name));

interface Running {
  readonly subject: Subject;
  readonly proxy: FaultProxy;
  readonly clock: VirtualClock;
  readonly logged: string[];
}

const start = async (suite: Suite): Promise<Running> => {
  const subject = await suite.make();
  // Begins at the machine's time: tokens and events of a real server carry it.
  const clock = createVirtualClock(1, Date.now());
  return { subject, clock, logged: [], proxy: await startFaultProxy(subject.origin, clock.now) };
};
const end = async ({ proxy, subject }: Running): Promise<void> => {
  await proxy.stop();
  await subject.stop();
};

const benchOf = (suite: Suite, { subject, proxy, clock, logged }: Running, signal: AbortSignal): Bench => ({
  subject,
  proxy,
  clock,
  logged,
  signal,
  kind: suite.kind,
  open: (secret = "right") =>
    subject.open({
      origin: proxy.url,
      secret,
      using: { connection: "bench", clock, log: (level, message) => logged.push(`${level} ${message}`) },
    }),
});

/** Everything an error shows when printed carelessly, causes included. */
const spelled = (error: unknown): string =>
  `${inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null })}\n${JSON.stringify(error)}`;

const checkSecrets = (running: Running, error: unknown): void => {
  const text = `${running.logged.join("\n")}\n${error === null ? "" : spelled(error)}`;
  for (const canary of running.subject.canaries)
    if (text.includes(canary)) throw new Error("a secret is in an error or a log");
};

const perform = async (suite: Suite, running: Running, test: Test): Promise<void> => {
  const stop = new AbortController();
  running.proxy.reset();
  running.logged.length = 0;
  // Long enough for what the test before broke to be forgotten: an open breaker, a pause.
  running.clock.advance(60_000);
  try {
    await test.run(benchOf(suite, running, stop.signal));
    checkSecrets(running, null);
  } catch (error) {
    checkSecrets(running, error);
    throw error;
  } finally {
    stop.abort();
    running.proxy.onArrival = null;
  }
};

/** What only directories must do is not asked of a system that declares itself none (and then offers no people). */
const applies = ({ kind }: Suite, test: Test): boolean => kind.capabilities.directory || !test.directory;

/** Skips are few, and each says why; a name that no test has would skip nothing in silence. */
const checkSkips = (suite: Suite): ReadonlyMap<string, string> => {
  const skips = new Map((suite.skip ?? []).flatMap(({ reason, tests }) => tests.map((t) => [t, reason] as const)));
  for (const [name, reason] of skips) {
    if (!testNames.includes(name)) throw new Error(`skip of an unknown test: ${name}`);
    if (reason.trim().length < 10) throw new Error(`skip without a reason: ${name}`);
  }
  const tests = groups.flatMap(([, all]) => all.filter((t) => applies(suite, t)));
  if (skips.size * 10 > tests.length)
    throw new Error(`${skips.size} of ${tests.length} contract tests skipped: at most one in ten`);
  return skips;
};

/** The one contract of all connectors: the same test names on simulators and on real servers. */
export const testConnector = (suite: Suite): void => {
  const skips = checkSkips(suite);
  const timeout = suite.timeout ?? 120_000;
  describe(`contract: ${suite.name}`, () => {
    let shared: Running | null = null;
    beforeAll(async () => {
      shared = await start(suite);
    }, timeout);
    afterAll(async () => {
      if (shared) await end(shared);
    }, timeout);
    const withOwn = async (test: Test): Promise<void> => {
      const own = await start(suite);
      try {
        await perform(suite, own, test);
      } finally {
        await end(own);
      }
    };
    for (const [group, tests] of groups)
      describe(group, () => {
        for (const test of tests.filter((t) => applies(suite, t))) {
          const reason = skips.get(test.name);
          if (reason !== undefined) it.skip(`${test.name} (skipped: ${reason})`, () => undefined);
          else
            it(
              test.name,
              () =>
                test.fresh
                  ? withOwn(test)
                  : shared
                    ? perform(suite, shared, test)
                    : Promise.reject(new Error("not started")),
              timeout,
            );
        }
      });
  });
};

/** Runs some of the suite outside of jest's own tests and tells which failed: how the suite itself is tested. */
export const trial = async (suite: Suite, only: readonly string[] = testNames): Promise<readonly string[]> => {
  const skips = checkSkips(suite);
  const failed: string[] = [];
  for (const test of groups.flatMap(([, tests]) => tests)) {
    if (skips.has(test.name) || !only.includes(test.name) || !applies(suite, test)) continue;
    const running = await start(suite);
    await perform(suite, running, test).catch(() => failed.push(test.name));
    await end(running);
  }
  return failed;
};
