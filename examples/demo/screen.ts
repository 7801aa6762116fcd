import { type Asked, type Kind, kinds, type PoolRun, planLine, type Run, total } from "./run.ts";

export type Print = (line: string) => void;
const width = 96;
/** Names that are shown of each kind; the rest is counted, by rule. */
const bound = 6;

export const heading = (print: Print, nth: number, name: string, tells: string): void => {
  const title = `${nth}  ${name}  `;
  print("");
  print(`${title}${"─".repeat(Math.max(0, width - title.length))}`);
  for (const line of wrapped(tells, 3)) print(line);
};

/** Broken between words; further lines are two columns deeper. */
export const wrapped = (text: string, indent: number): string[] => {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = " ".repeat(indent + 2);
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line];
};

const words: Readonly<Record<Kind, readonly [sign: string, one: string, many: string]>> = {
  unassign: ["-", "loses a seat", "lose a seat"],
  leave: ["-", "begins to leave", "begin to leave"],
  move: ["~", "moves to another license", "move to another license"],
  assign: ["+", "gains a seat", "gain a seat"],
  adopt: ["=", "is adopted", "are adopted"],
  wait: ["?", "waits", "wait"],
  candidate: ["!", "becomes a candidate", "become candidates"],
  forget: [".", "is remembered no longer", "are remembered no longer"],
};
const say = (kind: Kind, count: number): string => `${count} ${words[kind][count === 1 ? 1 : 2]}`;

