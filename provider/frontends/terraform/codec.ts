import { Problem } from "../../core/problem.ts";
import type { Value, Values } from "../../core/value.ts";
import type { Cty } from "./cty.ts";
import type { AttributeKind, ObjectSchema } from "./schema-model.ts";

export interface Decoded {
  /** camelCase keys; UNKNOWN for unknowns; sensitive ones wrapped in Secret; null members left out. null: a null object. */
  readonly values: Values | null;
  readonly cty: Cty;
}

const later = (): never => {
  throw new Problem("bug", "the codec is not written yet");
};

export const decode = (_bytes: Uint8Array, _schema: ObjectSchema): Decoded => later();
/** State as Terraform stores it: tolerant, since it may be of another version. Unknown keys are dropped, missing ones null. */
export const decodeJson = (_bytes: Uint8Array, _schema: ObjectSchema): Decoded => later();
/** `like`: what it holds beyond values is kept wherever the value is still the same. */
export const encode = (_values: Values | null, _schema: ObjectSchema, _like?: Cty): Buffer => later();

/** One value of a kind: a provider function's argument. */
export const decodeValue = (_bytes: Uint8Array, _kind: AttributeKind): { readonly value: Value; readonly cty: Cty } =>
  later();
/** A provider function's result. */
export const encodeValue = (_value: Value, _kind: AttributeKind, _like?: Cty): Buffer => later();
