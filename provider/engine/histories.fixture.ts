import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SeatStep } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Previous } from "../core/resource.ts";
import { UNKNOWN, type Values } from "../core/value.ts";
import { functions, resources } from "../resources/index.ts";
import { decodeRecord, type PoolRecord } from "../resources/pool-record.ts";
import { give, memoryKind, person, take, type World, world } from "../testing/memory-world.ts";
import { lastPlans } from "./approval.ts";
import type { Event, Fault, Hands, Setting, Up } from "./histories-arbitrary.fixture.ts";
import { createProvider } from "./provider.ts";
import type { Applied, At, Session } from "./verbs.ts";

/** A belief about one of our seats: what a right engine must and must not know. */
type Belief = "ours" | "ambiguous" | "lost";
const day = 86_400_000;
const skus = ["crm", "crm-lite"] as const;
const ids = Array.from({ length: 12 }, (_x, i) => `p${String(i).padStart(2, "0")}`);
const idOf = (who: number): string => ids[who % ids.length] ?? "p00";

/** Everybody's fate in one history, and the rules no engine may break; throws where one is broken. */
export class History {
  readonly of: World;
  readonly counts: Map<string, number>;
  readonly log: string[] = [];
  private home = mkdtempSync(join(tmpdir(), "seatwise-model-"));
  private time = Date.parse("2026-11-24T12:00:00Z");
  private runs = 0;
  private broken: string | null = null;
  private dead = false;
  private fault: Fault | null = null;
  private faultAt = 0;
  private readonly states = new Map<string, Previous>();
  /** pool → "holder sku" → belief. */
  private readonly beliefs = new Map<string, Map<string, Belief>>();
  private removals: { pool: string; at: number; saved: boolean }[] = [];
  private writer: { pool: string; approved: ReadonlySet<string> | null; scope: ReadonlyMap<string, string> } | null =
    null;
  private readonly setting: Setting;
  private license = "crm";
  private acknowledge: Values = {};
  private cap: number;
  private limits = 0;
  private names: Record<string, string> = { main: "crm", other: "crm-b" };

