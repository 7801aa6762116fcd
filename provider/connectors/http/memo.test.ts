import { memo } from "./memo.ts";

const never = new AbortController().signal;
const later = <T>(value: T, ms = 5): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));

it("asks once, at the same time and afterwards", async () => {
  const once = memo();
  let reads = 0;
  const read = () => later(++reads);
  expect(await Promise.all([1, 2, 3].map(() => once("k", never, read)))).toEqual([1, 1, 1]);
  expect(await once("k", never, read)).toBe(1);
  expect(await once("other", never, read)).toBe(2);
});

it("forgets what a write made old, by prefix", async () => {
  const once = memo();
  let reads = 0;
  const read = async () => ++reads;
  await once("seats a", never, read);
  await once("users", never, read);
  once.forget("seats ");
  expect([await once("seats a", never, read), await once("users", never, read)]).toEqual([3, 2]);
});

it("what is forgotten while it is read is read again", async () => {
  const once = memo();
  let reads = 0;
  const read = () => later(++reads);
  const old = once("k", never, read);
  once.forget();
  expect([await once("k", never, read), await old]).toEqual([2, 1]);
  expect(await once("k", never, read)).toBe(2);
});

it("tells a failure to all who wait, and tries again for the next", async () => {
  const once = memo();
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 1) throw new Error("first");
    return reads;
  };
  const two = await Promise.allSettled([once("k", never, read), once("k", never, read)]);
  expect(two.map((r) => r.status)).toEqual(["rejected", "rejected"]);
  expect(await once("k", never, read)).toBe(2);
});

it("one who gives up does not stop the others; the last one does", async () => {
  const once = memo();
  let stopped = false;
  const read = (signal: AbortSignal) => {
    signal.addEventListener("abort", () => {
      stopped = true;
    });
    return later("x", 20);
  };
  const [a, b] = [new AbortController(), new AbortController()];
  const one = once("k", a.signal, read);
  const two = once("k", b.signal, read);
  a.abort();
  await expect(one).rejects.toMatchObject({ code: "cancelled" });
  expect(stopped).toBe(false);
  expect(await two).toBe("x");
  const gone = once("k2", a.signal, read);
  await expect(gone).rejects.toMatchObject({ code: "cancelled" });
  const c = new AbortController();
  const three = once("k3", c.signal, read);
  await Promise.resolve();
  c.abort();
  await expect(three).rejects.toMatchObject({ code: "cancelled" });
  expect(stopped).toBe(true);
});
