import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceError } from "@grpc/grpc-js";
import { isRecord, Secret, type Value, type Values } from "../core/value.ts";
import type { Provider } from "../engine/verbs.ts";
import { decode, encode } from "../frontends/pulumi/codec.ts";
import { enginePb, providerPb } from "../frontends/pulumi/proto.ts";
import { type Serving, serve } from "../frontends/pulumi/server.ts";
import {
  type Act,
  addressOf,
  type Declared,
  type Engine,
  fromOutside,
  type Given,
  lines,
  type Program,
  processOf,
  type Run,
  resolvedInputs,
  type Setting,
  type Walked,
} from "./parity-engine.ts";
import { check, diff, type Held, read, remove, shown, shownHeld, write } from "./pulumi-calls.ts";
import { errorDetails, listenAsEngine, PulumiClient } from "./pulumi-client.ts";

interface Walk {
  readonly client: PulumiClient;
  readonly preview: boolean;
  readonly acts: Record<string, Act>;
  readonly resources: Record<string, Value>;
  readonly problems: string[];
  readonly outputs: Map<string, Values>;
  /** Deleted at the end, as the engine does it: an old instance after the new one. */
  readonly later: (readonly [address: string, held: Held])[];
}

const schema = readFileSync(join(__dirname, "../../schema.json"), "utf8");
const { INFO, WARNING } = enginePb.LogSeverity;

class Refused extends Error {}

