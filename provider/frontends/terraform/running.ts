/** The calls that have no answer yet. Ours to count: a lost connection ends a call for gRPC, but not the write it is in. */
export class Running {
  readonly #calls = new Set<Promise<unknown>>();

  add<T>(call: Promise<T>): Promise<T> {
    this.#calls.add(call);
    const over = (): void => void this.#calls.delete(call);
    call.then(over, over);
    return call;
  }

  /** When all have ended, at the latest after so long. */
  async idle(ms: number): Promise<void> {
    if (this.#calls.size === 0) return;
    let late: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      late = setTimeout(resolve, ms);
    });
    await Promise.race([limit, Promise.allSettled([...this.#calls])]);
    clearTimeout(late);
  }
}
