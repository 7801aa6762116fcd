import { fault, position } from "./place.ts";

/** Longest rule, in bytes of UTF-8. */
export const maxBytes = 4096;
/** Deepest nesting, of brackets here and of the tree in `parse`. */
export const maxDepth = 32;

/**
 * Looks the text over before the library's parser sees it. That parser recurses without a bound on `!` and `-`, and words its
 * errors in token names; here nothing recurses, and the mistakes that people bring from other languages get an answer of their own.
 */
export function scan(source: string): void {
  limits(source);
  new Scanner(source).run();
}

function limits(source: string): void {
  const start = { line: 1, column: 1 };
  if (source.length > maxBytes || new TextEncoder().encode(source).length > maxBytes)
    throw fault(
      start,
      `the expression is longer than ${maxBytes} bytes`,
      'Name a group in the directory and test for it: "name" in user.groups.',
    );
  if (source.trim() === "") throw fault(start, "the expression is empty", "Write true if it shall hold for everybody.");
}

const closing: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
const words: ReadonlyMap<string, string> = new Map([
  ["and", "&&"],
  ["or", "||"],
  ["not", "!"],
  ["is", "=="],
  ["like", "contains or matches"],
]);
const mistakes: readonly (readonly [string, string])[] = [
  ["===", "Write ==."],
  ["!==", "Write !=."],
  ["=>", "Write user.groups.exists(g, condition): a comma, no arrow."],
  ["<>", "Write !=."],
  ["=~", "Write user.title.matches('pattern')."],
];

class Scanner {
  readonly source: string;
  at = 0;
  /** Offsets of the brackets that are open. */
  readonly open: number[] = [];
  /** How many `!` and `-` stand in a row. */
  signs = 0;
  last = "";
  ended = false;

  constructor(source: string) {
    this.source = source;
  }

  run(): void {
    while (this.at < this.source.length) this.step();
    const last = this.open.at(-1);
    if (last !== undefined) throw this.fault(last, `this ${this.source[last]} is never closed`);
  }

  fault(offset: number, what: string, hint?: string): Error {
    return fault(position(this.source, offset), what, hint);
  }

  step(): void {
    const char = this.source[this.at] ?? "";
    if (/\s/.test(char)) this.space(char);
    else if (this.source.startsWith("//", this.at)) this.comment();
    else if (char === '"' || char === "'") this.text();
    else if (/\w/.test(char)) this.word();
    else this.sign(char);
  }

  space(char: string): void {
    if (!" \t\n\r".includes(char)) throw this.fault(this.at, `unexpected ${named(char)}`, "Use plain spaces.");
    this.at++;
  }

  comment(): void {
    const end = this.source.indexOf("\n", this.at);
    this.at = end < 0 ? this.source.length : end;
  }

  text(): void {
    const start = this.at;
    const quote = this.source[start] ?? "";
    const triple = this.source.startsWith(quote.repeat(3), start);
    const end = triple ? quote.repeat(3) : quote;
    for (this.at += end.length; this.at < this.source.length; this.at++) {
      const char = this.source[this.at] ?? "";
      if (char === "\\") this.at++;
      else if (this.source.startsWith(end, this.at)) {
        this.at += end.length;
        this.past(quote, true);
        return;
      } else if (!triple && (char === "\n" || char === "\r")) break;
    }
    throw this.fault(start, "this text is never closed", `End it with ${end}; write \\${quote} for a quote inside it.`);
  }

  word(): void {
    const start = this.at;
    const after = /\w+/y;
    after.lastIndex = start;
    const word = after.exec(this.source)?.[0] ?? "";
    this.at += word.length;
    const meant = words.get(word.toLowerCase());
    // Only where an operator would stand: an attribute or a variable may have such a name.
    const operand = /\s+[\w("'!]/y;
    operand.lastIndex = this.at;
    const place = meant === "!" ? !this.ended && this.last !== "." : this.ended;
    if (meant && place && operand.test(this.source))
      throw this.fault(start, `${word} is not an operator here`, `Write ${meant}.`);
    this.past("w", true);
  }

  /** Remembers what stands before the next token: its last character, and whether a value has ended there. */
  past(last: string, ended: boolean): void {
    this.last = last;
    this.ended = ended;
    this.signs = 0;
  }

  sign(char: string): void {
    const signs = char === "!" || char === "-" ? this.signs + 1 : 0;
    if (signs > maxDepth) throw this.fault(this.at, `more than ${maxDepth} signs in a row`);
    if (closing.has(char)) {
      this.open.push(this.at);
      if (this.open.length > maxDepth)
        throw this.fault(this.at, `nested deeper than ${maxDepth} levels`, "Take the inner part apart with && and ||.");
    } else if (")]}".includes(char)) this.close(char);
    else this.operator(char);
    this.at++;
    this.past(char, ")]}".includes(char));
    this.signs = signs;
  }

  close(char: string): void {
    const from = this.open.pop();
    if (from === undefined) throw this.fault(this.at, `this ${char} closes nothing`);
    const opened = this.source[from] ?? "";
    const place = position(this.source, from);
    if (closing.get(opened) !== char)
      throw this.fault(
        this.at,
        `expected ${closing.get(opened)} to close the ${opened} at ${place.line}:${place.column}`,
      );
  }

  operator(char: string): void {
    for (const [wrong, hint] of mistakes)
      if (this.source.startsWith(wrong, this.at)) throw this.fault(this.at, `unexpected ${wrong}`, hint);
    const pair = this.source.slice(this.at, this.at + 2);
    if (["==", "!=", "<=", ">=", "&&", "||"].includes(pair)) this.at++;
    else if (char === "=") throw this.fault(this.at, "= does not compare", "Write ==.");
    else if (char === "&" || char === "|") throw this.fault(this.at, `unexpected ${char}`, `Write ${char}${char}.`);
    else if (!"!<>?:.,+-*/%".includes(char))
      throw this.fault(
        this.at,
        `unexpected ${named(this.source.slice(this.at))}`,
        /[\u2018-\u201f]/.test(char) ? "Use straight quotes: \" or '." : undefined,
      );
  }
}

/** The first character of `text`, named so that an invisible one can be found. */
function named(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const shown =
    code > 0x20 &&
    !(code >= 0x7f && code <= 0xa0) &&
    !(code >= 0xd800 && code <= 0xdfff) &&
    code !== 0x200b &&
    code !== 0xfeff;
  return shown ? `${String.fromCodePoint(code)} (${name})` : `character ${name}`;
}
