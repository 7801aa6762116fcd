import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SeatStep } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Previous } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import { decodeRecord, type PoolRecord } from "../resources/pool-record.ts";
import { give, person, take, type World, world } from "../testing/memory-world.ts";
import type { Fault, Hands, Setting } from "./histories-arbitrary.fixture.ts";
import type { Applied } from "./verbs.ts";

/** A belief about one of our seats: what a right engine must and must not know. */
type Belief = "ours" | "ambiguous" | "lost";
export const day = 86_400_000;
const skus = ["crm", "crm-lite"] as const;
/** Asked one by one, for the record itself need not know their ids. */
const ownedIn = ({ memory: { owned } }: PoolRecord): string[] =>
  ids.flatMap((id) => {
    const one = owned.get(id);
    return one ? [`${one.holder} ${one.license.split("/")[1]}`] : [];
  });

/** Every other one a UUID: of those a record keeps only fingerprints. */
export const ids = Array.from({ length: 12 }, (_x, i) => {
  const two = String(i).padStart(2, "0");
  return i % 2 === 0 ? `p${two}` : `0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3${two}`;
});
const idOf = (who: number): string => ids[who % ids.length] ?? "p00";

/** The pool that writes now, and what it may. `approved` null: no plan was shown. */
interface Writer {
  readonly pool: string;
  readonly approved: ReadonlySet<string> | null;
  readonly scope: ReadonlyMap<string, string>;
}

/** One history's world, what a right engine must know of it, and the rules no engine may break; throws where one is broken. */
export class Beliefs {
  readonly of: World;
  readonly counts: Map<string, number>;
  readonly log: string[] = [];
  protected home = mkdtempSync(join(tmpdir(), "seatwise-model-"));
  protected time = Date.parse("2026-11-24T12:00:00Z");
  protected runs = 0;
  protected broken: string | null = null;
  protected dead = false;
  protected fault: Fault | null = null;
  protected faultAt = 0;
  protected readonly states = new Map<string, Previous>();
  /** pool → "holder sku" → belief. */
  protected readonly beliefs = new Map<string, Map<string, Belief>>();
  protected removals: { pool: string; at: number; saved: boolean }[] = [];
  protected writer: Writer | null = null;
  protected readonly setting: Setting;
  protected license = "crm";
  protected acknowledge: Values = {};
  protected cap: number;
  protected limits = 0;
  protected names: Record<string, string> = { main: "crm", other: "crm-b" };

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

  protected someone(id: string, i: number) {
    // Five are claimed at first: of more, the brake for a rule that loses half its people would hide all else.
    const department = i < 5 ? "eng" : "sales";
    return person(id, { department, type: i % 2 === 0 ? "a" : "b", title: i % 3 === 0 ? "lite" : "full" });
  }
  protected saw(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
  protected fail(why: string): never {
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

  protected believed(pool: string): Map<string, Belief> {
    const found = this.beliefs.get(pool) ?? new Map<string, Belief>();
    this.beliefs.set(pool, found);
    return found;
  }

  protected held(id: string, sku: string): boolean {
    return this.of.seats.get(sku)?.has(id) ?? false;
  }

  /** A write reaches the vendor: may it? And then the fault, if its moment has come. */
  protected written(step: SeatStep): void {
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

  protected may(step: SeatStep, { pool, approved, scope }: Writer): void {
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

  protected believe({ act, holder, sku, to }: SeatStep, pool: string): void {
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

  protected doubt({ act, holder, sku, to }: SeatStep, pool: string): void {
    if (act === "unassign") return;
    const key = `${holder} ${to ?? sku}`;
    if (!this.believed(pool).has(key)) this.believed(pool).set(key, "ambiguous");
  }
  protected end(): void {
    this.writer = null;
    this.fault = null;
    this.dead = false;
  }

  /** The state has the outcome: from here on every seat of ours must be known. */
  protected save(name: string, done: Applied, disturbed = false): void {
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

  protected knows(name: string, record: PoolRecord): void {
    const owned = new Set(ownedIn(record));
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
  protected wipe(): void {
    rmSync(this.home, { recursive: true, force: true });
    this.home = mkdtempSync(join(tmpdir(), "seatwise-model-"));
    this.removals = this.removals.filter((r) => r.saved);
    for (const [name, known] of this.beliefs) {
      const before = this.states.get(name)?.record;
      const record = before ? decodeRecord(before) : null;
      const kept = new Set(record ? ownedIn(record) : []);
      for (const u of record?.unsure ?? []) kept.add(`${u.holder} ${u.license.split("/")[1]}`);
      for (const key of [...known.keys()]) if (!kept.has(key)) known.set(key, "lost");
    }
  }

  /** Throws what an invariant said, with the whole story. */
  verdict(): void {
    if (this.broken !== null) throw new Error(`${this.broken}\n${this.log.join("\n")}`);
  }
  protected forget(name: string): void {
    this.states.delete(name);
    this.beliefs.delete(name);
    this.removals = this.removals.filter((r) => r.pool !== name);
  }
}

const split = (key: string): [string, string] => {
  const [holder = "", sku = ""] = key.split(" ");
  return [holder, sku];
};
