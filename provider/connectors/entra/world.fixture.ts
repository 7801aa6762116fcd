import type { Ast } from "../../core/ast.ts";
import type { Connector, OpenWith, Seat, SeatStep } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { Problem } from "../../core/problem.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { connector } from "./connector.ts";
import { type EntraSimulator, type EntraSimulatorConfig, startEntraSimulator } from "./simulator.ts";

export const signal = new AbortController().signal;
export const sku = {
  e5: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
  e3: "05e9a617-0261-4cee-bb44-138d3ef5d965",
  visio: "c5928f49-12ba-48f7-ada3-0d743a3601d5",
  mail: "4b9405b0-7788-4568-add1-99614e613b69",
  phone: "e43b5b99-8dfb-405f-9987-dc307f34bcbd",
};

const running: EntraSimulator[] = [];
export const stopAll = async (): Promise<void> => {
  for (const one of running) expect(one.bugs).toEqual([]);
  await Promise.all(running.splice(0).map((one) => one.stop()));
};
let tenants = 0;
/** A simulator in this process and how to open the connector on it; both go by one virtual clock. */
export const start = async (config: EntraSimulatorConfig = {}) => {
  tenants += 1;
  const clock = createVirtualClock(1, Date.UTC(2026, 10, 24));
  const own = { now: clock.now, advance: clock.advance, set: () => undefined };
  const simulator = await startEntraSimulator({ seed: tenants, clock: own, ...config });
  running.push(simulator);
  const logs: string[] = [];
  const base = {
    connection: "people",
    clock,
    transport: simulator.transport,
    log: (level: string, message: string) => {
      if (level !== "debug") logs.push(`${level} ${message}`);
    },
  } satisfies OpenWith;
  const fields = { tenantId: simulator.tenantId, clientId: simulator.clientId, clientSecret: simulator.clientSecret };
  const urls = { baseUrl: `http://graph-${tenants}.test/v1.0`, loginUrl: "http://login.test" };
  const open = (more: object = {}, using: Partial<OpenWith> = {}): Connector =>
    connector.open(connector.config.parse({ ...fields, ...urls, ...more }), { ...base, ...using });
  const paths = (): string[] => simulator.log.map(({ method, path }) => `${method} ${path}`);
  return { simulator, clock, logs, open, paths, hands: simulator.hands, id: simulator.hands.userId };
};

export const need = <T>(duty: T | undefined): T => {
  if (duty === undefined) throw new Error("the connector lacks a duty");
  return duty;
};
export const problemOf = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => Promise.reject(new Error("expected a Problem")),
    (problem: Problem) => problem,
  );
export const seatsOf = async (c: Connector, of: string): Promise<readonly Seat[]> => {
  const seats: Seat[] = [];
  for await (const seat of need(c.seats)({ sku: of }, signal)) seats.push(seat);
  return seats;
};
export const ask = async (c: Connector, match: readonly Ast[] | null = null, groups: readonly string[] | null = []) =>
  need(c.people)({ match, groups, also: [] }, signal);
export const logins = (people: readonly Person[]): string[] =>
  people.map(({ login }) => (login ?? "").replace("@acme.test", "")).sort();
/** What became of each step: `ada done`, `bob failed: why`. */
export const apply = async (c: Connector, steps: readonly SeatStep[]): Promise<string[]> => {
  const told: string[] = [];
  for await (const { step, result, problem } of need(c.apply)(steps, async () => undefined, signal))
    told.push(`${step.account} ${result}${problem ? `: ${problem.message}` : ""}`);
  return told;
};

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
export const of = (name: string): Ast => ({ at, kind: "field", of: user, name });
export const attribute = (name: string): Ast => ({ at, kind: "field", of: of("attributes"), name });
export const text = (value: string): Ast => ({ at, kind: "literal", value });
export const equal = (left: Ast, right: Ast): Ast => ({ at, kind: "==", left, right });
export const inGroup = (name: string): Ast => ({ at, kind: "in", left: text(name), right: of("groups") });
export const list = (...values: readonly string[]): Ast => ({ at, kind: "list", items: values.map(text) });
export const isIn = (left: Ast, right: Ast): Ast => ({ at, kind: "in", left, right });
export const and = (left: Ast, right: Ast): Ast => ({ at, kind: "and", left, right });
export const or = (left: Ast, right: Ast): Ast => ({ at, kind: "or", left, right });
