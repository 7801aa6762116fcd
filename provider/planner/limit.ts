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
  const broken = rule(situation, counted, claimed) ?? numbers(policy.executionLimit, { total, before, seats });
  if (broken === null) return null;
  const { acknowledge } = policy;
  if (acknowledge && ms(acknowledge.until) > ms(now) && total <= acknowledge.removals) return null;
  const lapsed = acknowledge ? ` acknowledge allows ${acknowledge.removals} until ${when(acknowledge.until)}.` : "";
  return {
    code: broken.code,
    message: `pool ${pool}: ${numbered({ total, before, seats })} are above the execution limit: ${broken.why}.${lapsed}`,
    hint: hintOf(situation, { total, before, seats }),
  };
}

interface Numbers {
  /** Of this plan and of the 24 hours before it. */
  readonly total: number;
  readonly before: number;
  /** Held now: what went in those 24 hours is not among them. */
  readonly seats: number;
}

/** Removals of before are of seats that are gone: they are counted beside the seats, not among them. */
const numbered = ({ total, before, seats }: Numbers): string =>
  before === 0
    ? `${total} removals from ${seats} seats`
    : `${total} removals in 24 hours (${total - before} in this plan, of the ${seats} seats held now, and ${before} before it)`;

/** A directory that fell by much, though by less than half, may have been read in part: then no number is offered. */
function hintOf({ directory: { people }, memory }: Situation, { total, before }: Numbers): string {
  const first = "Look at this plan before anything else: who is named, and why.";
  const plan = total - before;
  if (memory.directory !== null && people * 100 < memory.directory * (100 - share)) {
    const also = before > 0 ? `; the ${before} of the last 24 hours count as well` : "";
    return `${first} The directory has ${people} people and had ${memory.directory} at the last apply: was it read in full? If not, acknowledge nothing; check its connection (credentials, scopes, page limits) and plan again. If they have really left, it is the ${plan} removals of this plan that acknowledge must allow${also}.`;
  }
  const parts = before > 0 ? ` (${plan} of this plan and ${before} of the last 24 hours)` : "";
  return `${first} If this is meant, set acknowledge = { removals: ${total}, until: <a time soon after the apply, RFC 3339> }${parts}; to allow as many always, raise executionLimit.`;
}

export const recent = ({ memory, now }: Pick<Situation, "memory" | "now">): number =>
  memory.removals.reduce((sum, { at, count }) => (ms(at) + day > ms(now) ? sum + count : sum), 0);

type Broken = { readonly code: Refusal["code"]; readonly why: string };

function numbers(limit: Situation["policy"]["executionLimit"], { total, before, seats }: Numbers): Broken | null {
  const percent = Math.round((total * 1000) / seats) / 10;
  // What is gone already is no share of the seats that are left: 324 of 319 would be 102 %.
  const part = (whole: string, allowed: number): string =>
    before === 0 ? whole : `more than ${allowed} % of ${seats} seats`;
  const over = (allowed: number): boolean => total > few && total * 100 > allowed * seats;
  if (limit === null) {
    if (total > many) return { code: "limit", why: `more than ${many}` };
    return over(share)
      ? {
          code: "limit",
          why: `more than ${few}, and ${part(`${percent} % of the pool where ${share} % are allowed`, share)}`,
        }
      : null;
  }
  if (limit.removals !== null && total > limit.removals)
    return { code: "limit", why: `executionLimit.removals is ${limit.removals}` };
  if (limit.percent !== null && over(limit.percent))
    return {
      code: "limit",
      why: part(`${percent} % of the pool where executionLimit.percent is ${limit.percent}`, limit.percent),
    };
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
