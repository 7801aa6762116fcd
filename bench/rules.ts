import type { Person } from "../provider/core/person.ts";
import { compileRule } from "../provider/rules/index.ts";
import { environment } from "../provider/rules/parse.ts";

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
  readonly unit: string;
}

/**
 * How fast compiled rules are, as ratios within one run: the machine's load divides out.
 * The directory is the one of limits-and-libraries 1.5: 100,000 people, one rule on a field, the start of a text and a group.
 */
const size = 100_000;
const source = 'user.department == "Engineering" && user.title.startsWith("Senior") && "vpn" in user.groups';
const now = Date.parse("2026-11-24T12:00:00Z");

/** Multiplicative congruential numbers: the same people in every run. */
function* numbers(): Generator<number, never> {
  for (let seed = 42; ; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed;
  }
}

const departments = ["Engineering", "Sales", "Finance", "Support", "Legal", "People", "Marketing", "Security"];
const titles = ["Senior Developer", "Developer", "Senior Analyst", "Analyst", "Intern", "Manager"];

/** Only one thing is missing now and then, so that the hand-written closure has as much to skip as ours. */
function people(): Person[] {
  const next = numbers();
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]): T | undefined => from[next.next().value % from.length];
  return Array.from({ length: size }, (_, i): Person => {
    const groups = Array.from({ length: 7 }, () => `team-${next.next().value % 400}`);
    return {
      id: `id-${i}`,
      login: `login-${i}`,
      email: `login-${i}@acme.test`,
      status: "active",
      firstName: "Ada",
      lastName: `Person ${i}`,
      department: next.next().value % 50 === 0 ? null : (pick(departments) ?? null),
      title: next.next().value % 50 === 0 ? null : (pick(titles) ?? null),
      manager: null,
      type: "employee",
      createdAt: "2024-01-01T00:00:00Z",
      startsOn: null,
      endsOn: null,
      groups: (next.next().value % 2 === 0 ? [...groups, "vpn"] : groups).sort(),
      attributes: {},
    };
  });
}

/** What an engineer would write for this one rule. */
const closure = (person: Person): boolean =>
  person.department === "Engineering" &&
  person.title?.startsWith("Senior") === true &&
  person.groups?.includes("vpn") === true;

/** CPU milliseconds of one pass, by the process's own clock: other processes do not count. */
function cpu(pass: () => number, times: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) if (pass() === 0) throw new Error("the rule matched nobody");
  const used = process.cpuUsage(start);
  return (used.user + used.system) / 1000 / times;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Median of the ratios of neighbouring passes. Both sides warm up first. */
function ratio(
  ours: () => number,
  other: () => number,
  { rounds, times }: { readonly rounds: number; readonly times: number },
): number {
  cpu(ours, 3);
  cpu(other, 1);
  return median(Array.from({ length: rounds }, () => cpu(ours, times) / cpu(other, times)));
}

/** A process never runs one rule only: without these, the engine would see one shape of closure and inline it all. */
function warm(all: readonly Person[]): void {
  const others = [
    'user.title == "x"',
    'user.email.endsWith("x") || "a" in user.groups',
    "has(user.manager) && user.createdAt < now",
    'user.status in ["staged"]',
    '!user.login.contains("z") || user.title.startsWith("x")',
    'user.groups.exists(g, g.startsWith("team-1"))',
  ];
  for (const other of others) {
    const rule = compileRule(other);
    for (const person of all.slice(0, 20_000)) rule.decide(person, now);
  }
}

export async function rows(): Promise<Row[]> {
  const all = people();
  warm(all);
  const rule = compileRule(source);
  const ours = (): number =>
    all.reduce((count, person) => (rule.decide(person, now).is === "yes" ? count + 1 : count), 0);
  const hand = (): number => all.reduce((count, person) => (closure(person) ? count + 1 : count), 0);
  // The library gets people as it wants them, made outside of what is measured: no key where there is no value.
  const library = environment.parse(source);
  const contexts = all.map((person) => ({
    user: Object.fromEntries(Object.entries(person).filter(([, value]) => value !== null)),
  }));
  const theirs = (): number => contexts.reduce((count, one) => (evaluates(() => library(one)) ? count + 1 : count), 0);
  if (ours() !== hand() || ours() !== theirs())
    throw new Error(`the three do not agree: ${ours()}, ${hand()}, ${theirs()}`);
  const toClosure = ratio(ours, hand, { rounds: 15, times: 5 });
  const toLibrary = ratio(ours, theirs, { rounds: 5, times: 1 });
  return [
    {
      name: "rules/vs-closure",
      value: toClosure,
      limit: 2.5,
      ok: toClosure <= 2.5,
      unit: "x the CPU time of a hand-written closure",
    },
    {
      name: "rules/vs-cel-library",
      value: toLibrary,
      limit: 0.25,
      ok: toLibrary <= 0.25,
      unit: "x the CPU time of the CEL library",
    },
  ];
}

/** A missing value is an exception in the library. */
function evaluates(run: () => unknown): boolean {
  try {
    return run() === true;
  } catch {
    return false;
  }
}
