import { Problem } from "../../core/problem.ts";

export interface Pages<T extends { readonly id: string }> {
  readonly what: string;
  readonly size: number;
  /** How many there are by another count: then pages are asked for side by side, and fewer is an error. */
  readonly count?: (again: boolean) => Promise<number>;
  readonly page: (first: number, max: number) => Promise<readonly T[]>;
}

type Read<T> = { readonly items: readonly T[] } | { readonly torn: string };

/** How many pages are asked for at once. */
const abreast = 4;

/**
 * One more than the page is asked for each time: it tells whether there is another page, and it must be the next
 * page's first. Where it is not, somebody joined or left while we read, and another may have slipped from page to page.
 */
const join = <T extends { readonly id: string }>(pages: readonly (readonly T[])[], size: number): Read<T> => {
  const seen = new Map<string, T>();
  for (const [n, page] of pages.entries()) {
    const before = pages[n - 1];
    if (before && before[size]?.id !== page[0]?.id) return { torn: `page ${n + 1} does not follow page ${n}` };
    for (const item of page) seen.set(item.id, item);
  }
  const counted = pages.reduce((sum, page) => sum + Math.min(page.length, size), 0);
  return seen.size === counted ? { items: [...seen.values()] } : { torn: "somebody is listed twice" };
};

const readCounted = async <T extends { readonly id: string }>(p: Pages<T>, total: number): Promise<Read<T>> => {
  const count = Math.max(1, Math.ceil(total / p.size));
  const pages: (readonly T[])[] = [];
  for (let n = 0; n < count; n += abreast) {
    const batch = Array.from({ length: Math.min(abreast, count - n) }, (_, i) => (n + i) * p.size);
    pages.push(...(await Promise.all(batch.map((first) => p.page(first, p.size + 1)))));
  }
  // More came than were counted: they joined since.
  while ((pages.at(-1)?.length ?? 0) > p.size) pages.push(await p.page(pages.length * p.size, p.size + 1));
  const read = join(pages, p.size);
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
  const pages: (readonly T[])[] = [];
  do pages.push(await p.page(pages.length * p.size, p.size + 1));
  while ((pages.at(-1)?.length ?? 0) > p.size);
  const read = join(pages, p.size);
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
