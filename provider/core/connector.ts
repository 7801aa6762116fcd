import type { z } from "zod";
import type { Ast } from "./ast.ts";
import type { Group, Person, PersonId } from "./person.ts";
import type { Problem } from "./problem.ts";
import type { Transport } from "./wire.ts";

/** A SKU at one vendor, as `skus()` named it. */
export interface SkuRef {
  /** The vendor's own id or our form (`group:NAME`, `role:NAME`, `active`, `attribute:PATH=VALUE`). Stable. */
  readonly sku: string;
}
export interface Sku extends SkuRef {
  readonly name: string;
  /** Features inside it that can be switched off for one person; absent: it has none. */
  readonly servicePlans?: readonly ServicePlan[];
}
/** A feature inside a SKU. People may write either; the vendor is told the id. */
export interface ServicePlan {
  readonly id: string;
  readonly name: string;
}

export interface Seat {
  /** The vendor's stable id of the holder. Pinned in the record once assigned. */
  readonly holder: string;
  /** What a person would call the holder: login or e-mail at the vendor. `null` when the vendor did not say. */
  readonly account: string | null;
  /** Since when, if the vendor knows. */
  readonly since: string | null;
  /** Not direct: through which group or team; such a seat cannot be unassigned one by one. */
  readonly inheritedFrom?: string;
  /** Released already, consumed until this date. */
  readonly endsAt?: string;
  readonly state: "active" | "invited" | "error" | "suspended";
  /** With state `error`: what the vendor says is wrong, as a sentence that names the next step. */
  readonly problem?: SeatProblem;
  /** Ids of the service plans that are switched on, sorted; absent: the SKU has none, or the list does not say. */
  readonly servicePlans?: readonly string[];
}
export interface SeatProblem {
  /** The vendor's own word: `CountViolation`. */
  readonly code: string;
  readonly text: string;
  /** A second try alone can help (seats were free again): assigning anew asks the vendor to process the person again. */
  readonly retryable: boolean;
}

/** What an account has not, without which its vendor gives it no seat. */
export interface Lacking {
  /** Closed per connector, for machines: `no-usage-location`. */
  readonly code: string;
  /** What is missing, and who must set what, where: goes on after "ada@acme.test gets no seat of x: ". */
  readonly text: string;
}

/** A person's account at a vendor. Accounts are never created by us. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

export type Count = {
  readonly value: number;
  readonly source: "vendor" | "reported" | "declared";
  readonly asOf: string | null;
};
export interface Counters {
  /** `null`: the vendor does not say. */
  readonly purchased: Count | null;
  readonly consumed: Count;
  readonly suspended: Count | null;
  /** Where a release waits for the billing cycle: when that ends, if the vendor tells. RFC 3339. */
  readonly cycleEndsAt?: string | null;
}

/** One write for one person. `move` goes from one SKU to another. */
export interface SeatStep {
  readonly act: "assign" | "unassign" | "move";
  readonly holder: string;
  readonly account: string;
  /** The SKU that is lost (unassign, move) or gained (assign). */
  readonly sku: string;
  /** move: the SKU that is gained. The same as `sku`: the seat stays, its service plans change. */
  readonly to?: string;
  /** Service plans (ids) that are on in the seat that is gained; absent: all. */
  readonly servicePlans?: readonly string[];
}
export interface Outcome {
  readonly step: SeatStep;
  /** `accepted`: the vendor said it will; `pending`: consumed until `until`. `already` is success. */
  readonly result: "done" | "already" | "accepted" | "pending" | "failed";
  readonly until?: string;
  readonly problem?: Problem;
}

/** Evidence of use. `at: null` is unknown, never inactive. */
export interface Usage {
  readonly person: PersonId;
  readonly at: string | null;
  readonly signal: string;
}
export interface UsageReport {
  readonly signal: string;
  /** Evidence before this moment is not kept by the vendor: silence earlier than it proves nothing. */
  readonly coverageFrom: string;
  readonly asOf: string;
  readonly usage: readonly Usage[];
}

