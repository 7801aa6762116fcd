import type { Person } from "../core/person.ts";
import type { Rule } from "./rule.ts";
import { textFields, timeFields } from "./vocabulary.ts";

/**
 * The rules (indexes into `rules`) whose answer differs between two states of one person at one moment. Null: they are not there, and no rule
 * speaks for them. Only rules that read a changed field are run, found through an index over the rules that is kept per list of rules.
 */
export function affected(
  rules: readonly Rule[],
  before: Person | null,
  after: Person | null,
  now: number,
): readonly number[] {
  const candidates = before && after ? readersOf(rules).of(changes(before, after)) : rules.keys();
  const found: number[] = [];
  for (const index of candidates) {
    const rule = rules[index];
    if (rule && answer(rule, before, now) !== answer(rule, after, now)) found.push(index);
  }
  return found.sort((a, b) => a - b);
}

const answer = (rule: Rule, person: Person | null, now: number): string =>
  person === null ? "no" : rule.decide(person, now).is;

interface Changes {
  readonly fields: readonly string[];
  /** Names that came or went; null where groups were not read before or after. */
  readonly groups: readonly string[] | null;
  /** Also true where only their order or number changed. */
  readonly groupsDiffer: boolean;
}

const compared = [...textFields, ...timeFields, "status"] as const;

function changes(before: Person, after: Person): Changes {
  const fields: string[] = compared.filter((field) => before[field] !== after[field]);
  for (const name of new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]))
    if (!sameValues(before.attributes[name], after.attributes[name])) fields.push(`attributes.${name}`);
  if (fields.some((field) => field.startsWith("attributes."))) fields.push("attributes");
  const groups = before.groups && after.groups ? difference(before.groups, after.groups) : null;
  return { fields, groups, groupsDiffer: !sameValues(before.groups, after.groups) };
}

type Values = string | readonly string[] | null | undefined;

const sameValues = (a: Values, b: Values): boolean =>
  typeof a === "object" && a && typeof b === "object" && b
    ? a.length === b.length && a.every((value, i) => value === b[i])
    : a === b;

function difference(a: readonly string[], b: readonly string[]): readonly string[] {
  const [left, right] = [new Set(a), new Set(b)];
  return [...a.filter((name) => !right.has(name)), ...b.filter((name) => !left.has(name))];
}

class Readers {
  private readonly byField = new Map<string, number[]>();
  private readonly byGroup = new Map<string, number[]>();
  private readonly anyGroup: number[] = [];
  private readonly groups: number[] = [];

  constructor(rules: readonly Rule[]) {
    rules.forEach((rule, index) => {
      for (const field of rule.reads) if (field !== "groups") put(this.byField, field, index);
      if (!rule.reads.includes("groups")) return;
      this.groups.push(index);
      if (rule.groups === null) this.anyGroup.push(index);
      for (const group of rule.groups ?? []) put(this.byGroup, group, index);
    });
  }

  of({ fields, groups, groupsDiffer }: Changes): Iterable<number> {
    const found = new Set<number>();
    for (const field of fields) for (const index of this.byField.get(field) ?? []) found.add(index);
    for (const group of groups ?? []) for (const index of this.byGroup.get(group) ?? []) found.add(index);
    if (groupsDiffer) for (const index of groups === null ? this.groups : this.anyGroup) found.add(index);
    return found;
  }
}

const put = (map: Map<string, number[]>, key: string, index: number): void => {
  const list = map.get(key);
  if (list) list.push(index);
  else map.set(key, [index]);
};

const readers = new WeakMap<readonly Rule[], { readonly readers: Readers; readonly rules: readonly Rule[] }>();

function readersOf(rules: readonly Rule[]): Readers {
  const known = readers.get(rules);
  if (known && known.rules.length === rules.length && known.rules.every((rule, index) => rule === rules[index]))
    return known.readers;
  const made = new Readers(rules);
  readers.set(rules, { readers: made, rules: [...rules] });
  return made;
}
