import { Problem } from "../../core/problem.ts";
import type { Value } from "../../core/value.ts";
import { type Got, hidden, located, put, textBytes } from "./codec-read.ts";
import { writeWire } from "./codec-write.ts";
import { DEEPEST, type ListShape, type ObjectShape, type Shape, shapeFromType, typeJson } from "./cty.ts";
import { Marks } from "./cty-marks.ts";
import { Writer } from "./msgpack.ts";

/** A number whose digits a double does not keep. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Node 22 and later hand the source text over (older ones, which only a test may run on, lose digits); the library's types do not know it yet. */
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const exactNumbers: Reviver = (_key, value, context) => {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && source !== String(value) ? new Digits(source) : value;
};

const parse = (bytes: Uint8Array): unknown => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    return JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown);
  } catch (cause) {
    throw new Problem("invalid", "the state is not JSON", { cause });
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Digits);

/** Reads what Terraform wrote into its state, perhaps for another version of the schema. */
class JsonReader {
  readonly #marks: Marks;
  readonly #path: (string | number)[] = [];
  #depth = 0;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  all(json: unknown, shape: Shape): Value {
    try {
      return this.#value(json, shape);
    } catch (error) {
      throw located(error, this.#path);
    }
  }

  #wrong(wanted: string): never {
    throw new Problem("invalid", `the state does not hold ${wanted} here`);
  }

  #value(json: unknown, shape: Shape): Value {
    if (json === null || json === undefined) return null;
    switch (shape.is) {
      case "string":
        return typeof json === "string" ? json : this.#wrong("a string");
      case "boolean":
        return typeof json === "boolean" ? json : this.#wrong("a boolean");
      case "number":
      case "integer":
        return this.#number(json);
      case "dynamic":
        return this.#dynamic(json);
      case "map":
        return this.#map(json, shape.of);
      case "object":
        return this.#object(json, shape);
      default:
        return this.#list(json, shape);
    }
  }

  #number(json: unknown): number {
    if (typeof json === "number") return json + 0;
    if (!(json instanceof Digits)) return this.#wrong("a number");
    const value = Number(json.text) + 0;
    this.#marks.add(this.#path, value, textBytes(json.text));
    return value;
  }

  #list(json: unknown, shape: ListShape): Value {
    if (!Array.isArray(json)) return this.#wrong("a list");
    if (shape.is === "tuple" && shape.items.length !== json.length) this.#wrong(`a list of ${shape.items.length}`);
    return json.map((item: unknown, i) => {
      const of = shape.is === "tuple" ? shape.items[i] : shape.of;
      return of ? this.#inner(i, item, of) : null;
    });
  }

  #map(json: unknown, of: Shape): Value {
    if (!isObject(json)) return this.#wrong("a map");
    const found: Record<string, Value> = {};
    for (const key of Object.keys(json)) put(found, key, this.#inner(key, json[key], of));
    return found;
  }

  #object(json: unknown, shape: ObjectShape): Value {
    if (!isObject(json)) return this.#wrong("an object");
    const found: Record<string, Value> = {};
    for (const { name, wire, shape: of, secret } of shape.members) {
      const value = Object.hasOwn(json, wire) ? this.#inner(name, json[wire], of) : null;
      if (value !== null || !shape.ours) put(found, name, hidden(value, secret));
    }
    return found;
  }

  /** {"type", "value"} here, [type, value] on the wire. */
  #dynamic(json: unknown): Value {
    if (!isObject(json) || !Object.hasOwn(json, "type")) return this.#wrong("a value with its type");
    const shape = shapeFromType(json.type);
    const inner = new Marks();
    const reader = new JsonReader(inner);
    reader.#depth = this.#depth + 1;
    if (reader.#depth > DEEPEST) this.#wrong(`a value of at most ${DEEPEST} levels`);
    const value = reader.all(json.value, shape);
    const writer = new Writer();
    writer.list(2);
    writer.bytes(JSON.stringify(typeJson(shape)));
    writer.raw(writeWire(value, shape, inner.root));
    this.#marks.add(this.#path, value, Uint8Array.from(writer.result()));
    return value;
  }

  #inner(step: string | number, json: unknown, of: Shape): Value {
    this.#path.push(step);
    const value = this.#value(json, of);
    this.#path.pop();
    return value;
  }
}

export const readJson = (bytes: Uint8Array, shape: Shape): Got => {
  const marks = new Marks();
  return { value: new JsonReader(marks).all(parse(bytes), shape), marks };
};
