import type { Connector, Outcome, Seat, SeatStep } from "../../core/connector.ts";
import type { Transport } from "../../core/wire.ts";
import { createVirtualClock, type VirtualClock } from "../../testing/virtual-clock.ts";
import { type Config, config } from "./config.ts";
import { connector } from "./connector.ts";
import {
  type GoogleWorkspaceOptions,
  type GoogleWorkspaceSimulator,
  startGoogleWorkspaceSimulator,
} from "./simulator.ts";

export const plus = "Google Workspace Enterprise Plus";
export const standard = "Google Workspace Business Standard";
export const signal = AbortSignal.timeout(600_000);

/** One simulator and connectors to it, in one process and on one clock that passes only by sleeping: quotas are exact. */
export interface World {
  readonly google: GoogleWorkspaceSimulator;
  readonly clock: VirtualClock;
  readonly logged: string[];
  open(given?: Partial<Config>, transport?: Transport): Connector;
  step(act: SeatStep["act"], sku: string, email: string, to?: string): SeatStep;
  run(steps: readonly SeatStep[], on?: Connector): Promise<Outcome[]>;
  id(email: string): string;
}

const running: GoogleWorkspaceSimulator[] = [];
afterEach(async () => {
  for (const google of running.splice(0)) {
    await google.stop();
    expect(google.bugs).toEqual([]);
  }
});

export const duty = <K extends keyof Connector>(of: Connector, name: K): NonNullable<Connector[K]> => {
  const found = of[name];
  if (found === undefined || found === null) throw new Error(`the connector has no ${name}`);
  return found;
};
export const all = async (of: Connector, sku: string): Promise<Seat[]> => {
  const seats: Seat[] = [];
  const found = await duty(of, "sku")(sku, signal);
  for await (const seat of duty(of, "seats")(found, signal)) seats.push(seat);
  return seats;
};
export const results = (outcomes: readonly Outcome[]): string[] => outcomes.map((o) => o.problem?.code ?? o.result);

export const emails = (n: number, prefix = "p"): string[] =>
  Array.from({ length: n }, (_v, i) => `${prefix}${String(i).padStart(5, "0")}@acme.test`);

export const world = async (people: readonly string[], options: GoogleWorkspaceOptions = {}): Promise<World> => {
  const clock = createVirtualClock(1, Date.UTC(2026, 10, 24, 12));
  const google = await startGoogleWorkspaceSimulator({
    purchased: { "1010020020": 20_000, "1010020028": 20_000, "Google-Vault": 100 },
    ...options,
    clock: { now: clock.now, advance: clock.advance, set: () => undefined },
  });
  running.push(google);
  const ids = new Map(people.map((email) => [email, google.hands.addUser({ email, lastName: email })]));
  const id = (email: string): string => ids.get(email) ?? email;
  const logged: string[] = [];
  const open: World["open"] = (given = {}, transport = google.transport) =>
    connector.open(
      config.parse({
        administrator: google.administrator,
        credentials: google.credentials,
        baseUrl: google.url,
        ...given,
      }),
      { connection: "google", clock, transport, log: (level, text) => logged.push(`${level} ${text}`) },
    );
  return {
    google,
    clock,
    logged,
    open,
    id,
    step: (act, sku, email, to) => ({
      act,
      sku,
      holder: id(email),
      account: email,
      ...(to === undefined ? {} : { to }),
    }),
    async run(steps, on = open()) {
      const outcomes: Outcome[] = [];
      for await (const one of duty(on, "apply")(steps, async () => undefined, signal)) outcomes.push(one);
      return outcomes;
    },
  };
};
