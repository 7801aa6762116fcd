import type { Ast } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { anchorOf } from "./match.ts";
import { type Anchor, type Facet, groupsFacet } from "./people-index.ts";
import type { Rule } from "./rule.ts";
import { operands } from "./tree.ts";
import { textFields, timeFields } from "./vocabulary.ts";

/**
 * The rules (indexes into `rules`) whose answer differs between two states of one person at one moment. Null: they are not there, and no rule
 * speaks for them. Only rules that read a changed field, and that may be true at all, are run, found through an index over the rules that is kept
 * per list of rules.
 */
export function affected(
  rules: readonly Rule[],
  before: Person | null,
  after: Person | null,
  now: number,
): readonly number[] {
  const candidates = before && after ? readersOf(rules).of(changes(before, after), [before, after]) : rules.keys();
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
  fields.push(...changedAttributes(before.attributes, after.attributes));
  if (sameValues(before.groups, after.groups)) return { fields, groups: [], groupsDiffer: false };
  const groups = before.groups && after.groups ? difference(before.groups, after.groups) : null;
  return { fields, groups, groupsDiffer: true };
}

type Attributes = Person["attributes"];

function changedAttributes(before: Attributes, after: Attributes): readonly string[] {
  if (before === after) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => !sameValues(before[name], after[name]));
  return changed.length === 0 ? [] : ["attributes", ...changed.map((name) => `attributes.${name}`)];
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

/** Look-ups of which one must hold for the rule to be anything but false; none where there is no such set. */
function gateOf(ast: Ast): readonly Anchor[] {
  const anchor = anchorOf(ast);
  if (anchor) return [anchor];
  if (ast.kind !== "and" && ast.kind !== "or") return [];
  const parts = operands(ast, ast.kind).map(gateOf);
  if (ast.kind === "or") return parts.every((part) => part.length > 0) ? parts.flat() : [];
  // Fewest people are in a group; a false operand makes a chain false, whatever is undecided in it.
  const gates = parts.filter((part) => part.length > 0);
  return gates.find((gate) => gate.every(({ facet }) => facet === groupsFacet)) ?? gates[0] ?? [];
}

/** The rules that read one field. Only those whose gate stands open, or may, for the person before or after are run. */
class Gated {
  private readonly open: number[] = [];
  private readonly facets = new Map<string, { facet: Facet; all: number[]; byValue: Map<string, number[]> }>();

  add(rule: Rule, index: number): void {
    const gate = gateOf(rule.ast);
    if (gate.length === 0) this.open.push(index);
    for (const { facet, values } of gate) {
      const entry = this.facets.get(facet.key) ?? { facet, all: [], byValue: new Map<string, number[]>() };
      this.facets.set(facet.key, entry);
      entry.all.push(index);
      for (const value of values) put(entry.byValue, value, index);
    }
  }

  into(found: Set<number>, states: readonly Person[]): void {
    for (const index of this.open) found.add(index);
    for (const { facet, all, byValue } of this.facets.values())
      for (const person of states) {
        const has = facet.read(person);
        if (has === null) for (const index of all) found.add(index);
        else
          for (const value of typeof has === "string" ? [has] : has)
            for (const index of byValue.get(value) ?? []) found.add(index);
      }
  }
}

class Readers {
  private readonly byField = new Map<string, Gated>();
  private readonly byGroup = new Map<string, number[]>();
  private readonly anyGroup: number[] = [];
  private readonly groups: number[] = [];

  constructor(rules: readonly Rule[]) {
    rules.forEach((rule, index) => {
      for (const field of rule.reads) if (field !== "groups") this.gated(field).add(rule, index);
      if (!rule.reads.includes("groups")) return;
      this.groups.push(index);
      if (rule.groups === null) this.anyGroup.push(index);
      for (const group of rule.groups ?? []) put(this.byGroup, group, index);
    });
  }

  private gated(field: string): Gated {
    const gated = this.byField.get(field) ?? new Gated();
    this.byField.set(field, gated);
    return gated;
  }

  of({ fields, groups, groupsDiffer }: Changes, states: readonly Person[]): Iterable<number> {
    const found = new Set<number>();
    for (const field of fields) this.byField.get(field)?.into(found, states);
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
