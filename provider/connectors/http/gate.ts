/** At most `width` at once; the rest wait in the order they came. */
export interface Gate {
  enter(signal: AbortSignal): Promise<() => void>;
}

export const createGate = (width: number): Gate => {
  let free = width;
  const queue: (() => void)[] = [];
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
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
        const abort = (): void => {
          queue.splice(queue.indexOf(go), 1);
          reject(signal.reason);
        };
        const go = (): void => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        queue.push(go);
        signal.addEventListener("abort", abort, { once: true });
      });
      return once();
    },
  };
};
