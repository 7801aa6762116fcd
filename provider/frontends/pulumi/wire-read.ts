import { type Struct, type StructValue, structPb } from "./proto.ts";

/** Reads properties with the system's own UTF-8: the generated code makes a string of 2.5 MB from 300 pieces, three times a run. */
const { Struct: StructMessage, Value: ValueMessage, ListValue, NullValue } = structPb;

interface WireField {
  readonly number: number;
  /** Tag and content. */
  readonly whole: Buffer;
  /** Of strings and messages the bytes, of a double its eight, of other numbers the number. */
  readonly content: Buffer | number;
}

const cutShort = (): Error => new Error("a message of the engine is cut short");

const varint = (bytes: Buffer, from: number): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let [at, factor] = [from, 1]; at < bytes.length; at += 1, factor *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw cutShort();
};

const fieldAt = (bytes: Buffer, from: number): WireField => {
  const tag = varint(bytes, from);
  const number = Math.floor(tag.value / 8);
  const span = (start: number, size: number): WireField => {
    const end = start + size;
    if (end > bytes.length) throw cutShort();
    return { number, whole: bytes.subarray(from, end), content: bytes.subarray(start, end) };
  };
  const kind = tag.value % 8;
  if (kind === 1) return span(tag.end, 8);
  if (kind === 5) return span(tag.end, 4);
  const told = varint(bytes, tag.end);
  if (kind === 2) return span(told.end, told.value);
  if (kind === 0) return { number, whole: bytes.subarray(from, told.end), content: told.value };
  throw new Error(`a message of the engine has a field of kind ${kind}`);
};

function* fieldsOf(bytes: Buffer): Generator<WireField> {
  for (let at = 0; at < bytes.length; ) {
    const field = fieldAt(bytes, at);
    yield field;
    at += field.whole.length;
  }
}

const readValue = (bytes: Buffer): StructValue => {
  const value = new ValueMessage();
  for (const { number, content } of fieldsOf(bytes)) {
    if (typeof content === "number") {
      if (number === 1) value.setNullValue(NullValue.NULL_VALUE);
      if (number === 4) value.setBoolValue(content !== 0);
    } else if (number === 2) value.setNumberValue(content.readDoubleLE());
    else if (number === 3) value.setStringValue(content.toString());
    else if (number === 5) value.setStructValue(readStruct(content));
    else if (number === 6) value.setListValue(new ListValue().setValuesList(valuesIn(content)));
  }
  return value;
};
const valuesIn = (bytes: Buffer): StructValue[] =>
  [...fieldsOf(bytes)].flatMap(({ content }) => (typeof content === "number" ? [] : [readValue(content)]));

export const readStruct = (bytes: Buffer): Struct => {
  const struct = new StructMessage();
  const map = struct.getFieldsMap();
  for (const { content } of fieldsOf(bytes)) {
    if (typeof content === "number") continue;
    let [key, value] = ["", new ValueMessage()];
    for (const { number, content: part } of fieldsOf(content)) {
      if (typeof part === "number") continue;
      if (number === 1) key = part.toString();
      if (number === 2) value = readValue(part);
    }
    map.set(key, value);
  }
  return struct;
};

/** A message's properties, by their field numbers, and the bytes of all its other fields. */
export const takeStructs = (
  bytes: Buffer,
  numbers: readonly number[],
): { readonly rest: Uint8Array; readonly structs: ReadonlyMap<number, Struct> } => {
  const rest: Buffer[] = [];
  const structs = new Map<number, Struct>();
  for (const { number, whole, content } of fieldsOf(bytes))
    if (typeof content !== "number" && numbers.includes(number)) structs.set(number, readStruct(content));
    else rest.push(whole);
  return { rest: Uint8Array.from(Buffer.concat(rest)), structs }; // the generated code takes no Buffer from a pool
};
