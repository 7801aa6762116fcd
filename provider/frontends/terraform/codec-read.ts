import { asProblem, Problem } from "../../core/problem.ts";
import { Secret, UNKNOWN, type Value } from "../../core/value.ts";
import { type ListShape, type ObjectShape, type Shape, shapeFromType } from "./cty.ts";
import { Marks } from "./cty-marks.ts";
import { Reader, Writer } from "./msgpack.ts";

/** An own member, whatever its name: a map's keys are the user's, and one may be `__proto__`. */
export const put = (object: Record<string, Value>, key: string, value: Value): void => {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
};

/** A place in words: `rules[1].claim`, `changes["ada"]`. */
export const placeIn = (path: readonly (string | number)[]): string =>
  path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^\w+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join("");

export interface Got {
  readonly value: Value;
  readonly marks: Marks;
}

/** One value off the wire. */
class ValueReader {
  readonly #reader: Reader;
  readonly #marks = new Marks();
  readonly #path: (string | number)[] = [];
  /** Inside a dynamic value, whose bytes are kept as a whole. */
  #whole = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new Reader(bytes);
  }

  all(shape: Shape): Got {
    try {
      const value = this.#value(shape);
      if (!this.#reader.ended) throw new Problem("invalid", "Terraform sent more than one value");
      return { value, marks: this.#marks };
    } catch (error) {
      throw located(error, this.#path);
    }
  }

  #mark(value: Value, bytes: Uint8Array): void {
    if (this.#whole === 0) this.#marks.add(this.#path, value, bytes);
  }

  #value(shape: Shape): Value {
    const unknown = this.#reader.unknown();
    if (unknown) {
      const plain = unknown[0] === 0xd4 && unknown[1] === 0;
      if (!plain) this.#mark(UNKNOWN, unknown);
      return UNKNOWN;
    }
    if (this.#reader.isNil()) return null;
    switch (shape.is) {
      case "string":
        return this.#reader.string();
      case "boolean":
        return this.#reader.boolean();
      case "number":
      case "integer":
        return this.#number();
      case "dynamic":
        return this.#dynamic();
      case "map":
        return this.#map(shape.of);
      case "object":
        return this.#object(shape);
      default:
        return this.#list(shape);
    }
  }

  #number(): number {
    const digits = this.#reader.digits();
    const value = Number(digits) + 0; // never -0, which nobody means
    if (String(value) !== digits) this.#mark(value, textBytes(digits));
    return value;
  }

  #list(shape: ListShape): Value {
    const length = this.#reader.list();
    if (shape.is === "tuple" && shape.items.length !== length)
      throw new Problem("invalid", "Terraform sent a tuple of another length than its type says");
    const items: Value[] = [];
    for (let i = 0; i < length; i += 1) {
      this.#path.push(i);
      const of = shape.is === "tuple" ? shape.items[i] : shape.of;
      items.push(of ? this.#value(of) : null);
      this.#path.pop();
    }
    this.#reader.leave();
    return items;
  }

  #map(of: Shape): Value {
    const found: Record<string, Value> = {};
    for (let left = this.#reader.map(); left > 0; left -= 1) {
      const key = this.#reader.string("a map's key");
      this.#path.push(key);
      put(found, key, this.#value(of));
      this.#path.pop();
    }
    this.#reader.leave();
    return found;
  }

  #object(shape: ObjectShape): Value {
    const found: Record<string, Value> = {};
    for (let left = this.#reader.map(); left > 0; left -= 1) {
      const wire = this.#reader.string("an attribute's name");
      const member = shape.byWire.get(wire);
      if (!member)
        throw new Problem("invalid", `Terraform sent ${JSON.stringify(wire)}, which the schema does not have`);
      this.#path.push(member.name);
      const value = this.#value(member.shape);
      this.#path.pop();
      if (value !== null || !shape.ours) put(found, member.name, hidden(value, member.secret));
    }
    this.#reader.leave();
    return found;
  }

  /** [type, value]. The type is needed to send it back, so all of it is kept. */
  #dynamic(): Value {
    const start = this.#reader.at;
    if (this.#reader.list() !== 2) throw new Problem("invalid", "Terraform sent a dynamic value without its type");
    const type = parsed(this.#reader.bytesOrString());
    this.#whole += 1;
    const value = this.#value(shapeFromType(type));
    this.#whole -= 1;
    this.#reader.leave();
    this.#mark(value, this.#reader.since(start));
    return value;
  }
}

/** An unknown has nothing to hide. */
export const hidden = (value: Value, secret: boolean): Value =>
  secret && value !== null && value !== UNKNOWN ? new Secret(value) : value;

/** Digits on the wire. */
export const textBytes = (digits: string): Uint8Array => {
  const writer = new Writer();
  writer.string(digits);
  return Uint8Array.from(writer.result());
};

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem("invalid", "Terraform sent a type that is no JSON", { cause });
  }
};

/** What went wrong, with its place; a stack that was too small is a value that is too deep. */
export const located = (error: unknown, path: readonly (string | number)[]): Problem => {
  const problem =
    error instanceof RangeError
      ? new Problem("invalid", "Terraform sent a value that is too large", { cause: error })
      : asProblem(error);
  if (path.length === 0) return problem;
  return new Problem(problem.code, `${placeIn(path)}: ${problem.message}`, { path: [...path], cause: problem });
};

export const readWire = (bytes: Uint8Array, shape: Shape): Got => new ValueReader(bytes).all(shape);
