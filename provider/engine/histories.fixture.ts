import { lastPlans } from "./approval.ts";
import { day } from "./beliefs.fixture.ts";
import { asPrevious, EngineRuns } from "./engine-runs.fixture.ts";
import type { Event, Up } from "./histories-arbitrary.fixture.ts";

/** Everybody's fate in one history: its events, played one after another. */
export class History extends EngineRuns {
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
