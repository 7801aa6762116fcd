import { inPages, type Pages } from "./pages.ts";

interface Item {
  readonly id: string;
}
const items = (count: number): Item[] => Array.from({ length: count }, (_, i) => ({ id: `u${i}` }));

/** A server whose items take `ms` each, as its clock says; pages asked for side by side are served at once. */
const server = (count: number, ms: (first: number) => number) => {
  const list = items(count);
  const asked: number[] = [];
  let time = 0;
  const page = async (first: number, max: number): Promise<readonly Item[]> => {
    asked.push(max - 1);
    const found = list.slice(first, first + max);
    await Promise.resolve();
    time += found.length * ms(first);
    return found;
  };
  return { list, asked, page, now: () => time };
};
const paced = ({ page, now }: ReturnType<typeof server>): Pages<Item> => ({
  what: "users",
  size: 2000,
  pace: { size: 250, slow: 1, now },
  page,
});
const counted = (made: ReturnType<typeof server>): Pages<Item> => ({
  ...paced(made),
  count: () => Promise.resolve(made.list.length),
});
const sizes = (asked: readonly number[]): Record<number, number> => {
  const by: Record<number, number> = {};
  for (const size of asked) by[size] = (by[size] ?? 0) + 1;
  return by;
};

test("a quick server is asked for ever larger pages", async () => {
  const quick = server(10_000, () => 0.1);
  expect(await inPages(counted(quick))).toEqual(quick.list);
  expect(quick.asked).toEqual([250, 1000, 1000, 1000, 1000, 2000, 2000, 2000]);
});

test("a server that takes long is asked for small ones", async () => {
  const slow = server(10_000, () => 4);
  expect(await inPages(counted(slow))).toEqual(slow.list);
  expect(sizes(slow.asked)).toEqual({ 250: 40 });
});

test("pages get small where it begins to take long, and large again where it ends", async () => {
  const mixed = server(20_000, (first) => (first > 3000 && first < 12_000 ? 4 : 0.05));
  expect(await inPages(counted(mixed))).toEqual(mixed.list);
  expect(mixed.asked.slice(0, 9)).toEqual([250, 1000, 1000, 1000, 1000, 250, 250, 250, 250]);
  expect(mixed.asked.at(-1)).toBe(2000);
});

test("without a pace every page is as large as may be", async () => {
  const quick = server(5000, () => 9);
  const { pace: _, ...plain } = counted(quick);
  expect(await inPages(plain)).toEqual(quick.list);
  expect(quick.asked).toEqual([2000, 2000, 2000]);
});

test("without a count pages come one by one, and the last is proved", async () => {
  const quick = server(3000, () => 0.1);
  expect(await inPages(paced(quick))).toEqual(quick.list);
  expect(quick.asked).toEqual([250, 1000, 2000, 2000]);
});

test("exactly as many as pages hold, one more, nobody", async () => {
  for (const count of [0, 1, 249, 250, 251, 1250, 4250, 4251]) {
    for (const how of [counted, paced]) {
      const quick = server(count, () => 0.1);
      expect(await inPages(how(quick))).toEqual(quick.list);
    }
  }
});

test("somebody who joined after the count is listed", async () => {
  const quick = server(2300, () => 0.1);
  expect(await inPages({ ...paced(quick), count: () => Promise.resolve(250) })).toEqual(quick.list);
});

test("a page that does not follow the one before, whatever their sizes, is read again and then refused", async () => {
  const quick = server(5000, () => 0.1);
  const page = async (first: number, max: number) =>
    first === 1250 ? quick.list.slice(first + 1, first + 1 + max) : await quick.page(first, max);
  await expect(inPages({ ...counted(quick), page })).rejects.toThrow("users: page 3 does not follow page 2");
  let nth = 0;
  const once = (first: number, max: number) =>
    first === 1250 && nth++ === 0 ? page(first, max) : quick.page(first, max);
  expect(await inPages({ ...counted(quick), page: once })).toEqual(quick.list);
});

test("a list that is shorter than its count is refused", async () => {
  const quick = server(5000, () => 0.1);
  const short = inPages({ ...counted(quick), count: () => Promise.resolve(5001) });
  await expect(short).rejects.toThrow("there should be 5001, and the list has 5000");
});
