import type { Answer, Asked } from "../../simulator/router.ts";
import { refuse } from "./refusals.ts";
import type { Server } from "./state.ts";

/** What a cursor stands for: the last item that was given. Each walk has cursors of its own, and they tell nothing. */
export const createCursors = (word: () => string) => {
  const known = new Map<string, string>();
  return {
    make(last: string): string {
      const cursor = word();
      known.set(cursor, last);
      if (known.size > 20_000) known.delete(known.keys().next().value ?? "");
      return cursor;
    },
    read: (cursor: string): string | null => known.get(cursor) ?? null,
  };
};
export type Cursors = ReturnType<typeof createCursors>;

export interface PageRules {
  readonly byDefault: number;
  readonly most: number;
  /** What is above the most is refused; else it is lowered. */
  readonly strict?: boolean;
}

export const limitOf = ({ query }: Pick<Asked, "query">, rules: PageRules): number | Answer => {
  const text = query.get("limit");
  if (text === null) return rules.byDefault;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || (rules.strict && limit > rules.most))
    return refuse.validation("limit", `limit: must be between 1 and ${rules.most}`);
  return Math.min(limit, rules.most);
};

const address = ({ headers }: Pick<Asked, "headers">, server: Server): string =>
  headers.host === undefined ? server.url() : `http://${headers.host}`;
const link = (asked: Asked, server: Server, after: string | null): string => {
  const query = new URLSearchParams(asked.query);
  query.delete("after");
  if (after !== null) query.set("after", after);
  const search = query.toString();
  return `<${address(asked, server)}${asked.path}${search === "" ? "" : `?${search}`}>`;
};

/** One page, behind the item that the cursor stands for; `items` ascend by key. The next link is there only while more follows. */
export const paged = <T>(
  { asked, server, cursors }: { readonly asked: Asked; readonly server: Server; readonly cursors: Cursors },
  items: readonly T[],
  how: { readonly key: (item: T) => string; readonly show: (item: T) => unknown; readonly rules: PageRules },
): Answer => {
  const limit = limitOf(asked, how.rules);
  if (typeof limit !== "number") return limit;
  const after = asked.query.get("after");
  const last = after === null ? null : cursors.read(after);
  if (after !== null && last === null) return refuse.validation("after", "after: invalid cursor");
  const from = last === null ? 0 : items.findIndex((item) => how.key(item) > last);
  const page = from < 0 ? [] : items.slice(from, from + limit);
  const end = page.at(-1);
  const more = end !== undefined && from + limit < items.length;
  const links = [
    `${link(asked, server, after)}; rel="self"`,
    ...(more ? [`${link(asked, server, cursors.make(how.key(end)))}; rel="next"`] : []),
  ];
  return { status: 200, headers: { link: links.join(", ") }, body: page.map(how.show) };
};
