import type { Problem } from "../core/problem.ts";
import type { Message, NamedSeat, Previous } from "../core/resource.ts";
import type { Value, Values } from "../core/value.ts";

/** Where a call is: the same for both protocols. */
export interface At {
  /** Resource name without a package: `SeatPool`. */
  readonly type: string;
  /** Stable in this stack: the URN; for Terraform type and name. */
  readonly key: string;
  /** Logical name; the default of `name`. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** The plan that the engine itself carried here, as `carry` gave it; null or absent: none. */
  readonly carried?: string | null;
  /** The record of the instance that this new one replaces, where the engine hands it on; null or absent: none. */
  readonly inherits?: string | null;
  /** Live: progress and warnings as they come. */
  readonly log: (message: Message) => void;
}

export interface Checked {
  /** Inputs with defaults; with the planned outputs (`changes`) added where the resource has some. */
  readonly inputs: Values;
  readonly problems: readonly Problem[];
  /** Somebody has seen and approved this very plan: it need not be told again. */
  readonly approved: boolean;
}
/** Whom a removal would release. */
export interface Removal {
  readonly messages: readonly Message[];
  readonly refusal: Problem | null;
  readonly seats: readonly NamedSeat[];
  /** Whose plan this is; null on an engine that plans and removes in one command. */
  readonly walk: string | null;
}
/** One difference; `path` in property-path syntax parts. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly kind: "add" | "update" | "delete";
  readonly replaces: boolean;
  /** True when old and new *inputs* differ (not old output against new input). */
  readonly input: boolean;
}
export interface Diffed {
  readonly changes: readonly Change[];
  /** Work to do: inputs differ or steps are outstanding. */
  readonly differs: boolean;
}
export interface Applied {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  /** Pulumi: secret `__record`; Terraform: private state. */
  readonly record: string | null;
  /** Not empty: initialisation failed, the resource exists. */
  readonly failures: readonly Problem[];
}
export type ReadResult = Applied | null;

/** One configured provider. Both front ends call these and nothing else. Every method throws Problem or Problems only. */
export interface Session {
  /** Defaults, validation, and for pools the plan itself: `changes` are part of the returned inputs. */
  check(at: At, inputs: Values, previous: Previous | null): Promise<Checked>;
  diff(at: At, inputs: Values, previous: Previous): Promise<Diffed>;
  /** Outputs as the plan knows them; UNKNOWN elsewhere. Writes nothing. */
  preview(
    at: At,
    inputs: Values,
    previous: Previous | null,
  ): Promise<{ readonly id: string; readonly outputs: Values; readonly record: string | null }>;
  /** Create (previous null) and update. */
  apply(at: At, inputs: Values, previous: Previous | null): Promise<Applied>;
  /** Refresh, and import where previous.inputs is null. null: gone. */
  read(at: At, previous: Previous): Promise<ReadResult>;
  /** `of`: the plan that named whom it releases, and nobody else is. Without it: whom this run's farewell has named. */
  remove(at: At, previous: Previous, of?: Pick<Removal, "seats" | "walk">): Promise<void>;
  /** Whom a removal would release. Writes nothing. */
  planRemoval(at: At, previous: Previous): Promise<Removal>;
  /** With the record that a kill in an update took from the state, where this machine still has it. */
  recover(at: Pick<At, "key">, previous: Previous): Previous;
  /** The outstanding steps of inputs that nobody changed, for an engine that carries them to the apply; null: none. */
  carry(at: At, inputs: Values, previous: Previous): Promise<string | null>;
  /** Functions and data sources. */
  invoke(name: string, args: Values, at: Pick<At, "signal" | "log">): Promise<Values>;
  /** Stops between writes; calls that run return what is done. */
  cancel(): void;
  /** At the end of a phase: warnings that name whom deleted pools would release, with the key they belong to. */
  farewell(): Promise<readonly { readonly key: string; readonly message: Message }[]>;
}

export interface Provider {
  readonly version: string;
  /** Validates a provider configuration (unknowns allowed); returns it with defaults. Makes no call. */
  checkConfig(config: Values): { readonly config: Values; readonly problems: readonly Problem[] };
  /** What is wrong with a resource's inputs, unknowns allowed. Needs no configuration and makes no call. */
  validate(at: Pick<At, "type" | "name">, inputs: Values): readonly Problem[];
  /** A function that reads nothing: needs no configuration. */
  pure(name: string, args: Values): Promise<Values>;
  /** A new walk: reads are made anew. Opens nothing yet. */
  configure(config: Values): Session;
}
/** A provider whose code is read when it is first needed: most processes that the engine starts are only asked who they are. */
export interface LateProvider {
  readonly version: string;
  load(): Promise<Provider>;
}
export type ConfigValue = Value;
