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
  readonly yes: ReadonlyMap<PersonId, readonly number[]>;
  /** Whom `yes` is about, in its order. */
  readonly people: readonly Person[];
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
  const yes = new Map<PersonId, readonly number[]>();
  const people: Person[] = [];
  return {
    yes,
    people,
    add(person: Person, alone: readonly [rule: number]): void {
      const before = yes.get(person.id);
      if (!before) people.push(person);
      if (!before?.includes(alone[0])) yes.set(person.id, before ? [...before, alone[0]].sort((a, b) => a - b) : alone);
    },
  };
};

export const claimsOf = (rules: PoolRules, view: DirectoryView, ctx: Ctx): Claims => {
  const { yes, people, add } = collect();
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
    for (const at of answers[n]?.yes ?? []) {
      const person = view.people[at];
      if (person) add(person, alone);
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
  return { yes, people, undecided, messages };
};

/** Whom these claims speak for, by directory id. */
export const claimedPeople = (
  rules: PoolRules,
  view: DirectoryView,
  ctx: Ctx,
): ReadonlyMap<PersonId, readonly number[]> => claimsOf(rules, view, ctx).yes;

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
