import type { Path } from "../../core/problem.ts";
import { isRecord, isUnknown, Secret, type Value, type Values } from "../../core/value.ts";

/** Where something is unknown. */
export const unknownsLeft = (value: Value | undefined, at: Path = []): readonly Path[] => {
  if (isUnknown(value)) return [at];
  if (value instanceof Secret) return unknownsLeft(value.value, at);
  if (Array.isArray(value)) return value.flatMap((item: Value, i) => unknownsLeft(item, [...at, i]));
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => unknownsLeft(item, [...at, key])) : [];
};

/** Without what is unknown: members are left out, elements of lists are null (they keep their place). */
export const withoutUnknowns = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (isUnknown(value) ? [] : [[key, known(value)]])));
const known = (value: Value | undefined): Value | undefined => {
  if (isUnknown(value)) return null;
  if (value instanceof Secret) return isUnknown(value.value) ? null : new Secret(known(value.value) ?? null);
  if (Array.isArray(value)) return value.map((item: Value) => known(item) ?? null);
  return isRecord(value) ? withoutUnknowns(value) : value;
};
