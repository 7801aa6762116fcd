/**
 * Works on up to `width` items at once and gives the results in the order of the items. After one threw, none is
 * begun; those under way are waited for and given before the error comes out, so that nothing done goes untold.
 */
export async function* sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncIterable<R> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  let begun = 0;
  let running = 0;
  let given = 0;
  let wake = (): void => {};
  const run = async (index: number, item: T): Promise<void> => {
    try {
      results.set(index, await work(item));
    } catch (error) {
      failures.push(error);
    }
    running -= 1;
    wake();
  };
  const fill = (): void => {
    while (running < width && begun < items.length && failures.length === 0) {
      running += 1;
      void run(begun, items[begun] as T); // below the length
      begun += 1;
    }
  };
  const take = (): R | undefined => {
    // A gap is whoever failed or never began; while others run it may still close.
    while (running === 0 && given < begun && !results.has(given)) given += 1;
    const result = results.get(given);
    if (!results.delete(given)) return undefined;
    given += 1;
    return result;
  };
  for (;;) {
    fill();
    const awake = new Promise<void>((resolve) => {
      wake = resolve;
    });
    for (let one = take(); one !== undefined; one = take()) yield one;
    if (running === 0 && (begun === items.length || failures.length > 0)) break;
    if (running > 0 && !results.has(given)) await awake;
  }
  if (failures.length > 0) throw failures[0];
}

/** Aborts `ms` after the other: what is under way may end, and its outcome be told, before everything stops. */
export const lingering = (signal: AbortSignal, ms: number): AbortSignal => {
  const stop = new AbortController();
  const later = (): void => {
    setTimeout(() => stop.abort(signal.reason), ms).unref();
  };
  if (signal.aborted) later();
  else signal.addEventListener("abort", later, { once: true });
  return stop.signal;
};
