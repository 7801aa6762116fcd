export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}
export interface Raw {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** One request on the wire, no judgement: every status is an answer; only the network fails. */
export type Transport = (sent: Sent) => Promise<Raw>;
