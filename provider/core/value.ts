/** A value that is not known before apply. One object: compare with `===`. */
export const UNKNOWN: unique symbol = Symbol.for("seatwise.unknown");
export type Unknown = typeof UNKNOWN;

/** A value that must not be printed or stored in plain text. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
}

/** What both protocols carry. `undefined` members are absent. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Unknown
  | Secret
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };
export type Values = { readonly [key: string]: Value | undefined };

export const isUnknown = (v: unknown): v is Unknown => v === UNKNOWN;
export const isRecord = (v: unknown): v is Values =>
  typeof v === "object" && v !== null && !Array.isArray(v) && !(v instanceof Secret);

/** Is anything in here unknown, at any depth? */
export const hasUnknown = (v: unknown): boolean => {
  if (isUnknown(v)) return true;
  if (v instanceof Secret) return hasUnknown(v.value);
  if (Array.isArray(v)) return v.some(hasUnknown);
  return isRecord(v) && Object.values(v).some(hasUnknown);
};

/** The value with every Secret unwrapped. */
export const reveal = (v: Value | undefined): Value | undefined => {
  if (v instanceof Secret) return reveal(v.value);
  if (Array.isArray(v)) return v.map((item) => reveal(item) ?? null);
  if (isRecord(v)) return Object.fromEntries(Object.entries(v).map(([k, item]) => [k, reveal(item)]));
  return v;
};

/** Deep equality that ignores key order, absent keys and secrecy. An unknown equals nothing. */
export const same = (a: unknown, b: unknown): boolean => {
  if (isUnknown(a) || isUnknown(b)) return false;
  if (a instanceof Secret) return same(a.value, b);
  if (b instanceof Secret) return same(a, b.value);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => (a[key] ?? null) === (b[key] ?? null) || same(a[key], b[key]));
  }
  return a === b || ((a ?? null) === null && (b ?? null) === null);
};

/** JSON with sorted keys: the same value gives the same bytes. */
export const canonical = (v: unknown): string =>
  JSON.stringify(v, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
