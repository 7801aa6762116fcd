import { z } from "zod";
import {
  type Connector,
  type ConnectorKind,
  defineConnector,
  type Outcome,
  type Seat,
  type SeatStep,
} from "../core/connector.ts";
import { field } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Person } from "../core/person.ts";
import { Problem } from "../core/problem.ts";
import { lacking, type Someone, seatsOf, type World, working } from "../planner/model.fixture.ts";
import { person } from "./memory-world.ts";

/** What reached the directory or the vendor, in order. */
export interface Asked {
  readonly phase: string;
  readonly write: boolean;
  readonly what: string;
}
/**
 * A directory and a vendor that stage what the planner's rows describe, whatever no real system offers at once: cycles, teams,
 * telemetry that stops, a total that disagrees. Conditions become attributes: a rule that cannot be decided is one whose attribute
 * the person does not have.
 */
export class RowSystems {
  readonly world: World;
  readonly asked: Asked[] = [];
  phase = "plan";
  /** Whom the directory lists besides; `total`: what it says it has. */
  readonly bystanders: number;
  readonly total: number | null;

  constructor(world: World, directory: { readonly now: number; readonly fault?: string } | undefined) {
    this.world = world;
    const mentioned = world.people.length;
    // One at least: a directory without anybody is a fault.
    this.bystanders = directory ? Math.max(0, directory.now - mentioned) : 1;
    this.total = directory?.fault ? Number(/it says (\d+)/.exec(directory.fault)?.[1]) : null;
    this.#empty = directory?.now === 0;
  }
  readonly #empty: boolean;

