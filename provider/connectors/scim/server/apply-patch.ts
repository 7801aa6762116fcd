import type { Filter } from "../filter.ts";
import { entries, folded, isJson, type Json } from "./evaluate.ts";
import { type At, keyed, type Operation, type PatchManners } from "./patch.ts";
import { refuse } from "./refusal.ts";
import { type Attribute, type Model, named } from "./schema.ts";
import { object, readValue } from "./values.ts";

interface Work {
  readonly model: Model;
  readonly manners: PatchManners;
}
/** Resources are values: a PATCH makes a new one, and gives the old one back where nothing changed. */
type Change = (host: Json) => Json;

const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  return JSON.stringify(a) === JSON.stringify(b);
};
const put = (host: Json, name: string, value: unknown): Json => {
  if (same(host[name], value)) return host;
  const { [name]: _old, ...rest } = host;
  return value === undefined || (Array.isArray(value) && value.length === 0) ? rest : { ...rest, [name]: value };
};
const reading = ({ manners }: Work) => ({ unknown: manners.unknown, blame: "invalidValue" as const });

/** Two entries are one where all they say is equal; members are known by their value alone. */
const identity = (attribute: Attribute, item: unknown): string => {
  if (!isJson(item)) return JSON.stringify(item);
  const value = named(attribute.subs, "value");
  if (attribute.name === "members" && value) return String(item.value);
  return JSON.stringify(
    attribute.subs.map((sub) => {
      const one = item[sub.name];
      return typeof one === "string" ? folded(one, sub.exact) : (one ?? null);
    }),
  );
};

/** Adding to a list of many thousands again and again: its keys are kept with it. */
const known = new WeakMap<readonly unknown[], Set<string>>();
const appended = (attribute: Attribute, current: readonly unknown[], more: readonly unknown[]): readonly unknown[] => {
  const keys = known.get(current) ?? new Set(current.map((item) => identity(attribute, item)));
  known.delete(current);
  const fresh: unknown[] = [];
  for (const item of more) {
    const k = identity(attribute, item);
    if (!keys.has(k)) fresh.push(item);
    keys.add(k);
  }
  const next = fresh.length > 0 ? [...current, ...fresh] : current;
  known.set(next, keys);
  return next;
};

