/** What a row's shorthand stands for. For tests: the planner's own, and those that run the rows through an engine. */
import {
  freshMemory,
  type Someone,
  seatsOf,
  situationOf as situationOfWorld,
  someone,
  type VendorSeat,
  type World,
} from "./model.fixture.ts";
import type { Row } from "./rows.ts";
import type { Approved, Memory, Owned, Plan, PlanStep, Policy, Situation, StepKind } from "./situation.ts";
import { strangerId } from "./steps.ts";
import { day, hour, iso, ms } from "./time.ts";

export const rowNow = "2026-11-24T12:00:00.000Z";
const cycleEndsAt = "2026-12-15T00:00:00.000Z";

/** `ada@1:3d` → who, tier, what stands after the colon. */
interface Word {
  readonly who: string;
  readonly tier: number;
  readonly note: string;
}
const words = (text: string | undefined): Word[] =>
  (text ?? "")
    .split(" ")
    .filter(Boolean)
    .map((word) => {
      const [place = "", note = ""] = word.split(":");
      const [who = "", tier = "0"] = place.split("@");
      return { who, tier: Number(tier), note };
    });

const ago = (note: string, usual = "1d"): string => {
  const [, n = "1", unit = "d"] = /^(\d+)([dh])$/.exec(note || usual) ?? [];
  return iso(ms(rowNow) - Number(n) * (unit === "d" ? day : hour));
};

const rulesOf = (text: string) =>
  text.split("|").map((part) => {
    const [head = "", people = ""] = part.split(":");
    const [, name = "", inside = ""] = /^\s*(\w+)(?:\(([^)]*)\))?\s*$/.exec(head) ?? [];
    const allotment = /^\d+/.exec(inside)?.[0];
    return {
      name,
      allotment: allotment === undefined ? null : Number(allotment),
      reserve: Number(/reserve (\d+)/.exec(inside)?.[1] ?? 0),
      people: people.trim().split(" ").filter(Boolean),
    };
  });

const policyOf = (row: Row): Policy => ({
  allotment: 100,
  onExhaustion: "wait",
  ownership: "own",
  enforce: "full",
  gracePeriod: { unclaimed: 0, suspended: 0, deleted: 0 },
  reclaim: null,
  executionLimit: null,
  acknowledge: null,
  allowDeactivation: false,
  onDestroy: "retain",
  ...row.policy,
});

/** Every tier of rows that speak of service plans has these. */
export const planNames = { chat: "Chat", mail: "Mail", video: "Video" } as const;
const allowedOf = (row: Row, tier: number): readonly string[] | null => {
  const lists = row.plans?.split("|").map((list) => list.trim().split(" ").sort());
  const list = lists?.[tier] ?? lists?.[0] ?? null;
  return list?.[0] === "none" ? [] : list;
};

const tiersOf = (row: Row): World["tiers"] =>
  (row.purchased ?? "100").split(" ").map((purchased, i) => {
    const [type, quantity, amount] = (row.price ?? "").split(" ");
    return {
      license: `vendor/sku${i}`,
      purchased: purchased === "-" ? null : purchased === "retired" ? 100 : Number(purchased),
      ...(purchased === "retired" ? { retired: true } : {}),
      buysOnAssign: row.buysOnAssign ?? false,
      release: (row.release ?? "immediate") as World["tiers"][number]["release"], // rows name the releases as they are
      cycleEndsAt: row.release === "endOfCycle" && !row.cycleUnknown ? cycleEndsAt : null,
      usage: row.usage ?? "fresh",
      ...(row.plans === undefined ? {} : { servicePlans: { on: allowedOf(row, i) ?? [], names: planNames } }),
      commitments:
        type === "annual" || type === "flexible"
          ? [
              {
                quantity: Number(quantity),
                type,
                startsOn: null,
                endsOn: type === "annual" ? "2026-12-31" : null,
                price: { amount: amount ?? "0", currency: "USD", per: "month" },
              },
            ]
          : [],
    };
  });

/** `ada`: of every license; `ada@1`: of the second. */
const lacksOf = (text: string, who: string): boolean[] =>
  [0, 1, 2].map((tier) => text.split(" ").some((word) => word === who || word === `${who}@${tier}`));

