import type { Person } from "../core/person.ts";
import { Bits } from "./bits.ts";
import type { textGetter } from "./compile-values.ts";

/** What a rule can look up instead of asking everybody. `values` for a test against texts, `presence` for has(). */
export interface Anchor {
  /** `department`, `groups`, `attributes.team` (its one value) or `attributes.team[]` (one of its values). */
  readonly facet: Facet;
  readonly values: readonly string[];
}
export interface Facet {
  readonly key: string;
  /** What a person has there: one text, several, or null when the rule cannot say (it is undecided then). */
  read(person: Person): string | readonly string[] | null;
}

/** People, and for each field that rules ask about, who has which value. Built when first asked for, kept after. */
export interface PeopleIndex {
  readonly people: readonly Person[];
}

export function indexPeople(people: readonly Person[]): PeopleIndex {
  return new LazyIndex(people);
}

interface Postings {
  readonly values: Map<string, Bits>;
  readonly undecided: Bits;
}

export class LazyIndex implements PeopleIndex {
  readonly people: readonly Person[];
  readonly everybody: Bits;
  /** Never added to. */
  readonly nobody: Bits;
  private readonly facets = new Map<string, Postings>();
  private readonly cached = new Map<string, Bits>();

  constructor(people: readonly Person[]) {
    this.people = people;
    this.everybody = Bits.all(people.length);
    this.nobody = Bits.none(people.length);
  }

  /** Reads the people once per facet for all values wanted there: one pass for 200 rules, not one each. */
  prepare(anchors: readonly Anchor[]): void {
    const wanted = new Map<string, { facet: Facet; values: Set<string> }>();
    for (const { facet, values } of anchors) {
      const entry = wanted.get(facet.key) ?? { facet, values: new Set() };
      const known = this.facets.get(facet.key);
      for (const value of values) if (!known?.values.has(value)) entry.values.add(value);
      if (entry.values.size > 0 || !known) wanted.set(facet.key, entry);
    }
    for (const { facet, values } of wanted.values()) this.build(facet, values);
  }

  private build(facet: Facet, values: ReadonlySet<string>): void {
    const size = this.people.length;
    const known = this.facets.get(facet.key);
    const postings: Postings = known ?? { values: new Map(), undecided: Bits.none(size) };
    const found = new Map<string, Bits>();
    for (const value of values) found.set(value, Bits.none(size));
    this.people.forEach((person, index) => {
      const has = facet.read(person);
      if (has === null) postings.undecided.add(index);
      else if (typeof has === "string") found.get(has)?.add(index);
      else for (const one of has) found.get(one)?.add(index);
    });
    for (const [value, bits] of found) postings.values.set(value, bits);
    this.facets.set(facet.key, postings);
  }

  /** Who has one of the values, and who is undecided. */
  find(anchor: Anchor): { readonly yes: Bits; readonly undecided: Bits } {
    this.prepare([anchor]);
    const postings = this.facets.get(anchor.facet.key);
    const yes = anchor.values.reduce((all, value) => all.or(postings?.values.get(value) ?? this.nobody), this.nobody);
    return { yes, undecided: postings?.undecided ?? this.nobody };
  }

  /** Everybody for whom a test holds that is never undecided. */
  holding(key: string, test: (person: Person) => boolean): Bits {
    const known = this.cached.get(key);
    if (known) return known;
    const bits = Bits.none(this.people.length);
    this.people.forEach((person, index) => {
      if (test(person)) bits.add(index);
    });
    this.cached.set(key, bits);
    return bits;
  }
}

export const inside = (index: PeopleIndex): LazyIndex =>
  index instanceof LazyIndex ? index : new LazyIndex(index.people);

const attribute = (person: Person, name: string): string | readonly string[] | null =>
  Object.hasOwn(person.attributes, name) ? (person.attributes[name] ?? null) : null;

export const groupsFacet: Facet = { key: "groups", read: (person) => person.groups };

export const fieldFacet = (key: string, get: NonNullable<ReturnType<typeof textGetter>>): Facet => ({ key, read: get });

const none: readonly string[] = [];
/** An attribute compared as one text: with several values it equals none. */
export const oneValueFacet = (name: string): Facet => ({
  key: `attributes.${name}`,
  read: (person) => {
    const has = attribute(person, name);
    return typeof has === "object" && has !== null ? none : has;
  },
});

/** An attribute searched as a list: with one value the rule is undecided. */
export const severalValuesFacet = (name: string): Facet => ({
  key: `attributes.${name}[]`,
  read: (person) => {
    const has = attribute(person, name);
    return typeof has === "string" ? null : has;
  },
});