export interface PeopleQuery {
  /** Rules that decide later; a connector may ask only for people who could match any of them. `null`: everybody. */
  readonly match: readonly Ast[] | null;
  /** Groups whose membership the rules read, by name or path. `null`: all groups of everybody. */
  readonly groups: readonly string[] | null;
  /** Must be in the answer whatever `match` says (holders, owned people). */
  readonly also: readonly PersonId[];
}
export interface PeopleAnswer {
  readonly people: readonly Person[];
  /** How many people the directory holds, by its own count; guards against a partial read. `null`: it cannot say. */
  readonly total: number | null;
  /** False: only matching people (and `also`) were asked for. */
  readonly everybody: boolean;
}

/** Called before each write: checks that we may still write (parent alive, not cancelled) and journals the steps. May throw. */
export type BeforeWrite = (steps: readonly SeatStep[]) => Promise<void>;

/**
 * One vendor or identity provider, for one connection. Paging ends here.
 * Every seat or an error: a 403, a 404 or a truncated page is never an empty list.
 * Lists are read once per walk; a new walk makes a new Connector. A write by `apply` forgets the remembered
 * seats and counters of the SKUs it touched (nothing else), so that the next `seats` reads them anew.
 */
export interface Connector {
  readonly vendor: string;
  /** Cheapest call that proves the credentials work. */
  verify(signal: AbortSignal): Promise<void>;

