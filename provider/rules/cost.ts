import type { Ast } from "../core/ast.ts";
import { fault } from "./place.ts";
import { children, userField } from "./tree.ts";

/** Most steps that a rule may take for one person, by the estimate below. 10,000 steps are well under 1 ms. */
export const maxCost = 10_000;

/** How long lists are taken to be. Real ones may be longer: then the rule is slower, not wrong. */
const lengths = { groups: 100, attribute: 20 };

/** Refuses what could be slow for every person of a large directory. The work is bounded by the text alone, before it ever runs. */
export function bound(ast: Ast): void {
  const steps = cost(ast);
  if (steps > maxCost)
    throw fault(
      ast.at,
      `this takes about ${steps} steps for each person; ${maxCost} are allowed`,
      "Test whole groups with in; keep exists and all short.",
    );
}

export function cost(ast: Ast): number {
  const inner = children(ast).map(cost);
  const sum = inner.reduce((all, one) => all + one, 1);
  if (ast.kind === "exists" || ast.kind === "all") return (inner[0] ?? 1) + 1 + lengthOf(ast.list) * (inner[1] ?? 1);
  if (ast.kind === "in") return sum + Math.ceil(lengthOf(ast.right) / 10);
  if (ast.kind === "call" && ast.name === "matches") return sum + 50;
  return sum;
}

function lengthOf(ast: Ast): number {
  if (ast.kind === "list") return ast.items.length;
  if (ast.kind === "if") return Math.max(lengthOf(ast.yes), lengthOf(ast.no));
  return userField(ast) === "groups" ? lengths.groups : lengths.attribute;
}
