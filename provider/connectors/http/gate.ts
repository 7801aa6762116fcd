import { onAbort } from "./aborts.ts";

/** At most `width` at once; the rest wait in the order they came. */
export interface Gate {
  enter(signal: AbortSignal): Promise<() => void>;
}

export const createGate = (width: number): Gate => {
  let free = width;
  // A set keeps the order, and lets anyone leave from the middle.
  const queue = new Set<() => void>();
  const leave = (): void => {
    const [next] = queue;
    if (next === undefined) {
      free += 1;
      return;
    }
    queue.delete(next);
    next();
  };
  const once = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return once();
      }
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          off();
          resolve();
        };
        const off = onAbort(signal, () => {
          queue.delete(go);
          reject(signal.reason);
        });
        queue.add(go);
      });
      return once();
    },
  };
};
