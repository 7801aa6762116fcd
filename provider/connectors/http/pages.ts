import { Problem } from "../../core/problem.ts";

/** What every walk over pages has in common. */
export interface Walk<T> {
  /** For messages: `connection "people": users`. */
  readonly what: string;
  /** Tells one item from another. */
  readonly key: (item: T) => string;
  /** Default: 10,000. */
  readonly maxPages?: number;
}
export interface OffsetPage<T> {
  readonly items: readonly T[];
  /** How many there are, if the answer says. */
  readonly total?: number | null;
  /** Where the server says that this page starts, in the same base as `first`. */
  readonly start?: number | null;
}
export interface OffsetWalk<T> extends Walk<T> {
  /** The index of the first item: 0, or SCIM's 1. */
  readonly first: number;
  /** Asked for per page; a server may give fewer when it says a total. */
  readonly size: number;
  /**
   * For a server that tells no total: each page begins with the last item of the page before, so that a list which
   * shrinks or is re-sorted while it is read is noticed. Costs one row per page.
   */
  readonly overlap?: boolean;
  /** Known from elsewhere (a count): the list must have at least as many. */
  readonly expect?: number | null;
  readonly page: (start: number, size: number) => Promise<OffsetPage<T>>;
}
export interface CursorPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number | null;
}
export interface CursorWalk<T> extends Walk<T> {
  /** Some vendors send empty pages that go on. Default: an empty page in the middle is an error. */
  readonly emptyPages?: boolean;
  /**
   * For a vendor that tells no total and fills every page: one in the middle that is shorter than the first lacks
   * somebody, and the last of several is read twice more, since nothing else would tell that it was cut: two readings
   * that are cut alike came once in ten thousand runs of faults.
   */
  readonly even?: boolean;
  readonly page: (cursor: string | null) => Promise<CursorPage<T>>;
}

const torn = (what: string, why: string): Problem =>
  new Problem("refused", `${what}: ${why}`, {
    hint: "A list that may be incomplete is never used, because whoever is missing from it could lose a seat. Try again; if it stays, the system's paging is at fault.",
  });

/** Collects items and refuses what no honest list does. */
const collect = <T>(walk: Walk<T>) => {
  const seen = new Map<string, T>();
  const firsts = new Set<string>();
  let pages = 0;
  return {
    seen,
    add(items: readonly T[]): void {
      pages += 1;
      if (pages > (walk.maxPages ?? 10_000)) throw torn(walk.what, `more than ${walk.maxPages ?? 10_000} pages`);
      const head = items[0];
      if (head !== undefined) {
        const key = walk.key(head);
        if (firsts.has(key)) throw torn(walk.what, `page ${pages} begins like an earlier page`);
        firsts.add(key);
      }
      for (const item of items) seen.set(walk.key(item), item);
    },
  };
};

type Attempt<T> = { readonly items: readonly T[] } | { readonly why: string };

/** A list that changes while it is read can hide somebody: it is read again, and if it never holds still it is an error. */
const settled = async <T>(what: string, attempt: () => Promise<Attempt<T>>): Promise<readonly T[]> => {
  let why = "";
  for (let nth = 1; nth <= 3; nth += 1) {
    const read = await attempt();
    if ("items" in read) return read.items;
    why = read.why;
  }
  throw torn(what, why);
};

/** What is wrong with this page as a successor of what was read; null: nothing. */
const shift = <T>(walk: OffsetWalk<T>, page: OffsetPage<T>, last: T | null): string | null => {
  const head = page.items[0];
  if (last === null || !walk.overlap) return null;
  return head !== undefined && walk.key(head) === walk.key(last) ? null : "it changed while it was read";
};

const readByOffset = async <T>(walk: OffsetWalk<T>): Promise<Attempt<T>> => {
  const { seen, add } = collect(walk);
  let total: number | null = null;
  let last: T | null = null;
  for (let start = walk.first; ; ) {
    const back = walk.overlap && last !== null ? 1 : 0;
    const page: OffsetPage<T> = await walk.page(start - back, walk.size);
    const told = page.total ?? null;
    const elsewhere =
      page.start !== undefined && page.start !== null && page.items.length > 0 && page.start !== start - back;
    if (elsewhere) throw torn(walk.what, `asked for the page at ${start - back}, got the one at ${page.start}`);
    const why = shift(walk, page, last);
    if (why !== null) return { why };
    // Whoever went was perhaps before us, and then somebody moved from the next page to one that we have read.
    if (total !== null && told !== null && told < total)
      return { why: `it shrank from ${total} to ${told} while it was read` };
    total = told ?? total;
    const fresh = page.items.slice(back);
    add(fresh);
    start += fresh.length;
    last = fresh.at(-1) ?? last;
    const read = start - walk.first;
    if (fresh.length === 0 && total !== null && read < total)
      return { why: `promised ${total}, ended at ${read} with an empty page` };
    if (told !== null ? read >= told : page.items.length < walk.size) break;
  }
  const promised = Math.max(total ?? 0, walk.expect ?? 0);
  return seen.size < promised ? { why: `promised ${promised}, gave ${seen.size}` } : { items: [...seen.values()] };
};

