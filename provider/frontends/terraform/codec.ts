import { Problem } from "../../core/problem.ts";
import { isRecord, type Value, type Values } from "../../core/value.ts";
import { readArgument } from "./argument.ts";
import { readJson } from "./codec-json.ts";
import { type Got, readWire } from "./codec-read.ts";
import { writeWire } from "./codec-write.ts";
import { type Cty, shapeOf, shapeOfKind } from "./cty.ts";
import type { AttributeKind, ObjectSchema } from "./schema-model.ts";

export interface Decoded {
  /** camelCase keys; UNKNOWN for unknowns; sensitive ones wrapped in Secret; null members left out. null: a null object. */
  readonly values: Values | null;
  readonly cty: Cty;
}

const asObject = ({ value, marks }: Got): Decoded => {
  if (value !== null && !isRecord(value))
    throw new Problem("invalid", "Terraform sent an object that is wholly unknown");
  return { values: value, cty: marks.root };
};

/** An object as it comes in a call. */
export const decode = (bytes: Uint8Array, schema: ObjectSchema): Decoded => asObject(readWire(bytes, shapeOf(schema)));

/** State as Terraform stores it: tolerant, since it may be of another version. Unknown keys are dropped, missing ones null. */
export const decodeJson = (bytes: Uint8Array, schema: ObjectSchema): Decoded =>
  asObject(readJson(bytes, shapeOf(schema)));

/** Conforms to the schema, else it is a bug with a path. `like`: what it holds beyond values is kept where the value is still the same. */
export const encode = (values: Values | null, schema: ObjectSchema, like?: Cty): Buffer =>
  writeWire(values, shapeOf(schema), like);

/** A provider function's argument. */
export const decodeValue = (bytes: Uint8Array, kind: AttributeKind): { readonly value: Value } => ({
  value: readArgument(bytes, kind),
});
/** A provider function's result. */
export const encodeValue = (value: Value, kind: AttributeKind): Buffer => writeWire(value, shapeOfKind(kind));
