import { FilterError, parsePath } from "../filter.ts";
import type { Dialect } from "./dialect.ts";
import { compileFilter, folded, isJson, type Json } from "./evaluate.ts";
import { refuse, unsupported } from "./refusal.ts";
import { type Attribute, type Model, named, resolve, urns } from "./schema.ts";

/** What a search asks, from a query string or from the body of `/.search`. */
export interface Query {
  readonly filter: string | null;
  readonly sortBy: string | null;
  readonly sortOrder: string | null;
  readonly startIndex: number | null;
  readonly count: number | null;
  readonly cursor: string | null;
  readonly attributes: string | null;
  readonly excludedAttributes: string | null;
}

const whole = (name: string, value: unknown): number | null => {
  if (value === null || value === undefined) return null;
  const n = typeof value === "string" && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
  return typeof n === "number" && Number.isInteger(n)
    ? n
    : refuse("invalidValue", `${name}: a whole number was expected`);
};
const text = (name: string, value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && value.every((v) => typeof v === "string")) return value.join(",");
  return typeof value === "string" ? value : refuse("invalidValue", `${name}: text was expected`);
};

export const readQuery = (get: (name: string) => unknown): Query => {
  const start = whole("startIndex", get("startIndex"));
  const count = whole("count", get("count"));
  const sortOrder = text("sortOrder", get("sortOrder"));
  if (sortOrder !== null && sortOrder !== "ascending" && sortOrder !== "descending")
    refuse("invalidValue", "sortOrder is ascending or descending");
  const cursor = text("cursor", get("cursor"));
  if (cursor !== null && !/^[A-Za-z0-9\-._~]*$/.test(cursor)) refuse("invalidCursor", "this is no cursor of ours");
  return {
    filter: text("filter", get("filter")),
    sortBy: text("sortBy", get("sortBy")),
    sortOrder,
    startIndex: start === null ? null : Math.max(1, start),
    count: count === null ? null : Math.max(0, count),
    cursor,
    attributes: text("attributes", get("attributes")),
    excludedAttributes: text("excludedAttributes", get("excludedAttributes")),
  };
};

export const checkQuery = (q: Query, dialect: Dialect): void => {
  if (q.filter !== null && !dialect.filter) throw unsupported("Filtering");
  if ((q.sortBy !== null || q.sortOrder !== null) && !dialect.sort) throw unsupported("Sorting");
  if (q.cursor !== null && q.startIndex !== null)
    refuse("invalidValue", "a search has a cursor or a startIndex, not both");
  if (q.cursor !== null && !dialect.paging.cursor) throw unsupported("Pagination by cursor");
  if (q.cursor === null && !dialect.paging.index && q.startIndex !== null) throw unsupported("Pagination by index");
};

const sortable = (model: Model, name: string): ((of: Json) => unknown) | null => {
  let path: ReturnType<typeof parsePath>;
  try {
    path = parsePath(name);
  } catch (error) {
    if (error instanceof FilterError) return refuse("invalidPath", error.message);
    throw error;
  }
  const target = path.where ? null : resolve(model, path.path);
  if (!target?.attribute) return null;
  const { attribute, extension } = target;
  const sub = target.sub ?? (attribute.type === "complex" && attribute.multi ? named(attribute.subs, "value") : null);
  const leaf: Attribute = sub ?? attribute;
  if (leaf.type === "complex" || leaf.mutability === "writeOnly")
    refuse("invalidPath", `'${name}' cannot be sorted on`);
  return (of) => {
    const host = extension === null ? of : of[extension];
    let value: unknown = isJson(host) ? host[attribute.name] : undefined;
    if (Array.isArray(value)) value = value.find((i) => isJson(i) && i.primary === true) ?? value[0];
    if (sub) value = isJson(value) ? value[sub.name] : undefined;
    return typeof value === "string" ? folded(value, leaf.exact) : value;
  };
};

