import type { Value } from "../../core/value.ts";

/**
 * What a value on the wire holds beyond its Value: the bytes of a refined unknown, the digits of a number that a
 * double cannot carry, the type of a dynamic value. Only where there is such a thing: a plain value has an empty one.
 */
export interface Cty {
  /** The bytes to send where the value at this place is still `value`. */
  readonly exact?: { readonly value: Value; readonly bytes: Uint8Array };
  /** By field name (camelCase), map key or list index. */
  readonly inside?: ReadonlyMap<string | number, Cty>;
}
