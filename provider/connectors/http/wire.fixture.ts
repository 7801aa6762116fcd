import type { Clock } from "../../core/connector.ts";
import { createHttp, type Http, type HttpConfig } from "./http.ts";
import { createShared } from "./shared.ts";
import type { Raw, Sent, Transport } from "./transport.ts";

export const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): Raw => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

export interface Arrival extends Sent {
  /** When it was sent, when its answer came; and in which order, since one moment can hold several. */
  readonly at: number;
  readonly until: number;
  readonly sentAs: number;
  readonly cameAs: number;
  readonly raw: Raw | null;
}

/** A wire without sockets: `reply` answers after `latency` milliseconds of the clock. */
export const createWireTo = (
  clock: Clock,
  reply: (sent: Sent, nth: number, at: number) => Raw | Error,
  latency = () => 20,
) => {
  const arrivals: Arrival[] = [];
  let nth = 0;
  let order = 0;
  const transport: Transport = async (sent) => {
    nth += 1;
    const at = clock.now();
    order += 1;
    const sentAs = order;
    const result = reply(sent, nth, at);
    await clock.sleep(latency(), sent.signal);
    order += 1;
    arrivals.push({
      ...sent,
      at,
      sentAs,
      cameAs: order,
      until: clock.now(),
      raw: result instanceof Error ? null : result,
    });
    if (result instanceof Error) throw result;
    return result;
  };
  return { transport, arrivals };
};

export const openOn = (clock: Clock, transport: Transport, more: Partial<HttpConfig> = {}): Http =>
  createHttp({
    connection: "crm",
    vendor: "thing",
    baseUrl: "http://thing.test/v1",
    auth: { kind: "none" },
    shared: createShared(),
    clock,
    transport,
    ...more,
  });
