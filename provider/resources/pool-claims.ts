import type { Person, PersonId } from "../core/person.ts";
import type { Ctx, DirectoryView, Message } from "../core/resource.ts";
import type { Member } from "../planner/index.ts";
import { dueAt, indexPeople, matchAll, type PeopleIndex } from "../rules/index.ts";
import { finder, type PoolRules } from "./pool-rules.ts";

const indexes = new WeakMap<DirectoryView, PeopleIndex>();
const indexOf = (view: DirectoryView): PeopleIndex => {
  const found = indexes.get(view) ?? indexPeople(view.people);
  indexes.set(view, found);
  return found;
};

interface Claims {
  /** Everybody whom a rule claims. */
  readonly people: readonly Person[];
  /** The rules of each of them, in the order of `people`. */
  readonly of: readonly (readonly number[])[];
  readonly has: (id: PersonId) => boolean;
  readonly undecided: ReadonlyMap<PersonId, { rule: number; missing: string }[]>;
  readonly messages: readonly Message[];
}

const push = <T>(map: Map<PersonId, T[]>, id: PersonId, item: T): void => {
  const list = map.get(id);
  if (list) list.push(item);
  else map.set(id, [item]);
};

/** Claims by person. Most people have one: they share its list. */
const collect = () => {
  const places = new Map<PersonId, number>();
  let entered = 0;
  const people: Person[] = [];
  const of: (readonly number[])[] = [];
  const append = (person: Person, rules: readonly number[]): void => {
    people.push(person);
    of.push(rules);
  };
  /** Those whom `append` took are entered when somebody looks one up: often nobody does, and it takes 50 ms for 100,000. */
  const place = (id: PersonId): number | undefined => {
    for (; entered < people.length; entered += 1) places.set(people[entered]?.id ?? "", entered);
    return places.get(id);
  };
  return {
    claims: { people, of, has: (id: PersonId): boolean => place(id) !== undefined },
    append,
    add(person: Person, alone: readonly [rule: number]): void {
      const at = place(person.id);
      const before = at === undefined ? none : (of[at] ?? none);
      if (at === undefined) append(person, alone);
      else if (!before.includes(alone[0])) of[at] = [...before, alone[0]].sort((a, b) => a - b);
    },
  };
};
const none: readonly number[] = [];

export const claimsOf = (rules: PoolRules, view: DirectoryView, ctx: Ctx): Claims => {
  const { claims, append, add } = collect();
  const undecided = new Map<PersonId, { rule: number; missing: string }[]>();
  const messages: Message[] = [];
  const asked = rules.claims.map((claim, i) => ({ claim, i })).filter(({ claim }) => claim.open && claim.rule !== null);
  const answers = matchAll(
    asked.flatMap(({ claim }) => claim.rule ?? []),
    indexOf(view),
    ctx.now,
  );
  asked.forEach(({ claim, i }, n) => {
    const alone = [i] as const;
    const take = n === 0 && view.byId.size === view.people.length ? append : add; // one rule names everybody once
    for (const at of answers[n]?.yes ?? []) {
      const person = view.people[at];
      if (person) take(person, alone);
    }
    for (const at of answers[n]?.undecided ?? []) {
      const person = view.people[at];
      const answer = person && claim.rule ? claim.rule.decide(person, ctx.now) : null;
      if (person && answer?.is === "undecided") push(undecided, person.id, { rule: i, missing: answer.missing });
    }
  });
  const granted = rules.claims.some((c) => c.grants.length > 0) ? finder(view.people) : () => null;
  rules.claims.forEach((claim, i) => {
    for (const grant of claim.open ? claim.grants : []) {
      const person = granted(grant.user);
      if (!person)
        messages.push({
          level: "warning",
          text: `rule "${claim.name}" grants a seat to "${grant.user}", whom the directory does not know`,
        });
      else add(person, [i]);
    }
  });
  return { ...claims, undecided, messages };
};

export const tierOf = (rules: PoolRules, person: Person, now: number): Member["tier"] => {
  for (const [i, rule] of rules.tiers.entries()) {
    const answer = rule === null ? "yes" : rule.decide(person, now).is;
    if (answer === "yes") return i;
    if (answer === "undecided") return "undecided";
  }
  return null;
};

/** Rules that read `now` change without any event: asked for everybody, but only of such rules. */
export const dueByTime = (rules: PoolRules, view: DirectoryView, ctx: Ctx): number | null => {
  let due: number | null = null;
  for (const rule of [...rules.claims.map((c) => (c.open ? c.rule : null)), rules.scope, rules.exempt, ...rules.tiers])
    if (rule?.readsNow)
      for (const person of view.people) {
        const at = dueAt(rule, person, ctx.now);
        if (at !== null && (due === null || at < due)) due = at;
      }
  return due;
};