/** startIndex or offset. Ends at the promised total; without one, at the first page that is not full. */
export const byOffset = <T>(walk: OffsetWalk<T>): Promise<readonly T[]> => settled(walk.what, () => readByOffset(walk));

/** Does the same page read again hold the same items, and end the list again? */
const isSame = async <T>(walk: CursorWalk<T>, cursor: string, { items }: CursorPage<T>): Promise<boolean> => {
  const again = await walk.page(cursor);
  const keys = again.items.map(walk.key);
  return again.next === null && keys.length === items.length && items.every((item, i) => walk.key(item) === keys[i]);
};

const readByCursor = async <T>(walk: CursorWalk<T>): Promise<Attempt<T>> => {
  const { seen, add } = collect(walk);
  const tokens = new Set<string>();
  let total: number | null = null;
  let full: number | null = null;
  for (let cursor: string | null = null; ; ) {
    const page: CursorPage<T> = await walk.page(cursor);
    add(page.items);
    const told = page.total ?? null;
    if (total !== null && told !== null && told < total)
      return { why: `it shrank from ${total} to ${told} while it was read` };
    total = told ?? total;
    if (page.next === null) {
      const unproved = walk.even && total === null && cursor !== null;
      for (let nth = 0; unproved && nth < 2; nth += 1)
        if (!(await isSame(walk, cursor ?? "", page))) return { why: "its last page is another each time" };
      break;
    }
    if (tokens.has(page.next)) throw torn(walk.what, "the next page's token came a second time");
    if (page.items.length === 0 && !walk.emptyPages) throw torn(walk.what, "an empty page in the middle");
    full ??= page.items.length;
    if (walk.even && page.items.length !== full) return { why: "a page in the middle is not as long as the first" };
    tokens.add(page.next);
    cursor = page.next;
  }
  if (total !== null && seen.size < total) return { why: `promised ${total}, gave ${seen.size}` };
  return { items: [...seen.values()] };
};

/** A cursor, a next link or a `Link` header: whatever names the next page. */
export const byCursor = <T>(walk: CursorWalk<T>): Promise<readonly T[]> => settled(walk.what, () => readByCursor(walk));

/** How many readings in a row must agree on a page that is shorter than it could be, and how many there are at most. */
const readings = { agreeing: 4, most: 8 };
/**
 * For a vendor that tells no total: a page that `suffices` (full, or all there is) is taken, a shorter one is read until
 * several readings in a row agree, which notices one that was cut short. In ten thousand runs of faults that cut one
 * later page in fourteen, two readings agreed on a cut page ten times, and three once.
 */
export const agreed = async <T, P extends { readonly items: readonly T[] }>(
  { what, key }: Pick<Walk<T>, "what" | "key">,
  read: () => Promise<P>,
  suffices: (first: P) => boolean,
): Promise<P> => {
  const keys = ({ items }: P): string => JSON.stringify(items.map(key));
  let page = await read();
  if (suffices(page)) return page;
  let agreeing = 1;
  for (let nth = 2; nth <= readings.most; nth += 1) {
    const again = await read();
    agreeing = keys(again) === keys(page) ? agreeing + 1 : 1;
    page = again;
    if (agreeing === readings.agreeing) return page;
  }
  throw torn(what, "a page gives something else each time it is read");
};

/** The address in `Link: <…>; rel="next"`, or null. */
export const nextLink = (header: string | undefined): string | null => {
  for (const part of header?.split(/,(?=\s*<)/) ?? []) {
    const link = /^\s*<([^>]*)>(.*)$/s.exec(part);
    if (link?.[1] && /;\s*rel="?(?:[^"]*\s)?next(?:\s[^"]*)?"?/i.test(link[2] ?? "")) return link[1];
  }
  return null;
};