  #ask(what: string, of: unknown = null, write = false): void {
    this.asked.push({ phase: this.phase, write, what: of === null ? what : `${what} ${JSON.stringify(of)}` });
  }

  #person(one: Someone): Person {
    const rules = this.world.rules.map((_rule, i): [string, string] | null =>
      one.undecided.includes(i) ? null : [`rule${i}`, one.claims.includes(i) ? "yes" : "no"],
    );
    const attributes = Object.fromEntries([
      ...rules.flatMap((entry) => (entry ? [entry] : [])),
      ...(one.tier === "undecided" ? [] : [["tier", String(one.tier ?? "none")] as const]),
      ["exempt", one.exempt ? "yes" : "no"] as const,
      ["scope", one.scope] as const,
      ["account", one.accounts[0] ? "yes" : "no"] as const,
    ]);
    return person(one.id, { login: one.name, status: one.status, attributes });
  }
  #people(): readonly Person[] {
    if (this.#empty) return [];
    // Who is deleted is gone from the list, and the directory proves it when it is asked for them.
    const known = this.world.people.filter(({ status }) => status !== "deleted").map((one) => this.#person(one));
    const no = Object.fromEntries([
      ...this.world.rules.map((_rule, i) => [`rule${i}`, "no"]),
      ["exempt", "no"],
      ["scope", "in"],
    ]);
    const others = Array.from({ length: this.bystanders }, (_, i) => person(`bystander${i}`, { attributes: no }));
    return [...known, ...others];
  }

  directory(): ConnectorKind {
    return this.#kind("keycloak", {
      vendor: "Directory",
      verify: async () => {},
      requests: () => this.asked.length,
      people: async (query) => {
        this.#ask("people", query);
        const people = this.#people();
        return { people, total: this.total ?? people.length, everybody: true };
      },
      person: async (id) => {
        this.#ask("person", id);
        return this.#people().find((p) => p.id === id) ?? null;
      },
    });
  }

  vendor(): ConnectorKind {
    const { world } = this;
    const names = world.tiers.map(({ license }) => license.replace(/^vendor\//, ""));
    const tier = (sku: string) => world.tiers[names.indexOf(sku)];
    const usage: NonNullable<Connector["usage"]> = async (people) => {
      this.#ask("usage", people.map(({ id }) => id).toSorted());
      const now = Date.parse(world.now);
      const day = 86_400_000;
      const asOf = world.tiers[0]?.usage === "fresh" ? now : now - 20 * day;
      const coverageFrom = new Date(now - 400 * day).toISOString();
      const at = (id: string) => world.people.find((one) => one.id === id)?.lastActive ?? null;
      const found = people.map(({ id }) => ({ person: id, at: at(id), signal: "sign-in" }));
      return { signal: "sign-in", coverageFrom, asOf: new Date(asOf).toISOString(), usage: found };
    };
    const self = this;
    return this.#kind("scim", {
      vendor: "Vendor",
      verify: async () => {},
      requests: () => this.asked.length,
      sku: async (name) => {
        this.#ask("sku", name);
        const servicePlans = Object.entries(tier(name)?.servicePlans?.names ?? {}).map(([id, called]) => ({
          id,
          name: called,
        }));
        if (names.includes(name)) return { sku: name, name, ...(servicePlans.length > 0 ? { servicePlans } : {}) };
        throw new Problem("not-found", `there is no SKU "${name}"`, { hint: didYouMean(name, names) ?? "" });
      },
      counters: async ({ sku }) => {
        this.#ask("counters", sku);
        const purchased = tier(sku)?.purchased ?? null;
        return {
          purchased: purchased === null ? null : { value: purchased, source: "vendor", asOf: null },
          consumed: { value: working(seatsOf(world, `vendor/${sku}`)), source: "vendor", asOf: null },
          suspended: null,
          cycleEndsAt: tier(sku)?.cycleEndsAt ?? null,
        };
      },
      async *seats({ sku }) {
        self.#ask("seats", sku);
        for (const [holder, seat] of [...seatsOf(world, `vendor/${sku}`)])
          yield {
            holder,
            account: holder,
            since: seat.since,
            ...(seat.problem ? { state: "error", problem: seat.problem } : { state: "active" }),
            ...(seat.inheritedFrom === null ? {} : { inheritedFrom: seat.inheritedFrom }),
            ...(seat.endsAt === null ? {} : { endsAt: seat.endsAt }),
            ...(seat.servicePlans ? { servicePlans: seat.servicePlans } : {}),
          } satisfies Seat;
      },
      accounts: async (wanted) => {
        this.#ask("accounts", wanted);
        // By id alone: who has no account here is looked for by e-mail, and not found.
        return new Map(wanted.filter((id) => !id.includes("@")).map((id) => [id, { id, name: id, active: true }]));
      },
      link: (p) => (p.attributes.account === "no" ? null : p.id),
      lacks: ({ sku }, id) => (world.people.find((one) => one.id === id)?.lacks?.[names.indexOf(sku)] ? lacking : null),
      deactivates: (of) => tier(of.sku)?.release === "deactivatesUser",
      ...(world.tiers[0]?.usage === "none" ? {} : { usage }),
      async *apply(steps, before) {
        for (const step of steps) {
          await before([step]);
          self.#ask(
            `${step.act} ${step.holder} ${step.sku}${step.to ? `→${step.to}` : ""}`,
            step.servicePlans ?? null,
            true,
          );
          yield self.#write(step);
        }
      },
    });
  }

  /** The seat stays, its service plans change. */
  #switch({ holder, sku, servicePlans = [] }: SeatStep): Pick<Outcome, "result"> {
    const seats = seatsOf(this.world, `vendor/${sku}`);
    const seat = seats.get(holder);
    if (!seat) throw new Error(`${holder} has no seat of ${sku} whose plans could change`);
    seats.set(holder, { ...seat, servicePlans });
    return { result: "done" };
  }

  #write(step: SeatStep): Outcome {
    const { world } = this;
    const tier = world.tiers.find(({ license }) => license === `vendor/${step.sku}`);
    const give = (sku: string): Outcome | null => {
      const seats = seatsOf(world, `vendor/${sku}`);
      const to = world.tiers.find(({ license }) => license === `vendor/${sku}`);
      if (!seats.has(step.holder) && to && !to.buysOnAssign && to.purchased !== null && working(seats) >= to.purchased)
        return {
          step,
          result: "failed",
          problem: new Problem("no-seats", `all ${to.purchased} seats of ${sku} are taken`),
        };
      const plans = step.servicePlans ? { servicePlans: step.servicePlans } : {};
      seats.set(step.holder, { since: world.now, inheritedFrom: null, endsAt: null, exempt: false, ...plans });
      return null;
    };
    if (step.act === "move" && step.to === step.sku) return { ...this.#switch(step), step };
    if (step.act === "assign") return give(step.sku) ?? { step, result: "done" };
    const failed = step.to ? give(step.to) : null;
    if (failed) return failed;
    const seats = seatsOf(world, `vendor/${step.sku}`);
    const seat = seats.get(step.holder);
    if (!seat) return { step, result: "already" };
    if (tier?.release !== "endOfCycle" && tier?.release !== "queued") {
      seats.delete(step.holder);
      return { step, result: "done" };
    }
    const until = tier.cycleEndsAt ?? new Date(Date.parse(world.now) + 5 * 86_400_000).toISOString();
    seats.set(step.holder, { ...seat, endsAt: until });
    return { step, result: "pending", until };
  }

  /** Under the names of real systems: a front end's schema knows no others. */
  #kind(name: "keycloak" | "scim", connector: Connector): ConnectorKind {
    const [first] = this.world.tiers;
    return defineConnector({
      name,
      doc: "One row's system, for tests.",
      config: z.object({ baseUrl: field(z.string(), { description: "Unused." }) }),
      capabilities: {
        directory: name === "keycloak",
        vendorOfSeats: name === "scim",
        purchased: "vendor",
        buysOnAssign: first?.buysOnAssign ?? false,
        release: first?.release ?? "immediate",
        exclusiveWithinProduct: false,
        batch: null,
        identity: "id",
        activity: null,
        settleMs: 0,
        prerequisites: [],
        buckets: [],
        pushdown: [],
        fills: [],
        scopes: [],
      },
      open: () => connector,
    });
  }
}
