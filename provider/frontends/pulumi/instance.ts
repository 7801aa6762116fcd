import { Problem } from "../../core/problem.ts";
import { Redactor } from "../../core/redactor.ts";
import type { Message } from "../../core/resource.ts";
import type { At, Provider, Session } from "../../engine/verbs.ts";
import { EngineLog } from "./engine-log.ts";
import { memberOf, type PackageFacts } from "./package-facts.ts";
import { RunMemory } from "./run-memory.ts";

export interface Setting {
  readonly provider: () => Promise<Provider>;
  readonly facts: PackageFacts;
  readonly schema: () => string;
  /** Where a line goes that only a developer wants. */
  readonly debug: (line: string) => void;
}

/** What a request says about the resource that it is for. */
export interface Addressed {
  getUrn(): string;
  getName(): string;
  getType(): string;
}
/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`, for engines that send no name and type of their own. */
const fromUrn = (urn: string): { type: string; name: string } => {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
};
export const addressOf = (request: Addressed): { urn: string; type: string; name: string } => {
  const urn = request.getUrn();
  const told = fromUrn(urn);
  return { urn, type: memberOf(request.getType() || told.type), name: request.getName() || told.name };
};

/**
 * One provider of one command: made at Handshake, over after Cancel. An attached server (a test, a debugger) has many, one after
 * the other and side by side, so nothing here outlives the command.
 */
export class Instance {
  readonly setting: Setting;
  readonly redactor = new Redactor();
  readonly memory = new RunMemory();
  #log: EngineLog | null = null;
  #session: Session | null = null;
  #running = 0;

  constructor(setting: Setting, engineAddress: string | null) {
    this.setting = setting;
    if (engineAddress) this.reach(engineAddress);
  }

  /** From now on messages go to this engine. */
  reach(engineAddress: string): void {
    this.#log?.close();
    this.#log = new EngineLog(engineAddress, (text) => this.redactor.clean(text));
  }

  get session(): Session {
    if (!this.#session) throw new Problem("bug", "the engine used the provider before it configured it");
    return this.#session;
  }
  configured(session: Session): void {
    this.#session = session;
  }

  say(urn: string, message: Message): void {
    if (this.#log) this.#log.say(urn, message);
    else if (!message.ephemeral) this.setting.debug(this.redactor.clean(`${message.level}: ${message.text}`));
  }
  flushed(): Promise<void> {
    return this.#log?.flushed() ?? Promise.resolve();
  }

  at({ urn, type, name }: { urn: string; type: string; name: string }, signal: AbortSignal): At {
    return { type, key: this.memory.keyOf(urn), name, signal, log: (message) => this.say(urn, message) };
  }

  /** Is something being written? Then a Cancel is the user's and not the end of the command. */
  get writing(): boolean {
    return this.#running > 0;
  }
  async write<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
  /** Between writes; what runs returns what is done. */
  cancel(): void {
    this.#session?.cancel();
  }
  async farewell(): Promise<void> {
    for (const { key, message } of (await this.#session?.farewell()) ?? []) this.say(key, message);
  }
  close(): void {
    this.#log?.close();
    this.#log = null;
  }
}
