/**
 * The filter and path language of RFC 7644 (sections 3.4.2.2 and 3.5.2), with its errata. The connector reads SKU
 * paths with it and checks answers itself; the simulator serves it.
 */
export const operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type Operator = (typeof operators)[number];
export type Scalar = string | number | boolean | null;

export interface AttributePath {
  /** Schema URN in front of the name, as written. */
  readonly urn: string | null;
  readonly name: string;
  readonly sub: string | null;
}

export type Filter =
  | { readonly kind: "compare"; readonly path: AttributePath; readonly op: Operator; readonly value: Scalar }
  | { readonly kind: "present"; readonly path: AttributePath }
  | { readonly kind: "and" | "or"; readonly terms: readonly Filter[] }
  | { readonly kind: "not"; readonly of: Filter }
  /** `emails[type eq "work"]`. */
  | { readonly kind: "select"; readonly path: AttributePath; readonly where: Filter };

/** `members`, `name.givenName`, `emails[type eq "work"]`, `emails[type eq "work"].value`. */
export interface PatchPath {
  readonly path: AttributePath;
  readonly where: Filter | null;
  /** The sub-attribute behind the brackets. */
  readonly sub: string | null;
}

export class FilterError extends Error {
  /** 1-based. */
  readonly column: number;
  constructor(message: string, column: number) {
    super(`${message} at column ${column}`);
    this.name = "FilterError";
    this.column = column;
  }
}

/** Deeper than any client writes, shallow enough for the stack. A chain of `and` or `or` counts once. */
const maxDepth = 32;

const space = /[ \t\f\r\n]*/y;
const attribute =
  /(?:(urn:[A-Za-z0-9][A-Za-z0-9._-]*(?::[A-Za-z0-9][A-Za-z0-9._-]*)*):)?(\$?[A-Za-z][A-Za-z0-9$_-]*)(?:\.(\$?[A-Za-z][A-Za-z0-9$_-]*))?/iy;
const subAttribute = /\$?[A-Za-z][A-Za-z0-9$_-]*/y;
const word = /[A-Za-z]+(?![A-Za-z0-9$_-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none, and this keeps them out
const text = /"(?:[^"\\\x00-\x1F]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9$_.-])/y;
const reserved = new Set(["and", "or", "not"]);

class Reader {
  readonly source: string;
  at = 0;
  constructor(source: string) {
    this.source = source;
  }

  fail(message: string): never {
    throw new FilterError(message, this.at + 1);
  }
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found) this.at += found[0].length;
    return found;
  }
  skip(): void {
    this.match(space);
  }
  literal(what: string): boolean {
    if (!this.source.startsWith(what, this.at)) return false;
    this.at += what.length;
    return true;
  }
  /** The next word if it is one of these (any case); otherwise nothing is read. */
  word<W extends string>(among: readonly W[]): W | null {
    const start = this.at;
    const found = this.match(word)?.[0].toLowerCase();
    const hit = among.find((w) => w === found);
    if (hit === undefined) this.at = start;
    return hit ?? null;
  }
  end(): void {
    this.skip();
    if (this.at < this.source.length) this.fail("nothing more was expected");
  }

  attribute(): AttributePath {
    const start = this.at;
    const found = this.match(attribute);
    if (!found || (!found[1] && !found[3] && reserved.has((found[2] ?? "").toLowerCase()))) {
      this.at = start;
      return this.fail("an attribute was expected");
    }
    return { urn: found[1] ?? null, name: found[2] ?? "", sub: found[3] ?? null };
  }

  value(): Scalar {
    const string = this.match(text);
    if (string) return JSON.parse(string[0]) as string;
    const digits = this.match(number);
    if (digits) {
      const value = Number(digits[0]);
      return Number.isFinite(value) ? value : this.fail("a number within range was expected");
    }
    const named = this.word(["true", "false", "null"]);
    return named === null ? this.fail("a value was expected") : named === "null" ? null : named === "true";
  }
}

interface Scope {
  readonly depth: number;
  /** Inside brackets, where another selection is not allowed. */
  readonly inside: boolean;
}
const deeper = (r: Reader, s: Scope): Scope => {
  if (s.depth >= maxDepth) r.fail(`no more than ${maxDepth} nested expressions were expected`);
  return { ...s, depth: s.depth + 1 };
};

