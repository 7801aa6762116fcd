import { Problem } from "../../core/problem.ts";
import type { User } from "./api.ts";
import {
  type Filter,
  FilterError,
  type PatchPath,
  parsePath,
  printAttribute,
  printFilter,
  quoted,
  type Scalar,
} from "./filter.ts";

/** What a seat is at this service. */
export type Place =
  | { readonly is: "group"; readonly group: string }
  | { readonly is: "active" }
  | { readonly is: "attribute"; readonly path: PatchPath; readonly value: Scalar; readonly text: string };

/** Attributes of RFC 7643 that hold several values; others do where a filter is in the path. */
const plural = new Set(
  "emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates".toLowerCase().split(" "),
);
export const isPlural = ({ path, where }: PatchPath): boolean =>
  where !== null || (path.sub === null && plural.has(path.name.toLowerCase()));

const invalid = (sku: string, why: string): Problem =>
  new Problem("invalid", `${sku}: ${why}`, {
    hint: 'A SKU of a SCIM service is `group:NAME`, `active`, or `attribute:PATH=VALUE`, as in `attribute:roles[type eq "seatType"].value=Full`.',
  });

/** The first `=` outside of brackets and quotes: a filter may hold one in a string. */
const cut = (text: string): number => {
  let inString = false;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (inString) inString = c !== '"' || text[i - 1] === "\\";
    else if (c === '"') inString = true;
    else if (c === "[") depth += 1;
    else if (c === "]") depth -= 1;
    else if (c === "=" && depth === 0) return i;
  }
  return -1;
};

const attribute = (sku: string, text: string): Place => {
  const at = cut(text);
  const value = at < 0 ? "" : text.slice(at + 1);
  if (at < 1 || value === "") throw invalid(sku, "a path and a value were expected");
  try {
    const path = parsePath(text.slice(0, at));
    return { is: "attribute", path, text: sku, value: value === "true" ? true : value === "false" ? false : value };
  } catch (error) {
    if (error instanceof FilterError) throw invalid(sku, error.message);
    throw error;
  }
};

export const placeOf = (sku: string): Place => {
  if (sku === "active") return { is: "active" };
  const group = /^group:(.+)$/s.exec(sku)?.[1];
  if (group !== undefined) return { is: "group", group };
  const text = /^attribute:(.+)$/s.exec(sku)?.[1];
  if (text !== undefined) return attribute(sku, text);
  throw new Problem("not-found", `${sku}: no such SKU`, { hint: invalid(sku, "").hint ?? "" });
};

export const deactivates = (sku: string): boolean => sku === "active" || /^attribute:active=/i.test(sku);

type Attribute = Extract<Place, { is: "attribute" }>;
const equals = (name: string, value: Scalar): Filter => ({
  kind: "compare",
  op: "eq",
  path: { urn: null, name, sub: null },
  value,
});
const conjunction = (a: Filter | null, b: Filter): Filter =>
  a === null ? b : { kind: "and", terms: [...(a.kind === "and" ? a.terms : [a]), b] };

/** The entries that are the seat: `type eq "seatType" and value eq "Full"`. */
export const seatFilter = (place: Attribute): Filter =>
  conjunction(place.path.where, equals(place.path.sub ?? "value", place.value));

/** Who holds it, in the service's own language. */
export const holdersFilter = (place: Place): string | null => {
  if (place.is === "group") return null;
  if (place.is === "active") return "active eq true";
  const { path, where } = place.path;
  if (where) return `${printAttribute(path)}[${printFilter(seatFilter(place))}]`;
  return `${printAttribute(path)}${isPlural(place.path) ? ".value" : ""} eq ${quoted(place.value)}`;
};

/** Values are compared without case, as SCIM does by default. */
const sameValue = (a: unknown, b: unknown): boolean =>
  a !== null && a !== undefined && typeof a !== "object" && String(a).toLowerCase() === String(b).toLowerCase();
const member = (of: unknown, name: string): unknown => {
  if (typeof of !== "object" || of === null) return undefined;
  return Object.entries(of).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
};

