import { catalogue } from "../../../provider/connectors/catalogue.ts";
import { systemClock } from "../../../provider/connectors/http/clock.ts";
import { sandboxes } from "../../../provider/connectors/sandboxes.ts";
import { createSimulatorClock } from "../../../provider/connectors/simulator/clock.ts";
import type { Enterprise, Serving, Worker } from "../../../provider/connectors/simulator/company.ts";
import type { Connector } from "../../../provider/core/connector.ts";
import type { Asked } from "../run.ts";

/** The systems of the story, by the name of their connection. */
export const connectionOf = {
  entra: "entra",
  github: "github",
  okta: "okta",
  google: "googleWorkspace",
} as const;
export type ConnectionName = keyof typeof connectionOf;
export const connectionNames = Object.keys(connectionOf) as readonly ConnectionName[]; // its own keys

const names: Readonly<Record<ConnectionName, string>> = {
  entra: "Entra",
  github: "GitHub",
  okta: "Okta",
  google: "Google Workspace",
};

/** Four simulated systems with one company in all of them. */
export interface Servers {
  readonly names: Readonly<Record<ConnectionName, string>>;
  readonly serving: Readonly<Record<ConnectionName, Serving>>;
  asked(): Readonly<Record<string, Asked>>;
  /** Who holds a seat and how, asked of the system itself by a connector that the story's engine does not use. */
  holders(connection: ConnectionName, sku: string): Promise<ReadonlyMap<string, SeatSeen>>;
  /** Somebody changed at the company: every system that knows people learns of it. */
  change(worker: Worker): void;
  leave(login: string): void;
  stop(): Promise<void>;
}
export interface SeatSeen {
  readonly endsAt: string | null;
  /** The vendor's code of what is wrong with the seat; null: nothing. */
  readonly problem: string | null;
}

const connectorAt = (name: ConnectionName, { connection, secrets }: Serving): Connector => {
  const kind = catalogue.find((one) => one.name === connectionOf[name]);
  if (!kind) throw new Error(`there is no connector ${connectionOf[name]}`);
  const config = kind.config.parse({ ...connection, ...secrets });
  return kind.open(config, { connection: `${name}-truth`, clock: systemClock, log: () => undefined });
};

const seatsAt = async (connector: Connector, name: string): Promise<ReadonlyMap<string, SeatSeen>> => {
  const { signal } = new AbortController();
  if (!connector.sku || !connector.seats) throw new Error(`${connector.vendor} has no seats`);
  const { sku } = await connector.sku(name, signal);
  const seen = new Map<string, SeatSeen>();
  for await (const { account, holder, endsAt, problem } of connector.seats({ sku }, signal))
    seen.set(account ?? holder, { endsAt: endsAt ?? null, problem: problem?.code ?? null });
  return seen;
};

export const startCompany = async (company: Enterprise, seed: number): Promise<Servers> => {
  const clock = createSimulatorClock();
  const started: [ConnectionName, Serving][] = [];
  const stop = async (): Promise<void> =>
    void (await Promise.all(started.map(([, { simulator }]) => simulator.stop())));
  try {
    for (const name of connectionNames) {
      const system = await sandboxes.find((one) => one.name === connectionOf[name])?.load();
      if (!system) throw new Error(`there is no simulator of ${connectionOf[name]}`);
      started.push([name, await system.start(company, { port: 0, seed, clock })]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const serving = Object.fromEntries(started) as Record<ConnectionName, Serving>; // one per name
  const all = (deed: (one: Serving) => void): void => {
    for (const [, one] of started) deed(one);
  };
  return {
    names,
    serving,
    asked: () =>
      Object.fromEntries(
        started.map(([name, { simulator }]) => {
          const { reads, writes } = simulator.counts();
          return [name, { reads, writes }];
        }),
      ),
    holders: (name, sku) => seatsAt(connectorAt(name, serving[name]), sku),
    change: (worker) => all(({ deeds }) => deeds.change?.(worker)),
    leave: (login) => all(({ deeds }) => deeds.leave?.(login)),
    stop,
  };
};
