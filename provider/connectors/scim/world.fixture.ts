import type { Outcome, SeatStep } from "../../core/connector.ts";
import { systemClock } from "../http/clock.ts";
import type { Config } from "./config.ts";
import { connector } from "./connector.ts";
import { type ScimSeed, type Seeded, seedScim } from "./hands.ts";
import { type Dialect, type ScimSimulator, startScimSimulator } from "./simulator.ts";

export const signal = AbortSignal.timeout(120_000);
export const logins = (n: number, prefix = "p"): string[] =>
  Array.from({ length: n }, (_v, i) => `${prefix}${String(i).padStart(4, "0")}`);
export const people = (n: number) => logins(n).map((login) => ({ login, email: `${login}@acme.test` }));

/** One seeded simulator, and a connector to it; stopped after each test, which fails if the simulator found a mistake of its own. */
export interface World {
  readonly sim: ScimSimulator;
  readonly ids: Seeded;
  open(config?: Partial<Config>): ReturnType<typeof connector.open>;
  step(act: SeatStep["act"], sku: string, login: string, to?: string): SeatStep;
  run(
    steps: readonly SeatStep[],
    config?: Partial<Config>,
    before?: (s: readonly SeatStep[]) => Promise<void>,
  ): Promise<Outcome[]>;
  /** Writes that the service saw. */
  writes(): number;
}
const running: ScimSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) {
    await sim.stop();
    expect(sim.bugs).toEqual([]);
  }
});
export const world = async (dialect: Partial<Dialect>, seed: ScimSeed): Promise<World> => {
  const sim = await startScimSimulator({ dialect });
  running.push(sim);
  const ids = await seedScim({ baseUrl: sim.baseUrl, token: sim.token }, seed);
  sim.resetLog();
  const open = (config: Partial<Config> = {}) =>
    connector.open(
      { baseUrl: sim.baseUrl, token: sim.token, ...config },
      { connection: "crm", clock: systemClock, log: () => undefined },
    );
  return {
    sim,
    ids,
    open,
    step: (act, sku, login, to) => ({
      act,
      sku,
      holder: ids.people.get(login) ?? login,
      account: login,
      ...(to === undefined ? {} : { to }),
    }),
    async run(steps, config, before = async () => undefined) {
      const outcomes: Outcome[] = [];
      const apply = open(config).apply;
      if (!apply) throw new Error("the connector writes nothing");
      for await (const o of apply(steps, before, signal)) outcomes.push(o);
      return outcomes;
    },
    writes: () => sim.log.filter((l) => l.write).length,
  };
};
export const at = ({ sim }: World) => ({ baseUrl: sim.baseUrl, token: sim.token });
export const results = (outcomes: readonly Outcome[]): string[] => outcomes.map((o) => o.problem?.code ?? o.result);
export const seatsOf = async (w: World, sku: string, config: Partial<Config> = {}) => {
  const seats = [];
  for await (const seat of w.open(config).seats?.({ sku }, signal) ?? []) seats.push(seat);
  return seats;
};
export const holders = async (w: World, sku: string): Promise<(string | null)[]> =>
  (await seatsOf(w, sku)).map((s) => s.account).sort();
