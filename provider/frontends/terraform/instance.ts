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
  /** Records by the key that they were read under, and by whose plan they are now. */
  #read = new Map<string, string>();
  #holder = new Map<string, string>();
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
    this.#read = new Map();
    this.#holder = new Map();
  }

  get session(): Session {
    if (this.#session) return this.#session;
    throw new Problem("bug", "Terraform asked for a resource before it configured the provider");
  }

  /** What the state has under a name: the next create of that name inherits it, as the new half of a replace or a moved address. */
  noteRead(key: string, record: string | null): void {
    if (record !== null) this.#read.set(key, record);
  }

  /**
   * Terraform does not tell a resource's address: its name must do. Two of one type and name would take each other's plans and
   * records. `record`: null where nothing is there yet. In whatever order core plans them, one of the two calls is refused.
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
    const inherited = record ?? this.#read.get(key);
    if (inherited === undefined) return;
    const other = this.#holder.get(inherited);
    this.#holder.set(inherited, key);
    if (other !== undefined && other !== key)
      throw new Problem(
        "conflict",
        `a new resource takes the name of one that is renamed in the same plan ("${name}")`,
        {
          path: ["name"],
          hint: "Rename in two applies: first the one that is there, then create the new one. Otherwise the new one could take over the other's seats.",
        },
      );
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