function peopleOf(row: Row, rules: ReturnType<typeof rulesOf>): Someone[] {
  const mentioned = [
    row.ours,
    row.others,
    row.inherited,
    row.ending,
    row.taken,
    row.status,
    row.undecided,
    row.waiting,
    row.cooldown,
    row.lacks?.replaceAll(/@\d/g, ""),
    row.outOfScope,
    row.exempt,
  ].flatMap((text) => words(text).map(({ who }) => who));
  const names = [...new Set([...rules.flatMap(({ people }) => people), ...mentioned])];
  const has = (text: string | undefined, who: string): Word | undefined => words(text).find((word) => word.who === who);
  return names.map((name, n) => {
    const tier = has(row.tier, name)?.note;
    const active = has(row.active, name);
    return someone(n, {
      id: name,
      name,
      status: (has(row.status, name)?.note ?? "active") as Someone["status"], // rows name statuses as they are
      claims: rules.flatMap(({ people }, i) => (people.includes(name) ? [i] : [])),
      undecided: words(row.undecided).flatMap(({ who, note }) =>
        who === name ? [rules.findIndex((rule) => rule.name === note)] : [],
      ),
      tier: tier === "none" ? null : tier === "?" ? "undecided" : Number(tier ?? 0),
      exempt: has(row.exempt, name) !== undefined,
      scope: has(row.outOfScope, name) ? "out" : "in",
      accounts: [0, 1, 2].map(() => has(row.noAccount, name) === undefined),
      lastActive: active ? ago(active.note) : null,
      ...(row.lacks === undefined ? {} : { lacks: lacksOf(row.lacks, name) }),
    });
  });
}

function memoryOf(row: Row, world: World): Memory {
  const owned = (text: string | undefined): [string, Owned][] =>
    words(text).map(({ who, tier, note }) => [
      who,
      {
        license: world.tiers[tier]?.license ?? "",
        holder: who,
        account: who,
        since: ago(note, "10d"),
        how: "assigned",
      },
    ]);
  const cause = (who: string): "unclaimed" | "suspended" | "deleted" =>
    row.leaving?.includes(`${who}:suspended`) ? "suspended" : "unclaimed";
  return {
    ...freshMemory,
    owned: new Map([...owned(row.ours), ...owned(row.ending), ...owned(row.taken)]),
    waiting: Object.fromEntries(
      words(row.waiting).map(({ who, note }) => [who, { since: ago(note), rule: world.rules[0]?.name ?? "" }]),
    ),
    leaving: Object.fromEntries(
      words(row.leaving).map(({ who, note }) => [who, { since: ago(note), cause: cause(who) }]),
    ),
    candidates: Object.fromEntries(
      words(row.candidates).map(({ who, note }) => [who, { since: ago(note), lastActive: ago("90d") }]),
    ),
    cooldown: Object.fromEntries(
      words(row.cooldown).map(({ who, note }) => [
        who,
        { since: ago(note), until: iso(ms(ago(note)) + 30 * day), license: world.tiers[0]?.license ?? "" },
      ]),
    ),
    ...(row.tried === undefined ? {} : { tried: triedOf(row) }),
    ...refusalsOf(row, world),
    removals: words(row.removals).map(({ who, note }) => ({ at: ago(note), count: Number(who) })),
    ruleCounts: row.ruleCounts ?? {},
    directory: row.directory?.before ?? null,
  };
}

const faultOf = (row: Row, who: string): Pick<VendorSeat, "problem"> => {
  const code = words(row.faulty).find((word) => word.who === who)?.note;
  const text = "Free a seat or buy one.";
  return code === undefined ? {} : { problem: { code, text, retryable: code !== "DependencyViolation" } };
};
/** `ada:2h+0`: two hours ago, with no seat free. */
const triedOf = (row: Row): NonNullable<Memory["tried"]> =>
  Object.fromEntries(
    words(row.tried).map(({ who, note }) => {
      const [time = "", free = ""] = note.split("+");
      return [who, { at: ago(time), code: "CountViolation", free: Number(free) }];
    }),
  );