const comparison = (r: Reader, path: AttributePath): Filter => {
  r.skip();
  if (r.word(["pr"])) return { kind: "present", path };
  const op = r.word(operators);
  if (!op) return r.fail("an operator was expected");
  r.skip();
  return { kind: "compare", path, op, value: r.value() };
};

const selection = (r: Reader, path: AttributePath, s: Scope): Filter => {
  if (path.sub) r.fail("a selection on an attribute, not on a sub-attribute, was expected");
  const where = disjunction(r, { ...deeper(r, s), inside: true });
  r.skip();
  if (!r.literal("]")) r.fail('"]" was expected');
  return where;
};

const primary = (r: Reader, s: Scope): Filter => {
  r.skip();
  if (r.literal("(")) {
    const inner = disjunction(r, deeper(r, s));
    r.skip();
    if (!r.literal(")")) r.fail('")" was expected');
    return inner;
  }
  const start = r.at;
  if (r.word(["not"])) {
    r.skip();
    if (r.source[r.at] === "(") return { kind: "not", of: primary(r, deeper(r, s)) };
    r.at = start;
  }
  const path = r.attribute();
  if (s.inside || !r.literal("[")) return comparison(r, path);
  const where = selection(r, path, s);
  if (!r.literal(".")) return { kind: "select", path, where };
  // Not in the RFC, but Entra sends `emails[type eq "work"].value eq "x"`, and servers read it as one selection.
  const sub = r.match(subAttribute)?.[0];
  if (!sub) return r.fail("a sub-attribute was expected");
  const also = comparison(r, { urn: null, name: sub, sub: null });
  return {
    kind: "select",
    path,
    where: { kind: "and", terms: where.kind === "and" ? [...where.terms, also] : [where, also] },
  };
};

const chain =
  (kind: "and" | "or", next: (r: Reader, s: Scope) => Filter) =>
  (r: Reader, s: Scope): Filter => {
    const terms = [next(r, s)];
    for (;;) {
      const before = r.at;
      r.skip();
      if (!r.word([kind])) {
        r.at = before;
        break;
      }
      terms.push(next(r, s));
    }
    return terms.length === 1 && terms[0] ? terms[0] : { kind, terms };
  };
const conjunction = chain("and", primary);
const disjunction = chain("or", conjunction);

export const parseFilter = (source: string): Filter => {
  const r = new Reader(source);
  const filter = disjunction(r, { depth: 0, inside: false });
  r.end();
  return filter;
};

export const parsePath = (source: string): PatchPath => {
  const r = new Reader(source);
  r.skip();
  const path = r.attribute();
  let where: Filter | null = null;
  let sub: string | null = null;
  if (r.literal("[")) {
    where = selection(r, path, { depth: 0, inside: false });
    if (r.literal(".")) sub = r.match(subAttribute)?.[0] ?? r.fail("a sub-attribute was expected");
  }
  r.end();
  return { path, where, sub };
};

/** A string as a literal that no content can break out of. */
export const quoted = (value: Scalar): string => JSON.stringify(value);
export const printAttribute = (p: AttributePath): string =>
  `${p.urn ? `${p.urn}:` : ""}${p.name}${p.sub ? `.${p.sub}` : ""}`;

export const printFilter = (f: Filter): string => {
  switch (f.kind) {
    case "compare":
      return `${printAttribute(f.path)} ${f.op} ${quoted(f.value)}`;
    case "present":
      return `${printAttribute(f.path)} pr`;
    case "not":
      return `not (${printFilter(f.of)})`;
    case "select":
      return `${printAttribute(f.path)}[${printFilter(f.where)}]`;
    default: {
      const inner = f.terms.map((t) => (t.kind === "or" || t.kind === "and" ? `(${printFilter(t)})` : printFilter(t)));
      return inner.join(` ${f.kind} `);
    }
  }
};

export const printPath = (p: PatchPath): string =>
  `${printAttribute(p.path)}${p.where ? `[${printFilter(p.where)}]` : ""}${p.sub ? `.${p.sub}` : ""}`;
