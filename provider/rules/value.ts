import type { Person } from "../core/person.ts";

export type Answer =
  | { readonly is: "yes" }
  | { readonly is: "no" }
  /** `missing`: what the directory does not say, as a sentence: `user.department has no value`. */
  | { readonly is: "undecided"; readonly missing: string };

export const YES: Answer = { is: "yes" };
export const NO: Answer = { is: "no" };

/** What an expression gives. Times are milliseconds since 1970, durations milliseconds. */
export type Value = string | number | boolean | readonly Value[];

/** CEL's error value: no answer, because something is missing. Made once per place in a rule, never while it runs. */
export class Missing {
  readonly answer: Answer;
  readonly text: string;
  constructor(text: string) {
    this.text = text;
    this.answer = { is: "undecided", missing: text };
  }
}

/** A compiled expression. `item` is the value of the comprehension's variable; outside of one it is not read. */
export type Run<T extends Value> = (person: Person, now: number, item: Value) => T | Missing;

export const NO_ITEM: Value = "";

/** CEL's equality: values of different kinds are unequal, not an error. */
export function equal(a: Value, b: Value): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return a.length === b.length && a.every((item, i) => equal(item, b[i] ?? NO_ITEM));
}

/** Moves surrogates above all other units, so that UTF-16 order becomes the order of code points that CEL asks for. */
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Only A-Z: the library's own lowers all of Unicode, CEL's does not. */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Code points, as CEL counts. */
export function sizeOf(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const pair = (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (pair) size--;
  }
  return size;
}
