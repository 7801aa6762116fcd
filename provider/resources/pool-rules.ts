import type { PeopleQuery } from "../core/connector.ts";
import { label, type Person } from "../core/person.ts";
import { asProblem, type Path, Problem } from "../core/problem.ts";
import { compileRule, type Rule } from "../rules/index.ts";
import type { PoolInputs } from "./seat-pool-fields.ts";
import type { ClaimInput } from "./shared-fields.ts";

const compiled = (source: string, path: Path): Rule => {
  try {
    return compileRule(source);
  } catch (error) {
    throw asProblem(error).under(...path);
  }
};

/** One of a pool's claims, ready to ask. */
export interface ReadyClaim {
  readonly name: string;
  readonly rule: Rule | null;
  readonly grants: NonNullable<ClaimInput["grants"]>;
  /** Its window is open now. */
  readonly open: boolean;
  /** Next moment at which time alone changes the window or a grant. */
  readonly dueAt: number | null;
}

/** All conditions of a pool, compiled once. */
export interface PoolRules {
  readonly claims: readonly ReadyClaim[];
  readonly scope: Rule | null;
  readonly exempt: Rule | null;
  readonly tiers: readonly (Rule | null)[];
}

const after = (now: number, times: readonly (string | undefined)[]): number | null => {
  const later = times
    .filter((t): t is string => t !== undefined)
    .map(Date.parse)
    .filter((t) => t > now);
  return later.length > 0 ? Math.min(...later) : null;
};

const ready = (claim: ClaimInput, path: Path, now: number): ReadyClaim => ({
  name: claim.name,
  rule: claim.when === undefined ? null : compiled(claim.when, [...path, "when"]),
  grants: (claim.grants ?? []).filter((g) => g.expiresAt === undefined || Date.parse(g.expiresAt) > now),
  open:
    (claim.startsAt === undefined || Date.parse(claim.startsAt) <= now) &&
    (claim.expiresAt === undefined || Date.parse(claim.expiresAt) > now),
  dueAt: after(now, [claim.startsAt, claim.expiresAt, ...(claim.grants ?? []).map((g) => g.expiresAt)]),
});

export const poolRules = (inputs: PoolInputs, now: number): PoolRules => ({
  claims: inputs.rules.map((r, i) => ready(r.claim, ["rules", i, "claim"], now)),
  scope: inputs.scope === undefined ? null : compiled(inputs.scope, ["scope"]),
  exempt: inputs.exempt?.when === undefined ? null : compiled(inputs.exempt.when, ["exempt", "when"]),
  tiers: (inputs.tiers ?? [{ when: undefined }]).map((t, i) =>
    t.when === undefined ? null : compiled(t.when, ["tiers", i, "when"]),
  ),
});

const everyRule = (rules: PoolRules): readonly Rule[] =>
  [...rules.claims.map((c) => (c.open ? c.rule : null)), rules.scope, rules.exempt, ...rules.tiers].filter(
    (r): r is Rule => r !== null,
  );

/**
 * What must be read of the directory. Only matching people can be asked for where no holder needs to be found by
 * name (`linked`) and nobody is granted by name.
 */
export const peopleNeeded = (rules: PoolRules, also: () => readonly string[], linked: boolean): PeopleQuery => {
  const all = everyRule(rules);
  const claims = rules.claims.filter((c) => c.open).flatMap((c) => (c.rule ? [c.rule.ast] : []));
  const groups = all.some((r) => r.groups === null) ? null : [...new Set(all.flatMap((r) => r.groups ?? []))].sort();
  const byName = rules.claims.some((c) => c.open && c.grants.length > 0);
  return {
    match: linked && !byName ? claims : null,
    groups,
    get also() {
      return [...new Set(also())]; // read only where not everybody has been read already
    },
  };
};

/** Finds people by login, e-mail or id; case does not count in the first two. */
export const finder = (people: readonly Person[]): ((user: string) => Person | null) => {
  const names = new Map<string, Person | null>();
  for (const person of people)
    for (const name of new Set([person.login, person.email].filter((n) => n !== null).map((n) => n.toLowerCase())))
      names.set(name, names.has(name) && names.get(name) !== person ? null : person);
  const ids = new Map(people.map((p) => [p.id, p]));
  return (user) => ids.get(user) ?? names.get(user.toLowerCase()) ?? null;
};

/** Every condition of a pool, with its place and its name for people. */
const conditions = (
  rules: PoolRules,
): readonly { readonly rule: Rule; readonly called: string; readonly path: Path }[] => {
  const all = [
    ...rules.claims.map(({ rule, name }, i) => ({
      rule,
      called: `rule "${name}"`,
      path: ["rules", i, "claim", "when"],
    })),
    { rule: rules.scope, called: "the scope", path: ["scope"] },
    { rule: rules.exempt, called: "the exemption", path: ["exempt", "when"] },
    ...rules.tiers.map((rule, i) => ({ rule, called: `tier ${i + 1}'s condition`, path: ["tiers", i, "when"] })),
  ];
  return all.flatMap(({ rule, ...where }) => (rule ? [{ rule, ...where }] : []));
};

/** A condition that reads a group which the pool itself writes would chase its own tail. */
export const cycleProblems = (rules: PoolRules, written: readonly string[]): readonly Problem[] =>
  conditions(rules).flatMap(({ rule, called, path }) => {
    const reads = rule.groups ?? (rule.reads.includes("groups") ? written : []);
    const both = reads.filter((g) => written.some((w) => w === g || w.endsWith(`/${g}`) || g.endsWith(`/${w}`)));
    if (both.length === 0) return [];
    return [
      new Problem("invalid", `${called} reads group "${both[0]}", which this pool writes: a cycle`, {
        path,
        hint: "Let it read another group or an attribute, or give the seats through another group.",
      }),
    ];
  });

export const duplicateProblems = (inputs: PoolInputs): readonly Problem[] => {
  const seen = new Set<string>();
  return inputs.rules.flatMap((r, i) => {
    if (!seen.has(r.claim.name)) {
      seen.add(r.claim.name);
      return [];
    }
    return [
      new Problem("invalid", `two rules of this pool are named "${r.claim.name}"`, {
        path: ["rules", i, "claim"],
        hint: "Plans name rules: give each its own name.",
      }),
    ];
  });
};
export const personName = (person: Person, how: "account" | "id" | "count"): string =>
  how === "account" ? label(person) : person.id;
