import { isRecord, type Value, type Values } from "../core/value.ts";
import type { ProviderHandlers } from "../frontends/terraform/plugin-server.ts";
import { writePrivate } from "../frontends/terraform/private-state.ts";
import type * as tf from "../frontends/terraform/proto.ts";
import { providerServer } from "../frontends/terraform/provider-server.ts";
import type { PackageSchema, ResourceSchema } from "../frontends/terraform/schema-model.ts";
import packageJson from "../gen/terraform-schema.json" with { type: "json" };
import {
  type Act,
  addressOf,
  type Given,
  lines,
  plain,
  processOf,
  remembered,
  type Setting,
  type Walked,
} from "./parity-engine.ts";
import { listenAsProvider, TerraformClient } from "./terraform-client.ts";
import { bugIf, unknownsIn } from "./terraform-core.ts";
import { type CoreObject, fromCore, readCore, toCore, typeOfBlock, WrongType, writeCore } from "./terraform-values.ts";

export const packageSchema = packageJson as unknown as PackageSchema; // generated from this very type

/** One resource as a state file holds it. */
export interface Held {
  readonly schema: ResourceSchema;
  readonly name: string;
  /** Terraform's names. */
  readonly values: Values;
  readonly private: Buffer;
}
type Diagnostics = readonly tf.Diagnostic[];

/** What one walk hears and does. */
export class WalkLog {
  readonly acts: Record<string, Act> = {};
  readonly resources: Record<string, Value> = {};
  readonly #said: string[] = [];
  readonly problems: string[] = [];
  readonly #names = new Set<string>();

