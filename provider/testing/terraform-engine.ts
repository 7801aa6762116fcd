import { same, type Values } from "../core/value.ts";
import type { ResourceSchema } from "../frontends/terraform/schema-model.ts";
import {
  addressOf,
  type Declared,
  type Engine,
  fromOutside,
  type Given,
  type Program,
  type Run,
  resolvedInputs,
  type Setting,
  type Walked,
} from "./parity-engine.ts";
import { bugIf, incompatible, invalidPlan, proposed, unknownsIn } from "./terraform-core.ts";
import { type Held, TerraformStand, WalkLog } from "./terraform-stand.ts";
import { fromCore, toCore } from "./terraform-values.ts";

interface Change {
  readonly address: string;
  readonly schema: ResourceSchema;
  readonly name: string;
  /** null: it goes. */
  readonly declared: Declared | null;
  readonly act: "create" | "update" | "replace" | "delete" | "same";
  readonly prior: Held | null;
  readonly planned: Values | null;
  readonly plannedPrivate: Buffer;
}
interface Planning {
  readonly log: WalkLog;
  /** What each resource gives to others, as known so far. */
  readonly outputs: Map<string, Values>;
}
const invalid = "Provider produced invalid plan";
const inconsistentPlan = "Provider produced inconsistent final plan";
const inconsistentResult = "Provider produced inconsistent result after apply";

/** Terraform's core, as far as a provider sees it: the walks of each command, in the order and with the checks of the real one. */
export class TerraformEngine implements Engine {
  readonly name = "terraform";
  readonly #stand: TerraformStand;
  #last: Program = [];

  private constructor(stand: TerraformStand) {
    this.#stand = stand;
  }
  static async open(
    setting: Setting,
    spoil?: ConstructorParameters<typeof TerraformStand>[1],
  ): Promise<TerraformEngine> {
    const stand = new TerraformStand(setting, spoil);
    await stand.open();
    return new TerraformEngine(stand);
  }
  given(resource: Given): void {
    this.#stand.given(resource);
  }
  close(): void {
    this.#stand.close();
  }

