import { Problem } from "../../core/problem.ts";
import { Redactor } from "../../core/redactor.ts";
import type { Provider, Session } from "../../engine/verbs.ts";

/** One configured provider in this process: Terraform configures once for each walk. */
export class Instance {
  readonly redactor = new Redactor();
  readonly #load: () => Promise<Provider>;
  #session: Session | null = null;
  /** Who planned under which key in this walk: `null` for a create. */
  #planned = new Map<string, Set<string | null>>();
  #writing = 0;

  constructor(load: () => Promise<Provider>) {
    this.#load = load;
  }

  provider(): Promise<Provider> {
    return this.#load();
  }

  begin(session: Session): void {
    this.#session = session;
    this.#planned = new Map();
  }

  get session(): Session {
    if (this.#session) return this.#session;
    throw new Problem("bug", "Terraform asked for a resource before it configured the provider");
  }

  /**
   * Terraform does not tell a resource's address: its name must do. Two of one type and name would take each other's plans and
   * records. `record`: null where nothing is there yet.
   */
  claimName(key: string, name: string, record: string | null): void {
    const seen = this.#planned.get(key) ?? new Set();
    this.#planned.set(key, seen);
    if (seen.has(null) || [...seen].some((one) => one !== record))
      throw new Problem("conflict", `two resources of this type are named "${name}"`, {
        path: ["name"],
        hint: "On Terraform a name is a resource's identity in plans and journals: give each its own, for example with each.key in it.",
      });
    seen.add(record);
  }

  async write<T>(work: () => Promise<T>): Promise<T> {
    this.#writing += 1;
    try {
      return await work();
    } finally {
      this.#writing -= 1;
    }
  }
  get writing(): boolean {
    return this.#writing > 0;
  }

  /** Stops between writes; what runs answers what is done. */
  cancel(): void {
    this.#session?.cancel();
  }
}