const accepts = (filter: Filter, item: unknown): boolean => {
  switch (filter.kind) {
    case "compare": {
      const got = member(item, filter.path.name);
      if (filter.op === "eq") return sameValue(got, filter.value);
      if (filter.op === "ne") return !sameValue(got, filter.value);
      const [a, b] = [String(got ?? "").toLowerCase(), String(filter.value).toLowerCase()];
      if (filter.op === "co") return a.includes(b);
      if (filter.op === "sw") return a.startsWith(b);
      return filter.op === "ew" && a.endsWith(b);
    }
    case "present":
      return (member(item, filter.path.name) ?? "") !== "";
    case "not":
      return !accepts(filter.of, item);
    case "and":
      return filter.terms.every((t) => accepts(t, item));
    case "or":
      return filter.terms.some((t) => accepts(t, item));
    case "select":
      return false;
  }
};

/** Does this person hold the seat? The service's own answer to a filter is not believed blindly. */
export const holds = (place: Exclude<Place, { is: "group" }>, user: User): boolean => {
  if (place.is === "active") return user.active === true;
  const { path, where } = place.path;
  const host =
    path.urn === null ? user : (member(user, path.urn) ?? (/:core:2\.0:User$/i.test(path.urn) ? user : undefined));
  const value = member(host, path.name);
  if (where) return Array.isArray(value) && value.some((item: unknown) => accepts(seatFilter(place), item));
  if (Array.isArray(value))
    return value.some((item: unknown) =>
      sameValue(typeof item === "object" ? member(item, path.sub ?? "value") : item, place.value),
    );
  return sameValue(path.sub === null ? value : member(value, path.sub), place.value);
};

export interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: unknown;
}
/** The entry that a path describes: `roles[type eq "seatType"].value=Full` is `{type: "seatType", value: "Full"}`. */
const described = (place: Attribute): Record<string, Scalar> => {
  const where = place.path.where;
  const terms = where === null ? [] : where.kind === "and" ? where.terms : [where];
  const pairs = terms.flatMap((t) => (t.kind === "compare" && t.op === "eq" ? [[t.path.name, t.value] as const] : []));
  return { ...Object.fromEntries(pairs), [place.path.sub ?? "value"]: place.value };
};

/** What gives the seat. `entry`: where the first said that there is nothing to replace. */
export const giving = (place: Exclude<Place, { is: "group" }>): { first: Operation; entry: Operation | null } => {
  if (place.is === "active") return { first: { op: "replace", path: "active", value: true }, entry: null };
  const { path, where, sub } = place.path;
  const name = printAttribute(path);
  const entry: Operation = { op: "add", path: name, value: [described(place)] };
  if (where)
    return {
      first: { op: "replace", path: `${name}[${printFilter(where)}].${sub ?? "value"}`, value: place.value },
      entry,
    };
  if (isPlural(place.path)) return { first: entry, entry: null };
  return { first: { op: "replace", path: name, value: place.value }, entry: null };
};
export const taking = (place: Exclude<Place, { is: "group" }>): Operation => {
  if (place.is === "active") return { op: "replace", path: "active", value: false };
  const name = printAttribute(place.path.path);
  if (typeof place.value === "boolean" && !isPlural(place.path))
    return { op: "replace", path: name, value: !place.value };
  return { op: "remove", path: isPlural(place.path) ? `${name}[${printFilter(seatFilter(place))}]` : name };
};
/** A single value can be changed under our hands between reading and taking: such a write is guarded by a version. */
export const isGuarded = (place: Place): boolean => place.is === "attribute" && !isPlural(place.path);

/** The same place with another value: a move is then one write, and nobody is without a seat in between. */
export const inPlace = (from: Place, to: Place): boolean =>
  from.is === "attribute" &&
  to.is === "attribute" &&
  from.text.slice(0, cut(from.text)) === to.text.slice(0, cut(to.text)) &&
  (!isPlural(to.path) || to.path.where !== null);
