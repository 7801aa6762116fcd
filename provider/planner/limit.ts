import type { Plan, PlanStep, Situation } from "./situation.ts";
import { countsAsRemoval } from "./steps.ts";
import { day, ms, when } from "./time.ts";

type Refusal = NonNullable<Plan["refusal"]>;

/** More than `few` and more than `share` of the pool, or more than `many`: what nobody declared and nobody wants. */
export const few = 5;
export const share = 10;
export const many = 50;

/** May the plan be applied? The same question on every path: plan, destroy, controller. */
export function refusalOf(
  situation: Situation,
  steps: readonly PlanStep[],
  claimed: Readonly<Record<string, number>>,
): Refusal | null {
  return directory(situation) ?? removals(situation, steps, claimed);
}

/** A directory that lost its people would unassign everybody: nothing that is computed from it can be trusted. */
function directory({ directory: { people, fault }, memory, pool }: Situation): Refusal | null {
  const hint =
    "Check the directory connection (credentials, scopes, page limits) and plan again. If so many people have really left, give up the pool with onDestroy = retain and import it anew.";
  const refuse = (what: string): Refusal => ({
    code: "directory",
    message: `pool ${pool}: ${what}; nothing is changed`,
    hint,
  });
  if (fault !== null) return refuse(`the directory was read in part: ${fault}`);
  if (people === 0) return refuse("the directory is empty");
  if (memory.directory !== null && people * 2 < memory.directory)
    return refuse(`the directory has ${people} people, under half of the ${memory.directory} at the last apply`);
  return null;
}

function removals(
  situation: Situation,
  steps: readonly PlanStep[],
  claimed: Readonly<Record<string, number>>,
): Refusal | null {
  const { policy, memory, pool, now } = situation;
  const counted = steps.filter((step) => countsAsRemoval(step, situation));
  if (counted.length === 0) return null;
  const before = recent(situation);
  const total = before + counted.length;
  // A first plan takes over whom it finds: those are the pool as much as the ones it loses.
  const taken = steps.filter(({ kind }) => kind === "adopt");
  const more = new Set(
    [...taken, ...counted].map(({ person }) => person).filter((person) => !memory.owned.has(person)),
  );
  const seats = memory.owned.size + more.size;
  const broken = rule(situation, counted, claimed) ?? numbers(policy.executionLimit, total, seats);
  if (broken === null) return null;
  const { acknowledge } = policy;
  if (acknowledge && ms(acknowledge.until) > ms(now) && total <= acknowledge.removals) return null;
  const past = before > 0 ? ` (${before} of them in the last 24 hours)` : "";
  const lapsed = acknowledge ? ` acknowledge allows ${acknowledge.removals} until ${when(acknowledge.until)}.` : "";
  return {
    code: broken.code,
    message: `pool ${pool}: ${total} removals${past} from ${seats} seats are above the execution limit: ${broken.why}.${lapsed}`,
    hint: `If this is meant, set acknowledge = { removals: ${total}, until: <a time soon after the apply, RFC 3339> }; to allow as many always, raise executionLimit.`,
  };
}

export const recent = ({ memory, now }: Pick<Situation, "memory" | "now">): number =>
  memory.removals.reduce((sum, { at, count }) => (ms(at) + day > ms(now) ? sum + count : sum), 0);

type Broken = { readonly code: Refusal["code"]; readonly why: string };

function numbers(limit: Situation["policy"]["executionLimit"], total: number, seats: number): Broken | null {
  const percent = Math.round((total * 1000) / seats) / 10;
  const over = (allowed: number): boolean => total > few && total * 100 > allowed * seats;
  if (limit === null) {
    if (total > many) return { code: "limit", why: `more than ${many}` };
    return over(share)
      ? { code: "limit", why: `more than ${few}, and ${percent} % of the pool where ${share} % are allowed` }
      : null;
  }
  if (limit.removals !== null && total > limit.removals)
    return { code: "limit", why: `executionLimit.removals is ${limit.removals}` };
  if (limit.percent !== null && over(limit.percent))
    return { code: "limit", why: `${percent} % of the pool where executionLimit.percent is ${limit.percent}` };
  return null;
}

/** One rule that loses half its people is more likely a slip in its condition, or in the directory, than the truth. */
function rule(
  { memory, now }: Situation,
  counted: readonly PlanStep[],
  claimed: Readonly<Record<string, number>>,
): Broken | null {
  const losing = new Set(counted.map((step) => step.rule));
  for (const [name, count] of Object.entries(memory.ruleCounts)) {
    const lately = memory.removals.reduce(
      (sum, { at, lost = {} }) => (ms(at) + day > ms(now) && Object.hasOwn(lost, name) ? sum + (lost[name] ?? 0) : sum),
      0,
    );
    const was = count + lately;
    const gone = was - (claimed[name] ?? 0);
    if (gone > few && gone * 2 >= was && (losing.has(name) || losing.has(null)))
      return { code: "rule-half", why: `rule ${name} loses ${gone} of its ${was} people, half or more` };
  }
  return null;
}
