import type { SimulatorClock } from "../../connectors/simulator/clock.ts";
import { fixtureOf, foldersWith } from "../measured/fixtures.ts";
import { createVirtualClock, type VirtualClock } from "../virtual-clock.ts";
import { faultedRun, type Verdict } from "./faulted-run.ts";
import type { FaultedSystem } from "./faulted-system.ts";
import { type Kind, kinds } from "./faulty-wire.ts";

/** One request in twenty meets a fault; what follows from it (a list read once more, a run that is begun anew) does, too. */
export const faultRate = 0.05;
/** So many people are enough for a waiting line, movers, leavers and pages. */
const logins = Array.from({ length: 7 }, (_x, i) => `person${i}`);
/** A fresh system after so many runs, so that its ids differ. */
const perStand = 250;

export interface Tally {
  /** The connector's. */
  name: string;
  runs: number;
  duplicates: number;
  lost: number;
  above: number;
  early: number;
  untrue: number;
  bugs: number;
  selfInflicted: number;
  /** Steps, and whole plans or applies, that failed and said so. */
  failures: number;
  refused: number;
  requests: number;
  requestsWithout: number;
  /** Of each run: requests with faults over requests without. */
  amplification: number;
  readonly injected: Record<Kind, number>;
  /** The first few runs with something wrong. */
  readonly words: string[];
}

/** Connectors that have a tiny world for faults, found from their folders. */
export const faultedNames = (): readonly string[] => foldersWith("faults");
export const faultedSystem = (name: string): Promise<FaultedSystem> => fixtureOf<FaultedSystem>(name, "faulted");

/** The simulator's time is the connector's. */
export const asSimulatorClock = (clock: VirtualClock): SimulatorClock => ({
  now: clock.now,
  advance: clock.advance,
  set: (ms) => clock.advance(ms - clock.now()),
});

/** The rarest kind's part of all faults. */
export const leastShare = ({ injected }: Tally): number => {
  const counts = Object.values(injected);
  return Math.min(...counts) / counts.reduce((sum, n) => sum + n, 0);
};

const add = (tally: Tally, seed: number, run: Verdict, without: Verdict): void => {
  tally.runs += 1;
  for (const one of [run, without]) {
    for (const name of ["duplicates", "lost", "above", "untrue", "bugs", "failures", "refused"] as const)
      tally[name] += one[name];
    tally.early += one.told.early;
    tally.selfInflicted += one.told.selfInflicted;
    if (one.words.length > 0 && tally.words.length < 20)
      tally.words.push(`seed ${seed}${one === without ? " without faults" : ""}: ${one.words.join("; ")}`);
  }
  for (const kind of kinds) tally.injected[kind] += run.told.injected[kind];
  tally.requests += run.told.requests;
  tally.requestsWithout += without.told.requests;
  tally.amplification += (run.told.requests / without.told.requests - tally.amplification) / tally.runs;
};

/** So many tiny worlds of one connector, each with faults and without. */
export const faultedRuns = async (
  system: FaultedSystem,
  { runs, rate = faultRate, first = 1 }: { readonly runs: number; readonly rate?: number; readonly first?: number },
): Promise<Tally> => {
  const injected = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  const tally: Tally = {
    name: "",
    runs: 0,
    duplicates: 0,
    lost: 0,
    above: 0,
    early: 0,
    untrue: 0,
    bugs: 0,
    selfInflicted: 0,
    failures: 0,
    refused: 0,
    requests: 0,
    requestsWithout: 0,
    amplification: 0,
    injected,
    words: [],
  };
  const clock = createVirtualClock(first);
  for (let seed = first; seed < first + runs; seed += perStand) {
    const stand = await system.start({ clock: asSimulatorClock(clock), seed, logins });
    tally.name = stand.kind.name;
    try {
      for (let i = seed; i < Math.min(seed + perStand, first + runs); i++) {
        const one = { stand, clock, logins, seed: i };
        const without = await faultedRun({ ...one, rate: 0 });
        add(tally, i, await faultedRun({ ...one, rate }), without);
      }
      if (stand.simulator.bugs[0]) throw stand.simulator.bugs[0];
    } finally {
      await stand.simulator.stop();
    }
  }
  return tally;
};
