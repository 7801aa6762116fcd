import type { z } from "zod";
import type { Account, BeforeWrite, Connector, ConnectorKind, Outcome, PeopleQuery, SeatStep } from "./connector.ts";
import type { Group, Person, PersonId } from "./person.ts";
import type { Path, Problem } from "./problem.ts";
import type { Unknown, Values } from "./value.ts";

export interface Message {
  readonly level: "debug" | "info" | "warning" | "error";
  /** May have several lines. */
  readonly text: string;
  /** Progress: replaced by the next one, not kept. */
  readonly ephemeral?: boolean;
}

/** What exists now, as the vendor and the record tell it. */
export interface Found {
  readonly id: string;
  /** Inputs as `check` would give them; for import, reconstructed. */
  readonly inputs: Values;
  readonly outputs: Values;
  /** The compact record; null for resources without one. The same bytes while nothing changed. */
  readonly record: string | null;
}

/** A plan for one resource, in words that both protocols can carry. */
export interface Planned {
  /** Outputs as known now; UNKNOWN for what depends on the vendor's answers. */
  readonly outputs: Values;
  /** Outputs that are planned (`changes`): known now, kept through apply. UNKNOWN while inputs are. */
  readonly planned: Readonly<Record<string, Values | Unknown>>;
  /** Are there steps to do? Inputs may be equal and still there are. */
  readonly outstanding: boolean;
  /** What a human approves by approving this plan; plain JSON for the hand-over file. Of a removal: `NamedSeat`s. */
  readonly approved: readonly unknown[];
  readonly messages: readonly Message[];
  /** Seats that it takes from people, for the other pools of the run. */
  readonly takes?: readonly TakenSeat[];
  /** The plan must not be applied (limit, exhaustion with `fail`, conflict). */
  readonly refusal: Problem | null;
  /** For apply, in this process only. */
  readonly carry?: unknown;
}

export interface Done {
  readonly id: string;
  readonly outputs: Values;
  readonly record: string | null;
  /** What could not be done: the resource exists, the next run touches only the rest. Never a replace. */
  readonly failures: readonly Problem[];
  readonly messages: readonly Message[];
}

export interface Previous {
  readonly id: string;
  readonly inputs: Values | null;
  readonly outputs: Values;
  readonly record: string | null;
}

/** What nobody has approved, what somebody has, and what was approved blindly. */
export type Approval =
  | { readonly is: "plan" }
  | {
      readonly is: "approved";
      readonly steps: readonly unknown[];
      readonly planned: Readonly<Record<string, Values | Unknown>>;
      /** Seats that it takes and that another pool of the same plan owns or claims: they stay. */
      readonly spared?: readonly NamedSeat[];
    }
  /** Inputs were unknown when the plan was shown: only assigns may be done. */
  | { readonly is: "unseen" };

/**
 * The three verbs. Create, update, repair and removal are one path.
 * Inputs are parsed by the resource's zod schema before they get here; unknowns only in `plan`, as UNKNOWN.
 */
export interface Lifecycle<I> {
  /** Id from inputs alone, so that it is known before create. */
  id(inputs: I): string;
  /** Reads what is; writes nothing. Serves refresh and import (`previous.inputs` null). null: it is gone. */
  read(previous: Previous, ctx: Ctx): Promise<Found | null>;
  /** What would happen, people by name. Writes nothing. `inputs` may hold UNKNOWN where `unknown` is true. */
  plan(want: { readonly inputs: I; readonly unknown: boolean }, previous: Previous | null, ctx: Ctx): Promise<Planned>;
  /** Does the approved steps that are still justified; tells what happened, failures included. */
  apply(want: { readonly inputs: I }, planned: Planned, previous: Previous | null, ctx: Ctx): Promise<Done>;
  /** What is wrong with known inputs beyond their types (a rule that does not compile). Makes no call. */
  check?(inputs: I, ctx: Pick<Ctx, "now">): readonly Problem[];
  /** Whom a removal would release, for the warning; and the removal itself. */
  planRemoval?(previous: Previous, ctx: Ctx): Promise<Planned>;
  remove?(planned: Planned, previous: Previous, ctx: Ctx): Promise<Done>;
}

/** One program twice: for a reader of either engine. */
export interface Example {
  readonly typescript: string;
  readonly hcl: string;
}

export interface Resource<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly doc: string;
  /** Input fields, each made with `field()`. */
  readonly inputs: I;
  readonly outputs: O;
  readonly lifecycle: Lifecycle<z.infer<I>>;
  /** Outputs from inputs alone (`ref`, `claim`); unknown inputs give unknown members. */
  readonly derive?: (inputs: Values, name: string) => Values;
  readonly importId: string;
  readonly examples?: readonly Example[];
}
export const defineResource = <I extends z.ZodObject, O extends z.ZodObject>(r: Resource<I, O>): Resource =>
  r as unknown as Resource; // variance: the engine parses inputs with r.inputs before calling the lifecycle

export interface Fn<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly doc: string;
  /** Pure: a Terraform provider function; else a data source. */
  readonly pure: boolean;
  readonly inputs: I;
  readonly outputs: O;
  /** A Terraform program; the TypeScript call is made from the fields. */
  readonly hcl?: string;
  call(inputs: z.infer<I>, ctx: Ctx): Promise<z.infer<O>>;
}
export const defineFunction = <I extends z.ZodObject, O extends z.ZodObject>(f: Fn<I, O>): Fn => f as unknown as Fn; // as above