  // directory
  people?(query: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer>;
  groups?(signal: AbortSignal): Promise<readonly Group[]>;
  /** One person by directory id; null only when the directory proves that they are gone. */
  person?(id: PersonId, signal: AbortSignal): Promise<Person | null>;

  // vendor
  skus?(signal: AbortSignal): Promise<readonly Sku[]>;
  /** Finds the SKU by friendly name or id; Problem not-found names the nearest ones. */
  sku?(name: string, signal: AbortSignal): Promise<Sku>;
  counters?(of: SkuRef, signal: AbortSignal): Promise<Counters>;
  seats?(of: SkuRef, signal: AbortSignal): Listing<Seat>;
  /** Accounts by name (what the `account` expression or default link gave). Missing key: no such account. */
  accounts?(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Account>>;
  /**
   * What this account has not, so that the vendor would refuse it a seat of this SKU now; null: nothing that is known. Told
   * from what this walk has read anyway: it asks nothing. The planner then promises no seat. Absent: nothing is known.
   */
  lacks?(of: SkuRef, account: Account["id"]): Lacking | null;
  /** Default link from a person to their account's name at this vendor; null: their e-mail. Used when no `account` expression is set. */
  link?(person: Person): string | null;
  /** In the vendor's own batches; one outcome per step, whatever the others did. Calls `before` ahead of each write request. */
  apply?(steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal): AsyncIterable<Outcome>;
  /** Does unassigning this SKU deactivate the person at the vendor? Then the pool must allow it. Absent: no. */
  deactivates?(of: SkuRef): boolean;
  /** Where this SKU's seats behave otherwise than the capabilities say: a team beside Copilot. Absent: nowhere. */
  terms?(of: SkuRef): Partial<Pick<Capabilities, "release" | "buysOnAssign">>;
  /** Groups (names or paths) that writing this SKU changes: a rule that reads one is a cycle. */
  writes?(of: SkuRef): readonly string[];

  // optional
  /** Rights that the credentials have, in the words of `capabilities.scopes`; null: this vendor does not tell. For `seatwise doctor`. */
  granted?(signal: AbortSignal): Promise<readonly string[] | null>;
  /** Milliseconds that these writes take at least, at the vendor's documented rate and our share of it. Absent: not worth a word. */
  takesMs?(steps: readonly SeatStep[]): number;
  /** `accountOf`: how people are named at this vendor, where the configuration says it (`account`); else `link`. */
  usage?(
    people: readonly Person[],
    signal: AbortSignal,
    accountOf?: (person: Person) => string | null,
  ): Promise<UsageReport>;
  /** Is `usage` about this SKU? Absent: about all of them. */
  tells?(of: SkuRef): boolean;
  /** Requests made so far on this connection (its HTTP layer counts). */
  requests(): number;
}

/** Static facts about a system; published as a table. */
export interface Capabilities {
  readonly directory: boolean;
  readonly vendorOfSeats: boolean;
  readonly purchased: "vendor" | "reported" | "declared";
  readonly buysOnAssign: boolean;
  readonly release: "immediate" | "endOfCycle" | "queued" | "deactivatesUser" | "downgrades";
  readonly exclusiveWithinProduct: boolean;
  readonly batch: { readonly max: number; readonly partial: boolean } | null;
  readonly identity: "id" | "email" | "login";
  readonly activity: { readonly signal: string; readonly lagHours: number } | null;
  /** Longest time between a write's answer and a list that shows it. */
  readonly settleMs: number;
  readonly prerequisites: readonly string[];
  readonly buckets: readonly { readonly name: string; readonly limit: string }[];
  readonly pushdown: readonly string[];
  /** Person fields this directory fills. */
  readonly fills: readonly string[];
  readonly scopes: readonly Scope[];
  /** What of this connector was checked against what; said on its page. */
  readonly verified?: readonly { readonly what: string; readonly against: string }[];
}
/** A right that the connector needs, in the vendor's own words. */
export interface Scope {
  readonly scope: string;
  readonly for: string;
  /** Absent: to plan, in any case. `write`: only to apply. `optional`: only where what `for` says is used. */
  readonly when?: "write" | "optional";
  /** Wider rights that include this one. */
  readonly within?: readonly string[];
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
}
export interface OpenWith {
  /** The connection's name in the provider configuration, for messages and budgets. */
  readonly connection: string;
  readonly clock: Clock;
  readonly proxy?: string;
  /** PEM certificates to trust besides the system's. */
  readonly ca?: string;
  readonly log: (level: "debug" | "info" | "warning", message: string) => void;
  /** What a connector may keep between runs (delta tokens and what they stand for); absent: nothing is kept. */
  readonly cache?: Cache;
  /** Instead of the network: a simulator in the same process. */
  readonly transport?: Transport;
}

/** Kept on disk per connection. Losing it costs requests, never correctness; never a secret. */
export interface Cache {
  /** null: nothing (any more). What comes back may be of an older version: parse it. */
  get(name: string): Promise<unknown>;
  set(name: string, value: unknown): Promise<void>;
}

/** One item after the other. A list that is read as a whole anyway says so: to wait for each of 100,000 seats costs 100 ms. */
export interface Listing<T> extends AsyncIterable<T> {
  readonly whole?: () => Promise<readonly T[]>;
}
export const listed = <T>(whole: () => Promise<readonly T[]>): Listing<T> => ({
  whole,
  async *[Symbol.asyncIterator]() {
    yield* await whole();
  },
});

/** What a connector's folder exports as `connector`; the catalogue is generated from the folders. */
export interface ConnectorKind<C extends z.ZodObject = z.ZodObject> {
  /** The block's name in `connections`: `keycloak`, `scim`. */
  readonly name: string;
  readonly doc: string;
  /** Config fields, made with `field()`. `account` is added by the engine to every connector. */
  readonly config: C;
  readonly capabilities: Capabilities;
  /** The forms that a SKU's name takes here, and what a seat of each is; for the documentation. */
  readonly skus?: readonly { readonly form: string; readonly seat: string }[];
  /** Customary environment variables per secret field, after SEATWISE_<CONNECTION>_<FIELD>. */
  readonly customaryEnv?: Readonly<Record<string, string>>;
  open(config: z.infer<C>, using: OpenWith): Connector;
}
export const defineConnector = <C extends z.ZodObject>(kind: ConnectorKind<C>): ConnectorKind<C> => kind;