  async preview(program: Program): Promise<Walked> {
    this.#stand.command();
    const log = new WalkLog();
    if (await this.#validates(program, log)) await this.#plans(program, log);
    return log.walked();
  }

  async up(program: Program, between: () => void | Promise<void> = () => {}): Promise<Run> {
    this.#stand.command();
    const log = new WalkLog();
    if (!(await this.#validates(program, log))) return { plan: log.walked(), apply: null };
    const changes = await this.#plans(program, log);
    const plan = log.walked();
    if (plan.problems.length > 0) return { plan, apply: null };
    this.#last = program;
    await between();
    for (const { address, prior } of changes) if (prior) this.#stand.state.set(address, prior);
    if (changes.every(({ act }) => act === "same")) return { plan, apply: null };
    return { plan, apply: await this.#applies(changes) };
  }

  async refresh(): Promise<Walked> {
    this.#stand.command();
    this.#stand.setting.phase("plan");
    const log = new WalkLog();
    if (!(await this.#stand.configure(log))) return log.walked();
    for (const [address, held] of [...this.#stand.state]) {
      const read = await this.#read(held, log);
      if (read === null) this.#stand.state.delete(address);
      else if (read !== "failed") {
        this.#stand.state.set(address, read);
        log.resources[address] = this.#stand.shownHeld(read);
      }
    }
    return log.walked();
  }

  async destroy(): Promise<Run> {
    this.#stand.command();
    const unheard = new WalkLog();
    await this.#validates(this.#last, unheard);
    const refreshed = await this.#plans(this.#last, unheard); // core plans as usual first, to know what is there
    const log = new WalkLog();
    const changes: Change[] = [];
    await this.#stand.configure(log);
    for (const { address, prior } of refreshed.toReversed())
      if (prior) changes.push(...(await this.#plansDelete(address, prior, log)));
    const plan = log.walked();
    if (plan.problems.length > 0 || changes.length === 0) return { plan, apply: null };
    return { plan, apply: await this.#applies(changes) };
  }

  /** In a process of its own, which nobody configures, and with nothing known of other resources. */
  async #validates(program: Program, log: WalkLog): Promise<boolean> {
    this.#stand.setting.phase("plan");
    this.#stand.start();
    let fine = true;
    for (const declared of program) {
      const schema = this.#stand.schemaOf(declared.type);
      const config = this.#stand.write(schema, this.#config(declared, schema, new Map()));
      const { diagnostics } = await this.#stand.client.call("validateResourceConfig", {
        typeName: schema.terraform,
        config,
      });
      if (log.hear(declared.name, diagnostics)) fine = false;
    }
    return fine;
  }

  #config(declared: Declared, schema: ResourceSchema, outputs: ReadonlyMap<string, Values>): Values {
    return toCore({ name: declared.name, ...resolvedInputs(declared, outputs) }, schema);
  }

  async #read(held: Held, log: WalkLog): Promise<Held | null | "failed"> {
    const upgraded = await this.#stand.upgraded(held, log);
    return upgraded ? this.#stand.refreshed(upgraded, log) : "failed";
  }

  async #plans(program: Program, log: WalkLog): Promise<readonly Change[]> {
    if (!(await this.#stand.configure(log))) return [];
    const planning: Planning = { log, outputs: fromOutside(this.#stand.setting) };
    const changes: Change[] = [];
    for (const declared of program) {
      const address = addressOf(declared);
      const held = this.#stand.state.get(address) ?? null;
      const schema = this.#stand.schemaOf(declared.type);
      const prior =
        held === null && declared.imports !== undefined
          ? await this.#stand.imported({ schema, name: declared.name, id: declared.imports }, log)
          : held && (await this.#read(held, log));
      const change = prior === "failed" ? null : await this.#plansOne(declared, prior, planning);
      if (!change) return changes; // those that depend on it are not planned, and nothing is applied
      changes.push(change);
    }
    const declared = new Set(program.map(addressOf));
    for (const [address, held] of [...this.#stand.state].toReversed()) {
      if (declared.has(address)) continue;
      const prior = await this.#read(held, log);
      if (prior === "failed") return changes;
      if (prior) changes.push(...(await this.#plansDelete(address, prior, log)));
    }
    return changes;
  }

  async #ask(declared: Declared, prior: Held | null, { log, outputs }: Planning, priorPrivate: Buffer) {
    const stand = this.#stand;
    const schema = stand.schemaOf(declared.type);
    const type = stand.typeOf(schema);
    const config = this.#config(declared, schema, outputs);
    const answer = await stand.client.call("planResourceChange", {
      typeName: schema.terraform,
      priorState: stand.write(schema, prior?.values ?? null),
      proposedNewState: stand.write(schema, proposed(prior?.values ?? null, config, type)),
      config: stand.write(schema, config),
      priorPrivate,
    });
    if (log.hear(declared.name, answer.diagnostics)) return null;
    const planned = stand.read(invalid, schema, answer.plannedState);
    if (!planned) throw new Error("the provider plans to remove what the program declares");
    bugIf(invalid, addressOf(declared), invalidPlan({ prior: prior?.values ?? null, config, planned }, type));
    return { planned, answer, schema };
  }

  async #plansOne(declared: Declared, prior: Held | null, planning: Planning): Promise<Change | null> {
    const address = addressOf(declared);
    const none = Buffer.alloc(0);
    const first = await this.#ask(declared, prior, planning, prior?.private ?? none);
    if (!first) return null;
    const { schema, answer } = first;
    const replaces = prior !== null && answer.requiresReplace.length > 0;
    const again = replaces ? await this.#ask(declared, null, planning, answer.plannedPrivate) : first;
    if (!again) return null;
    const quiet = prior !== null && same(again.planned, prior.values) && unknownsIn(again.planned).length === 0;
    const act = prior === null ? "create" : replaces ? "replace" : quiet ? "same" : "update";
    planning.log.acts[address] = act;
    planning.log.resources[address] = this.#stand.shown({ schema, values: again.planned });
    planning.outputs.set(address, fromCore(again.planned, schema));
    const { plannedPrivate } = again.answer;
    return { address, schema, name: declared.name, declared, act, prior, planned: again.planned, plannedPrivate };
  }

  async #plansDelete(address: string, prior: Held, log: WalkLog): Promise<readonly Change[]> {
    const { schema, name } = prior;
    const nothing = this.#stand.write(schema, null);
    const answer = await this.#stand.client.call("planResourceChange", {
      typeName: schema.terraform,
      priorState: this.#stand.write(schema, prior.values),
      proposedNewState: nothing,
      config: nothing,
      priorPrivate: prior.private,
    });
    if (log.hear(name, answer.diagnostics)) return [];
    const planned = this.#stand.read(invalid, schema, answer.plannedState);
    bugIf(invalid, address, planned ? ["it is to be removed, and the plan keeps it"] : []);
    log.acts[address] = "delete";
    const { plannedPrivate } = answer;
    return [{ address, schema, name, declared: null, act: "delete", prior, planned: null, plannedPrivate }];
  }

  async #applies(changes: readonly Change[]): Promise<Walked> {
    this.#stand.setting.phase("apply");
    const log = new WalkLog();
    if (!(await this.#stand.configure(log))) return log.walked();
    const planning: Planning = { log, outputs: fromOutside(this.#stand.setting) };
    for (const { address, schema, prior } of changes)
      if (prior) planning.outputs.set(address, fromCore(prior.values, schema));
    for (const change of changes) {
      const { act, address } = change;
      if (act === "same") log.acts[address] = "same";
      else if (act === "delete") await this.#removes(change, log);
      else if (!(await this.#changes(change, planning))) break;
    }
    for (const [address, held] of this.#stand.state) log.resources[address] = this.#stand.shownHeld(held);
    return log.walked();
  }

  async #apply(change: Change, of: { prior: Held | null; config: Values | null }, log: WalkLog) {
    const { schema, planned, plannedPrivate, name } = change;
    const answer = await this.#stand.client.call("applyResourceChange", {
      typeName: schema.terraform,
      priorState: this.#stand.write(schema, of.prior?.values ?? null),
      plannedState: this.#stand.write(schema, planned),
      config: this.#stand.write(schema, of.config),
      plannedPrivate,
    });
    const failed = log.hear(name, answer.diagnostics);
    const values = this.#stand.read(inconsistentResult, schema, answer.newState);
    return { failed, values, private: answer.private };
  }

  async #removes(change: Change, log: WalkLog): Promise<void> {
    const { address, schema, name, prior } = change;
    const done = await this.#apply({ ...change, planned: null }, { prior, config: null }, log);
    if (!done.failed) bugIf(inconsistentResult, address, done.values ? ["the object is still there"] : []);
    log.acts[address] = change.act;
    if (done.values) this.#stand.state.set(address, { schema, name, values: done.values, private: done.private });
    else this.#stand.state.delete(address);
  }

  async #changes(change: Change, planning: Planning): Promise<boolean> {
    const { address, schema, name, declared, act, planned } = change;
    const { log, outputs } = planning;
    if (!declared) return true;
    if (act === "replace") await this.#removes(change, log);
    const prior = act === "replace" ? null : change.prior;
    const again = await this.#ask(declared, prior, planning, prior?.private ?? Buffer.alloc(0));
    if (!again) return false;
    bugIf(inconsistentPlan, address, incompatible(planned, again.planned));
    log.acts[address] = act;
    if (prior && same(again.planned, prior.values)) return true; // an update that is none any more
    const config = this.#config(declared, schema, outputs);
    const final: Change = { ...change, planned: again.planned, plannedPrivate: again.answer.plannedPrivate };
    const done = await this.#apply(final, { prior, config }, log);
    if (!done.values) return false; // nothing came of it
    bugIf(inconsistentResult, address, unknownsIn(done.values));
    if (!done.failed) bugIf(inconsistentResult, address, incompatible(again.planned, done.values));
    bugIf(
      "a half-made resource is tainted, and replaced by the next run",
      address,
      done.failed && !prior ? ["error"] : [],
    );
    this.#stand.state.set(address, { schema, name, values: done.values, private: done.private });
    outputs.set(address, fromCore(done.values, schema));
    return !done.failed;
  }
}
