/** The rule language's tree, after checking. In core because connectors translate parts of it for push-down. */
export interface Position {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export type Literal = string | number | boolean | null;

export type Ast = { readonly at: Position } & (
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "list"; readonly items: readonly Ast[] }
  /** `user`, `now`, or the variable of a comprehension. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "field"; readonly of: Ast; readonly name: string }
  | { readonly kind: "index"; readonly of: Ast; readonly key: Ast }
  | { readonly kind: "has"; readonly of: Ast; readonly name: string }
  | { readonly kind: "not" | "negate"; readonly of: Ast }
  | {
      readonly kind: "and" | "or" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-";
      readonly left: Ast;
      readonly right: Ast;
    }
  | { readonly kind: "if"; readonly test: Ast; readonly yes: Ast; readonly no: Ast }
  | { readonly kind: "call"; readonly name: string; readonly on: Ast | null; readonly args: readonly Ast[] }
  | { readonly kind: "all" | "exists"; readonly list: Ast; readonly variable: string; readonly body: Ast }
);
