import fc from "fast-check";
import { byCursor, byOffset, type CursorPage, nextLink, type OffsetPage } from "./pages.ts";

const key = (item: string): string => item;
const what = 'connection "crm": things';
const items = (n: number): string[] => Array.from({ length: n }, (_, i) => `item-${i}`);
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (e: Error) => e,
  );

type Serve = (start: number, size: number) => OffsetPage<string>;
const honest =
  (all: readonly string[], told: boolean): Serve =>
  (start, size) => ({
    items: all.slice(start, start + size),
    ...(told ? { total: all.length, start } : {}),
  });
const offset = (serve: Serve, expect?: number) =>
  byOffset({
    what,
    key,
    first: 0,
    size: 10,
    ...(expect === undefined ? {} : { expect }),
    page: async (s, n) => serve(s, n),
  });

describe("offset", () => {
  it("gives every item of an honest list, in order, whatever its length", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(95), fc.boolean(), async (n, told) => {
        expect(await offset(honest(items(n), told))).toEqual(items(n));
      }),
    );
  });

  it("a server that gives fewer than asked is followed by its total", async () => {
    const all = items(57);
    const serve: Serve = (start) => ({ items: all.slice(start, start + 4), total: 57 });
    expect(await offset(serve)).toEqual(all);
  });

  // Every seat or an error: one page of the walk is damaged, and then the list is never a shorter one.
  it("a damaged page is an error or harmless, never a shorter list", async () => {
    const damage = fc.constantFrom("empty", "half", "repeat", "skip");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 21, max: 95 }), fc.integer({ min: 1, max: 8 }), damage, async (n, at, how) => {
        const all = items(n);
        const broken: Serve = (start, size) => {
          const good = honest(all, true)(start, size);
          if (Math.floor(start / 10) !== at % Math.ceil(n / 10)) return good;
          if (how === "empty") return { ...good, items: [] };
          if (how === "half") return { ...good, items: good.items.slice(0, Math.floor(good.items.length / 2)) };
          if (how === "repeat") return { ...honest(all, true)(Math.max(0, start - 10), size), start: null };
          return { ...honest(all, true)(start + 10, size), start: null };
        };
        const list = await offset(broken).catch(() => null);
        if (list !== null) expect([...list].sort()).toEqual([...all].sort());
      }),
      { numRuns: 300 },
    );
  });

  const rows: readonly { name: string; serve: Serve; expect?: number; says: RegExp }[] = [
    {
      name: "a total that is never reached",
      serve: (s) => ({ items: s === 0 ? items(10) : [], total: 100 }),
      says: /promised 100/,
    },
    { name: "the same page for ever", serve: () => ({ items: items(10) }), says: /begins like an earlier page/ },
    {
      name: "another page than the one asked for",
      serve: (s, n) => ({ ...honest(items(50), true)(s, n), start: s + 1 }),
      says: /asked for the page at/,
    },
    {
      name: "fewer than were counted elsewhere",
      serve: honest(items(15), false),
      expect: 20,
      says: /promised 20, gave 15/,
    },
  ];
  it.each(rows)("$name is an error", async ({ serve, expect: count, says }) => {
    const problem = await failureOf(offset(serve, count));
    expect(problem).toMatchObject({ code: "refused" });
    expect(problem?.message).toMatch(says);
    expect(problem?.message).toContain(what);
  });

  it("a list that shrinks while it is read is read once more", async () => {
    let all = items(25);
    let calls = 0;
    const serve: Serve = (start, size) => {
      calls += 1;
      // Somebody on the first page leaves before the second is asked for: the item at its edge would be missed.
      if (calls === 2) all = all.slice(1);
      return honest(all, true)(start, size);
    };
    expect(await offset(serve)).toEqual(items(25).slice(1));
  });
});

describe("a list without a total that changes while it is read", () => {
  const shrinking = (overlap: boolean) => {
    let all = items(25);
    let calls = 0;
    const page = async (start: number, size: number) => {
      calls += 1;
      if (calls === 2) all = all.slice(1);
      return { items: all.slice(start, start + size) };
    };
    return byOffset({ what, key, first: 0, size: 10, overlap, page });
  };
  it("is noticed with overlapping pages", async () => {
    expect(await shrinking(true)).toEqual(items(25).slice(1));
  });
  it("is not noticed without: this is what overlap is for", async () => {
    expect(await shrinking(false)).not.toContain("item-10");
  });
  it("an honest list is the same with overlap, whatever its length", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), async (n) => {
        const page = async (start: number, size: number) => ({ items: items(n).slice(start, start + size) });
        expect(await byOffset({ what, key, first: 0, size: 7, overlap: true, page })).toEqual(items(n));
      }),
    );
  });
  it("that never holds still is an error", async () => {
    let n = 0;
    const page = async (start: number, size: number) => ({ items: items(40).slice(start + n++, start + n + size) });
    expect(await failureOf(byOffset({ what, key, first: 0, size: 7, overlap: true, page }))).toMatchObject({
      code: "refused",
    });
  });
});

