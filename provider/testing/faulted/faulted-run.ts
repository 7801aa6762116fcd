import { createRandom, type Random } from "../../connectors/simulator/random.ts";
import type { Outcome } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import type { Values } from "../../core/value.ts";
import { person } from "../memory-world.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { FaultedStand } from "./faulted-system.ts";
import { createFaultyWire, type Told } from "./faulty-wire.ts";
import { createPoolLoop } from "./pool-loop.ts";

export interface Verdict {
  readonly told: Told;
  /** A second seat for one person, seen at any moment. */
  duplicates: number;
  /** Not as wanted after convergence, though no outcome and no run said so. */
  lost: number;
  /** A seat given while the allotment was full. */
  above: number;
  /** An outcome that the vendor's truth did not bear out when it was told. */
  untrue: number;
  rounds: number;
  /** Steps that failed and said so; and plans or applies. */
  failures: number;
  refused: number;
  /** What went wrong, for a reader. */
  readonly words: string[];
}

/** Who holds what, who should, and how many may. */
interface Tiny {
  readonly people: readonly Person[];
  readonly held: readonly { readonly sku: string; readonly login: string }[];
  readonly allotment: number;
}

const tinyWorld = (random: Random, logins: readonly string[], skus: readonly string[]): Tiny => {
  const people = logins.map((login) =>
    person(login, {
      email: null,
      department: random.next() < 0.7 ? "in" : "out",
      title: skus[random.int(skus.length)] ?? "",
    }),
  );
  const held = logins.flatMap((login) => {
    const at = random.next() < 0.5 ? skus[random.int(skus.length)] : undefined;
    return at === undefined ? [] : [{ sku: at, login }];
  });
  const claimed = people.filter((p) => p.department === "in").length;
  return { people, held, allotment: Math.max(1, claimed - random.int(3) + 1) };
};

const poolOf = ({ skus }: FaultedStand, allotment: number): Values => {
  const license = (sku: string): Values => ({ connection: "vendor", sku });
  const [first, second] = skus;
  const tiers: Values =
    second === undefined
      ? { license: license(first) }
      : {
          tiers: skus.map((sku) => ({ license: license(sku), when: `user.title == ${JSON.stringify(sku)}` })),
        };
  return {
    name: "pool",
    ...tiers,
    allotment,
    rules: [{ claim: { name: "in", when: 'user.department == "in"' } }],
    ownership: "exclusive",
    executionLimit: { removals: 100 },
  };
};

const reset = (stand: FaultedStand, logins: readonly string[], held: Tiny["held"]): void => {
  stand.setLag?.(0);
  for (const sku of stand.skus)
    for (const login of logins) if (stand.holders(sku).includes(stand.holder(login))) stand.take(sku, login);
  for (const { sku, login } of held) stand.give(sku, login);
  stand.simulator.resetLog();
};

const holdersOf = (stand: FaultedStand): Set<string> => new Set(stand.skus.flatMap((sku) => stand.holders(sku)));

/**
 * What must hold at every moment: nobody twice, and nobody above the allotment. A seat that somebody else gave to a
 * person whom no rule claims does not count against it: the pool takes it away, and a failure to do so is not its growth.
 */
const createWatch = (stand: FaultedStand, { people, allotment }: Tiny, verdict: Verdict) => {
  const claimed = people.filter((p) => p.department === "in").map((p) => stand.holder(p.id));
  const counted = (): number => {
    const holders = holdersOf(stand);
    return claimed.filter((id) => holders.has(id)).length;
  };
  let before = counted();
  return (): void => {
    for (const sku of stand.skus) {
      const holders = stand.holders(sku);
      const twice = holders.length - new Set(holders).size;
      if (twice > 0) verdict.words.push(`${twice} twice in ${sku}`);
      verdict.duplicates += twice;
    }
    const now = counted();
    if (now > before && now > allotment) {
      verdict.above += now - Math.max(before, allotment);
      verdict.words.push(`${now} hold a seat of ${allotment}, ${before} before`);
    }
    before = now;
  };
};

