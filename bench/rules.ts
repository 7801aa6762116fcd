import type { Person } from "../provider/core/person.ts";
import { compileRule } from "../provider/rules/index.ts";
import { environment } from "../provider/rules/parse.ts";
import { people } from "./people.ts";
import { atLeast, atMost, median, type Row } from "./row.ts";

/**
 * How fast compiled rules are, as ratios within one run: the machine's load divides out.
 * The directory is the one of limits-and-libraries 1.5: 100,000 people, one rule on a field, the start of a text and a group.
 */
const size = 100_000;
const source = 'user.department == "Engineering" && user.title.startsWith("Senior") && "vpn" in user.groups';
const now = Date.parse("2026-11-24T12:00:00Z");

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
  const all = people(size);
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
    atMost("rules/vs-closure", toClosure, 2.5, "x the CPU time of a hand-written closure"),
    atLeast("rules/vs-cel-library", 1 / toLibrary, 4, "x faster than the CEL library"),
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
