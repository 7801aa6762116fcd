import type { Ast } from "../core/ast.ts";
import { Bits } from "./bits.ts";
import { condition } from "./compile.ts";
import { presence, type Types, textGetter } from "./compile-values.ts";
import {
  type Anchor,
  fieldFacet,
  groupsFacet,
  inside as insideIndex,
  type LazyIndex,
  oneValueFacet,
  type PeopleIndex,
  severalValuesFacet,
} from "./people-index.ts";
import { groupsTested } from "./reads.ts";
import { inside, type Rule } from "./rule.ts";
import { attributeName, constantText, constantTexts, isUser, operands, userField } from "./tree.ts";
import { NO_ITEM, type Run } from "./value.ts";

export interface Matches {
  /** Indexes into the people, ascending. */
  readonly yes: readonly number[];
  readonly undecided: readonly number[];
}

/**
 * `decide` for all rules and everybody, the same answers. What compares a field with fixed texts is looked up as sets of people and combined
 * by set algebra; only what is left is run, and only for those whose answer is still open.
 */
export function matchAll(rules: readonly Rule[], index: PeopleIndex, now: number): readonly Matches[] {
  const people = insideIndex(index);
  const plans = rules.map((rule) => planFor(rule));
  people.prepare(plans.flatMap((plan) => plan.anchors));
  return plans.map(({ root }) => {
    const { yes, undecided } = root.over(people.everybody, { people, now });
    return { yes: yes.indexes(), undecided: undecided.indexes() };
  });
}

interface Ask {
  readonly people: LazyIndex;
  readonly now: number;
}
interface Split {
  readonly yes: Bits;
  readonly undecided: Bits;
}
/** A part of a rule that answers for a set of people at once. */
interface Part {
  /** Cheap parts go first in a chain, so that dear ones see fewer people. */
  readonly dear: number;
  over(open: Bits, ask: Ask): Split;
}
interface RulePlan {
  readonly root: Part;
  readonly anchors: readonly Anchor[];
}

const plans = new WeakMap<Rule, RulePlan>();

function planFor(rule: Rule): RulePlan {
  const known = plans.get(rule);
  if (known) return known;
  const { ast, types } = inside(rule);
  const anchors: Anchor[] = [];
  const plan = { root: part(ast, types, anchors), anchors };
  plans.set(rule, plan);
  return plan;
}

function part(ast: Ast, types: Types, anchors: Anchor[]): Part {
  const anchor = anchorOf(ast);
  if (anchor) {
    anchors.push(anchor);
    return lookUp(anchor);
  }
  if (ast.kind === "has") return holding(ast);
  if (ast.kind === "not") return negated(part(ast.of, types, anchors));
  if (ast.kind === "!=") {
    const equal = anchorOf({ ...ast, kind: "==" });
    if (equal) anchors.push(equal);
    return equal ? negated(lookUp(equal)) : each(condition(ast, types));
  }
  if (ast.kind !== "and" && ast.kind !== "or") return each(condition(ast, types));
  const parts = operands(ast, ast.kind).map((operand) => part(operand, types, anchors));
  const ordered = parts.sort((a, b) => a.dear - b.dear);
  return ast.kind === "and" ? every(ordered) : some(ordered);
}

/** An expression that a look-up answers, or null. Its answer is exact, undecided people included. */
export function anchorOf(ast: Ast): Anchor | null {
  const groups = groupsTested(ast);
  if (groups) return { facet: groupsFacet, values: groups };
  if (ast.kind === "==") {
    const value = constantText(ast.right) ?? constantText(ast.left);
    return value === null ? null : anchored(constantText(ast.right) === null ? ast.right : ast.left, [value]);
  }
  if (ast.kind !== "in") return null;
  const attribute = attributeName(ast.right);
  const wanted = constantText(ast.left);
  if (attribute !== null && wanted !== null) return { facet: severalValuesFacet(attribute), values: [wanted] };
  const values = constantTexts(ast.right);
  return values && anchored(ast.left, values);
}

function anchored(ast: Ast, values: readonly string[]): Anchor | null {
  const attribute = attributeName(ast);
  if (attribute !== null) return { facet: oneValueFacet(attribute), values };
  const get = textGetter(ast);
  const field = userField(ast);
  return get && field !== null ? { facet: fieldFacet(field, get), values } : null;
}

const lookUp = (anchor: Anchor): Part => ({
  dear: 0,
  over(open, { people }) {
    const { yes, undecided } = people.find(anchor);
    return open === people.everybody ? { yes, undecided } : { yes: yes.and(open), undecided: undecided.and(open) };
  },
});

function holding(ast: Ast & { kind: "has" }): Part {
  const { name } = ast;
  const ofUser = isUser(ast.of);
  const test = ofUser ? presence(name) : (person: { attributes: object }) => Object.hasOwn(person.attributes, name);
  return {
    dear: 1,
    over: (open, { people }) => ({
      yes: open.and(people.holding(`${ofUser ? "" : "attributes."}${name}`, test)),
      undecided: people.nobody,
    }),
  };
}

const negated = (of: Part): Part => ({
  dear: of.dear,
  over(open, ask) {
    const { yes, undecided } = of.over(open, ask);
    return { yes: open.without(yes).without(undecided), undecided };
  },
});

/** `&&`: who has a false is out at once; undecided where nothing is false and something is undecided. */
const every = (parts: readonly Part[]): Part => ({
  dear: Math.max(...parts.map((one) => one.dear)),
  over(open, ask) {
    let yes = open;
    let undecided = ask.people.nobody;
    for (const one of parts) {
      const left = yes.or(undecided);
      if (left.blank) break;
      const found = one.over(left, ask);
      undecided = found.undecided.or(undecided.and(found.yes));
      yes = yes.and(found.yes);
    }
    return { yes, undecided };
  },
});

/** `||`: who has a true is in at once. */
const some = (parts: readonly Part[]): Part => ({
  dear: Math.max(...parts.map((one) => one.dear)),
  over(open, ask) {
    let yes = ask.people.nobody;
    let undecided = ask.people.nobody;
    for (const one of parts) {
      const found = one.over(open.without(yes), ask);
      yes = yes.or(found.yes);
      undecided = undecided.without(found.yes).or(found.undecided);
    }
    return { yes, undecided };
  },
});

/** Whatever no look-up answers: asks each person who is still open. */
const each = (run: Run<boolean>): Part => ({
  dear: 2,
  over(open, { people: { people }, now }) {
    const yes = Bits.none(people.length);
    const undecided = Bits.none(people.length);
    open.each((index) => {
      const person = people[index];
      const found = person ? run(person, now, NO_ITEM) : false;
      if (found === true) yes.add(index);
      else if (found !== false) undecided.add(index);
    });
    return { yes, undecided };
  },
});