/** `sales 18, support 4`: which rule speaks for how many, as their sentences say. */
const byRule = (sentences: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const sentence of sentences) {
    const rule = /\brule ([^\s,(]+)/.exec(sentence)?.[1];
    if (rule) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return [...counts].map(([rule, count]) => `${rule} ${count}`).join(", ");
};

const group = (print: Print, pool: PoolRun, kind: Kind): void => {
  const sentences = Object.values(pool.changes[kind]);
  if (sentences.length === 0) return;
  for (const sentence of sentences.slice(0, bound))
    for (const line of wrapped(`${words[kind][0]} ${sentence}`, 5)) print(line);
  const [shown, all] = [Math.min(bound, sentences.length), total(pool, kind)];
  if (shown === all) return;
  const unnamed = pool.more[kind] ? `; ${pool.more[kind]} are counted, not named` : "";
  print(`     … and ${all - shown} more; by rule: ${byRule(sentences)}${unnamed}`);
};

const list = (value: unknown): { total: number; people: readonly { person: string; reason: string }[] } => {
  const { total: count = 0, people = [] } = (value ?? {}) as { total?: number; people?: [] }; // a PoolPeople
  return { total: typeof count === "number" ? count : 0, people: Array.isArray(people) ? people : [] };
};
export const listed = (pool: PoolRun, name: string): ReturnType<typeof list> => list(pool.outputs[name]);

const standing = (pool: PoolRun): string => {
  const { used, available, monthlyCost, currency } = pool.outputs;
  if (typeof used !== "number") return "";
  const lists = ["waiting", "external", "blocked"].flatMap((name) => {
    const { total: count } = listed(pool, name);
    return count > 0 ? [`${count} ${name}`] : [];
  });
  const left = typeof available === "number" ? `, ${available} left` : "";
  return [`${used} seats used${left}`, ...lists, `${String(monthlyCost)} ${String(currency)} per month`].join("; ");
};

const names = (pool: PoolRun, list: string): string => {
  const { total: count, people } = listed(pool, list);
  const some = people.slice(0, bound).map(({ person }) => person);
  return [...some, ...(count > some.length ? [`${count - some.length} more`] : [])].join(", ");
};

/** The plan of each pool. `before`: plans that were shown already; the same plan is said to be the same. */
export const pools = (print: Print, run: Run, before: Map<string, string>): void => {
  for (const pool of run.pools) {
    const counts = kinds.flatMap((kind) => (total(pool, kind) > 0 ? [say(kind, total(pool, kind))] : []));
    print(`   pool ${pool.name}: ${counts.length > 0 ? counts.join(", ") : "nothing to do"}`);
    const plan = JSON.stringify([pool.changes, pool.more]);
    if (counts.length > 0 && before.get(pool.name) === plan)
      print("     person for person the plan that was previewed above");
    else for (const kind of kinds) group(print, pool, kind);
    before.set(pool.name, plan);
    for (const name of ["blocked", "failed"])
      for (const { reason } of listed(pool, name).people.slice(0, bound))
        for (const line of wrapped(`! ${name}: ${reason}`, 5)) print(line);
    const { total: external } = listed(pool, "external");
    if (external > 0)
      for (const line of wrapped(`= ${external} external, counted and left alone: ${names(pool, "external")}`, 5))
        print(line);
    const sentence = planLine(run.said, pool.name) ?? standing(pool);
    if (sentence !== "") for (const line of wrapped(sentence, 5)) print(line);
  }
};

const amount = (value: unknown): string | null =>
  typeof value === "number" || typeof value === "string"
    ? String(value)
    : value === undefined
      ? null
      : `${list(value).total}`;

/** What a refresh read of the pools that the state did not have: counters and totals, before and now. */
export const differences = (print: Print, run: Run): number => {
  const counters = ["consumed", "used", "available", "owned", "external", "waiting", "monthlyCost"];
  const lines = run.pools.flatMap(({ name, before, outputs }) => {
    const parts = counters.flatMap((counter) => {
      const [was, is] = [amount(before[counter]), amount(outputs[counter])];
      return was === is || was === null || is === null ? [] : [`${counter} ${was} → ${is}`];
    });
    return parts.length > 0 ? [`pool ${name}: ${parts.join(", ")}`] : [];
  });
  for (const line of lines) for (const part of wrapped(line, 5)) print(part);
  return lines.length;
};

/** What was bought and what is used, as the License resources say it. */
export const licenses = (print: Print, run: Run): void => {
  for (const { name, outputs } of run.licenses) {
    const { purchased, purchasedSource, consumed, available, monthlyCost, currency } = outputs;
    if (typeof consumed !== "number") continue;
    const line = `license ${name}: ${purchased} purchased (${purchasedSource}), ${consumed} consumed, ${available} available; ${monthlyCost} ${currency} per month`;
    for (const part of wrapped(line, 3)) print(part);
  }
};

/** What was refused, in the provider's words. */
export const refusals = (print: Print, run: Run, severities: readonly string[] = ["error"]): void => {
  const seen = new Set<string>();
  for (const { severity, message } of run.said) {
    // What a warning has told already is not told again as the error that follows it.
    if (!severities.includes(severity) || [...seen].some((told) => told.includes(message))) continue;
    seen.add(message);
    for (const line of shortened(message.split("\n"))) for (const part of wrapped(line, 5)) print(part);
  }
};

/** Lines about single people, which the provider indents with a sign, are cut to a few. */
const shortened = (lines: readonly string[]): string[] => {
  const person = (line: string): boolean => /^ {2}[-+~] /.test(line);
  const all = lines.filter(person).length;
  let shown = 0;
  return lines.flatMap((line) => {
    if (!person(line)) return [line.trim()];
    shown += 1;
    if (shown <= bound) return [line.trim()];
    return shown === all ? [`… and ${all - bound} more people`] : [];
  });
};

const requests = ({ reads, writes }: Asked): string =>
  `${reads} ${reads === 1 ? "read" : "reads"}, ${writes} ${writes === 1 ? "write" : "writes"}`;
/** `names`: of the servers, for people; in the order in which they are told. */
export const costs = (
  print: Print,
  run: Run,
  { names }: { readonly names: Readonly<Record<string, string>> },
): void => {
  print(`   $ ${run.command}   → exit ${run.code}, ${run.seconds} s`);
  const asked = Object.entries(names).map(([server, name]) => {
    const of = run.asked[server];
    return `${name}: ${of ? requests(of) : "not asked"}`;
  });
  for (const line of wrapped(asked.join("; "), 5)) print(line);
};

export const verdict = (print: Print, findings: readonly Finding[]): void => {
  for (const { holds, what } of findings)
    for (const [i, line] of wrapped(what, 5).entries())
      print(i === 0 ? `   ${holds ? "✓" : "✗"} ${line.trim()}` : line);
};
/** Something that a step had to prove, and whether it did. */
export interface Finding {
  readonly holds: boolean;
  readonly what: string;
}