  /** Errors, as their texts. */
  hear(name: string, diagnostics: Diagnostics): boolean {
    this.#names.add(name);
    for (const { severity, summary, detail, attribute } of diagnostics) {
      const text = [summary, detail].filter(Boolean).join("\n");
      const [root] = attribute?.steps ?? [];
      if (severity !== "ERROR") this.#said.push(text);
      else this.problems.push(root?.attributeName === undefined ? text : `${root.attributeName}: ${text}`);
    }
    return diagnostics.some(({ severity }) => severity === "ERROR");
  }
  walked(): Walked {
    const { acts, resources, problems } = this;
    const names = [...this.#names];
    return { acts, resources, said: lines(this.#said, names), problems: lines(problems, names) };
  }
}

/** The provider's processes of one terraform after another, the socket they share, and the state file. */
export class TerraformStand {
  readonly state = new Map<string, Held>();
  readonly setting: Setting;
  /** Puts a bug into a provider, for tests that it is found. */
  readonly #spoil: (handlers: ProviderHandlers) => ProviderHandlers;
  #handlers: ProviderHandlers = {};
  #close: () => void = () => {};
  #client: TerraformClient | null = null;
  #types = new Map<string, CoreObject>();
  #provider: CoreObject = { is: "object", members: [] };
  #commands = 0;
  #processes = 0;

  constructor(setting: Setting, spoil: (handlers: ProviderHandlers) => ProviderHandlers = (handlers) => handlers) {
    this.setting = setting;
    this.#spoil = spoil;
  }

  async open(): Promise<void> {
    const { address, close } = await listenAsProvider(() => this.#handlers);
    this.#client = new TerraformClient(address);
    this.#close = () => {
      this.#client?.close();
      close();
    };
    this.start();
    const { resourceSchemas, provider } = await this.client.call("getProviderSchema", {});
    for (const [name, { block }] of Object.entries(resourceSchemas))
      if (block) this.#types.set(name, typeOfBlock(block));
    // The provider's own configuration holds maps of objects; read by the same rules.
    if (provider?.block) this.#provider = typeOfBlock(provider.block);
  }
  close(): void {
    this.#close();
  }

  get client(): TerraformClient {
    if (!this.#client) throw new Error("open the stand first");
    return this.#client;
  }

  /** Another `terraform` is started. */
  command(): void {
    this.#commands += 1000;
    this.#processes = 0;
  }
  /** It starts the provider once more. */
  start(): void {
    this.#processes += 1;
    const provider = processOf(this.setting, {
      engine: this.#commands,
      pid: this.#commands + this.#processes,
      savedPlans: { place: "/work/prod" },
    });
    const late = { version: provider.version, load: async () => provider };
    this.#handlers = this.#spoil(providerServer({ provider: late, schema: packageSchema, log: () => {} }).handlers);
  }
  /** … and configures it. */
  async configure(log: WalkLog): Promise<boolean> {
    this.start();
    const config = writeCore(toCore(this.setting.configuration, packageSchema.provider), this.#provider);
    const validated = await this.client.call("validateProviderConfig", { config });
    if (log.hear("", validated.diagnostics)) return false;
    const { diagnostics } = await this.client.call("configureProvider", { terraformVersion: "1.11.4", config });
    return !log.hear("", diagnostics);
  }

  schemaOf(type: string): ResourceSchema {
    const found = packageSchema.resources.find((r) => r.type === type);
    if (found) return found;
    throw new Error(`no resource ${type}`);
  }
  typeOf({ terraform }: ResourceSchema): CoreObject {
    const found = this.#types.get(terraform);
    if (found) return found;
    throw new Error(`the provider's schema has no ${terraform}`);
  }

  given({ type, name, id, inputs, outputs, record }: Given): void {
    const schema = this.schemaOf(type);
    const values = readCore(
      writeCore(toCore({ ...inputs, ...outputs, id }, schema), this.typeOf(schema)),
      this.typeOf(schema),
    );
    if (!isRecord(values)) throw new Error("a state is an object");
    this.state.set(addressOf({ type, name }), {
      schema,
      name,
      values,
      private: writePrivate({ record }),
    });
  }

  /** An answer's object; whatever is wrong with its type is a bug of the provider. */
  read(what: string, schema: ResourceSchema, value: tf.DynamicValue | null): Values | null {
    try {
      const found = readCore(value, this.typeOf(schema));
      return isRecord(found) ? found : null;
    } catch (error) {
      if (error instanceof WrongType) bugIf(what, schema.terraform, [error.message]);
      throw error;
    }
  }
  write(schema: ResourceSchema, values: Values | null): { msgpack: Buffer } {
    return writeCore(values, this.typeOf(schema));
  }

  /** State as it is stored is JSON; each read of it asks the provider to bring it up to date. */
  async upgraded(held: Held, log: WalkLog): Promise<Held | null> {
    const json = Buffer.from(JSON.stringify(held.values));
    const { upgradedState, diagnostics } = await this.client.call("upgradeResourceState", {
      typeName: held.schema.terraform,
      version: held.schema.stateVersion,
      rawState: { json, flatmap: {} },
    });
    if (log.hear(held.name, diagnostics)) return null;
    const values = this.read("Invalid resource state upgrade", held.schema, upgradedState);
    return values ? { ...held, values } : null;
  }

  /** Refresh of one resource; null: it is gone, "failed": an error was heard. */
  async refreshed(held: Held, log: WalkLog): Promise<Held | null | "failed"> {
    const answer = await this.client.call("readResource", {
      typeName: held.schema.terraform,
      currentState: this.write(held.schema, held.values),
      private: held.private,
    });
    if (log.hear(held.name, answer.diagnostics)) return "failed";
    const values = this.read("Provider produced invalid object", held.schema, answer.newState);
    if (values === null) return null;
    bugIf("Provider produced invalid object", held.name, unknownsIn(values));
    return { ...held, values, private: answer.private };
  }

  async imported(given: { schema: ResourceSchema; name: string; id: string }, log: WalkLog): Promise<Held | "failed"> {
    const answer = await this.client.call("importResourceState", { typeName: given.schema.terraform, id: given.id });
    if (log.hear(given.name, answer.diagnostics)) return "failed";
    const [found] = answer.importedResources;
    const values = found ? this.read("Provider produced invalid object", given.schema, found.state) : null;
    if (!found || !values) throw new Error("the provider imported nothing, and gave no error");
    const read = await this.refreshed({ ...given, values, private: found.private }, log);
    return read ?? "failed";
  }

  /** In the engine's words, for comparison. */
  shown({ schema, values }: Pick<Held, "schema" | "values">): Value {
    const { timeouts: _none, ...rest } = fromCore(values, schema);
    return plain(rest);
  }
  shownHeld(held: Held): Value {
    const { record } = JSON.parse(held.private.toString() || "{}") as { record?: string };
    return { ...(this.shown(held) as Values), __record: remembered(record ?? null) };
  }
}
