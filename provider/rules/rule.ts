import type { Ast } from "../core/ast.ts";
import type { Person } from "../core/person.ts";
import { typeOf } from "./check.ts";
import { condition } from "./compile.ts";
import { type Types, value } from "./compile-values.ts";
import { bound } from "./cost.ts";
import { libraryCheck, parse } from "./parse.ts";
import { fault } from "./place.ts";
import { readsOf } from "./reads.ts";
import { type Answer, NO, NO_ITEM, type Run, YES } from "./value.ts";
import { type Type, typeName } from "./vocabulary.ts";

export interface Rule {
  readonly source: string;
  readonly ast: Ast;
  /** `department`, `groups`, `attributes.github_login`; sorted. `attributes` alone: all of them. */
  readonly reads: readonly string[];
  readonly readsNow: boolean;
  /** Names and paths that are compared with `user.groups`, sorted; null when groups are used in a way that needs all. */
  readonly groups: readonly string[] | null;
  decide(person: Person, now: number): Answer;
}

/** What the rules' own parts know beyond the public Rule. */
export class CompiledRule implements Rule {
  readonly source: string;
  readonly ast: Ast;
  readonly types: Types;
  readonly reads: readonly string[];
  readonly readsNow: boolean;
  readonly groups: readonly string[] | null;
  readonly run: Run<boolean>;

  constructor(source: string, { ast, types }: { readonly ast: Ast; readonly types: Types }) {
    const reads = readsOf(ast);
    this.source = source;
    this.ast = ast;
    this.types = types;
    this.reads = reads.fields;
    this.readsNow = reads.now;
    this.groups = reads.groups;
    this.run = condition(ast, types);
  }

  decide(person: Person, now: number): Answer {
    const found = this.run(person, now, NO_ITEM);
    return found === true ? YES : found === false ? NO : found.answer;
  }
}

/** A rule for people, ready to run. Problem `invalid`, with line and column, for whatever is wrong with the text. */
export function compileRule(source: string): Rule {
  return compiled(source);
}

export function compiled(source: string): CompiledRule {
  const { ast, types, type } = checked(source);
  if (type.kind !== "bool")
    throw fault(ast.at, `a rule must be true or false, and this is ${typeName(type)}`, compareHint(type));
  return new CompiledRule(source, { ast, types });
}

/** The inside of any Rule, also of one that somebody wrapped. */
export const inside = (rule: Rule): CompiledRule => (rule instanceof CompiledRule ? rule : compiled(rule.source));

export interface AccountExpression {
  readonly source: string;
  readonly ast: Ast;
  readonly reads: readonly string[];
  /** A person's account; null where the directory does not say it, or says several. Nobody's account is guessed. */
  account(person: Person, now: number): string | null;
}

/** An expression that gives a person's account at a vendor. */
export function compileAccount(source: string): AccountExpression {
  const { ast, types, type } = checked(source);
  if (type.kind !== "text" && type.kind !== "attribute" && type.kind !== "status")
    throw fault(
      ast.at,
      `an account is text, and this is ${typeName(type)}`,
      'Write user.login or user.attributes["github_login"].',
    );
  const run = value(ast, types);
  return {
    source,
    ast,
    reads: readsOf(ast).fields,
    account(person, now) {
      const found = run(person, now, NO_ITEM);
      return typeof found === "string" && found !== "" ? found : null;
    },
  };
}

/** Text to a checked tree: our own check first, since its errors help, then the library's, which has the last word. */
function checked(source: string): { readonly ast: Ast; readonly types: Types; readonly type: Type } {
  const ast = parse(source);
  const types = new Map<Ast, Type>();
  const type = typeOf(ast, { types, variable: null });
  bound(ast);
  const library = libraryCheck(source);
  if (library instanceof Error) throw library;
  return { ast, types, type };
}

const compareHint = (type: Type): string | undefined =>
  type.kind === "text" || type.kind === "attribute" || type.kind === "status"
    ? 'Compare it: user.department == "Engineering".'
    : undefined;
