import type { Connector, OpenWith, Outcome, Seat, SeatStep } from "../../core/connector.ts";
import type { Transport } from "../../core/wire.ts";
import { createVirtualClock, type VirtualClock } from "../../testing/virtual-clock.ts";
import { connector } from "./connector.ts";
import { type GithubSimulator, type GithubSimulatorOptions, startGithubSimulator } from "./simulator.ts";

export const signal = new AbortController().signal;

export interface Stand {
  readonly simulator: GithubSimulator;
  readonly clock: VirtualClock;
  /** A new walk. */
  open(config?: Readonly<Record<string, unknown>>, using?: Partial<OpenWith>): Connector;
}
const started: GithubSimulator[] = [];
// Whatever a test ends with: a simulator that still listens keeps Jest from ending.
afterEach(async () => {
  for (const simulator of started.splice(0)) {
    await simulator.stop();
    expect(simulator.bugs).toEqual([]);
  }
});
let tenants = 0;
/** A simulator and connectors in this process, on one virtual clock: no socket, no waiting. */
export const stand = async (
  options: GithubSimulatorOptions = {},
  transport?: (own: Transport) => Transport,
): Promise<Stand> => {
  const clock = createVirtualClock(1, Date.UTC(2026, 10, 10));
  const time = { now: clock.now, advance: clock.advance, set: () => undefined };
  const simulator = await startGithubSimulator({ clock: time, ...options });
  started.push(simulator);
  const wire = transport ? transport(simulator.transport) : simulator.transport;
  tenants += 1;
  // Limits are remembered per address for the whole process: each stand has its own.
  const baseUrl = `http://github-${tenants}.test`;
  const open: Stand["open"] = (config = {}, using = {}) =>
    connector.open(
      { organization: simulator.organization, baseUrl, token: simulator.token, ...config },
      { connection: "github", clock, log: () => undefined, transport: wire, ...using },
    );
  return { simulator, clock, open };
};

export const idOf = ({ simulator }: Stand, login: string): string => {
  const id = simulator.state().byLogin.get(login.toLowerCase());
  if (id === undefined) throw new Error(`no account ${login}`);
  return String(id);
};
export const step = (at: Stand, act: "assign" | "unassign", sku: string, login: string): SeatStep => ({
  act,
  sku,
  holder: idOf(at, login),
  account: login,
});

export const seatsOf = async (from: Connector, sku: string): Promise<readonly Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of from.seats?.({ sku }, signal) ?? []) seats.push(seat);
  return seats;
};
export const applied = async (to: Connector, steps: readonly SeatStep[]): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for await (const outcome of to.apply?.(steps, async () => undefined, signal) ?? []) outcomes.push(outcome);
  return outcomes;
};
/** `ada: done`, `bob: failed (not-found)` */
export const shown = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ step: { account }, result, until, problem }) =>
    [
      `${account}: ${result}`,
      ...(until ? [`until ${until.slice(0, 10)}`] : []),
      ...(problem ? [`(${problem.code})`] : []),
    ].join(" "),
  );
