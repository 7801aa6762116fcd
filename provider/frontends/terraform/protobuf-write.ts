import type { Field, Shape } from "./protobuf-shape.ts";

const pushVarint = (bytes: number[], value: number): void => {
  if (value < 0) {
    // Negative ones are written as 64 bits in two's complement.
    for (let rest = BigInt.asUintN(64, BigInt(value)), left = 10; left > 0; left--, rest >>= 7n)
      bytes.push(Number(rest & 0x7fn) | (left > 1 ? 0x80 : 0));
    return;
  }
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
};

/** Parts of a message in order, joined once at the end: a state of many megabytes is copied a single time. */
class Parts {
  readonly list: Uint8Array[] = [];
  size = 0;

  add(bytes: Uint8Array): void {
    this.list.push(bytes);
    this.size += bytes.length;
  }

  /** The field's tag and what follows at once: a number, or the length of what comes. */
  head(number: number, wire: number, value: number): void {
    const bytes: number[] = [];
    pushVarint(bytes, number * 8 + wire);
    pushVarint(bytes, value);
    this.add(Uint8Array.from(bytes));
  }

  delimited(number: number, bytes: Uint8Array): void {
    this.head(number, 2, bytes.length);
    if (bytes.length > 0) this.add(bytes);
  }

  nested(number: number, inner: Parts): void {
    this.head(number, 2, inner.size);
    for (const part of inner.list) this.list.push(part);
    this.size += inner.size;
  }
}

const wrong = (at: string, wants: string, value: unknown): TypeError =>
  new TypeError(`${at} wants ${wants}, not ${value === null ? "null" : typeof value}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const numberOf = (field: Field, value: unknown, at: string): number => {
  if (field.kind === "bool") {
    if (typeof value !== "boolean") throw wrong(at, "true or false", value);
    return value ? 1 : 0;
  }
  if (field.kind === "enum") {
    const number = typeof value === "string" ? field.values[value] : undefined;
    if (number === undefined) throw wrong(at, `one of ${Object.keys(field.values).join(", ")}`, value);
    return number;
  }
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrong(at, "a whole number", value);
  return value;
};

const bytesOf = (field: Field, value: unknown, at: string): Uint8Array => {
  if (field.kind === "string") {
    if (typeof value !== "string") throw wrong(at, "a text", value);
    return Buffer.from(value);
  }
  if (!(value instanceof Uint8Array)) throw wrong(at, "bytes", value);
  return value;
};

/** One value with its tag. `always`: also where it is the default, which a reader would take for granted. */
const putValue = (parts: Parts, field: Field, value: unknown, at: string, always: boolean): void => {
  if (field.kind === "message") {
    parts.nested(field.number, partsOf(field.shape(), value, at));
  } else if (field.kind === "string" || field.kind === "bytes") {
    const bytes = bytesOf(field, value, at);
    if (always || bytes.length > 0) parts.delimited(field.number, bytes);
  } else {
    const number = numberOf(field, value, at);
    if (always || number !== 0) parts.head(field.number, 0, number);
  }
};

const putMap = (parts: Parts, field: Field, map: Readonly<Record<string, unknown>>, at: string): void => {
  const entry: Field = { ...field, number: 2 };
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined || value === null) continue;
    const inner = new Parts();
    inner.delimited(1, Buffer.from(key));
    putValue(inner, entry, value, `${at}[${JSON.stringify(key)}]`, true);
    parts.nested(field.number, inner);
  }
};

const putField = (parts: Parts, field: Field, value: unknown, at: string): void => {
  if (field.form === "one") putValue(parts, field, value, at, field.presence);
  else if (field.form === "list") {
    if (!Array.isArray(value)) throw wrong(at, "a list", value);
    value.forEach((item, i) => {
      putValue(parts, field, item, `${at}[${i}]`, true);
    });
  } else if (isObject(value)) putMap(parts, field, value, at);
  else throw wrong(at, "a map", value);
};

const partsOf = (shape: Shape, message: unknown, at: string): Parts => {
  if (!isObject(message)) throw wrong(at, shape.name, message);
  const parts = new Parts();
  for (const field of shape.fields) {
    const value = message[field.name];
    if (value !== undefined && value !== null) putField(parts, field, value, `${at}.${field.name}`);
  }
  return parts;
};

/** The bytes of a plain object; absent and null fields are left out. What does not fit is an error that names the field, never its value. */
export const writeMessage = (shape: Shape, message: unknown): Buffer =>
  Buffer.concat(partsOf(shape, message, shape.name).list);