describe("cursor", () => {
  const cursor = (serve: (c: string | null) => CursorPage<string>, emptyPages = false) =>
    byCursor({ what, key, emptyPages, maxPages: 50, page: async (c) => serve(c) });
  const paged =
    (all: readonly string[], size: number) =>
    (c: string | null): CursorPage<string> => {
      const start = Number(c ?? 0);
      return { items: all.slice(start, start + size), next: start + size < all.length ? String(start + size) : null };
    };
  it("gives every item of an honest list", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(80), fc.integer({ min: 2, max: 9 }), async (n, size) => {
        expect(await cursor(paged(items(n), size))).toEqual(items(n));
      }),
    );
  });
  const rows: readonly { name: string; serve: (c: string | null) => CursorPage<string>; says: RegExp }[] = [
    {
      name: "a token that comes twice",
      serve: (c) => ({ items: [`${c}-${Math.random()}`], next: "same" }),
      says: /second time/,
    },
    {
      name: "the same items under new tokens",
      serve: (c) => ({ items: items(3), next: `${c}x` }),
      says: /begins like/,
    },
    {
      name: "an empty page in the middle",
      serve: (c) => ({ items: c ? [] : items(3), next: `${c}x` }),
      says: /empty page/,
    },
    { name: "pages without end", serve: (c) => ({ items: [`of ${c}`], next: `${c}x` }), says: /more than 50 pages/ },
    {
      name: "an end before the promised total",
      serve: () => ({ items: items(3), next: null, total: 5 }),
      says: /promised 5, gave 3/,
    },
  ];
  it.each(rows)("$name is an error", async ({ serve, says }) => {
    expect((await failureOf(cursor(serve)))?.message).toMatch(says);
  });
  it("empty pages that go on are followed where the vendor is known for them", async () => {
    const serve = (c: string | null): CursorPage<string> =>
      c === null ? { items: [], next: "a" } : { items: ["x"], next: null };
    expect(await cursor(serve, true)).toEqual(["x"]);
  });
});

describe("even pages", () => {
  const size = 5;
  const page = (c: string | null): CursorPage<string> => {
    const start = Number(c ?? 0);
    return { items: items(18).slice(start, start + size), next: start + size < 18 ? String(start + size) : null };
  };
  /** The nth answer lacks what `cut` takes away, once or always. */
  const walk = (nth: number, cut: (all: readonly string[]) => readonly string[], always = false) => {
    let calls = 0;
    const serve = async (c: string | null): Promise<CursorPage<string>> => {
      calls += 1;
      const whole = page(c);
      return calls === nth || (always && calls >= nth) ? { ...whole, items: cut(whole.items) } : whole;
    };
    return { read: byCursor({ what, key, even: true, page: serve }), calls: () => calls };
  };
  const half = (all: readonly string[]): readonly string[] => all.slice(0, all.length / 2);
  it("cost two requests more than the list has pages", async () => {
    const { read, calls } = walk(0, half);
    expect(await read).toEqual(items(18));
    expect(calls()).toBe(6);
  });
  it.each([1, 2, 3, 4])("a page that was cut once (the %d.) does not shorten the list", async (nth) => {
    expect(await walk(nth, half).read).toEqual(items(18));
  });
  it("a last page that was lost once is read again", async () => {
    expect(await walk(4, () => []).read).toEqual(items(18));
  });
  it("a list whose pages are cut again and again is an error", async () => {
    let n = 0;
    const cut = (all: readonly string[]): readonly string[] => all.slice(0, ++n % 2 === 0 ? 2 : 3);
    expect((await failureOf(walk(2, cut, true).read))?.message).toMatch(/in the middle|another each time/);
  });
  it("one page is a list, and asked for once", async () => {
    let calls = 0;
    const serve = async (): Promise<CursorPage<string>> => {
      calls += 1;
      return { items: items(3), next: null };
    };
    expect(await byCursor({ what, key, even: true, page: serve })).toEqual(items(3));
    expect(calls).toBe(1);
  });
});

describe("Link", () => {
  const rows = [
    { header: '<https://a/x?after=1>; rel="next"', next: "https://a/x?after=1" },
    { header: '<https://a/x?p=1,2>; rel="self", <https://a/x?p=3>; rel="next"', next: "https://a/x?p=3" },
    { header: '<https://a/x>; rel="last"', next: null },
    { header: "<https://a/x>; rel=next; title=x", next: "https://a/x" },
    { header: undefined, next: null },
  ];
  it.each(rows)("$header", ({ header, next }) => {
    expect(nextLink(header)).toBe(next);
  });
});