const refusalsOf = (row: Row, world: World): Pick<Memory, "refused" | "soldOut"> => {
  const license = world.tiers[0]?.license ?? "";
  const denied = words(row.denied).map(({ who, note }) => [
    who,
    [{ at: ago(note), license, holder: who, text: "another license excludes it." }],
  ]);
  const [, time = "", seats, allotment] = /^(\w+)\+(\d+)(?::(\d+))?$/.exec(row.soldOut ?? "") ?? [];
  const told = { at: ago(time), consumed: Number(seats), allotment: Number(allotment ?? world.policy.allotment) };
  return {
    ...(row.denied === undefined ? {} : { refused: Object.fromEntries(denied) }),
    ...(row.soldOut === undefined ? {} : { soldOut: { [license]: told } }),
  };
};

function plansOf(row: Row, who: string, tier: number): { servicePlans?: readonly string[] } {
  const allowed = allowedOf(row, tier);
  const note = words(row.on).find((word) => word.who === who)?.note;
  if (allowed === null || note === "?") return {};
  return { servicePlans: note === undefined ? allowed : note.split("+").sort() };
}

/** The company of a row: its directory, its vendors, its pool. */
export function worldOf(row: Row): World {
  const rules = rulesOf(row.rules);
  const world: World = {
    now: rowNow,
    people: peopleOf(row, rules),
    rules: rules.map(({ name, allotment, reserve }) => ({ name, allotment, reserve })),
    tiers: tiersOf(row),
    seats: new Map(),
    policy: policyOf(row),
    memory: freshMemory,
    people0: row.directory?.now ?? 1000,
    fault: row.directory?.fault ?? null,
  };
  const give = (text: string | undefined, more: { inheritedFrom?: string; endsAt?: string } = {}): void => {
    for (const { who, tier, note } of words(text))
      seatsOf(world, world.tiers[tier]?.license ?? "").set(who, {
        since: ago(note, "10d"),
        inheritedFrom: more.inheritedFrom ?? null,
        endsAt: more.endsAt ?? null,
        exempt: false,
        ...faultOf(row, who),
        ...plansOf(row, who, tier),
      });
  };
  give(row.ours);
  give(row.others);
  give(row.strangers);
  give(row.inherited, { inheritedFrom: "team" });
  give(row.ending, { endsAt: cycleEndsAt });
  return { ...world, memory: memoryOf(row, world) };
}

const signs: Readonly<Record<string, StepKind>> = {
  "+": "assign",
  "-": "unassign",
  "~": "move",
  "=": "adopt",
  "?": "wait",
  "!": "leave",
  "*": "candidate",
  ".": "forget",
};

/** The steps that somebody approved; undefined: nobody did. */
export const approvedOf = (row: Row): readonly Approved[] | undefined =>
  row.approved?.split(" ").map((step): Approved => {
    const back = step.endsWith("^") ? ({ back: true } as const) : {};
    const [place, to] = step.slice(1).replace("^", "").split(">"); // `ada@0>1`
    const [word] = words(place);
    const { who: person = "", tier = 0 } = word ?? {};
    const moved = to === undefined ? { tier, from: null } : { tier: Number(to), from: tier };
    return { kind: signs[step[0] ?? ""] ?? "forget", person, ...moved, ...back };
  });

export function situationOfRow(row: Row): Situation {
  const approved = approvedOf(row);
  return {
    ...situationOfWorld(worldOf(row)),
    ...(approved ? { approved } : {}),
    ...(row.assignOnly ? { assignOnly: true } : {}),
  };
}

const stepWord = ({ kind, person, tier, from }: Pick<PlanStep, "kind" | "person" | "tier" | "from">): string => {
  const sign = Object.entries(signs).find(([, k]) => k === kind)?.[0] ?? "";
  const name = person.startsWith(strangerId("", "").slice(0, 9)) ? (person.split(":").at(-1) ?? person) : person;
  if (kind === "move") return `${sign}${name}@${from}>${tier}`;
  return `${sign}${name}${tier > 0 && (kind === "assign" || kind === "unassign") ? `@${tier}` : ""}`;
};

/** A plan in the rows' shorthand. */
export const stepsOf = (plan: Plan): string => plan.steps.map(stepWord).join(" ");
export const withheldOf = (plan: Plan): string => plan.withheld.map(({ step }) => stepWord(step)).join(" ");
