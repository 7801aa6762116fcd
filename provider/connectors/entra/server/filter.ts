import type { Answer } from "../../simulator/router.ts";
import { refusals } from "./refusals.ts";

/** How Graph may be asked about a property: by default, with `ConsistencyLevel: eventual` and `$count=true`, or not at all. */
export interface Property {
  readonly eq: "default" | "advanced" | "none";
  readonly endsWith?: true;
}
export interface Schema<T> {
  readonly type: string;
  readonly properties: ReadonlyMap<string, Property>;
  read(item: T, path: string): unknown;
}
export interface Filter<T> {
  readonly test: (item: T) => boolean;
  /** Needs the advanced query parameters. */
  readonly advanced: boolean;
  /** Comparisons joined by "or". */
  readonly clauses: number;
}
class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super("refused");
    this.answer = answer;
  }
}

const pattern = /\s*(?:(\(|\)|,|:)|('(?:[^']|'')*')|([^\s(),:']+))/y;
const tokenize = (text: string): readonly string[] => {
  const tokens: string[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    const token = match?.[1] ?? match?.[2] ?? match?.[3];
    if (token === undefined)
      throw new Refused(refusals.badFilter(`There is an unterminated string literal at position ${at}.`));
    tokens.push(token);
  }
  return tokens;
};

type Value = string | boolean | null;
const fold = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : (value ?? null));

/** Recursive descent over the part of OData that Graph's directory objects know. */
class Parser<T> {
  readonly tokens: readonly string[];
  readonly schema: Schema<T>;
  at = 0;
  advanced = false;
  constructor(text: string, schema: Schema<T>) {
    this.tokens = tokenize(text);
    this.schema = schema;
  }
  peek(): string | undefined {
    return this.tokens[this.at];
  }
  take(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Refused(refusals.badFilter("Expression expected at the end."));
    this.at += 1;
    return token;
  }
  expect(token: string): void {
    const found = this.take();
    if (found.toLowerCase() !== token)
      throw new Refused(refusals.badFilter(`Syntax error: '${token}' expected, '${found}' found.`));
  }
  value(): Value {
    const token = this.take();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    return token === "true" ? true : token === "false" ? false : token === "null" ? null : token;
  }
  property(path: string): string {
    const known = this.schema.properties.get(path);
    if (!known) throw new Refused(refusals.noFilterProperty(path, this.schema.type));
    if (known.eq === "none") throw new Refused(refusals.needsAdvanced());
    if (known.eq === "advanced") this.advanced = true;
    return path;
  }
  or(): Filter<T> {
    const parts = [this.and()];
    while (this.peek()?.toLowerCase() === "or") {
      this.at += 1;
      parts.push(this.and());
    }
    const clauses = parts.reduce((sum, part) => sum + part.clauses, 0);
    return { test: (item) => parts.some((part) => part.test(item)), advanced: false, clauses };
  }
  and(): Filter<T> {
    const parts = [this.not()];
    while (this.peek()?.toLowerCase() === "and") {
      this.at += 1;
      parts.push(this.not());
    }
    const clauses = Math.max(...parts.map((part) => part.clauses));
    return { test: (item) => parts.every((part) => part.test(item)), advanced: false, clauses };
  }
  not(): Filter<T> {
    if (this.peek()?.toLowerCase() !== "not") return this.primary();
    this.at += 1;
    this.advanced = true;
    const inner = this.primary();
    return { ...inner, test: (item) => !inner.test(item) };
  }
  primary(): Filter<T> {
    if (this.peek() === "(") {
      this.at += 1;
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    const name = this.take();
    if (/^(startswith|endswith)$/i.test(name) && this.peek() === "(") return this.call(name.toLowerCase());
    if (name.endsWith("/any")) return this.any(name.slice(0, -4));
    if (name.endsWith("/$count")) return this.size(name.slice(0, -7));
    return this.compare(this.property(name));
  }
  call(name: string): Filter<T> {
    this.expect("(");
    const path = this.property(this.take());
    this.expect(",");
    const value = fold(this.value());
    this.expect(")");
    if (name === "endswith") {
      if (!this.schema.properties.get(path)?.endsWith) throw new Refused(refusals.needsAdvanced());
      this.advanced = true;
    }
    const fits = (text: unknown): boolean =>
      typeof text === "string" &&
      typeof value === "string" &&
      (name === "endswith" ? text.endsWith(value) : text.startsWith(value));
    return { test: (item) => fits(fold(this.schema.read(item, path))), advanced: false, clauses: 1 };
  }
  any(path: string): Filter<T> {
    this.property(path);
    this.expect("(");
    const variable = this.take();
    this.expect(":");
    const field = this.take();
    this.expect("eq");
    const value = fold(this.value());
    this.expect(")");
    const key = field === variable ? null : field.slice(variable.length + 1);
    const items = (item: T): readonly unknown[] => {
      const list = this.schema.read(item, path);
      return Array.isArray(list) ? list : [];
    };
    const read = (one: unknown): unknown => (key === null ? one : (one as Record<string, unknown> | null)?.[key]);
    return { test: (item) => items(item).some((one) => fold(read(one)) === value), advanced: false, clauses: 1 };
  }
  size(path: string): Filter<T> {
    this.property(path);
    const operator = this.take();
    const wanted = Number(this.value());
    this.advanced = true;
    const count = (item: T): number => {
      const list = this.schema.read(item, path);
      return Array.isArray(list) ? list.length : 0;
    };
    return {
      test: (item) => (operator === "ne" ? count(item) !== wanted : count(item) === wanted),
      advanced: false,
      clauses: 1,
    };
  }
  compare(path: string): Filter<T> {
    const operator = this.take().toLowerCase();
    const read = (item: T): unknown => fold(this.schema.read(item, path));
    if (operator === "in") {
      this.expect("(");
      const values = [fold(this.value())];
      while (this.peek() === ",") {
        this.at += 1;
        values.push(fold(this.value()));
      }
      this.expect(")");
      return { test: (item) => values.includes(read(item)), advanced: false, clauses: values.length };
    }
    const value = fold(this.value());
    if (operator === "ne") this.advanced = true;
    if (operator !== "eq" && operator !== "ne")
      throw new Refused(refusals.badFilter(`Unsupported operator '${operator}'.`));
    return { test: (item) => (read(item) === value) === (operator === "eq"), advanced: false, clauses: 1 };
  }
}

export const parseFilter = <T>(text: string, schema: Schema<T>): Filter<T> | { readonly refuse: Answer } => {
  try {
    const parser = new Parser(text, schema);
    const filter = parser.or();
    if (parser.peek() !== undefined) return { refuse: refusals.badFilter(`Syntax error at '${parser.peek()}'.`) };
    if (filter.clauses > 15) return { refuse: refusals.tooManyClauses(filter.clauses) };
    return { ...filter, advanced: parser.advanced };
  } catch (error) {
    if (error instanceof Refused) return { refuse: error.answer };
    throw error;
  }
};