const order = (a: unknown, b: unknown): number => {
  if (a === b) return 0;
  if (a === undefined || a === null) return 1; // without a value: last when ascending
  if (b === undefined || b === null) return -1;
  return (a as string | number) < (b as string | number) ? -1 : 1; // one attribute, one type
};

export interface Candidate {
  readonly model: Model;
  readonly document: Json;
}
/** Everything that matches, in order. */
export const select = (
  q: Query,
  models: readonly Model[],
  candidates: () => Iterable<Candidate>,
): readonly Candidate[] => {
  const tests = q.filter === null ? null : compileFilter(q.filter, models);
  const keys = new Map(models.map((m) => [m, q.sortBy === null ? null : sortable(m, q.sortBy)]));
  if (q.sortBy !== null && ![...keys.values()].some((k) => k !== null))
    refuse("invalidPath", `cannot sort on '${q.sortBy}'`);
  const found: Candidate[] = [];
  for (const c of candidates()) if (!tests || tests.get(c.model)?.(c.document)) found.push(c);
  if (q.sortBy === null) return found;
  const keyed = found.map((c) => ({ c, key: keys.get(c.model)?.(c.document) }));
  keyed.sort((x, y) => order(x.key, y.key));
  if (q.sortOrder === "descending") keyed.reverse();
  return keyed.map(({ c }) => c);
};

interface Walk {
  readonly question: string;
  readonly count: number;
  readonly found: readonly Candidate[];
  readonly since: number;
}
export interface Page {
  readonly items: readonly Candidate[];
  readonly envelope: Json;
}

/** Cursors (RFC 9865): each walk keeps what it found, so that pages neither repeat nor miss while others write. */
export const createPager = (dialect: Dialect, now: () => number, word: () => string) => {
  const walks = new Map<string, Walk>();
  const remember = (walk: Walk): string => {
    const id = `w${word()}`;
    walks.set(id, walk);
    const oldest = walks.size > 200 ? walks.keys().next().value : undefined;
    if (oldest !== undefined) walks.delete(oldest);
    return id;
  };
  const envelope = (total: number, items: readonly Candidate[], more: Json): Page => ({
    items,
    envelope: { schemas: [urns.list], totalResults: total, itemsPerPage: items.length, ...more },
  });
  const opened = (cursor: string, question: string, count: number): { walk: Walk; id: string; at: number } => {
    const [, id, at] = /^(w[a-z0-9]+)-(\d+)$/.exec(cursor) ?? [];
    const walk = id === undefined ? undefined : walks.get(id);
    if (!walk || id === undefined || walk.question !== question)
      return refuse("invalidCursor", "this is no cursor of ours");
    if (walk.count !== count) return refuse("invalidCount", "the cursor belongs to another count");
    if (now() - walk.since > dialect.cursorTimeoutSeconds * 1000)
      return refuse("expiredCursor", "the cursor has expired");
    return { walk, id, at: Number(at) };
  };
  const byCursor = (q: Query, question: string, count: number, found: () => readonly Candidate[]): Page => {
    const open = q.cursor ? opened(q.cursor, question, count) : null;
    const walk = open?.walk ?? { question, count, found: found(), since: now() };
    const at = open?.at ?? 0;
    const items = walk.found.slice(at, at + count);
    const next = at + count < walk.found.length && count > 0;
    const id = open?.id ?? (next ? remember(walk) : "");
    return envelope(walk.found.length, items, {
      ...(next ? { nextCursor: `${id}-${at + count}` } : {}),
      ...(at > 0 ? { previousCursor: `${id}-${Math.max(0, at - count)}` } : {}),
    });
  };
  return (q: Query, question: string, found: () => readonly Candidate[]): Page => {
    const count = Math.min(q.count ?? dialect.maxPage, dialect.maxPage);
    if (q.cursor !== null || !dialect.paging.index) return byCursor(q, question, count, found);
    const all = found();
    const start = q.startIndex ?? 1;
    return envelope(all.length, all.slice(start - 1, start - 1 + count), { startIndex: start });
  };
};
