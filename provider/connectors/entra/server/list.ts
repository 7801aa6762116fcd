import type { Answer, Asked } from "../../simulator/router.ts";
import { type Filter, parseFilter, type Schema } from "./filter.ts";
import { isAdvanced, linkOf } from "./graph.ts";
import { refusals } from "./refusals.ts";
import { represent } from "./represent.ts";

export interface Listed<T> {
  readonly schema: Schema<T>;
  readonly defaults: readonly string[];
  /** In the order of `nr`. */
  readonly items: Iterable<T>;
  readonly maxTop?: number;
  readonly expand?: (item: T) => Record<string, unknown>;
  /** The app may see that there is somebody, and no more of them. */
  readonly veiled?: boolean;
  /** What else stands in each item. */
  readonly mark?: string;
}
type Numbered = { readonly id: string; readonly nr: number };

export const selection = (
  query: URLSearchParams,
  schema: Schema<never>,
  defaults: readonly string[],
): readonly string[] | { readonly refuse: Answer } => {
  const asked = query
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
  if (!asked) return defaults;
  const wrong = asked.find(
    (name) => !schema.properties.has(name) && !defaults.includes(name) && !name.startsWith("extension_"),
  );
  return wrong === undefined ? [...new Set(["id", ...asked])] : { refuse: refusals.noProperty(wrong, schema.type) };
};

const topOf = (query: URLSearchParams, max: number): number | { readonly refuse: Answer } => {
  const text = query.get("$top");
  if (text === null) return Math.min(100, max);
  const top = Number(text);
  return Number.isInteger(top) && top >= 1 && top <= 999 ? Math.min(top, max) : { refuse: refusals.pageSize(text) };
};

/** The filter, if the request may ask it so. */
const filterOf = <T>(asked: Asked, schema: Schema<T>): Filter<T> | null | { readonly refuse: Answer } => {
  const text = asked.query.get("$filter");
  if (text === null) return null;
  const filter = parseFilter(text, schema);
  if ("refuse" in filter || !filter.advanced) return filter;
  return isAdvanced(asked) && asked.query.get("$count") === "true" ? filter : { refuse: refusals.needsAdvanced() };
};

/** A page of a collection, as Graph's directory objects are listed. */
export const list = <T extends Numbered>(
  asked: Asked,
  { schema, defaults, items, maxTop = 999, expand, veiled, mark }: Listed<T>,
): Answer => {
  const { query } = asked;
  if (query.has("$skip")) return refusals.skip();
  const counted = query.get("$count") === "true" && isAdvanced(asked);
  if (counted && query.has("$expand")) return refusals.expandAndCount();
  const names = selection(query, schema as Schema<never>, defaults);
  if ("refuse" in names) return names.refuse;
  const top = topOf(query, maxTop);
  if (typeof top !== "number") return top.refuse;
  const filter = filterOf(asked, schema);
  if (filter && "refuse" in filter) return filter.refuse;
  const after = Number(query.get("$skiptoken")?.replace(/^nr-/, "") ?? -1);
  if (!Number.isInteger(after)) return refusals.badFilter("Invalid skip token.");
  const page: T[] = [];
  let total = 0;
  let more = false;
  for (const item of items) {
    if (filter && !filter.test(item)) continue;
    total += 1;
    if (item.nr <= after) continue;
    if (page.length < top) page.push(item);
    else more = true;
  }
  const next = new URLSearchParams(query);
  next.set("$skiptoken", `nr-${page.at(-1)?.nr ?? 0}`);
  return {
    status: 200,
    body: {
      "@odata.context": `https://graph.microsoft.com/v1.0/$metadata#${schema.type}s`,
      // Only the first page has the count.
      ...(counted && !query.has("$skiptoken") ? { "@odata.count": total } : {}),
      ...(more ? { "@odata.nextLink": linkOf(asked, next) } : {}),
      value: page.map((item) => ({
        ...(mark ? { "@odata.type": mark } : {}),
        ...(veiled ? { id: item.id } : represent(schema, item, names)),
        ...(expand?.(item) ?? {}),
      })),
    },
  };
};
