import type { z } from "zod";
import { type Field, fieldsOf, type Kind } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";
import { isRecord, isUnknown, reveal, Secret, type Value, type Values } from "../core/value.ts";

const filled = (kind: Kind, value: Value): Value => {
  if (isUnknown(value)) return value;
  if (value instanceof Secret) return new Secret(filled(kind, value.value));
  if (kind.is === "object" && isRecord(value)) return withDefaults(kind.fields, value);
  if (kind.is === "list" && Array.isArray(value)) return value.map((item: Value) => filled(kind.of, item));
  if (kind.is === "map" && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : filled(kind.of, item)]),
    );
  return value;
};

/** Inputs with every default filled in, at any depth. An explicit null counts as absent. */
export const withDefaults = (fields: readonly Field[], values: Values): Values => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const defaults = fields.filter((f) => f.default !== undefined).map((f) => [f.name, f.default as Value]);
  const all = Object.fromEntries([...defaults, ...given]) as Values;
  const kinds = new Map(fields.map((f) => [f.name, f.kind]));
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => {
      const kind = kinds.get(name);
      return [name, kind && value !== undefined ? filled(kind, value) : value];
    }),
  );
};

const strangers = (fields: readonly Field[], values: Values, path: readonly (string | number)[]): Problem[] =>
  Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const known = fields.find((f) => f.name === name);
    if (!known) {
      const hint =
        didYouMean(
          name,
          fields.map((f) => f.name),
        ) ?? `Fields here: ${fields.map((f) => f.name).join(", ")}.`;
      return [new Problem("invalid", `there is no field "${name}"`, { path: [...path, name], hint })];
    }
    return strangersIn(known.kind, value, [...path, name]);
  });
const strangersIn = (kind: Kind, value: Value | undefined, path: readonly (string | number)[]): Problem[] => {
  const plain = value instanceof Secret ? value.value : value;
  if (kind.is === "object" && isRecord(plain)) return strangers(kind.fields, plain, path);
  if (kind.is === "list" && Array.isArray(plain))
    return plain.flatMap((item: Value, i) => strangersIn(kind.of, item, [...path, i]));
  if (kind.is === "map" && isRecord(plain))
    return Object.entries(plain).flatMap(([key, item]) => strangersIn(kind.of, item, [...path, key]));
  return [];
};

/** True when the place, or something it lies in, is not known yet. */
const unknownAt = (values: Value | undefined, path: readonly PropertyKey[]): boolean => {
  let at: Value | undefined = values;
  for (const key of path) {
    if (isUnknown(at)) return true;
    if (at instanceof Secret) at = at.value;
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isRecord(at)) at = at[String(key)];
    else return false;
  }
  return isUnknown(at) || (at instanceof Secret && isUnknown(at.value));
};

/** Everything wrong with the inputs, with its place; what is not known yet is not judged. Never holds a value. */
export const problemsOf = (schema: z.ZodObject, values: Values): readonly Problem[] => {
  const parsed = schema.safeParse(reveal(values));
  const issues = parsed.success ? [] : parsed.error.issues;
  return [
    ...strangers(fieldsOf(schema), values, []),
    ...issues
      .filter((issue) => issue.code !== "unrecognized_keys" && !unknownAt(values, issue.path))
      .map(
        (issue) =>
          new Problem("invalid", issue.message, {
            path: issue.path.map((key) => (typeof key === "number" ? key : String(key))),
          }),
      ),
  ];
};
