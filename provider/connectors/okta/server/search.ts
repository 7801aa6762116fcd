/** Okta's filter language as its documentation describes it, over anything that can be asked for a value by name. */
export type Value = string | number | boolean | null | undefined | readonly (string | number)[];
export type Match<T> = (item: T) => boolean;
export interface Dialect<T> {
  /** null: no such property. */
  readonly property: (name: string) => ((item: T) => Value) | null;
  /** Operators that a property allows. */
  readonly operators: (name: string) => readonly string[];
  /** User search does not look at case. */
  readonly caseless: boolean;
}
export class BadSearch extends Error {}

type Token =
  | { readonly is: "word"; readonly text: string }
  | { readonly is: "value"; readonly value: string | number | boolean };

const lexer = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/gy;
const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  lexer.lastIndex = 0;
  while (lexer.lastIndex < text.trimEnd().length) {
    const found = lexer.exec(text);
    if (!found) throw new BadSearch(`cannot read it from "${text.slice(0, 40)}"`);
    const [, bracket, quoted, word] = found;
    if (bracket !== undefined) tokens.push({ is: "word", text: bracket });
    else if (quoted !== undefined) tokens.push({ is: "value", value: quoted.replace(/\\(.)/g, "$1") });
    else if (word !== undefined && /^-?\d+(\.\d+)?$/.test(word)) tokens.push({ is: "value", value: Number(word) });
    else if (word === "true" || word === "false") tokens.push({ is: "value", value: word === "true" });
    else tokens.push({ is: "word", text: word ?? "" });
  }
  return tokens;
};

const compare = (one: Value, operator: string, other: string | number | boolean, caseless: boolean): boolean => {
  if (Array.isArray(one)) return (one as readonly Value[]).some((item) => compare(item, operator, other, caseless));
  if (one === undefined || one === null || typeof one !== typeof other) return false;
  const fold = (v: Value | string): string | number =>
    typeof v === "number" ? v : caseless ? String(v).toLowerCase() : String(v);
  const [a, b] = [fold(one), fold(other)];
  switch (operator) {
    case "eq":
      return a === b;
    case "sw":
      return String(a).startsWith(String(b));
    case "co":
      return String(a).includes(String(b));
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    case "lt":
      return a < b;
    default:
      return a <= b;
  }
};

export const parseSearch = <T>(text: string, dialect: Dialect<T>): Match<T> => {
  const tokens = tokensOf(text);
  let at = 0;
  const isWord = (word: string): boolean => {
    const token = tokens[at];
    return token?.is === "word" && token.text.toLowerCase() === word;
  };
  const name = (): string => {
    const token = tokens[at++];
    if (token?.is !== "word") throw new BadSearch("a property was expected");
    return token.text;
  };
  const term = (): Match<T> => {
    if (isWord("(")) {
      at += 1;
      const inside = any();
      if (!isWord(")")) throw new BadSearch("a bracket is not closed");
      at += 1;
      return inside;
    }
    const property = name();
    const read = dialect.property(property);
    if (!read) throw new BadSearch(`unknown property ${property}`);
    const operator = name().toLowerCase();
    if (!dialect.operators(property).includes(operator))
      throw new BadSearch(`operator ${operator} is not supported for ${property}`);
    if (operator === "pr") return (item) => ![undefined, null, ""].includes(read(item) as never); // includes() narrows
    const value = tokens[at++];
    if (value?.is !== "value") throw new BadSearch(`a value was expected after ${operator}`);
    return (item) => compare(read(item), operator, value.value, dialect.caseless);
  };
  const all = (): Match<T> => {
    const parts = [term()];
    while (isWord("and")) {
      at += 1;
      parts.push(term());
    }
    return (item) => parts.every((part) => part(item));
  };
  const any = (): Match<T> => {
    const parts = [all()];
    while (isWord("or")) {
      at += 1;
      parts.push(all());
    }
    return (item) => parts.some((part) => part(item));
  };
  const whole = any();
  if (at < tokens.length) throw new BadSearch("something follows the expression");
  return whole;
};
