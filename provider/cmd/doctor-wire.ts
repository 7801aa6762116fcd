import { createTransport, type Transport } from "../connectors/http/transport.ts";

/** What only the wire shows: who answered, and what time it is there. */
export interface Watched {
  readonly send: Transport;
  /** Origins that were asked, in order. */
  origins(): readonly string[];
  /** Seconds that the system's clock is ahead of ours; null: it did not say. The smallest one seen: the rest is delay. */
  skewSeconds(): number | null;
  close(): void;
}

export const watchedWire = (
  given: { readonly proxy?: string; readonly ca?: string },
  now: () => number = Date.now,
): Watched => {
  const wire = createTransport({ ...given, maxBytes: 64 * 1024 * 1024, sockets: 8 });
  const origins = new Set<string>();
  let skew: number | null = null;
  const send: Transport = async (sent) => {
    const before = now();
    origins.add(new URL(sent.url).origin);
    const raw = await wire.send(sent);
    const theirs = Date.parse(raw.headers.date ?? "");
    if (!Number.isNaN(theirs)) {
      const after = now();
      // A date has whole seconds, rounded down: their time is somewhere in the second that begins there.
      const ahead = theirs > after ? theirs - after : theirs + 1000 < before ? theirs + 1000 - before : 0;
      if (skew === null || Math.abs(ahead) < Math.abs(skew)) skew = ahead;
    }
    return raw;
  };
  return {
    send,
    origins: () => [...origins],
    skewSeconds: () => (skew === null ? null : Math.round(skew / 1000)),
    close: wire.close,
  };
};
