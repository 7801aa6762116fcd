import { onAbort } from "./aborts.ts";
import { cancelled } from "./problems.ts";

/**
 * One read per list and walk: the same question at the same time is one question, and its answer is kept as long as the
 * connector lives. A failure is told to all who wait and then forgotten.
 */
export interface Memo {
  <T>(key: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** After a write: what was read before it is history. All keys that start so; without: everything. */
  forget(prefix?: string): void;
}

interface Entry {
  readonly answer: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
  settled: boolean;
}

/** One caller's cancellation must not take the answer from the others: the read stops when the last one has gone. */
const waitFor = <T>(entry: Entry, signal: AbortSignal, drop: () => void): Promise<T> => {
  if (entry.settled) return entry.answer as Promise<T>; // the key fixes the type: one key, one reader
  entry.waiting += 1;
  return new Promise<T>((resolve, reject) => {
    const off = onAbort(signal, () => {
      entry.waiting -= 1;
      if (entry.waiting === 0) {
        drop();
        entry.stop.abort(signal.reason);
      }
      reject(cancelled(signal));
    });
    (entry.answer as Promise<T>).then(resolve, reject).finally(off);
  });
};

export const memo = (): Memo => {
  const entries = new Map<string, Entry>();
  const start = <T>(key: string, read: (signal: AbortSignal) => Promise<T>): Entry => {
    const stop = new AbortController();
    const drop = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    const answer = Promise.resolve().then(() => read(stop.signal));
    const entry: Entry = { answer, stop, waiting: 0, settled: false };
    answer.then(() => {
      entry.settled = true;
    }, drop);
    entries.set(key, entry);
    return entry;
  };
  const once = async <T>(key: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (signal.aborted) throw cancelled(signal);
    const entry = entries.get(key) ?? start(key, read);
    return waitFor<T>(entry, signal, () => entries.delete(key));
  };
  const forget = (prefix = ""): void => {
    for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key);
  };
  return Object.assign(once, { forget });
};
