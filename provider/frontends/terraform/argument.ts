import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { isRecord, isUnknown, type Value, type Values } from "../../core/value.ts";
import { located, readWire } from "./codec-read.ts";
import { type Shape, shapeOfKind } from "./cty.ts";
import type { Attribute, AttributeKind, ObjectKind } from "./schema-model.ts";

const holdsObject = (kind: AttributeKind): boolean =>
  kind.is === "object" || ((kind.is === "list" || kind.is === "map") && holdsObject(kind.of));

/**
 * What Terraform is told that a function takes. An object's type there knows no member that may be absent: whoever described a
 * person would have to write all fifteen. So it is a dynamic value, and its members are looked at here.
 */
export const argumentShape = (kind: AttributeKind): Shape =>
  holdsObject(kind) ? { is: "dynamic" } : shapeOfKind(kind);

/** Terraform's own conversion for a literal: `cost_center = 4711` is meant as a text. */
const asText = (value: Value): Value =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : value;

/** A value of any type, with the engine's names. */
class Conversion {
  readonly #path: (string | number)[] = [];

  of(value: Value, kind: AttributeKind): Value {
    try {
      return this.#value(value, kind);
    } catch (error) {
      throw located(error, this.#path);
    }
  }

  #value(value: Value, kind: AttributeKind): Value {
    if (kind.is === "string") return asText(value);
    if (kind.is === "list" && Array.isArray(value))
      return value.map((item: Value, i) => this.#inner(i, item, kind.of) ?? null);
    if (kind.is === "map" && isRecord(value)) return this.#members(value, (key) => [key, kind.of]);
    if (kind.is === "object" && isRecord(value))
      return this.#members(value, (key) => {
        const field = this.#field(key, kind);
        return [field.name, field.kind];
      });
    return value;
  }

  #field(key: string, { fields }: ObjectKind): Attribute {
    // Who comes from a rule writes `firstName`, as it stands there.
    const field = fields.find(({ terraform, name }) => terraform === key || name === key);
    if (field) return field;
    const hint =
      didYouMean(
        key,
        fields.map(({ terraform }) => terraform),
      ) ?? `There are ${fields.map(({ terraform }) => terraform).join(", ")}.`;
    throw new Problem("invalid", `there is no ${JSON.stringify(key)}`, { hint });
  }

  /** A null is a member that was not given. */
  #members(value: Values, meant: (key: string) => readonly [string, AttributeKind]): Values {
    const given = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
    return Object.fromEntries(
      given.map(([key, member]) => {
        const [name, kind] = meant(key);
        return [name, this.#inner(name, member, kind)];
      }),
    );
  }

  #inner(step: string | number, value: Value | undefined, kind: AttributeKind): Value {
    this.#path.push(step);
    const found = this.#value(value ?? null, kind);
    this.#path.pop();
    return found;
  }
}

/** A function's argument. */
export const readArgument = (bytes: Uint8Array, kind: AttributeKind): Value => {
  const { value } = readWire(bytes, argumentShape(kind));
  return isUnknown(value) ? value : new Conversion().of(value, kind);
};