/** Is what was told true at this moment? `accepted` and `failed` promise nothing yet. */
const createCheck =
  (stand: FaultedStand, verdict: Verdict) =>
  ({ step, result }: Outcome): void => {
    if (result !== "done" && result !== "already" && result !== "pending") return;
    const gained = step.act === "assign" ? step.sku : step.to;
    const holds = (sku: string): boolean => stand.holders(sku).includes(step.holder);
    const got = gained === undefined || holds(gained);
    const rid = step.act === "assign" || step.to === step.sku || !holds(step.sku);
    if (got && rid) return;
    verdict.untrue += 1;
    verdict.words.push(
      `${result}: ${step.act} ${step.account} ${step.sku}${step.to ? ` to ${step.to}` : ""} is not so`,
    );
  };

/** Everybody as the pool wants it: who is claimed holds the seat of their tier, as far as there are seats; nobody else any. */
const missing = (stand: FaultedStand, { people, allotment }: Tiny): readonly string[] => {
  const claimed = people.filter((p) => p.department === "in");
  const wants = (p: Person): string => (stand.skus.length === 1 ? stand.skus[0] : (p.title ?? ""));
  const right = claimed.filter((p) =>
    stand.skus.every((sku) => stand.holders(sku).includes(stand.holder(p.id)) === (sku === wants(p))),
  );
  const strangers = people.filter((p) => p.department !== "in" && holdersOf(stand).has(stand.holder(p.id)));
  const short = Math.min(allotment, claimed.length) - right.length;
  return [...strangers.map((p) => `${p.id} still holds a seat`), ...(short > 0 ? [`${short} lack theirs`] : [])];
};

export interface Run {
  readonly stand: FaultedStand;
  readonly clock: VirtualClock;
  readonly logins: readonly string[];
  readonly seed: number;
  /** Share of requests that meet a fault; 0: the same run without any. */
  readonly rate: number;
}
const most = 25;

/** One tiny company, brought to what is declared: plan, apply, plan, until a plan is empty. */
export const faultedRun = async ({ stand, clock, logins, seed, rate }: Run): Promise<Verdict> => {
  const random = createRandom(seed);
  const world = tinyWorld(random, logins, stand.skus);
  reset(stand, logins, world.held);
  // A new day: tokens have expired, and no pause of the run before is left.
  clock.advance(86_400_000);
  const verdict: Verdict = {
    told: undefined as never,
    duplicates: 0,
    lost: 0,
    above: 0,
    untrue: 0,
    rounds: 0,
    failures: 0,
    refused: 0,
    words: [],
  };
  const wire = createFaultyWire({
    stand,
    now: clock.now,
    random: createRandom(seed ^ 0x5bd1e995),
    rate,
    written: createWatch(stand, world, verdict),
  });
  Object.assign(verdict, { told: wire.told });
  // As often as any other kind, if every run has some ten requests.
  const lagging = rate > 0 && random.next() < rate * 3;
  if (lagging) wire.lag(1000 + random.int(59_000));
  const round = createPoolLoop({
    stand,
    clock,
    transport: wire.transport,
    people: world.people,
    inputs: poolOf(stand, world.allotment),
    told: createCheck(stand, verdict),
  });
  for (;;) {
    const { is, problem, failures } = await round();
    verdict.rounds += 1;
    verdict.failures += failures;
    if (is === "failed") verdict.refused += 1;
    if (is === "failed" && !(problem instanceof Problem && problem.code !== "bug")) {
      verdict.words.push(
        `a run ended in ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`,
      );
    }
    // Whoever runs it again does so half a minute later; a plan of what a list does not show yet is not the last one.
    clock.advance(is === "quiet" ? 61_000 : 30_000);
    if (is === "quiet" && (!lagging || missing(stand, world).length === 0)) break;
    if (verdict.rounds >= most) break;
  }
  const wrong = missing(stand, world);
  verdict.lost += wrong.length;
  verdict.words.push(...wrong);
  return verdict;
};
