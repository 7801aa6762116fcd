import type { Field, Kind } from "../core/fields.ts";
import { isRecord, isUnknown, Secret, same, type Value, type Values } from "../core/value.ts";
import type { Change } from "./verbs.ts";

type Spot = { readonly path: readonly (string | number)[]; readonly replaces: boolean };

const absent = (v: Value | undefined): boolean => v === undefined || v === null;
const open = (v: Value | undefined): Value | undefined => (v instanceof Secret ? v.value : v);

const within = (kind: Kind, before: Value | undefined, after: Value | undefined, spot: Spot): Change[] => {
  const a = open(before);
  const b = open(after);
  if (!isUnknown(b) && same(a, b)) return [];
  if (absent(a) || absent(b) || isUnknown(b))
    return [{ ...spot, kind: absent(a) ? "add" : absent(b) ? "delete" : "update", input: true }];
  if (kind.is === "object" && isRecord(a) && isRecord(b))
    return kind.fields.flatMap((f) => within(f.kind, a[f.name], b[f.name], { ...spot, path: [...spot.path, f.name] }));
  if (kind.is === "list" && Array.isArray(a) && Array.isArray(b))
    return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_x, i) =>
      within(kind.of, a[i] as Value | undefined, b[i] as Value | undefined, { ...spot, path: [...spot.path, i] }),
    );
  if (kind.is === "map" && isRecord(a) && isRecord(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((key) => within(kind.of, a[key], b[key], { ...spot, path: [...spot.path, key] }));
  return [{ ...spot, kind: "update", input: true }];
};

/** What differs between the inputs of the last run and those wanted now, place by place. */
export const diff = (fields: readonly Field[], before: Values, after: Values): Change[] =>
  fields.flatMap((f) =>
    within(f.kind, before[f.name], after[f.name], { path: [f.name], replaces: f.immutable ?? false }),
  );

/** Of planned outputs only what is new is told: engines draw the old ones as deleted. */
export const news = (name: string, before: Value | undefined, after: Value | undefined): Change[] => {
  if (isUnknown(after)) return [{ path: [name], kind: "update", replaces: false, input: true }];
  if (!isRecord(after))
    return same(before, after) ? [] : [{ path: [name], kind: "update", replaces: false, input: true }];
  const old = isRecord(before) ? before : {};
  return Object.keys(after)
    .sort()
    .flatMap((kind): Change[] => {
      const was = old[kind];
      const is = after[kind];
      if (!isRecord(is))
        return same(was, is) || is === undefined
          ? []
          : [{ path: [name, kind], kind: "update" as const, replaces: false, input: true }];
      return Object.keys(is)
        .sort()
        .filter((key) => !same(isRecord(was) ? was[key] : undefined, is[key]))
        .map((key) => ({ path: [name, kind, key], kind: "add" as const, replaces: false, input: true }));
    });
};
