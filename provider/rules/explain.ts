import type { Ast, Position } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { items, type Types, value } from "./compile-values.ts";
import { print, quoted } from "./print.ts";
import { inside, type Rule } from "./rule.ts";
import { type Binary, children, type Of, operands } from "./tree.ts";
import { type Answer, Missing, NO_ITEM, type Value } from "./value.ts";
import type { Type } from "./vocabulary.ts";

/** One part of a rule, with what it gave for one person. */
export interface Explained {
  readonly text: string;
  readonly at: Position;
  /** As the rule language writes it: `true`, `"Sales"`, `2026-01-31T00:00:00Z`, `36h`. Null where it is missing or was not needed. */
  readonly value: string | null;
  /** Why there is no value: `user.department has no value`. */
  readonly missing: string | null;
  /** Another part had settled the answer already. */
  readonly skipped: boolean;
  readonly parts: readonly Explained[];
}

export interface Explanation {
  readonly rule: string;
  readonly answer: Answer;
  readonly root: Explained;
  /** For a terminal: one line for each part, indented, with its place in the rule. */
  render(): readonly string[];
}

/** Why a rule says yes, no or nothing for a person: every part with its value, short-circuits shown. */
export function explain(rule: Rule, person: Person, now: number): Explanation {
  const { ast, types } = inside(rule);
  const root = new Explainer(person, now, types).part(ast, NO_ITEM);
  const answer = rule.decide(person, now);
  const head = answer.is === "undecided" ? `undecided, because ${answer.missing}` : answer.is;
  return { rule: rule.source, answer, root, render: () => [`${head}: ${print(ast)}`, ...inner(root, 0)] };
}

/** Lists and comprehensions are shown up to here; the rest is counted. */
const shownItems = 10;

class Explainer {
  readonly person: Person;
  readonly now: number;
  readonly types: Types;

  constructor(person: Person, now: number, types: Types) {
    this.person = person;
    this.now = now;
    this.types = types;
  }

  part(ast: Ast, item: Value): Explained {
    const found = value(ast, this.types)(this.person, this.now, item);
    const missing = found instanceof Missing ? found.text : null;
    const written = found instanceof Missing ? null : shown(found, this.types.get(ast));
    return { text: print(ast), at: ast.at, value: written, missing, skipped: false, parts: this.parts(ast, item) };
  }

  /** Directly inside. Fields and fixed values have nothing inside that says more than themselves. */
  private parts(ast: Ast, item: Value): readonly Explained[] {
    switch (ast.kind) {
      case "and":
      case "or":
        return this.chain(ast, item);
      case "if":
        return this.branches(ast, item);
      case "all":
      case "exists":
        return this.items(ast, item);
      case "field":
      case "index":
      case "has":
        return [];
      default:
        return children(ast)
          .filter((child) => hasValue(child, this.types))
          .map((child) => this.part(child, item));
    }
  }

  private chain(ast: Binary, item: Value): readonly Explained[] {
    const settles = ast.kind === "or" ? "true" : "false";
    let settled = false;
    return operands(ast, ast.kind === "or" ? "or" : "and").map((operand) => {
      if (settled) return skipped(operand);
      const found = this.part(operand, item);
      settled = found.value === settles;
      return found;
    });
  }

  private branches(ast: Of<"if">, item: Value): readonly Explained[] {
    const test = this.part(ast.test, item);
    const branch = (of: Ast, when: string): Explained => (test.value === when ? this.part(of, item) : skipped(of));
    return [test, branch(ast.yes, "true"), branch(ast.no, "false")];
  }

  private items(ast: Of<"all" | "exists">, item: Value): readonly Explained[] {
    const list = this.part(ast.list, item);
    const found = items(ast.list, this.types)(this.person, this.now, item);
    if (found instanceof Missing) return [list];
    const settles = ast.kind === "exists" ? "true" : "false";
    const range = this.types.get(ast.list);
    const kind = range?.kind === "list" ? range.of : undefined;
    const parts: Explained[] = [];
    for (const one of found) {
      const body = this.part(ast.body, one);
      parts.push({ ...body, text: `${ast.variable} = ${shown(one, kind)}: ${body.text}` });
      if (body.value === settles) break;
    }
    const settling = parts.slice(shownItems).filter((one) => one.value === settles || one.missing !== null);
    return [list, ...parts.slice(0, shownItems), ...settling];
  }
}

const skipped = (ast: Ast): Explained => ({
  text: print(ast),
  at: ast.at,
  value: null,
  missing: null,
  skipped: true,
  parts: [],
});

/** `user` and `user.attributes` are no values of their own, and a fixed value says nothing that the text does not. */
function hasValue(ast: Ast, types: Types): boolean {
  const kind = types.get(ast)?.kind;
  const fixed =
    ast.kind === "literal" || (ast.kind === "call" && (ast.name === "timestamp" || ast.name === "duration"));
  return kind !== undefined && kind !== "person" && kind !== "attributes" && !fixed;
}

function shown(found: Value, type: Type | undefined): string {
  if (typeof found === "object") {
    const of = type?.kind === "list" ? type.of : undefined;
    const first = found.slice(0, shownItems).map((one) => shown(one, of));
    return `[${first.join(", ")}${found.length > shownItems ? `, … ${found.length - shownItems} more` : ""}]`;
  }
  if (typeof found === "string") return quoted(found);
  if (typeof found === "number" && type?.kind === "time") return new Date(found).toISOString().replace(".000Z", "Z");
  return typeof found === "number" && type?.kind === "span" ? duration(found) : String(found);
}

function duration(ms: number): string {
  const size = Math.abs(ms);
  const [hours, minutes, seconds] = [
    Math.floor(size / 3_600_000),
    Math.floor(size / 60_000) % 60,
    (size % 60_000) / 1000,
  ];
  const parts = [hours && `${hours}h`, minutes && `${minutes}m`, seconds && `${seconds}s`].filter(Boolean).join("");
  return `${ms < 0 ? "-" : ""}${parts === "" ? "0s" : parts}`;
}

function lines(part: Explained, depth: number): readonly string[] {
  const gave = part.skipped ? "not needed" : (part.value ?? "missing");
  const why = part.missing !== null && part.parts.every((one) => one.missing === null) ? `  (${part.missing})` : "";
  return [
    `${"  ".repeat(depth)}${gave}  <-  ${part.text}  ${part.at.line}:${part.at.column}${why}`,
    ...inner(part, depth),
  ];
}

const inner = (part: Explained, depth: number): readonly string[] =>
  part.parts.filter((one) => one.text !== one.value).flatMap((one) => lines(one, depth + 1));
