import { createRandom, type Random } from "../../connectors/simulator/random.ts";
import type { Outcome } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import type { Values } from "../../core/value.ts";
import { person } from "../memory-world.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { FaultedStand } from "./faulted-system.ts";
import { createFaultyWire, nothing, type Told } from "./faulty-wire.ts";
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
  /** A plan or an apply that ended in what no user can mend. */
  bugs: number;
  /** Steps that failed and said so; and plans or applies. */
  failures: number;
  refused: number;
  /** What went wrong, for a reader. */
  readonly words: string[];
}

/** Who holds what, who should, and how many may. */
interface Tiny {
  people: readonly Person[];
  /** Who has ever been claimed: what they hold is the pool's. */
  claimed: ReadonlySet<string>;
  readonly held: readonly { readonly sku: string; readonly login: string }[];
  readonly allotment: number;
}

const isIn = (p: Person): boolean => p.department === "in";
const idsIn = (people: readonly Person[]): string[] => people.filter(isIn).map((p) => p.id);

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
  const claimed = new Set(idsIn(people));
  return { people, claimed, held, allotment: Math.max(1, claimed.size - random.int(3) + 1) };
};

/** Joiners, leavers and movers, after the first of it is done. */
const changed = (random: Random, world: Tiny, skus: readonly string[]): void => {
  const some = new Set(random.shuffle(world.people).slice(0, 2));
  world.people = world.people.map((p) => {
    if (!some.has(p)) return p;
    const title = skus[random.int(skus.length)] ?? "";
    return random.next() < 0.5 ? { ...p, title } : { ...p, department: isIn(p) ? "out" : "in" };
  });
  world.claimed = new Set([...world.claimed, ...idsIn(world.people)]);
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
    allowDeactivation: true,
  };
};

const reset = (stand: FaultedStand, logins: readonly string[], held: Tiny["held"]): void => {
  stand.setLag?.(0);
  for (const sku of stand.skus) for (const login of logins) stand.take(sku, login);
  for (const { sku, login } of held) stand.give(sku, login);
  stand.simulator.resetLog();
};

const holdersOf = (stand: FaultedStand): Set<string> => new Set(stand.skus.flatMap((sku) => stand.holders(sku)));

/**
 * What must hold at every moment: nobody twice, and nobody above the allotment. A seat that somebody else gave to a
 * person whom no rule claims does not count against it: the pool takes it away, and a failure to do so is not its growth.
 * One that ends with its cycle is consumed all the same: to give it back to its holder is no growth either.
 */
const createWatch = (stand: FaultedStand, world: Tiny, verdict: Verdict) => {
  const counted = (): number => {
    const holders = new Set([...holdersOf(stand), ...stand.skus.flatMap((sku) => stand.ending?.(sku) ?? [])]);
    return [...world.claimed].filter((login) => holders.has(stand.holder(login))).length;
  };
  let before = counted();
  const written = (): void => {
    for (const sku of stand.skus) {
      const holders = stand.holders(sku);
      const twice = holders.length - new Set(holders).size;
      if (twice > 0) verdict.words.push(`${twice} twice in ${sku}`);
      verdict.duplicates += twice;
    }
    const now = counted();
    if (now > before && now > world.allotment) {
      verdict.above += now - Math.max(before, world.allotment);
      verdict.words.push(`${now} hold a seat of ${world.allotment}, ${before} before`);
    }
    before = now;
  };
  /** Others are claimed from now on; nobody has written anything. */
  const turned = (): void => {
    before = counted();
  };
  return { written, turned };
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
  const claimed = people.filter(isIn);
  const wants = (p: Person): string => (stand.skus.length === 1 ? stand.skus[0] : (p.title ?? ""));
  const right = claimed.filter((p) =>
    stand.skus.every((sku) => stand.holders(sku).includes(stand.holder(p.id)) === (sku === wants(p))),
  );
  const strangers = people.filter((p) => !isIn(p) && holdersOf(stand).has(stand.holder(p.id)));
  // A seat that ends with its cycle is consumed until then, and its place with it: somebody waits, as the pool says.
  const ending = stand.skus.reduce((sum, sku) => sum + (stand.ending?.(sku).length ?? 0), 0);
  const short = Math.min(allotment, claimed.length) - right.length - ending;
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

const blank = (told: Told): Verdict => ({
  told,
  duplicates: 0,
  lost: 0,
  above: 0,
  untrue: 0,
  bugs: 0,
  failures: 0,
  refused: 0,
  words: [],
});

interface Converging {
  readonly run: Run;
  readonly world: Tiny;
  readonly verdict: Verdict;
  readonly lagging: boolean;
}
/** Plan, apply, plan, until a plan is empty. */
const converge = async (round: ReturnType<typeof createPoolLoop>, { run, world, verdict, lagging }: Converging) => {
  const { stand, clock } = run;
  for (let rounds = 1; ; rounds++) {
    const { is, problem, failures } = await round();
    verdict.failures += failures;
    if (is === "failed") verdict.refused += 1;
    if (is === "failed" && !(problem instanceof Problem && problem.code !== "bug")) {
      verdict.bugs += 1;
      verdict.words.push(`ended in ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
    }
    // Whoever runs it again does so half a minute later; a plan of what a list does not show yet is not the last one.
    clock.advance(is === "quiet" ? 61_000 : 30_000);
    if (rounds >= most || (is === "quiet" && (!lagging || missing(stand, world).length === 0))) break;
  }
  const wrong = missing(stand, world);
  verdict.lost += wrong.length;
  verdict.words.push(...wrong);
};

/** One tiny company, brought to what is declared; then some of it changes, and it is brought there, too. */
export const faultedRun = async (run: Run): Promise<Verdict> => {
  const { stand, clock, logins, seed, rate } = run;
  const random = createRandom(seed);
  const world = tinyWorld(random, logins, stand.skus);
  reset(stand, logins, world.held);
  // No pause of the run before is left; tokens expire now and then.
  clock.advance(600_000);
  const verdict = blank(nothing());
  const { written, turned } = createWatch(stand, world, verdict);
  const wire = createFaultyWire({
    stand,
    now: clock.now,
    random: createRandom(seed ^ 0x5bd1e995),
    rate,
    written,
    told: verdict.told,
  });
  const [again, lots] = [random.next() < 0.5, random.next()];
  // As often as any other kind, if every run has some twenty requests.
  const lagging = rate > 0 && lots < rate * 5;
  if (lagging) wire.lag(1000 + random.int(59_000));
  const round = createPoolLoop({
    stand,
    clock,
    transport: wire.transport,
    people: () => world.people,
    inputs: poolOf(stand, world.allotment),
    told: createCheck(stand, verdict),
  });
  await converge(round, { run, world, verdict, lagging });
  if (!again) return verdict;
  changed(createRandom(~seed), world, stand.skus);
  turned();
  await converge(round, { run, world, verdict, lagging });
  return verdict;
};