/** `rules[0].claim.when: …` → `rules: …`: Terraform shows no place inside a list. */
const atRoot = (problem: string): string => problem.replace(/^([a-z][A-Za-z]*)[.[][^\s]*: /, "$1: ");

/** Pulumi's engine, as far as a provider sees it: preview and update as phases of one command, each with a provider of its own. */
export class PulumiEngine implements Engine {
  readonly name = "pulumi";
  readonly #setting: Setting;
  readonly #state = new Map<string, Held>();
  readonly #log: Awaited<ReturnType<typeof listenAsEngine>>;
  #serving: Serving | null = null;
  #provider: Provider | null = null;
  #commands = 0;
  #processes = 0;
  /** A refresh deletes nothing, so that its end warns of nobody. */
  #refreshes = false;
  /** The last preview knew nobody: what the update does is told for the first time. */
  #blind = false;

  private constructor(setting: Setting, log: Awaited<ReturnType<typeof listenAsEngine>>) {
    this.#setting = setting;
    this.#log = log;
  }
  static async open(setting: Setting): Promise<PulumiEngine> {
    const engine = new PulumiEngine(setting, await listenAsEngine());
    const current = async (): Promise<Provider> => {
      if (engine.#provider) return engine.#provider;
      throw new Error("no process was started");
    };
    const options = {
      schema: () => schema,
      engineAddress: null,
      debug: () => {},
      mayDelete: () => !engine.#refreshes,
    };
    engine.#serving = await serve({ version: "0.0.0", load: current }, options);
    return engine;
  }
  close(): void {
    this.#serving?.close();
    this.#log.close();
  }

  given({ type, name, id, inputs, outputs, record }: Given): void {
    const address = addressOf({ type, name });
    const { changes, digest } = outputs;
    const all: Values = { ...inputs, ...(digest === undefined ? {} : { changes, digest }) };
    const kept: Values = record === null ? {} : { __record: new Secret(record) };
    this.#state.set(address, { id, inputs: all, properties: { ...inputs, ...outputs, ...kept } });
  }

  #command(): void {
    this.#commands += 1000;
    this.#processes = 0;
    this.#refreshes = false;
    this.#setting.phase("plan");
  }

  async preview(program: Program): Promise<Walked> {
    this.#command();
    return this.#walks(program, true);
  }

  async up(program: Program, between: () => void | Promise<void> = () => {}): Promise<Run> {
    this.#command();
    const plan = await this.#walks(program, true);
    if (plan.problems.length > 0) return { plan, apply: null };
    await between();
    this.#setting.phase("apply");
    const apply = await this.#walks(program, false);
    return { plan, apply: Object.values(plan.acts).every((act) => act === "same") ? null : apply };
  }

  async refresh(): Promise<Walked> {
    this.#command();
    this.#refreshes = true;
    return this.#phase(true, async (walk) => {
      for (const [address, held] of [...this.#state]) {
        const now = await read({ ...walk, address }, held);
        if (now === null) this.#state.delete(address);
        else {
          await diff({ ...walk, address }, { held: now, inputs: now.inputs }); // the engine asks, and shows what it answers
          this.#state.set(address, now);
          walk.resources[address] = shownHeld(now);
        }
      }
    });
  }

  async destroy(): Promise<Run> {
    this.#command();
    const plan = await this.#walks([], true);
    if (plan.problems.length > 0 || Object.keys(plan.acts).length === 0) return { plan, apply: null };
    this.#setting.phase("apply");
    return { plan, apply: await this.#walks([], false) };
  }

  /** One phase of a command: a process, configured, and cancelled at its end. */
  async #phase(preview: boolean, work: (walk: Walk) => Promise<void>): Promise<Walked> {
    this.#processes += 1;
    const [engine, pid] = [this.#commands, this.#commands + this.#processes];
    this.#provider = processOf(this.#setting, { engine, pid });
    const heard = this.#log.said.length;
    const client = new PulumiClient(this.#serving?.port ?? 0);
    const walk: Walk = {
      client,
      preview,
      acts: {},
      resources: {},
      problems: [],
      outputs: fromOutside(this.#setting),
      later: [],
    };
    try {
      await client.call("handshake", new providerPb.ProviderHandshakeRequest().setEngineAddress(this.#log.address));
      await client.call("configure", new providerPb.ConfigureRequest().setArgs(encode(this.#setting.configuration)));
      await work(walk);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Error && "details" in error)) throw error;
      if (!(error instanceof Refused)) walk.problems.push(String((error as ServiceError).details)); // as just asked
    } finally {
      await client.cancel();
      client.close();
    }
    if (!preview) for (const [address, held] of this.#state) walk.resources[address] = shownHeld(held);
    if (preview) this.#blind = Object.values(walk.resources).some((r) => isRecord(r) && r.changes === "(unknown)");
    // Who gains and loses is told when it is planned; Pulumi's update tells it again.
    const least = preview || this.#blind ? INFO : WARNING;
    const said = this.#log.said.slice(heard).filter(({ severity, ephemeral }) => severity >= least && !ephemeral);
    const names = [...new Set(said.map(({ urn }) => urn.split("::").at(-1) ?? ""))].filter(Boolean);
    const { acts, resources } = walk;
    const problems = walk.problems.map(atRoot);
    const texts = said.map(({ message }) => message);
    return { acts, resources, said: lines(texts, names), problems: lines(problems, names) };
  }

  #walks(program: Program, preview: boolean): Promise<Walked> {
    return this.#phase(preview, async (walk) => {
      for (const declared of program) await this.#one(walk, declared);
      const declared = new Set(program.map(addressOf));
      const gone: (readonly [string, Held])[] = [];
      for (const [address, held] of [...this.#state].toReversed())
        if (!declared.has(address)) {
          const now = await read({ ...walk, address }, held);
          if (now) gone.push([address, now]);
          walk.acts[address] = "delete";
        }
      if (preview) return;
      for (const [address, held] of [...walk.later, ...gone]) await this.#deletes(walk, address, held);
    });
  }

  async #checks(walk: Walk, address: string, of: { news: Values; olds: Values }): Promise<Values> {
    const { inputs, failures } = await check({ ...walk, address }, of);
    walk.problems.push(...failures);
    if (failures.length > 0) throw new Refused();
    return inputs;
  }

  async #one(walk: Walk, declared: Declared): Promise<void> {
    const address = addressOf(declared);
    const news = resolvedInputs(declared, walk.outputs);
    const kept = this.#state.get(address);
    const from = kept ?? (declared.imports === undefined ? null : { id: declared.imports });
    const held = from && (await read({ ...walk, address }, from));
    if (!held)
      return this.#writes(walk, address, {
        act: "create",
        inputs: await this.#checks(walk, address, { news, olds: {} }),
        held,
      });
    const inputs = await this.#checks(walk, address, { news, olds: held.inputs });
    const { some, replaces } = await diff({ ...walk, address }, { held, inputs });
    if (replaces) {
      const fresh = await this.#checks(walk, address, { news, olds: {} });
      await this.#writes(walk, address, { act: "replace", inputs: fresh, held: null });
      walk.later.push([address, held]);
    } else if (some) await this.#writes(walk, address, { act: "update", inputs, held });
    else {
      walk.acts[address] = "same";
      if (!walk.preview) this.#state.set(address, held);
      this.#knows(walk, address, held);
    }
  }

  #knows(walk: Walk, address: string, held: Held): void {
    walk.resources[address] = shown(held);
    walk.outputs.set(address, held.properties);
  }

  /** Create or update; half-way failures keep what is there. */
  async #writes(walk: Walk, address: string, of: { act: Act; inputs: Values; held: Held | null }): Promise<void> {
    const { act, inputs, held } = of;
    walk.acts[address] = act;
    const made = await write({ ...walk, address }, { inputs, held, preview: walk.preview }).catch(
      (error: ServiceError): Held => {
        const { initFailed } = errorDetails(error);
        if (!initFailed) throw error;
        walk.problems.push(...initFailed.getReasonsList());
        const properties = decode(initFailed.getProperties());
        return { id: initFailed.getId(), inputs: decode(initFailed.getInputs()), properties };
      },
    );
    if (!walk.preview) this.#state.set(address, made);
    this.#knows(walk, address, made);
    if (walk.problems.length > 0) throw new Refused();
  }
  async #deletes(walk: Walk, address: string, held: Held): Promise<void> {
    await remove({ ...walk, address }, held);
    if (walk.acts[address] === "delete") this.#state.delete(address);
  }
}
