import type { Ast } from "../core/ast.ts";
import { attributeName, children, constantText, constantTexts, isUser, userField } from "./tree.ts";

export interface Reads {
  /** `department`, `groups`, `attributes.team`; `attributes` where all of them matter. Sorted. */
  readonly fields: readonly string[];
  readonly now: boolean;
  /** The groups that matter, sorted; null when all do. */
  readonly groups: readonly string[] | null;
}

/** What a rule looks at: which fields to ask the directory for, and which changes can matter to it. */
export function readsOf(ast: Ast): Reads {
  const found: Found = { fields: new Set(), groups: new Set(), allGroups: false, now: false };
  visit(ast, found);
  const groups = found.allGroups ? null : [...found.groups].sort();
  return { fields: [...found.fields].sort(), now: found.now, groups };
}

interface Found {
  readonly fields: Set<string>;
  readonly groups: Set<string>;
  allGroups: boolean;
  now: boolean;
}

function visit(ast: Ast, found: Found): void {
  if (ast.kind === "name" && ast.name === "now") found.now = true;
  const names = groupsTested(ast);
  if (names) {
    found.fields.add("groups");
    for (const name of names) found.groups.add(name);
    return;
  }
  const field = fieldRead(ast);
  if (field === null) {
    for (const child of children(ast)) visit(child, found);
    return;
  }
  found.fields.add(field);
  if (field === "groups" && ast.kind !== "has") found.allGroups = true;
}

/** The field that a node reads by itself, as `reads` names it. */
function fieldRead(ast: Ast): string | null {
  const attribute = attributeName(ast);
  if (attribute !== null) return `attributes.${attribute}`;
  if (ast.kind === "has") return isUser(ast.of) ? ast.name : `attributes.${ast.name}`;
  const tested = ast.kind === "in" && userField(ast.right) === "attributes" ? constantText(ast.left) : null;
  return tested !== null ? `attributes.${tested}` : userField(ast);
}

/**
 * The groups that an expression asks for by name: `"a" in user.groups`, `user.groups.exists(g, g == "a" || g in ["b"])`.
 * Null for every other expression, also those that use groups in another way.
 */
export function groupsTested(ast: Ast): readonly string[] | null {
  if (ast.kind === "in" && userField(ast.right) === "groups") {
    const name = constantText(ast.left);
    return name === null ? null : [name];
  }
  return ast.kind === "exists" && userField(ast.list) === "groups" ? namesFor(ast.variable, ast.body) : null;
}

/** The texts that a condition on one variable accepts, or null where it is not a plain choice among texts. */
function namesFor(variable: string, body: Ast): readonly string[] | null {
  const is = (ast: Ast): boolean => ast.kind === "name" && ast.name === variable;
  if (body.kind === "==") {
    const name = is(body.left) ? constantText(body.right) : is(body.right) ? constantText(body.left) : null;
    return name === null ? null : [name];
  }
  if (body.kind === "in" && is(body.left)) return constantTexts(body.right);
  if (body.kind !== "or") return null;
  const parts = children(body).map((part) => namesFor(variable, part));
  return parts.every((part) => part !== null) ? parts.flat() : null;
}