  constructor(setting: Setting, counts: Map<string, number>) {
    this.setting = setting;
    this.counts = counts;
    this.cap = setting.allotment;
    this.of = world(ids.slice(0, 8).map((id, i) => this.someone(id, i)));
    this.of.onWrite = (_n, step) => this.written(step);
    if (setting.spare) this.of.purchased = setting.allotment + 2;
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private someone(id: string, i: number) {
    // Five are claimed at first: of more, the brake for a rule that loses half its people would hide all else.
    const department = i < 5 ? "eng" : "sales";
    return person(id, { department, type: i % 2 === 0 ? "a" : "b", title: i % 3 === 0 ? "lite" : "full" });
  }
  private saw(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
  private fail(why: string): never {
    this.broken ??= why; // thrown again after the run: an engine reports what a vendor throws
    throw new Error(why);
  }

  /** What people and vendors do without us. */
  hands({ what, who, sku }: Hands): void {
    const id = idOf(who);
    const at = skus[sku] ?? "crm";
    const now = this.of.people.get(id);
    this.saw(what);
    this.log.push(`  hand: ${what} ${id} ${at}`);
    if (what === "hire") this.of.people.set(id, this.someone(id, who));
    if (what === "move" && now)
      this.of.people.set(id, { ...now, department: now.department === "eng" ? "sales" : "eng" });
    if (what === "promote" && now) this.of.people.set(id, { ...now, title: now.title === "lite" ? "full" : "lite" });
    if (what === "suspend" && now)
      this.of.people.set(id, { ...now, status: now.status === "active" ? "suspended" : "active" });
    if (what === "delete" && this.of.people.size > 5) this.of.people.delete(id);
    if (what === "login" && now)
      this.of.people.set(id, { ...now, login: `${id}-${this.runs}`, email: `n${who}@acme.test` });
    if (what === "stranger") give(this.of, at, `x${who}`);
    if (what === "give" && !this.of.seats.get(at)?.has(id)) {
      give(this.of, at, id);
      for (const known of this.beliefs.values()) if (known.has(`${id} ${at}`)) known.set(`${id} ${at}`, "ambiguous");
    }
    if (what === "take") take(this.of, at, id);
  }

  private believed(pool: string): Map<string, Belief> {
    const found = this.beliefs.get(pool) ?? new Map<string, Belief>();
    this.beliefs.set(pool, found);
    return found;
  }

  private held(id: string, sku: string): boolean {
    return this.of.seats.get(sku)?.has(id) ?? false;
  }

  /** A write reaches the vendor: may it? And then the fault, if its moment has come. */
  private written(step: SeatStep): void {
    const who = this.writer;
    if (!who) this.fail(`a write outside apply and remove: ${step.act} ${step.holder} ${step.sku}`);
    this.log.push(`  write: ${step.act} ${step.holder} ${step.sku}${step.to ? `→${step.to}` : ""}`);
    this.may(step, who);
    const hit = this.fault !== null && this.faultAt-- === 0 ? this.fault : null;
    if (hit) this.log.push(`  fault: ${hit}`);
    if (hit) this.saw(`fault ${hit}`);
    if (hit === "kill") this.dead = true;
    if (hit === null || hit === "commit-then-throw" || hit === "kill-after") this.believe(step, who.pool);
    else if (hit !== "refuse") this.doubt(step, who.pool);
    if (hit === "refuse") throw new Problem("denied", "the vendor refuses");
    if (hit === "throw") throw new Problem("unreachable", "no answer");
    if (hit === "crash" || hit === "kill") throw new Error("socket hang up");
    if (hit === null) return;
    if (step.act !== "assign") take(this.of, step.sku, step.holder);
    if (step.act === "assign" || step.to) give(this.of, step.to ?? step.sku, step.holder);
    if (hit === "kill-after") this.dead = true;
    throw new Problem("unreachable", "the answer was lost");
  }

  private may(step: SeatStep, { pool, approved, scope }: NonNullable<History["writer"]>): void {
    const known = this.believed(pool);
    const { act, holder, sku } = step;
    if (approved && !approved.has(`${act} ${holder}`)) this.fail(`${act} ${holder} was not approved`);
    if (act === "assign") {
      const ours = [...known].filter(([key, b]) => b === "ours" && this.held(...split(key)));
      const already = ours.some(([key]) => split(key)[0] === holder);
      if (!already && ours.length >= this.cap) this.fail(`the allotment of ${this.cap} is exceeded by ${holder}`);
      return;
    }
    if (!this.held(holder, sku)) return;
    const belief = known.get(`${holder} ${sku}`);
    if ((belief === undefined || belief === "lost") && this.setting.ownership === "own")
      this.fail(`${act} of ${holder} at ${sku}: not a seat of ${pool}`);
    for (const [other, seats] of this.beliefs)
      if (other !== pool && seats.get(`${holder} ${sku}`) === "ours" && belief !== "ours")
        this.fail(`${act} of ${holder}: the seat is ${other}'s`);
    if (holder === "p00" && this.setting.exempt) this.fail(`${act} of p00, who is exempt`);
    const mine = this.setting.layout === "two" ? (pool.startsWith("crm-b") ? "b" : "a") : null;
    const type = scope.get(holder);
    if (mine && type !== undefined && type !== mine) this.fail(`${act} of ${holder}, out of scope of ${pool}`);
  }

  private believe({ act, holder, sku, to }: SeatStep, pool: string): void {
    const known = this.believed(pool);
    const loses = act === "unassign" || this.setting.layout !== "tiers" || to === "crm-lite";
    if (act !== "assign" && loses && this.held(holder, sku)) {
      this.removals.push({ pool, at: this.time, saved: false });
      const recent = this.removals.filter((r) => r.pool === pool && r.at + day > this.time).length;
      if (this.setting.grace === "0s" && this.setting.limit > 0 && recent > Math.max(this.setting.limit, this.limits))
        this.fail(`${recent} removals of ${pool} in 24 h, above ${Math.max(this.setting.limit, this.limits)}`);
    }
    if (act !== "assign") known.delete(`${holder} ${sku}`);
    if (act === "assign" || to) known.set(`${holder} ${to ?? sku}`, "ours");
  }

  private doubt({ act, holder, sku, to }: SeatStep, pool: string): void {
    if (act === "unassign") return;
    const key = `${holder} ${to ?? sku}`;
    if (!this.believed(pool).has(key)) this.believed(pool).set(key, "ambiguous");
  }

  private open(run: number, pid: number): Session {
    const connections = { people: { memory: {} }, crm: { memory: { account: "user.id" } } };
    this.dead = false;
    return createProvider({
      version: "test",
      resources,
      functions,
      connectors: [memoryKind(this.of)],
      env: () => undefined,
      parent: { pid: run, started: "1", alive: () => !this.dead, living: (other) => other >= run },
      clock: { now: () => this.time, sleep: async () => {}, random: () => 0.5 },
      pid,
      log: () => {},
      home: this.home,
    }).configure({ directory: "people", connections });
  }
  private nextRun(): number {
    this.runs += 10;
    return this.runs;
  }
  private later(phase: number): Session {
    const run = this.nextRun();
    return this.open(run, run + phase);
  }
  private at(name: string): At {
    return { type: "SeatPool", key: `urn::${name}`, name, signal: new AbortController().signal, log: () => {} };
  }

  private inputs(slot: string): Values {
    const { setting } = this;
    const ref = (sku: string): Values => ({
      connection: setting.connection,
      sku,
      commitments: [{ quantity: 40, type: "flexible" }],
    });
    const two = setting.layout === "two";
    const licenses: Values =
      setting.layout === "tiers"
        ? {
            tiers: [{ license: ref("crm"), when: 'user.title == "full"' }, { license: ref("crm-lite") }],
            onExhaustion: "nextTier",
          }
        : { license: ref(this.license) };
    return {
      ...licenses,
      allotment: this.cap,
      rules: [{ claim: { name: "eng", when: 'user.department == "eng"' } }],
      ownership: setting.ownership,
      onDestroy: setting.onDestroy,
      gracePeriod: { unclaimed: setting.grace, suspended: setting.grace, deleted: setting.grace },
      executionLimit: { removals: setting.limit > 0 ? setting.limit : 100 },
      ...(setting.exempt ? { exempt: { accounts: ["p00"] } } : {}),
      ...(two ? { scope: `user.type == "${slot === "other" ? "b" : "a"}"` } : {}),
      ...this.acknowledge,
    };
  }
  private slots(): readonly string[] {
    return this.setting.layout === "two" ? ["main", "other"] : ["main"];
  }
  private name(slot: string): string {
    return this.names[slot] ?? slot;
  }

  /** read → check → diff, as both phases do; null where the plan is refused. */
  private async enter(session: Session, slot: string, unknown = false) {
    const name = this.name(slot);
    const before = this.states.get(name) ?? null;
    const now = before ? asPrevious(await session.read(this.at(name), before)) : null;
    const inputs: Values = unknown ? { ...this.inputs(slot), rules: [{ claim: UNKNOWN }] } : this.inputs(slot);
    const checked = await session.check(this.at(name), inputs, now);
    if (checked.problems[0]) throw checked.problems[0];
    const differs = now ? (await session.diff(this.at(name), checked.inputs, now)).differs : true;
    return { name, inputs: checked.inputs, now, differs };
  }

  private refused(error: unknown): null {
    if (!(error instanceof Problem) && !(error instanceof AggregateError) && (error as Error).name !== "Problems")
      throw error;
    if (error instanceof Problem && error.code === "bug") throw error;
    this.saw("refusal");
    this.log.push(`  refused: ${(error as Error).message}`);
    return null;
  }

  private async preview(run: number, unknown = false): Promise<boolean> {
    const session = this.open(run, run + 1);
    try {
      for (const slot of this.slots()) {
        const { name, inputs, now, differs } = await this.enter(session, slot, unknown);
        if (differs) await session.preview(this.at(name), inputs, now);
      }
      return true;
    } catch (error) {
      return this.refused(error) !== null;
    } finally {
      session.cancel();
      await session.farewell();
    }
  }

  private approvedFor(name: string): ReadonlySet<string> | null {
    const plan = lastPlans(this.home).pools[`urn::${name}`];
    if (!plan) return null;
    if (plan.unknown) return new Set(ids.map((id) => `assign ${id}`));
    return new Set(
      (plan.steps as { kind: string; person: string }[]).map((s) => `${s.kind} ${s.person.split(":").at(-1)}`),
    );
  }

  async up(event: Up): Promise<void> {
    this.runs += 10;
    const run = this.runs;
    if (event.shown !== "no" && !(await this.preview(run, event.shown === "unknown"))) return;
    for (const hand of event.between) this.hands(hand);
    if (event.lose && event.shown !== "no") {
      this.saw("hand-over lost");
      this.wipe();
    }
    const approves = event.shown !== "no" && !event.lose;
    const approved = new Map(approves ? this.slots().map((s) => [s, this.approvedFor(this.name(s))]) : []);
    const session = this.open(run, run + 2);
    const scope = new Map([...this.of.people.values()].map((p) => [p.id, p.type ?? ""]));
    this.fault = event.fault;
    this.faultAt = event.faultAt;
    try {
      for (const slot of this.slots()) {
        const { name, inputs, now, differs } = await this.enter(session, slot);
        for (const hand of event.during) this.hands(hand);
        if (!differs) continue;
        this.writer = { pool: name, approved: approved.get(slot) ?? null, scope };
        const done = await session.apply(this.at(name), inputs, now);
        this.writer = null;
        if (this.dead) break;
        if (event.save) this.save(name, done, event.during.length > 0);
        else this.saw("state not saved");
        if (!event.save) break;
      }
    } catch (error) {
      this.refused(error);
    } finally {
      this.end();
    }
  }
  private end(): void {
    this.writer = null;
    this.fault = null;
    this.dead = false;
  }

  /** The state has the outcome: from here on every seat of ours must be known. */
  private save(name: string, done: Applied, disturbed = false): void {
    this.states.set(name, { id: done.id, inputs: done.inputs, outputs: done.outputs, record: done.record });
    const record = decodeRecord(done.record ?? "");
    this.knows(name, record);
    for (const r of this.removals) if (r.pool === name) r.saved = true;
    if (done.failures.length > 0 || disturbed) return;
    for (const id of ids) {
      const both = skus.filter((s) => this.held(id, s) && this.believed(name).get(`${id} ${s}`) === "ours");
      if (both.length > 1) this.fail(`${id} holds two seats of ${name}`);
    }
  }

  private knows(name: string, record: PoolRecord): void {
    const owned = new Set([...record.memory.owned.values()].map((o) => `${o.holder} ${o.license.split("/")[1]}`));
    const unsure = new Set(record.unsure.map((u) => `${u.holder} ${u.license.split("/")[1]}`));
    const known = this.believed(name);
    for (const [key, belief] of known) {
      if (owned.has(key) || unsure.has(key)) continue;
      if (belief === "ours" && this.held(...split(key))) this.fail(`${name} no longer knows its seat: ${key}`);
      known.delete(key);
    }
    for (const key of owned)
      if (!known.has(key)) known.set(key, this.setting.ownership === "own" ? "ambiguous" : "ours");
  }

  /** SEATWISE_HOME is gone: what no state has is external from now on. */
  private wipe(): void {
    rmSync(this.home, { recursive: true, force: true });
    this.home = mkdtempSync(join(tmpdir(), "seatwise-model-"));
    this.removals = this.removals.filter((r) => r.saved);
    for (const [name, known] of this.beliefs) {
      const before = this.states.get(name)?.record;
      const record = before ? decodeRecord(before) : null;
      const kept = new Set(
        [...(record?.memory.owned.values() ?? [])].map((o) => `${o.holder} ${o.license.split("/")[1]}`),
      );
      for (const u of record?.unsure ?? []) kept.add(`${u.holder} ${u.license.split("/")[1]}`);
      for (const key of [...known.keys()]) if (!kept.has(key)) known.set(key, "lost");
    }
  }

  async play(event: Event): Promise<void> {
    this.saw(event.is);
    this.log.push(JSON.stringify(event));
    if (event.is === "hands") for (const h of event.hands) this.hands(h);
    if (event.is === "time") this.time += event.hours * 3_600_000;
    if (event.is === "preview") await this.preview(this.nextRun());
    if (event.is === "up") await this.up(event);
    if (event.is === "refresh") await this.refresh(event.save);
    if (event.is === "destroy") await this.destroy(event);
    if (event.is === "replace") await this.replace(event.first);
    if (event.is === "rename") await this.rename(event.alias);
    if (event.is === "wipe") this.wipe();
    if (event.is === "license" && this.setting.layout === "single")
      this.license = this.license === "crm" ? "crm-lite" : "crm";
    if (event.is === "cap") this.cap = event.allotment;
    if (event.is === "acknowledge") {
      this.limits = Math.max(this.limits, event.removals);
      this.acknowledge = { acknowledge: { removals: event.removals, until: new Date(this.time + day).toISOString() } };
    }
  }

  /** Throws what an invariant said, with the whole story. */
  verdict(): void {
    if (this.broken !== null) throw new Error(`${this.broken}\n${this.log.join("\n")}`);
  }

  private async refresh(save: boolean): Promise<void> {
    const session = this.later(1);
    for (const [name, before] of [...this.states]) {
      try {
        const found = await session.read(this.at(name), before);
        if (!found) this.fail(`${name} is gone by a refresh`);
        await session.diff(this.at(name), found.inputs, asPrevious(found) ?? before);
        if (save) this.save(name, found, true);
      } catch (error) {
        this.refused(error);
      }
    }
  }

  private async destroy(event: Extract<Event, { is: "destroy" }>): Promise<void> {
    const run = this.nextRun();
    if (event.shown) {
      const first = this.open(run, run + 1);
      for (const [name, before] of this.states) await first.read(this.at(name), before).catch((e) => this.refused(e));
      first.cancel();
      await first.farewell();
    }
    for (const hand of event.between) this.hands(hand);
    const session = this.open(run, run + 2);
    this.fault = event.fault;
    this.faultAt = event.faultAt;
    const scope = new Map([...this.of.people.values()].map((p) => [p.id, p.type ?? ""]));
    for (const [name, before] of [...this.states]) {
      try {
        const now = asPrevious(await session.read(this.at(name), before));
        this.writer = { pool: name, approved: null, scope };
        if (now) await session.remove(this.at(name), now);
        if (this.dead) break;
        this.forget(name);
      } catch (error) {
        this.refused(error);
        if (this.dead) break;
      }
    }
    this.end();
  }
  private forget(name: string): void {
    this.states.delete(name);
    this.beliefs.delete(name);
    this.removals = this.removals.filter((r) => r.pool !== name);
  }

  /** `--replace`: a new instance under the same key; the old one is deleted before, after, or in a later run. */
  private async replace(first: "create" | "delete" | "pending"): Promise<void> {
    const name = this.name("main");
    const before = this.states.get(name);
    if (!before) return;
    const run = this.nextRun();
    const session = this.open(run, run + 2);
    const scope = new Map([...this.of.people.values()].map((p) => [p.id, p.type ?? ""]));
    this.saw(`replace ${first}`);
    try {
      const old = asPrevious(await session.read(this.at(name), before));
      const checked = await session.check(this.at(name), this.inputs("main"), first === "delete" ? old : null);
      if (!old || checked.problems.length > 0) return;
      this.writer = { pool: name, approved: null, scope };
      if (first === "delete") await this.spared(name, () => session.remove(this.at(name), old));
      const made = await session.apply(this.at(name), checked.inputs, null);
      this.save(name, made, true);
      if (first === "create") await this.spared(name, () => session.remove(this.at(name), old));
      if (first !== "pending") return;
      const later = this.later(2);
      await later.read(this.at(name), old);
      const { now } = await this.enter(later, "main");
      if (now) await this.spared(name, () => later.remove(this.at(name), old));
    } catch (error) {
      this.refused(error);
    } finally {
      this.end();
    }
  }
  private async spared(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.of.writes.length;
    await work();
    if (this.of.writes.length > before) this.fail(`an old instance of ${name} took seats that a living one has`);
  }

  private async rename(alias: boolean): Promise<void> {
    const old = this.name("main");
    const before = this.states.get(old);
    if (!before) return;
    const next = `crm-${this.runs + 10}`;
    this.saw(alias ? "rename with alias" : "rename without alias");
    const run = this.nextRun();
    const session = this.open(run, run + 2);
    const scope = new Map([...this.of.people.values()].map((p) => [p.id, p.type ?? ""]));
    try {
      const seen = asPrevious(await session.read(this.at(old), before));
      if (!seen) return;
      const checked = await session.check(this.at(next), this.inputs("main"), alias ? seen : null);
      if (checked.problems.length > 0) return;
      if (alias) {
        this.beliefs.set(next, this.believed(old));
        for (const r of this.removals) if (r.pool === old) r.pool = next;
        this.beliefs.delete(old);
      }
      this.writer = { pool: next, approved: null, scope };
      const done = await session.apply(this.at(next), checked.inputs, alias ? seen : null);
      this.names = { ...this.names, main: next };
      this.states.delete(alias ? old : "");
      this.save(next, done, true);
      this.writer = { pool: old, approved: null, scope };
      if (!alias) {
        const claimed = [...this.of.people.values()].filter((p) => p.department === "eng" && p.status === "active");
        const had = claimed.filter((p) => this.held(p.id, this.license) && this.setting.layout === "single");
        await session.remove(this.at(old), seen);
        for (const p of had) if (!this.held(p.id, this.license)) this.fail(`the rename took the seat of ${p.id}`);
        this.forget(old);
      }
    } catch (error) {
      this.names = this.states.has(next) ? this.names : { ...this.names, main: old };
      this.refused(error);
    } finally {
      this.end();
    }
  }

  /** Nothing changes any more: after at most two more runs everything is empty, to the byte. */
  async settles(): Promise<void> {
    this.log.push("settles");
    this.time += 4 * day;
    this.acknowledge = { acknowledge: { removals: 100, until: new Date(this.time + 9 * day).toISOString() } };
    this.limits = 100;
    const quiet: Up = { shown: "yes", between: [], during: [], fault: null, faultAt: 0, save: true, lose: false };
    for (let i = 0; i < 2; i++) {
      await this.up(quiet);
      if (this.setting.grace !== "0s") this.time += 4 * day;
    }
    if (this.setting.grace !== "0s") await this.up(quiet);
    const session = this.later(1);
    for (const slot of this.slots()) {
      try {
        const { name, now, differs } = await this.enter(session, slot);
        if (differs)
          this.fail(`${name} is never done: ${JSON.stringify(lastPlans(this.home).pools[`urn::${name}`]?.steps)}`);
        if (now?.record !== this.states.get(name)?.record) this.fail(`the record of ${name} changes by a read`);
        this.saw("settled");
      } catch (error) {
        this.refused(error);
      }
    }
  }
}

const split = (key: string): [string, string] => {
  const [holder = "", sku = ""] = key.split(" ");
  return [holder, sku];
};
const asPrevious = (found: Applied | null): Previous | null =>
  found && { id: found.id, inputs: found.inputs, outputs: found.outputs, record: found.record };
