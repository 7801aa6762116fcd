import type { Field, Shape } from "./protobuf-shape.ts";

/** What a frame may nest: a schema needs about ten; a hostile frame must not exhaust the stack. */
const DEPTH = 100;

const broken = (what: string): Error => new Error(`not a message of the protocol: ${what}`);

class Bytes {
  readonly #bytes: Buffer;
  at: number;
  readonly end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Small ones, which nearly all are, without a BigInt. */
  varint(): number | bigint {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    let big = BigInt(value);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      big |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, big);
    }
    throw broken("a number without an end");
  }

  /** A length or a tag. */
  count(): number {
    const value = this.varint();
    if (typeof value === "bigint" && value > 0xffffffffn) throw broken("a length beyond all bounds");
    return Number(value);
  }

  /** The part that follows its own length. */
  part(): Bytes {
    const length = this.count();
    const start = this.#skip(length);
    return new Bytes(this.#bytes, start, start + length);
  }

  slice(): Buffer {
    const { at, end } = this.part();
    return this.#bytes.subarray(at, end);
  }

  text(): string {
    const { at, end } = this.part();
    return this.#bytes.toString("utf8", at, end);
  }

  ignore(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.#skip(8);
    else if (wire === 2) this.part();
    else if (wire === 5) this.#skip(4);
    else throw broken(`wire type ${wire}`);
  }

  #skip(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw broken("it ends too early");
    this.at = start + length;
    return start;
  }

  #byte(): number {
    if (this.at >= this.end) throw broken("it ends too early");
    return this.#bytes[this.at++] ?? 0;
  }
}

const signed = (value: number | bigint, field: Field): number => {
  const number = typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : value;
  if (!Number.isSafeInteger(number)) throw broken(`${field.name} is ${number}, more than a number holds exactly`);
  return number;
};

/** The name of an enum's value; one that is newer than our protocol file stays a number in text. */
const enumName = (value: number, { values }: Field): string =>
  Object.keys(values).find((name) => values[name] === value) ?? String(value);

const oneOf = (bytes: Bytes, field: Field, depth: number): unknown => {
  switch (field.kind) {
    case "string":
      return bytes.text();
    case "bytes":
      return bytes.slice();
    case "bool":
      return Number(bytes.varint()) !== 0;
    case "int64":
      return signed(bytes.varint(), field);
    case "int32":
      return Number(BigInt.asIntN(32, BigInt(bytes.varint())));
    case "uint32":
      return Number(BigInt.asUintN(32, BigInt(bytes.varint())));
    case "enum":
      return enumName(signed(bytes.varint(), field), field);
    case "message":
      return messageOf(bytes.part(), field.shape(), depth + 1);
  }
};

const wireOf = ({ kind }: Field): number => (kind === "string" || kind === "bytes" || kind === "message" ? 2 : 0);

const absent = (field: Field): unknown => {
  switch (field.kind) {
    case "string":
      return "";
    case "bytes":
      return Buffer.alloc(0);
    case "bool":
      return false;
    case "enum":
      return enumName(0, field);
    case "message":
      return null;
    default:
      return 0;
  }
};

type Message = Record<string, unknown>;

const blank = ({ fields }: Shape): Message => {
  const message: Message = {};
  for (const field of fields) {
    if (field.form === "list") message[field.name] = [];
    else if (field.form === "map")
      message[field.name] = Object.create(null); // a key may be called __proto__
    else if (!field.presence) message[field.name] = absent(field);
  }
  return message;
};

/** An entry of a map is a message of key (1) and value (2). */
const entryOf = (bytes: Bytes, field: Field, depth: number): readonly [string, unknown] => {
  let key = "";
  let value =
    field.kind === "message" ? messageOf(new Bytes(Buffer.alloc(0), 0, 0), field.shape(), depth) : absent(field);
  while (bytes.at < bytes.end) {
    const tag = bytes.count();
    if (tag === ((1 << 3) | 2)) key = bytes.text();
    else if (tag === ((2 << 3) | wireOf(field))) value = oneOf(bytes, field, depth);
    else bytes.ignore(tag & 7);
  }
  return [key, value];
};

const messageOf = (bytes: Bytes, shape: Shape, depth: number): Message => {
  if (depth > DEPTH) throw broken("nested too deeply");
  const message = blank(shape);
  while (bytes.at < bytes.end) {
    const tag = bytes.count();
    if (tag >>> 3 === 0) throw broken("a field without a number");
    const field = shape.byNumber.get(tag >>> 3);
    const wire = tag & 7;
    if (!field) bytes.ignore(wire);
    else if (wire !== wireOf(field)) throw broken(`${shape.name}.${field.name} has wire type ${wire}`);
    else if (field.form === "list")
      (message[field.name] as unknown[]).push(oneOf(bytes, field, depth)); // made by blank
    else if (field.form === "map") {
      const [key, value] = entryOf(bytes.part(), field, depth + 1);
      (message[field.name] as Message)[key] = value; // made by blank
    } else message[field.name] = oneOf(bytes, field, depth);
  }
  return message;
};

/** A message as a plain object with all its fields: what was not sent has its default, a message null, a choice is absent. */
export const readMessage = (shape: Shape, bytes: Buffer): Message =>
  messageOf(new Bytes(bytes, 0, bytes.length), shape, 0);