/** Whoever is newly marked primary unmarks the others (RFC 7644 section 3.5.2). */
const settlePrimary = (before: readonly unknown[], after: readonly unknown[]): readonly unknown[] => {
  const primary = after.filter((i) => isJson(i) && i.primary === true);
  if (primary.length < 2) return after;
  const fresh = primary.filter((i) => !before.some((b) => same(b, i)));
  if (fresh.length !== 1) return refuse("invalidValue", "only one value can be primary");
  return after.map((i) => (isJson(i) && i.primary === true && i !== fresh[0] ? { ...i, primary: false } : i));
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const writeAttribute = (work: Work, attribute: Attribute, op: "add" | "replace", value: unknown): Change => {
  const { name } = attribute;
  if (attribute.mutability === "writeOnly") {
    readValue(attribute, value, reading(work)); // checked, then forgotten
    return (host) => host;
  }
  if (value === null) return (host) => put(host, name, undefined);
  if (attribute.multi) {
    const items = listOf(readValue(attribute, Array.isArray(value) ? value : [value], reading(work)));
    return (host) => {
      const before = listOf(host[name]);
      const after = op === "add" ? appended(attribute, before, items) : items;
      return put(host, name, settlePrimary(before, after));
    };
  }
  if (attribute.type === "complex") {
    if (!isJson(value)) return refuse("invalidValue", `${name}: an object was expected`);
    const changes = Object.entries(value).map(([key, item]) => writeSub(work, attribute, key, item));
    return (host) => {
      const old = isJson(host[name]) ? host[name] : {};
      const next = changes.reduce<Json>((acc, change) => change(acc), old);
      return next === old ? host : put(host, name, Object.keys(next).length > 0 ? next : undefined);
    };
  }
  const read = readValue(attribute, value, reading(work));
  return (host) => put(host, name, read);
};

const writeSub = (work: Work, attribute: Attribute, key: string, value: unknown): Change => {
  const sub = named(attribute.subs, key);
  if (!sub) return work.manners.unknown === "ignore" ? (h) => h : refuse("invalidValue", `'${key}' is in no schema`);
  const read = value === null ? undefined : readValue(sub, value, reading(work));
  return (entry) => {
    if (same(entry[sub.name], read)) return entry;
    if (sub.mutability === "readOnly") return refuse("mutability", `'${sub.name}' is read-only`);
    if (sub.mutability === "immutable" && entry[sub.name] !== undefined)
      return refuse("mutability", `'${sub.name}' is immutable`);
    return put(entry, sub.name, read);
  };
};

/** `type eq "seatType" and value eq "Full"` describes an entry; anything else does not. */
const described = (where: Filter): Json | null => {
  const terms = where.kind === "and" ? where.terms : [where];
  const pairs = terms.map((t) => (t.kind === "compare" && t.op === "eq" ? ([t.path.name, t.value] as const) : null));
  return pairs.includes(null) ? null : Object.fromEntries(pairs.filter((p) => p !== null));
};

const writeSelected = (work: Work, at: At, attribute: Attribute, value: unknown): Change => {
  const { where, sub } = at.path;
  if (!where) return refuse("noTarget", "nothing is selected");
  const matches = entries({ ...at.target, sub: null }, where);
  const changes = sub
    ? [writeSub(work, attribute, sub, value)]
    : isJson(value)
      ? Object.entries(value).map(([key, item]) => writeSub(work, attribute, key, item))
      : refuse("invalidValue", `${attribute.name}: an object was expected`);
  const written = (item: unknown): Json => changes.reduce<Json>((acc, change) => change(acc), isJson(item) ? item : {});
  return (host) => {
    const before = listOf(host[attribute.name]);
    if (before.some(matches)) {
      const after = before.map((item) => (matches(item) ? written(item) : item));
      return put(host, attribute.name, settlePrimary(before, after));
    }
    const fresh = work.manners.unmatched === "create" ? described(where) : null;
    if (!fresh) return refuse("noTarget", `no value of '${attribute.name}' matches the path`);
    return put(host, attribute.name, [...before, written(object(attribute.subs, fresh, reading(work)))]);
  };
};

/** A change of the extension's object, or of the resource itself. */
const inside = (extension: string | null, change: Change): Change =>
  extension === null
    ? change
    : (of) => {
        const old = isJson(of[extension]) ? of[extension] : {};
        const next = change(old);
        return next === old ? of : put(of, extension, Object.keys(next).length > 0 ? next : undefined);
      };

const write = (work: Work, op: "add" | "replace", at: At | null, value: unknown): Change => {
  if (!at?.target.attribute) return writeKeys(work, op, at, value);
  const { attribute, extension, sub } = at.target;
  if (at.path.where) return inside(extension, writeSelected(work, at, attribute, value));
  if (!sub) return inside(extension, writeAttribute(work, attribute, op, value));
  const change = writeSub(work, attribute, sub.name, value);
  return inside(extension, (host) => {
    if (attribute.multi)
      return put(
        host,
        attribute.name,
        listOf(host[attribute.name]).map((i) => change(isJson(i) ? i : {})),
      );
    const old = isJson(host[attribute.name]) ? (host[attribute.name] as Json) : {};
    const next = change(old);
    return next === old ? host : put(host, attribute.name, Object.keys(next).length > 0 ? next : undefined);
  });
};

/** Without a path the value's keys are paths; with an extension's URN they are names in it. */
const writeKeys = (work: Work, op: "add" | "replace", at: At | null, value: unknown): Change => {
  const extension = at?.target.extension;
  if (extension && value === null) return (of) => put(of, extension, undefined);
  if (!isJson(value)) return refuse("invalidValue", "an object was expected");
  const changes = Object.entries(value).flatMap(([key, item]) => {
    if (key.toLowerCase() === "schemas") return [];
    const inner = keyed(work.model, at, key, work.manners);
    if (!inner) return work.manners.unknown === "ignore" ? [] : refuse("invalidValue", `'${key}' is in no schema`);
    const { attribute } = inner.target;
    if (attribute?.mutability === "readOnly")
      return [(of: Json) => (same(of[attribute.name], item) ? of : refuse("mutability", `'${key}' is read-only`))];
    return [write(work, op, inner, item)];
  });
  return (of) => changes.reduce<Json>((acc, change) => change(acc), of);
};

const without = (attribute: Attribute, by: unknown, host: Json): Json => {
  const values = (Array.isArray(by) ? by : [by]).map((item: unknown) => (isJson(item) ? item : { value: item }));
  const gone = (item: unknown): boolean =>
    values.some(
      (v) => isJson(item) && Object.entries(v).every(([k, x]) => item[named(attribute.subs, k)?.name ?? k] === x),
    );
  const ids = new Set(values.map((v) => (Object.keys(v).length === 1 ? v.value : undefined)));
  const kept = listOf(host[attribute.name]).filter(
    (i) => !(isJson(i) && ids.has(i.value)) && (ids.size > 0 && !ids.has(undefined) ? true : !gone(i)),
  );
  return put(host, attribute.name, kept);
};

const removal = (work: Work, at: At, value: unknown): Change => {
  const { attribute, extension, sub } = at.target;
  if (!attribute) return (of) => (extension === null ? of : put(of, extension, undefined));
  const { where } = at.path;
  if (where) {
    const matches = entries({ ...at.target, sub: null }, where);
    return inside(extension, (host) => {
      const before = listOf(host[attribute.name]);
      const after = sub
        ? before.map((i) => (matches(i) && isJson(i) ? put(i, sub.name, undefined) : i))
        : before.filter((i) => !matches(i));
      return after.length === before.length && !sub ? host : put(host, attribute.name, after);
    });
  }
  if (value !== undefined && value !== null && work.manners.removeByValue === "apply" && attribute.multi)
    return inside(extension, (host) => without(attribute, value, host));
  if (!sub) return inside(extension, (host) => put(host, attribute.name, undefined));
  return inside(extension, (host) => {
    const old = host[attribute.name];
    if (Array.isArray(old))
      return put(
        host,
        attribute.name,
        old.map((i: unknown) => (isJson(i) ? put(i, sub.name, undefined) : i)),
      );
    return isJson(old) ? put(host, attribute.name, put(old, sub.name, undefined)) : host;
  });
};

/** All operations or none. The same object comes back when nothing changed. */
export const applyPatch = (model: Model, manners: PatchManners, operations: readonly Operation[], to: Json): Json => {
  const work: Work = { model, manners };
  const after = operations.reduce<Json>((acc, o) => {
    const change = o.op === "remove" ? removal(work, o.at, o.value) : write(work, o.op, o.at, o.value);
    return change(acc);
  }, to);
  for (const attribute of model.schema.attributes)
    if (attribute.required && (after[attribute.name] === undefined || after[attribute.name] === ""))
      refuse("mutability", `required attribute '${attribute.name}' became unassigned`);
  return same(after, to) ? to : after;
};
