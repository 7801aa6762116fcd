import type { Ast } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { condition } from "./compile.ts";
import { items, number, type Types } from "./compile-values.ts";
import { inside, type Rule } from "./rule.ts";
import { isTime } from "./time.ts";
import { children, type Of } from "./tree.ts";
import { Missing, NO_ITEM, type Value } from "./value.ts";

/**
 * When time alone will next change a rule's answer for a person, in milliseconds; null for never. Between two moments at which some comparison
 * turns, no answer changes, so it is enough to go from one such moment to the next and ask the rule there.
 */
export function dueAt(rule: Rule, person: Person, now: number): number | null {
  if (!rule.readsNow) return null;
  const watch = watchFor(rule);
  const start = rule.decide(person, now).is;
  let at = now;
  for (let step = 0; step < maxSteps; step++) {
    const moment: Moment = { person, now: at, item: NO_ITEM, slope: 0, next: Number.POSITIVE_INFINITY };
    watch(moment);
    if (!isTime(moment.next)) return null;
    at = moment.next;
    if (rule.decide(person, at).is !== start) return at;
  }
  return at;
}

/** More turns than any rule of 4 KB has; past it the caller asks again from there. */
const maxSteps = 10_000;

interface Moment {
  readonly person: Person;
  readonly now: number;
  /** The comprehension's variable, and how fast it moves: 1 for `now`, 0 for what stands still. */
  readonly item: Value;
  readonly slope: number;
  /** The earliest moment after `now` found so far. */
  next: number;
}
/** Looks for the next moment at which a comparison inside an expression can turn. It may name more moments, never fewer. */
type Watch = (moment: Moment) => void;
/** How much an expression grows while `now` grows by one; NaN where a value is missing. */
type Slope = (moment: Moment) => number;

const watches = new WeakMap<Rule, Watch>();

function watchFor(rule: Rule): Watch {
  const known = watches.get(rule);
  if (known) return known;
  const { ast, types } = inside(rule);
  const watch = watchOf(ast, types);
  watches.set(rule, watch);
  return watch;
}

function watchOf(ast: Ast, types: Types): Watch {
  if (ast.kind === "all" || ast.kind === "exists") return watchItems(ast, types);
  const inner = children(ast).map((child) => watchOf(child, types));
  const own = compared(ast).flatMap(([left, right]) =>
    moves(left, types) && moves(right, types) ? [crossing(left, right, types)] : [],
  );
  return together([...inner, ...own]);
}

const nothing: Watch = () => {};
function together(all: readonly Watch[]): Watch {
  const [first, ...rest] = all.filter((watch) => watch !== nothing);
  if (!first) return nothing;
  return rest.length === 0
    ? first
    : (moment) => {
        first(moment);
        for (const watch of rest) watch(moment);
      };
}

const moves = (ast: Ast, types: Types): boolean => ["time", "span"].includes(types.get(ast)?.kind ?? "");

/** The pairs of expressions that a node compares with each other. */
function compared(ast: Ast): readonly (readonly [Ast, Ast])[] {
  switch (ast.kind) {
    case "<":
    case "<=":
    case ">":
    case ">=":
      return [[ast.left, ast.right]];
    case "==":
    case "!=": {
      const [left, right] = [elements(ast.left), elements(ast.right)];
      return left && right ? left.flatMap((a) => right.map((b) => [a, b] as const)) : [[ast.left, ast.right]];
    }
    case "in":
      return (elements(ast.right) ?? []).map((item) => [ast.left, item] as const);
    default:
      return [];
  }
}

/** The items of a list as it stands in the rule; null for a list that comes from the directory, which holds no times. */
function elements(ast: Ast): readonly Ast[] | null {
  if (ast.kind === "list") return ast.items;
  if (ast.kind !== "if") return null;
  const [yes, no] = [elements(ast.yes), elements(ast.no)];
  return yes || no ? [...(yes ?? []), ...(no ?? [])] : null;
}

/** Two values on straight lines meet once. The comparison can turn on the first millisecond at or past that point, and on the next. */
function crossing(left: Ast, right: Ast, types: Types): Watch {
  const [a, b] = [number(left, types), number(right, types)];
  const [slopeA, slopeB] = [slopeOf(left, types), slopeOf(right, types)];
  return (moment) => {
    const slope = slopeA(moment) - slopeB(moment);
    if (slope === 0 || Number.isNaN(slope)) return;
    const [x, y] = [a(moment.person, moment.now, moment.item), b(moment.person, moment.now, moment.item)];
    if (typeof x !== "number" || typeof y !== "number") return;
    const meet = moment.now - (x - y) / slope;
    for (const at of [Math.ceil(meet), Math.floor(meet) + 1]) if (at > moment.now && at < moment.next) moment.next = at;
  };
}

function slopeOf(ast: Ast, types: Types): Slope {
  if (ast.kind === "name") return ast.name === "now" ? () => 1 : (moment) => moment.slope;
  if (ast.kind === "+" || ast.kind === "-") {
    const [left, right] = [slopeOf(ast.left, types), slopeOf(ast.right, types)];
    return ast.kind === "+" ? (moment) => left(moment) + right(moment) : (moment) => left(moment) - right(moment);
  }
  if (ast.kind !== "if") return () => 0;
  const test = condition(ast.test, types);
  const [yes, no] = [slopeOf(ast.yes, types), slopeOf(ast.no, types)];
  return (moment) => {
    const found = test(moment.person, moment.now, moment.item);
    return found === true ? yes(moment) : found === false ? no(moment) : Number.NaN;
  };
}

function watchItems(ast: Of<"all" | "exists">, types: Types): Watch {
  const list = watchOf(ast.list, types);
  const body = watchOf(ast.body, types);
  if (body === nothing) return list;
  const run = (moment: Moment, item: Value, slope: number): void => {
    const one = { ...moment, item, slope };
    body(one);
    if (one.next < moment.next) moment.next = one.next;
  };
  const fixed = elements(ast.list);
  const moving = fixed
    ?.filter((item) => moves(item, types))
    .map((item) => ({ value: number(item, types), slope: slopeOf(item, types) }));
  const all = items(ast.list, types);
  return (moment) => {
    list(moment);
    if (moving && moving.length > 0) {
      for (const { value, slope } of moving) {
        const found = value(moment.person, moment.now, moment.item);
        if (typeof found === "number") run(moment, found, slope(moment));
      }
      return;
    }
    const found = all(moment.person, moment.now, moment.item);
    if (!(found instanceof Missing)) for (const item of found) run(moment, item, 0);
  };
}
