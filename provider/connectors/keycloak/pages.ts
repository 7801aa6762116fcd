import { Problem } from "../../core/problem.ts";

/** For lists of which a large page can cost the server more per item than a small one. */
export interface Pace {
  /** The first page's size, and every page's while the server takes long. */
  readonly size: number;
  /** Milliseconds per item; above it, the server takes long. */
  readonly slow: number;
  readonly now: () => number;
}
export interface Pages<T extends { readonly id: string }> {
  readonly what: string;
  /** At most so many are asked for at once. */
  readonly size: number;
  /** Default: every page has the full size. */
  readonly pace?: Pace | undefined;
  /** How many there are by another count: then pages are asked for side by side, and fewer is an error. */
  readonly count?: (again: boolean) => Promise<number>;
  readonly page: (first: number, max: number) => Promise<readonly T[]>;
}

type Read<T> = { readonly items: readonly T[] } | { readonly torn: string };
interface Page<T> {
  /** The size that was asked for, less the one item that only checks. */
  readonly size: number;
  readonly items: readonly T[];
  readonly ms: number;
}

/** How many pages are asked for at once. */
const abreast = 4;
/** By how much pages grow while the server is quick. */
const growth = 4;

/** Reads pages side by side, each as large as the time that the ones before took allows. */
const createReader = <T extends { readonly id: string }>({ size: full, pace, page }: Pages<T>) => {
  let size = Math.min(full, pace?.size ?? full);
  let most = size < full ? 1 : abreast;
  const now = pace?.now ?? (() => 0);
  const one = async (first: number): Promise<Page<T>> => {
    const [asked, began] = [size, now()];
    const items = await page(first, asked + 1);
    return { size: asked, items, ms: now() - began };
  };
  const adapt = (pages: readonly Page<T>[]): void => {
    most = abreast;
    if (!pace) return;
    const slow = pages.some(({ ms, items }) => ms > pace.slow * Math.max(items.length, pace.size));
    size = Math.min(full, slow ? pace.size : size * growth);
  };
  /** From `first` on, where `left` are expected. */
  return async (first: number, left: number): Promise<readonly Page<T>[]> => {
    const count = Math.min(most, Math.max(1, Math.ceil(left / size)));
    const pages = await Promise.all(Array.from({ length: count }, (_, n) => one(first + n * size)));
    adapt(pages);
    return pages;
  };
};

/**
 * One more than the page is asked for each time: it tells whether there is another page, and it must be the next
 * page's first. Where it is not, somebody joined or left while we read, and another may have slipped from page to page.
 */
const join = <T extends { readonly id: string }>(pages: readonly Page<T>[]): Read<T> => {
  const seen = new Map<string, T>();
  for (const [n, { items }] of pages.entries()) {
    const before = pages[n - 1];
    if (before && before.items[before.size]?.id !== items[0]?.id)
      return { torn: `page ${n + 1} does not follow page ${n}` };
    for (const item of items) seen.set(item.id, item);
  }
  const counted = pages.reduce((sum, { items, size }) => sum + Math.min(items.length, size), 0);
  return seen.size === counted ? { items: [...seen.values()] } : { torn: "somebody is listed twice" };
};

const more = <T>(last: Page<T> | undefined): boolean => last === undefined || last.items.length > last.size;

const readCounted = async <T extends { readonly id: string }>(p: Pages<T>, total: number): Promise<Read<T>> => {
  const next = createReader(p);
  const pages: Page<T>[] = [];
  // More may come than were counted: they joined since.
  for (let first = 0; first < total || more(pages.at(-1)); ) {
    const read = await next(first, total - first);
    pages.push(...read);
    first += read.reduce((sum, { size }) => sum + size, 0);
  }
  const read = join(pages);
  if ("items" in read && read.items.length < total)
    return { torn: `there should be ${total}, and the list has ${read.items.length}` };
  return read;
};

/** A page that is not full is the last one, or was cut short: then something stands behind its last item. */
const isEnd = async <T extends { readonly id: string }>(p: Pages<T>, items: readonly T[]): Promise<boolean> => {
  const last = items.at(-1);
  if (last === undefined) return true;
  const rest = await p.page(items.length - 1, p.size + 1);
  return rest.length === 1 && rest[0]?.id === last.id;
};

const readUncounted = async <T extends { readonly id: string }>(p: Pages<T>): Promise<Read<T>> => {
  const next = createReader(p);
  const pages: Page<T>[] = [];
  for (let first = 0; more(pages.at(-1)); first += pages.at(-1)?.size ?? 0) pages.push(...(await next(first, 1)));
  const read = join(pages);
  return "torn" in read || (await isEnd(p, read.items)) ? read : { torn: `page ${pages.length} was cut short` };
};

/** The whole list or a Problem. A list that changes under us is read once more. */
export const inPages = async <T extends { readonly id: string }>(p: Pages<T>): Promise<readonly T[]> => {
  let torn = "";
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const read = p.count ? await readCounted(p, await p.count(attempt > 0)) : await readUncounted(p);
    if ("items" in read) return read.items;
    torn = read.torn;
  }
  throw new Problem("refused", `${p.what}: ${torn}`, {
    hint: "A list that may be incomplete is never used, because whoever is missing from it could lose a seat. Try again.",
  });
};
