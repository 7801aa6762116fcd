import { z } from "zod";
import {
  type Capabilities,
  type Connector,
  type ConnectorKind,
  defineConnector,
  type Outcome,
  type Seat,
  type SeatStep,
  type ServicePlan,
} from "../core/connector.ts";
import { field } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Person } from "../core/person.ts";
import { Problem } from "../core/problem.ts";

/** A directory and a vendor in memory, for tests of the engine above them. Change it by hand to make drift. */
export interface World {
  people: Map<string, Person>;
  /** SKU → holder (person id) → seat. */
  seats: Map<string, Map<string, Seat>>;
  /** Writes in the order they reached the vendor. */
  writes: string[];
  /** Called before write n (from 0) is done; may throw. */
  onWrite: (n: number, step: SeatStep) => void;
  purchased: number | null;
  /** In which order a batch is worked off; absent: as it was handed over. */
  batched?: (steps: readonly SeatStep[]) => readonly SeatStep[];
  reads: number;
  /** What only some vendors have; absent: nothing of it. */
  servicePlans?: readonly ServicePlan[];
  release?: Capabilities["release"];
  buysOnAssign?: boolean;
  cycleEndsAt?: string | null;
  takesMs?: NonNullable<Connector["takesMs"]>;
  usage?: NonNullable<Connector["usage"]>;
  tells?: NonNullable<Connector["tells"]>;
  writesTo?: NonNullable<Connector["writes"]>;
  settleMs?: number;
  /** What a list shows that trails behind; null: what is true. */
  shows?: ReadonlyMap<string, ReadonlyMap<string, Seat>> | null;
  /** Answers only with these people where it need not read everybody, and then counts nobody (Okta, by search). */
  narrow?: (person: Person) => boolean;
  /** Ids of people who have no account here. */
  strangers?: ReadonlySet<string>;
}

export const person = (id: string, over: Partial<Person> = {}): Person => ({
  id,
  login: id,
  email: `${id}@acme.test`,
  status: "active",
  firstName: null,
  lastName: null,
  department: "eng",
  title: null,
  manager: null,
  type: null,
  createdAt: null,
  startsOn: null,
  endsOn: null,
  groups: [],
  attributes: {},
  ...over,
});

export const world = (people: readonly Person[]): World => ({
  people: new Map(people.map((p) => [p.id, p])),
  seats: new Map([
    ["crm", new Map()],
    ["crm-lite", new Map()],
  ]),
  writes: [],
  onWrite: () => {},
  purchased: null,
  reads: 0,
});

export const give = (of: World, sku: string, holder: string): void => {
  of.seats.get(sku)?.set(holder, { holder, account: holder, since: null, state: "active" });
};
export const take = (of: World, sku: string, holder: string): boolean => of.seats.get(sku)?.delete(holder) ?? false;

const withPlans = (of: World, { sku, to = sku, holder, servicePlans = [] }: SeatStep): void => {
  const seat = of.seats.get(to)?.get(holder);
  if (seat) of.seats.get(to)?.set(holder, { ...seat, servicePlans });
};

const write = (of: World, step: SeatStep): Outcome => {
  of.onWrite(of.writes.length, step);
  const plans = step.servicePlans ? ` [${step.servicePlans.join(" ")}]` : "";
  of.writes.push(`${step.act} ${step.holder} ${step.sku}${step.to ? `→${step.to}` : ""}${plans}`);
  const had = of.seats.get(step.sku)?.has(step.holder) ?? false;
  const seats = of.seats.get(step.sku);
  const seat = seats?.get(step.holder);
  if (step.act === "assign") give(of, step.sku, step.holder);
  else if (seat && of.release === "endOfCycle" && step.to !== step.sku) {
    const until = of.cycleEndsAt ?? "2027-01-01T00:00:00.000Z";
    seats?.set(step.holder, { ...seat, endsAt: until });
    if (step.to) give(of, step.to, step.holder);
    return { step, result: "pending", until };
  } else take(of, step.sku, step.holder);
  if (step.to) give(of, step.to, step.holder);
  if (step.servicePlans) withPlans(of, step);
  return { step, result: (step.act === "assign") === had ? "already" : "done" };
};

/** The kind that opens `of`; its block in the configuration is `{ memory: {} }`. */
export const memoryKind = (of: World, name = "memory"): ConnectorKind =>
  defineConnector({
    name,
    doc: "Everything in memory, for tests.",
    config: z.object({
      secret: field(z.string().optional(), { description: "Unused.", secret: true }),
      realm: field(z.string().optional(), { description: "Which system is meant.", identifies: true }),
      client: field(z.string().optional(), { description: "Who asks." }),
    }),
    capabilities: {
      directory: true,
      vendorOfSeats: true,
      purchased: "declared",
      buysOnAssign: of.buysOnAssign ?? false,
      release: of.release ?? "immediate",
      exclusiveWithinProduct: false,
      batch: null,
      identity: "id",
      activity: null,
      settleMs: of.settleMs ?? 0,
      prerequisites: [],
      buckets: [],
      pushdown: [],
      fills: [],
      scopes: [],
    },
    open: () => ({
      vendor: "Memory",
      verify: async () => {},
      people: async ({ match, also }) => {
        of.reads += 1;
        const people = [...of.people.values()];
        const { narrow } = of;
        if (narrow && match !== null)
          return { people: people.filter((p) => narrow(p) || also.includes(p.id)), total: null, everybody: false };
        return { people, total: people.length, everybody: true };
      },
      person: async (id) => of.people.get(id) ?? null,
      sku: async (name) => {
        const { servicePlans } = of;
        if (of.seats.has(name)) return { sku: name, name, ...(servicePlans ? { servicePlans } : {}) };
        throw new Problem("not-found", `there is no SKU "${name}"`, { hint: didYouMean(name, of.seats.keys()) ?? "" });
      },
      counters: async ({ sku }) => ({
        purchased: of.purchased === null ? null : { value: of.purchased, source: "vendor", asOf: null },
        consumed: {
          value: [...(of.seats.get(sku)?.values() ?? [])].filter(({ state }) => state !== "error").length,
          source: "vendor",
          asOf: null,
        },
        suspended: null,
        ...(of.cycleEndsAt === undefined ? {} : { cycleEndsAt: of.cycleEndsAt }),
      }),
      ...(of.takesMs ? { takesMs: of.takesMs } : {}),
      ...(of.usage ? { usage: of.usage } : {}),
      ...(of.tells ? { tells: of.tells } : {}),
      ...(of.writesTo ? { writes: of.writesTo } : {}),
      async *seats({ sku }) {
        yield* [...((of.shows ?? of.seats).get(sku)?.values() ?? [])];
      },
      accounts: async (names) =>
        new Map(
          names.flatMap((n) =>
            [...of.people.values()]
              .filter((p) => (p.email === n || p.id === n) && !of.strangers?.has(p.id))
              .map((p) => [n, { id: p.id, name: p.id, active: true }] as const),
          ),
        ),
      async *apply(steps, before) {
        for (const step of of.batched?.(steps) ?? steps) {
          await before([step]);
          try {
            yield write(of, step);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            yield { step, result: "failed", problem: error };
          }
        }
      },
      requests: () => of.reads + of.writes.length,
    }),
  });
