import type { Outcome, Seat } from "../core/connector.ts";
import { listed } from "../core/connector.ts";
import type { Transport } from "../core/wire.ts";
import { faultedNames, faultedRuns, faultedSystem, leastShare } from "./faulted/faulted-runs.ts";
import type { FaultedStand, FaultedSystem } from "./faulted/faulted-system.ts";

/** `make bench` does 10,000 of each; these are the first of them. */
const runs = 200;
jest.setTimeout(300_000);

test("keycloak and scim have tiny worlds", () => {
  expect(faultedNames()).toEqual(expect.arrayContaining(["keycloak", "scim"]));
});

test.each(faultedNames())(
  "%s: nothing is doubled, lost, early or untrue while a request in twenty fails",
  async (name) => {
    const tally = await faultedRuns(await faultedSystem(name), { runs });
    const { words, duplicates, lost, above, early, untrue, bugs, selfInflicted } = tally;
    expect({ words, duplicates, lost, above, early, untrue, bugs, selfInflicted }).toEqual({
      words: [],
      duplicates: 0,
      lost: 0,
      above: 0,
      early: 0,
      untrue: 0,
      bugs: 0,
      selfInflicted: 0,
    });
    expect(tally.runs).toBe(runs);
    expect(tally.amplification).toBeLessThanOrEqual(1.25);
    expect(tally.amplification).toBeGreaterThan(1.02);
    expect(leastShare(tally)).toBeGreaterThanOrEqual(0.04); // 5 % of many; these are few
  },
);

/** Keycloak's connector with a mistake. */
const mistaken = (change: (stand: FaultedStand) => FaultedStand): FaultedSystem => ({
  start: async (using) => change(await (await faultedSystem("keycloak")).start(using)),
});
type Opened = ReturnType<FaultedStand["kind"]["open"]>;
const opens = (
  stand: FaultedStand,
  change: (connector: Opened) => Opened,
  wire: (t: Transport) => Transport = (t) => t,
): FaultedStand => ({
  ...stand,
  kind: {
    ...stand.kind,
    open: (config, using) =>
      change(stand.kind.open(config, using.transport ? { ...using, transport: wire(using.transport) } : using)),
  },
});
const forgetful = (connector: Opened): Opened => ({
  ...connector,
  async *apply(steps, before, signal): AsyncIterable<Outcome> {
    yield* connector.apply?.(steps.slice(0, -1), before, signal) ?? [];
    for (const step of steps.slice(-1)) yield { step, result: "done" };
  },
});

/** Whoever sees `holders` twice, doubles: as an invitation that is sent again. */
const doubling = (stand: FaultedStand): FaultedStand => {
  const again = new Map<string, number>();
  const counted =
    (t: Transport): Transport =>
    async (sent) => {
      if (sent.method === "PUT") again.set(sent.url, (again.get(sent.url) ?? 0) + 1);
      return t(sent);
    };
  const twice = (holder: string): boolean => [...again].some(([url, n]) => n > 1 && url.includes(holder));
  return {
    ...opens(stand, (c) => c, counted),
    holders: (sku) => stand.holders(sku).flatMap((h) => (twice(h) ? [h, h] : [h])),
    take: (sku, login) => {
      again.clear();
      stand.take(sku, login);
    },
  };
};

const mistakes: readonly (readonly [string, "duplicates" | "lost" | "above" | "early" | "untrue", FaultedSystem])[] = [
  ["says done of what it did not do", "untrue", mistaken((s) => opens(s, forgetful))],
  ["does not read Retry-After", "early", mistaken((s) => opens(s, (c) => c, deaf))],
  [
    "sees a seat where none is",
    "lost",
    mistaken((s) => opens(s, (c) => ({ ...c, seats: (of) => everybody(s, of.sku) }))),
  ],
  ["repeats what must not be repeated", "duplicates", mistaken(doubling)],
  [
    "does not see the last seat",
    "above",
    mistaken((s) => opens(s, (c) => ({ ...c, seats: (of, signal) => short(c, of.sku, signal) }))),
  ],
];
const deaf =
  (t: Transport): Transport =>
  async (sent) => {
    const raw = await t(sent);
    const { "retry-after": _unread, ...headers } = raw.headers;
    return { ...raw, headers };
  };
const everybody = (stand: FaultedStand, sku: string) =>
  listed(
    async (): Promise<readonly Seat[]> =>
      stand.skus.some((s) => sku.endsWith(s.slice(-4)) && s === stand.skus[0])
        ? ["person0", "person1", "person2"].map((login) => ({
            holder: stand.holder(login),
            account: login,
            since: null,
            state: "active" as const,
          }))
        : [],
  );
const short = (connector: Opened, sku: string, signal: AbortSignal) =>
  listed(async (): Promise<readonly Seat[]> => {
    const all: Seat[] = [];
    for await (const seat of connector.seats?.({ sku }, signal) ?? []) all.push(seat);
    return all.slice(0, -1);
  });

test.each(mistakes)("a connector that %s is found out: %s", async (_what, counter, system) => {
  const tally = await faultedRuns(system, { runs: 20, rate: 0.1 });
  expect(tally[counter]).toBeGreaterThan(0);
  expect(tally.words.length > 0 || counter === "early").toBe(true);
});
