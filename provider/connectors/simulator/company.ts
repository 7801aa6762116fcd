import type { SimulatorClock } from "./clock.ts";
import type { Simulator } from "./server.ts";

/** Somebody who works at the invented company, as its personnel office knows them; each system shows its part. */
export interface Worker {
  /** `grace.hopper`: the part before the @, unique, and the key by which systems and deeds mean this person. */
  readonly login: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly department: string;
  readonly title: string;
  /** Login of the manager. */
  readonly manager: string | null;
  readonly type: "employee" | "contractor";
  /** ISO 3166-1 alpha-2: usage location. A mistake of the company: some have none. */
  readonly country: string | null;
  readonly status: "active" | "suspended";
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Dates, YYYY-MM-DD. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  /** Names of groups that they are in directly. */
  readonly groups: readonly string[];
  /** GitHub account, where they have one; not derivable from the login. */
  readonly github: string | null;
  /** Sign-ins of the last 12 months, ascending, milliseconds since the epoch; empty: never. */
  readonly signIns: readonly number[];
  /** What a roster says of them besides; an invented company has none. */
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
}
/** A seat as it stands when the story begins. */
export interface CompanySeat {
  /** Which system: `entra`, `github`, `okta`, `googleWorkspace`, `scim`. */
  readonly system: string;
  /** As that connector's `sku()` finds it. */
  readonly sku: string;
  readonly login: string;
  readonly since: string;
  /** Given through this group or team. */
  readonly via?: string;
  /** Last use of this product, RFC 3339; null: the vendor does not know. Absent: by the person's sign-ins. */
  readonly lastUsed?: string | null;
}
export interface CompanyContract {
  readonly system: string;
  readonly sku: string;
  readonly purchased: number;
  readonly type: "annual" | "flexible";
  readonly price: { readonly amount: string; readonly currency: string; readonly per: "month" | "year" };
  readonly startsOn: string;
  readonly endsOn: string;
}
export interface Enterprise {
  readonly name: string;
  readonly domain: string;
  readonly people: readonly Worker[];
  /** Groups may be in groups. */
  readonly groups: readonly { readonly name: string; readonly parent?: string; readonly description?: string }[];
  readonly seats: readonly CompanySeat[];
  readonly contracts: readonly CompanyContract[];
}

/** What people and administrators do at a system by hand. A system leaves out what cannot happen there. */
export interface Deeds {
  hire?(worker: Worker): void;
  /** Whatever of the person changed: a move, a suspension, a new name or e-mail. The login stays. */
  change?(worker: Worker): void;
  leave?(login: string): void;
  /** Milliseconds since the epoch. */
  signIn?(login: string, at: number): void;
  /** An administrator gives or takes a seat by hand. Throws an Error in words where the system would refuse. */
  giveSeat?(sku: string, login: string): void;
  takeSeat?(sku: string, login: string): void;
}
export interface Serving {
  readonly simulator: Simulator;
  /** The fields of the connector's block, without secrets. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** By field name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What there is, for a reader: one line each. */
  readonly shows: readonly string[];
  readonly deeds: Deeds;
}
/** What a connector's `simulator.ts` exports as `sandbox`: the company, as this system shows it. */
export interface SandboxSystem {
  /** The connector's name. */
  readonly name: string;
  readonly title: string;
  start(
    company: Enterprise,
    using: { readonly port: number; readonly seed: number; readonly clock: SimulatorClock },
  ): Promise<Serving>;
}