/** An open connection, shared by all resources of the walk. */
export interface Connection {
  readonly name: string;
  readonly kind: ConnectorKind;
  readonly connector: Connector;
  /** A person's account name at this vendor: the `account` expression, else the connector's link, else e-mail. */
  accountOf(person: Person): string | null;
  /** True when people are read from this very connection. */
  readonly isDirectory: boolean;
  /** What its configuration says but for secrets: two names with the same settings are one system. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How long after a write lists may still lack it, in milliseconds. */
  readonly settleMs: number;
}

export interface DirectoryView {
  readonly people: readonly Person[];
  readonly byId: ReadonlyMap<PersonId, Person>;
  /** The directory's own count; where it has none, of everybody who was read. `null`: only some were, and nobody counts all. */
  readonly total: number | null;
  /** Why the read must not be trusted, or null. */
  readonly fault: string | null;
}

/** Seats written before a kill: known from the journal, not yet from the state. */
export interface JournalEntry {
  readonly apply: string;
  readonly person: PersonId;
  readonly license: string;
  /** Where the license is: enough to open it again, though the inputs name another one by then. */
  readonly ref?: {
    readonly connection: string;
    readonly sku: string;
    readonly via?:
      | { readonly connection: string; readonly group?: string | undefined; readonly app?: string | undefined }
      | undefined;
  };
  readonly step: SeatStep;
  readonly at: string;
}

/** A seat as a removal names it: where it is written, and the vendor's id of its holder. */
export interface NamedSeat {
  readonly license: string;
  readonly holder: string;
}
/** `name`: what messages call the holder; `reason`: of the step that takes it. */
export interface TakenSeat extends NamedSeat {
  readonly name: string;
  readonly reason: string;
}

/** A pool's seats of one license, for the other pools of the run. */
export interface Declared {
  readonly holders: Iterable<string>;
  /** Names of claimed people, by the vendor's id of their account. */
  readonly claimed: ReadonlyMap<string, string>;
}

/** What a lifecycle may use. Everything that is IO goes through here. */
export interface Ctx {
  /** Milliseconds; pinned for the walk so that plan and apply agree. */
  readonly now: number;
  /** Milliseconds at this moment: for when a write happened, which may be hours after the walk began. */
  readonly time: () => number;
  readonly signal: AbortSignal;
  /** Follows `signal` late: a write under way when the run is cancelled may end and be told. */
  readonly writing: AbortSignal;
  /** Stable for the resource: URN, or type and name. */
  readonly key: string;
  readonly name: string;
  readonly approval: Approval;
  /** A pool that owns seats must not be applied while its claims are unknown. */
  readonly refuseBlind: boolean;
  readonly people: "account" | "id" | "count";
  /** The provider's own freeze; the stricter of this and the pool's wins. */
  readonly enforce: "none" | "assign" | "full";
  readonly offline: boolean;
  /** Opens lazily. Problem when unknown or unusable; "unknown" while its configuration is. */
  connection(name: string, path: Path): Promise<Connection | "unknown">;
  /** People for these rules; "unknown" while the directory's configuration is. One read per walk. */
  directory(need: PeopleQuery): Promise<DirectoryView | "unknown">;
  /** One person read singly; null when the directory proved that they are gone. */
  person(id: PersonId): Promise<Person | null>;
  groups(): Promise<readonly Group[]>;
  /** Where people are read from. */
  directoryConnection(): Promise<Connection | "unknown">;
  log(message: Message): void;
  /** Of a long work: what it returns is called after each of its parts, and tells how far it is now and then. */
  readonly progress: (total: number) => (done: number) => void;
  /** Seats of this license that other living pools of this run own or claim: holder → pool. */
  readonly rivals: (license: string) => ReadonlyMap<string, string>;
  /** Tells the run whom this pool owns and claims, so that others can see (and a conflict is an error). Asked for where there are others. */
  readonly declare: (license: string, whom: () => Declared) => void;
  /** This run created a newer instance of this resource: the old one releases nothing. */
  readonly replaced: boolean;
  /** A record read earlier in this run for the same key (replace, taint): to be inherited. */
  readonly inherited: string | null;
  /** Seats that the plan of this run named for release; null: no plan was shown. */
  readonly named: readonly NamedSeat[] | null;
  readonly journal: {
    /** Entries of this resource that no state has confirmed; `ids`: its key and, where it has one, the id in its record. */
    unconfirmed(ids: readonly string[], confirmed: string | null): readonly JournalEntry[];
    /** The engine's own state, as `read` was given it, holds the outcome of this apply: it and older ones are dropped. */
    confirm(ids: readonly string[], confirmed: string): void;
    /** Opens the journal for one apply; the function it returns must be called before each write. */
    begin(
      id: string,
      apply: string,
      subject: (step: SeatStep) => Pick<JournalEntry, "person" | "license" | "ref">,
    ): BeforeWrite;
  };
  /** Runs `work` alone among all resources of this process that name the same license. */
  alone<T>(licenses: readonly string[], work: () => Promise<T>): Promise<T>;
  /** How often this process has written seats of these licenses; a plan made at another count is stale. */
  writes(licenses: readonly string[]): number;
  /** Seats of these licenses were written. */
  wrote(licenses: readonly string[]): void;
}
export type { Account, Outcome };
