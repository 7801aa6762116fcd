import { Problem } from "../core/problem.ts";
import type { Previous } from "../core/resource.ts";
import { UNKNOWN, type Values } from "../core/value.ts";
import { functions, resources } from "../resources/index.ts";
import { memoryKind } from "../testing/memory-world.ts";
import { lastPlans } from "./approval.ts";
import { Beliefs, ids } from "./beliefs.fixture.ts";
import { createProvider } from "./provider.ts";
import type { Applied, At, Session } from "./verbs.ts";

/** What an engine does in every run: a session, the inputs, read, check and diff. */
export class EngineRuns extends Beliefs {
  protected open(run: number, pid: number): Session {
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
  protected nextRun(): number {
    this.runs += 10;
    return this.runs;
  }
  protected later(phase: number): Session {
    const run = this.nextRun();
    return this.open(run, run + phase);
  }
  protected at(name: string): At {
    return { type: "SeatPool", key: `urn::${name}`, name, signal: new AbortController().signal, log: () => {} };
  }

  protected inputs(slot: string): Values {
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
  protected slots(): readonly string[] {
    return this.setting.layout === "two" ? ["main", "other"] : ["main"];
  }
  protected name(slot: string): string {
    return this.names[slot] ?? slot;
  }

  /** read → check → diff, as both phases do; null where the plan is refused. */
  protected async enter(session: Session, slot: string, unknown = false) {
    const name = this.name(slot);
    const before = this.states.get(name) ?? null;
    const now = before ? asPrevious(await session.read(this.at(name), before)) : null;
    const inputs: Values = unknown ? { ...this.inputs(slot), rules: [{ claim: UNKNOWN }] } : this.inputs(slot);
    const checked = await session.check(this.at(name), inputs, now);
    if (checked.problems[0]) throw checked.problems[0];
    const differs = now ? (await session.diff(this.at(name), checked.inputs, now)).differs : true;
    return { name, inputs: checked.inputs, now, differs };
  }

  protected refused(error: unknown): null {
    if (!(error instanceof Problem) && !(error instanceof AggregateError) && (error as Error).name !== "Problems")
      throw error;
    if (error instanceof Problem && error.code === "bug") throw error;
    this.saw("refusal");
    this.log.push(`  refused: ${(error as Error).message}`);
    return null;
  }

  protected async preview(run: number, unknown = false): Promise<boolean> {
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

  protected approvedFor(name: string): ReadonlySet<string> | null {
    const plan = lastPlans(this.home).pools[`urn::${name}`];
    if (!plan) return null;
    if (plan.unknown) return new Set(ids.map((id) => `assign ${id}`));
    return new Set(
      (plan.steps as { kind: string; person: string }[]).map((s) => `${s.kind} ${s.person.split(":").at(-1)}`),
    );
  }
}

export const asPrevious = (found: Applied | null): Previous | null =>
  found && { id: found.id, inputs: found.inputs, outputs: found.outputs, record: found.record };
