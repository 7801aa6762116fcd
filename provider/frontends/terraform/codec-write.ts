import { Problem } from "../../core/problem.ts";
import { isRecord, isUnknown, Secret, type Value } from "../../core/value.ts";
import { placeIn } from "./codec-read.ts";
import { type Cty, inferredShape, type ListShape, type ObjectShape, type Shape, typeJson } from "./cty.ts";
import { Writer } from "./msgpack.ts";

/** Equal, unknowns included: what was read and is sent back untouched. */
const identical = (a: Value | undefined, b: Value | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => identical(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && identical(a[key], b[key]))
  );
};

const described = (value: Value): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`;

/** One value onto the wire, conforming to its shape: what Terraform would refuse without a name is refused here with one. */
class ValueWriter {
  readonly #writer = new Writer();
  readonly #path: (string | number)[] = [];

  all(value: Value, shape: Shape, like: Cty | undefined): Buffer {
    this.#value(value, shape, { like, mayHide: false });
    return this.#writer.result();
  }

  #bug(what: string): never {
    const place = placeIn(this.#path);
    throw new Problem("bug", `${place === "" ? "the value" : place}: ${what}`, { path: [...this.#path] });
  }
  #wrong(wanted: string, value: Value): never {
    this.#bug(`${wanted} is required, not ${described(value)}`);
  }

  #value(given: Value | undefined, shape: Shape, { like, mayHide }: Context): void {
    let value = given ?? null;
    while (value instanceof Secret) {
      if (!mayHide) this.#bug("a secret value where the schema has none");
      value = value.value;
    }
    if (like?.exact && identical(value, like.exact.value)) this.#writer.raw(like.exact.bytes);
    else if (isUnknown(value)) this.#writer.unknown();
    else if (value === null) this.#writer.nil();
    else this.#known(value, shape, { like, mayHide });
  }

  #known(value: NonNullable<Value>, shape: Shape, context: Context): void {
    switch (shape.is) {
      case "string":
        if (typeof value === "string") this.#writer.string(value);
        else this.#wrong("a string", value);
        break;
      case "boolean":
        if (typeof value === "boolean") this.#writer.boolean(value);
        else this.#wrong("a boolean", value);
        break;
      case "number":
      case "integer":
        this.#number(value, shape.is);
        break;
      case "dynamic":
        this.#dynamic(value, context);
        break;
      case "map":
        this.#map(value, shape.of, context);
        break;
      case "object":
        this.#object(value, shape, context);
        break;
      default:
        this.#list(value, shape, context);
    }
  }

  /** As decimal digits: what comes as a MessagePack integer makes a refresh report drift that is none (Terraform 1.11.4). */
  #number(value: NonNullable<Value>, is: "number" | "integer"): void {
    if (typeof value !== "number") this.#wrong("a number", value);
    if (!Number.isFinite(value)) this.#bug("a finite number is required");
    if (is === "integer" && !Number.isInteger(value)) this.#bug("a whole number is required");
    this.#writer.string(String(value));
  }

  #list(value: NonNullable<Value>, shape: ListShape, context: Context): void {
    if (!Array.isArray(value)) this.#wrong("a list", value);
    const items: readonly Value[] = value;
    this.#writer.list(items.length);
    items.forEach((item, i) => {
      const of = shape.is === "tuple" ? shape.items[i] : shape.of;
      if (!of) this.#bug("the type has no such element");
      this.#inner(i, item, of, context);
    });
  }

  #map(value: NonNullable<Value>, of: Shape, context: Context): void {
    if (!isRecord(value)) this.#wrong("a map", value);
    const given = Object.keys(value).filter((key) => value[key] !== undefined);
    this.#writer.map(given.length);
    for (const key of given) {
      this.#writer.string(key);
      this.#inner(key, value[key], of, context);
    }
  }

  #object(value: NonNullable<Value>, shape: ObjectShape, context: Context): void {
    if (!isRecord(value)) this.#wrong("an object", value);
    for (const key of Object.keys(value))
      if (value[key] !== undefined && !shape.byName.has(key)) this.#bug(`the schema has no ${JSON.stringify(key)}`);
    this.#writer.map(shape.members.length);
    for (const { name, wire, shape: of, secret } of shape.members) {
      this.#writer.string(wire);
      this.#inner(name, Object.hasOwn(value, name) ? value[name] : null, of, {
        ...context,
        mayHide: context.mayHide || secret,
      });
    }
  }

  #dynamic(value: NonNullable<Value>, context: Context): void {
    const shape = inferredShape(value);
    this.#writer.list(2);
    this.#writer.bytes(JSON.stringify(typeJson(shape)));
    this.#known(value, shape, { ...context, like: undefined });
  }

  #inner(step: string | number, value: Value | undefined, of: Shape, { like, mayHide }: Context): void {
    this.#path.push(step);
    this.#value(value, of, { like: like?.inside?.get(step), mayHide });
    this.#path.pop();
  }
}

interface Context {
  readonly like: Cty | undefined;
  /** Inside something that the schema calls sensitive. */
  readonly mayHide: boolean;
}

export const writeWire = (value: Value, shape: Shape, like?: Cty): Buffer => new ValueWriter().all(value, shape, like);
